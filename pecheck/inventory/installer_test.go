package inventory

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbverify/internal/cabtest"
	"kbverify/internal/msitest"
	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// smallInstaller writes msitest's small package with a real cabinet in it: a program
// and a library; "Read me.txt" is in the external Data2.cab, loose.dat beside it.
func smallInstaller(tb testing.TB, change func(*msitest.Database)) (root string) {
	tb.Helper()
	dir := tb.TempDir()
	exe := petest.Must(petest.Spec{Version: manifest.Version{2, 0, 1493, 3}}.Bytes())
	inside := cabtest.Pack(cabtest.LZX|17<<8, entry("dll", "library"), cabtest.Entry{Name: "exe", Content: exe})
	outside := cabtest.Pack(cabtest.MSZIP, entry("txt", "Read me"))
	db := msitest.Small()
	db.Streams[0].Data = cabtest.Cabinet{Folders: []cabtest.Folder{inside}}.Bytes()
	for i := range db.Tables {
		if t := &db.Tables[i]; t.Name == "Media" {
			t.Rows[0][1] = 2 // LastSequence of the first medium
		}
	}
	if change != nil {
		change(&db)
	}
	root = filepath.Join(dir, "small.msi")
	testtool.WriteFile(tb, root, string(db.Bytes()))
	testtool.WriteFile(tb, filepath.Join(dir, "DATA2.cab"),
		string(cabtest.Cabinet{Folders: []cabtest.Folder{outside}}.Bytes()))
	testtool.WriteFile(tb, filepath.Join(dir, "LOOSE.DAT"), "lies loose")
	return root
}

func TestInstallerWithEveryMedium(t *testing.T) {
	inv := scanned(t, smallInstaller(t, nil), allOptions())
	files, faults := describeAll(inv)
	want := "PFiles/Source/Small program.exe 1536 version;PFiles/Source/small.dll 7 no-version;Read me.txt 7 ;loose.dat 10 no-version;"
	if files != want || faults != "" || inv.Files[0].Version.String() != "2.0.1493.3" || inv.Files[3].SHA256 == "" {
		t.Errorf("%q, want %q; faults %q", files, want, faults)
	}
}

func TestInstallerThatIsNotWhole(t *testing.T) {
	remove := func(name string) func(string) error {
		return func(dir string) error { return os.Remove(filepath.Join(dir, name)) }
	}
	for _, test := range []struct {
		name   string
		change func(*msitest.Database)
		beside func(dir string) error
		path   string // of the file that cannot be read
		why    string
	}{
		{"external cabinet", nil, remove("DATA2.cab"), "Read me.txt", "cabinet Data2.cab: it does not lie beside the package"},
		{"loose file", nil, remove("LOOSE.DAT"), "loose.dat", "it does not lie beside the package"},
		{"a folder for a cabinet", nil, func(dir string) error {
			return os.Rename(filepath.Join(dir, "DATA2.cab"), filepath.Join(dir, "other"))
		}, "Read me.txt", "does not lie beside"},
		{"a link for a cabinet", nil, func(dir string) error {
			if err := os.Rename(filepath.Join(dir, "DATA2.cab"), filepath.Join(dir, "other")); err != nil {
				return err
			}
			link := filepath.Join(dir, "Data2.cab")
			err := os.Symlink("other", link)
			if err == nil { // wine says so and makes none
				_, err = os.Lstat(link)
			}
			return err
		}, "Read me.txt", "a link, which is not followed"},
		{"a page for a cabinet", nil, func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "DATA2.cab"), []byte("<html>"), 0o644)
		}, "Read me.txt", "cabinet Data2.cab: no cabinet"},
		{"embedded cabinet", func(db *msitest.Database) { db.Streams = nil }, nil, "PFiles/Source/small.dll", "no stream"},
		{"embedded cabinet cut off", func(db *msitest.Database) {
			db.Streams[0].Data = db.Streams[0].Data[:120]
		}, nil, "PFiles/Source/small.dll", "cabinet product.cab: CFDATA 1 of folder 1: reaches to byte"},
		{"a file less", func(db *msitest.Database) {
			f := cabtest.Pack(cabtest.Stored, entry("exe", "x"))
			db.Streams[0].Data = cabtest.Cabinet{Folders: []cabtest.Folder{f}}.Bytes()
		}, nil, "PFiles/Source/small.dll", `cabinet product.cab: it has no file "dll"`},
		{"a name that leads elsewhere", func(db *msitest.Database) {
			for i := range db.Tables {
				if t := &db.Tables[i]; t.Name == "Media" {
					t.Rows[1][3] = "../Data2.cab"
				}
			}
		}, nil, "Read me.txt", "does not lie beside the package"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := smallInstaller(t, test.change)
			if test.beside != nil {
				if err := test.beside(filepath.Dir(root)); err != nil {
					t.Skip(err)
				}
			}
			inv := scanned(t, root, allOptions())
			if len(inv.Files) != 4 {
				t.Errorf("%d files, want 4", len(inv.Files))
			}
			for _, f := range inv.Files {
				if f.Path == test.path && (f.Ending != "unreadable" || !strings.Contains(f.Detail, test.why)) {
					t.Errorf("%s: %s %q, want %q", f.Path, f.Ending, f.Detail, test.why)
				}
			}
		})
	}
}

// A key that is there twice costs neither row its file.
func TestInstallerWithAKeyTwice(t *testing.T) {
	inv := scanned(t, smallInstaller(t, func(db *msitest.Database) {
		for i := range db.Tables {
			if t := &db.Tables[i]; t.Name == "File" {
				twice := append([]any{}, t.Rows[1]...)
				twice[2] = "other.dll"
				t.Rows = append(t.Rows, twice)
			}
		}
	}), allOptions())
	files, faults := describeAll(inv)
	if !strings.Contains(files, "small.dll 7 no-version") || !strings.Contains(files, "other.dll 7 no-version") ||
		!strings.Contains(faults, "twice") {
		t.Errorf("%q, faults %q", files, faults)
	}
}

// What is wrong with a package as a whole is the root's error.
func TestRootsThatAreNoPackages(t *testing.T) {
	for name, test := range map[string]struct{ content, want string }{
		"page.msi":  {"<!DOCTYPE html><html>Not found", "begins as no cabinet, program or Windows Installer package does"},
		"empty.cab": {"", "begins as no cabinet"},
		"setup.exe": {"MZ" + strings.Repeat("MSCF", 500), "a program without a cabinet in it"},
		"cut.cab":   {"MSCF\x00\x00\x00\x00", "cabinet: CFHEADER: cut off at byte 8"},
		"cut.msi":   {string(msitest.Small().Bytes()[:700]), "compound file"},
		"patch.msp": {string(msitest.Database{Class: msitest.Patch}.Bytes()), "patch"},
	} {
		root := filepath.Join(t.TempDir(), name)
		testtool.WriteFile(t, root, test.content)
		inv, err := Scan(context.Background(), root, Options{All: true})
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %+v, %v, want %q", name, inv, err, test.want)
		}
	}
}

// FuzzPackage scans whatever stands where a root stands.
func FuzzPackage(f *testing.F) {
	for _, path := range []string{smallInstaller(f, nil), cabinetOf(f, entry("a.dll", "x"), entry(`b\a.dll`, "y"))} {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(append([]byte("MZ and so on"), b...))
	}
	path := filepath.Join(f.TempDir(), "root")
	f.Fuzz(func(t *testing.T, b []byte) {
		testtool.WriteFile(t, path, string(b))
		inv, err := Scan(context.Background(), path, Options{All: true})
		if err != nil {
			return
		}
		var text strings.Builder
		if err := inv.Encode(&text); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(strings.NewReader(text.String()), "x.json", Keep{}); err != nil {
			t.Fatal(err)
		}
	})
}
