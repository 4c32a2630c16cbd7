package cells

import (
	"maps"
	"strings"

	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// emptyWords are a table's own words for an empty cell, folded, in a language
// that nobody knows. A table teaches them in three places: in text, before its
// first row can be read (learn); in a stack of cells, where the next cell goes on
// behind them (isCell); and in its rows, when all are read (with).
type emptyWords map[string]bool

// are: text is such a word where it can be one.
func (e emptyWords) are(k values.Kind, text string) bool {
	return len(e) > 0 && (k == values.Version || k == values.Platform) && e[values.Fold(text)]
}

var (
	// behindTime is the end of a row, behind its time.
	behindTime = pattern.New(`\d\d?:\d\d\s*(?i:[ap]m)?\s*([^:]{2,60})$`)
	// behindName is what stands between a name and a number.
	behindName = pattern.New(`\.(?:exe|dll|sys|msi|msp|cab|xml|mof|ini|inf|sql|mum|manifest|ocx|vxd|drv)\s*` +
		`([^0-9.,:]{2,40})\d`)
)

// learn finds the table's own words for "not applicable" from line i on, at the
// cost of steps; nil when there are none left. It looks at lines as long as they
// look like rows, and at the first few hundred at most. A word is learnt where
// it stands behind the time of a row and also in front of its size; and where it
// stands between the name and the size of two rows that have their platform
// elsewhere.
func (r *reader) learn(i int) emptyWords {
	const (
		most = 300 // lines
		gap  = 3   // lines that are no rows between rows
		each = 4   // steps that a line costs
	)
	if r.budget <= 0 {
		return nil
	}
	words, between := emptyWords{}, map[string]int{}
	for end, misses := min(i+most, len(r.page)), 0; i < end && misses < gap; i++ {
		r.budget -= each
		s := r.sidesOf(i)
		if misses++; s.time {
			misses = 0
		}
		if s.between == "" {
			continue
		}
		if between[s.between]++; s.between == s.behind || between[s.between] > 1 && processor(s.behind) {
			words[s.between] = true
		}
	}
	return words
}

// sides is what stands at the two places of a line where a row has a word for an
// empty cell, folded.
type sides struct {
	time    bool   // the line has a time of day
	between string // between name and number; "" where one of the two has none
	behind  string // behind the time
}

// sidesOf gives the sides of line i, which many tables that begin near it look at.
func (r *reader) sidesOf(i int) sides {
	s, known := r.sides[i]
	if known {
		return s
	}
	text := r.page[i].Text[:min(len(r.page[i].Text), lines.LongestRow)]
	s.time = hasTime(text)
	if colon := strings.LastIndexByte(text, ':'); colon >= 0 { // behind the time, there is none
		end := behindTime().FindStringSubmatch(text[max(0, colon-2):])
		if end != nil {
			name := behindName().FindStringSubmatch(strings.ToLower(text))
			if name != nil && !processor(name[1]) {
				s.between, s.behind = values.Fold(name[1]), values.Fold(end[1])
			}
		}
	}
	r.sides[i] = s
	return s
}

// hasTime: a colon stands between digits, as in a time of day.
func hasTime(text string) bool {
	for rest := text; ; {
		i := strings.IndexByte(rest, ':')
		if i < 0 {
			return false
		}
		if i > 0 && values.Digits(rest[i-1:i]) == 1 && values.Digits(rest[i+1:]) >= 2 {
			return true
		}
		rest = rest[i+1:]
	}
}

// processor: that is never a word for "not applicable".
func processor(text string) bool { return values.Is(values.Platform, strings.TrimSpace(text)) }

// with adds the words that the rows of a table show: text without a digit that
// stands for the version and the platform of one row, or for the version of
// several.
func (e emptyWords) with(rows []values.Row) emptyWords {
	words, count := emptyWords{}, map[string]int{}
	maps.Copy(words, e)
	for i := range rows {
		v := values.Fold(rows[i].Cells[values.Version])
		if v == "" || strings.ContainsAny(v, "0123456789") {
			continue
		}
		if count[v]++; count[v] > 1 || v == values.Fold(rows[i].Cells[values.Platform]) {
			words[v] = true
		}
	}
	return words
}
