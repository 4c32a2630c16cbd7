package msi

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/msi"
	"kbverify/internal/msitest"
	"kbverify/manifest"
)

func input(d msitest.Database) Input {
	b := d.Bytes()
	return Input{"test.msi", bytes.NewReader(b), int64(len(b))}
}

// read makes a manifest of a package that has nothing wrong with it.
func read(t *testing.T, d msitest.Database, o Options) *manifest.Manifest {
	t.Helper()
	m, findings, err := Read(input(d), nil, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Strict {
			t.Errorf("%+v", f)
		}
	}
	again, err := manifest.Parse("again", m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Encode(), m.Encode()) {
		t.Error("the manifest comes back changed")
	}
	return m
}

// rows gives the rows as text.
func rows(m *manifest.Manifest) []string {
	var out []string
	for _, f := range m.Tables[0].Files {
		out = append(out, strings.Join([]string{f.Name, f.Path, f.Version.String(), f.Size.String(), f.MD5,
			string(f.Platform), f.Note, f.AsPrinted.Platform}, "|"))
	}
	return out
}

func TestImageAndInstalled(t *testing.T) {
	const sum = "01000000ffffffffffffff7f01000080"
	m := read(t, msitest.Small(), Options{Name: "small.msi"})
	want := []string{
		"Small program.exe|PFiles/Source/Small program.exe|2.0.1493.3|1,000||||",
		"small.dll|PFiles/Source/small.dll||2,000|||goes with Small program.exe 2.0.1493.3|",
		"Read me.txt|Read me.txt||30|" + sum + "|||64-bit component",
		"loose.dat|loose.dat||0||||64-bit component",
	}
	if diff := cmp.Diff(want, rows(m)); diff != "" {
		t.Error(diff)
	}
	if table := m.Tables[0]; table.Match != manifest.Exactly || table.Complete || table.AppliesTo != "package for Intel" {
		t.Errorf("%+v", table)
	}
	m = read(t, msitest.Small(), Options{Name: "small.msi", Layout: Installed})
	want = []string{
		"Small program.exe||2.0.1493.3|1,000|||installed to ProgramFilesFolder/Binaries/Small program.exe|",
		"small.dll|||2,000|||installed to ProgramFilesFolder/Binaries/small.dll; goes with Small program.exe 2.0.1493.3|",
		"Read me.txt|||30|" + sum + "||installed to TARGETDIR/Read me.txt|64-bit component",
		"loose.dat|||0|||installed to TARGETDIR/loose.dat|64-bit component",
	}
	if diff := cmp.Diff(want, rows(m)); diff != "" {
		t.Error(diff)
	}
	if m.Tables[0].Match != manifest.OrLater {
		t.Errorf("%+v", m.Tables[0])
	}
}

// An image of a package for short names has short names.
func TestShortNames(t *testing.T) {
	d := msitest.Small()
	d.Summary[len(d.Summary)-1].Value = 3
	m := read(t, d, Options{Name: "small.msi"})
	var paths []string
	for _, f := range m.Tables[0].Files {
		paths = append(paths, f.Path)
	}
	want := []string{"PFiles/SRC~1/SMALL~1.EXE", "PFiles/SRC~1/small.dll", "READ~1.TXT", "loose.dat"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
}

// What the manifest is called, by what is known.
func TestIDs(t *testing.T) {
	tests := []struct{ given, name, subject, want string }{
		{"KB1234567", "KB977203.msi", "Hotfix KB977384", "KB1234567"},
		{"", "SMS2003-KB977203-x86.msi", "Hotfix KB977384", "KB977203"},
		{"", "small.msi", "Hotfix (kb977384)", "KB977384"},
		{"", "small.msi", "Q252717", "Q252717"},
		{"", "small tool 2.0.msi", "Tool", "small-tool-2.0"}, {"", "7-zip.msi", "", "zip"},
		{"", strings.Repeat("x", 99) + ".msi", "", strings.Repeat("x", 64)},
		{"", "FAQ12345678.msi", "SKB977384", "FAQ12345678"},
	}
	for _, test := range tests {
		d := msitest.Small()
		d.Summary[2].Value = test.subject
		if got := read(t, d, Options{ID: test.given, Name: test.name}).ID; got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
	for _, name := range []string{"", "123.msi", "пакет.msi"} {
		if _, _, err := Read(input(msitest.Small()), nil, Options{Name: name}); !errors.Is(err, ErrNoID) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// file gives the small package's first file another version, name or size.
func file(column int, value any) msitest.Database {
	d := msitest.Small()
	d.Tables[3].Rows[0][column] = value
	return d
}

// A version that the file itself cannot have is not compared; one that is none is
// refused by --strict.
func TestVersions(t *testing.T) {
	tests := []struct {
		database      msitest.Database
		version, kept string
		strict        bool
	}{
		{file(4, "2.00.1493.3"), "2.00.1493.3", "", false}, {file(4, "2.0"), "2.0", "", false},
		{file(4, nil), "", "", false}, {file(4, "nobody"), "", "nobody", true},
		{file(4, "70000.1"), "", "70000.1", true}, {file(2, "fonts.ttf"), "", "2.0.1493.3", false},
		{file(2, "data.xml"), "", "2.0.1493.3", false}, {file(2, "tool"), "2.0.1493.3", "", false},
	}
	for _, test := range tests {
		m, findings, err := Read(input(test.database), nil, Options{Name: "x.msi"})
		if err != nil {
			t.Fatal(err)
		}
		f, strict := m.Tables[0].Files[0], false
		for _, finding := range findings {
			strict = strict || finding.Strict
		}
		if f.Version.String() != test.version || f.AsPrinted.Version != test.kept || strict != test.strict {
			t.Errorf("%+v: %+v, strict %v", test, f, strict)
		}
	}
}

// Texts of the package that no manifest takes are made fit for one.
func TestTextsAreMadeFit(t *testing.T) {
	d := msitest.Small()
	d.Codepage = 65001
	d.Tables[0].Rows[1][1] = "Evil\x1b[31m\u202e " + strings.Repeat("name ", 100)
	d.Tables[0].Rows[2][1] = strings.Repeat("9", 4000)
	d.Summary[4].Value = "\r\n\xff"
	m := read(t, d, Options{Name: "x.msi"})
	if !strings.HasPrefix(m.Product, `Evil\x1b[31m\u202e name name`) {
		t.Errorf("%q", m.Product)
	}
}

func TestUnreadable(t *testing.T) {
	none := msitest.Small()
	none.Tables[3].Rows, none.Tables[4].Rows, none.Tables[2].Rows = nil, nil, nil
	hostile := msitest.Small()
	for _, row := range hostile.Tables[3].Rows {
		row[2] = "../x"
	}
	transform := msitest.Database{Class: msitest.Transform}
	tests := map[string]struct {
		in   Input
		want string
		err  error
	}{
		"web page":    {Input{"page.msi", strings.NewReader("<html>"), 6}, `"page.msi": not a Windows`, msi.ErrNotInstaller},
		"no files":    {input(none), "installs no files", ErrNoFiles},
		"no names":    {input(hostile), "no file of the package can be stated", nil},
		"transform":   {input(transform), "says only what it changes", nil},
		"patch alone": {input(msitest.Database{Class: msitest.Patch}), "--base", ErrPatchAlone},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, _, err := Read(test.in, nil, Options{Name: "x.msi"})
			if err == nil || m != nil || !strings.Contains(err.Error(), test.want) ||
				test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

// A package of which everything is wrong says so a thousand times, and how often more.
func TestFindingsAreCapped(t *testing.T) {
	d := msitest.Small()
	d.Tables[3].Rows = nil
	for i := range 3000 {
		name := "../x"
		if i == 0 {
			name = "fine"
		}
		d.Tables[3].Rows = append(d.Tables[3].Rows, []any{fmt.Sprint("exe", i), "Main", name, 1, nil, nil, 0, 1})
	}
	_, findings, err := Read(input(d), nil, Options{Name: "x.msi"})
	if err != nil || len(findings) != maxFindings+1 || !strings.Contains(findings[maxFindings].Text, "more findings") ||
		!findings[maxFindings].Strict {
		t.Error(len(findings), findings[len(findings)-1], err)
	}
}

func TestLayouts(t *testing.T) {
	for _, l := range Layouts {
		if got, err := ParseLayout(strings.ToUpper(string(l))); got != l || err != nil {
			t.Error(l, got, err)
		}
	}
	if _, err := ParseLayout("cellar"); err == nil || !strings.Contains(err.Error(), "image and installed") {
		t.Error(err)
	}
}

// Without places, files of one name cannot be told apart; the import says so.
func TestNamesInSeveralFolders(t *testing.T) {
	d := msitest.Small()
	d.Tables[3].Rows[3][2] = "SMALL.dll"
	for _, layout := range Layouts {
		_, findings, err := Read(input(d), nil, Options{Name: "x.msi", Layout: layout})
		if err != nil {
			t.Fatal(err)
		}
		said := false
		for _, f := range findings {
			said = said || strings.HasPrefix(f.Text, "1 of 4 files: another file has the same name") && !f.Strict
		}
		if said != (layout == Installed) {
			t.Errorf("%s: %+v", layout, findings)
		}
	}
}
