// Package msi reads Windows Installer databases: packages (.msi), patches (.msp)
// and transforms (.mst), which are compound files with a small relational
// database in them.
//
// Open reads one, Apply lays a patch's transforms over a package, and Files says
// which files the package installs, where, and in which cabinet they lie. It
// reads no cabinet, and knows no manifest.
package msi

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"kbverify/internal/cfb"
	"kbverify/pecheck/visible"
)

// Kind is what a database is for. The class of the compound file's root says it.
type Kind string

// The kinds of databases.
const (
	KindPackage   Kind = "installer package"   // .msi, and merge modules, which are packages in form
	KindPatch     Kind = "installer patch"     // .msp
	KindTransform Kind = "installer transform" // .mst
)

var kinds = map[string]Kind{
	"{000C1084-0000-0000-C000-000000000046}": KindPackage,
	"{000C1086-0000-0000-C000-000000000046}": KindPatch,
	"{000C1082-0000-0000-C000-000000000046}": KindTransform,
}

// ErrNotInstaller is an input that is no Windows Installer database at all.
var ErrNotInstaller = errors.New("not a Windows Installer package")

// ErrNoTable says that a database has no such table.
var ErrNoTable = errors.New("no such table")

// Package is an open database. It reads tables when they are asked for, and must
// not be used by two goroutines at once; what Stream gives may be.
type Package struct {
	kind    Kind
	summary Summary
	db      *database
	doubts  []Finding // about the database as a whole
	media   map[int32]*Package
}

// SniffBytes is how much of a file's beginning Sniff wants to see.
const SniffBytes = len(cfb.Signature)

// Sniff reports that a file which begins with head is a compound file, as every
// Windows Installer database is; Open knows whether it is one.
func Sniff(head []byte) bool { return cfb.Is(head) }

// Open reads the directory of a database of size bytes, its strings, its schema and
// its summary. Errors are ErrNotInstaller, those of damage, or those of r.
func Open(r io.ReaderAt, size int64) (*Package, error) {
	file, err := cfb.Open(r, size)
	if errors.Is(err, cfb.ErrSignature) {
		return nil, ErrNotInstaller
	}
	if err != nil {
		return nil, err
	}
	p := &Package{kind: kinds[file.Root.CLSID.String()]}
	if p.db, err = newDatabase(file, file.Root); err != nil {
		return nil, err
	}
	if p.kind == "" {
		if p.db.tables["_StringPool"] == nil {
			return nil, fmt.Errorf("%w: %s", ErrNotInstaller, otherFile(file.Root))
		}
		p.kind = KindPackage
	}
	if p.summary, err = p.db.readSummary(); err != nil {
		return nil, err
	}
	if p.kind != KindTransform { // whose streams are no tables, but changes to them
		err = p.db.readSchema(p.kind == KindPackage)
	}
	p.doubts = p.db.strays()
	return p, err
}

// otherFile says what a compound file may be that is none of ours.
func otherFile(root *cfb.Entry) string {
	for _, known := range []struct{ stream, is string }{
		{"EncryptedPackage", "an encrypted Office document"}, {"WordDocument", "a Word document"},
		{"Workbook", "an Excel workbook"}, {"Book", "an Excel workbook"}, {"PowerPoint Document", "a PowerPoint file"},
		{"__properties_version1.0", "an Outlook message"}, {"Catalog", "a thumbnail cache"},
	} {
		if root.Child(known.stream) != nil {
			return known.is
		}
	}
	return "a compound file of another program, of class " + root.CLSID.String()
}

// Kind says what the database is for.
func (p *Package) Kind() Kind { return p.kind }

// Summary gives the summary information.
func (p *Package) Summary() *Summary { return &p.summary }

// Table gives a table by its name; ErrNoTable where the database has none.
func (p *Package) Table(name string) (*Table, error) { return p.db.table(name) }

// TableNames lists the tables of the schema, sorted.
func (p *Package) TableNames() []string { return p.db.names() }

// ProductCode gives the package's product code, "{…}"; "" where there is none.
func (p *Package) ProductCode() string { return p.Property("ProductCode") }

// Property gives the value of a row of table Property; "" where there is none.
func (p *Package) Property(name string) string {
	t, err := p.db.table("Property")
	if err != nil {
		return ""
	}
	key, value := t.Column("Property"), t.Column("Value")
	if key < 0 || value < 0 || !t.Columns[key].text() || !t.Columns[value].text() {
		return ""
	}
	for row := range t.Len() {
		if k, _ := t.Text(row, key); k == name {
			v, _ := t.Text(row, value)
			return v
		}
	}
	return ""
}

// Stream gives the content of a stream of the package by its name, which is case
// sensitive: a cabinet's, or "Binary.name". It may be read side by side.
func (p *Package) Stream(name string) (io.ReaderAt, int64, error) {
	e := p.db.streams[name]
	if e == nil || e.Storage {
		return nil, 0, fmt.Errorf("%s: no stream %s", p.kind, visible.Quote(visible.Short(name)))
	}
	return p.db.file.Stream(e), e.Size, nil
}

// Streams lists the streams that are no tables, in the order of the file.
func (p *Package) Streams() []string {
	var out []string
	for _, e := range p.db.root.Children {
		if name, table := unpackName(e.Name); !table && !e.Storage && !strings.HasPrefix(name, "\x05") {
			out = append(out, name)
		}
	}
	return out
}
