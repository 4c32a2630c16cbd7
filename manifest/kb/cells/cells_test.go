package cells_test

import (
	"slices"
	"strings"
	"testing"

	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/values"
)

// TestUnknownHeadings: a heading in running text that is not known stands for what
// all rows have there, if that is plain, and a finding says so.
func TestUnknownHeadings(t *testing.T) {
	for _, tt := range []struct{ header, row, want string }{
		{"Date    Foo    File name", "1/2/99  1.2.3.4  A.dll", `name "A.dll", version "1.2.3.4", date "1/2/99"`},
		{"Date    Foo    File name", "1/2/99  5,000  A.dll", `name "A.dll", size "5,000", date "1/2/99"`},
		{"Version    Foo    File name", "1.2.3.4  1/2/99  A.dll", `name "A.dll", version "1.2.3.4", date "1/2/99"`},
		{"Date    Foo    File name", "1/2/99  5000  A.dll", `name "A.dll", date "1/2/99"`},       // may be anything
		{"Date    Foo (KB)    File name", "1/2/99  5,000  A.dll", `name "A.dll", date "1/2/99"`}, // of another unit
	} {
		got, all := table(t, tt.header, tt.row, tt.row)
		inferred := strings.Count(tt.want, ",") > 1
		if text := got.Rows[0].Cells.String(); text != tt.want || inferred != (len(all) == 1) {
			t.Errorf("%q over %q: %s, %v, want %s", tt.header, tt.row, text, all, tt.want)
		}
	}
}

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
	ls, _, _ := lines.Read("x", []byte(strings.Join(text, "\n")), lines.Text)
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

// TestTaken: which lines are rows, and which are reported. The names of the files
// of each table stand between bars.
func TestTaken(t *testing.T) {
	const header = "Date Time Version Size File name Platform\n"
	for name, tt := range map[string]struct{ text, want, reported string }{
		"an odd cell under a heading": {header + "01/10/2001 1815 R.5.03 28,851 Widget.dll Intel", "Widget.dll", ""},
		"between two rows, with no header": {"01/10/2001 11:31 28,851 A.dll Intel\n01/10/2001 11:31 28,852 Ntldr Intel\n" +
			"01/10/2001 11:31 28,853 C.dll Intel", "A.dll Ntldr C.dll", ""},
		"a lost row ends no table": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n01/10/2001 11:31 1.2.3.4 28,852 x86\n" +
			"01/10/2001 11:31 1.2.3.4 28,853 C.dll Intel", "A.dll C.dll", "28,852 x86"},
		"a label in front":    {header + "MDAC 2.0  02/02/99 11:31 2.5.3.2 136KB Widget.dll Intel", "Widget.dll", ""},
		"attributes":          {"Date Time Size File name\n01-17-1997 7:02:38p --R- 352,256 Widget.exe", "Widget.exe", ""},
		"apart from the rows": {"Date Size File name\n1/2/99 5,000 A.dll\n\n\n2004 5,001 B.dll", "A.dll", "a file name beside one"},
		"the columns of a header above": {"Date Time Size File name\n1/2/99 10:00 1,000 A.dll\n\nWords follow.\n\n" +
			"1/2/99 10:01 --R- 1,001 B.dll", "A.dll | B.dll", ""},
		"a tool's output":           {"01-17-1997 7:02:38p --R- 352,256 Widget.exe", "", "belongs to no table"},
		"in words":                  {"You should receive:\nWidget.dll (165,136 bytes, dated 06-15-95, 6:36 P.M.)", "Widget.dll", ""},
		"in words, not said":        {"Winboot.sys dated 12/31/96 (214,836 bytes)", "", "belongs to no table"},
		"names and versions":        {"These files are installed:\nA.dll 6.00.8176\nB.dll 6.00.8177", "A.dll B.dll", ""},
		"one, under a fix":          {"The fix has these file attributes:\n\nA.dll 6.00.8176", "A.dll", ""},
		"one, not said":             {"It is said of\nA.dll 6.00.8176", "", "a file name beside one version"},
		"a listing":                 {"C:\\>dir\n08/16/96 11:57a 5,765,232 Widget.ddm\n1 File(s) 5,765,232 bytes", "", "a directory listing"},
		"a listing of a product":    {"Files installed by Widget\nDirectory of C:\n08/16/96 11:57a 5,232 Widget.ddm", "Widget.ddm", ""},
		"a sentence under rows":     {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\nThe B.dll 1.2.3.4 of old was 5,000 bytes", "A.dll", "The B.dll"},
		"two names in one line":     {header + "06/07/2001 03:45pm 100,003 what Widget9.exe once was\n01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel", "A.dll", "what Widget9.exe"},
		"no name under a row":       {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n01/10/2001 11:31 28,852 (x86)", "A.dll", "28,852 (x86)"},
		"no name, in cells":         {"|File name|Version|\n|A.dll|1.2.3.4|\n|4.0 SP3|1.2.3.5|", "A.dll", "4.0 SP3"},
		"names and versions go on":  {"File name Version\nA.dll 1.2.3.4\nWords of no use\nB.dll 1.2.3.5", "A.dll | B.dll", ""},
		"names under another title": {"File name Version\nA.dll 1.2.3.4\n\nA title\n\nB.dll 1.2.3.5", "A.dll | B.dll", ""},
		"far from the names": {"File name Version\nA.dll 1.2.3.4" + strings.Repeat("\n\nWords of no use", 4) + "\n\nB.dll 1.2.3.5",
			"A.dll", "a file name beside one version"},
		"a footnote": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel *\n\n* Read this.", "A.dll", ""},
		"a footnote in front": {header + "* 01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n01/10/2001 11:31 1.2.3.4 28,852 B.dll Intel",
			"A.dll B.dll", ""},
		"versions in parentheses":  {"The fix has these file attributes:\n\nA.dll (6.0.8176.1)\nB.dll (6.0.8176.2)", "A.dll B.dll", ""},
		"a row in two lines":       {header + "01/10/2001 11:31 1.2.3.4 28,851\n   A.dll Intel\n01/10/2001 11:31 1.2.3.4 28,852 B.dll Intel", "A.dll B.dll", ""},
		"two lines, two rows":      {"File name Version Size Description\nA.txt 5,000\nB.dll 1.2.3.4", "A.txt B.dll", ""},
		"two lines, no row":        {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n01/10/2001 11:31\nB.dll", "A.dll", "01/10/2001 11:31"},
		"headings in two lines":    {"Date  Size  File name\n      (bytes)\n1/2/99  5,000  A.dll", "A.dll", ""},
		"words under the headings": {"File name Version\nwords of no use\nA.dll 1.2.3.4", "", "a file name beside one"},
		"near a table":             {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n\nB.dll  4.71.108.0  Comic Chat 1.1", "A.dll", "prints cells"},
		"no size, far from a table": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel" + strings.Repeat("\n\nwords", 20) +
			"\n\nB.dll  4.71.108.0  Comic Chat 1.1", "A.dll", ""},
		"under a header without rows": {header + "\n17-Dec-2001 15:35", "", "prints cells"},
		"in another section": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n\nSTATUS\n======\n\n" +
			"B.dll  4.71.108.0  Comic Chat 1.1", "A.dll", ""},
		"a note between rows": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\nNOTE: on domain controllers\n" +
			"01/10/2001 11:31 1.2.3.4 28,852 B.dll Intel", "A.dll B.dll", ""},
		"a remark in two lines": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n(only on\ndomain controllers)\n" +
			"01/10/2001 11:31 1.2.3.4 28,852 B.dll Intel", "A.dll B.dll", ""},
		"a path below a row": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n%SystemRoot%\\System32\n" +
			"01/10/2001 11:31 1.2.3.4 28,852 B.dll Intel", "A.dll B.dll", ""},
		"a title between rows": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\nWindows 98\n" +
			"01/10/2001 11:31 1.2.3.4 28,852 B.dll Intel", "A.dll | B.dll", ""},
		"cells that turn":                 {"1/2/99 08:53 1.2.3.4 5,000 A.dll\n1.2.3.5 5,001 B.dll 1/3/99 08:54", "A.dll B.dll", "another order"},
		"a file of which nothing is said": {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\nB.dll", "A.dll", "nothing is said"},
		"cells without a name":            {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n28,852 Alpha", "A.dll", "without a name"},
		"other attributes":                {"The profile attributes:\n\nA.dll 6.00.8176", "", "a file name beside one version"},
		"a sentence near a table":         {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n\nRead about B.dll 6.0.1.2", "A.dll", ""},
		"a moment in words":               {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n\nUpdated version 9/26/98 10:45 AM", "A.dll", ""},
		"the total of a listing":          {header + "01/10/2001 11:31 1.2.3.4 28,851 A.dll Intel\n\n104 files, 4,464,913 bytes", "A.dll", ""},
	} {
		tables, all := read(strings.Split(tt.text, "\n")...)
		var got []string
		for _, table := range tables {
			var names []string
			for _, row := range table.Rows {
				names = append(names, row.Cells[values.Name])
			}
			got = append(got, strings.Join(names, " "))
		}
		if strings.Join(got, " | ") != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		said := func(f findings.Finding) bool { return strings.Contains(f.Text, tt.reported) }
		if tt.reported == "" && len(all) > 0 || tt.reported != "" && !slices.ContainsFunc(all, said) {
			t.Errorf("%s: %v, want %q", name, all, tt.reported)
		}
	}
}

// TestDecoys: what the sentence above a table says not to install is passed over,
// with one finding that no strict import refuses; the table of the fix stays.
func TestDecoys(t *testing.T) {
	const header, rows = "File name  Version  Size  Date\n", "A.dll  1.2.3.4  5,000  1/2/99\nB.dll  1.2.3.4  6,000  1/2/99\n"
	const fix = "\nThe hotfix contains these files:\n\n" + header + "A.dll  1.2.3.5  5,000  1/3/99\n"
	const table = "\n\n" + header + rows
	for _, tt := range []struct{ text, why string }{
		{"The following versions are affected by this problem:" + table, "affects"},
		{"The following versions of the files that are\naffected by the problem are these:\n" + header + rows, "affects"},
		{"The problem occurs with these versions of the files:" + table, "affects"},
		{"The problem occurs with these versions of the files:\n\nx86" + table, "affects"},
		{"The problem can occur if the following is installed:\n\n" + rows, "affects"},
		{"This update removes the following files:" + table, "remove"},
		{"To remove the hotfix, delete these:" + table, "remove"},
		{"Before you install, these versions must be present:" + table, "before"},
		{"These must be there before you apply the hotfix:" + table, "before"},
		{"It is old. The original release of the product contains these files:" + table, "from before"},
		{"You must replace these files with the originals from the CD:" + table, "from before"},
		{"You have these files:" + table, "from before"},
		{"Words.\n\nOld files:" + table, "from before"},
		{"Files before the update:" + table, "from before"},
		{"The product originally shipped with these:" + table, "from before"},
		{"The issue affects the following:" + table, "affects"},
		{"Computers with these files have the problem:" + table, "affects"},
		{"Removed files:" + table, "remove"},
		{"Make sure that these are present before you install the hotfix:" + table, "before"},
		{"The update requires the following versions:" + table, "before"},
		{"Do not install these:" + table, "not to be installed"},
		{"These are not changed by the update:" + table, "not to be installed"},
		{"We used these files for testing:" + table, "tested"},
		{"This is the output of the script:" + table, "a command"},
		{"Loaded modules:" + table, "loaded"},
		{"We tested this with the following files:" + table, "tested"},
		{"The dir command shows the following:\n\n08/21/2000  08:53a  5,000 A.dll\n08/21/2000  08:53a  6,000 B.dll\n", "a command"},
		{"PS C:\\> Get-ChildItem *.dll | select Name,Length,LastWriteTime\n\nName  Length  LastWriteTime\n" +
			"----  ------  -------------\nA.dll  5000  8/21/2000 8:53:00 AM\nB.dll  6000  8/21/2000 8:53:00 AM\n", "a command"},
		{"C:\\> wmic datafile get name,version\n\nName  Version\nc:\\A.dll  1.2.3.4\nc:\\B.dll  1.2.3.4\n", "a command"},
		{"It shows:\n\nModule  File Time Stamp  File Size  CPU  File Ver\nA.DLL  08/21/2000 8:53a  5,000  x86  1.2.3.4\n" +
			"B.DLL  08/21/2000 8:53a  5,000  x86  1.2.3.4\n", "loaded"},
		{"These symbols were loaded:" + table, "loaded"},
		{"The table lists builds of a.exe:\n\nFile name  Version  Description  Date\nA.exe  1.2.3.4  RTM  1/2/99\n", "builds"},
		{"It logs:\n\nDate  Time  Source  Event ID  File\n1/2/99  8:53 AM  Widget  1000  A.dll\n", "an event log"},
		{"These versions are affected:\n\n|File name|Version|\n|---|---|\n|For x86||\n|A.dll|1.2.3.4|\n", "affects"},
	} {
		for _, text := range []string{tt.text, tt.text + fix, fix + "\n" + tt.text} {
			tables, all := read(strings.Split(text, "\n")...)
			good := strings.Count(text, fix)
			if len(tables) != good || good > 0 && (len(tables[0].Rows) != 1 || tables[0].Rows[0].Cells[values.Version] != "1.2.3.5") {
				t.Errorf("%q: %d tables, want %d of one row", text, len(tables), good)
			}
			if len(all) != 1 || !strings.Contains(all[0].Text, tt.why) || all[0].Strict || all[0].Kind != findings.NotTaken {
				t.Errorf("%q: %v, want one that is not strict: %s", text, all, tt.why)
			}
		}
	}
	again := "These versions are affected:" + table + "\nx64:" + table
	if tables, all := read(strings.Split(again+fix, "\n")...); len(tables) != 1 || len(all) != 2 {
		t.Errorf("for two platforms: %d tables, %v", len(tables), all)
	}
}

// TestNoDecoys: words that decoys have, where they do not introduce the table, or
// where it is of the fix for all that.
func TestNoDecoys(t *testing.T) {
	const table = "\n\nFile name  Version  Size  Date\nA.dll  1.2.3.4  5,000  1/2/99"
	for _, text := range []string{
		"These versions are affected. The hotfix has these files:",
		"The hotfix updates the files that are affected:",
		"The following affected files are updated:",
		"The update removes the following files:\n\nMORE INFORMATION\n================\n\nThe files are:",
		"The following files are removed:\n\nFILES\n=====",
		"These files are removed.\n\nAfter that, the files of the list below are there:",
		"Before you install the hotfix, one must be present that has the following attributes:",
		"If you have the following files, the hotfix is installed:",
		"The original files are replaced by these:",
		"A previous version had these files:", // taken as a reference
		"Verify that these files exist:",
		"These files must be present:",
		"To resolve this problem, replace the files with these:",
		"Before you restart, verify these files:",
		"For the original release:",
		"The fix for the old release contains these files:",
		"The files of the command are:",
		"C:\\Windows\\System32",
	} {
		if tables, all := read(strings.Split(text+table, "\n")...); len(tables) != 1 || len(all) > 0 {
			t.Errorf("%q: %d tables, %v", text, len(tables), all)
		}
	}
}

// TestWrapped: the rest of a cell stands below it, and ends no table. Where it is
// not known of which cell it is, it is a note.
func TestWrapped(t *testing.T) {
	for _, tt := range []struct {
		platform, below string
		indent          int
		want, tail      string
		tables          int
	}{
		{"Windows 95", "(retail)", 41, "Windows 95 (retail)", "", 1},
		{"Windows 95", "(retail)", 33, "Windows 95", "(retail)", 1}, // below nothing
		{"Alpha", "(retail)", 41, "Alpha", "(retail)", 1},           // a processor does not go on
		{"Windows 95", "Spanish:", 41, "Windows 95", "", 2},
		{"Windows 95", "of a paragraph", 2, "Windows 95", "", 2},
		{"", "Alpha", 6, "Alpha", "", 1},      // the row has none
		{"Intel", "Alpha", 0, "Intel", "", 1}, // the rows below are for it
	} {
		text := "Date        Time    Size    File name    Platform\n" +
			"09/08/1999  07:00p  26,112  Widget.dll   " + tt.platform + "\n" +
			strings.Repeat(" ", tt.indent) + tt.below + "\n" +
			"09/08/1999  07:00p  26,113  Widget2.dll  Windows 98"
		tables, _ := read(text)
		if len(tables) != tt.tables {
			t.Errorf("%q: %d tables, want %d", tt.below, len(tables), tt.tables)
			continue
		}
		row := tables[0].Rows[0]
		if row.Cells[values.Platform] != tt.want || row.Tail != tt.tail {
			t.Errorf("%q below %q: platform %q, tail %q; want %q, %q", tt.below, tt.platform, row.Cells[values.Platform], row.Tail,
				tt.want, tt.tail)
		}
	}
}
