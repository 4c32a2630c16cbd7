package kb

import (
	"fmt"
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
	cols = r.infer(i, cols)
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
	if r.lines[i].unfolded {
		r.findings.add(r.lines[i].no, Ambiguous, true, "the page lost its line breaks here; rows were taken to begin wherever a %s does, and where the last one ends is a guess", cols[0].kind)
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
