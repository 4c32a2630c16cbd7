package kb

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"kbverify/manifest"
)

// A row whose columns run together can be split in many ways. All of them are
// listed, within these caps; agree.go lets the table choose.
const (
	maxReadings  = 64        // of one row: five places for each of two borders between numbers, twice
	maxLineSteps = 4_000     // of one row; a real one takes some hundred
	maxSteps     = 1_000_000 // of one article: ten thousand rows, or two seconds of anything else
)

// reading is one way to split a row that runs together.
type reading struct {
	cells cells
	cost  int
}

// splitter lists the readings of one row.
type splitter struct {
	cols    []column
	learnt  map[string]bool // the table's words for "not applicable", lower case
	steps   int
	out     []reading
	current reading
}

// split lists the ways in which text fills the columns in their order without
// anything between the cells. It takes its steps from budget.
func split(text string, cols []column, learnt map[string]bool, budget *int) []reading {
	if len(text) > maxLine || *budget <= 0 {
		return nil
	}
	s := &splitter{cols: cols, learnt: learnt, steps: min(maxLineSteps, *budget)}
	before := s.steps
	s.walk(text, 0)
	*budget -= max(before-s.steps, len(text)/16)
	return s.out
}

func (s *splitter) walk(rest string, c int) {
	s.steps--
	if s.steps <= 0 || len(s.out) >= maxReadings {
		return
	}
	rest = strings.TrimLeft(rest, " |")
	if c == len(s.cols) {
		if rest == "" && enough(&s.current.cells) {
			s.out = append(s.out, s.current)
		}
		return
	}
	k := s.cols[c].kind
	saved := s.current
	ends := s.ends(k, rest, c == len(s.cols)-1)
	s.steps -= len(rest) / 16 // what it took to look for them
	for _, end := range ends {
		s.current.cells[k] = strings.TrimSpace(rest[:end.n])
		s.current.cost += end.cost
		s.walk(rest[end.n:], c+1)
		s.current = saved
	}
	if k != nameKind && k != dateKind {
		s.current.cost += emptyCost
		s.walk(rest, c+1)
		s.current = saved
	}
}

// end is a place where a cell can end, and what it costs to end it there.
type end struct{ n, cost int }

func (s *splitter) ends(k kind, rest string, last bool) []end {
	switch k {
	case nameKind:
		return nameEnds(rest)
	case versionKind:
		return append(numberEnds(versionKind, rest, "."), s.emptyWords(rest)...)
	case sizeKind:
		return numberEnds(sizeKind, rest, ",.KMGBkmgbytes ")
	case dateKind:
		return momentEnds(dateKind, rest, 24)
	case timeKind:
		return momentEnds(timeKind, rest, 13)
	case platformKind:
		return s.platformEnds(rest, last)
	}
	if last && rest != "" {
		return []end{{len(rest), unusualCost}}
	}
	return nil
}

// nameEnds: behind every dot, an extension of up to eight characters with a
// letter in it.
func nameEnds(rest string) []end {
	var out []end
	for i := 1; i < len(rest) && i < 255 && rest[i] != ' '; i++ {
		if rest[i] != '.' {
			continue
		}
		letter := false
		for n := 1; n <= 8 && i+n < len(rest) && isExtRune(rune(rest[i+n])); n++ {
			letter = letter || rest[i+n] > '9'
			if letter && nameQuality(rest[:i+n+1]) == plainCost {
				out = append(out, end{i + n + 1, extensionCost(rest[i+1 : i+n+1])})
			}
		}
	}
	return out
}

var usualExtension = regexp.MustCompile(`^(?i)(?:exe|dll|sys|msi|msp|cab|xml|mof|ini|inf|cat|mum|sql|ocx|manifest|mui|txt|rll|tlb|cpl|drv|vxd|hlp|chm|htm|js|vbs|asp|mfl|man|adm|admx|adml|ax|cfg|com|dat|map|mod|rul|sdb|xsl|rtf|msm|config|winmd|pdb|lib|h|zip)$`)

func extensionCost(ext string) int {
	if usualExtension.MatchString(ext) {
		return plainCost
	}
	return unusualCost
}

// numberEnds: every prefix that is plainly a cell of the kind.
func numberEnds(k kind, rest, marks string) []end {
	var out []end
	for n := 1; n <= len(rest) && n <= 24; n++ {
		c := rest[n-1]
		if (c < '0' || c > '9') && strings.IndexByte(marks, c) < 0 {
			break
		}
		if k == sizeKind && n > 1 && rest[0] == '0' {
			break // no size has a zero in front
		}
		q := quality(k, rest[:n])
		if q == plainCost && c != ' ' || k == sizeKind && q == unusualCost {
			out = append(out, end{n, plainCost})
		}
	}
	return out
}

func momentEnds(k kind, rest string, longest int) []end {
	var out []end
	for n := 4; n <= len(rest) && n <= longest; n++ {
		if n < len(rest) && !utf8.RuneStart(rest[n]) || rest[n-1] == ' ' {
			continue
		}
		if quality(k, rest[:n]) == plainCost {
			out = append(out, end{n, 0})
		}
	}
	return out
}

// emptyWords: a word for "not applicable", known or learnt from the table.
func (s *splitter) emptyWords(rest string) []end {
	var out []end
	const longest = 60
	for n := 1; n <= len(rest) && n <= longest; n++ {
		if n < len(rest) && !utf8.RuneStart(rest[n]) {
			continue
		}
		if f := fold(rest[:n]); f != "" && (notApplicable[f] || s.learnt[f]) {
			out = append(out, end{n, 0})
		}
	}
	return out
}

func (s *splitter) platformEnds(rest string, last bool) []end {
	out := s.emptyWords(rest)
	if last {
		if q := platformQuality(rest); q != noFit && q <= strangeCost+1 && !s.learnt[fold(rest)] {
			out = append(out, end{len(rest), q})
		}
		return out
	}
	for n := 1; n <= len(rest) && n <= 12; n++ {
		if manifest.ParsePlatform(rest[:n]).Known() {
			out = append(out, end{n, 0})
		}
	}
	return out
}

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
