package msi

import (
	"encoding/binary"
	"fmt"

	"kbverify/pecheck/visible"
)

// Caps on tables: a package has some 100, with at most 32 columns each. Table File
// with 24,000 rows takes 0.7 MB; a cell takes 4 bytes in memory.
const (
	maxTables  = 4096
	maxColumns = 64
	maxTable   = 16 << 20 // bytes of its stream
	maxRows    = 1 << 20
	maxCells   = 8 << 20
)

// Column is one column of a table.
type Column struct {
	Name string
	kind uint16 // _Columns.Type
}

// The bits of _Columns.Type.
const (
	typeWidth    = 0x00ff
	typeValid    = 0x0100
	typeString   = 0x0800
	typeNullable = 0x1000
	typeKey      = 0x2000
	typeDefined  = 0x3fff // those that say something of what is stored
)

// binary: the column holds 2 bytes, which say whether there is a stream "Table.key".
func (c Column) binary() bool { return c.kind&^typeNullable&typeDefined == typeString|typeValid }
func (c Column) text() bool   { return c.kind&typeString != 0 && !c.binary() }
func (c Column) key() bool    { return c.kind&typeKey != 0 }

// width is the size of a cell in bytes, where string references have that of ref;
// 0 for a type that there is not.
func (c Column) width(ref int) int {
	switch {
	case c.binary():
		return 2
	case c.text():
		return ref
	case c.kind&typeWidth == 1, c.kind&typeWidth == 2:
		return 2
	case c.kind&typeWidth == 4:
		return 4
	}
	return 0
}

// Table is a table of a database: cells by column and row. A text cell is the
// number of a string; a number is kept with its bias, so that 0 is null.
type Table struct {
	Name    string
	Columns []Column
	cells   [][]uint32 // by column
	pool    *pool
}

// Len is the number of rows.
func (t *Table) Len() int {
	if len(t.cells) == 0 {
		return 0
	}
	return len(t.cells[0])
}

// Column gives the index of a column, or -1.
func (t *Table) Column(name string) int {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// Text gives a cell of a text column; "" is null. It is whole unless bytes of it
// are none of the database's code page, which are U+FFFD then.
func (t *Table) Text(row, column int) (value string, whole bool) {
	s := t.pool.get(t.cells[column][row])
	return s.value, s.whole
}

// Number gives a cell of a column of numbers; ok is false where it is null.
func (t *Table) Number(row, column int) (n int32, ok bool) {
	v := t.cells[column][row]
	if t.Columns[column].width(2) == 2 {
		return int32(v) - 0x8000, v != 0
	}
	return int32(v ^ 0x80000000), v != 0
}

// Cell gives any cell as it is shown: null is "", a binary one "[Binary Data]".
func (t *Table) Cell(row, column int) string {
	c := t.Columns[column]
	switch {
	case c.text():
		value, _ := t.Text(row, column)
		return value
	case t.cells[column][row] == 0:
		return ""
	case c.binary():
		return "[Binary Data]"
	}
	n, _ := t.Number(row, column)
	return fmt.Sprint(n)
}

// place names a row by its key: "File.Key1".
func (t *Table) place(row int) string {
	if len(t.Columns) > 0 && t.Columns[0].text() {
		if key := t.Cell(row, 0); key != "" {
			return t.Name + "." + visible.Short(key)
		}
	}
	return fmt.Sprintf("%s, row %d", t.Name, row+1)
}

// decodeTable reads the cells, which lie column by column.
func decodeTable(name string, columns []Column, p *pool, data []byte) (*Table, error) {
	t := &Table{Name: name, Columns: columns, pool: p, cells: make([][]uint32, len(columns))}
	row := 0
	for _, c := range columns {
		row += c.width(p.width())
	}
	if row == 0 {
		return nil, damaged("table "+name, "has no columns")
	}
	if len(data)%row != 0 {
		return nil, damaged("table "+name, "%d bytes, which are no multiple of its rows' %d", len(data), row)
	}
	rows := len(data) / row
	if err := t.room(rows, len(columns)); err != nil {
		return nil, err
	}
	for i, c := range columns {
		width := c.width(p.width())
		cells := make([]uint32, rows)
		for r := range cells {
			cells[r] = number(data[r*width:], width)
		}
		if err := t.check(c, cells); err != nil {
			return nil, err
		}
		t.cells[i], data = cells, data[rows*width:]
	}
	return t, nil
}

// room refuses a table that would be too large.
func (t *Table) room(rows, columns int) error {
	if rows > maxRows || rows*columns > maxCells {
		return damaged("table "+visible.Short(t.Name), "%d rows of %d columns, at most %d and %d cells are read", rows,
			columns, maxRows, maxCells)
	}
	return nil
}

// check wants references to strings that there are, and a value where there must be one.
func (t *Table) check(c Column, cells []uint32) error {
	strings := uint32(len(t.pool.ends)) // those that a transform added are not the table's
	nullable := c.kind&typeNullable != 0
	for r, v := range cells {
		if c.text() && v >= strings {
			return damaged("table "+t.Name, "row %d: %s is string %d, the pool ends before %d", r+1, c.Name, v, strings)
		}
		if v == 0 && c.key() && !nullable {
			return damaged("table "+t.Name, "row %d: no %s, which is part of its key", r+1, c.Name)
		}
	}
	return nil
}

// number reads a little-endian number of 2, 3 or 4 bytes.
func number(b []byte, width int) uint32 {
	switch width {
	case 2:
		return uint32(binary.LittleEndian.Uint16(b))
	case 3:
		return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	}
	return binary.LittleEndian.Uint32(b)
}
