package msi

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kbverify/internal/msitest"
)

// readAll opens a package and asks for its files; damage says that the reading is
// known not to be whole.
func readAll(data []byte) (files []File, damage bool, err error) {
	p, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, false, err
	}
	files, findings, err := p.Files()
	for _, f := range findings {
		damage = damage || f.Damage
	}
	return files, damage, err
}

// shapes are the forms in which a package can lie in a file.
func shapes() map[string][]byte {
	wide := msitest.Small()
	wide.Wide = true
	return map[string][]byte{
		"version 3":         msitest.Small().Bytes(),
		"version 4":         msitest.CompoundFile(msitest.Small().Storage(), 4),
		"3-byte references": wide.Bytes(),
	}
}

// A package that is cut off is refused wherever it is cut.
func TestCutOff(t *testing.T) {
	for name, data := range shapes() {
		for n := 0; n < len(data); n += 100 {
			if _, _, err := readAll(data[:n]); err == nil {
				t.Errorf("%s: cut off after %d of %d bytes, and read", name, n, len(data))
			}
		}
	}
}

// One flipped byte never makes a file disappear in silence. What a byte of a name or
// a size says is another matter: nothing in a package tells that it was another.
func TestOneByteFlipped(t *testing.T) {
	for name, data := range shapes() {
		for at := range data {
			for _, flip := range []byte{0x01, 0xff} {
				changed := bytes.Clone(data)
				changed[at] ^= flip
				files, damage, err := readAll(changed)
				if err == nil && !damage && len(files) != 4 {
					t.Errorf("%s: byte %#x flipped by %#x: %d files, no damage", name, at, flip, len(files))
				}
			}
		}
	}
}

// edit changes table name of a small package.
func edit(name string, change func(*msitest.Table)) msitest.Database {
	d := msitest.Small()
	for i := range d.Tables {
		if d.Tables[i].Name == name {
			d.Tables[i].Columns = slices.Clone(d.Tables[i].Columns)
			change(&d.Tables[i])
		}
	}
	return d
}

// set changes one cell of a small package.
func set(table string, row, column int, value any) msitest.Database {
	return edit(table, func(t *msitest.Table) { t.Rows[row][column] = value })
}

// without takes a row, or with row -1 the whole table, from a small package.
func without(table string, row int) msitest.Database {
	d := msitest.Small()
	for i := range d.Tables {
		switch {
		case d.Tables[i].Name != table:
		case row < 0:
			d.Tables = append(d.Tables[:i:i], d.Tables[i+1:]...)
			return d
		default:
			d.Tables[i].Rows = append(d.Tables[i].Rows[:row:row], d.Tables[i].Rows[row+1:]...)
		}
	}
	return d
}

// ring has n folders below each other, the last of which is the first's parent.
func ring(n int) msitest.Database {
	return edit("Directory", func(t *msitest.Table) {
		t.Rows[2][1] = "R0"
		for i := range n {
			t.Rows = append(t.Rows, []any{fmt.Sprintf("R%d", i), fmt.Sprintf("R%d", (i+1)%n), "sub"})
		}
	})
}

// deep has n folders below each other.
func deep(n int) msitest.Database {
	return edit("Directory", func(t *msitest.Table) {
		for i := range n {
			t.Rows = append(t.Rows, []any{fmt.Sprintf("R%d", i), t.Rows[2][1], "sub"})
			t.Rows[2][1] = fmt.Sprintf("R%d", i)
		}
	})
}

// What must not be used, or contradicts itself, is a finding that names the row, and
// the file is there nevertheless.
func TestFindings(t *testing.T) {
	tests := map[string]struct {
		database msitest.Database
		place    string
		text     string
	}{
		"parent as a name":       {set("File", 0, 2, ".."), "File.exe", "leads out"},
		"path as a name":         {set("File", 0, 2, `A~1|..\..\evil.exe`), "File.exe", "separator"},
		"slash in a name":        {set("File", 0, 2, "/etc/passwd"), "File.exe", "separator"},
		"drive":                  {set("File", 0, 2, "C:x.exe"), "File.exe", "holds one of"},
		"control character":      {set("File", 0, 2, "a\x07b.exe"), "File.exe", "cannot be shown"},
		"right to left":          {named(65001, "a\u202eexe.txt"), "File.exe", "cannot be shown"},
		"long name":              {set("File", 0, 2, strings.Repeat("x", 256)), "File.exe", "longer"},
		"very long name":         {set("File", 0, 2, strings.Repeat("x", 5000)), "File.exe", "5000 bytes"},
		"no name":                {set("File", 0, 2, nil), "File.exe", "empty"},
		"half a name":            {set("File", 0, 2, "A~1.EXE|"), "File.exe", "empty"},
		"folder with drive":      {set("Directory", 2, 2, `C:\Windows`), "File.exe", "Directory.BIN"},
		"folder above":           {set("Directory", 2, 2, ".:.."), "File.exe", "Directory.BIN"},
		"no such folder":         {set("Directory", 2, 1, "gone"), "File.exe", "no Directory.gone"},
		"ring of one pair":       {ring(2), "File.exe", "ring"},
		"ring of thousands":      {ring(3000), "File.exe", "ring"},
		"too deep":               {deep(70), "File.exe", "too deep"},
		"no such component":      {set("File", 0, 1, "gone"), "File.exe", "component"},
		"no size":                {set("File", 0, 3, nil), "File.exe", "FileSize"},
		"negative size":          {set("File", 0, 3, -1), "File.exe", "FileSize"},
		"no medium":              {set("File", 0, 7, 10), "File.exe", "medium"},
		"cabinet elsewhere":      {set("Media", 0, 3, `..\other.cab`), "Media.1", "separator"},
		"companions in ring":     {set("File", 0, 4, "dll"), "File.exe", "ring"},
		"own companion":          {set("File", 0, 4, "exe"), "File.exe", "ring"},
		"half a hash":            {set("MsiFileHash", 0, 3, nil), "MsiFileHash.txt", "missing"},
		"other hash":             {set("MsiFileHash", 0, 1, 1), "MsiFileHash.txt", "Options"},
		"hash of nothing":        {set("MsiFileHash", 0, 0, "gone"), "MsiFileHash.gone", "no such file"},
		"lost file":              {without("File", 0), "Component.Main", "KeyPath"},
		"key twice":              {set("File", 1, 0, "exe"), "File.exe", "twice"},
		"not of code page":       {named(1252, "a\x81\xff\xfe"), "File.exe", ""},
		"neither UTF-8 nor 1252": {named(65001, "a\xff\x81"), "File.exe", "code page 65001"},
		"half of a letter":       {named(932, "a\x83"), "File.exe", "code page 932"},
		"unknown code page":      {named(4711, "\xe4"), "File.exe", "code page 4711"},
		"stray table": {func() msitest.Database {
			d := without("MsiFileHash", -1)
			d.Stray = []msitest.Stream{{Name: "MsiFileHash", Data: make([]byte, 20)}}
			return d
		}(), `stream "MsiFileHash"`, "does not have"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := open(t, test.database.Bytes())
			files, findings, err := p.Files()
			if err != nil {
				t.Fatal(err)
			}
			if want := 4; len(files) != want && name != "lost file" {
				t.Errorf("%d files, want %d", len(files), want)
			}
			for _, f := range findings {
				if f.Place == test.place && f.Damage && strings.Contains(f.Text, test.text) {
					return
				}
			}
			t.Errorf("findings %+v, want %s with %q", findings, test.place, test.text)
		})
	}
}

// Names in Latin-1 under a code page of UTF-8 or none are what wixl writes: they are
// read, and that is said.
func TestNamesAsWixlWritesThem(t *testing.T) {
	for _, codepage := range []uint32{0, 65001} {
		files, findings, err := open(t, named(codepage, "gr\xf6\xdfe.txt").Bytes()).Files()
		if err != nil || files[0].Long != "größe.txt" || len(findings) != 1 || findings[0].Damage ||
			!strings.Contains(findings[0].Text, "code page 1252") {
			t.Errorf("code page %d: %q, %+v, %v", codepage, files[0].Long, findings, err)
		}
	}
}

// named gives a file a name in bytes of a code page.
func named(codepage uint32, raw string) msitest.Database {
	d := set("File", 0, 2, raw)
	d.Codepage = codepage
	return d
}

// The damage of a whole table, and of what holds it, is an error with its place.
func TestDamagedDatabases(t *testing.T) {
	tests := map[string]struct {
		data []byte
		want string
	}{
		"nothing":             {nil, "not a Windows Installer package"},
		"web page":            {[]byte("<!DOCTYPE html><html>"), "not a Windows Installer package"},
		"signature alone":     {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "cut off after 8 bytes"},
		"Word document":       {other("WordDocument"), "a Word document"},
		"encrypted document":  {other("EncryptedPackage"), "an encrypted Office document"},
		"other compound file": {other("Something"), "of another program, of class {00000000-"},
		"no strings":          {msitest.Database{Class: msitest.Package}.Bytes(), "_StringPool"},
		"no tables":           {pooled([]byte{0, 0, 0, 0}, ""), "_Tables"},
		"pool of 3 bytes":     {pooled([]byte{0, 0, 0}, ""), "multiple of 4"},
		"pool beyond data":    {pooled([]byte{0, 0, 0, 0, 9, 0, 1, 0}, "short"), "string 1"},
		"data beyond pool":    {pooled([]byte{0, 0, 0, 0, 1, 0, 1, 0}, "longer"), "have 1 bytes"},
		"half a long string":  {pooled([]byte{0, 0, 0, 0, 0, 0, 1, 0}, ""), "inside its length"},
		"4 GB string":         {pooled([]byte{0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 1, 0}, "x"), "string 1"},
		"no table File":       {without("File", -1).Bytes(), "installs no files"},
		"no such column":      {column("Size:i4"), "no column FileSize"},
		"unknown type":        {column("FileSize:i3"), "its type is 0x0103"},
		"table twice": {func() []byte {
			d := msitest.Small()
			d.Tables = append(d.Tables, msitest.Table{Name: "File", Columns: []string{"*X:s9"}})
			return d.Bytes()
		}(), `"File" is there twice`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := readAll(test.data)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
	if _, _, err := readAll(other("WordDocument")); !errors.Is(err, ErrNotInstaller) {
		t.Error(err)
	}
}

// other is a compound file that is no database.
func other(stream string) []byte {
	return msitest.CompoundFile(msitest.Storage{Streams: []msitest.Stream{{Name: stream, Data: []byte("x")}}}, 3)
}

// pooled is a package with nothing but the two streams of strings.
func pooled(entries []byte, data string) []byte {
	return msitest.Database{Class: msitest.Package, Stray: []msitest.Stream{{Name: "_StringPool", Data: entries},
		{Name: "_StringData", Data: []byte(data)}}}.Bytes()
}

// column is a package with another column in place of File.FileSize.
func column(as string) []byte {
	return edit("File", func(t *msitest.Table) { t.Columns[3] = as }).Bytes()
}

// A string of more than 64 KB takes two entries of the pool and one number: tables
// after it are not shifted.
func TestLongStrings(t *testing.T) {
	for _, n := range []int{0xffff, 0x10000, 0x2fff3} {
		d := msitest.Small()
		long := strings.Repeat("x", n)
		d.Strings = []string{"first", long, "third"}
		d.Tables = append(d.Tables, msitest.Table{Name: "Long", Columns: []string{"*Key:s9", "Text:l0"},
			Rows: [][]any{{"a", "third"}, {"b", long}}})
		p := open(t, d.Bytes())
		table, err := p.Table("Long")
		if err != nil {
			t.Fatal(err)
		}
		if table.Cell(0, 1) != "third" || table.Cell(1, 1) != long {
			t.Errorf("%d bytes: %.20q, %.20q", n, table.Cell(0, 1), table.Cell(1, 1))
		}
		if files, damage, err := readAll(d.Bytes()); len(files) != 4 || damage || err != nil {
			t.Error(files, damage, err)
		}
	}
}

// Names are decoded by the package's code page.
func TestCodepages(t *testing.T) {
	tests := []struct {
		codepage uint32
		raw      string
		want     string
	}{
		{1252, "Gr\xf6\xdfe.dll", "Größe.dll"}, {1251, "\xef\xf0\xe8.dll", "при.dll"},
		{932, "\x93\xfa\x96{.dll", "日本.dll"},
		{936, "\xd6\xd0.dll", "中.dll"}, {949, "\xc7\xd1.dll", "한.dll"}, {950, "\xa4\xa4.dll", "中.dll"},
		{1253, "\xe1.dll", "α.dll"}, {65001, "é—日.dll", "é—日.dll"}, {0, "é.dll", "é.dll"},
	}
	for _, test := range tests {
		files, damage, err := readAll(named(test.codepage, test.raw).Bytes())
		if err != nil || damage || files[0].Long != test.want {
			t.Errorf("code page %d: %q, damage %v, %v; want %q", test.codepage, files[0].Long, damage, err, test.want)
		}
	}
}

// Tables that would take more memory than their bytes are refused.
func TestLargeTables(t *testing.T) {
	table := &Table{Name: "X"}
	for _, size := range [][2]int{{maxRows + 1, 1}, {maxCells/8 + 1, 8}} {
		if err := table.room(size[0], size[1]); err == nil {
			t.Error(size)
		}
	}
	if err := table.room(maxRows, 8); err != nil {
		t.Error(err)
	}
	d := msitest.Small()
	d.Tables[3].Rows = nil
	for i := range maxFiles + 1 {
		d.Tables[3].Rows = append(d.Tables[3].Rows, []any{fmt.Sprint(i), "Main", "x.dll", 1, nil, nil, 0, 1})
	}
	d.Wide = true
	if _, _, err := readAll(d.Bytes()); err == nil || !strings.Contains(err.Error(), "at most 131072") {
		t.Error(err)
	}
}

// What a package says of itself, and what it does not have.
func TestPackage(t *testing.T) {
	d := msitest.Small()
	d.Storages = []msitest.Storage{{Name: "1031"}}
	d.Codepage = 65001
	d.Tables[0].Rows = append(d.Tables[0].Rows, []any{strings.Repeat("ö", 200), "long"})
	p := open(t, d.Bytes())
	if p.Kind() != KindPackage || p.Summary().Template != "Intel;1033" || p.Summary().WordCount != 2 {
		t.Errorf("%s %+v", p.Kind(), p.Summary())
	}
	if got := p.Streams(); len(got) != 1 || got[0] != "product.cab" {
		t.Errorf("%q", got)
	}
	for _, name := range []string{"gone", "1031", "Product.cab"} {
		if _, _, err := p.Stream(name); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if p.Property("gone") != "" || p.ProductCode() != msitest.ProductCode {
		t.Error(p.ProductCode())
	}
	if _, err := p.Table("Gone"); !errors.Is(err, ErrNoTable) {
		t.Error(err)
	}
	if !Sniff(d.Bytes()[:SniffBytes]) || Sniff([]byte("MSCF")) {
		t.Error("Sniff")
	}
	patch := open(t, msitest.Database{Class: msitest.Patch, Summary: []msitest.Property{{ID: 7, Value: "{A}; {B}"}}}.Bytes())
	if patch.Kind() != KindPatch || len(patch.Targets()) != 2 {
		t.Error(patch.Kind(), patch.Targets())
	}
	if _, _, err := patch.Files(); err == nil || !strings.Contains(err.Error(), "no files of its own") {
		t.Error(err)
	}
}

// A damaged summary is an error that names it.
func TestDamagedSummaries(t *testing.T) {
	good := msitest.Summary([]msitest.Property{{ID: 1, Value: 1252}, {ID: 7, Value: "Intel;1033"}, {ID: 15, Value: 2}})
	tests := map[string]struct {
		change func([]byte) []byte
		want   string
	}{
		"cut":              {func(b []byte) []byte { return b[:40] }, "cut off"},
		"set cut":          {func(b []byte) []byte { return b[:len(b)-1] }, "of which there are"},
		"byte order":       {func(b []byte) []byte { b[0] = 0; return b }, "byte order"},
		"no set":           {func(b []byte) []byte { b[24] = 0; return b }, "no property set"},
		"set beyond":       {func(b []byte) []byte { b[45] = 9; return b }, "begins at byte"},
		"properties":       {func(b []byte) []byte { b[54] = 9; return b }, "properties in a set"},
		"value beyond":     {func(b []byte) []byte { b[61] = 9; return b }, "property 1 lies"},
		"property twice":   {func(b []byte) []byte { b[64] = 1; return b }, "twice"},
		"text beyond":      {func(b []byte) []byte { b[48+32+8+5] = 9; return b }, "a text of"},
		"text as number":   {func(b []byte) []byte { b[48+32] = 30; return b }, "want a number"},
		"number as a text": {func(b []byte) []byte { b[48+32+8] = 3; return b }, "want a text"},
	}
	for name, test := range tests {
		if _, err := readSummary(test.change(bytes.Clone(good))); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	s, err := readSummary(good)
	if err != nil || s.Template != "Intel;1033" || s.WordCount != 2 || s.Codepage != 1252 {
		t.Error(s, err)
	}
}

// A package of which everything is wrong says so often enough, and how often more.
func TestFindingsAreCapped(t *testing.T) {
	d := msitest.Small()
	d.Tables[3].Rows = nil
	for i := range 2 * maxFindings {
		d.Tables[3].Rows = append(d.Tables[3].Rows, []any{fmt.Sprint("exe", i), "Main", "../x", 1, nil, nil, 0, 1})
	}
	files, findings, err := open(t, d.Bytes()).Files()
	if err != nil || len(files) != 2*maxFindings || len(findings) != maxFindings+1 {
		t.Fatal(len(files), len(findings), err)
	}
	if last := findings[maxFindings]; !last.Damage || !strings.Contains(last.Text, "more findings") {
		t.Errorf("%+v", last)
	}
}

// A medium without a cabinet holds loose files, whatever the rows say; that is no damage.
func TestMediumWithoutCabinet(t *testing.T) {
	files, findings, err := open(t, set("Media", 0, 3, nil).Bytes()).Files()
	if err != nil || len(findings) != 1 || findings[0].Damage || findings[0].Place != "Media" || files[0].Compressed {
		t.Error(files, findings, err)
	}
}
