package cells

import (
	"slices"
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

// numbered: text is plainly a version, and no word for none.
func numbered(text string) bool { return values.Digits(text) > 0 && values.Is(values.Version, text) }

// misfit: text cannot be a cell of kind k. What stands for an empty version or
// platform may be a word that is not known.
func misfit(k values.Kind, text string) bool {
	return k != values.Version && k != values.Platform && values.Quality(k, text) == values.NoFit &&
		!values.NotApplicable(text)
}

// oddCell: a name with a remark, or a date with its time.
func oddCell(k values.Kind, text string) bool {
	switch k {
	case values.Name:
		return values.Odd(k, text, false) != values.NoFit
	case values.Date:
		_, hour := values.Moment(text)
		return hour != ""
	}
	return false
}

// widest is how many words a cell of a kind can have: "March 1, 2001",
// "143 KB", "Windows 98 Second Edition".
var widest = [values.Kinds]int{values.Name: 1, values.Version: 3, values.Size: 3, values.Date: 3, values.Time: 2,
	values.Platform: 6, values.Note: 3, values.Group: 4, values.Hash: 1}

// fitCells reads delimited cells by the headings above them. A row whose cells
// are not what their headings say is read by what they are, and reported.
func fitCells(l *lines.Line, cols []headings.Column, fs *findings.List) []values.Row {
	var rows []values.Row
	rest := rejoined(l.Cells, cols)
	for _, pane := range headings.Panes(cols) {
		var row values.Row
		fits := true
		for _, c := range pane[:min(len(pane), len(rest))] {
			fits = fits && (rest[0] == "" || !misfit(c.Kind, rest[0]) || oddCell(c.Kind, rest[0]))
			row.Set(c.Kind, c.Label, rest[0])
			rest = rest[1:]
		}
		if !fits {
			if shifted, _ := free(l, nil); shifted != nil {
				row = shifted[0]
				fs.Add(l.No, findings.Odd, true, "%s: the cells do not stand under their headings; read by what they are",
					findings.Quote(l.Text))
			} else if values.Quality(values.Name, row.Cells[values.Name]) != values.Plain {
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

// rejoined puts the groups of a size together again that a CSV without quotes parted
// at its commas: the row then has a cell for each column.
func rejoined(cells []string, cols []headings.Column) []string {
	at := slices.IndexFunc(cols, func(c headings.Column) bool { return c.Kind == values.Size })
	more := len(cells) - len(cols)
	if at < 0 || more < 1 || more > 3 || at+more >= len(cells) {
		return cells
	}
	size := strings.Join(cells[at:at+more+1], ",")
	if !strings.Contains(size, ",") || !values.Is(values.Size, size) {
		return cells
	}
	return slices.Concat(cells[:at], []string{size}, cells[at+more+1:])
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
	return values.Quality(values.Name, c[values.Name]) == values.NoExtension && numbered(c[values.Version])
}

// freeOrder: the kinds that can hardly be anything else come first.
var freeOrder = []values.Kind{values.Date, values.Time, values.Size, values.Version, values.Name, values.Platform}

// free reads a row whose columns nobody named: by what its cells are. All of it
// must be understood, nothing may come twice, and it must say more than a
// sentence would. own are the table's words for an empty cell. shape is the order
// of its cells.
func free(l *lines.Line, own emptyWords) (rows []values.Row, shape []headings.Column) {
	pieces := [][]string{strings.Fields(l.Text)}
	if len(l.Cells) > 1 {
		pieces, own = nil, nil
		for _, c := range l.Cells {
			if !values.NotApplicable(c) {
				pieces = append(pieces, wordsOf(c)...)
			}
		}
	} else if n := len(pieces[0]); n < 2 || n > 16 || strings.IndexByte(l.Text, '.') < 0 ||
		slices.ContainsFunc(pieces[0], isAttributes) {
		return nil, nil
	}
	var row values.Row
	for _, words := range pieces {
		for len(words) > 0 {
			k, n := freeCell(words, &row.Cells, own)
			if k == values.None {
				return nil, nil
			}
			row.Cells[k] = strings.Join(words[:n], " ")
			shape = append(shape, headings.Column{Kind: k})
			words = words[n:]
		}
	}
	said := 0
	for _, k := range inferred {
		if row.Cells[k] != "" {
			said++
		}
	}
	if said < 2 && (len(l.Cells) < 2 || !pairOf(&row.Cells)) || !row.Cells.Enough() {
		return nil, nil
	}
	return []values.Row{row}, shape
}

// isAttributes is a word in which a listing shows the attributes of a file: "A---",
// "--R-", "----". Without a header, it makes the line a tool's output.
func isAttributes(word string) bool {
	return len(word) >= 4 && len(word) <= 6 && strings.IndexByte(word, '-') >= 0 && strings.Trim(word, "-ARHS") == ""
}

// wordsOf gives the pieces of a delimited cell: the cell, or its date and its
// time.
func wordsOf(cell string) [][]string {
	if day, hour := values.Moment(cell); hour != "" {
		return [][]string{{day}, {hour}}
	}
	return [][]string{{cell}}
}

// pairOf: a file name, and a version of three parts or a size that can be
// nothing else.
func pairOf(c *values.Cells) bool {
	if !values.Is(values.Name, c[values.Name]) || c[values.Date]+c[values.Time] != "" {
		return false
	}
	version, size := c[values.Version], c[values.Size]
	return numbered(version) && size == "" ||
		version == "" && values.Is(values.Size, size) && len(size) > 3 && !strings.ContainsAny(size, "MG")
}

// freeCell tells what the first words are, and how many of them.
func freeCell(words []string, taken *values.Cells, own emptyWords) (values.Kind, int) {
	for _, k := range freeOrder {
		most := widest[k]
		if k == values.Platform {
			most = 3 // only processors are sure
		}
		for n := min(most, len(words)); n > 0 && taken[k] == ""; n-- {
			if n > 1 && !values.Ends(k, words[n-1]) {
				continue
			}
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
	if row, ok := oneWordEach(words, cols); ok {
		return []values.Row{row}
	}
	f := fitter{words: words, cols: cols, left: len(headings.Panes(cols)[0]), own: own}
	if f.solve() == values.NoFit {
		return nil
	}
	return f.trace()
}

// oneWordEach reads the row that most tables have: for each column one word that
// is plainly its cell. No other reading costs as little.
func oneWordEach(words []string, cols []headings.Column) (row values.Row, ok bool) {
	if len(words) != len(cols) {
		return row, false
	}
	for i, c := range cols {
		if !values.Is(c.Kind, words[i]) {
			return row, false
		}
		row.Set(c.Kind, c.Label, words[i])
	}
	return row, row.Cells.Enough() && len(headings.Panes(cols)) == 1
}

// fitOdd reads a line against the columns of its table like fitWords, and takes
// cells that do not look like theirs, words of dashes between the cells, a label in
// front of them and a remark in parentheses behind them. apart says that the line
// does not stand directly under a row. nil when the line does not say enough that
// is plain.
func fitOdd(text string, cols []headings.Column, own emptyWords, apart bool) []values.Row {
	if len(headings.Panes(cols)) > 1 || len(cols) < 2 {
		return nil
	}
	row := pieces(text, cols)
	if row == nil {
		row = oddWords(text, cols, own)
	}
	if front, remark, found := strings.Cut(text, "("); row == nil && found && strings.HasSuffix(remark, ")") {
		if row = oddWords(front, cols, own); row != nil {
			row.Tail = strings.TrimSpace(row.Tail + " " + strings.TrimSuffix(remark, ")"))
		}
	}
	if row == nil || !plainEnough(row, apart) {
		return nil
	}
	return []values.Row{*row}
}

// pieces reads a line that has several blanks between its cells, one for each
// column; a name may then have blanks in it.
func pieces(text string, cols []headings.Column) *values.Row {
	var cells []string
	for piece := range strings.SplitSeq(text, "  ") {
		if piece = strings.TrimSpace(piece); piece != "" {
			cells = append(cells, piece)
		}
	}
	if len(cells) != len(cols) {
		return nil
	}
	var row values.Row
	for i, c := range cols {
		odd := values.Odd(c.Kind, cells[i], i == len(cols)-1)
		if odd == values.NoFit && values.Quality(c.Kind, cells[i]) == values.NoFit {
			return nil
		}
		row.Set(c.Kind, c.Label, cells[i])
	}
	return &row
}

func oddWords(text string, cols []headings.Column, own emptyWords) *values.Row {
	label, longest := "", 3 // words
	front, rest, found := strings.Cut(text, "  ")
	if found && len(strings.Fields(front)) <= longest && cols[0].Kind != values.Name {
		if _, n := freeCell(strings.Fields(front), &values.Cells{}, own); n == 0 {
			label, text = front, rest
		}
	}
	words := slices.DeleteFunc(strings.Fields(text), isAttributes)
	if len(words) < 2 || len(words) > maxOddWords {
		return nil
	}
	f := fitter{words: words, cols: cols, left: len(cols), own: own, odd: true}
	if f.solve() == values.NoFit {
		return nil
	}
	rows := f.trace()
	if len(rows) == 0 {
		return nil
	}
	if label != "" {
		rows[0].Notes = append(rows[0].Notes, label)
	}
	return &rows[0]
}

// maxOddWords caps the words of a row with odd cells; a sentence has more.
const maxOddWords = 16

// plainEnough: a row with odd cells has a name that is plainly one and, beside
// it, a date, a size or a version that is; two where it stands apart from the other
// rows, or where the name has no extension.
func plainEnough(row *values.Row, apart bool) bool {
	plain := 0
	for _, k := range []values.Kind{values.Date, values.Size, values.Version} {
		if c := row.Cells[k]; sure(k, c) && values.Digits(c) > 0 {
			plain++
		}
	}
	name := values.Quality(values.Name, row.Cells[values.Name])
	another := func(w string) bool { return values.Is(values.Name, strings.Trim(w, "(),")) }
	bare := name == values.NoExtension && plain > 1 && !slices.ContainsFunc(strings.Fields(row.Tail), another)
	return name == values.Plain && (plain > 1 || plain > 0 && !apart) || bare
}

// fitter finds the cheapest way to lay words into columns, by dynamic
// programming from the end: step (w, c) is "words from w into columns from c".
type fitter struct {
	words []string
	cols  []headings.Column
	own   emptyWords
	left  int  // columns of the first of the tables that stand side by side
	odd   bool // cells may be odd
	times bool // a column is of times of day
	steps []step
	known map[[2]int]*run // with odd cells: the words from w on, so many
}

// run is words that stand together, and what they can be.
type run struct {
	text string
	values.Qualities
}

// oddRun gives the words from w on, so many.
func (f *fitter) oddRun(w, take int) *run {
	if f.known == nil {
		f.known = map[[2]int]*run{}
	}
	at := [2]int{w, take}
	if f.known[at] == nil {
		text := strings.Join(f.words[w:w+take], " ")
		f.known[at] = &run{text, values.QualitiesOf(text)}
	}
	return f.known[at]
}

// oddWidest is how many words an odd cell can have.
func oddWidest(k values.Kind, last bool) int {
	switch {
	case last || k == values.Name || k == values.Platform:
		return 6
	case k == values.Version:
		return 2
	}
	return 1
}

type step struct {
	cost int // NoFit when there is no way
	take int // words that column c takes; 0 leaves it empty
	ways int // ways with this cost
}

func (f *fitter) at(w, c int) *step { return &f.steps[w*(len(f.cols)+1)+c] }

func (f *fitter) solve() int {
	f.times = headings.Count(f.cols)[values.Time] > 0
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
	most := widest[k]
	if k == values.Note && c == len(f.cols)-1 {
		most = maxOddWords // a description
	}
	if k == values.Platform && w < len(f.words) && f.words[w] != "Windows" {
		most = min(most, 3)
	}
	last := c == len(f.cols)-1
	if f.odd {
		most = max(most, oddWidest(k, last))
	}
	for take := 1; take <= most && w+take <= len(f.words); take++ {
		consider(take, f.cost(w, c, take))
	}
	switch right := c >= f.left; {
	case right: // the right one of two tables side by side may be shorter
		consider(0, values.Empty-1)
	case k != values.Name:
		consider(0, values.Empty)
	}
	return best
}

// cost is what it costs that column c takes the words from w on, so many.
func (f *fitter) cost(w, c, take int) int {
	k, last := f.cols[c].Kind, c == len(f.cols)-1
	if k == values.Note || k == values.Group && take <= widest[k] {
		return take
	}
	text, cost := "", values.NoFit
	moment := k == values.Date && take > 1 && !f.times
	if f.odd && k <= values.Platform {
		r := f.oddRun(w, take)
		text = r.text
		if take <= widest[k] {
			cost = r.Qualities[k]
		}
		if cost == values.NoFit {
			cost = r.Odd(k, text, last)
		}
	} else {
		if take > 1 && !moment && !values.Ends(k, f.words[w+take-1]) {
			return values.NoFit
		}
		text = strings.Join(f.words[w:w+take], " ")
		if take <= widest[k] {
			cost = values.Quality(k, text)
		}
	}
	if moment {
		if _, hour := values.Moment(text); hour != "" {
			cost = values.Plain
		}
	}
	if f.own.are(k, text) {
		cost = values.Plain
	}
	return cost
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
	if last.Tail = strings.Join(f.words[w:], " "); len(rows) == 1 {
		adopt(last)
	}
	if saysOne(last.Tail) || slices.ContainsFunc(strings.Fields(last.Tail), func(w string) bool {
		return values.Is(values.Time, w) && strings.Contains(w, ":")
	}) {
		return nil // a cell is no note: the words before it do not stand where they were laid
	}
	return rows
}

// adopt makes a cell of a note behind the row that is plainly one for which the
// table has no column: "(version 3.5.34)", "(Alpha)".
func adopt(row *values.Row) {
	note := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(row.Tail, "("), ")"))
	for _, k := range []values.Kind{values.Platform, values.Version} {
		version := k == values.Version && sure(k, note) && values.Digits(note) == 0 // "version 3.5.34"
		if row.Cells[k] == "" && (version || k == values.Platform && values.Processor(note)) {
			row.Cells[k], row.Tail = note, ""
			return
		}
	}
}
