package pecheck

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// row writes a table's row as "name version size platform"; "-" is an empty cell.
func row(t *testing.T, text string) manifest.File {
	t.Helper()
	cells := strings.Fields(text)
	f := manifest.File{Name: cells[0]}
	if cells[1] != "-" {
		f.Version = mustPrinted(t, cells[1])
	}
	if cells[2] != "-" {
		f.Size = mustSize(t, cells[2])
	}
	if cells[3] != "-" {
		f.Platform = manifest.ParsePlatform(cells[3])
	}
	if len(cells) > 4 {
		f.Pattern = cells[4]
	}
	return f
}

func mustPrinted(t *testing.T, text string) manifest.Printed {
	t.Helper()
	v, err := manifest.ParsePrinted(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustSize(t *testing.T, text string) manifest.Size {
	t.Helper()
	var n int64
	if _, err := fmt.Sscanf(text+"|", "%d|", &n); err == nil {
		return manifest.ExactSize(n)
	}
	s, err := manifest.ParseSize(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// found writes a file of an inventory as "path version size kind". The kind is
// a platform, any-cpu, 16-bit, data (not opened), text (no executable),
// damaged, unreadable or no-fixedinfo; version "-" is none.
func found(t *testing.T, text string) inventory.File {
	t.Helper()
	cells := strings.Fields(text)
	f := inventory.File{Path: cells[0]}
	if _, err := fmt.Sscan(cells[2], &f.Size); err != nil {
		t.Fatal(err)
	}
	machines := map[string]pefile.Machine{"x86": pefile.MachineI386, "x64": pefile.MachineAMD64, "IA-64": pefile.MachineIA64, "Alpha": pefile.MachineAlpha,
		"MIPS": pefile.MachineR4000, "any-cpu": pefile.MachineI386, "arm": 0x01c0, "no-fixedinfo": pefile.MachineI386}
	f.Ending = pefile.NoVersion
	if m, ok := machines[cells[3]]; ok {
		f.Format, f.Machine, f.AnyCPU = pefile.PE, m, cells[3] == "any-cpu"
	}
	switch cells[3] {
	case "16-bit":
		f.Format = pefile.NE
	case "data":
		f.Ending = pefile.NotOpened
	case "damaged":
		f.Format, f.Ending, f.Detail = pefile.PE, pefile.Damaged, "IMAGE_FILE_HEADER is cut off"
	case "unreadable":
		f.Ending, f.Detail = pefile.Unreadable, "permission denied"
	case "no-fixedinfo":
		f.Ending = pefile.NoFixedInfo
	}
	if cells[1] != "-" {
		v, err := manifest.ParseVersion(cells[1])
		if err != nil {
			t.Fatal(err)
		}
		f.Ending, f.Version = pefile.Versioned, v
	}
	return f
}

// inventory takes files as found writes them, and folders as "bin/alpha/".
func inventoryOf(t *testing.T, lines ...string) *inventory.Inventory {
	t.Helper()
	inv := &inventory.Inventory{Root: "root", All: true}
	folders := map[string]bool{}
	addFolders := func(dir string) {
		for ; dir != "." && !folders[dir]; dir = path.Dir(dir) {
			folders[dir] = true
			if p, ok := manifest.FolderPlatform(path.Base(dir)); ok {
				inv.Folders = append(inv.Folders, inventory.Folder{Path: dir, Platform: p})
			}
		}
	}
	for _, line := range lines {
		if dir, ok := strings.CutSuffix(line, "/"); ok {
			addFolders(dir)
			continue
		}
		f := found(t, line)
		inv.Files = append(inv.Files, f)
		addFolders(path.Dir(f.Path))
	}
	return inv
}

func table(t *testing.T, name string, rows ...string) manifest.Table {
	t.Helper()
	tb := manifest.Table{Name: name}
	for _, r := range rows {
		tb.Files = append(tb.Files, row(t, r))
	}
	return tb
}

// verdicts writes a result's rows as "name platform: verdict".
func verdicts(t result.TableResult) []string {
	var out []string
	for _, r := range t.Rows {
		out = append(out, strings.TrimSpace(r.Name+" "+string(r.Platform))+": "+string(r.Verdict))
	}
	return out
}

func TestVerdictOfOneCopy(t *testing.T) {
	const r = "a.dll 2.0.1493.3000 1000 x86"
	for _, c := range []struct {
		name, row, file string
		want            result.Verdict
		state           result.State
		exit            result.Exit
	}{
		{"the same version and size", r, "a.dll 2.0.1493.3000 1000 x86", result.OK, result.Installed, result.ExitPass},
		{"leading zeros count for nothing", "a.dll 2.00.1493.03000 1000 x86", "a.dll 2.0.1493.3000 1000 x86", result.OK, result.Installed, result.ExitPass},
		{"names match without regard to case", "A.DLL 2.0.1493.3000 1000 x86", "bin/a.Dll 2.0.1493.3000 1000 x86", result.OK, result.Installed, result.ExitPass},
		{"no size printed", "a.dll 2.0.1493.3000 - x86", "a.dll 2.0.1493.3000 7 x86", result.OK, result.Installed, result.ExitPass},
		{"no version printed", "a.dll - 1000 x86", "a.dll - 1000 x86", result.OK, result.Installed, result.ExitPass},
		{"no version printed, and the file has one", "a.dll - 1000 x86", "a.dll 1.2.3.4 1000 x86", result.OK, result.Installed, result.ExitPass},
		{"no version printed, another size", "a.dll - 1000 x86", "a.dll - 1001 x86", result.WrongSize, result.NotInstalled, result.ExitFail},
		{"a newer revision, size not compared", r, "a.dll 2.0.1493.3001 7 x86", result.Newer, result.Superseded, result.ExitPass},
		{"a newer product", r, "a.dll 2.50.0.0 7 x86", result.Newer, result.Superseded, result.ExitPass},
		{"an older revision", r, "a.dll 2.0.1493.2999 1000 x86", result.Older, result.NotInstalled, result.ExitFail},
		{"versions are numbers, not text", "a.dll 2.0.1493.1000 1 x86", "a.dll 2.0.1493.999 1 x86", result.Older, result.NotInstalled, result.ExitFail},
		{"the same version, another size", r, "a.dll 2.0.1493.3000 1001 x86", result.WrongSize, result.NotInstalled, result.ExitFail},
		{"no version resource", r, "a.dll - 1000 x86", result.NoVersion, result.NotInstalled, result.ExitFail},
		{"a version resource without fixed info", r, "a.dll - 1000 no-fixedinfo", result.NoVersion, result.NotInstalled, result.ExitFail},
		{"a text file under the name", r, "a.dll - 1000 text", result.NoVersion, result.NotInstalled, result.ExitFail},
		{"a text file under the name, no version printed", "a.dll - 1000 x86", "a.dll - 1000 text", result.Unreadable, result.Undecidable, result.ExitTrouble},
		{"a data file by size alone", "a.sql - 1000 x86", "a.sql - 1000 data", result.OK, result.Installed, result.ExitPass},
		{"damaged", r, "a.dll - 1000 damaged", result.Unreadable, result.Undecidable, result.ExitTrouble},
		{"unreadable", r, "a.dll - 1000 unreadable", result.Unreadable, result.Undecidable, result.ExitTrouble},
		{"nothing to compare", "a.cat - - -", "a.cat - 5 data", result.Unverified, result.Undecidable, result.ExitTrouble},

		{"143 KB, the smallest", "a.dll - 143KB x86", "a.dll - 145409 x86", result.OK, result.Installed, result.ExitPass},
		{"143 KB, below it", "a.dll - 143KB x86", "a.dll - 145408 x86", result.WrongSize, result.NotInstalled, result.ExitFail},
		{"143 KB, the largest", "a.dll - 143KB x86", "a.dll - 147455 x86", result.OK, result.Installed, result.ExitPass},
		{"143 KB, above it", "a.dll - 143KB x86", "a.dll - 147456 x86", result.WrongSize, result.NotInstalled, result.ExitFail},
		{"1.33 MB, the smallest", "a.dll - 1.33MB x86", "a.dll - 1384121 x86", result.OK, result.Installed, result.ExitPass},
		{"1.33 MB, below it", "a.dll - 1.33MB x86", "a.dll - 1384120 x86", result.WrongSize, result.NotInstalled, result.ExitFail},
		{"1.33 MB, the largest", "a.dll - 1.33MB x86", "a.dll - 1405091 x86", result.OK, result.Installed, result.ExitPass},
		{"1.33 MB, above it", "a.dll - 1.33MB x86", "a.dll - 1405092 x86", result.WrongSize, result.NotInstalled, result.ExitFail},

		{"three parts printed and equal", "a.dll 2.00.1054 1000 x86", "a.dll 2.0.1054.7 1000 x86", result.OK, result.Installed, result.ExitPass},
		{"three parts printed, an older file", "a.dll 2.00.1054 1000 x86", "a.dll 2.0.1053.9 1000 x86", result.Older, result.NotInstalled, result.ExitFail},
		{"three parts printed, another size", "a.dll 2.00.1054 1000 x86", "a.dll 2.0.1054.0 999 x86", result.WrongSize, result.NotInstalled, result.ExitFail},
		{"no product part, equal", "a.dll *.*.1493.3143 1000 x86", "a.dll 2.0.1493.3143 1000 x86", result.OK, result.Installed, result.ExitPass},
		{"no product part, lower", "a.dll *.*.1493.3143 1000 x86", "a.dll 2.0.1493.3142 1000 x86", result.Older, result.NotInstalled, result.ExitFail},
		{"no product part, higher: newer or another product", "a.dll *.*.1493.3143 1000 x86", "a.dll 2.0.1493.3144 1000 x86", result.Unverified, result.Undecidable, result.ExitTrouble},

		{"x64 for x86", r, "a.dll 2.0.1493.3000 1000 x64", result.WrongPlatform, result.NotInstalled, result.ExitFail},
		{"a machine type nobody names", r, "a.dll 2.0.1493.3000 1000 arm", result.WrongPlatform, result.NotInstalled, result.ExitFail},
		{"any CPU for x86", r, "a.dll 2.0.1493.3000 1000 any-cpu", result.OK, result.Installed, result.ExitPass},
		{"any CPU for x64", "a.dll 2.0.1493.3000 1000 x64", "a.dll 2.0.1493.3000 1000 any-cpu", result.OK, result.Installed, result.ExitPass},
		{"any CPU for IA-64", "a.dll 2.0.1493.3000 1000 IA-64", "x/ia64/a.dll 2.0.1493.3000 1000 any-cpu", result.WrongPlatform, result.NotInstalled, result.ExitFail},
		{"a 16-bit file for x86", "a.exe 1.2.0.0 1000 Intel", "a.exe 1.2.0.0 1000 16-bit", result.OK, result.Installed, result.ExitPass},
		{"a 16-bit file in an Alpha folder", "a.exe - 1000 Alpha", "alpha/a.exe - 1000 16-bit", result.WrongPlatform, result.NotInstalled, result.ExitFail},
		{"an odd platform contradicts nothing", "a.hcomp - 1000 Macintosh", "a.hcomp - 1000 data", result.OK, result.Installed, result.ExitPass},
		{"no platform printed", "a.dll 2.0.1.1 1000 -", "a.dll 2.0.1.1 1000 Alpha", result.OK, result.Installed, result.ExitPass},

		{"only the pattern matches", "a-enu.msp - 1000 - a-*.msp", "i386/hotfix/a-deu.msp - 9 data", result.Unverified, result.Undecidable, result.ExitTrouble},
		{"the name itself matches", "a-enu.msp - 1000 - a-*.msp", "A-ENU.msp - 9 data", result.WrongSize, result.NotInstalled, result.ExitFail},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", c.row)}}
			r := Verify(inventoryOf(t, c.file), []Request{{Manifest: m}}, Scope{}, Known{})
			got := r.Tables[0]
			if len(got.Rows) != 1 || got.Rows[0].Verdict != c.want || len(got.Rows[0].Copies) != 1 || got.Rows[0].Copies[0].Verdict != c.want {
				t.Errorf("rows: %+v, want the verdict %s", got.Rows, c.want)
			}
			if got.State != c.state || r.Exit() != c.exit {
				t.Errorf("state %s, exit %d; want %s, %d", got.State, r.Exit(), c.state, c.exit)
			}
		})
	}
}

func TestSeveralCopiesRowsAndPlatforms(t *testing.T) {
	three := []string{"g.dll 4.0.1.9 10 x86", "g.dll 4.0.1.9 20 IA-64", "g.dll 4.0.1.9 30 x64"}
	two := []string{"c.dll 2.0.1.9 10 Intel", "c.dll 2.0.1.9 20 Alpha"}
	for _, c := range []struct {
		name  string
		rows  []string
		files []string
		scope Scope
		want  []string
		state result.State
		exit  result.Exit
	}{
		{"a good copy never hides a stale one", []string{"a.dll 1.0.0.2 5 x86"},
			[]string{"a.dll 1.0.0.2 5 x86", "old/a.dll 1.0.0.1 5 x86"}, Scope{},
			[]string{"a.dll x86: older"}, result.Partial, result.ExitFail},
		{"trouble outranks failure", []string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x86"},
			[]string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.1 5 x86", "x/b.dll - 5 unreadable"}, Scope{},
			[]string{"a.dll x86: ok", "b.dll x86: unreadable"}, result.Undecidable, result.ExitTrouble},
		{"trouble outranks failure, and the state still says what fails", []string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x86", "c.dll 1.0.0.2 5 x86"},
			[]string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.1 5 x86", "c.dll - 5 unreadable"}, Scope{},
			[]string{"a.dll x86: ok", "b.dll x86: older", "c.dll x86: unreadable"}, result.Partial, result.ExitTrouble},
		{"one ok and one missing is partial", []string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x86"},
			[]string{"a.dll 1.0.0.2 5 x86"}, Scope{},
			[]string{"a.dll x86: ok", "b.dll x86: missing"}, result.Partial, result.ExitFail},
		{"one newer and one missing has no ok", []string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x86"},
			[]string{"a.dll 1.0.0.3 5 x86"}, Scope{},
			[]string{"a.dll x86: newer", "b.dll x86: missing"}, result.NotInstalled, result.ExitFail},
		{"all versioned ones newer, data equal: superseded", []string{"a.dll 1.0.0.2 5 x86", "b.ini - 7 -"},
			[]string{"a.dll 1.0.0.3 5 x86", "b.ini - 7 data"}, Scope{},
			[]string{"a.dll x86: newer", "b.ini: ok"}, result.Superseded, result.ExitPass},
		{"one ok and one newer: installed", []string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x86"},
			[]string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.3 5 x86"}, Scope{},
			[]string{"a.dll x86: ok", "b.dll x86: newer"}, result.Installed, result.ExitPass},
		{"ok beside unverified: installed", []string{"a.dll 1.0.0.2 5 x86", "c-enu.msp - 7 - c-*.msp"},
			[]string{"a.dll 1.0.0.2 5 x86", "c-sve.msp - 8 data"}, Scope{},
			[]string{"a.dll x86: ok", "c-enu.msp: unverified"}, result.Installed, result.ExitPass},
		{"none of its files is here", []string{"a.ini - 5 -"}, []string{"b.dll 1.0.0.2 5 x86"}, Scope{},
			[]string{"a.ini: missing"}, result.Absent, result.ExitFail},
		{"nothing applies: never a pass", []string{"a.dll 1.0.0.2 5 Alpha"}, []string{"i386/"}, Scope{},
			[]string{"a.dll Alpha: not-applicable"}, result.Absent, result.ExitFail},

		{"the machine type chooses the row", three,
			[]string{"x/g.dll 4.0.1.9 30 x64", "y/g.dll 4.0.1.9 20 IA-64", "z/g.dll 4.0.1.9 10 x86"}, Scope{},
			[]string{"g.dll x86: ok", "g.dll IA-64: ok", "g.dll x64: ok"}, result.Installed, result.ExitPass},
		{"an IA-64 copy never stands in for the x64 one", three,
			[]string{"x64/g.dll 4.0.1.9 20 IA-64", "ia64/g.dll 4.0.1.9 20 IA-64", "i386/g.dll 4.0.1.9 10 x86"}, Scope{},
			[]string{"g.dll x86: ok", "g.dll IA-64: ok", "g.dll x64: wrong-platform"}, result.Partial, result.ExitFail},
		{"platforms without folder or copy do not apply", three,
			[]string{"g.dll 4.0.1.9 10 x86"}, Scope{},
			[]string{"g.dll x86: ok", "g.dll IA-64: not-applicable", "g.dll x64: not-applicable"}, result.Installed, result.ExitPass},
		{"an empty platform folder brings its rows into scope", two,
			[]string{"bin/i386/c.dll 2.0.1.9 10 x86", "bin/alpha/"}, Scope{},
			[]string{"c.dll x86: ok", "c.dll Alpha: missing"}, result.Partial, result.ExitFail},
		{"an x86 file in bin/alpha", two,
			[]string{"bin/i386/c.dll 2.0.1.9 10 x86", "bin/alpha/c.dll 2.0.1.9 10 x86"}, Scope{},
			[]string{"c.dll x86: ok", "c.dll Alpha: wrong-platform"}, result.Partial, result.ExitFail},
		{"an x86 file in bin/alpha does not make x86 apply", append(two, "d.dll 2.0.1.9 5 Intel", "d.dll 2.0.1.9 6 Alpha"),
			[]string{"bin/alpha/c.dll 2.0.1.9 10 x86", "bin/alpha/d.dll 2.0.1.9 6 Alpha"}, Scope{},
			[]string{"c.dll x86: not-applicable", "c.dll Alpha: wrong-platform", "d.dll x86: not-applicable", "d.dll Alpha: ok"}, result.Partial, result.ExitFail},
		{"--platform all", three, []string{"g.dll 4.0.1.9 10 x86"}, Scope{All: true},
			[]string{"g.dll x86: ok", "g.dll IA-64: missing", "g.dll x64: missing"}, result.Partial, result.ExitFail},
		{"--platform x86 leaves the others out", two,
			[]string{"bin/i386/c.dll 2.0.1.9 10 x86", "bin/alpha/c.dll 2.0.1.1 20 Alpha"}, Scope{Platforms: []manifest.Platform{manifest.X86}},
			[]string{"c.dll x86: ok", "c.dll Alpha: not-applicable"}, result.Installed, result.ExitPass},
		{"the innermost platform folder decides", two,
			[]string{"alpha/bin/i386/c.dll 2.0.1.9 10 x86", "i386/alpha/c.dll 2.0.1.9 20 Alpha"}, Scope{},
			[]string{"c.dll x86: ok", "c.dll Alpha: ok"}, result.Installed, result.ExitPass},
		{"a copy in a folder for which the table has no row", []string{"a.dll 1.0.0.2 5 x86"},
			[]string{"i386/a.dll 1.0.0.2 5 x86", "x64/a.dll 9.9.9.9 5 x64"}, Scope{},
			[]string{"a.dll x86: ok"}, result.Installed, result.ExitPass},
		{"an x86 file in a folder for another processor", []string{"a.dll 1.0.0.2 5 x86"},
			[]string{"i386/a.dll 1.0.0.2 5 x86", "alpha/a.dll 1.0.0.2 5 x86"}, Scope{},
			[]string{"a.dll x86: wrong-platform"}, result.Partial, result.ExitFail},

		{"the hotfix's own package is not left behind", []string{"a.dll 1.0.0.2 5 x86", "Q100000.exe 2.0.3.0 9 -"},
			[]string{"a.dll 1.0.0.2 5 x86"}, Scope{},
			[]string{"a.dll x86: ok", "Q100000.exe: not-applicable"}, result.Installed, result.ExitPass},
		{"the hotfix's own package is judged where it is", []string{"a.dll 1.0.0.2 5 x86", "Q100000.exe 2.0.3.0 9 -"},
			[]string{"a.dll 1.0.0.2 5 x86", "q100000.EXE 2.0.2.0 9 x86"}, Scope{},
			[]string{"a.dll x86: ok", "Q100000.exe: older"}, result.Partial, result.ExitFail},
		{"another hotfix's package is a file like any other", []string{"a.dll 1.0.0.2 5 x86", "Q100001.exe 2.0.3.0 9 -"},
			[]string{"a.dll 1.0.0.2 5 x86"}, Scope{},
			[]string{"a.dll x86: ok", "Q100001.exe: missing"}, result.Partial, result.ExitFail},

		{"language editions: a copy passes that matches one", []string{"l.dll 1.0.0.2 5 x86", "l.dll 1.0.0.2 6 x86"},
			[]string{"l.dll 1.0.0.2 6 x86"}, Scope{},
			[]string{"l.dll x86: ok"}, result.Installed, result.ExitPass},
		{"language editions: every copy has to match one", []string{"l.dll 1.0.0.2 5 x86", "l.dll 1.0.0.2 6 x86"},
			[]string{"a/l.dll 1.0.0.2 6 x86", "b/l.dll 1.0.0.2 7 x86"}, Scope{},
			[]string{"l.dll x86: wrong-size"}, result.Partial, result.ExitFail},
		{"rows without platform take every copy", []string{"l.dll 1.0.0.2 5 -", "l.dll 1.0.0.2 6 -"},
			[]string{"i386/l.dll 1.0.0.2 5 x86", "alpha/l.dll 1.0.0.2 6 Alpha"}, Scope{},
			[]string{"l.dll: ok"}, result.Installed, result.ExitPass},
		{"a data file printed for two platforms stands for both", []string{"u.sql - 5 Intel", "u.sql - 5 Alpha"},
			[]string{"u.sql - 5 data", "i386/", "alpha/"}, Scope{},
			[]string{"u.sql x86: ok", "u.sql Alpha: ok"}, result.Installed, result.ExitPass},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", c.rows...)}}
			r := Verify(inventoryOf(t, c.files...), []Request{{Manifest: m}}, c.scope, Known{})
			got := r.Tables[0]
			if diff := cmp.Diff(c.want, verdicts(got)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if got.State != c.state || r.Exit() != c.exit {
				t.Errorf("state %s, exit %d; want %s, %d", got.State, r.Exit(), c.state, c.exit)
			}
		})
	}
}

func TestRootIsAPlatformFolder(t *testing.T) {
	inv := inventoryOf(t, "c.dll 2.0.1.9 10 x86")
	inv.Folders = []inventory.Folder{{Path: ".", Platform: manifest.X86}}
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "c.dll 2.0.1.9 10 x86", "c.dll 2.0.1.9 20 Alpha")}}
	got := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if diff := cmp.Diff([]string{"c.dll x86: ok", "c.dll Alpha: not-applicable"}, verdicts(got)); diff != "" || got.State != result.Installed {
		t.Errorf("bin/i386 as root: %s\n%s", got.State, diff)
	}
	inv.Files[0].Machine = pefile.MachineAlpha
	got = Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if diff := cmp.Diff([]string{"c.dll x86: wrong-platform", "c.dll Alpha: not-applicable"}, verdicts(got)); diff != "" {
		t.Errorf("an Alpha file in it: %s", diff)
	}
}

func TestChoosingTheTable(t *testing.T) {
	servicePacks := &manifest.Manifest{ID: "KB100000", Tables: []manifest.Table{
		table(t, "SP1", "a.dll 4.0.6221.9 10 x86", "b.dll 4.0.6221.9 10 x86", "m.msi - 7 -"),
		table(t, "SP2", "a.dll 4.0.6487.9 10 x86", "b.dll 4.0.6487.9 10 x86", "m.msi - 8 -"),
	}}
	languages := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{
		table(t, "English", "n.dll 2.0.1.9 10 x86", "r.dll 2.0.1.9 11 x86"),
		table(t, "French", "n.dll 2.0.1.9 10 x86", "r.dll 2.0.1.9 12 x86"),
		{Name: "before", Reference: "previous version", Files: []manifest.File{row(t, "r.dll 2.0.1.8 13 x86")}},
	}}
	for _, c := range []struct {
		name  string
		m     *manifest.Manifest
		table string
		files []string
		want  string
		state result.State
	}{
		{"by builds", servicePacks, "", []string{"a.dll 4.0.6487.9 10 x86", "b.dll 4.0.6487.9 10 x86", "m.msi - 8 data"}, "SP2", result.Installed},
		{"by builds, before the hotfix", servicePacks, "", []string{"a.dll 4.0.6221.1 10 x86", "b.dll 4.0.6221.1 10 x86"}, "SP1", result.NotInstalled},
		{"one stale file of four", servicePacks, "", []string{"a.dll 4.0.6487.9 10 x86", "b.dll 4.0.6487.9 10 x86", "x/a.dll 4.0.6487.9 10 x86", "x/b.dll 4.0.6221.9 10 x86"}, "SP2", result.Partial},
		{"half and half is not clear", servicePacks, "", []string{"a.dll 4.0.6487.9 10 x86", "b.dll 4.0.6221.9 10 x86"}, "", result.Partial},
		{"two of three is not clear either, as long as nothing matches", servicePacks, "", []string{"a.dll 4.0.6487.1 10 x86", "b.dll 4.0.6487.1 10 x86", "x/b.dll 4.0.6221.1 10 x86"}, "", result.NotInstalled},
		{"a file that matches does not outweigh more that are of the other build", servicePacks, "", []string{"a.dll 4.0.6487.9 10 x86", "b.dll 4.0.6221.1 10 x86", "x/b.dll 4.0.6221.1 10 x86"}, "", result.Undecidable},
		{"the build of another product", servicePacks, "", []string{"a.dll 5.0.6487.9 10 x86", "b.dll 5.0.6487.9 10 x86"}, "", result.NotInstalled},
		{"files of two languages", languages, "", []string{"n.dll 2.0.1.9 10 x86", "r.dll 2.0.1.9 12 x86", "x/r.dll 2.0.1.9 12 x86", "y/r.dll 2.0.1.9 11 x86"}, "", result.Partial},
		{"no build of either", servicePacks, "", []string{"a.dll 4.0.5931.9 10 x86"}, "", result.NotInstalled},
		{"none of the files", servicePacks, "", []string{"z.dll 4.0.5931.9 10 x86"}, "", result.Absent},
		{"named, case ignored", servicePacks, "sp1", []string{"a.dll 4.0.6487.9 10 x86"}, "SP1", result.NotInstalled},
		{"named, and there is none", servicePacks, "SP9", []string{"a.dll 4.0.6487.9 10 x86"}, "SP9", result.Undecidable},
		{"language editions, by the files that match", languages, "", []string{"n.dll 2.0.1.9 10 x86", "r.dll 2.0.1.9 12 x86"}, "French", result.Installed},
		{"language editions, only the common file", languages, "", []string{"n.dll 2.0.1.9 10 x86"}, "", result.Partial},
		{"a table of the previous version is never chosen", languages, "", []string{"r.dll 2.0.1.8 13 x86"}, "", result.NotInstalled},
		{"nor judged when named", languages, "before", []string{"r.dll 2.0.1.8 13 x86"}, "before", result.Undecidable},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Verify(inventoryOf(t, c.files...), []Request{{Manifest: c.m, Table: c.table}}, Scope{}, Known{}).Tables[0]
			if got.Table != c.want || got.State != c.state {
				t.Errorf("table %q, %s (%s); want %q, %s", got.Table, got.State, got.Reason, c.want, c.state)
			}
			if got.Table == "" && len(got.Tables) == 0 {
				t.Error("the tables to choose from are not listed")
			}
		})
	}
}

func TestRecordedPaths(t *testing.T) {
	m := &manifest.Manifest{ID: "golden", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.1 5 x86", "a.dll 1.0.0.2 6 x86")}}
	m.Tables[0].Files[0].Path, m.Tables[0].Files[1].Path = "one/a.dll", "two/a.dll"
	got := Verify(inventoryOf(t, "ONE/A.DLL 1.0.0.1 5 x86", "three/a.dll 0.0.0.1 5 x86"), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if diff := cmp.Diff([]string{"a.dll x86: ok", "a.dll x86: missing"}, verdicts(got)); diff != "" {
		t.Error(diff)
	}
}

func TestAnInventoryCannotAnswerForWhatItDidNotLookFor(t *testing.T) {
	inv := inventoryOf(t, "a.dll 1.0.0.1 5 x86")
	inv.All, inv.Names = false, []string{"A.dll"}
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.1 5 x86", "b.dll 1.0.0.1 5 x86")}}
	r := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{})
	if diff := cmp.Diff([]string{"a.dll x86: ok", "b.dll x86: unreadable"}, verdicts(r.Tables[0])); diff != "" || r.Exit() != result.ExitTrouble {
		t.Errorf("exit %d\n%s", r.Exit(), diff)
	}
}

func TestAFaultUnderTheRootIsTrouble(t *testing.T) {
	inv := inventoryOf(t, "a.dll 1.0.0.1 5 x86")
	inv.Faults = []inventory.Fault{{Path: "secret", Error: "permission denied"}}
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.1 5 x86")}}
	if r := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}); r.Exit() != result.ExitTrouble || r.Tables[0].State != result.Installed {
		t.Errorf("exit %d, %s", r.Exit(), r.Tables[0].State)
	}
}

func TestTheReportSaysWhichRowMatched(t *testing.T) {
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "l.dll 1.0.0.2 5 x86", "l.dll 1.0.0.2 6 x86")}}
	got := Verify(inventoryOf(t, "l.dll 1.0.0.2 6 x86"), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0].Rows[0]
	if len(got.Copies) != 1 || got.Size != manifest.ExactSize(6) || !slices.Equal(got.Alternatives, []result.Alternative{{Version: mustPrinted(t, "1.0.0.2"), Size: manifest.ExactSize(5)}}) {
		t.Errorf("row %+v", got)
	}
}

func TestNewerFilesOfAnotherBuildAreSaidAloud(t *testing.T) {
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "a.dll 4.0.6221.1193 5 x86", "b.dll 4.0.6221.1193 5 x86")}}
	const note, warning = "of build 6487, where the table is for build 6221", "the newer files are of another release, which need not contain this fix"
	for _, c := range []struct {
		files  []string
		notes  []string
		reason string
	}{
		{[]string{"a.dll 4.0.6221.1200 5 x86", "b.dll 4.0.6221.1200 5 x86"}, []string{}, ""},
		{[]string{"a.dll 4.0.6487.2000 5 x86", "b.dll 4.0.6487.2000 5 x86"}, []string{note}, warning},
		{[]string{"a.dll 4.0.6487.2000 5 x86", "b.dll 4.0.6221.1200 5 x86"}, []string{note}, ""},
	} {
		got := Verify(inventoryOf(t, c.files...), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
		if got.State != result.Superseded || got.Reason.String() != c.reason || !slices.Equal(texts(got.Rows[0].Copies[0].Notes), c.notes) {
			t.Errorf("%s: %s, %q, notes %q; want %q, %q", c.files, got.State, got.Reason, got.Rows[0].Copies[0].Notes, c.reason, c.notes)
		}
	}
}

// typed lets versions and sizes be compared.
var typed = cmp.AllowUnexported(manifest.Printed{}, manifest.Size{})

// A file that runs although its signature is cut off is judged by what it is, and
// says so.
func TestDamageThatNoLoaderMinds(t *testing.T) {
	const defect = "IMAGE_DATA_DIRECTORY Security: the signature reaches to byte 2000, the file to 1000"
	inv := inventoryOf(t, "a.dll 2.0.1493.3000 1000 x86")
	inv.Files[0].Detail = defect
	for _, match := range []manifest.Match{manifest.OrLater, manifest.Exactly} {
		m := &manifest.Manifest{ID: "Q1", Title: "t", Product: "p", Tables: []manifest.Table{table(t, "", "a.dll 2.0.1493.3000 1000 x86")}}
		m.Tables[0].Match = match
		r := verdict(inv, m)
		if r.State != result.Installed || result.Words(r.Rows[0].Copies[0].Notes, "; ") != defect {
			t.Errorf("match %q: %s, notes %v", match, r.State, r.Rows[0].Copies[0].Notes)
		}
	}
}
