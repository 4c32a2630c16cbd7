package msi

import (
	"crypto/md5"
	"fmt"
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

// changes is a transform that does everything that transforms do.
func changes() msitest.Database {
	none := any(nil)
	return msitest.Database{Class: msitest.Transform, Codepage: 1252,
		Summary: transformSummary(msitest.ProductCode, "1.0.3", wantProduct|wantMinor|wantEqual),
		Changes: []msitest.Change{
			{Table: "_Tables", Columns: []string{"*Name:s64"}, Records: []msitest.Record{msitest.Insert("New")}},
			{Table: "_Columns", Columns: []string{"*Table:s64", "*Number:i2", "Name:s64", "Type:i2"}, Records: []msitest.Record{
				msitest.Insert("New", none, "Key", 0x2d48), msitest.Insert("New", none, "Value", 0x1104),
				msitest.Insert("Directory", 4, "Extra", 0x1d20)}},
			{Table: "Directory", Columns: append(slices.Clone(msitest.DirectoryColumns), "Extra:S32"),
				Records: []msitest.Record{{Mask: 1 << 3, Cells: []any{"BIN", "more"}},
					msitest.Insert("NEW", "BIN", "new", "less"), msitest.Insert("NEWER", "BIN", "newer")}},
			{Table: "New", Columns: []string{"*Key:s72", "Value:I4"}, Records: []msitest.Record{
				msitest.Insert("first", 7), msitest.Insert("second", -7), msitest.Insert("third", none)}},
			{Table: "File", Columns: msitest.FileColumns, Records: []msitest.Record{
				msitest.Insert("new", "Main", "NEW~1.DLL|Neu gr\xf6\xdfer.dll", 77, "3.0.0.1", "1033", 0, 15),
				msitest.Insert("loose", "Main", "loose.dat", 1, none, none, 0, 6), // in place of the row that there is
				{Mask: 1<<3 | 1<<4 | 1<<7, Cells: []any{"exe", 1234, "2.0.1493.9", 7}},
				{Mask: 1 << 4, Cells: []any{"dll", none}},
				{Mask: 1 << 4, Cells: []any{"gone", "1.0"}},
				msitest.Delete("txt"),
			}},
			{Table: "MsiFileHash", Columns: msitest.HashColumns, Records: []msitest.Record{
				msitest.Delete("txt"), msitest.Insert("loose", 0, 1, 2, 3, 4)}},
			{Table: "Property", Columns: msitest.PropertyColumns, Records: []msitest.Record{
				{Mask: 2, Cells: []any{"ProductVersion", "1.0.4"}}, msitest.Insert("Added", "Gr\xf6\xdfe")}},
			{Table: "Media", Columns: msitest.MediaColumns, Records: []msitest.Record{
				msitest.Insert(5, 20, none, "#PCW_CAB_1", none, none)}},
		}}
}

func transformSummary(product, version string, conditions int) []msitest.Property {
	return []msitest.Property{{ID: 1, Value: 1252}, {ID: 7, Value: ";0"},
		{ID: 9, Value: product + version + ";" + product + version + ".1;" + msitest.UpgradeCode},
		{ID: 16, Value: conditions<<16 | 0x1f}}
}

// patchOf makes a patch of transforms by name.
func patchOf(names []string, transforms ...msitest.Database) msitest.Database {
	d := msitest.Database{Class: msitest.Patch, Summary: []msitest.Property{{ID: 1, Value: 1252},
		{ID: 7, Value: msitest.ProductCode}, {ID: 8, Value: ":" + strings.Join(names, ";:")},
		{ID: 9, Value: "{BBBBBBBB-0000-0000-0000-000000000001}"}},
		Streams: []msitest.Stream{{Name: msitest.StreamName("PCW_CAB_1"), Data: []byte("MSCF of the patch")}}}
	for i, t := range transforms {
		s := t.Storage()
		s.Name = names[i]
		d.Storages = append(d.Storages, s)
	}
	return d
}

// dump gives the rows of tables as msidump prints them, sorted.
func dump(t *testing.T, p *Package, names []string) []string {
	t.Helper()
	var out []string
	for _, name := range names {
		table, err := p.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		for row := range table.Len() {
			line := name
			for c := range table.Columns {
				line += "\t" + table.Cell(row, c)
			}
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

// windows is a Windows as wine has it, in a folder of its own.
type windows struct {
	t   *testing.T
	dir string // where its programs run
	env []string
}

func newWindows(t *testing.T) *windows {
	t.Helper()
	for _, tool := range []string{"wine", "wineserver", "x86_64-w64-mingw32-gcc"} {
		testtool.Need(t, tool)
	}
	w := &windows{t: t, dir: t.TempDir()}
	w.env = append(os.Environ(), "WINEARCH=win64", "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe=",
		"WINEPREFIX="+filepath.Join(w.dir, "prefix"), "DISPLAY=", "LC_ALL=C.UTF-8")
	t.Cleanup(func() { w.run("wineserver", "--wait") })
	return w
}

func (w *windows) run(name string, args ...string) string {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n")
}

// Windows' own msi.dll, as wine has it, changes tables as we do, and installs files
// where we say.
func TestAgainstWine(t *testing.T) {
	w := newWindows(t)
	t.Run("transforms", func(t *testing.T) { sameTransforms(t, w) })
	t.Run("places", func(t *testing.T) { samePlaces(t, w) })
}

func sameTransforms(t *testing.T, w *windows) {
	source, err := filepath.Abs("testdata/msidump.c")
	if err != nil {
		t.Fatal(err)
	}
	testtool.Run(t, w.dir, "x86_64-w64-mingw32-gcc", "-municode", "-O1", "-o", "msidump.exe", source, "-lmsi")
	names := []string{"File", "MsiFileHash", "Property", "Media", "Component", "Directory", "New"}
	wideBase, wideChanges := msitest.Small(), changes()
	wideBase.Wide, wideChanges.Wide = true, true
	for _, test := range []struct {
		name          string
		base, changes msitest.Database
	}{
		{"both narrow", msitest.Small(), changes()}, {"wide transform", msitest.Small(), wideChanges},
		{"wide base", wideBase, changes()},
	} {
		testtool.WriteFile(t, filepath.Join(w.dir, "base.msi"), string(test.base.Bytes()))
		testtool.WriteFile(t, filepath.Join(w.dir, "changes.mst"), string(test.changes.Bytes()))
		out := w.run("wine", append([]string{"msidump.exe", "base.msi", "changes.mst", "31"}, names...)...)
		want := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		slices.Sort(want)
		p := open(t, test.base.Bytes())
		if err := p.Apply(open(t, patchOf([]string{"T1"}, test.changes).Bytes())); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, dump(t, p, names)); diff != "" {
			t.Errorf("%s (-wine +ours):\n%s", test.name, diff)
		}
	}
}

// samePlaces installs a package and looks for each file where Target says, with the
// size and the hash that the package says.
func samePlaces(t *testing.T, w *windows) {
	file := msitest.Wixl(t, w.dir, "places.msi", []msitest.SourceFile{
		{Path: "bin/i386/one.dll", Data: noise(1, 5000)}, {Path: "bin/i386/two.dll", Data: noise(2, 70000)},
		{Path: "bin/docs/deep/three.txt", Data: noise(3, 300)}, {Path: "four.bin", Data: []byte("x")},
		{Path: "folder with blanks/five.txt", Data: []byte("5")},
	})
	w.run("wine", "msiexec", "/i", "places.msi", "/qn", `TARGETDIR=C:\target`)
	files, findings, err := openFile(t, file).Files()
	if err != nil || len(findings) > 0 || len(files) != 5 {
		t.Fatal(files, findings, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(w.dir, "prefix/drive_c/target", filepath.FromSlash(f.Target)))
		if err != nil || f.Base != "TARGETDIR" || int64(len(data)) != f.Size || fmt.Sprintf("%x", md5.Sum(data)) != f.MD5 {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
