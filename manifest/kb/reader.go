package kb

import (
	"fmt"
	"strings"

	"kbverify/manifest"
)

// rawTable is a table before its rows become values.
type rawTable struct {
	cols     []column // nil where the rows had to say it themselves
	first    int      // index into reader.lines of its first line
	context  int      // index of the first line after the table before it
	title    string   // a row above its rows that has only a title
	rows     []rawRow
	learnt   map[string]bool
	fromText bool // its header is running text
}

// maxGap caps the empty lines between a header and its first row.
const maxGap = 30

// reader walks the lines of an article and collects its tables.
type reader struct {
	name     string
	lines    []line
	o        Options
	tables   []*rawTable
	findings findings
	budget   int // steps left for rows that run together
	rows     int
	context  int    // index of the first line after the last table
	at       int    // source line of a fault that ends the reading
	intro    string // file language that the text above the latest table names
}

func newReader(name string, lines []line, o Options) *reader {
	return &reader{name: name, lines: lines, o: o, budget: maxSteps}
}

// read finds the tables and turns them into a manifest.
func (r *reader) read(res *Result) (bool, error) {
	for i := 0; i < len(r.lines); {
		i = r.step(i)
		if r.rows > MaxRows {
			r.at = r.lines[min(i, len(r.lines)-1)].no
			return false, fmt.Errorf("%w: more than %d rows", ErrTooLarge, MaxRows)
		}
		if len(r.tables) > MaxTables {
			r.at = r.lines[min(i, len(r.lines)-1)].no
			return false, fmt.Errorf("%w: more than %d tables", ErrTooLarge, MaxTables)
		}
	}
	if len(r.tables) == 0 {
		return false, nil
	}
	return r.build(res)
}

// step reads what begins at line i and gives the index behind it.
func (r *reader) step(i int) int {
	l := &r.lines[i]
	if l.text == "" {
		return i + 1
	}
	if cols := header(l); cols != nil {
		if next := r.headed(i, cols); next > i {
			return next
		}
	}
	for _, try := range []func(int) int{r.stacked, r.vertical, r.headless} {
		if next := try(i); next > i {
			return next
		}
	}
	r.stray(l)
	return i + 1
}

// headed reads the table under the header at line i; i when there is none.
func (r *reader) headed(i int, cols []column) int {
	if reason := notInstalled(cols); reason != "" {
		return r.refuse(i, reason)
	}
	t := &rawTable{cols: cols, first: i, context: r.context, fromText: r.lines[i].cells == nil}
	start := i + 1
	for start < len(r.lines) && r.lines[start].text == "" && start < i+maxGap {
		start++
	}
	before := len(r.tables)
	next := r.body(t, start)
	if len(r.tables) == before {
		return i
	}
	return next
}

// notInstalled says why columns are not those of a file table to install.
func notInstalled(cols []column) string {
	count := map[kind]int{}
	for _, c := range panes(cols)[0] {
		count[c.kind]++
	}
	switch {
	case count[hashKind] > 0:
		return "a list of hashes"
	case count[dateKind] > 1 || count[versionKind] > 1 || count[sizeKind] > 1:
		return "a comparison: one column comes twice"
	}
	return ""
}

// refuse passes over the rows of a table that is none to install.
func (r *reader) refuse(i int, reason string) int {
	r.findings.add(r.lines[i].no, NotTaken, false, "%s is %s, no file table", quote(r.lines[i].text), reason)
	for i++; i < len(r.lines) && (r.lines[i].cells != nil || r.lines[i].rule); i++ {
		if header(&r.lines[i]) != nil {
			break
		}
	}
	return i
}

// body reads rows from line i on as long as they fit the table. A row that is
// only a title closes the table and opens another one with the same columns.
func (r *reader) body(t *rawTable, i int) int { return r.bodyUnder(t, i, "") }

// bodyUnder is body below a platform heading, which holds for rows that name
// no platform.
func (r *reader) bodyUnder(t *rawTable, i int, under string) int {
	for i < len(r.lines) && r.rows <= MaxRows && len(r.tables) <= MaxTables {
		l := &r.lines[i]
		if l.text == "" {
			i++
			continue
		}
		if header(l) != nil {
			break
		}
		rows, ok := r.fit(i, t)
		switch p := manifest.ParsePlatform(strings.Trim(l.text, " :")); {
		case ok:
			r.add(t, l, rows, under)
		case p.Known():
			under = strings.Trim(l.text, " :")
		case sectionTitle(l):
			r.finish(t, i)
			t = &rawTable{cols: t.cols, first: i, context: i, title: l.text, learnt: t.learnt, fromText: t.fromText}
		case !r.goesOn(t, i, under != ""):
			r.finish(t, i)
			return i
		}
		i++
	}
	r.finish(t, i)
	return i
}

func (r *reader) add(t *rawTable, l *line, rows []rawRow, under string) {
	for _, row := range rows {
		row.line, row.text = l.no, l.text
		if row.cells[platformKind] == "" {
			row.cells[platformKind] = under
		}
		t.rows = append(t.rows, row)
		r.rows++
	}
}

// finish closes a table before line i.
func (r *reader) finish(t *rawTable, i int) {
	if len(t.rows) == 0 {
		return
	}
	agree(t.rows, &r.findings)
	r.tables = append(r.tables, t)
	r.context = i
}

// sectionTitle: delimited cells of which only the first says something, and
// that is no file.
func sectionTitle(l *line) bool {
	if len(l.cells) < 3 || l.cells[0] == "" || nameQuality(l.cells[0]) == plainCost {
		return false
	}
	for _, c := range l.cells[1:] {
		if c != "" {
			return false
		}
	}
	return true
}

// goesOn decides whether a line that is no row stands between rows of one
// table: a few words with a colon where the table has headings of platforms
// anyway, or a row that could not be read. Both only if the next line is a row
// again. Elsewhere words with a colon introduce another table.
func (r *reader) goesOn(t *rawTable, i int, headings bool) bool {
	l := &r.lines[i]
	row := looksLikeRow(l.text)
	const groupWords = 5 // "Additional supporting inventory files:"
	group := headings && strings.HasSuffix(l.text, ":") && len(strings.Fields(l.text)) <= groupWords
	if !row && !group || len(t.rows) == 0 {
		return false
	}
	next := i + 1
	for next < len(r.lines) && next < i+4 && r.lines[next].text == "" {
		next++
	}
	if next == len(r.lines) || header(&r.lines[next]) != nil {
		return false
	}
	if _, ok := r.fit(next, t); !ok {
		return false
	}
	if row {
		r.findings.add(l.no, NotTaken, true, "%s stands between rows and does not fit the columns", quote(l.text))
	}
	return true
}

// fit reads one line as a row of t.
func (r *reader) fit(i int, t *rawTable) ([]rawRow, bool) {
	l := &r.lines[i]
	if len(l.text) > maxLine {
		return nil, false
	}
	if t.cols == nil {
		return fitFree(l)
	}
	if len(l.cells) > 1 && !t.fromText {
		return fitCells(l, t.cols, &r.findings)
	}
	if strings.IndexByte(l.text, ' ') >= 0 {
		if rows, ok := fitWords(l.text, t.cols); ok {
			return rows, true
		}
	}
	if t.learnt == nil {
		t.learnt = learn(r.lines[i:])
	}
	if readings := r.split(i, t.cols, t.learnt); len(readings) > 0 {
		return []rawRow{{readings: readings}}, true
	}
	return nil, false
}

// split lists the readings of line i, as long as the article has steps left
// for that; where they end is reported.
func (r *reader) split(i int, cols []column, learnt map[string]bool) []reading {
	if r.budget <= 0 {
		return nil
	}
	out := split(r.lines[i].text, cols, learnt, &r.budget)
	if r.budget <= 0 {
		r.findings.add(r.lines[i].no, NotTaken, true, "from here on no row that runs together is read: there are too many ways to split those above")
	}
	return out
}
