package msi

import (
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

// A transform does to the tables what Windows' msi.dll, as wine has it, makes it do.
func TestTransformsAgainstWine(t *testing.T) {
	for _, tool := range []string{"wine", "wineserver", "x86_64-w64-mingw32-gcc"} {
		testtool.Need(t, tool)
	}
	source, err := filepath.Abs("testdata/msidump.c")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	testtool.Run(t, dir, "x86_64-w64-mingw32-gcc", "-municode", "-O1", "-o", "msidump.exe", source, "-lmsi")
	env := append(os.Environ(), "WINEARCH=win64", "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe=",
		"WINEPREFIX="+filepath.Join(dir, "prefix"), "DISPLAY=")
	wine := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return strings.ReplaceAll(string(out), "\r\n", "\n")
	}
	defer wine("wineserver", "--wait")
	names := []string{"File", "MsiFileHash", "Property", "Media", "Component", "Directory", "New"}
	wideBase, wideChanges := msitest.Small(), changes()
	wideBase.Wide, wideChanges.Wide = true, true
	for _, test := range []struct {
		name          string
		base, changes msitest.Database
	}{{"both narrow", msitest.Small(), changes()}, {"wide transform", msitest.Small(), wideChanges},
		{"wide base", wideBase, changes()}} {
		testtool.WriteFile(t, filepath.Join(dir, "base.msi"), string(test.base.Bytes()))
		testtool.WriteFile(t, filepath.Join(dir, "changes.mst"), string(test.changes.Bytes()))
		want := strings.Split(strings.TrimSuffix(wine("wine", append([]string{"msidump.exe", "base.msi", "changes.mst", "31"},
			names...)...), "\n"), "\n")
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
