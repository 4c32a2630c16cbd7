package cells

import (
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/values"
)

// sure: text is plainly a cell of kind k; a size may be a bare number.
func sure(k values.Kind, text string) bool {
	q := values.Quality(k, text)
	return q == values.Plain || q == values.Unusual && k == values.Size
}

// misfit: text cannot be a cell of kind k. What stands for an empty version or
// platform may be a word that is not known.
func misfit(k values.Kind, text string) bool {
	return k != values.Version && k != values.Platform && values.Quality(k, text) == values.NoFit &&
		!values.NotApplicable(text)
}

// widest is how many words a cell of a kind can have: "March 1, 2001",
// "143 KB", "Windows 95 OSR2".
var widest = [values.Kinds]int{values.Name: 1, values.Version: 3, values.Size: 2, values.Date: 3, values.Time: 2,
	values.Platform: 3, values.Note: 3, values.Group: 4, values.Hash: 1}

// fitCells reads delimited cells by the headings above them. A row whose cells
// are not what their headings say is read by what they are, and reported.
func fitCells(l *lines.Line, cols []headings.Column, fs *findings.List) []values.Row {
	var rows []values.Row
	rest := l.Cells
	for _, pane := range headings.Panes(cols) {
		var row values.Row
		fits := true
		for _, c := range pane[:min(len(pane), len(rest))] {
			fits = fits && (rest[0] == "" || !misfit(c.Kind, rest[0]))
			row.Set(c.Kind, c.Label, rest[0])
			rest = rest[1:]
		}
		if !fits {
			if shifted := free(l, nil); shifted != nil {
				row = shifted[0]
				fs.Add(l.No, findings.Odd, true, "%s: the cells do not stand under their headings; read by what they are",
					findings.Quote(l.Text))
			} else if values.Quality(values.Name, row.Cells[values.Name]) == values.NoFit {
				continue
			}
		}
		if row.Cells.Enough() || onlyName(&row, l, cols) || nameAndVersion(&row.Cells) {
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 {
		rows[len(rows)-1].Tail = strings.TrimSpace(strings.Join(rest, " "))
	}
	return rows
}

// onlyName: a row of which only the name says something, in a table of names
// and versions. Such a file has to be there, even if nothing of it can be
// compared. A table that also prints sizes or dates has them for every file.
func onlyName(row *values.Row, l *lines.Line, cols []headings.Column) bool {
	name, has := row.Cells[values.Name], headings.Count(cols)
	return has[values.Size]+has[values.Date] == 0 && len(l.Cells) > 1 && values.Is(values.Name, name) &&
		row.Cells == values.Cells{values.Name: name}
}

// nameAndVersion: a name without an extension beside a version in its own cell.
func nameAndVersion(c *values.Cells) bool {
	v := c[values.Version]
	return values.Quality(values.Name, c[values.Name]) == values.NoExtension && values.Is(values.Version, v) &&
		values.Digits(v) > 0
}

// freeOrder: the kinds that can hardly be anything else come first.
var freeOrder = []values.Kind{values.Date, values.Time, values.Size, values.Version, values.Name, values.Platform}

// free reads a row whose columns nobody named: by what its cells are. All of it
// must be understood, nothing may come twice, and it must say more than a
// sentence would. own are the table's words for an empty cell.
func free(l *lines.Line, own emptyWords) []values.Row {
	pieces := [][]string{strings.Fields(l.Text)}
	if len(l.Cells) > 1 {
		pieces, own = nil, nil
		for _, c := range l.Cells {
			if !values.NotApplicable(c) {
				pieces = append(pieces, []string{c})
			}
		}
	} else if n := len(pieces[0]); n < 2 || n > 16 || strings.IndexByte(l.Text, '.') < 0 {
		return nil
	}
	var row values.Row
	for _, words := range pieces {
		for len(words) > 0 {
			k, n := freeCell(words, &row.Cells, own)
			if k == values.None {
				return nil
			}
			row.Cells[k] = strings.Join(words[:n], " ")
			words = words[n:]
		}
	}
	said := 0
	for _, k := range inferred {
		if row.Cells[k] != "" {
			said++
		}
	}
	if said < 2 || !row.Cells.Enough() {
		return nil
	}
	return []values.Row{row}
}

// freeCell tells what the first words are, and how many of them.
func freeCell(words []string, taken *values.Cells, own emptyWords) (values.Kind, int) {
	for _, k := range freeOrder {
		for n := min(widest[k], len(words)); n > 0 && taken[k] == ""; n-- {
			if text := strings.Join(words[:n], " "); own.are(k, text) || sure(k, text) {
				return k, n
			}
		}
	}
	return values.None, 0
}

// maxWords caps the words of a row of running text; a row of two tables side
// by side has twenty.
const maxWords = 40

// fitWords reads a line of blank-separated words against the columns in their
// order: every word belongs to one cell, cells may be empty, and the reading
// with the least cost is taken. nil when the line is no row.
func fitWords(text string, cols []headings.Column, own emptyWords) []values.Row {
	words := strings.Fields(text)
	if len(words) < 2 || len(words) > maxWords || len(cols) > maxWords {
		return nil
	}
	f := fitter{words: words, cols: cols, left: len(headings.Panes(cols)[0]), own: own}
	if f.solve() == values.NoFit {
		return nil
	}
	return f.trace()
}

// fitter finds the cheapest way to lay words into columns, by dynamic
// programming from the end: step (w, c) is "words from w into columns from c".
type fitter struct {
	words []string
	cols  []headings.Column
	own   emptyWords
	left  int // columns of the first of the tables that stand side by side
	steps []step
}

type step struct {
	cost int // NoFit when there is no way
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
	const (
		cost    = 30 // more than the empty columns that it could fill
		longest = 6
	)
	switch left := len(f.words) - w; {
	case left == 0:
		return step{ways: 1}
	case left <= longest && w >= 4:
		return step{cost: cost + left, ways: 1}
	}
	return step{cost: values.NoFit}
}

func (f *fitter) best(w, c int) step {
	best := step{cost: values.NoFit}
	k := f.cols[c].Kind
	consider := func(take, cost int) {
		next := f.at(w+take, c+1)
		if next.cost == values.NoFit || cost == values.NoFit {
			return
		}
		switch total := next.cost + cost; {
		case best.cost == values.NoFit || total < best.cost:
			best = step{total, take, next.ways}
		case total == best.cost:
			best.ways = min(best.ways+next.ways, 1000)
		}
	}
	for take := 1; take <= widest[k] && w+take <= len(f.words); take++ {
		text := strings.Join(f.words[w:w+take], " ")
		cost := values.Quality(k, text)
		if f.own.are(k, text) {
			cost = values.Plain
		}
		if k == values.Note || k == values.Group {
			cost = take
		}
		consider(take, cost)
	}
	switch right := c >= f.left; {
	case right: // the right one of two tables side by side may be shorter
		consider(0, values.Empty-1)
	case k != values.Name:
		consider(0, values.Empty)
	}
	return best
}

// trace follows the cheapest way: one row, or one for each of the tables that
// stand side by side.
func (f *fitter) trace() []values.Row {
	var rows []values.Row
	w, c := 0, 0
	for _, pane := range headings.Panes(f.cols) {
		row := values.Row{Rivals: f.at(0, 0).ways - 1}
		for _, col := range pane {
			n := f.at(w, c).take
			row.Set(col.Kind, col.Label, strings.Join(f.words[w:w+n], " "))
			w, c = w+n, c+1
		}
		if row.Cells.Enough() {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 || w == len(f.words) {
		return rows
	}
	last := &rows[len(rows)-1]
	if !values.Is(values.Name, last.Cells[values.Name]) {
		return nil // a sentence, not a row with a note behind it
	}
	last.Tail = strings.Join(f.words[w:], " ")
	return rows
}
