package kb

import (
	"strconv"

	"golang.org/x/net/html"
)

// maxSpanned caps the bytes of all cells that are repeated for further rows: a
// few letters of a page can stand for gigabytes otherwise.
const maxSpanned = 8 << 20

// span is a cell that stands for further rows below it.
type span struct {
	text string
	left int // rows that it still stands for
}

// rowspan reads how many rows a cell stands for; 1 where the page does not say.
func rowspan(t html.Token) int {
	const longest = 1_000 // rows, as in browsers
	for _, a := range t.Attr {
		if a.Key != "rowspan" {
			continue
		}
		if n, err := strconv.Atoi(a.Val); err == nil && n > 1 {
			return min(n, longest)
		}
	}
	return 1
}

// fill puts the cells that stand for several rows where the row lacks them. It
// takes their bytes from what is left.
func (row *htmlRow) fill(left *int) {
	for {
		s, there := row.spans[len(row.cells)]
		if !there {
			return
		}
		if s.left--; s.left == 0 {
			delete(row.spans, len(row.cells))
		} else {
			row.spans[len(row.cells)] = s
		}
		*left -= len(s.text) + 1
		row.cells = append(row.cells, s.text)
	}
}

// add appends a cell, behind those that stand for several rows.
func (row *htmlRow) add(text string, left *int) {
	row.fill(left)
	if at := len(row.cells); row.rows > 1 && at < maxColumns {
		if row.spans == nil {
			row.spans = map[int]span{}
		}
		row.spans[at] = span{text, row.rows - 1}
	}
	row.cells = append(row.cells, text)
}
