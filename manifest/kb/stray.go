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
	bare := names == 0 && typed >= 3 && len(words) <= 7 // the name has no extension
	return (names == 1 && typed >= 2 || bare) && len(words)-names-typed <= prose
}

// cellsOfRow: delimited cells of which one is a file name and another one is
// plainly a version, a size or a date.
func cellsOfRow(l *line) bool {
	names, typed := 0, 0
	for _, c := range l.cells {
		switch {
		case dateQuality(c) == plainCost, sizeQuality(c) == plainCost, sizeQuality(c) == unusualCost, versionQuality(c) == plainCost && c[0] >= '0' && c[0] <= '9':
			typed++
		case nameQuality(c) == plainCost:
			names++
		}
	}
	return names == 1 && typed > 0
}

// stray reports a line that looks like a row and belongs to no table.
func (r *reader) stray(l *line) {
	glued := r.budget > 0 && gluedRow(l.text)
	if !glued && !cellsOfRow(l) && !looksLikeRow(l.text) {
		return
	}
	why := "has a file name and cells of a row, and belongs to no table"
	if glued {
		why = "looks like a row whose columns run together; it takes a header that is known, or several rows, to split it"
	} else if dates(l.text) > 1 {
		why = "sets several dates against one file: a comparison, no table to install"
	}
	r.findings.add(l.no, NotTaken, glued, "%s %s", quote(l.text), why)
}

// dateAndTime: a date and a time of day without anything between them.
var dateAndTime = regexp.MustCompile(`\d[-/.年][\p{L}\d]{1,12}\.?[-/.月]\d{1,4}日?\d\d?:\d\d|\d, \d{4}\d\d?:\d\d`)

// letters is what a name in a row that runs together has.
var letters = regexp.MustCompile(`[A-Za-z]{2}`)

// gluedRow: a line that looks like a row whose columns run together.
func gluedRow(text string) bool {
	return couldBeRow(text) && dateAndTime.MatchString(text) && letters.MatchString(text)
}

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
