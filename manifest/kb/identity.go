package kb

import (
	"path/filepath"
	"regexp"
	"strings"

	"kbverify/manifest"
)

var (
	ownID = regexp.MustCompile(`^(?i)[\W_]*(?:original kb number|article id|article|kb article|knowledge base article id)[\W_]*:[\W_]*(?:&?nbsp;\W*)?(KB|Q)?(\d{5,7})\W*$`)
	// statedID is the same inside a line, as on pages without line breaks.
	statedID = regexp.MustCompile(`(?i)\b(?:article id|pss id number|kb number)\W{0,12}(KB|Q)?(\d{5,7})\b`)
	anyKB    = regexp.MustCompile(`(?i)\bKB ?(\d{5,7})\b`)
)

var bareNumber = regexp.MustCompile(`^\d{5,7}$`)

// spell completes an id that is only a number.
func spell(id string) string {
	if bareNumber.MatchString(id) {
		return "KB" + id
	}
	return id
}

func spelled(prefix, number string) string {
	if strings.EqualFold(prefix, "q") {
		return "Q" + number
	}
	return "KB" + number
}

var namedID = regexp.MustCompile(`^(?i)(KB|Q)(\d{5,7})(?:\b|_)`)

// idFromName reads the id off the article's file name.
func idFromName(name string) string {
	if m := namedID.FindStringSubmatch(filepath.Base(filepath.ToSlash(name))); m != nil {
		return spelled(m[1], m[2])
	}
	return ""
}

var fileKB = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])(KB|Q)(\d{5,7})(?:$|[^0-9])`)

// idFromFiles reads the id off the files that carry it, if they agree.
func idFromFiles(m *manifest.Manifest) string {
	counts := map[string]int{}
	for _, t := range m.Tables {
		for _, f := range t.Files {
			if match := fileKB.FindStringSubmatch(f.Name); match != nil {
				counts[match[2]]++
			}
		}
	}
	return most(counts)
}

// most gives the number with the highest count as an id; the smaller number
// where two are equal, so that the answer never changes.
func most(counts map[string]int) string {
	best := ""
	for n, c := range counts {
		if best == "" || c > counts[best] || c == counts[best] && n < best {
			best = n
		}
	}
	if best == "" {
		return ""
	}
	return "KB" + best
}
