package kb

import (
	"regexp"
	"strings"
)

// looksLikeRow: a file name, and two more cells of a row; or a name against
// several dates or versions.
func looksLikeRow(text string) bool {
	if !couldBeRow(text) {
		return false
	}
	words := strings.Fields(text)
	if len(words) > 16 {
		return false
	}
	names, typed := 0, 0
	const prose = 6 // words that are no cell; a sentence has more
	for _, w := range words {
		w = strings.Trim(w, "(),;|")
		switch {
		case dateQuality(w) == plainCost, timeQuality(w) == plainCost, sizeQuality(w) == plainCost && len(w) > 3, versionQuality(w) == plainCost && strings.Count(w, ".") > 1:
			typed++
		case nameQuality(w) == plainCost && !strings.HasSuffix(w, "."):
			names++
		}
	}
	return names == 1 && typed >= 2 && len(words)-names-typed <= prose
}

// stray reports a line that looks like a row and belongs to no table.
func (r *reader) stray(l *line) {
	glued := r.budget > 0 && couldBeRow(l.text) && dateAndTime.MatchString(l.text)
	if !glued && !looksLikeRow(l.text) {
		return
	}
	why := "has a file name and cells of a row, and belongs to no table"
	if glued {
		why = "looks like a row whose columns run together; it takes a header that is known, or several rows, to split it"
	} else if dates(l.text) > 1 {
		why = "sets several dates against one file: a comparison, no table to install"
	}
	r.findings.add(l.no, NotTaken, false, "%s %s", quote(l.text), why)
}

// dateAndTime: a year and a time of day without anything between them.
var dateAndTime = regexp.MustCompile(`\.\w{1,4}\S.*\d[-/][\p{L}\d]{1,12}[-/]\d{4}\d\d?:\d\d`)

// dates counts the words of a line that are dates.
func dates(text string) int {
	n := 0
	for _, w := range strings.Fields(text) {
		if dateQuality(w) == plainCost {
			n++
		}
	}
	return n
}
