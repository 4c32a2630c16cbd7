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
	if o.Width == 0 {
		o.Width = DefaultWidth
	}
	return &Listing{p: printer{w: w, width: o.Width}, o: o, header: header, flexible: flexible}
}

// Err gives the first error of the writer.
func (l *Listing) Err() error { return l.p.err }

// Line writes a paragraph of its own.
func (l *Listing) Line(text string) {
	l.space()
	l.p.hang(visible.Text(text), "  ")
}

// Detail writes a paragraph that belongs to what is above it.
func (l *Listing) Detail(text string) { l.p.text("  ", visible.Text(text)) }

// Group writes rows under a heading.
func (l *Listing) Group(heading string, rows [][]string) {
	l.space()
	if heading != "" {
		l.p.hang(l.o.paint(bold, visible.Text(heading)), "  ")
	}
	if l.p.err == nil {
		l.p.err = Grid(l.p.w, l.header, l.fit(rows))
	}
}

func (l *Listing) space() {
	if l.any {
		l.p.line("")
	}
	l.any = true
}

// fit cleans the cells and wraps them: the flexible column takes what the
// others leave, and none of those takes more than a fifth, which holds a version
// or a date.
func (l *Listing) fit(rows [][]string) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = slices.Clone(r)
	}
	room := l.o.Width
	for col := range l.header {
		if col != l.flexible {
			wrapColumn(out, col, l.o.Width/5)
			room -= width(l.header[col:col+1], column(out, col))
		}
	}
	wrapColumn(out, l.flexible, max(room-gap, narrowest))
	return out
}

// wrapColumn wraps the lines of a column's cells: those with blanks as text,
// those without as names.
func wrapColumn(rows [][]string, col, width int) {
	for _, r := range rows {
		var lines []string
		for line := range strings.SplitSeq(visible.Lines(r[col]), "\n") {
			if strings.Contains(line, " ") {
				lines = append(lines, wrapText(line, width)...)
			} else {
				lines = append(lines, wrapName(line, width)...)
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
