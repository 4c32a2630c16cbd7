package kb

import (
	"regexp"
	"strings"
	"unicode"

	"kbverify/manifest"
)

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
