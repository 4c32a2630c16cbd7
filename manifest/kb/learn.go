package kb

import (
	"regexp"
	"strings"

	"kbverify/manifest"
)

var (
	timeOfDay = regexp.MustCompile(`\d:\d\d`)
	// behindTime is the end of a row, behind its time.
	behindTime = regexp.MustCompile(`\d\d?:\d\d\s*(?i:[ap]m)?\s*([^:]{2,60})$`)
	// behindName is what stands between a name and a number.
	behindName = regexp.MustCompile(`\.(?:exe|dll|sys|msi|msp|cab|xml|mof|ini|inf|sql|mum|manifest|ocx|vxd|drv)\s*([^0-9.,:]{2,40})\d`)
)

// learn finds the table's own words for "not applicable" from line i on, at the
// cost of steps.
func (r *reader) learn(i int) map[string]bool {
	if r.budget <= 0 {
		return nil
	}
	learnt, read := learn(r.lines[i:])
	const each = 4 // steps that a line costs
	r.budget -= each * read
	return learnt
}

// learn looks at lines as long as they look like rows, and at the first few
// hundred at most. A word is learnt where it stands behind the time of a row and
// also in front of its size; and where it stands between the name and the size
// of two rows that have their platform elsewhere.
func learn(lines []line) (words map[string]bool, read int) {
	const gap = 3 // lines that are no rows between rows
	lines = lines[:min(len(lines), 300)]
	words, between := map[string]bool{}, map[string]int{}
	for misses := 0; read < len(lines) && misses < gap; read++ {
		text := lines[read].text[:min(len(lines[read].text), maxLine)]
		if misses++; timeOfDay.MatchString(text) {
			misses = 0
		}
		end := behindTime.FindStringSubmatch(text)
		name := behindName.FindStringSubmatch(strings.ToLower(text))
		if end == nil || name == nil || platformLike(name[1]) {
			continue
		}
		word := fold(name[1])
		if between[word]++; word == fold(end[1]) || between[word] > 1 && platformLike(end[1]) {
			words[word] = true
		}
	}
	return words, read
}

// platformLike: a processor, which is never a word for "not applicable".
func platformLike(text string) bool {
	return manifest.ParsePlatform(text).Known() || knownDecorated(strings.TrimSpace(text)) != "" || severalPlatforms(strings.Fields(text))
}
