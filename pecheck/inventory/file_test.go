package inventory

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/petest"
)

// writePE builds an executable with strings at path.
func writePE(t *testing.T, path string) {
	t.Helper()
	spec := petest.Spec{Version: manifest.Version{4, 0, 6487, 2111},
		Strings: map[string]string{"ProductName": "Site server", "CompanyName": "Example"}}
	if err := spec.WriteFile(path); err != nil {
		t.Fatal(err)
	}
}

// One file read by its name is what a scan of its folder finds.
func TestReadFileIsWhatAScanFinds(t *testing.T) {
	dir := t.TempDir()
	writePE(t, filepath.Join(dir, "Ccm.dll"))
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	inv, err := Scan(t.Context(), dir, Options{All: true, Strings: true})
	if err != nil || len(inv.Files) != 2 {
		t.Fatal(err, inv)
	}
	if s := inv.Files[0].Strings; s == nil || s.ProductName != "Site server" || s.CompanyName != "Example" {
		t.Errorf("strings %+v", s)
	}
	for _, want := range inv.Files {
		got, err := ReadFile(t.Context(), filepath.Join(dir, want.Path), nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(&want, got); d != "" {
			t.Error(d)
		}
	}
}

func TestAScanGivesStringsOnlyWhenAsked(t *testing.T) {
	dir := t.TempDir()
	writePE(t, filepath.Join(dir, "Ccm.dll"))
	inv, err := Scan(t.Context(), dir, Options{All: true})
	if err != nil || inv.Files[0].Strings != nil {
		t.Errorf("%v, %+v", err, inv.Files[0].Strings)
	}
}

func TestReadFileOfNoFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadFile(t.Context(), filepath.Join(dir, "none.dll"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such file: %v", err)
	}
	if _, err := ReadFile(t.Context(), dir, nil); err == nil {
		t.Error("a folder is taken for a file")
	}
	if _, err := ReadFile(t.Context(), "", nil); err == nil {
		t.Error("an empty name is taken for a file")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(dir, "Ccm.dll")
	writePE(t, path)
	for range 20 { // either answer may be there first; both are right, a third is not
		if f, err := ReadFile(ctx, path, nil); err != nil && !errors.Is(err, context.Canceled) || err == nil &&
			f.Version[2] != 6487 {
			t.Fatalf("%+v, %v", f, err)
		}
	}
}

// A link that the user names is followed, and the file goes by the link's name.
func TestReadFileFollowsALink(t *testing.T) {
	dir := t.TempDir()
	writePE(t, filepath.Join(dir, "store.bin"))
	other := t.TempDir()
	link := filepath.Join(other, "Ccm.dll")
	symlink(t, filepath.Join(dir, "store.bin"), link)
	f, err := ReadFile(t.Context(), link, nil)
	if err != nil || f.Path != "Ccm.dll" || f.Ending != pefile.Versioned {
		t.Errorf("%+v, %v", f, err)
	}
}
