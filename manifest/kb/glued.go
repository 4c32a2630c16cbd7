package kb

import (
	"strings"
)

// A row whose columns run together can be split in many ways. All of them are
// listed, within these caps; agree.go lets the table choose.
const (
	maxReadings  = 64      // of one row: five places for each of two borders between numbers, twice
	maxLineSteps = 4_000   // of one row; a real one takes some hundred
	maxSteps     = 500_000 // of one article: some thousand rows, or seconds of anything else
)

// reading is one way to split a row that runs together.
type reading struct {
	cells cells
	cost  int
	odd   bool // its platform is none that is known
	cut   bool // the caps ended the list of readings: there may be others
}

// splitter lists the readings of one row.
type splitter struct {
	cols    []column
	learnt  map[string]bool // the table's words for "not applicable", lower case
	steps   int
	limit   int // cost beyond which no reading is listed
	out     []reading
	current reading
	cut     bool
}

// limits are the costs up to which readings are listed, one after the other
// until there are some: those with cells that are plainly what they are, those
// with one empty cell or an odd one, and all others.
var limits = []int{3 * unusualCost, emptyCost + 3*unusualCost, 10 * emptyCost}

// split lists the ways in which text fills the columns in their order without
// anything between the cells. It takes its steps from budget.
func split(text string, cols []column, learnt map[string]bool, budget *int) []reading {
	if len(text) > maxLine || *budget <= 0 {
		return nil
	}
	s := &splitter{cols: cols, learnt: learnt, steps: min(maxLineSteps, *budget)}
	before := s.steps
	for _, s.limit = range limits {
		if s.walk(text, 0); len(s.out) > 0 {
			break
		}
	}
	for i := range s.out {
		s.out[i].cut = s.cut
	}
	*budget -= max(before-s.steps, len(text)/16)
	return s.out
}

func (s *splitter) walk(rest string, c int) {
	s.steps--
	if s.current.cost > s.limit {
		return
	}
	if s.steps <= 0 || len(s.out) >= maxReadings {
		s.cut = true
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
		s.current.odd = s.current.odd || k == platformKind && end.cost >= strangeCost
		s.walk(rest[end.n:], c+1)
		s.current = saved
	}
	if k != nameKind && k != dateKind {
		s.current.cost += emptyCost
		s.walk(rest, c+1)
		s.current = saved
	}
}
