package kb_test

import (
	"regexp"
	"strings"
)

// strictCells is a row as a reader who knows nothing of the importer takes it from
// one line: words, each of which can only be one thing.
type strictCells struct {
	name, version, size, date, time, platform string
}

// What a word can be. The words of a strict row leave no doubt; those of a
// likely one need not be right to be a row's.
var (
	strictDate = regexp.MustCompile(`^(?i)(?:\d{1,2}[/-]\d{1,2}[/-](?:\d{2}|\d{4})|\d{1,2}-[a-z]{3}-(?:\d{2}|\d{4})` +
		`|[a-z]{3}-\d{1,2}-\d{4})$`)
	strictTime = regexp.MustCompile(`^(?i)\d{1,2}[:.]\d{2}(?::\d{2})?(?:[ap]|[ap]m|[ap]\.m\.)?$`)
	halfOfDay  = regexp.MustCompile(`^(?i)(?:am|pm|a\.m\.|p\.m\.)$`)
	strictSize = regexp.MustCompile(`^(?:\d{1,3}(?:,\d{3})+|\d{3,9})$`)
	strictVer  = regexp.MustCompile(`^\d{1,5}(?:\.\d{1,5}){2,3}$`)
	dottedSize = regexp.MustCompile(`^\d{1,3}(?:\.\d{3})+$`)
	strictName = regexp.MustCompile(`^[A-Za-z0-9_$~][-\w$~!#&]*(?:\.[-\w$~!#&]+)*\.[A-Za-z][A-Za-z0-9_$]{0,3}$`)
	knownCPU   = regexp.MustCompile(`^(?i)\(?(?:x86|i386|intel|alpha|ia64|x64|amd64|mips|ppc)\)?$`)
	versionish = regexp.MustCompile(`^(?i)v?\.?\d{1,5}(?:\.\d+){1,3}$`)
)

// strictRow reads a line as a row, if it is plainly one: a file name with an
// extension, at least two of date, size and version, and no word of any other
// sort, nor any sort twice.
func strictRow(text string) (r strictCells, ok bool) {
	text = strings.ReplaceAll(text, "|", " ")
	words := strings.Fields(text)
	if len(words) < 3 || len(words) > 8 {
		return r, false
	}
	put := func(cell *string, word string) bool {
		if *cell != "" {
			return false
		}
		*cell = word
		return true
	}
	for i, w := range words {
		fits := false
		switch {
		case strictDate.MatchString(w):
			fits = put(&r.date, w)
		case strictTime.MatchString(w) && strings.Contains(w, ":"):
			fits = put(&r.time, w)
		case halfOfDay.MatchString(w) && i > 0 && strictTime.MatchString(words[i-1]):
			r.time += w
			fits = true
		case dottedSize.MatchString(w):
			return r, false // a size with dots, or a version
		case strictVer.MatchString(w):
			fits = put(&r.version, w)
		case strictSize.MatchString(w):
			fits = put(&r.size, w)
		case knownCPU.MatchString(w):
			fits = put(&r.platform, strings.Trim(w, "()"))
		case strictName.MatchString(w):
			fits = put(&r.name, w)
		}
		if !fits {
			return r, false
		}
	}
	n := 0
	for _, cell := range []string{r.date, r.size, r.version} {
		if cell != "" {
			n++
		}
	}
	return r, r.name != "" && n >= 2
}

// likelyRow reports a line that prints something of a file: two cells of which
// one can only be that of a row, and not more words than a row has.
func likelyRow(text string) bool {
	text = strings.ReplaceAll(text, "|", " ")
	words := strings.Fields(text)
	if len(words) < 2 || len(words) > 9 {
		return false
	}
	sure, other, rest := 0, 0, 0
	for _, w := range words {
		bare := strings.Trim(w, "(),;*")
		switch {
		case strictDate.MatchString(bare), strings.Contains(bare, ",") && strictSize.MatchString(bare), strictVer.MatchString(bare),
			strictTime.MatchString(bare) && strings.Contains(bare, ":"):
			sure++
		case strictName.MatchString(bare), versionish.MatchString(bare), strictSize.MatchString(bare):
			other++
		case knownCPU.MatchString(bare), halfOfDay.MatchString(bare):
		default:
			rest++
		}
	}
	return sure >= 1 && sure+other >= 2 && rest <= 3
}

// headerLine reports a line of column headings.
var (
	headingWords = regexp.MustCompile(`(?i)\b(?:file|name|filename|size|date|time|version|platform|bytes|stamp|locale|processor|` +
		`operating|system|language|utc|modified|folder|path|attributes?|description|location)\b`)
	nameHeading  = regexp.MustCompile(`(?i)\bfile|\bname`)
	valueHeading = regexp.MustCompile(`(?i)\bsize|\bdate|\bversion|\bbytes|\btime`)
	hotfixWords  = regexp.MustCompile(`(?i)version of (?:this|the) (?:fix|hotfix|hot fix|update|patch|file)|file attributes|` +
		`following (?:file )?(?:time stamp|attributes)|following files? (?:is|are) (?:available|included|installed)|` +
		`fix (?:should have|has|contains|includes) the following|(?:fix|update|patch) should have the following`)
)

func headerLine(text string) bool {
	text = strings.ReplaceAll(text, "|", " ")
	if !nameHeading.MatchString(text) || !valueHeading.MatchString(text) || len(text) > 120 {
		return false
	}
	rest := headingWords.ReplaceAllString(text, "")
	return strings.Trim(rest, " \t()/#-+=:.") == ""
}
