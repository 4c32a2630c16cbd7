package kb

import (
	"strings"
)

// cellBreak stands for a line break inside one cell until it is known what the
// cell is: in a name it means nothing, elsewhere a blank.
const cellBreak = '\v'

// line is one line of the article, free of the quoting around it.
type line struct {
	no    int      // 1-based source line
	text  string   // trimmed; the cells with blanks between where there are cells
	cells []string // trimmed cells, where the source delimits them; else nil
	rule  bool     // a rule, a border or a fence: separates, and says nothing
	head  bool     // a heading of a section
	// unfolded: these headings stood inside a line that holds a whole table.
	unfolded bool
}

// readLines turns an article into lines. Every format has its reader.
func readLines(f Format, text string) ([]line, error) {
	switch f {
	case HTML:
		left := maxSpanned
		lines, err := htmlLines(text, &left)
		return unfold(lines), err
	case CSV:
		return csvLines(text)
	}
	lines, err := textLines(text, f == Markdown)
	return unfold(lines), err
}

// cellsLine makes a line of cells.
func cellsLine(no int, cells []string) line {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return line{no: no, cells: cells, text: strings.TrimSpace(strings.Join(cells, " "))}
}
