package kb

import (
	"regexp"
	"strings"
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

func hashQuality(text string) int {
	if len(text) < 32 || len(text) > 128 || strings.Trim(strings.ToLower(text), "0123456789abcdef") != "" {
		return noFit
	}
	return plainCost
}
