package kb_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// page is an article being written; it knows on which line each row stands.
type page struct {
	strings.Builder
	rows []int
}

func (p *page) line(cells ...string) { fmt.Fprintln(p, strings.Join(cells, "")) }

// row says that a row of the table begins on the next line.
func (p *page) row() { p.rows = append(p.rows, strings.Count(p.String(), "\n")+1) }

// rendering is one of the forms in which tables circulate.
type rendering struct {
	name   string
	orders []string // of columns, in which the form occurs
	fills  bool     // prints a word for an empty cell
	ext    string   // of the file in which it is saved
	table  func(r *rand.Rand, p *page, s style, t *drawnTable)
}

// orders of columns in the old articles, and the one of the newer.
var (
	oldOrders = []string{"dtvsnp", "dtsnp", "dtsnpv", "dvsnp", "dsnp", "dtvsn", "vsnp", "dtsn", "nsd", "nvsdtp", "dtns"}
	newOrders = []string{"nvsdtp", "nvsdtp", "nvsdt", "nv", "nvds", "dtvsnp"}
)

var renderings = []rendering{
	{"run together", []string{"nvsdtp", "nvsdtp", "nvsdt", "dtvsnp"}, true, "txt", runTogether},
	{"one cell a line", []string{"nvsdtp", "nvsdt"}, true, "txt", oneCellALine},
	{"aligned", oldOrders, false, "txt", aligned},
	{"collapsed blanks", oldOrders, false, "txt", collapsed},
	{"no header", []string{"dtsnp", "dtvsnp"}, false, "txt", noHeader},
	{"fenced", oldOrders, false, "md", fenced},
	{"pipes", newOrders, true, "md", pipes},
	{"pipes in a list", newOrders, true, "md", prefixed("  * Files:\n\n", "    ", pipes)},
	{"pipes in a quotation", newOrders, true, "md", prefixed("", "> ", pipes)},
	{"box", oldOrders, false, "txt", box},
	{"HTML", newOrders, true, "html", htmlTable},
	{"paste", newOrders, true, "txt", paste},
	{"CSV", newOrders, true, "csv", csvTable},
	{"records", newOrders[:3], true, "md", records},
	{"run together without words", []string{"nvsdtp", "dtvsnp"}, false, "txt", runTogether},
	{"one cell a line without words", []string{"nvsdtp", "dtvsnp"}, false, "txt", oneCellALineSkipping},
	{"labelled lines", newOrders[:3], true, "txt", labelledLines},
	{"open HTML", newOrders, false, "html", openHTML},
	{"bare box", oldOrders, false, "txt", bareBox},
	{"CSV with sections", newOrders, true, "csv", csvSections},
	{"pipes with a column in front", newOrders, true, "md", pipesInFront},
	{"platform headings", []string{"dtsn", "dtvsn"}, false, "txt", platformHeadings},
}

// cellsOf gives the cells of a row, or the headings, in the table's order.
func cellsOf(columns string, cells map[byte]string) []string {
	var out []string
	for _, c := range []byte(columns) {
		out = append(out, cells[c])
	}
	return out
}

func runTogether(_ *rand.Rand, p *page, s style, t *drawnTable) {
	p.line(cellsOf(t.columns, s.headings)...)
	for _, row := range t.rows {
		p.row()
		p.line(cellsOf(t.columns, row.cells)...)
	}
}

func oneCellALine(_ *rand.Rand, p *page, s style, t *drawnTable) {
	p.line(strings.Join(cellsOf(t.columns, s.headings), "\n\n"), "\n")
	for _, row := range t.rows {
		p.row()
		p.line(strings.Join(cellsOf(t.columns, row.cells), "\n\n"), "\n")
	}
}

// aligned puts sizes right and everything else left, under a header that
// stands elsewhere; some rows are edited out of line.
func aligned(r *rand.Rand, p *page, s style, t *drawnTable) {
	p.line(strings.Repeat(" ", r.IntN(6)), strings.Join(cellsOf(t.columns, s.headings), strings.Repeat(" ", 1+r.IntN(6))))
	p.line("  ", strings.Repeat("-", 60), strings.Repeat("\n", r.IntN(2)))
	for i, row := range t.rows {
		if i > 0 && r.IntN(8) == 0 {
			p.line() // a group of files
		}
		p.row()
		p.line(strings.Repeat(" ", r.IntN(3)), spaced(r, t, row))
	}
}

func spaced(r *rand.Rand, t *drawnTable, row drawnRow) string {
	var b strings.Builder
	for _, c := range []byte(t.columns) {
		width := map[byte]int{'n': 20, 'v': 16, 's': 11, 'd': 11, 't': 8, 'p': 6}[c]
		if c == 's' {
			fmt.Fprintf(&b, "%*s%s", width, row.cells[c], strings.Repeat(" ", 1+r.IntN(3)))
		} else {
			fmt.Fprintf(&b, "%-*s ", width, row.cells[c])
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func collapsed(_ *rand.Rand, p *page, s style, t *drawnTable) {
	p.line(strings.Join(cellsOf(t.columns, s.headings), " "))
	for _, row := range t.rows {
		p.row()
		p.line(strings.Join(strings.Fields(strings.Join(cellsOf(t.columns, row.cells), " ")), " "))
	}
}

func noHeader(r *rand.Rand, p *page, _ style, t *drawnTable) {
	for _, row := range t.rows {
		p.row()
		p.line("   ", spaced(r, t, row))
	}
}

func fenced(r *rand.Rand, p *page, s style, t *drawnTable) {
	p.line("```")
	collapsed(r, p, s, t)
	p.line("```")
}

func box(_ *rand.Rand, p *page, s style, t *drawnTable) {
	border := "  +" + strings.Repeat("-", 70) + "+"
	p.line(border)
	p.line("  | ", strings.Join(cellsOf(t.columns, s.headings), " | "), " |")
	p.line(border)
	for _, row := range t.rows {
		p.row()
		p.line("  | ", strings.Join(cellsOf(t.columns, row.cells), " | "), " |")
		p.line(border)
	}
}

func paste(_ *rand.Rand, p *page, s style, t *drawnTable) {
	p.line(strings.Join(cellsOf(t.columns, s.headings), "\t"))
	for _, row := range t.rows {
		p.row()
		p.line(strings.Join(cellsOf(t.columns, row.cells), "\t"))
	}
}

func records(_ *rand.Rand, p *page, s style, t *drawnTable) {
	for _, row := range t.rows {
		p.row()
		for _, c := range []byte(t.columns) {
			p.line("| ", s.headings[c], "|", row.cells[c], "|")
		}
		p.line("| |")
	}
}

// platformHeadings says the platform once over each group of rows.
func platformHeadings(r *rand.Rand, p *page, s style, t *drawnTable) {
	p.line("   ", strings.Join(cellsOf(t.columns, s.headings), "   "))
	p.line("   ", strings.Repeat("-", 50))
	for i := range t.rows {
		if i%3 == 0 {
			word := []string{"Intel", "Alpha"}[i/3%2]
			p.line("\n   ", word, "\n   -----")
		}
		t.rows[i].want.Platform = "x86"
		if i/3%2 == 1 {
			t.rows[i].want.Platform = "Alpha"
		}
		p.row()
		p.line("   ", spaced(r, t, t.rows[i]))
	}
}

// oneCellALineSkipping leaves empty cells out.
func oneCellALineSkipping(_ *rand.Rand, p *page, s style, t *drawnTable) {
	for _, c := range cellsOf(t.columns, s.headings) {
		p.line(c)
	}
	for _, row := range t.rows {
		p.row()
		for _, c := range cellsOf(t.columns, row.cells) {
			if c != "" {
				p.line(c)
			}
		}
	}
}

func labelledLines(_ *rand.Rand, p *page, s style, t *drawnTable) {
	for _, row := range t.rows {
		p.row()
		for _, c := range []byte(t.columns) {
			p.line(s.headings[c], ": ", row.cells[c])
		}
		p.line()
	}
}

// bareBox draws no border at the sides.
func bareBox(_ *rand.Rand, p *page, s style, t *drawnTable) {
	p.line("  ", strings.Join(cellsOf(t.columns, s.headings), " | "))
	p.line("  ", strings.Repeat("-", 60))
	for _, row := range t.rows {
		p.row()
		p.line("  ", strings.Join(cellsOf(t.columns, row.cells), " | "))
	}
}
