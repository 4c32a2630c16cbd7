package report

import (
	"bytes"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/tw"
)

// gap is the space between two columns of a grid.
const gap = 2

// batch is how many rows tablewriter gets at once: it needs some 8 KB a row, and
// a table can have a hundred thousand.
const batch = 500

// Grid prints rows in aligned columns under a header, indented by two, without
// lines. A cell may have several lines; it must be clean text. Nothing is cut
// or wrapped here: the caller has fitted the cells to the terminal.
func Grid(w io.Writer, header []string, rows [][]string) error {
	widths := columnWidths(header, rows)
	for first := true; first || len(rows) > 0; first = false {
		n := min(len(rows), batch)
		if err := grid(w, header, rows[:n], widths); err != nil {
			return err
		}
		header, rows = nil, rows[n:]
	}
	return nil
}

// grid prints one batch; every batch has the same widths.
func grid(w io.Writer, header []string, rows [][]string, widths []int) error {
	var b bytes.Buffer
	t := tablewriter.NewTable(&b,
		tablewriter.WithRendition(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone},
		}),
		tablewriter.WithPadding(tw.Padding{Left: strings.Repeat(" ", gap), Overwrite: true}),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithTrimSpace(tw.Off),
	)
	if header != nil {
		t.Header(header)
	}
	for i, r := range rows {
		if i == 0 {
			r = padded(r, widths)
		}
		if err := t.Append(r); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// padded fills the first line of each cell with blanks up to the column's width.
func padded(row []string, widths []int) []string {
	out := make([]string, len(row))
	for col, c := range row {
		first, rest, more := strings.Cut(c, "\n")
		out[col] = first + strings.Repeat(" ", widths[col]-textWidth(first))
		if more {
			out[col] += "\n" + rest
		}
	}
	return out
}

// columnWidths gives the terminal columns that each column of a grid takes.
func columnWidths(header []string, rows [][]string) []int {
	widths := make([]int, len(header))
	for col := range header {
		widths[col] = textWidth(header[col])
		for _, r := range rows {
			for line := range strings.SplitSeq(r[col], "\n") {
				widths[col] = max(widths[col], textWidth(line))
			}
		}
	}
	return widths
}

// width is the number of columns that a grid will take.
func width(header []string, rows [][]string) int {
	total := 0
	for _, n := range columnWidths(header, rows) {
		total += gap + n
	}
	return total
}

// textWidth is the number of terminal columns that text takes; colour takes none.
func textWidth(text string) int {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return twwidth.Width(text)
		}
	}
	return len(text) // the usual case, without its cache
}
