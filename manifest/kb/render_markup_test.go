package kb_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
)

func pipes(r *rand.Rand, p *page, s style, t *drawnTable) {
	pad := strings.Repeat(" ", r.IntN(3))
	extra := r.IntN(3) == 0
	write := func(cells []string, last string) {
		if extra {
			cells = append(cells, last)
		}
		p.line("|", pad, strings.Join(cells, pad+"|"+pad), pad, "|")
	}
	heads := cellsOf(t.columns, s.headings)
	write(heads, "Service branch")
	write(strings.Fields(strings.Repeat([]string{"--- ", ":---: ", "---: "}[r.IntN(3)], len(heads))), "---")
	for _, row := range t.rows {
		p.row()
		cells := cellsOf(t.columns, row.cells)
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "_", `\_`)
		}
		write(cells, "Not Applicable")
	}
	if r.IntN(2) == 0 {
		p.line(strings.Repeat("|", len(heads)+1))
	}
}

// prefixed writes a table with something in front of every line.
func prefixed(before, prefix string, write func(*rand.Rand, *page, style, *drawnTable)) func(*rand.Rand, *page, style, *drawnTable) {
	return func(r *rand.Rand, p *page, s style, t *drawnTable) {
		p.WriteString(before)
		first := strings.Count(p.String(), "\n")
		inner := &page{}
		write(r, inner, s, t)
		for line := range strings.Lines(inner.String()) {
			p.WriteString(prefix + line)
		}
		for _, n := range inner.rows {
			p.rows = append(p.rows, first+n)
		}
	}
}

const asciiName = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"

func htmlTable(r *rand.Rand, p *page, s style, t *drawnTable) {
	nested, title := r.IntN(3) == 0, r.IntN(4) == 0
	if nested {
		p.line(`<table><tr><td width="100%">`)
	}
	p.line("<table class=\"t\"><thead><tr>")
	for _, h := range cellsOf(t.columns, s.headings) {
		p.line("<th>", html.EscapeString(h), "</th>")
	}
	p.line("</tr></thead><tbody>")
	if title {
		p.line(fmt.Sprintf(`<tr><td colspan="%d"></td></tr>`, len(t.columns)))
	}
	for _, row := range t.rows {
		p.row()
		p.WriteString("<tr>")
		for _, c := range cellsOf(t.columns, row.cells) {
			c = html.EscapeString(c)
			if len(c) > 30 && strings.Trim(c, asciiName) == "" {
				c = c[:20] + "<br/>" + c[20:] // a long name, broken in the page
			}
			p.WriteString("<td><span>" + c + "</span></td>")
		}
		p.line("</tr>")
	}
	p.line("</tbody></table>")
	if nested {
		p.line("</td></tr></table>")
	}
}

func csvTable(_ *rand.Rand, p *page, s style, t *drawnTable) {
	w := csv.NewWriter(p)
	write := func(cells []string) {
		_ = w.Write(cells) // into memory
		w.Flush()
	}
	write(cellsOf(t.columns, s.headings))
	for _, row := range t.rows {
		p.row()
		write(cellsOf(t.columns, row.cells))
	}
}

// openHTML leaves out the end tags, as pages of the time do, and breaks lines
// inside cells.
func openHTML(_ *rand.Rand, p *page, s style, t *drawnTable) {
	p.line("<TABLE BORDER=1><TR><TD><B>", strings.Join(cellsOf(t.columns, s.headings), "</B><TD>\n<B>"), "</B>")
	for _, row := range t.rows {
		p.row()
		p.WriteString("<TR>")
		for _, c := range cellsOf(t.columns, row.cells) {
			if c == "" {
				c = "&nbsp;"
			}
			p.WriteString("<TD>\n  <FONT SIZE=2>" + c + "</FONT>\n")
		}
		p.line()
	}
	p.line("</TABLE>")
}

// csvSections puts a title over some rows; every title begins a table.
func csvSections(r *rand.Rand, p *page, s style, t *drawnTable) {
	if p.Len() < 10 {
		p.line(strings.Join(cellsOf(t.columns, s.headings), ","))
	}
	p.line(fmt.Sprintf("Section %d of the files%s", len(p.rows), strings.Repeat(",", len(t.columns)-1)))
	for _, row := range t.rows {
		p.row()
		cells := cellsOf(t.columns, row.cells)
		for i := range cells {
			cells[i] = `"` + cells[i] + `"`
		}
		p.line(strings.Join(cells, ","))
	}
}

// pipesInFront has columns that say something else before the others.
func pipesInFront(_ *rand.Rand, p *page, s style, t *drawnTable) {
	p.line("| SP requirement | ", strings.Join(cellsOf(t.columns, s.headings), " | "), " |")
	p.line("|", strings.Repeat("---|", len(t.columns)+1))
	for i, row := range t.rows {
		p.row()
		p.line("| SP", fmt.Sprint(1+i%3), " | ", strings.Join(cellsOf(t.columns, row.cells), " | "), " |")
	}
}
