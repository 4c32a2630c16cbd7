package catalog

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifests"
)

func TestEntriesAgreeWithTheManifests(t *testing.T) {
	c := open(t, manifests.FS)
	all, err := c.All()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := c.Entries()
	if err != nil {
		t.Fatal(err)
	}
	var want []Entry
	for _, m := range all {
		want = append(want, entryOf(m, ""))
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("entries (-manifests +index)\n%s", diff)
	}
}

func TestEntryOf(t *testing.T) {
	m := &manifest.Manifest{ID: "Q1", Title: "T", Product: "P", Tables: []manifest.Table{
		{Name: "SP1", Files: []manifest.File{{Name: "b.dll"}, {Name: "A.msp", Pattern: "a*.msp"}, {Name: "B.DLL"}}},
		{Name: "cause", Reference: "files with the fault", Files: []manifest.File{{Name: "C.dll"}}},
	}}
	want := Entry{
		ID: "Q1", Title: "T", Product: "P", Own: "x.json",
		Tables: []TableEntry{{Name: "SP1", Files: 3}, {Name: "cause", Files: 1, Reference: true}},
		Names:  []string{"a*.msp", "A.msp", "B.DLL"}, ReferenceNames: []string{"C.dll"},
	}
	got := entryOf(m, "x.json")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got.Files() != 3 {
		t.Errorf("%d files to judge by, want 3", got.Files())
	}
}

func TestSearch(t *testing.T) {
	c := open(t, three(t))
	for words, want := range map[string]string{
		"":                                    "Q252717 KB977203 KB977384",
		"977203":                              "KB977203",
		"q977203":                             "KB977203",
		"97":                                  "KB977203 KB977384",
		"configuration 2007":                  "KB977203 KB977384",
		"PREREQUISITE":                        "KB977384",
		"server 2.0":                          "Q252717", // "2.0" is no file name
		"sp1":                                 "Q252717 KB977203",
		"certificate power":                   "", // both words, not either
		"ccm.dll":                             "Q252717",
		"CCM.DLL":                             "Q252717",
		"cm.dll":                              "", // a file name is the whole name
		"ccm*":                                "Q252717 KB977203",
		"ccm*.dll 2007":                       "KB977203",
		".mof":                                "KB977384",
		"baseobj.???":                         "Q252717 KB977384",
		"sccm2007ac-sp2-kb977384-x86-deu.msp": "KB977384", // through the pattern
		"nosuchthing":                         "",
	} {
		found, err := c.Search(strings.Fields(words))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, e := range found {
			ids = append(ids, e.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("Search(%q) finds %q, want %q", words, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	c := open(t, manifests.FS)
	names, err := c.Names()
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, name := range names {
		if key := manifest.NameKey(name); there[key] {
			t.Errorf("%q stands twice", name)
		} else {
			there[key] = true
		}
	}
	all, err := c.All()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, m := range all {
		for _, table := range m.Tables {
			for _, f := range table.Files {
				want[manifest.NameKey(f.Name)] = true
				if f.Pattern != "" {
					want[manifest.NameKey(f.Pattern)] = true
				}
			}
		}
	}
	if diff := cmp.Diff(want, there); diff != "" {
		t.Errorf("names (-manifests +catalogue)\n%s", diff)
	}
}

func TestIDsAreInNumericalOrder(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []string{"KB1000000", "Q99999", "own-fix", "KB977203"} {
		write(t, dir, id+".json", minimal(id, "A.dll", 1))
	}
	all, err := open(t, fstest.MapFS{}, dir).All()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range all {
		ids = append(ids, m.ID)
	}
	if diff := cmp.Diff([]string{"Q99999", "KB977203", "KB1000000", "own-fix"}, ids); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestAReferenceTableDeliversNothing has a hotfix whose only mention of a file
// is the one that causes the fault: a scan looks for it, a search is not told
// that the hotfix delivers it.
func TestAReferenceTableDeliversNothing(t *testing.T) {
	dir := t.TempDir()
	const cause = `{"name": "cause", "reference": "files with the fault", "files": [{"name": "Bad.dll"}]}`
	write(t, dir, "a.json", strings.Replace(minimal("KB100001", "Good.dll", 1), `{"files"`, cause+`, {"name": "SP1", "files"`, 1))
	c := open(t, sample(t), dir)
	for word, want := range map[string]int{"good.dll": 1, "bad.dll": 0, "bad": 0, "100001": 1} {
		if found, err := c.Search([]string{word}); err != nil || len(found) != want {
			t.Errorf("Search(%q) finds %d, error %v, want %d", word, len(found), err, want)
		}
	}
	names, err := c.Names()
	if err != nil || !slices.Contains(names, "Bad.dll") || !slices.Contains(names, "Good.dll") {
		t.Errorf("names %q, error %v", names, err)
	}
}
