package kb

import (
	"regexp"
	"strings"
	"unicode"

	"kbverify/manifest"
)

var timeOfDay = regexp.MustCompile(`\d:\d\d`)

var beforeTail = regexp.MustCompile(`\d\d?:\d\d\s*([^0-9:]{2,60})$`)

var betweenNameAndSize = regexp.MustCompile(`\.(?:exe|dll|sys|msi|msp|cab|xml|mof|ini|inf|sql|mum|manifest|ocx|vxd|drv)([^0-9.,:]{2,40})\d`)

// learn finds the table's own words for "not applicable": what stands behind
// the time of a row and also in front of its size, where the version would be;
// and what stands between the name and the size of several rows.
// It looks at lines as long as they look like rows, and at the first few hundred
// at most.
func learn(lines []line) map[string]bool {
	const gap = 3 // lines that are no rows between rows
	lines = lines[:min(len(lines), 300)]
	learnt, between := map[string]bool{}, map[string]int{}
	for i, misses := 0, 0; i < len(lines) && misses < gap; i++ {
		text := lines[i].text[:min(len(lines[i].text), maxLine)]
		if b := betweenNameAndSize.FindStringSubmatch(strings.ToLower(text)); b != nil {
			if between[fold(b[1])]++; between[fold(b[1])] > 1 {
				learnt[fold(b[1])] = true
			}
		}
		m := beforeTail.FindStringSubmatch(text)
		if misses++; timeOfDay.MatchString(text) {
			misses = 0
		}
		if m == nil {
			continue
		}
		word := strings.TrimSpace(m[1])
		_, behind, _ := strings.Cut(lines[i].text, word)
		behind = strings.TrimSpace(behind)
		if behind != "" && unicode.IsDigit(rune(behind[0])) && !manifest.ParsePlatform(word).Known() {
			learnt[fold(word)] = true
		}
	}
	return learnt
}
