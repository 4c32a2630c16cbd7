package kb_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifest/kb"
	"kbverify/manifests"
)

var update = flag.Bool("update", false, "write the golden files and the catalogue anew")

// curated is what people added to a manifest of the catalogue that no program
// can read off the article. testdata/curation.json lists it by id.
type curated struct {
	Title     string // replaces the derived one
	Languages []string
	Relations []manifest.Relation // replace the derived ones
	Notes     []string            // follow the derived ones
	Tables    []string            // names, where the article's words make poor ones
}

func curation(t *testing.T) map[string]curated {
	t.Helper()
	f, err := os.Open("testdata/curation.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	var all map[string]curated
	if err := d.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// apply curates a manifest and gives the names of what it changed.
func (c curated) apply(m *manifest.Manifest) []string {
	var changed []string
	if c.Title != "" {
		m.Title, changed = c.Title, append(changed, "title")
	}
	if c.Languages != nil {
		m.Source.Languages, changed = c.Languages, append(changed, "languages")
	}
	if c.Relations != nil {
		m.Relations, changed = c.Relations, append(changed, "relations")
	}
	if c.Notes != nil {
		m.Notes, changed = append(m.Notes, c.Notes...), append(changed, "notes")
	}
	for i, name := range c.Tables {
		m.Tables[i].Name, changed = name, append(changed, "name of table "+name)
	}
	return changed
}

// articles gives the files of the article collections that the environment
// names: KBVERIFY_CORPUS (its folder sms) and KBVERIFY_SEEDS.
func articles(t *testing.T) []string {
	t.Helper()
	corpus, seeds := os.Getenv("KBVERIFY_CORPUS"), os.Getenv("KBVERIFY_SEEDS")
	if corpus == "" || seeds == "" {
		t.Skip("KBVERIFY_CORPUS and KBVERIFY_SEEDS do not name the article collections")
	}
	var out []string
	for _, pattern := range []string{filepath.Join(corpus, "sms", "*.md"), filepath.Join(seeds, "*.txt")} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no articles (%v)", pattern, err)
		}
		out = append(out, names...)
	}
	return out
}

// withoutTable are the articles that print no file table, and why.
var withoutTable = map[string]string{
	"Q172226.md": "names against three columns of dates: a comparison",
}

// TestCatalogue imports the article collections and wants exactly the embedded
// catalogue, byte for byte. Several articles of one hotfix must agree on every
// row. With -update it writes the catalogue.
func TestCatalogue(t *testing.T) {
	all := curation(t)
	built := map[string]*manifest.Manifest{}
	for _, name := range articles(t) {
		m := importArticle(t, name)
		if m == nil {
			continue
		}
		if first := built[m.ID]; first != nil {
			if diff := cmp.Diff(first.Tables, m.Tables, cmp.AllowUnexported(manifest.Printed{}, manifest.Size{})); diff != "" {
				t.Errorf("%s: the rows differ from another article of %s (-first +this):\n%s", name, m.ID, diff)
			}
			continue
		}
		built[m.ID] = m
	}
	want := map[string]bool{}
	for id, m := range built {
		changed := all[id].apply(m)
		t.Logf("%s: curated %s", id, strings.Join(changed, ", "))
		file := path.Join(folder(m.Product), id+".json")
		want[file] = true
		compare(t, file, m.Encode())
	}
	for id := range all {
		if built[id] == nil {
			t.Errorf("curation.json has %s, of which there is no article", id)
		}
	}
	for _, file := range embedded(t) {
		if !want[file] {
			t.Errorf("manifests/%s comes from no article", file)
		}
	}
}

func importArticle(t *testing.T, name string) *manifest.Manifest {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	res, err := kb.Read(name, data, kb.Options{})
	if why := withoutTable[filepath.Base(name)]; why != "" {
		if err == nil {
			t.Errorf("%s: has a table, but is %s", name, why)
		}
		return nil
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return nil
	}
	return res.Manifest
}

// compare wants the text of an embedded manifest, or writes it.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	name := filepath.Join("..", "..", "manifests", filepath.FromSlash(file))
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Error(err)
		return
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("manifests/%s (-embedded +imported):\n%s", file, diff)
	}
}

// folder is where the manifests of a product stand.
func folder(product string) string {
	name := strings.NewReplacer("Systems Management Server Installer", "sms-installer", "Systems Management Server", "sms",
		"System Center Configuration Manager", "configmgr", " ", "-").Replace(product)
	if strings.HasPrefix(name, "sms-installer") {
		return "sms-installer"
	}
	return strings.ToLower(name)
}

func embedded(t *testing.T) []string {
	t.Helper()
	files, err := fs.Glob(manifests.FS, "*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no embedded manifests (%v)", err)
	}
	slices.Sort(files)
	return files
}
