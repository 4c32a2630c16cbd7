package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// matrixWriter puts a matrix of roots and hotfixes before the details, which
// wait for it as text: what is kept of a root in memory is its line.
type matrixWriter struct {
	Options
	w       io.Writer
	waiting packed
	details Writer
	columns []string          // hotfixes in the order of their first appearance
	of      map[string]string // the hotfix of a column
	roots   []matrixRow
	traces  bool // some root was asked what is there
}

// matrixRow is one root.
type matrixRow struct {
	root   string
	failed bool                    // it could not be read
	parts  bool                    // of it could not
	states map[string]result.State // by column
	whose  map[string]bool         // the hotfixes of these
	all    bool                    // every hotfix was asked about: of the others nothing is here
	code   result.Exit
	recap  string // what was found, in a line
}

func newMatrixWriter(w io.Writer, tool result.Tool, o Options) *matrixWriter {
	m := &matrixWriter{w: w, Options: o, of: map[string]string{}}
	m.details = &tableWriter{w: m.waiting.writer(), tool: tool, Options: o}
	return m
}

func (m *matrixWriter) Root(r result.RootResult) error {
	row := matrixRow{root: m.path(visible.Text(r.Root)), failed: r.Error != "", parts: r.Error == "" && r.Unseen(),
		states: map[string]result.State{}, whose: map[string]bool{}, code: r.Code(), recap: m.recapOf(&r)}
	detected := m.detected(&r)
	m.traces = m.traces || detected
	row.all = detected && r.Asked == nil
	if detected {
		for _, id := range r.Asked {
			row.states[visible.Text(id)] = result.Absent
		}
	}
	for i := range r.Tables {
		t := &r.Tables[i]
		if detected && (t.Harmless || !t.Trace()) {
			continue // in the matrix as absent
		}
		key := columnOf(&r, t)
		if _, known := m.of[key]; !known {
			m.columns = append(m.columns, key)
			m.of[key] = visible.Text(t.Hotfix)
		}
		row.states[key] = t.State
		row.whose[m.of[key]] = true
	}
	m.roots = append(m.roots, row)
	return m.details.Root(r)
}

// columnOf is the hotfix, with its table where a root was judged by several.
func columnOf(r *result.RootResult, t *result.TableResult) string {
	for i := range r.Tables {
		if other := &r.Tables[i]; other != t && other.Hotfix == t.Hotfix {
			return visible.Text(title(t))
		}
	}
	return visible.Text(t.Hotfix)
}

func (m *matrixWriter) Close(taken result.Taken, exit result.Exit) error {
	m.recap()
	if err := m.details.Close(taken, exit); err != nil {
		return err
	}
	p := m.printer(m.w)
	m.matrix(p)
	if p.err == nil {
		p.line("")
		p.err = m.waiting.copyTo(m.w)
	}
	return p.err
}

// matrix writes as many blocks of columns as it takes to fit the terminal.
func (m *matrixWriter) matrix(p *printer) {
	if m.traces {
		slices.SortFunc(m.columns, compareTitles)
	}
	blocks := m.blocks(m.columns)
	var same string
	if len(blocks) > 1 {
		var differ []string
		differ, same = m.uniform()
		blocks = m.blocks(differ)
	}
	p.hang(m.heading(), "  ")
	for _, columns := range blocks {
		p.line("")
		if p.err == nil {
			p.err = Grid(p.w, append([]string{"ROOT"}, columns...), m.cells(columns))
		}
	}
	p.line("")
	for _, line := range append(strings.Split(same, "\n"), m.legend()) {
		if line != "" {
			p.text("  ", line)
		}
	}
}

func (m *matrixWriter) heading() string {
	text := fmt.Sprintf("%s, %s", plural(len(m.roots), "root"), plural(len(m.columns), "hotfix", "hotfixes"))
	if m.traces {
		text += " that left a trace"
	}
	for _, s := range []result.State{result.Partial, result.Undecidable} {
		if n := m.rootsWith(s); n > 0 {
			text += fmt.Sprintf(", %s with something %s", plural(n, "root"), m.paint(stateInk(s), word(result.Verdict(s))))
		}
	}
	failed := 0
	for i := range m.roots {
		if m.roots[i].failed {
			failed++
		}
	}
	if failed > 0 {
		text += fmt.Sprintf(", %d not checked", failed)
	}
	return text
}

func (m *matrixWriter) rootsWith(s result.State) (n int) {
	for i := range m.roots {
		for _, state := range m.roots[i].states {
			if state == s {
				n++
				break
			}
		}
	}
	return n
}

// uniform parts the columns that differ between the roots from those that say
// the same of every root that was read, which one sentence can say.
func (m *matrixWriter) uniform() (differ []string, same string) {
	by := map[result.State][]string{}
	for _, c := range m.columns {
		states := m.statesOf(c)
		if len(states) == 1 {
			by[states[0]] = append(by[states[0]], c)
		} else {
			differ = append(differ, c)
		}
	}
	var lines []string
	for _, s := range detectOrder {
		if len(by[s]) > 0 {
			lines = append(lines, fmt.Sprintf("At every root %s: %s", m.paint(stateInk(s), word(result.Verdict(s))),
				strings.Join(by[s], ", ")))
		}
	}
	return differ, strings.Join(lines, "\n")
}

// statesOf gives each state of a column once.
func (m *matrixWriter) statesOf(column string) (states []result.State) {
	for i := range m.roots {
		if s := m.state(&m.roots[i], column); !m.roots[i].failed && !slices.Contains(states, s) {
			states = append(states, s)
		}
	}
	return states
}

// notAsked is the state of a hotfix that a root was not asked about, in a report of
// several runs.
const notAsked result.State = ""

func (m *matrixWriter) state(r *matrixRow, column string) result.State {
	s, ok := r.states[column]
	if !ok && r.all && !r.whose[m.of[column]] {
		return result.Absent
	}
	return s
}

// stateShort are the states in a matrix, where a column is as wide as an id.
var stateShort = map[result.State]string{
	result.Installed: "yes", result.Superseded: "newer", result.Partial: "PARTIAL",
	result.NotInstalled: "no", result.Absent: "-", result.Undecidable: "?",
}

// notRead stands in every cell of a root that could not be read.
const notRead = "ERROR"

// someUnread marks a root of which parts were not looked at.
const someUnread = " *"

// widestColumn is what a cell takes: "PARTIAL", or the hotfix above it.
func widestColumn(columns []string) int {
	widest := len(stateShort[result.Partial])
	for _, c := range columns {
		widest = max(widest, textWidth(c))
	}
	return gap + widest
}

// rootWidth is what the names of the roots get: what they need, up to a half.
func (m *matrixWriter) rootWidth() int {
	widest := len("ROOT")
	for i := range m.roots {
		widest = max(widest, textWidth(m.roots[i].label()))
	}
	return min(widest, m.Width/2)
}

// blocks parts the columns so that each part fits beside the roots' names.
func (m *matrixWriter) blocks(columns []string) [][]string {
	fit := max((m.Width-gap-m.rootWidth())/widestColumn(columns), 1)
	var blocks [][]string
	for len(columns) > fit {
		blocks = append(blocks, columns[:fit:fit])
		columns = columns[fit:]
	}
	if len(columns) > 0 {
		blocks = append(blocks, columns)
	}
	return blocks
}

func (r *matrixRow) label() string {
	if r.parts {
		return r.root + someUnread
	}
	return r.root
}

func (m *matrixWriter) cells(columns []string) [][]string {
	var rows [][]string
	for i := range m.roots {
		r := &m.roots[i]
		row := []string{strings.Join(m.fold().wrapName(r.label(), m.rootWidth()), "\n")}
		for _, c := range columns {
			if r.failed {
				row = append(row, m.paint("1;"+magenta, notRead))
			} else {
				s := m.state(r, c)
				row = append(row, m.paint(shortInk(s), stateShort[s]))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// shortInk leaves what is not there uncoloured: it is most of a matrix.
func shortInk(s result.State) ink {
	if s == result.Absent || s == result.NotInstalled || s == notAsked {
		return plain
	}
	return stateInk(s)
}

// recap closes the details with a line for each root, the worst first: the matrix
// has scrolled away by then.
func (m *matrixWriter) recap() {
	p := m.printer(m.waiting.writer())
	p.line("")
	p.line("Every root, the worst first:")
	rows := slices.Clone(m.roots)
	slices.SortStableFunc(rows, func(a, b matrixRow) int {
		return compareEnds(a.code, a.failed, b.code, b.failed)
	})
	for i := range rows {
		p.text("  ", rows[i].root+": "+rows[i].recap)
	}
}

// maxRecapped is how many hotfixes of one state a line names.
const maxRecapped = 5

// recapOf says what was found at one root: "PARTIAL KB977203 SP2; 3 installed".
func (m *matrixWriter) recapOf(r *result.RootResult) string {
	if r.Error != "" {
		return m.paint("1;"+magenta, "NOT CHECKED")
	}
	order, detected := verifyOrder, m.detected(r)
	if detected {
		order = detectOrder
	}
	by := map[result.State][]string{}
	for i := range r.Tables {
		t := &r.Tables[i]
		if !detected || t.Trace() {
			by[t.State] = append(by[t.State], visible.Text(title(t)))
		}
	}
	var parts []string
	for _, s := range order {
		found := by[s]
		passes := s == result.Installed || s == result.Superseded || detected && s == result.NotInstalled
		switch {
		case len(found) == 0:
		case passes && len(found) > 1:
			parts = append(parts, m.paint(stateInk(s), fmt.Sprintf("%d %s", len(found), word(result.Verdict(s)))))
		default:
			names := found[:min(len(found), maxRecapped)]
			text := m.paint(stateInk(s), StateWord(s)) + " " + strings.Join(names, ", ")
			if more := len(found) - len(names); more > 0 {
				text += fmt.Sprintf(" and %d more", more)
			}
			parts = append(parts, text)
		}
	}
	if parts == nil {
		parts = []string{noTrace}
	}
	return strings.Join(parts, "; ") + notLookedAt(r)
}

// legend explains the words that the matrix uses.
func (m *matrixWriter) legend() string {
	used := map[result.State]bool{}
	failed, parts := false, false
	for i := range m.roots {
		failed, parts = failed || m.roots[i].failed, parts || m.roots[i].parts
		for _, c := range m.columns {
			if m.roots[i].failed {
				break
			}
			used[m.state(&m.roots[i], c)] = true
		}
	}
	var texts []string
	for _, s := range detectOrder {
		if used[s] {
			texts = append(texts, stateShort[s]+" = "+strings.Replace(word(result.Verdict(s)), "partial", "half there", 1))
		}
	}
	if used[notAsked] {
		texts = append(texts, "an empty place = not asked about")
	}
	if failed {
		texts = append(texts, notRead+" = not checked, see below")
	}
	if parts {
		texts = append(texts, "* = parts were not looked at")
	}
	return strings.Join(texts, ", ")
}

// compareTitles orders hotfixes by number.
func compareTitles(a, b string) int {
	number := func(s string) string { return strings.TrimLeft(s, "KBQ") }
	return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a, b))
}

// compareEnds orders roots by how they end, the worst first: by the code, and of one code
// those first that could not be read.
func compareEnds(a result.Exit, aFailed bool, b result.Exit, bFailed bool) int {
	switch {
	case a != b:
		return cmp.Compare(b, a)
	case aFailed == bFailed:
		return 0
	case aFailed:
		return -1
	}
	return 1
}
