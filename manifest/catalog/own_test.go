package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifests"
)

// openFaults gives the faults that keep dirs from being opened.
func openFaults(t *testing.T, dirs ...string) manifest.Problems {
	t.Helper()
	_, err := Open(manifests.FS, dirs)
	var faults manifest.Problems
	if !errors.As(err, &faults) {
		t.Fatalf("error %v, want a manifest.Problems", err)
	}
	return faults
}

func TestOwnManifestsAreFound(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "KB100001.json", minimal("KB100001", "A.dll", 1))
	deep := write(t, dir, "site/2026/own.JSON", minimal("own-fix.1", "B.dll", 2))
	write(t, dir, "readme.txt", "no manifest")
	write(t, dir, "index.json", "the index of a copied catalogue")
	write(t, dir, ".settings.json", "an editor's")
	write(t, dir, ".git/x.json", "git's")
	c := open(t, manifests.FS, dir)
	for _, id := range []string{"100001", "OWN-FIX.1", "KB977203"} {
		if _, err := c.Find(id); err != nil {
			t.Errorf("Find(%q): %v", id, err)
		}
	}
	found, err := c.Search([]string{"b.dll"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{{
		ID: "own-fix.1", Title: "Title of own-fix.1", Product: "Product", Own: deep,
		Tables: []TableEntry{{Files: 1}}, Names: []string{"B.dll"},
	}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if all, err := c.All(); err != nil || len(all) != len(c.ids) {
		t.Errorf("%d manifests, error %v", len(all), err)
	}
}

func TestNearestKnowsOwnManifests(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.json", minimal("site-fix-12", "A.dll", 1))
	_, err := open(t, manifests.FS, dir).Find("site-fix-21")
	var missing *NotFoundError
	if !errors.As(err, &missing) || !cmp.Equal(missing.Nearest, []string{"site-fix-12"}) {
		t.Errorf("error %v", err)
	}
}

func TestTheEmbeddedCatalogueItselfIsAFolderOfManifests(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, manifests.FS); err != nil {
		t.Fatal(err)
	}
	c := open(t, manifests.FS, dir, dir) // the same facts, three times
	if len(c.own()) != 0 {
		t.Errorf("%d manifests are taken for the user's own", len(c.own()))
	}
	if len(open(t, fstest.MapFS{}, dir).own()) == 0 {
		t.Error("no manifest found in a copy of the catalogue")
	}
}

// TestEveryFaultOfEveryFile has two faults in one file, and one in each other.
func TestEveryFaultOfEveryFile(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	two := write(t, dir, "a/two.json", strings.NewReplacer(`"title"`, `"titel"`, `"size": 1`, `"size": -1`).Replace(minimal("KB100001", "A.dll", 1)))
	broken := write(t, dir, "b/broken.json", "{\n  \"schema\": 1,\n")
	write(t, dir, "c/good.json", minimal("KB100003", "A.dll", 1))
	large := write(t, other, "large.json", strings.Repeat(" ", manifest.MaxBytes+1))
	gone := filepath.Join(other, "gone")
	want := []struct{ file, text string }{
		{two, `:1: title: no title`},
		{two, `:4: titel: unknown key "titel"; the keys here are id, notes, product, relations, schema, source, tables, title`},
		{two, `:8: tables[0].files[0].size: size -1: want a whole number of bytes from 0 to 1099511627776`},
		{broken, `:2: not a manifest: unexpected end of JSON input`},
		{large, `: larger than 67108864 bytes, no manifest is`},
		{gone, `: `}, // and the operating system's words
		{large, `: `},
	}
	got := openFaults(t, dir, other, gone, large)
	for i, p := range got[:min(len(got), len(want))] {
		if !strings.HasPrefix(p.String(), want[i].file+want[i].text) {
			t.Errorf("fault %d is %q, want %q", i, p, want[i].file+want[i].text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d faults, want %d:\n%v", len(got), len(want), got)
	}
}

func TestTwoFilesOfOneHotfix(t *testing.T) {
	t.Run("with different facts", func(t *testing.T) {
		dir := t.TempDir()
		first := write(t, dir, "a.json", minimal("KB100001", "A.dll", 1))
		second := write(t, dir, "b.json", minimal("Q100001", "A.dll", 2))
		faults := openFaults(t, dir)
		if len(faults) != 1 || faults[0].File != second || !strings.Contains(faults[0].Text, first) {
			t.Errorf("faults %v: want one that names %s and %s", faults, first, second)
		}
	})
	t.Run("one of them embedded", func(t *testing.T) {
		dir := t.TempDir()
		file := write(t, dir, "a.json", minimal("KB977203", "A.dll", 1))
		faults := openFaults(t, dir)
		if len(faults) != 1 || faults[0].File != file || !strings.Contains(faults[0].Text, "configmgr-2007/KB977203.json") {
			t.Errorf("faults %v: want one that names %s and the embedded file", faults, file)
		}
	})
	t.Run("with the same facts", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "a.json", minimal("KB100001", "A.dll", 1))
		write(t, dir, "b.json", strings.ReplaceAll(minimal("KB100001", "A.dll", 1), "\n", "\r\n"))
		if c := open(t, manifests.FS, dir); len(c.own()) != 1 {
			t.Errorf("%d manifests, want 1", len(c.own()))
		}
	})
}

func TestOwnFoldersAreCapped(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []string{"KB100001", "KB100002", "KB100003"} {
		write(t, dir, id+".json", minimal(id, "A.dll", 1))
	}
	size := int64(len(minimal("KB100001", "A.dll", 1)))
	for _, tt := range []struct {
		name string
		limits
		want string
	}{
		{"within every limit", limits{files: 3, bytes: 3 * size, passed: 4, faults: 9}, ""},
		{"one manifest too many", limits{files: 2, bytes: 3 * size, passed: 4, faults: 9}, "is this a folder of manifests?"},
		{"one byte too many", limits{files: 3, bytes: 3*size - 1, passed: 4, faults: 9}, "is this a folder of manifests?"},
		{"one entry too many", limits{files: 3, bytes: 3 * size, passed: 3, faults: 9}, "is this a folder of manifests?"},
	} {
		r := &ownReader{limits: tt.limits}
		err := r.dir(dir)
		if got := err != nil && strings.Contains(err.Error(), tt.want); got != (tt.want != "") {
			t.Errorf("%s: error %v", tt.name, err)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	good := write(t, dir, "anything", minimal("KB977203", "A.dll", 1))
	m, err := Load(good) // the name is the user's, and so is a hotfix that is embedded too
	if err != nil || m.ID != "KB977203" {
		t.Errorf("Load: %v, error %v", m, err)
	}
	for name, tt := range map[string]struct{ file, want string }{
		"gone":     {filepath.Join(dir, "gone"), "read manifest: "},
		"a folder": {dir, "not a regular file"},
		"large":    {write(t, dir, "large", strings.Repeat(" ", manifest.MaxBytes+1)), "larger than 67108864 bytes"},
		"faulty":   {write(t, dir, "faulty", "{}"), ":1: schema: no schema"},
	} {
		if _, err := Load(tt.file); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.file) {
			t.Errorf("%s: error %v, want %q and the file's name", name, err, tt.want)
		}
	}
}

// closed tells of files and opens none.
type closed struct{ t *testing.T }

func (c closed) Stat(name string) (os.FileInfo, error) { return os.Stat(name) }
func (c closed) OpenFile(name string, _ int, _ os.FileMode) (*os.File, error) {
	c.t.Errorf("%s is opened", name)
	return nil, os.ErrPermission
}

func TestWhatIsNoManifestIsNotOpened(t *testing.T) {
	large := write(t, t.TempDir(), "large", "")
	if err := os.Truncate(large, manifest.MaxBytes+1); err != nil {
		t.Fatal(err)
	}
	if _, err := readRegular(closed{t}, large); !errors.Is(err, errTooLarge) {
		t.Errorf("error %v", err)
	}
	if _, err := readRegular(closed{t}, t.TempDir()); !errors.Is(err, errNotRegular) {
		t.Errorf("error %v", err)
	}
}

// endless is a file that grows as fast as it is read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestAFileThatGrowsIsReadToTheCap(t *testing.T) {
	e := &endless{}
	if _, err := readCapped(e, "x"); !errors.Is(err, errTooLarge) {
		t.Errorf("error %v", err)
	}
	const buffer = 8 << 10
	if e.read <= manifest.MaxBytes || e.read > manifest.MaxBytes+buffer {
		t.Errorf("%d bytes read, want more than %d, by a buffer at most", e.read, manifest.MaxBytes)
	}
}

func TestFaultsOfOwnFoldersAreCapped(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.json", "b.json", "c.json"} {
		write(t, dir, name, "{")
	}
	l := ownLimits
	l.faults = 1
	r := &ownReader{limits: l}
	if err := r.dir(dir); err == nil || !strings.Contains(err.Error(), "more than 1 faults") || len(r.problems) != 2 {
		t.Errorf("error %v after %d faults, want one after 2", err, len(r.problems))
	}
}
