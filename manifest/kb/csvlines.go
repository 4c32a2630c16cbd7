package kb

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxCSVCells caps the cells of a CSV, of which each costs some fifty bytes: MaxRows
// of forty columns.
const maxCSVCells = MaxRows * maxColumns

// csvLines reads Microsoft's CSV: a header, rows, and section titles, which
// are rows with only the first cell filled.
func csvLines(text string) ([]line, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.ReuseRecord = true
	if head, _, _ := strings.Cut(text, "\n"); strings.Count(head, ";") > strings.Count(head, ",") {
		r.Comma = ';'
	}
	if n := strings.Count(text, string(r.Comma)); n > maxCSVCells {
		return nil, fmt.Errorf("%w: %d cells, at most %d", ErrTooLarge, n, maxCSVCells)
	}
	var out []line
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("csv: %w", err)
		}
		no, _ := r.FieldPos(0)
		if len(out) > 2*MaxRows {
			return nil, fmt.Errorf("%w: more than %d rows", ErrTooLarge, MaxRows)
		}
		cells := make([]string, len(record))
		for i, c := range record {
			cells[i] = tidy(c)
		}
		out = append(out, cellsLine(no, cells))
	}
}
