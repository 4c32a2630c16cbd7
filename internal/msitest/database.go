package msitest

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Class identifiers of the kinds of databases, as they lie in a root entry.
var (
	Package   = class(0x84)
	Patch     = class(0x86)
	Transform = class(0x82)
)

func class(kind byte) [16]byte {
	return [16]byte{kind, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46}
}

// Database is a Windows Installer database to be built.
type Database struct {
	Class    [16]byte
	Codepage uint32
	Wide     bool // string references of 3 bytes
	Tables   []Table
	Changes  []Change // of a transform, instead of tables
	Summary  []Property
	Streams  []Stream  // cabinets and the like
	Storages []Storage // of a patch, its transforms
	Strings  []string  // put into the pool first, in the bytes of the code page
	Stray    []Stream  // streams of tables that the schema does not have, by their tables' names
}

// Table is a table. A column is "Name:type", the type as msibuild writes it
// ("s72", "I4", "v0": upper case is nullable), with "*" in front of key columns. A
// row has a string, an int or nil for each.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]any
}

// Change is what a transform does to one table, whose columns are given as in Table.
type Change struct {
	Table   string
	Columns []string
	Records []Record
}

// Record changes one row: its mask, and the cells that follow in the order of the columns.
type Record struct {
	Mask  uint16
	Cells []any
}

// Insert is the record that adds a row.
func Insert(cells ...any) Record { return Record{1 | uint16(len(cells))<<8, cells} }

// Delete is the record that removes a row by its key.
func Delete(key ...any) Record { return Record{0, key} }

// Property is one of the summary information: an int, or a string.
type Property struct {
	ID    uint32
	Value any
}

// Bytes gives the database as a file of compound file version 3.
func (d Database) Bytes() []byte { return CompoundFile(d.Storage(), 3) }

// Storage gives the database as a storage, as a patch holds its transforms.
func (d Database) Storage() Storage {
	s := Storage{CLSID: d.Class, Streams: append([]Stream(nil), d.Streams...), Storages: d.Storages}
	p := &pool{wide: d.Wide, numbers: map[string]uint32{}}
	for _, text := range d.Strings {
		p.add(text)
	}
	tables := Table{Columns: []string{"*Name:s64"}}
	columns := Table{Columns: []string{"*Table:s64", "*Number:i2", "Name:s64", "Type:i2"}}
	for _, t := range d.Tables {
		tables.Rows = append(tables.Rows, []any{t.Name})
		for i, c := range t.Columns {
			name, kind := Type(c)
			columns.Rows = append(columns.Rows, []any{t.Name, i + 1, name, int(kind)})
		}
		if len(t.Rows) > 0 {
			s.Streams = append(s.Streams, Stream{TableName(t.Name), p.columnwise(t)})
		}
	}
	for _, c := range d.Changes {
		s.Streams = append(s.Streams, Stream{TableName(c.Table), p.records(c)})
	}
	if len(d.Tables) > 0 {
		s.Streams = append(s.Streams, Stream{TableName("_Tables"), p.columnwise(tables)},
			Stream{TableName("_Columns"), p.columnwise(columns)})
	}
	for _, stray := range d.Stray {
		s.Streams = append(s.Streams, Stream{TableName(stray.Name), stray.Data})
	}
	if d.Summary != nil {
		s.Streams = append(s.Streams, Stream{"\x05SummaryInformation", Summary(d.Summary)})
	}
	if len(d.Tables)+len(d.Changes) > 0 {
		entries, data := p.streams(d.Codepage)
		s.Streams = append(s.Streams, Stream{TableName("_StringPool"), entries}, Stream{TableName("_StringData"), data})
	}
	return s
}

// Type splits "*Name:S72" into the name and the number in _Columns.Type.
func Type(column string) (name string, kind uint16) {
	name, text, _ := strings.Cut(column, ":")
	bare, key := strings.CutPrefix(name, "*")
	width, err := strconv.Atoi(text[1:])
	if err != nil || width > 255 {
		panic("msitest: column " + column)
	}
	kind = 0x100 | uint16(width)
	switch text[0] | 0x20 {
	case 's':
		kind |= 0xc00
	case 'l':
		kind |= 0xe00
	case 'v':
		kind |= 0x800
	case 'i':
		if width == 2 {
			kind |= 0x400
		}
	}
	if text[0]&0x20 == 0 {
		kind |= 0x1000
	}
	if key {
		kind |= 0x2000
	}
	return bare, kind
}

type pool struct {
	wide    bool
	texts   []string
	counts  []int
	numbers map[string]uint32
}

func (p *pool) add(text string) uint32 {
	if text == "" {
		return 0
	}
	n, known := p.numbers[text]
	if !known {
		p.texts, p.counts = append(p.texts, text), append(p.counts, 0)
		n = uint32(len(p.texts))
		p.numbers[text] = n
	}
	p.counts[n-1]++
	return n
}

// cell gives the bytes of one cell.
func (p *pool) cell(kind uint16, value any) []byte {
	le := binary.LittleEndian
	if kind&0x800 != 0 && kind&^0x1000 != 0x900 {
		n := uint32(0)
		if text, is := value.(string); is {
			n = p.add(text)
		} else if value != nil {
			panic(fmt.Sprintf("msitest: %v is no text", value))
		}
		b := le.AppendUint32(nil, n)
		if p.wide {
			return b[:3]
		}
		return b[:2]
	}
	n, is := value.(int)
	switch {
	case kind&0xff == 4 && !is:
		return []byte{0, 0, 0, 0}
	case kind&0xff == 4:
		return le.AppendUint32(nil, uint32(int32(n))^0x80000000)
	case !is:
		return []byte{0, 0}
	}
	return le.AppendUint16(nil, uint16(n)+0x8000)
}

func (p *pool) columnwise(t Table) []byte {
	var out []byte
	for i, c := range t.Columns {
		_, kind := Type(c)
		for _, row := range t.Rows {
			out = append(out, p.cell(kind, row[i])...)
		}
	}
	return out
}

func (p *pool) records(c Change) []byte {
	var out []byte
	for _, r := range c.Records {
		out = binary.LittleEndian.AppendUint16(out, r.Mask)
		next := 0
		for i, column := range c.Columns {
			_, kind := Type(column)
			has := i < int(r.Mask>>8)
			if r.Mask&1 == 0 {
				has = kind&0x2000 != 0 || r.Mask>>i&1 != 0
			}
			if has && next < len(r.Cells) {
				out = append(out, p.cell(kind, r.Cells[next])...)
				next++
			}
		}
	}
	return out
}

func (p *pool) streams(codepage uint32) (entries, data []byte) {
	le := binary.LittleEndian
	if p.wide {
		codepage |= 0x80000000
	}
	entries = le.AppendUint32(nil, codepage)
	for i, text := range p.texts {
		if high := len(text) >> 16; high > 0 {
			entries = le.AppendUint16(le.AppendUint16(entries, 0), uint16(high))
		}
		entries = le.AppendUint16(le.AppendUint16(entries, uint16(len(text))), uint16(p.counts[i]))
		data = append(data, text...)
	}
	return entries, data
}

const nameAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"

// TableName is the name under which a table's stream is stored.
func TableName(name string) string { return "\u4840" + StreamName(name) }

// StreamName packs the name of a stream.
func StreamName(name string) string {
	var out strings.Builder
	runes := []rune(name)
	for i := 0; i < len(runes); i++ {
		a := strings.IndexRune(nameAlphabet, runes[i])
		switch {
		case a < 0:
			out.WriteRune(runes[i])
			continue
		case i+1 < len(runes):
			if b := strings.IndexRune(nameAlphabet, runes[i+1]); b >= 0 {
				out.WriteRune(rune(0x3800 + a + b<<6))
				i++
				continue
			}
		}
		out.WriteRune(rune(0x4800 + a))
	}
	return out.String()
}

// Summary gives the bytes of a property set ([MS-OLEPS]).
func Summary(properties []Property) []byte {
	le := binary.LittleEndian
	var list, values []byte
	for _, p := range properties {
		list = le.AppendUint32(list, p.ID)
		list = le.AppendUint32(list, uint32(8+8*len(properties)+len(values)))
		switch v := p.Value.(type) {
		case string:
			values = le.AppendUint32(values, 30)
			values = le.AppendUint32(values, uint32(len(v)+1))
			values = append(values, v...)
			values = append(values, make([]byte, 4-len(v)%4)...)
		case int:
			kind := uint32(3)
			if p.ID == 1 {
				kind = 2
			}
			values = le.AppendUint32(values, kind)
			values = le.AppendUint32(values, uint32(v))
		}
	}
	set := le.AppendUint32(nil, uint32(8+len(list)+len(values)))
	set = le.AppendUint32(set, uint32(len(properties)))
	head := make([]byte, 48)
	le.PutUint16(head, 0xfffe)
	le.PutUint32(head[24:], 1)
	copy(head[28:], "\xe0\x85\x9f\xf2\xf9\x4f\x68\x10\xab\x91\x08\x00\x2b\x27\xb3\xd9")
	le.PutUint32(head[44:], 48)
	return append(append(append(head, set...), list...), values...)
}

// The columns of the tables that say which files there are.
var (
	FileColumns = []string{"*File:s72", "Component_:s72", "FileName:l255", "FileSize:i4", "Version:S72", "Language:S20",
		"Attributes:I2", "Sequence:i4"}
	ComponentColumns = []string{"*Component:s72", "ComponentId:S38", "Directory_:s72", "Attributes:i2", "Condition:S255",
		"KeyPath:S72"}
	DirectoryColumns = []string{"*Directory:s72", "Directory_Parent:S72", "DefaultDir:l255"}
	HashColumns      = []string{"*File_:s72", "Options:i2", "HashPart1:i4", "HashPart2:i4", "HashPart3:i4", "HashPart4:i4"}
	MediaColumns     = []string{"*DiskId:i2", "LastSequence:i4", "DiskPrompt:L64", "Cabinet:S255", "VolumeLabel:S32",
		"Source:S72"}
	PropertyColumns = []string{"*Property:s72", "Value:l0"}
)

// The product of Small.
const (
	ProductCode = "{11111111-2222-3333-4444-555555555555}"
	UpgradeCode = "{99999999-8888-7777-6666-555555555555}"
)

// Small is a package of four files in two folders, three of them in an embedded
// cabinet, for tests to change.
func Small() Database {
	return Database{
		Class: Package, Codepage: 1252,
		Summary: []Property{{1, 1252}, {2, "Installation Database"}, {3, "Small product"}, {7, "Intel;1033"},
			{9, "{AAAAAAAA-0000-0000-0000-000000000001}"}, {14, 200}, {15, 2}},
		Tables: []Table{
			{"Property", PropertyColumns, [][]any{{"ProductCode", ProductCode}, {"ProductName", "Small product"},
				{"ProductVersion", "1.0.3"}, {"ProductLanguage", "1033"}, {"UpgradeCode", UpgradeCode}}},
			{"Directory", DirectoryColumns, [][]any{{"TARGETDIR", nil, "SourceDir"},
				{"ProgramFilesFolder", "TARGETDIR", ".:PFiles"}, {"BIN", "ProgramFilesFolder", "BIN~1|Binaries:SRC~1|Source"}}},
			{"Component", ComponentColumns, [][]any{{"Main", nil, "BIN", 0, nil, "exe"}, {"Docs", nil, "TARGETDIR", 256, nil,
				"txt"}}},
			{"File", FileColumns, [][]any{{"exe", "Main", "SMALL~1.EXE|Small program.exe", 1000, "2.0.1493.3", "1033", 512, 1},
				{"dll", "Main", "small.dll", 2000, "exe", nil, 0, 2}, {"txt", "Docs", "READ~1.TXT|Read me.txt", 30, nil, nil, 0, 3},
				{"loose", "Docs", "loose.dat", 0, nil, nil, 0x2000, 4}}},
			{"MsiFileHash", HashColumns, [][]any{{"txt", 0, 1, -1, 0x7fffffff, -0x7fffffff}}},
			{"Media", MediaColumns, [][]any{{1, 3, nil, "#product.cab", nil, nil}, {2, 9, nil, "Data2.cab", nil, nil}}},
		},
		Streams: []Stream{{StreamName("product.cab"), []byte("MSCF stands for a cabinet here")}},
	}
}
