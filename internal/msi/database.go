package msi

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kbverify/internal/cfb"
	"kbverify/pecheck/visible"
)

// database is a storage of a compound file with tables in it.
type database struct {
	file    *cfb.File
	root    *cfb.Entry
	tables  map[string]*cfb.Entry // streams of tables, by the tables' names
	streams map[string]*cfb.Entry // the other streams and, in a patch, the storages
	pool    *pool
	schema  map[string][]Column
	loaded  map[string]*Table
}

// The tables that say which tables there are have fixed columns.
var (
	tablesColumns  = []Column{{"Name", 0x2d40}}
	columnsColumns = []Column{{"Table", 0x2d40}, {"Number", 0x2502}, {"Name", 0x1d40}, {"Type", 0x1502}}
)

func newDatabase(file *cfb.File, root *cfb.Entry) (*database, error) {
	db := &database{file: file, root: root, tables: map[string]*cfb.Entry{}, streams: map[string]*cfb.Entry{},
		schema: map[string][]Column{}, loaded: map[string]*Table{}}
	for _, e := range root.Children {
		name, table := unpackName(e.Name)
		of := db.streams
		if table && !e.Storage {
			of = db.tables
		}
		if of[name] != nil {
			return nil, damaged("stream "+visible.Quote(name), "is there twice")
		}
		of[name] = e
	}
	return db, nil
}

// readSummary gives an empty summary where there is none.
func (db *database) readSummary() (Summary, error) {
	e := db.streams[summaryStream]
	if e == nil || e.Storage {
		return Summary{}, nil
	}
	b, err := db.file.ReadAll(e, maxSummary)
	if err != nil {
		return Summary{}, err
	}
	return readSummary(b)
}

// data gives the bytes of a table's stream: nothing where there is none, since an
// empty table has no stream.
func (db *database) data(name string, limit int64) ([]byte, error) {
	e := db.tables[name]
	if e == nil {
		return nil, nil
	}
	return db.file.ReadAll(e, limit)
}

// readPool reads the strings.
func (db *database) readPool() error {
	for _, name := range []string{"_StringPool", "_StringData"} {
		if db.tables[name] == nil {
			return damaged(name, "there is no such stream")
		}
	}
	entries, err := db.data("_StringPool", maxPool)
	if err != nil {
		return err
	}
	data, err := db.data("_StringData", maxPool)
	if err == nil {
		db.pool, err = readPool(entries, data)
	}
	return err
}

// readSchema reads which tables there are and their columns. A package has some, a
// patch may have none.
func (db *database) readSchema(must bool) error {
	if !must && db.tables["_StringPool"] == nil && db.tables["_Tables"] == nil {
		db.pool = &pool{ends: []uint32{0}}
		return nil
	}
	if err := db.readPool(); err != nil {
		return err
	}
	for _, of := range []Table{{Name: "_Tables", Columns: tablesColumns}, {Name: "_Columns", Columns: columnsColumns}} {
		name := of.Name
		data, err := db.data(name, maxTable)
		if err != nil {
			return err
		}
		if must && len(data) == 0 {
			return damaged("table "+name, "empty: a package has tables")
		}
		if db.loaded[name], err = decodeTable(name, of.Columns, db.pool, data); err != nil {
			return err
		}
	}
	return db.makeSchema()
}

// maxSchemaName caps the names of tables and columns, which have up to 64 characters.
const maxSchemaName = 255

// makeSchema takes the schema from tables _Tables and _Columns.
func (db *database) makeSchema() error {
	tables, columns := db.loaded["_Tables"], db.loaded["_Columns"]
	if tables.Len() > maxTables {
		return damaged("table _Tables", "%d tables, at most %d are read", tables.Len(), maxTables)
	}
	for _, cells := range [][]uint32{tables.cells[0], columns.cells[0], columns.cells[2]} {
		for _, name := range cells {
			if n := db.pool.length(name); n > maxSchemaName {
				return damaged("table _Columns", "a table or column has a name of %d bytes", n)
			}
		}
	}
	schema := make(map[string][]Column, tables.Len())
	for row := range tables.Len() {
		name := tables.Cell(row, 0)
		if _, twice := schema[name]; twice {
			return damaged("table _Tables", "%s is there twice", visible.Quote(visible.Short(name)))
		}
		schema[name] = nil
	}
	for row := range columns.Len() {
		name := columns.Cell(row, 0)
		list, known := schema[name]
		n, _ := columns.Number(row, 1)
		kind, _ := columns.Number(row, 3)
		place := "table _Columns: " + visible.Short(name) + "." + visible.Short(columns.Cell(row, 2))
		c := Column{Name: columns.Cell(row, 2), kind: uint16(kind)}
		switch {
		case !known:
			return damaged(place, "a column of a table that is not in _Tables")
		case n < 1 || n > maxColumns:
			return damaged(place, "its number is %d, want 1 to %d", n, maxColumns)
		case c.width(2) == 0:
			return damaged(place, "its type is %#04x, which there is not", c.kind)
		}
		for len(list) < int(n) {
			list = append(list, Column{})
		}
		if list[n-1].Name != "" || c.Name == "" {
			return damaged(place, "column %d is there twice, or has no name", n)
		}
		list[n-1] = c
		schema[name] = list
	}
	for name, list := range schema {
		if len(list) == 0 || slices.ContainsFunc(list, func(c Column) bool { return c.Name == "" }) {
			return damaged("table _Columns", "table %s lacks a column", visible.Quote(visible.Short(name)))
		}
	}
	db.schema = schema
	return nil
}

func (db *database) names() []string { return slices.Sorted(maps.Keys(db.schema)) }

// table reads a table when it is first asked for.
func (db *database) table(name string) (*Table, error) {
	columns, known := db.schema[name]
	if !known {
		return nil, fmt.Errorf("%w: %s", ErrNoTable, visible.Quote(visible.Short(name)))
	}
	return db.load(name, columns)
}

func (db *database) load(name string, columns []Column) (*Table, error) {
	if t := db.loaded[name]; t != nil {
		return t, nil
	}
	data, err := db.data(name, maxTable)
	if err != nil {
		return nil, err
	}
	t, err := decodeTable(name, columns, db.pool, data)
	if err == nil {
		db.loaded[name] = t
	}
	return t, err
}

// strays are streams of tables that the schema does not have: the table, or its
// stream, lost its name, and would be taken for empty.
func (db *database) strays() []Finding {
	if db.pool == nil {
		return nil
	}
	var out []Finding
	for _, name := range slices.Sorted(maps.Keys(db.tables)) {
		_, known := db.schema[name]
		if !known && db.loaded[name] == nil && name != "_StringPool" && name != "_StringData" {
			out = append(out, Finding{"stream " + visible.Quote(name), "the rows of a table that the package does not have",
				true})
		}
	}
	return out
}

// tableMark begins the stream name of a table.
const tableMark = '\u4840'

// The characters that stream names are packed with: two of them, 6 bits each, make
// a character from U+3800 on, one makes a character from U+4800 on.
const (
	packed   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
	packPair = 0x3800
	packOne  = 0x4800
)

// unpackName decodes the name of a stream or storage, and says whether it is that
// of a table. What is not packed stands for itself.
func unpackName(stored string) (name string, table bool) {
	rest, table := strings.CutPrefix(stored, string(tableMark))
	var b strings.Builder
	for _, r := range rest {
		switch {
		case r >= packPair && r < packOne:
			b.WriteByte(packed[(r-packPair)&0x3f])
			b.WriteByte(packed[(r-packPair)>>6])
		case r >= packOne && r < tableMark:
			b.WriteByte(packed[r-packOne])
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), table
}
