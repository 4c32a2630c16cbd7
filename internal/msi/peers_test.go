package msi

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/msitest"
	"kbverify/internal/testtool"
)

// open reads a package in memory.
func open(tb testing.TB, data []byte) *Package {
	tb.Helper()
	p, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func openFile(tb testing.TB, path string) *Package {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return open(tb, data)
}

// noise gives n bytes that do not compress.
func noise(seed uint64, n int) []byte {
	out := make([]byte, n)
	r := rand.New(rand.NewPCG(seed, 7))
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}

// nested is a package with nested folders, several media, an external cabinet,
// versions, a companion, short and long names, and names outside ASCII.
func nested(tb testing.TB, dir string) string {
	file := msitest.Wixl(tb, dir, "nested.msi", []msitest.SourceFile{
		{Path: "bin/i386/one.dll", Data: noise(1, 5000)}, {Path: "bin/i386/two.dll", Data: noise(2, 70000)},
		{Path: "bin/docs/deep/three.txt", Data: noise(3, 300)}, {Path: "four.bin", Data: []byte{}},
	})
	msitest.Codepage(tb, file, 65001)
	msitest.Import(tb, file, msitest.Table{Name: "File", Columns: msitest.FileColumns, Rows: [][]any{
		{"F0", "C0", "ONE~1.DLL|Größe und Länge.dll", 5000, "2.0.1493.3143", "1033", 512, 1},
		{"F1", "C0", "two.dll", 70000, "F0", nil, 512, 2},
		{"F2", "C2", "日本~1.TXT|日本語の文書.txt", 300, nil, nil, 512, 3},
		{"F3", "C3", "four.bin", 0, nil, nil, 0x2000, 4},
	}})
	msitest.Import(tb, file, msitest.Table{Name: "Media", Columns: msitest.MediaColumns, Rows: [][]any{
		{1, 2, nil, "#files.cab", nil, nil}, {2, 3, "Disk 2", "Second.cab", "VOL2", nil}, {3, 4, nil, nil, nil, nil}}})
	return file
}

// idt gives a table as msiinfo exports it.
func idt(t *Table) string {
	var names, types, keys []string
	for _, c := range t.Columns {
		letter, width := "i", int(c.kind&typeWidth)
		switch {
		case c.binary():
			letter = "v"
		case c.text() && c.kind&0x200 != 0:
			letter = "l"
		case c.text():
			letter = "s"
		}
		if c.kind&typeNullable != 0 {
			letter = strings.ToUpper(letter)
		}
		names, types = append(names, c.Name), append(types, fmt.Sprintf("%s%d", letter, width))
		if c.key() {
			keys = append(keys, c.Name)
		}
	}
	lines := []string{strings.Join(names, "\t"), strings.Join(types, "\t"), t.Name + "\t" + strings.Join(keys, "\t")}
	var rows []string
	for row := range t.Len() {
		var cells []string
		for c := range t.Columns {
			cell := t.Cell(row, c)
			if t.Columns[c].binary() && cell != "" {
				cell = t.Name + "." + t.Cell(row, 0)
			}
			cells = append(cells, strings.NewReplacer("\t", "\x10", "\r", "\x11", "\n", "\x19").Replace(cell))
		}
		rows = append(rows, strings.Join(cells, "\t"))
	}
	slices.Sort(rows)
	return strings.Join(append(lines, rows...), "\n")
}

// Every cell of every table is that which msiinfo exports.
func TestTablesAgainstMsiinfo(t *testing.T) {
	testtool.Need(t, "msiinfo")
	dir := t.TempDir()
	small := filepath.Join(dir, "small.msi")
	wide := msitest.Small()
	wide.Wide = true
	testtool.WriteFile(t, small, string(msitest.Small().Bytes()))
	testtool.WriteFile(t, filepath.Join(dir, "wide.msi"), string(wide.Bytes()))
	testtool.WriteFile(t, filepath.Join(dir, "four.msi"), string(msitest.CompoundFile(msitest.Small().Storage(), 4)))
	var many []msitest.SourceFile
	for i := range 3000 {
		path := fmt.Sprintf("folder %d/sub/file%d.dat", i/100, i)
		many = append(many, msitest.SourceFile{Path: path, Data: noise(uint64(i), i%50)})
	}
	files := append([]string{nested(t, dir), small, filepath.Join(dir, "wide.msi"),
		msitest.Wixl(t, dir, "many.msi", many)}, realPackages(t)...)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { sameTables(t, file) })
	}
}

func sameTables(t *testing.T, file string) {
	p, dir := openFile(t, file), t.TempDir()
	listed, err := exec.Command("msiinfo", "tables", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Fields(string(listed))
	names = slices.DeleteFunc(names, func(n string) bool { return n == "_SummaryInformation" || n == "_ForceCodepage" })
	slices.Sort(names)
	if diff := cmp.Diff(names, p.TableNames()); diff != "" {
		t.Errorf("tables (-msiinfo +ours):\n%s", diff)
	}
	for _, name := range names {
		table, err := p.Table(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		cmd := exec.Command("msiinfo", "export", file, name)
		cmd.Dir = dir // binary cells become files there
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n"), "\n")
		slices.Sort(lines[3:])
		if diff := cmp.Diff(strings.Join(lines, "\n"), idt(table)); diff != "" {
			t.Errorf("%s (-msiinfo +ours):\n%s", name, diff)
		}
	}
}

// realPackages are those of other people, which KBVERIFY_PACKAGES names.
func realPackages(tb testing.TB) []string {
	tb.Helper()
	list := filepath.SplitList(os.Getenv("KBVERIFY_PACKAGES"))
	if len(list) == 0 && os.Getenv("KBVERIFY_CI") == "1" {
		tb.Fatal("KBVERIFY_PACKAGES names no packages")
	}
	return list
}

func TestFilesOfAPackageThatToolsBuilt(t *testing.T) {
	p := openFile(t, nested(t, t.TempDir()))
	files, findings, err := p.Files()
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	type row struct{ source, version, companion, cabinet, md5 string }
	var got []row
	for _, f := range files {
		cabinet := fmt.Sprint(f.Cabinet.Name, f.Cabinet.External)
		got = append(got, row{f.Source, f.Version, f.Companion, cabinet, f.MD5[:min(8, len(f.MD5))]})
	}
	want := []row{
		{"bin/i386/Größe und Länge.dll", "2.0.1493.3143", "", "files.cabfalse", got[0].md5},
		{"bin/i386/two.dll", "2.0.1493.3143", "F0", "files.cabfalse", got[1].md5},
		{"bin/docs/deep/日本語の文書.txt", "", "", "Second.cabtrue", got[2].md5},
		{"four.bin", "", "", "false", "d41d8cd9"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Error(diff)
	}
	r, size, err := p.Stream("files.cab")
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 4)
	if _, err := r.ReadAt(head, 0); err != nil || string(head) != "MSCF" {
		t.Errorf("%q %v", head, err)
	}
	if n, err := r.ReadAt(head, size-2); n != 2 || err != io.EOF {
		t.Error(n, err)
	}
}
