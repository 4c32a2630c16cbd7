package inventory

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/petest"
)

// plant writes files with their names as contents, all of one age.
func plant(t testing.TB, root string, paths ...string) {
	t.Helper()
	for _, p := range paths {
		full := filepath.Join(root, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(filepath.Base(p)), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(full, planted, planted); err != nil {
			t.Fatal(err)
		}
	}
}

var planted = time.Date(2008, 12, 1, 1, 40, 30, 5e8, time.UTC)

// mustScan scans, and proves that nothing under the root has changed by it.
func mustScan(t testing.TB, root string, o Options) *Inventory {
	t.Helper()
	before, real := map[string]string{}, readsOnly(o.disk)
	if real {
		before = petest.Fingerprint(root)
	}
	inv, err := Scan(context.Background(), root, o)
	if err != nil {
		t.Fatal(err)
	}
	if real {
		if diff := cmp.Diff(before, petest.Fingerprint(root)); diff != "" {
			t.Errorf("the root has changed (-before +after):\n%s", diff)
		}
	}
	return inv
}

// readsOnly tells the disks that a program has from those of tests, which change
// things while they are read, or are none.
func readsOnly(d disk) bool {
	switch d.(type) {
	case *tamperedDisk, *fakeDisk:
		return false
	}
	return true
}

func paths(files []File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Path)
	}
	return out
}

func TestScanListsFilesOfInterest(t *testing.T) {
	root := filepath.Join(t.TempDir(), "i386")
	plant(t, root, "a/z.dll", "a-b/CCM.dll", "a/ccm.DLL", "other.dll", "kb-de-1.msp", "x64/bin/ccm.dll", "b.ini")
	inv := mustScan(t, root, Options{Names: []string{"ccm.dll", "CCM.DLL", "kb-*-?.msp", "b.ini"}})
	want := &Inventory{
		Root:    root,
		Names:   []string{"b.ini", "CCM.DLL", "kb-*-?.msp"},
		Folders: []Folder{{".", manifest.X86}, {"x64", manifest.X64}},
		Seen:    7,
	}
	ini := File{Path: "b.ini", Size: 5, Modified: planted.Truncate(time.Second)}
	want.Files = []File{ini, ini, ini, ini, ini}
	for i, p := range []string{"a/ccm.DLL", "a-b/CCM.dll", "b.ini", "kb-de-1.msp", "x64/bin/ccm.dll"} {
		want.Files[i].Path = p
		want.Files[i].Size = int64(len(filepath.Base(p)))
	}
	want.Files[3].NoSignature = true
	for i := range inv.Files {
		if filepath.Ext(inv.Files[i].Path) != ".ini" && filepath.Ext(inv.Files[i].Path) != ".msp" {
			if inv.Files[i].Ending == pefile.NotOpened {
				t.Errorf("%s was not opened", inv.Files[i].Path)
			}
			inv.Files[i].Image = pefile.Image{}
		}
	}
	if diff := cmp.Diff(want, inv); diff != "" {
		t.Errorf("inventory (-want +got):\n%s", diff)
	}
}

func TestScanExcludes(t *testing.T) {
	root := t.TempDir()
	plant(t, root, "a.dll", "Backup/a.dll", "x/backup/y/a.dll", "x/y/a.dll", "x/y/z/a.dll", "x/q/z/b.dll")
	tests := []struct {
		exclude []string
		want    []string
	}{
		{nil, []string{"Backup/a.dll", "a.dll", "x/backup/y/a.dll", "x/q/z/b.dll", "x/y/a.dll", "x/y/z/a.dll"}},
		{[]string{"BACKUP"}, []string{"a.dll", "x/q/z/b.dll", "x/y/a.dll", "x/y/z/a.dll"}},
		{[]string{`x\`}, []string{"Backup/a.dll", "a.dll"}},
		{[]string{`x\backup`}, []string{"Backup/a.dll", "a.dll", "x/q/z/b.dll", "x/y/a.dll", "x/y/z/a.dll"}},
		{[]string{"x/*/z"}, []string{"Backup/a.dll", "a.dll", "x/backup/y/a.dll", "x/y/a.dll"}},
		{[]string{"x/**/A.dll"}, []string{"Backup/a.dll", "a.dll", "x/q/z/b.dll"}},
		{[]string{"**/?.dll"}, nil},
		{[]string{"b*"}, []string{"a.dll", "x/y/a.dll", "x/y/z/a.dll"}},
	}
	for _, tt := range tests {
		inv := mustScan(t, root, Options{All: true, Exclude: tt.exclude})
		if diff := cmp.Diff(tt.want, paths(inv.Files)); diff != "" {
			t.Errorf("exclude %q (-want +got):\n%s", tt.exclude, diff)
		}
	}
}

func TestBadExcludes(t *testing.T) {
	for _, p := range []string{"", "/", "/a", `C:\SMS`, "a//b", "a/../b", "./", ".", "a**", "a\x1b", "\xff"} {
		if _, err := Scan(context.Background(), t.TempDir(), Options{Exclude: []string{p}}); err == nil {
			t.Errorf("exclude pattern %q was accepted", p)
		}
	}
}

// What a manifest says that it knows nothing of: as --exclude takes it, and from the root
// on after a slash.
func TestLeftOut(t *testing.T) {
	const all = "a a/x b/a b/a/x b/c"
	for pattern, want := range map[string]string{
		"a": "a a/x b/a b/a/x", "/a": "a a/x", "/A/": "a a/x", "b/a": "b/a b/a/x", "/b/a": "b/a b/a/x", "/*": all,
		"/**": all, "/**/c": "b/c", "/?": all, "/": "", "//a": "", "/..": "", "/c": "",
	} {
		leftOut := LeftOut([]string{pattern})
		var got []string
		for path := range strings.FieldsSeq(all) {
			if leftOut(path) {
				got = append(got, path)
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s leaves out %q, want %q", pattern, text, want)
		}
	}
}

func TestScanRootErrors(t *testing.T) {
	root := t.TempDir()
	plant(t, root, "file")
	tests := []struct{ root, want string }{
		{filepath.Join(root, "none\x1b"), `none\x1b": `},
		{filepath.Join(root, "file"), "name the folder that holds the files"},
	}
	for _, tt := range tests {
		_, err := Scan(context.Background(), tt.root, Options{All: true})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Scan(%q): %v, want %q in it", tt.root, err, tt.want)
		}
	}
}

// scanWithEvery scans with every file system, and proves that all find the same.
func scanWithEvery(t *testing.T, root string, o Options) *Inventory {
	t.Helper()
	var first *Inventory
	for name, d := range disks {
		o.disk = d
		inv := mustScan(t, root, o)
		if first == nil {
			first = inv
		}
		if diff := cmp.Diff(first, inv); diff != "" {
			t.Errorf("%s finds something else:\n%s", name, diff)
		}
	}
	return first
}

// outcomes gives path, ending and detail of every file.
func outcomes(inv *Inventory) []string {
	var out []string
	for _, f := range inv.Files {
		out = append(out, strings.TrimSpace(f.Path+" "+string(f.Ending)+" "+f.Detail))
	}
	return out
}
