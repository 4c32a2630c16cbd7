package pefile

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kbverify/internal/testtool"
	"kbverify/manifest"
)

// realFolders names the folders whose PE files are read by both readers: those
// of KBVERIFY_PE_DIRS, else where Debian's wine and mingw-w64 packages put them.
func realFolders() []string {
	if list := os.Getenv("KBVERIFY_PE_DIRS"); list != "" {
		return filepath.SplitList(list)
	}
	return []string{"/usr/lib/x86_64-linux-gnu/wine", "/usr/lib/i386-linux-gnu/wine", "/usr/lib/gcc/x86_64-w64-mingw32",
		"/usr/lib/gcc/i686-w64-mingw32", "/usr/x86_64-w64-mingw32", "/usr/i686-w64-mingw32"}
}

// realFiles lists the files that begin with "MZ" below the folders.
func realFiles(tb testing.TB) (paths []string) {
	tb.Helper()
	for _, root := range realFolders() {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && beginsWithMZ(path) {
				paths = append(paths, path)
			}
			return nil // a folder that is not there, or closed, holds no files
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	if len(paths) == 0 {
		if os.Getenv("KBVERIFY_PE_DIRS") != "" || os.Getenv("KBVERIFY_CI") == "1" {
			tb.Fatalf("no PE file in %q", realFolders())
		}
		tb.Skip("no PE files here; KBVERIFY_PE_DIRS names folders that have some")
	}
	return paths
}

func beginsWithMZ(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 2)
	n, _ := f.ReadAt(head, 0)
	return string(head[:n]) == "MZ"
}

// TestRealFiles compares machine and version with python3-pefile's, file by file.
func TestRealFiles(t *testing.T) {
	paths := realFiles(t)
	theirs := askPefile(t, paths)
	endings := map[Ending]int{}
	for _, path := range paths {
		im := openImage(t, path)
		endings[im.Ending]++
		want, asked := theirs[path]
		got := peerImage{Machine: int(im.Machine), Version: versionText(im)}
		switch {
		case !asked:
			t.Errorf("%s: pefile gave no answer", path)
		case im.Format != PE && want.Error != "": // pefile refuses what is not PE
		case got != want || im.Ending == Damaged || im.Ending == Unreadable:
			t.Errorf("%s: got %+v, pefile says %+v", path, im, want)
		}
	}
	if endings[Versioned] == 0 {
		t.Errorf("no file with a version among %d", len(paths))
	}
	t.Logf("%d files: %v", len(paths), endings)
}

// rcSource is a VERSIONINFO for windres, with a string that differs.
const rcSource = `
1 VERSIONINFO
FILEVERSION 4,0,6487,2111
PRODUCTVERSION 4,0,6487,2000
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904B0"
    BEGIN
      VALUE "FileVersion", "4.00.6487.2000"
      VALUE "ProductName", "Sample"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x409, 1200
  END
END
`

// TestCompiledFiles compiles DLLs with mingw-w64 and reads them, whole and
// cut off at every 97th byte.
func TestCompiledFiles(t *testing.T) {
	for prefix, machine := range map[string]Machine{"i686-w64-mingw32": MachineI386, "x86_64-w64-mingw32": MachineAMD64} {
		t.Run(prefix, func(t *testing.T) {
			gcc, windres := testtool.Need(t, prefix+"-gcc"), testtool.Need(t, prefix+"-windres")
			dir := t.TempDir()
			testtool.WriteFile(t, filepath.Join(dir, "a.rc"), rcSource)
			testtool.WriteFile(t, filepath.Join(dir, "a.c"), "int a(void) { return 1; }\n")
			testtool.Run(t, dir, windres, "a.rc", "a.res.o")
			testtool.Run(t, dir, gcc, "-shared", "-s", "-o", "a.dll", "a.c", "a.res.o")
			want := Image{Format: PE, Machine: machine, Ending: Versioned, Version: testVersion, StringVersion: "4.00.6487.2000"}
			if got := openImage(t, filepath.Join(dir, "a.dll")); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			whole, err := os.ReadFile(filepath.Join(dir, "a.dll"))
			if err != nil {
				t.Fatal(err)
			}
			compiledStrings(t, whole)
			cutAnywhere(t, whole)
		})
	}
}

// TestSeveralLanguages: a compiler puts languages in the order of their numbers, within
// one resource in the order of the source, and German is before English.
func TestSeveralLanguages(t *testing.T) {
	gcc, windres := testtool.Need(t, "i686-w64-mingw32-gcc"), testtool.Need(t, "i686-w64-mingw32-windres")
	table := func(keys ...string) (blocks string) {
		for _, k := range keys {
			blocks += fmt.Sprintf("BLOCK %q BEGIN VALUE \"ProductName\", %[1]q END\n", k)
		}
		return "1 VERSIONINFO FILEVERSION 4,0,6487,2111 BEGIN BLOCK \"StringFileInfo\" BEGIN\n" + blocks + "END END\n"
	}
	for name, tt := range map[string]struct{ source, want string }{
		"English last":      {table("040704B0", "040C04B0", "040904B0"), "040904B0"},
		"neutral last":      {table("040704B0", "000004B0"), "000004B0"},
		"English elsewhere": {table("040704B0", "080904E4"), "080904E4"},
		"both":              {table("000004B0", "080904B0", "040904E4"), "040904E4"},
		"neither":           {table("040704B0", "040C04B0"), "040704B0"},
		"bad keys":          {table("x", "neutral?", "000004b0"), "000004b0"},
		"resources": {"LANGUAGE 7, 1\n" + table("040704B0") + "LANGUAGE 9, 1\n" + table("040904B0") + "LANGUAGE 12, 1\n" +
			table("040C04B0"), "040904B0"},
		"neutral resource": {"LANGUAGE 7, 1\n" + table("040704B0") + "LANGUAGE 0, 0\n" + table("000004B0"), "000004B0"},
	} {
		dir := t.TempDir()
		testtool.WriteFile(t, filepath.Join(dir, "a.rc"), tt.source)
		testtool.WriteFile(t, filepath.Join(dir, "a.c"), "int a(void) { return 1; }\n")
		testtool.Run(t, dir, windres, "a.rc", "a.res.o")
		testtool.Run(t, dir, gcc, "-shared", "-s", "-o", "a.dll", "a.c", "a.res.o")
		file, err := os.ReadFile(filepath.Join(dir, "a.dll"))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := ReadStrings(bytes.NewReader(file), int64(len(file))); err != nil || s.ProductName != tt.want {
			t.Errorf("%s: %q %v, want %q", name, s.ProductName, err, tt.want)
		}
		if im := read(file); im.Ending != Versioned || im.Version != testVersion {
			t.Errorf("%s: %+v", name, im)
		}
	}
}

func compiledStrings(t *testing.T, file []byte) {
	s, err := ReadStrings(bytes.NewReader(file), int64(len(file)))
	if want := (Strings{FileVersion: "4.00.6487.2000", ProductName: "Sample"}); err != nil || s != want {
		t.Errorf("got %+v %v, want %+v", s, err, want)
	}
}

// cutAnywhere: a file that was not copied to its end never has its version.
// The last section's filling, less than FileAlignment, may be missing.
func cutAnywhere(t *testing.T, whole []byte) {
	for n := 2; n <= len(whole)-0x200; n += 97 {
		if im := read(whole[:n]); im.Ending != Damaged {
			t.Errorf("cut to %d of %d bytes: %+v", n, len(whole), im)
		}
	}
}

// TestReal16BitFile reads a library of 16-bit Windows that comes with the
// module of saferwall/pe, among its own test files, and compares with wrestool.
func TestReal16BitFile(t *testing.T) {
	tool := testtool.Need(t, "wrestool")
	out, err := exec.Command(testtool.Need(t, "go"), "list", "-m", "-f", "{{.Dir}}", "github.com/saferwall/pe").Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(strings.TrimSpace(string(out)), "test", "_setup.dll")
	if _, err := os.Stat(path); err != nil {
		t.Skip("this version of the module does not have the file: ", err)
	}
	resource, err := exec.Command(tool, "--extract", "--raw", "--type=16", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, f, found := bytes.Cut(resource, []byte("\xbd\x04\xef\xfe")) // VS_FIXEDFILEINFO.dwSignature
	if !found {
		t.Fatalf("wrestool gives %q", resource)
	}
	f = f[fileVersionMS-4:]
	want := manifest.Version{le.Uint16(f[2:]), le.Uint16(f), le.Uint16(f[6:]), le.Uint16(f[4:])}
	if im := openImage(t, path); im.Format != NE || im.Ending != Versioned || im.Version != want {
		t.Errorf("got %+v, want %v", im, want)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := ReadStrings(bytes.NewReader(whole), int64(len(whole))); err != nil || s.FileVersion == "" ||
		s.CompanyName == "" {
		t.Errorf("strings %+v, %v", s, err)
	}
	for n := 2; n < len(whole)-512; n += 61 { // the file ends within a unit
		if im := read(whole[:n]); im.Ending != Damaged {
			t.Errorf("cut to %d bytes: %+v", n, im)
		}
	}
}
