package kb

import (
	"strings"
)

// rawRow is a row before its cells become values.
type rawRow struct {
	line  int
	cells cells
	notes []string // cells of further columns, "heading value"
	tail  string   // words behind the last column
	// readings are the ways to split a row that runs together; the table as a
	// whole chooses. Empty for rows whose cells are delimited.
	readings []reading
	// otherDate: the row can be split so that its date is another one.
	otherDate bool
	rivals    int // readings of equal cost beside the one taken
	text      string
}

// widest is how many words a cell of a kind can have: "March 1, 2001",
// "143 KB", "Windows 95 OSR2".
var widest = [kinds]int{nameKind: 1, versionKind: 3, sizeKind: 2, dateKind: 3, timeKind: 2, platformKind: 3, noteKind: 3, groupKind: 4, hashKind: 1}

// maxWords caps the words of a row of running text; a row of two tables side
// by side has twenty.
const maxWords = 40

// fitWords reads a line of blank-separated words against the columns in their
// order: every word belongs to one cell, cells may be empty, and the reading
// with the least cost is taken. False when the line is no row.
// learnt are the table's own words for "not applicable".
func fitWords(text string, cols []column, learnt map[string]bool) ([]rawRow, bool) {
	words := strings.Fields(text)
	if len(words) < 2 || len(words) > maxWords || len(cols) > maxWords {
		return nil, false
	}
	f := fitter{words: words, cols: cols, left: len(panes(cols)[0]), learnt: learnt}
	if f.solve() == noFit {
		return nil, false
	}
	rows := f.trace()
	return rows, len(rows) > 0
}

// enough: a row says a name, and a version, a size or a date. A name without
// an extension could be any word, so that it wants two of them.
func enough(c *cells) bool {
	n := 0
	for _, k := range []kind{versionKind, sizeKind, dateKind} {
		if c[k] != "" {
			n++
		}
	}
	return c[nameKind] != "" && (n > 1 || n == 1 && nameQuality(c[nameKind]) == plainCost)
}

// fitter finds the cheapest way to lay words into columns, by dynamic
// programming from the end: step (w, c) is "words from w into columns from c".
type fitter struct {
	words  []string
	cols   []column
	learnt map[string]bool
	left   int // columns of the first of the tables that stand side by side
	steps  []step
}

type step struct {
	cost int // noFit when there is no way
	take int // words that column c takes; 0 leaves it empty
	ways int // ways with this cost
}

func (f *fitter) at(w, c int) *step { return &f.steps[w*(len(f.cols)+1)+c] }

func (f *fitter) solve() int {
	f.steps = make([]step, (len(f.words)+1)*(len(f.cols)+1))
	for w := len(f.words); w >= 0; w-- {
		*f.at(w, len(f.cols)) = f.tail(w)
		for c := len(f.cols) - 1; c >= 0; c-- {
			*f.at(w, c) = f.best(w, c)
		}
	}
	return f.at(0, 0).cost
}

// tail is the cost of words behind the last column: a note, if it is short.
func (f *fitter) tail(w int) step {
	const longest = 6
	switch left := len(f.words) - w; {
	case left == 0:
		return step{ways: 1}
	case left <= longest && w >= 4:
		return step{cost: tailCost + left, ways: 1}
	}
	return step{cost: noFit}
}

func (f *fitter) best(w, c int) step {
	best := step{cost: noFit}
	k := f.cols[c].kind
	consider := func(take, cost int) {
		next := f.at(w+take, c+1)
		if next.cost == noFit || cost == noFit {
			return
		}
		switch total := next.cost + cost; {
		case best.cost == noFit || total < best.cost:
			best = step{total, take, next.ways}
		case total == best.cost:
			best.ways = min(best.ways+next.ways, 1000)
		}
	}
	for take := 1; take <= widest[k] && w+take <= len(f.words); take++ {
		text := strings.Join(f.words[w:w+take], " ")
		cost := quality(k, text)
		if emptyCell(k, text, f.learnt) {
			cost = plainCost
		}
		if cost != noFit && (k == noteKind || k == groupKind) {
			cost = take
		}
		consider(take, cost)
	}
	switch right := c >= f.left; {
	case right: // the right one of two tables side by side may be shorter
		consider(0, emptyCost-1)
	case k != nameKind:
		consider(0, emptyCost)
	}
	return best
}

// emptyCell: a word for "not applicable" that the table itself taught.
func emptyCell(k kind, text string, learnt map[string]bool) bool {
	return len(learnt) > 0 && (k == versionKind || k == platformKind) && learnt[fold(text)]
}

// trace follows the cheapest way: one row, or one for each of the tables that
// stand side by side.
func (f *fitter) trace() []rawRow {
	var rows []rawRow
	w, c := 0, 0
	for _, pane := range panes(f.cols) {
		row := rawRow{rivals: f.at(0, 0).ways - 1}
		for _, col := range pane {
			n := f.at(w, c).take
			row.set(col, strings.Join(f.words[w:w+n], " "))
			w, c = w+n, c+1
		}
		if enough(&row.cells) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 || w == len(f.words) {
		return rows
	}
	last := &rows[len(rows)-1]
	if nameQuality(last.cells[nameKind]) != plainCost {
		return nil // a sentence, not a row with a note behind it
	}
	last.tail = strings.Join(f.words[w:], " ")
	return rows
}

// set puts a cell where it belongs.
func (r *rawRow) set(c column, text string) {
	switch {
	case text == "":
	case c.kind == noteKind || c.kind == groupKind:
		if !isNotApplicable(text) {
			r.notes = append(r.notes, strings.TrimSpace(noteLabel(c.label)+" "+text))
		}
	case r.cells[c.kind] == "":
		r.cells[c.kind] = text
	}
}

func noteLabel(label string) string {
	if label = strings.TrimSpace(strings.ReplaceAll(label, string(cellBreak), " ")); len(label) > 40 {
		return ""
	}
	return label
}
