package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifests"
)

// minimal is the text of a manifest with one table of one file.
func minimal(id, name string, size int) string {
	return fmt.Sprintf(`{
  "schema": 1,
  "id": %q,
  "title": "Title of %s",
  "product": "Product",
  "tables": [
    {"files": [
      {"name": %q, "size": %d}
    ]}
  ]
}
`, id, id, name, size)
}

// countingFS counts what is read of the embedded catalogue.
type countingFS struct {
	fstest.MapFS
	mu   sync.Mutex
	read []string
}

func (c *countingFS) count(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = append(c.read, name)
}

func (c *countingFS) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".json") {
		c.count(name)
	}
	return c.MapFS.Open(name)
}

func (c *countingFS) ReadFile(name string) ([]byte, error) {
	c.count(name)
	return c.MapFS.ReadFile(name)
}

// three is a catalogue of the embedded hotfixes that the questions of these
// tests are about; it does not grow.
func three(t testing.TB) fs.FS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, file := range []string{"sms-2.0/Q252717.json", "configmgr-2007/KB977203.json", "configmgr-2007/KB977384.json"} {
		data, err := manifests.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fsys[file] = &fstest.MapFile{Data: data}
	}
	index, err := BuildIndex(fsys)
	if err != nil {
		t.Fatal(err)
	}
	fsys[indexPath] = &fstest.MapFile{Data: index}
	return fsys
}

// sample is an embedded catalogue of three hotfixes with its index.
func sample(t testing.TB) *countingFS {
	t.Helper()
	fsys := fstest.MapFS{
		"old/Q252717.json":  {Data: []byte(minimal("Q252717", "Ccm.dll", 1))},
		"new/KB977203.json": {Data: []byte(minimal("KB977203", "Ccmsetup.exe", 2))},
		"new/KB977384.json": {Data: []byte(minimal("KB977384", "Smsprov.dll", 3))},
	}
	index, err := BuildIndex(fsys)
	if err != nil {
		t.Fatal(err)
	}
	fsys[indexPath] = &fstest.MapFile{Data: index}
	return &countingFS{MapFS: fsys}
}

func open(t testing.TB, embedded fs.FS, dirs ...string) *Catalog {
	t.Helper()
	c, err := Open(embedded, dirs)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFindTakesAnySpelling(t *testing.T) {
	c := open(t, manifests.FS)
	for spelling, want := range map[string]string{
		"977203": "KB977203", "KB977203": "KB977203", "kb977203": "KB977203", "Q977203": "KB977203", " kb977203 ": "KB977203",
		"252717": "Q252717", "kb252717": "Q252717", "q252717": "Q252717",
	} {
		m, err := c.Find(spelling)
		if err != nil {
			t.Errorf("Find(%q): %v", spelling, err)
		} else if m.ID != want {
			t.Errorf("Find(%q) is %s, want %s", spelling, m.ID, want)
		}
	}
}

func TestFindOffersTheNearest(t *testing.T) {
	c := open(t, three(t))
	for _, tt := range []struct{ id, nearest, message string }{
		{"977230", "KB977203", "nearest: KB977203"},
		{"KB977834", "KB977384", "nearest: KB977384"},
		{"Q25271", "Q252717", "nearest: Q252717"},
		{"../../etc/passwd", "", `no hotfix "../../etc/passwd" in the catalogue`},
		{"", "", `no hotfix "" in the catalogue`},
		{"\x1b[2J", "", `no hotfix "\x1b[2J" in the catalogue`},
	} {
		_, err := c.Find(tt.id)
		var missing *NotFoundError
		if !errors.As(err, &missing) {
			t.Errorf("Find(%q): %v, want a NotFoundError", tt.id, err)
			continue
		}
		if first := strings.Join(missing.Nearest[:min(1, len(missing.Nearest))], ""); first != tt.nearest {
			t.Errorf("Find(%q): nearest %q, want %q", tt.id, missing.Nearest, tt.nearest)
		}
		if !strings.Contains(err.Error(), tt.message) {
			t.Errorf("Find(%q): %q lacks %q", tt.id, err, tt.message)
		}
	}
}

func TestEachQuestionReadsWhatItNeeds(t *testing.T) {
	for _, tt := range []struct {
		question string
		ask      func(*Catalog) error
		want     []string
	}{
		{"open", func(*Catalog) error { return nil }, nil},
		{"find", func(c *Catalog) error { _, err := c.Find("977203"); return err }, []string{"new/KB977203.json"}},
		{"entries", func(c *Catalog) error { _, err := c.Entries(); return err }, []string{"index.json"}},
		{"names", func(c *Catalog) error { _, err := c.Names(); return err }, []string{"index.json"}},
		{"search", func(c *Catalog) error { _, err := c.Search([]string{"ccm"}); return err }, []string{"index.json"}},
		{"version", func(c *Catalog) error { _, err := c.Version(); return err }, []string{"index.json"}},
		{"all", func(c *Catalog) error { _, err := c.All(); return err }, []string{"new/KB977203.json", "new/KB977384.json", "old/Q252717.json"}},
	} {
		fsys := sample(t)
		if err := tt.ask(open(t, fsys)); err != nil {
			t.Errorf("%s: %v", tt.question, err)
		}
		slices.Sort(fsys.read) // many are read side by side
		if diff := cmp.Diff(tt.want, fsys.read); diff != "" {
			t.Errorf("%s reads (-want +got)\n%s", tt.question, diff)
		}
	}
}

func TestVersion(t *testing.T) {
	version := func(c *Catalog) string {
		t.Helper()
		v, err := c.Version()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	embedded := version(open(t, manifests.FS))
	index, err := readIndex(manifests.FS)
	if err != nil {
		t.Fatal(err)
	}
	if embedded != index.Version || len(embedded) != 12 {
		t.Errorf("version %q, the index says %q", embedded, index.Version)
	}
	dir := t.TempDir()
	write(t, dir, "a.json", minimal("KB100001", "A.dll", 1))
	one := version(open(t, manifests.FS, dir))
	if !strings.HasPrefix(one, embedded+"+") || len(one) != 25 {
		t.Errorf("version %q with a manifest of the user's, want %s+12 digits", one, embedded)
	}
	if again := version(open(t, manifests.FS, dir)); again != one {
		t.Errorf("the same facts have version %q and %q", one, again)
	}
	write(t, dir, "a.json", minimal("KB100001", "A.dll", 2))
	if other := version(open(t, manifests.FS, dir)); other == one {
		t.Errorf("other facts have version %q too", other)
	}
}

func TestABrokenIndexIsAnError(t *testing.T) {
	for _, text := range []string{"", "[]", `{"hotfixes": []}`, `{"version": 7}`, `{"version": "a", "hotfixes": 7}`} {
		c := open(t, fstest.MapFS{indexPath: {Data: []byte(text)}})
		_, errVersion := c.Version()
		_, errEntries := c.Entries()
		if errVersion == nil && errEntries == nil {
			t.Errorf("index %q is taken", text)
		}
	}
	c := open(t, fstest.MapFS{})
	if _, err := c.Version(); err == nil {
		t.Error("a catalogue without an index has a version")
	}
	if _, err := c.Names(); err == nil {
		t.Error("a catalogue without an index has names")
	}
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
