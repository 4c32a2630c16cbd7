package kb

import (
	"regexp"
	"strings"
	"unicode"

	"kbverify/manifest"
)

// Costs of a reading. The reading of a row with the least cost is taken; two
// of equal cost are reported. Only their order matters: a cell that is plainly
// what it is costs nothing, an odd one less than leaving its column empty.
const (
	noFit       = -1
	plainCost   = 0
	unusualCost = 1  // a bare number of 1,000 and more as a size, two parts as a version
	bareCost    = 5  // a bare number as a version: "786"
	oddCost     = 6  // cannot be trusted: "8,1012", year 199
	strangeCost = 7  // a platform that is none of the known ones
	noExtCost   = 8  // a name without an extension
	emptyCost   = 10 // a column that this row leaves empty
	tailCost    = 30 // words behind the last column: a note on the row
)

// quality says how well text can be a cell of kind k: a cost, or noFit.
func quality(k kind, text string) int {
	switch k {
	case nameKind:
		return nameQuality(text)
	case versionKind:
		return versionQuality(text)
	case sizeKind:
		return sizeQuality(text)
	case dateKind:
		return dateQuality(text)
	case timeKind:
		return timeQuality(text)
	case platformKind:
		return platformQuality(text)
	case hashKind:
		return hashQuality(text)
	case noteKind, groupKind:
		return unusualCost
	}
	return noFit
}

// nameQuality: a file name, with or without the path to it.
func nameQuality(text string) int {
	name := baseName(text)
	if name == "" || len(name) > 255 || strings.ContainsAny(name, `:*?"<>|/,;=`) || strings.Trim(name, ". ") == "" {
		return noFit
	}
	dot := strings.LastIndexByte(name, '.')
	ext := name[dot+1:]
	switch {
	case !strings.ContainsFunc(name, unicode.IsLetter):
		return noFit
	case dot < 0:
		if first := rune(name[0]); first < 0x80 && !unicode.IsLetter(first) || strings.ContainsAny(name, "()") || platformQuality(text) == plainCost {
			return noFit
		}
		return noExtCost
	case dot == 0 || ext == "" || len(ext) > 12 || strings.TrimFunc(ext, isExtRune) != "":
		return noFit
	case versionQuality(text) == plainCost:
		return noFit
	}
	return plainCost
}

func isExtRune(r rune) bool {
	return r == '_' || r == '~' || r == '$' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// baseName cuts the folders off a printed path.
func baseName(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), string(cellBreak), "")
	return text[strings.LastIndexByte(text, '\\')+1:]
}

var (
	dotted       = regexp.MustCompile(`^\d{1,9}(?:\.\d{1,9}){1,3}$`)
	productLabel = regexp.MustCompile(`^(?i)\d{1,3}\.\d{1,3} ?\((?:build )?\d{1,5}\)$`)
	versionWord  = regexp.MustCompile(`^(?i)(?:version|ver\.?|v) ?(\d.*)$`)
	versionTail  = regexp.MustCompile(`^(\d{1,5}(?:\.\d{1,5}){3}) ?(?:\(.*\)|built by:.*)$`)
)

func versionQuality(text string) int {
	if text == "" {
		return noFit
	}
	if first := text[0]; first < '0' || first > '9' {
		if m := versionWord.FindStringSubmatch(text); m != nil {
			return versionQuality(m[1])
		}
		if isNotApplicable(text) {
			return plainCost
		}
		return noFit
	}
	switch {
	case dotted.MatchString(text):
		if _, err := manifest.ParsePrinted(text); err != nil {
			return oddCost
		}
		if strings.Count(text, ".") == 1 {
			return unusualCost
		}
		return plainCost
	case len(text) >= 2 && len(text) <= 5 && digits(text) == len(text):
		return bareCost
	case productLabel.MatchString(text), versionTail.MatchString(text):
		return plainCost
	}
	return noFit
}

// digits counts the decimal digits text starts with.
func digits(text string) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

var (
	grouped    = regexp.MustCompile(`^\d{1,3}(?:,\d{3})+$`)
	misgrouped = regexp.MustCompile(`^\d+(?:,\d+)+$`)
	dotGrouped = regexp.MustCompile(`^\d{1,3}(?:\.\d{3}){2,}$`)
	byteWord   = regexp.MustCompile(`^(?i)([\d,]+) ?(?:bytes?|b)$`)
	rounded    = regexp.MustCompile(`^(?i)[\d,]+(?:\.\d{1,3})? ?[KMG]B?$`)
)

func sizeQuality(text string) int {
	if text == "" || text[0] < '0' || text[0] > '9' {
		return noFit
	}
	switch n := digits(text); {
	case n == len(text):
		if n <= 3 {
			return plainCost
		}
		if n <= 12 {
			return unusualCost
		}
		return noFit
	case grouped.MatchString(text):
		return plainCost
	case rounded.MatchString(text):
		return plainCost
	case misgrouped.MatchString(text):
		return oddCost
	case dotGrouped.MatchString(text):
		return bareCost
	}
	if m := byteWord.FindStringSubmatch(text); m != nil {
		return sizeQuality(m[1])
	}
	return noFit
}

func dateQuality(text string) int {
	d, ok := parseDate(text)
	switch {
	case !ok:
		return noFit
	case d.odd != "":
		return oddCost
	case d.noYear:
		return unusualCost
	}
	return plainCost
}

func timeQuality(text string) int {
	t, ok := parseTime(text)
	switch {
	case !ok:
		return noFit
	case t.odd != "":
		return oddCost
	}
	return plainCost
}

// platformQuality: a processor, several of them, or up to three words of
// something else.
func platformQuality(text string) int {
	words := strings.Fields(text)
	switch {
	case len(words) == 0 || len(text) > 60:
		return noFit
	case isNotApplicable(text):
		return unusualCost
	case manifest.ParsePlatform(text).Known(), knownDecorated(text) != "":
		return plainCost
	case severalPlatforms(words):
		return plainCost
	case len(words) <= 3 && !strings.ContainsAny(text, `.,:;!?"\/`) && unicode.IsLetter([]rune(words[0])[0]):
		return strangeCost + len(words)
	}
	return noFit
}

// severalPlatforms: "Intel and Alpha", "(x86 and Alpha)".
func severalPlatforms(words []string) bool {
	known := 0
	for _, w := range words {
		switch {
		case manifest.ParsePlatform(w).Known():
			known++
		case !strings.EqualFold(w, "and") && w != "&" && w != "/":
			return false
		}
	}
	return known > 1
}

var platformWord = regexp.MustCompile(`(?i)\b(?:x86|x64|i386|ia-?64|amd64|alpha|arm64)\b`)

// knownDecorated finds the one processor in a cell that says more, as
// translations do: "מס' x86", "IA-64 (IA-64)". Two different ones, or words in
// Latin letters beside it, are no decoration.
func knownDecorated(text string) manifest.Platform {
	if plain(text) && strings.IndexByte(text, '(') < 0 {
		return ""
	}
	var found manifest.Platform
	for _, w := range platformWord.FindAllString(text, 4) {
		p := manifest.ParsePlatform(w)
		if found != "" && p != found {
			return ""
		}
		found = p
	}
	for _, r := range platformWord.ReplaceAllString(text, "") {
		if r < 0x80 && unicode.IsLetter(r) || unicode.IsDigit(r) {
			return ""
		}
	}
	return found
}

func hashQuality(text string) int {
	if len(text) < 32 || len(text) > 128 || strings.Trim(strings.ToLower(text), "0123456789abcdef") != "" {
		return noFit
	}
	return plainCost
}
