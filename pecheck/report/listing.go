package report

import (
	"io"
	"kbverify/pecheck/visible"
	"slices"
	"strings"
)

// Listing writes rows under headings, for what is not a judgement: a catalogue,
// a hotfix's tables. It cleans every text, and keeps the first error.
type Listing struct {
	p        printer
	o        Options
	header   []string
	flexible int // the column that gives way
	any      bool
}

// NewListing starts a listing whose groups have these columns; the flexible one
// takes what the terminal leaves it. A cell may have several lines.
func NewListing(w io.Writer, o Options, flexible int, header ...string) *Listing {
	o = o.sized()
	return &Listing{p: *o.printer(w), o: o, header: header, flexible: flexible}
}

// Err gives the first error of the writer.
func (l *Listing) Err() error { return l.p.err }

// Line writes a paragraph of its own.
func (l *Listing) Line(text string) {
	l.space()
	l.p.hang(l.clean(text), "  ")
}

// Detail writes a paragraph that belongs to what is above it.
func (l *Listing) Detail(text string) { l.p.text("  ", l.clean(text)) }

// Group writes rows under a heading.
func (l *Listing) Group(heading string, rows [][]string) {
	l.space()
	if heading != "" {
		l.p.hang(l.o.paint(bold, visible.Text(heading)), "  ")
	}
	fitted, ok := l.fit(rows)
	switch {
	case !ok:
		l.listed(rows)
	case l.p.err == nil:
		l.p.err = Grid(l.p.w, l.header, fitted)
	}
}

// listed has a line for each cell, on a terminal that is too narrow for columns.
func (l *Listing) listed(rows [][]string) {
	for _, r := range rows {
		for col, cell := range r {
			for i, line := range strings.Split(cell, "\n") {
				line = l.clean(line)
				switch {
				case line == "":
				case col == 0 && i == 0:
					l.p.text("  ", line)
				case i == 0:
					l.p.text("    ", strings.ToLower(l.header[col])+" "+line)
				default:
					l.p.text("    ", line)
				}
			}
		}
	}
}

// Path is a path for a cell or a paragraph of a Listing, which stays on one line where
// that is wanted.
func Path(path string) string { return glued(visible.Text(path)) }

// clean is a line without what a terminal must not see, in which paths may be marked.
func (l *Listing) clean(text string) string {
	parts := strings.Split(text, glue)
	for i := range parts {
		parts[i] = visible.Text(parts[i])
	}
	between := " "
	if l.o.whole {
		between = glue
	}
	return strings.Join(parts, between)
}

func (l *Listing) space() {
	if l.any {
		l.p.line("")
	}
	l.any = true
}

// fit cleans the cells and wraps them: the flexible column takes what the
// others leave, and none of those takes more than a fifth, which holds a version
// or a date. It reports whether that leaves the flexible column enough.
func (l *Listing) fit(rows [][]string) (out [][]string, ok bool) {
	out = make([][]string, len(rows))
	for i, r := range rows {
		out[i] = slices.Clone(r)
	}
	room := l.o.Width
	for col := range l.header {
		if col != l.flexible {
			l.wrapColumn(out, col, max(l.o.Width, DefaultWidth)/5)
			room -= width(l.header[col:col+1], column(out, col))
		}
	}
	l.wrapColumn(out, l.flexible, max(room-gap, narrowest))
	return out, l.o.whole || l.o.Width >= DefaultWidth || room-gap >= narrowest
}

// wrapColumn wraps the lines of a column's cells: those with blanks as text,
// those without as names.
func (l *Listing) wrapColumn(rows [][]string, col, width int) {
	for _, r := range rows {
		var lines []string
		for line := range strings.SplitSeq(r[col], "\n") {
			line = l.clean(line)
			if strings.Contains(line, " ") {
				lines = append(lines, l.p.wrapText(line, width)...)
			} else {
				lines = append(lines, l.p.wrapName(line, width)...)
			}
		}
		r[col] = strings.Join(lines, "\n")
	}
}

func column(rows [][]string, col int) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = r[col : col+1]
	}
	return out
}
