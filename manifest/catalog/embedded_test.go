package catalog

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifests"
)

// TestEmbeddedManifests reads the whole catalogue: each file is in canonical
// form, named after its hotfix, and sourced.
func TestEmbeddedManifests(t *testing.T) {
	paths, err := manifestPaths(manifests.FS)
	if err != nil || len(paths) < 3 {
		t.Fatalf("%d manifests, error %v", len(paths), err)
	}
	for _, file := range paths {
		data, err := fs.ReadFile(manifests.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Parse(file, data)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(m.Encode()), string(data)); diff != "" {
			t.Errorf("%s is not in canonical form (-canonical +file)\n%s", file, diff)
		}
		if idOf(file) != m.ID {
			t.Errorf("%s is the file of %s", file, m.ID)
		}
		if !strings.Contains(m.Source.URL, manifest.IDKey(m.ID)) || len(m.Source.Languages) == 0 {
			t.Errorf("%s: source %+v does not say where the facts are from", file, m.Source)
		}
	}
}

// TestFactsOfTheFirstThree holds what the articles say beside their rows.
func TestFactsOfTheFirstThree(t *testing.T) {
	c := open(t, manifests.FS)
	for _, tt := range []struct {
		id        string
		tables    map[string]int // rows by name
		relations []string       // kind and the other side
		notes     []string       // parts of them
		patterns  map[string]string
	}{
		{
			id: "KB977384", tables: map[string]int{"SP2": 23},
			relations: []string{
				"supersedes KB977203 (client files)", "independent KB977203 (site server files, in either order)",
				"requires System Center Configuration Manager 2007 SP2",
				"required-by System Center Configuration Manager 2007 R3 (site servers, remote consoles, remote providers and clients)",
			},
			notes:    []string{"Ccmcertfix.exe", `i386\hotfix\KB977384`},
			patterns: map[string]string{"Sccm2007ac-sp2-kb977384-x86-enu.msp": "sccm2007ac-sp2-kb977384-x86-*.msp"},
		},
		{
			id: "KB977203", tables: map[string]int{"SP1": 13, "SP2": 13},
			relations: []string{"superseded-by KB977384 (client files)", "independent KB977384 (site server files, in either order)"},
			notes:     []string{`Logs\KB977203`, `i386\hotfix\KB977203`, `"997384"`},
			patterns: map[string]string{
				"Sccm2007ac-sp1-kb977203-x86.msp": "sccm2007ac-sp1-kb977203-x86*.msp",
				"Sccm2007ac-sp2-kb977203-x86.msp": "sccm2007ac-sp2-kb977203-x86*.msp",
			},
		},
		{
			id: "Q252717", tables: map[string]int{"SP1": 6},
			relations: []string{
				"goes-with Q249077 (both are needed on SP1 sites before any site is upgraded to SP2)",
				"see-also Q261931 (what SMS 2.0 SP2 requires first)", "requires Systems Management Server 2.0 SP1",
			},
			notes:    []string{"report success", "12/20/199;"},
			patterns: map[string]string{},
		},
	} {
		m, err := c.Find(tt.id)
		if err != nil {
			t.Fatal(err)
		}
		tables, patterns := map[string]int{}, map[string]string{}
		for _, table := range m.Tables {
			tables[table.Name] = len(table.Files)
			for _, f := range table.Files {
				if f.Pattern != "" {
					patterns[f.Name] = f.Pattern
				}
			}
		}
		var relations []string
		for _, r := range m.Relations {
			text := string(r.Kind) + " " + r.ID + r.Product
			if r.Scope != "" {
				text += " (" + r.Scope + ")"
			}
			relations = append(relations, text)
		}
		if diff := cmp.Diff(tt.tables, tables) + cmp.Diff(tt.relations, relations) + cmp.Diff(tt.patterns, patterns); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.id, diff)
		}
		for i, part := range tt.notes {
			if i >= len(m.Notes) || !strings.Contains(m.Notes[i], part) {
				t.Errorf("%s: note %d of %q lacks %q", tt.id, i, m.Notes, part)
			}
		}
	}
}

// TestTheOddCell: the article prints a date without its last digit, and the row
// keeps it as printed rather than guess.
func TestTheOddCell(t *testing.T) {
	m, err := open(t, manifests.FS).Find("Q252717")
	if err != nil {
		t.Fatal(err)
	}
	f := m.Tables[0].Files[5]
	if f.Name != "Baseobj.dll" || f.Platform != manifest.Alpha || f.Modified != "" || f.AsPrinted.Modified != "12/20/199 5:18PM" {
		t.Errorf("row %+v", f)
	}
}

// What is known of releases and what the catalogue's tables say agree: a table
// that is named after a service pack, or applies to one, has no file of a later
// release, and its latest file of a known release is of that one.
func TestTablesAreOfTheReleaseTheyName(t *testing.T) {
	c := open(t, manifests.FS)
	releases, err := c.Releases()
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.All()
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, m := range all {
		for i := range m.Tables {
			table := &m.Tables[i]
			named := releases.OfTable(m.Product, &manifest.Table{Name: table.Name, AppliesTo: table.AppliesTo})
			shown := releases.OfTable(m.Product, &manifest.Table{Files: table.Files})
			if named == nil || shown == nil || table.Reference != "" {
				continue
			}
			held++
			if named != shown {
				t.Errorf("%s %q, applies to %q: its files are of %s %s", m.ID, table.Name, table.AppliesTo, shown.Product, shown.Name)
			}
		}
	}
	if held < 40 {
		t.Errorf("only %d tables name a release and have files of one", held)
	}
}

// Sharing gives the hotfixes that deliver one of the names, and those alone.
func TestSharing(t *testing.T) {
	c := open(t, manifests.FS)
	found, err := c.Sharing([]string{"CMPROV.DLL", "no such file"})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, m := range found {
		ids[m.ID] = true
	}
	if !ids["Q299435"] || !ids["Q309387"] || ids["KB977203"] || len(ids) != len(found) {
		t.Errorf("%d hotfixes share Cmprov.dll: %v", len(found), ids)
	}
}
