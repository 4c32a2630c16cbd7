package kb

import (
	"regexp"
	"strings"
	"unicode"

	"kbverify/manifest"
)

// platformQuality: a processor, several of them, or up to three words of
// something else.
func platformQuality(text string) int {
	words := strings.Fields(text)
	switch {
	case len(words) == 0 || len(text) > 60, meridiem[strings.ToLower(words[0])]:
		return noFit
	case isNotApplicable(text):
		return unusualCost
	case manifest.ParsePlatform(text).Known(), knownDecorated(text) != "":
		return plainCost
	case severalPlatforms(words):
		return plainCost
	case len(words) <= 3 && len(text) > 1 && !strings.ContainsAny(text, `.,:;!?"\/`) && unicode.IsLetter([]rune(words[0])[0]):
		return strangeCost + len(words)
	}
	return noFit
}

// meridiem are the words behind a time that are no platform: "6:52 PM" with an
// empty cell behind it.
var meridiem = map[string]bool{"am": true, "pm": true, "a.m.": true, "p.m.": true}

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
