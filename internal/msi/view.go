package msi

import "errors"

// view is a table with the indices of the columns that are wanted, in their order.
type view struct {
	*Table
	at []int
	r  *filesReader
}

// open finds a table and its columns; nil where a table is not there that need not
// be. The first column is the key.
func (r *filesReader) open(name string, must bool, columns ...string) *view {
	if r.err != nil {
		return nil
	}
	t, err := r.p.db.table(name)
	if errors.Is(err, ErrNoTable) {
		if must {
			r.err = ErrNoFiles
		}
		return nil
	}
	if err != nil {
		r.err = err
		return nil
	}
	v := &view{Table: t, r: r}
	for _, c := range columns {
		at := t.Column(c)
		if at < 0 {
			r.err = damaged("table "+name, "has no column %s", c)
			return nil
		}
		v.at = append(v.at, at)
	}
	return v
}

// text gives a cell of the i-th wanted column; a byte that is none of the code page
// is a finding.
func (v *view) text(row, i int) string {
	c := v.at[i]
	if !v.Columns[c].text() {
		return v.Cell(row, c)
	}
	if n := v.pool.length(v.cells[c][row]); n > maxText {
		v.r.damage(v.place(row), "%s has %d bytes, at most %d are read", v.Columns[c].Name, n, maxText)
		return ""
	}
	s, whole := v.Text(row, c)
	if !whole && !v.r.full() {
		v.r.damage(v.place(row), "%s: %s", v.Columns[c].Name, undecodable(s, v.pool.codepage))
	}
	return s
}

// number gives a cell; null, and a text, are not ok.
func (v *view) number(row, i int) (int32, bool) {
	if v.Columns[v.at[i]].text() {
		return 0, false
	}
	return v.Number(row, v.at[i])
}
