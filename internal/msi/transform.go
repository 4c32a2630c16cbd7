package msi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kbverify/pecheck/visible"
)

// The low half of a transform's Summary.Characters: errors that do not count
// (MsiCreateTransformSummaryInfo, iErrorConditions).
const (
	ignoreMissingDeleted = 0x02 // MSITRANSFORM_ERROR_DELMISSINGROW
	ignoreMissingUpdated = 0x10 // MSITRANSFORM_ERROR_UPDATEMISSINGROW
)

// transformer lays one transform over a database.
type transformer struct {
	name          string
	base, changes *database
	summary       Summary
	findings      []Finding
	numbers       []uint32 // of the transform's strings in the base's pool, 0 for not known yet
}

// apply changes the schema first, and then the rows of every table.
func (t *transformer) apply() error {
	if err := t.changes.readPool(); err != nil {
		return err
	}
	for _, name := range []string{"_Tables", "_Columns"} {
		if err := t.rows(t.base.loaded[name]); err != nil {
			return err
		}
	}
	if err := t.reshape(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(t.changes.tables)) {
		if strings.HasPrefix(name, "_String") || name == "_Tables" || name == "_Columns" {
			continue
		}
		table, err := t.base.table(name)
		if errors.Is(err, ErrNoTable) {
			t.doubt(true, "table "+visible.Short(name), "the transform changes a table that the package does not have")
			continue
		}
		if err == nil {
			err = t.rows(table)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxDoubts caps what is said about one transform, of which every record may be bad.
const maxDoubts = 1000

func (t *transformer) doubt(damage bool, place, text string) {
	if n := len(t.findings); n >= maxDoubts {
		t.findings[n-1] = Finding{"transform " + visible.Short(t.name), "more findings than are listed", true}
		return
	}
	t.findings = append(t.findings, Finding{place, text, damage})
}

// reshape gives tables the columns that the transform added, with null in them, and
// forgets the tables that it took away.
func (t *transformer) reshape() error {
	tables, columns := t.base.loaded["_Tables"], t.base.loaded["_Columns"]
	there, before := map[uint32]bool{}, map[uint32]bool{}
	for row := range tables.Len() {
		there[t.base.pool.same(tables.cells[0][row])] = true
	}
	for name := range t.base.schema {
		before[t.base.pool.add(name)] = true
	}
	orphans := newEditor(columns)
	for row, name := range columns.cells[0] {
		if name = t.base.pool.same(name); before[name] && !there[name] {
			orphans.gone[row] = true
		}
	}
	orphans.finish()
	old := t.base.schema
	if err := t.base.makeSchema(); err != nil {
		return err
	}
	for name, list := range old {
		now, still := t.base.schema[name]
		switch {
		case !still:
			delete(t.base.loaded, name)
		case !slices.Equal(list, now):
			table, err := t.base.load(name, list) // as it is in the file
			if err == nil {
				err = table.widen(now)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// widen adds columns.
func (t *Table) widen(list []Column) error {
	if len(list) < len(t.Columns) || !slices.Equal(list[:len(t.Columns)], t.Columns) {
		return damaged("table "+visible.Short(t.Name), "the transform changes columns that there are")
	}
	rows := t.Len()
	if err := t.room(rows, len(list)); err != nil {
		return err
	}
	for range list[len(t.Columns):] {
		t.cells = append(t.cells, make([]uint32, rows))
	}
	t.Columns = list
	return nil
}

// rows applies the records for one table.
func (t *transformer) rows(table *Table) error {
	data, err := t.changes.data(table.Name, maxTable)
	if err != nil || len(data) == 0 {
		return err
	}
	e := newEditor(table)
	number := t.columnNumbers(table)
	for at := 0; at < len(data); {
		r, n, err := t.record(table, data[at:])
		if err != nil {
			return damaged("transform of table "+visible.Short(table.Name), "byte %d: %s", at, err)
		}
		number(r)
		at += n
		if err := t.change(e, r); err != nil {
			return err
		}
	}
	e.finish()
	return nil
}

// columnNumbers gives what numbers a new row of _Columns that does not say that it
// comes after the others of its table. It leaves other tables alone.
func (t *transformer) columnNumbers(table *Table) func(record) {
	if table != t.base.loaded["_Columns"] {
		return func(record) {}
	}
	last := map[uint32]uint32{}
	for row, name := range table.cells[0] {
		name = table.pool.same(name)
		last[name] = max(last[name], table.cells[1][row])
	}
	return func(r record) {
		if !r.inserts() {
			return
		}
		name := table.pool.same(r.cells[0])
		if r.cells[1] == 0 {
			r.cells[1] = max(last[name], 0x8000) + 1
		}
		last[name] = max(last[name], r.cells[1])
	}
}

// record is one change of a row.
type record struct {
	mask  uint16
	cells []uint32
	has   []bool // by column
}

func (r record) inserts() bool { return r.mask&1 != 0 }
func (r record) deletes() bool { return r.mask == 0 }

// record reads a change from the beginning of data, and gives its length.
func (t *transformer) record(table *Table, data []byte) (r record, n int, err error) {
	if len(data) < 2 {
		return r, 0, errors.New("cut off")
	}
	columns := table.Columns
	r = record{mask: uint16(number(data, 2)), cells: make([]uint32, len(columns)), has: make([]bool, len(columns))}
	n = 2
	if count := int(r.mask >> 8); r.inserts() && count > len(columns) {
		return r, 0, fmt.Errorf("a row of %d columns, the table has %d", count, len(columns))
	}
	if !r.inserts() && len(columns) < 16 && r.mask>>len(columns) != 0 {
		return r, 0, fmt.Errorf("mask %#04x names columns beyond the table's %d", r.mask, len(columns))
	}
	for i, c := range columns {
		if r.inserts() {
			r.has[i] = i < int(r.mask>>8)
		} else {
			r.has[i] = c.key() || i < 16 && r.mask>>i&1 != 0
		}
		if !r.has[i] {
			if c.key() {
				return r, 0, fmt.Errorf("lacks %s, which is part of the key", c.Name)
			}
			continue
		}
		width := c.width(t.changes.pool.width())
		if len(data) < n+width {
			return r, 0, errors.New("cut off")
		}
		v := number(data[n:], width)
		n += width
		if c.text() {
			if int64(v) >= int64(t.changes.pool.len()) {
				return r, 0, fmt.Errorf("%s is string %d, the transform's pool ends before %d", c.Name, v,
					t.changes.pool.len())
			}
			v = t.translate(v)
		}
		r.cells[i] = v
	}
	return r, n, nil
}

// translate gives the base's number of a string of the transform.
func (t *transformer) translate(n uint32) uint32 {
	if t.numbers == nil {
		t.numbers = make([]uint32, t.changes.pool.len())
	}
	if t.numbers[n] == 0 {
		s := t.changes.pool.get(n)
		if !s.whole {
			t.doubt(true, fmt.Sprintf("transform %s: string %d", visible.Quote(visible.Short(t.name)), n),
				undecodable(s.value, t.changes.pool.codepage))
		}
		t.numbers[n] = t.base.pool.add(s.value)
	}
	return t.numbers[n]
}

// undecodable says what is wrong with a text that is not whole.
func undecodable(value string, codepage int) string {
	return fmt.Sprintf("%s has bytes that are none of code page %d", visible.Quote(visible.Short(value)), codepage)
}

func (t *transformer) change(e *editor, r record) error {
	row, there := e.find(r.cells)
	switch {
	case r.inserts() && !there:
		e.insert(r.cells)
		return e.t.room(e.t.Len(), len(e.t.Columns))
	case r.inserts():
		for i := range r.cells {
			e.t.cells[i][row] = r.cells[i]
		}
	case !there && r.deletes():
		t.doubt(t.summary.Characters&ignoreMissingDeleted == 0, e.place(r.cells),
			"the transform deletes a row that there is not")
	case !there:
		t.doubt(t.summary.Characters&ignoreMissingUpdated == 0, e.place(r.cells),
			"the transform changes a row that there is not")
	case r.deletes():
		e.remove(row, r.cells)
	default:
		for i := range r.cells {
			if r.has[i] {
				e.t.cells[i][row] = r.cells[i]
			}
		}
	}
	return nil
}

// editor changes the rows of a table, which it finds by their keys.
type editor struct {
	t      *Table
	rows   map[string]int
	gone   map[int]bool
	buffer []byte
}

func newEditor(t *Table) *editor {
	e := &editor{t: t, rows: make(map[string]int, t.Len()), gone: map[int]bool{}}
	cells := make([]uint32, len(t.Columns))
	for row := range t.Len() {
		for i := range cells {
			cells[i] = t.cells[i][row]
		}
		e.rows[e.key(cells)] = row
	}
	return e
}

// key joins the cells of the key. Texts count by value.
func (e *editor) key(cells []uint32) string {
	e.buffer = e.buffer[:0]
	for i, c := range e.t.Columns {
		if !c.key() {
			continue
		}
		v := cells[i]
		if c.text() {
			v = e.t.pool.same(v)
		}
		e.buffer = binary.LittleEndian.AppendUint32(e.buffer, v)
	}
	return string(e.buffer)
}

// place names a row that is not in the table.
func (e *editor) place(cells []uint32) string {
	place := e.t.Name
	if c := e.t.Columns[0]; c.text() && c.key() {
		place += "." + visible.Short(e.t.pool.get(cells[0]).value)
	}
	return place
}

func (e *editor) find(cells []uint32) (int, bool) {
	row, there := e.rows[e.key(cells)]
	return row, there
}

func (e *editor) insert(cells []uint32) {
	e.rows[e.key(cells)] = e.t.Len()
	for i := range cells {
		e.t.cells[i] = append(e.t.cells[i], cells[i])
	}
}

func (e *editor) remove(row int, cells []uint32) {
	delete(e.rows, e.key(cells))
	e.gone[row] = true
}

// finish closes the gaps that removed rows left.
func (e *editor) finish() {
	if len(e.gone) == 0 {
		return
	}
	for i, column := range e.t.cells {
		kept := column[:0]
		for row, v := range column {
			if !e.gone[row] {
				kept = append(kept, v)
			}
		}
		e.t.cells[i] = kept
	}
}
