// Package cells finds the tables of files in the lines of an article and fits
// what they print to their columns. A table is found by its headings or by its
// rows; a row is read by what its cells are, in the order that the headings or
// the rows establish: columns are never cut by position. Rows that run together
// are split by what makes the whole table agree. Out come tables of cells, which
// nobody has read as values yet.
package cells

import (
	"fmt"
	"slices"
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/values"
)

// MaxTables caps the tables of one article; the largest CSV has a hundred.
const MaxTables = 1_000

// Article is the lines of an article and the tables that stand in them.
type Article struct {
	Lines  []lines.Line
	Tables []*Table
}

// Table is one table of files.
type Table struct {
	values.Printed
	Cols    []headings.Column // nil where the rows had to say it themselves
	First   int               // index of its first line
	Context int               // index of the first line after the table before it
	Title   string            // a row above its rows that has only a title
}

// draft is a table that is being read.
type draft struct {
	Table
	glued    agreement         // its rows that run together
	fromText bool              // its header is running text
	own      emptyWords        // as far as one must know them to read on; nil: nothing was learnt yet
	shape    []headings.Column // of a table without a header: the order of its latest row
	last     int               // index of the line of its latest row
	asked    bool              // decoy is known
	decoy    string            // what it is, where it is no table to install
}

// Read finds the tables of an article. Where it is beyond a cap, the error wraps
// lines.ErrTooLarge, and line is the source line of that or 0.
func Read(ls []lines.Line, fs *findings.List) (out Article, line int, err error) {
	r := &reader{fs: fs, budget: maxSteps, odd: maxOddSteps, misses: maxMisses, sides: map[int]sides{}, anchor: nowhere}
	r.page, r.folded = unfold(ls)
	r.marks = r.page.footnotes()
	if err := lines.Limit(len(r.page)); err != nil {
		return Article{}, 0, err
	}
	for i := 0; i < len(r.page); {
		i = r.step(i)
		for _, c := range []struct {
			what    string
			n, most int
		}{{"rows", r.rows, lines.MaxRows}, {"tables", len(r.tables), MaxTables}} {
			if c.n > c.most {
				at := r.page[min(i, len(r.page)-1)].No
				return Article{}, at, fmt.Errorf("%w: more than %d %s", lines.ErrTooLarge, c.most, c.what)
			}
		}
	}
	r.lone.report(fs)
	return Article{r.page, r.tables}, 0, nil
}

// page is the lines of an article.
type page []lines.Line

// says is the index of the first line from i on, and before end, that says
// something; else end, or the length of the page.
func (p page) says(i, end int) int {
	for i < min(end, len(p)) && p[i].Text == "" {
		i++
	}
	return i
}

// next is the index of the next line behind i that says something.
func (p page) next(i int) int { return p.says(i+1, len(p)) }

// reader walks the lines of an article and collects its tables.
type reader struct {
	page   page
	marks  map[int]string // of footnotes, by line
	folded map[int]bool   // headings that stood inside a line that holds a whole table
	tables []*Table
	rows   int    // of all tables
	end    int    // index of the first line after the last table
	passed int    // index of the first line after the last decoy
	why    string // what that was
	budget int    // steps left for rows that run together
	odd    int    // steps left for rows with odd cells
	anchor int    // index of the line that announced files last, or the last row
	misses int    // bytes left for lines that could be rows and are none
	lone   lone
	turned int // index of the last row that was reported for the order of its cells
	asked  int // 1 + index of the line whose header is the answer
	answer []headings.Column
	// columns are those of the last headers in running text that had rows below them.
	columns  [][]headings.Column
	read     int // index of the first line that was not asked whether files are installed
	installs bool
	said     [phrases][]said
	sides    map[int]sides // by line, as far as they are known
	fs       *findings.List
}

// step reads what begins at line i and gives the index behind it.
func (r *reader) step(i int) int {
	l := &r.page[i]
	if l.Text == "" {
		return i + 1
	}
	cols := r.header(i)
	if r.anchored(i, cols != nil); cols != nil {
		if next := r.headed(i, cols); next > i {
			return next
		}
	}
	if r.misses <= 0 {
		return i + 1
	}
	for _, try := range []func(int) int{r.stacked, r.vertical, r.headless} {
		if next := try(i); next > i {
			return next
		}
	}
	r.stray(i)
	r.miss(l)
	return i + 1
}

// header reads a line as column headings, by its cells where it has cells.
func header(l *lines.Line) []headings.Column {
	if l.Cells != nil {
		return headings.InCells(l.Cells)
	}
	return headings.InText(l.Text)
}

// header is header of line i, which several look at one after the other.
func (r *reader) header(i int) []headings.Column {
	if r.asked != i+1 {
		r.asked, r.answer = i+1, header(&r.page[i])
	}
	return r.answer
}

// draft begins a table at line i.
func (r *reader) draft(i int, cols []headings.Column) *draft {
	return &draft{Table: Table{Cols: cols, First: i, Context: r.end}}
}

// headed reads the table under the header at line i; i when there is none.
func (r *reader) headed(i int, cols []headings.Column) int {
	if reason := notInstalled(cols); reason != "" {
		return r.refuse(i, reason)
	}
	const gap = 30 // empty lines between a header and its first row
	first := i + 1
	if first < len(r.page) && r.page[i].Cells == nil && r.page[first].Cells == nil && r.header(first) == nil {
		if more := headings.More(cols, r.page[first].Text); more != nil {
			cols, first = slices.Concat(cols, more), first+1
		}
	}
	t := r.draft(i, cols)
	r.infer(t)
	t.fromText = r.page[i].Cells == nil
	before := len(r.tables)
	under := ""
	if _, remark := headings.Remark(r.page[i].Text); values.Processor(remark) {
		under = remark
	}
	start := r.page.says(first, i+gap)
	next := r.body(t, start, under)
	if len(r.tables) == before && r.page.secondHeader(i, start) {
		next = r.body(t, r.page.says(start+1, start+gap), under)
	}
	if len(r.tables) == before {
		return max(i, r.passed)
	}
	if t.fromText {
		r.keepColumns(t.Cols)
	}
	if r.folded[i] {
		r.fs.Ambiguous(r.page[i].No, "the page lost its line breaks here; rows were taken to begin "+
			"wherever a %s does, and where the last one ends is a guess", cols[0].Kind)
	}
	return next
}

// secondHeader: line j, directly below the header at line i, holds the rest of its
// headings: a few words without a digit, far to the right or in parentheses.
func (p page) secondHeader(i, j int) bool {
	const few = 4 // words
	if j >= len(p) || j != i+1 || p[i].Cells != nil || p[j].Cells != nil {
		return false
	}
	text := p[j].Text
	return len(strings.Fields(text)) <= few && !strings.ContainsAny(text, "0123456789:") &&
		(p[j].Indent >= p[i].Indent+right || strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")"))
}

// headless reads a table without a header that begins at line i.
func (r *reader) headless(i int) int {
	if !couldBeRow(r.page[i].Text) {
		return i
	}
	t := r.draft(i, nil)
	if rows, _ := r.fit(i, t); len(rows) == 0 {
		if t.Cols = r.gluedOrder(i); t.Cols == nil {
			t.Cols = r.columnsAgain(i)
		}
		if t.Cols == nil {
			return i
		}
		t.fromText = true
	}
	return r.body(t, i, r.headingAbove(i))
}

// columnsAgain is the columns of a header in running text above, where line i is a
// row of them that their order makes plain: a list under another title, or what
// goes on behind words in the middle of a table.
func (r *reader) columnsAgain(i int) []headings.Column {
	l := &r.page[i]
	if len(r.columns) == 0 || l.Cells != nil || !saysOne(l.Text) {
		return nil
	}
	const near, title = 2, 8 // lines behind the last row: words, or a title with empty lines around it
	away := i - r.anchor
	for _, cols := range slices.Backward(r.columns) {
		two := len(cols) < 3 // of which a line says everything
		if r.odd <= 0 || two && away > title {
			continue
		}
		r.odd -= maxOddWords * len(cols)
		if rows := fitOdd(l.Text, cols, nil, away > near && !two); len(rows) == 1 && rows[0].Tail == "" {
			return cols
		}
	}
	return nil
}

// keepColumns keeps the columns of a header for columnsAgain.
func (r *reader) keepColumns(cols []headings.Column) {
	const most = 4 // different ones, the last of an article
	r.columns = slices.DeleteFunc(r.columns, func(c []headings.Column) bool { return slices.Equal(c, cols) })
	r.columns = append(r.columns, cols)
	if len(r.columns) > most {
		r.columns = slices.Delete(r.columns, 0, 1)
	}
}

// notInstalled says why columns are not those of a file table to install.
func notInstalled(cols []headings.Column) string {
	switch has := headings.Count(headings.Panes(cols)[0]); {
	case has[values.Hash] > 0:
		return "a list of hashes"
	case has[values.Date] > 1 || has[values.Version] > 1 || has[values.Size] > 1:
		return "a comparison: one column comes twice"
	}
	return ""
}

// refuse passes over the rows of a table that is none to install.
func (r *reader) refuse(i int, reason string) int {
	r.fs.Add(r.page[i].No, findings.NotTaken, false, "%s is %s, no file table", findings.Quote(r.page[i].Text), reason)
	r.anchor = nowhere
	for i++; i < len(r.page) && (r.page[i].Cells != nil || r.page[i].Rule) && r.header(i) == nil; i++ {
	}
	return i
}

// inferred is the order in which a column with an unknown heading is tried:
// the kinds that can hardly be anything else come first.
var inferred = []values.Kind{values.Date, values.Time, values.Version, values.Size, values.Platform}

// infer gives columns under headings that are not known the kind that all of
// their cells have, where no other column has it, and reports that. Without it a
// heading in an unknown language would make a note of the version, and nothing
// would be compared.
func (r *reader) infer(t *draft) {
	i, below := t.First, r.page.kindBelow
	if r.page[i].Cells == nil {
		below = r.kindInText
	}
	for at, c := range t.Cols {
		if _, known := headings.Lookup(c.Label); known || c.Kind != values.Note || headings.OtherUnits(c.Label) {
			continue
		}
		k := below(i, at, t.Cols)
		if k == values.None || r.ask(t) != "" {
			continue
		}
		t.Cols[at].Kind = k
		r.fs.Ambiguous(r.page[i].No,
			"the heading %s is not known; every cell below it can be a %s, and is read as one", findings.Quote(c.Label), k)
	}
}

// kindBelow is the kind that every cell of column at has in the rows under line
// i, other than those that the table has; None where there is none.
func (p page) kindBelow(i, at int, cols []headings.Column) values.Kind {
	const enough = 50 // rows that are looked at
	has := headings.Count(cols)
	possible := slices.DeleteFunc(slices.Clone(inferred), func(k values.Kind) bool { return has[k] > 0 })
	rows := 0
	for j := p.next(i); j < len(p) && rows < enough; j = p.next(j) {
		l := &p[j]
		if len(l.Cells) != len(cols) || headings.InCells(l.Cells) != nil {
			break
		}
		if values.NotApplicable(l.Cells[at]) {
			continue
		}
		rows++
		possible = slices.DeleteFunc(possible, func(k values.Kind) bool { return !sure(k, l.Cells[at]) })
	}
	if rows == 0 || len(possible) == 0 {
		return values.None
	}
	return possible[0]
}

// kindInText is kindBelow for rows of running text: the kind as which all of them
// fit the columns. Sizes must have groups, for bare numbers may be anything.
func (r *reader) kindInText(i, at int, cols []headings.Column) values.Kind {
	const enough = 20 // rows that are looked at
	var texts []string
	for j := r.page.next(i); j < len(r.page) && len(texts) < enough && r.header(j) == nil; j = r.page.next(j) {
		texts = append(texts, r.page[j].Text)
	}
	has := headings.Count(cols)
	for _, k := range inferred {
		if has[k] > 0 || len(texts) == 0 {
			continue
		}
		trial := slices.Clone(cols)
		trial[at].Kind = k
		rows, grouped := 0, false
		for _, text := range texts {
			fitted := fitWords(text, trial, nil)
			if len(fitted) != 1 {
				break
			}
			cell := fitted[0].Cells[k]
			if cell != "" && !sure(k, cell) {
				rows = 0
				break
			}
			if cell != "" {
				rows++
			}
			grouped = grouped || strings.Contains(cell, ",")
		}
		if rows > 0 && (k != values.Size || grouped) {
			return k
		}
	}
	return values.None
}
