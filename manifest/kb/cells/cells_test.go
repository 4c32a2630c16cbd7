package cells_test

import (
	"strings"
	"testing"

	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/values"
)

// TestAgree: which of several ways to split rows is taken, and when that is
// reported.
func TestAgree(t *testing.T) {
	for _, tt := range []struct {
		name   string
		rows   []string
		want   string // version and size of the rows
		doubts int
	}{
		{
			"one build, and a size that excludes the other lengths",
			[]string{"A.dll4.0.6487.215798,13601-Feb-201013:40x86", "B.dll4.0.6487.2157599,91201-Feb-201013:40x86", "C.dll4.0.6487.21571,012,07201-Feb-201013:40x86"},
			"4.0.6487.2157 98,136; 4.0.6487.2157 599,912; 4.0.6487.2157 1,012,072", 0,
		},
		{
			"several builds of one length",
			[]string{"A.dll4.0.6487.215898,13601-Feb-201013:40x86", "B.dll4.0.6487.2157599,91201-Feb-201013:40x86", "C.dll4.0.6487.21561,012,07201-Feb-201013:40x86"},
			"4.0.6487.2158 98,136; 4.0.6487.2157 599,912; 4.0.6487.2156 1,012,072", 3, // each alone with its build: 215 fits two of them, 21575 the third
		},
		{
			"a size has no zero in front",
			[]string{"A.dll4.0.6487.2157106,69601-Feb-201013:40x86", "B.dll4.0.6487.2157105,69601-Feb-201013:40x86", "C.dll4.0.6487.2157806,69601-Feb-201013:40x86"},
			"4.0.6487.2157 106,696; 4.0.6487.2157 105,696; 4.0.6487.2157 806,696", 0,
		},
		{
			"two ways that every row can take",
			[]string{"A.dll4.0.6487.215798,13601-Feb-201013:40x86", "B.dll4.0.6487.215742,85601-Feb-201013:40x86"},
			"4.0.6487.2157 98,136; 4.0.6487.2157 42,856", 2,
		},
		{
			"one row alone",
			[]string{"A.dll4.0.6487.215798,13601-Feb-201013:40x86"},
			"", 1,
		},
		{
			"two products, each with builds of its own length",
			[]string{
				"A.exe2.0.92.9395,03201-Mar-200118:30x86", "B.exe2.0.92.91,395,03201-Mar-200118:30x86", "C.exe2.0.92.9693,20201-Mar-200119:05Alpha",
				"D.dll2.0.1493.3222202,51201-Mar-200118:30x86", "E.dll2.0.1493.32221,202,51201-Mar-200118:30x86", "F.dll2.0.1493.322248,11201-Mar-200118:30x86",
			},
			"2.0.92.9 395,032; 2.0.92.9 1,395,032; 2.0.92.9 693,202; 2.0.1493.3222 202,512; 2.0.1493.3222 1,202,512; 2.0.1493.3222 48,112", 0,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, all := table(t, append([]string{"File nameFile versionFile sizeDateTimePlatform"}, tt.rows...)...)
			var got []string
			for _, r := range table.Rows {
				got = append(got, r.Cells[values.Version]+" "+r.Cells[values.Size])
			}
			if s := strings.Join(got, "; "); tt.want != "" && s != tt.want {
				t.Errorf("read as %s, want %s", s, tt.want)
			}
			if len(all) != tt.doubts {
				t.Errorf("%d doubts, want %d: %v", len(all), tt.doubts, all)
			}
		})
	}
}

// read finds the tables of a text.
func read(text ...string) ([]*cells.Table, []findings.Finding) {
	var ls []lines.Line
	for i, l := range text {
		ls = append(ls, lines.Line{No: i + 1, Text: l})
	}
	var fs findings.List
	in, _, _ := cells.Read(ls, &fs)
	return in.Tables, fs.All()
}

// table finds the one table of a text.
func table(t *testing.T, text ...string) (*cells.Table, []findings.Finding) {
	t.Helper()
	tables, all := read(text...)
	if len(tables) != 1 {
		t.Fatalf("%q: %d tables", text, len(tables))
	}
	return tables[0], all
}

// TestShapes: one row in the shapes in which tables stand in text.
func TestShapes(t *testing.T) {
	want := values.Cells{values.Name: "Widget.dll", values.Version: "1.2.3.4", values.Size: "5,000", values.Date: "01-Feb-2010",
		values.Time: "13:40", values.Platform: "x86"}
	const row = "Widget.dll 1.2.3.4 5,000 01-Feb-2010 13:40 x86"
	for name, text := range map[string]string{
		"headings":          "File name Version Size Date Time Platform\n" + row,
		"another order":     "Date Time Size Platform Version File name\n01-Feb-2010 13:40 5,000 x86 1.2.3.4 Widget.dll",
		"no headings":       "5,000 Widget.dll x86 01-Feb-2010 1.2.3.4 13:40",
		"platform above":    "Alpha:\nx86:\n" + strings.TrimSuffix(row, " x86"),
		"run together":      "File nameVersionSizeDateTimePlatform\nWidget.dll1.2.3.45,00001-Feb-201013:40x86",
		"one cell a line":   "File name\nVersion\nSize\nDate\nTime\nPlatform\n\n" + strings.ReplaceAll(row, " ", "\n"),
		"labelled cells":    "File name: Widget.dll\nVersion: 1.2.3.4\nSize: 5,000\nDate: 01-Feb-2010\nTime: 13:40\nPlatform: x86",
		"headings in prose": "The files " + strings.Repeat("of this hotfix ", 10) + "File name Version Size Date Time Platform " + row,
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := table(t, strings.Split(text, "\n")...)
			if len(got.Rows) != 1 || got.Rows[0].Cells != want {
				t.Errorf("%d rows, the first %s", len(got.Rows), got.Rows[0].Cells.String())
			}
		})
	}
}

// TestNoTables: what looks like a table and is none to install is passed over
// with a reason.
func TestNoTables(t *testing.T) {
	for text, why := range map[string]string{
		"File name SHA256 hash\nWidget.dll " + strings.Repeat("0a", 32):       "a list of hashes",
		"File name Size Date Size Date\nWidget.dll 5,000 1/2/99 6,000 1/3/99": "a comparison",
		"Widget.dll 5,000 set on 1/2/99 by some error":                        "belongs to no table",
		"Widget.dll was installed by the administrator":                       "",
	} {
		tables, all := read(strings.Split(text, "\n")...)
		if len(tables) > 0 || (why == "") != (len(all) == 0) || why != "" && !strings.Contains(all[0].Text, why) {
			t.Errorf("%q: %d tables, %v; want %q", text, len(tables), all, why)
		}
	}
}
