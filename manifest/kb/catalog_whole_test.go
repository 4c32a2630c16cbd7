package kb_test

import (
	"bytes"
	"path"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/manifests"
)

// What the catalogue holds. The 219 articles of SMS print 250 tables and 1,805
// rows; a count that finds 253 tables takes the four groups of Q188880, which
// stand under headings of platforms in one list, for tables. The articles of
// Configuration Manager, KB977203 and KB977384, print 3 tables with 49 rows.
const (
	wantManifests = 221
	wantTables    = 253
	wantRows      = 1854
)

// TestEveryManifest reads the whole catalogue: canonical, sourced, in its
// folder, every row within reason.
func TestEveryManifest(t *testing.T) {
	files := embedded(t)
	tables, rows := 0, 0
	ids := map[string]string{}
	for _, file := range files {
		data, err := manifests.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Parse(file, data)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if !bytes.Equal(m.Encode(), data) {
			t.Errorf("%s: not in canonical form", file)
		}
		key := manifest.IDKey(m.ID)
		if other := ids[key]; other != "" {
			t.Errorf("%s: the same hotfix as %s", file, other)
		}
		ids[key] = file
		if want := path.Join(folder(m.Product), m.ID+".json"); file != want {
			t.Errorf("%s: belongs in %s", file, want)
		}
		if m.Source.URL != "https://support.microsoft.com/kb/"+key || len(m.Source.Languages) == 0 {
			t.Errorf("%s: source %+v", file, m.Source)
		}
		tables += len(m.Tables)
		rows += checkRows(t, file, m)
	}
	if len(files) != wantManifests || tables != wantTables || rows != wantRows {
		t.Errorf("%d manifests, %d tables, %d rows; want %d, %d, %d", len(files), tables, rows, wantManifests, wantTables, wantRows)
	}
}

// checkRows wants every row to be something a file of these products can be.
func checkRows(t *testing.T, file string, m *manifest.Manifest) int {
	t.Helper()
	const largest = 20 << 20 // the largest is Smsprov.dll for Alpha, 12 MB
	n := 0
	for _, table := range m.Tables {
		for _, f := range table.Files {
			n++
			row := file + " " + table.Name + " " + f.Name
			if size, exact := f.Size.Exact(); exact && (size < 1 || size > largest) {
				t.Errorf("%s: %d bytes", row, size)
			}
			if v, _ := f.Version.Version(); v[0] > 6 || v[1] > 100 {
				t.Errorf("%s: version %s", row, f.Version)
			}
			if f.Modified != "" && (f.Modified < "1995" || f.Modified > "2011") {
				t.Errorf("%s: modified %s", row, f.Modified)
			}
			if f.Version.IsZero() && f.Size.IsZero() && f.Modified == "" && f.AsPrinted == (manifest.AsPrinted{}) {
				t.Errorf("%s: nothing to compare or show", row)
			}
			if f.Path != "" {
				t.Errorf("%s: an article says no path", row)
			}
			if strings.Contains(f.Name, ".") && nameWithoutDot[f.Name] {
				t.Errorf("%s: listed as a name without a dot", row)
			} else if !strings.Contains(f.Name, ".") && !nameWithoutDot[f.Name] {
				t.Errorf("%s: a name without a dot", row)
			}
		}
	}
	return n
}

// nameWithoutDot are the names of Macintosh files.
var nameWithoutDot = map[string]bool{"Invmac": true}

// TestReferenceTables names every table that nothing may be judged by.
func TestReferenceTables(t *testing.T) {
	want := map[string]string{
		"sms-1.2/Q190287.json ":         "comparison of sources",
		"sms-1.2/Q193031.json previous": "previous version",
		"sms-2.0/Q229973.json previous": "previous version",
		"sms-2.0/Q231782.json cause":    "files that cause the fault",
	}
	for _, file := range embedded(t) {
		data, err := manifests.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Parse(file, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range m.Tables {
			key := file + " " + table.Name
			if table.Reference != want[key] {
				t.Errorf("%s: reference %q, want %q", key, table.Reference, want[key])
			}
			delete(want, key)
		}
	}
	for key := range want {
		t.Errorf("%s: no such table", key)
	}
}
