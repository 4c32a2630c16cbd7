package pecheck

import (
	"slices"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// Situations in which "installed" would be a lie, although some file is as the
// table prints it. Each says what has to come out instead.
func TestNeverAFalseInstalled(t *testing.T) {
	for _, c := range []struct {
		name  string
		rows  []string
		files []string
		want  []string
		state result.State
		exit  result.Exit
	}{
		{"the only copy is stale, and lies in a folder for which its name has no row",
			[]string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x64"},
			[]string{"x64/a.dll 1.0.0.1 5 x86", "x64/b.dll 1.0.0.2 5 x64"},
			[]string{"a.dll x86: wrong-platform", "b.dll x64: ok"}, result.Partial, result.ExitFail},
		{"the same with a managed file for any CPU, which fits there",
			[]string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x64"},
			[]string{"x64/a.dll 1.0.0.1 5 any-cpu", "x64/b.dll 1.0.0.2 5 x64"},
			[]string{"a.dll x86: older", "b.dll x64: ok"}, result.Partial, result.ExitFail},
		{"a copy in a folder without a row is unreadable: it may be of any platform",
			[]string{"a.dll 1.0.0.2 5 x86"},
			[]string{"i386/a.dll 1.0.0.2 5 x86", "x64/a.dll - 5 unreadable"},
			[]string{"a.dll x86: unreadable"}, result.Undecidable, result.ExitTrouble},
		{"the same where nothing else puts the row into scope",
			[]string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x64"},
			[]string{"x64/a.dll - 5 unreadable", "x64/b.dll 1.0.0.2 5 x64"},
			[]string{"a.dll x86: unreadable", "b.dll x64: ok"}, result.Undecidable, result.ExitTrouble},
		{"an x86 copy in a folder for Alpha, of a row without platform",
			[]string{"a.dll 1.0.0.2 5 -"},
			[]string{"i386/a.dll 1.0.0.2 5 x86", "alpha/a.dll 1.0.0.2 5 x86"},
			[]string{"a.dll: wrong-platform"}, result.Partial, result.ExitFail},
		{"a platform that no file can show contradicts nothing there",
			[]string{"a.dll 1.0.0.2 5 Macintosh"},
			[]string{"alpha/a.dll 1.0.0.2 5 x86"},
			[]string{"a.dll Macintosh: ok"}, result.Installed, result.ExitPass},
		{"another row's file is no localised copy of this one",
			[]string{"a-enu.msp - 7 - a-*.msp", "a-server.msp - 9 -"},
			[]string{"a-server.msp - 9 data"},
			[]string{"a-enu.msp: missing", "a-server.msp: ok"}, result.Partial, result.ExitFail},
		{"only the data files are here, and nothing shows a platform",
			[]string{"a.dll 1.0.0.2 5 x86", "a.dll 1.0.0.2 6 x64", "b.msi - 7 -"},
			[]string{"b.msi - 7 data"},
			[]string{"a.dll x86: not-applicable", "a.dll x64: not-applicable", "b.msi: ok"}, result.Undecidable, result.ExitTrouble},
		{"only the data files are here, beside a platform that the table does not know",
			[]string{"a.dll 1.0.0.2 5 x86", "b.msi - 7 -"},
			[]string{"alpha/", "b.msi - 7 data"},
			[]string{"a.dll x86: not-applicable", "b.msi: ok"}, result.Undecidable, result.ExitTrouble},
		{"a managed file in a folder for another platform is not the platform",
			[]string{"a.dll 1.0.0.2 5 x64", "b.dll 1.0.0.2 6 x64"},
			[]string{"i386/a.dll 1.0.0.2 5 any-cpu"},
			[]string{"a.dll x64: not-applicable", "b.dll x64: not-applicable"}, result.Undecidable, result.ExitTrouble},
		{"a managed file in one platform's folder does not fill the place in the other's",
			[]string{"a.dll 1.0.0.2 5 x64", "b.dll 1.0.0.2 6 x64"},
			[]string{"i386/a.dll 1.0.0.2 5 any-cpu", "x64/b.dll 1.0.0.2 6 x64"},
			[]string{"a.dll x64: missing", "b.dll x64: ok"}, result.Partial, result.ExitFail},
		{"a copy between the versions of two rows is neither's",
			[]string{"a.dll 4.0.950.0 5 -", "a.dll 4.10.1998.0 6 -", "b.dll 1.0.0.2 5 -"},
			[]string{"a.dll 4.10.1900.0 6 16-bit", "b.dll 1.0.0.2 5 x86"},
			[]string{"a.dll: older", "b.dll: ok"}, result.Partial, result.ExitFail},
		{"a copy of one row's version is not newer than another's",
			[]string{"a.dll 4.0.950.0 5 -", "a.dll 4.10.1998.0 6 -", "b.dll 1.0.0.2 5 -"},
			[]string{"a.dll 4.10.1998.0 7 16-bit", "b.dll 1.0.0.2 5 x86"},
			[]string{"a.dll: wrong-size", "b.dll: ok"}, result.Partial, result.ExitFail},
		{"a copy above all rows is newer, whatever a row without version says",
			[]string{"a.dll 1.0.0.2 5 x86", "a.dll 1.0.0.3 5 x86", "a.dll - 5 x86"},
			[]string{"a.dll 1.0.0.4 6 x86"},
			[]string{"a.dll x86: newer"}, result.Superseded, result.ExitPass},
		{"a data file outside platform folders says nothing of a platform that is not here",
			[]string{"a.sql - 5 x86", "a.sql - 5 x64", "b.dll 1.0.0.2 5 x64"},
			[]string{"a.sql - 5 data", "b.dll 1.0.0.2 5 x64"},
			[]string{"a.sql x86: not-applicable", "a.sql x64: ok", "b.dll x64: ok"}, result.Installed, result.ExitPass},
		{"of two platforms' data files one is here",
			[]string{"a.sql - 5 x86", "a.sql - 6 x64", "b.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 6 x64"},
			[]string{"a.sql - 5 data", "b.dll 1.0.0.2 5 x86", "x64/b.dll 1.0.0.2 6 x64"},
			[]string{"a.sql x86: ok", "a.sql x64: missing", "b.dll x86: ok", "b.dll x64: ok"}, result.Partial, result.ExitFail},
		{"a hotfix of data files needs no platform",
			[]string{"b.msi - 7 -", "Q100000.exe 1.0.0.0 9 x86"},
			[]string{"b.msi - 7 data", "i386/"},
			[]string{"b.msi: ok", "Q100000.exe x86: not-applicable"}, result.Installed, result.ExitPass},
		{"the data file of the name, whose platform nothing else shows, is stale",
			[]string{"a.sql - 5 x86", "b.dll 1.0.0.2 5 x64"},
			[]string{"a.sql - 6 data", "b.dll 1.0.0.2 5 x64"},
			[]string{"a.sql x86: wrong-size", "b.dll x64: ok"}, result.Partial, result.ExitFail},
		{"a file of the name, which cannot be read as far as its platform",
			[]string{"a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 5 x64"},
			[]string{"a.dll - 5 unreadable", "b.dll 1.0.0.2 5 x64"},
			[]string{"a.dll x86: unreadable", "b.dll x64: ok"}, result.Undecidable, result.ExitTrouble},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", c.rows...)}}
			r := Verify(inventoryOf(t, c.files...), []Request{{Manifest: m}}, Scope{}, Known{})
			got := r.Tables[0]
			if !slices.Equal(verdicts(got), c.want) || got.State != c.state || r.Exit() != c.exit {
				t.Errorf("%q, %s, exit %d\nwant %q, %s, exit %d", verdicts(got), got.State, r.Exit(), c.want, c.state, c.exit)
			}
		})
	}
}

// A folder link is not followed, so what lies behind it is not known. One that is
// named for a platform, beside a platform folder with copies, says that the
// platform is there.
func TestALinkedPlatformFolderIsInScope(t *testing.T) {
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.2 5 x86", "a.dll 1.0.0.2 6 x64")}}
	inv := inventoryOf(t, "i386/a.dll 1.0.0.2 5 x86")
	inv.Links = []inventory.Link{{Path: "X64", Target: `D:\elsewhere`}}
	got := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if want := []string{"a.dll x86: ok", "a.dll x64: missing"}; !slices.Equal(verdicts(got), want) || got.State != result.Partial {
		t.Errorf("%q, %s; want %q", verdicts(got), got.State, want)
	}
}

// A copy for a platform of which the table has no row of its name is shown, and
// judges nothing.
func TestACopyWithoutARowIsShown(t *testing.T) {
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.2 5 x86", "b.dll 1.0.0.2 6 x64")}}
	for _, path := range []string{"a.dll", "x64/a.dll"} {
		got := Verify(inventoryOf(t, path+" 1.0.0.1 5 x64", "b.dll 1.0.0.2 6 x64"), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
		want := []string{"a.dll x86: not-applicable", "b.dll x64: ok"}
		if !slices.Equal(verdicts(got), want) || len(got.Unlisted) != 1 || got.Unlisted[0].Path != path {
			t.Errorf("%q, unlisted %+v; want %q", verdicts(got), got.Unlisted, want)
		}
	}
}

// A root that is a platform folder stands for that platform, even with a folder
// for another one below it.
func TestARootOfOnePlatformIsThatAlone(t *testing.T) {
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.2 5 x86", "a.dll 1.0.0.2 6 Alpha")}}
	inv := inventoryOf(t, "a.dll 1.0.0.2 5 x86", "alpha/")
	inv.Folders = append(inv.Folders, inventory.Folder{Path: ".", Platform: manifest.X86})
	got := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if want := []string{"a.dll x86: ok", "a.dll Alpha: not-applicable"}; !slices.Equal(verdicts(got), want) {
		t.Errorf("%q, want %q", verdicts(got), want)
	}
}

// An inventory may come from anywhere. Its files lie in their folders, whatever
// its list of folders says.
func TestAFileInAPlatformFolderPutsItIntoScope(t *testing.T) {
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.2 5 x86", "a.dll 1.0.0.2 6 x64")}}
	inv := inventoryOf(t, "i386/a.dll 1.0.0.2 5 x86", "x64/a.dll 1.0.0.1 6 x64")
	inv.Folders = nil
	got := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if want := []string{"a.dll x86: ok", "a.dll x64: older"}; !slices.Equal(verdicts(got), want) || got.State != result.Partial {
		t.Errorf("%q, %s; want %q", verdicts(got), got.State, want)
	}
}

// Files of one service pack are no newer edition of another's hotfix.
func TestMixedServicePacksAreNoChoice(t *testing.T) {
	m := &manifest.Manifest{ID: "KB100000", Tables: []manifest.Table{
		table(t, "SP1", "a.dll 4.0.10.9 5 x86", "b.dll 4.0.10.9 5 x86", "c.dll 4.0.10.9 5 x86", "d.dll 4.0.10.9 5 x86"),
		table(t, "SP2", "a.dll 4.0.20.9 5 x86", "b.dll 4.0.20.9 5 x86", "c.dll 4.0.20.9 5 x86", "d.dll 4.0.20.9 5 x86"),
	}}
	inv := inventoryOf(t, "a.dll 4.0.10.9 5 x86", "b.dll 4.0.10.9 5 x86", "c.dll 4.0.10.9 5 x86", "d.dll 4.0.20.1 5 x86")
	r := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{})
	if got := r.Tables[0]; got.State != result.Undecidable || len(got.Tables) != 2 || r.Exit() != result.ExitTrouble {
		t.Errorf("%s by %q, exit %d", got.State, got.Reason, r.Exit())
	}
}

// A name that nobody looked for is not absent.
func TestNoTableIsAbsentThatNobodyLookedFor(t *testing.T) {
	m := &manifest.Manifest{ID: "KB100000", Tables: []manifest.Table{
		table(t, "SP1", "a.dll 4.0.10.9 5 x86"), table(t, "SP2", "a.dll 4.0.20.9 5 x86"),
	}}
	inv := inventoryOf(t)
	inv.All, inv.Names = false, []string{"z.dll"}
	if r := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}); r.Tables[0].State != result.Undecidable || r.Exit() != result.ExitTrouble {
		t.Errorf("%s, exit %d", r.Tables[0].State, r.Exit())
	}
}

// The name was looked for, its localised forms were not.
func TestALocalisedNameIsNotMissingThatNobodyLookedFor(t *testing.T) {
	m := &manifest.Manifest{ID: "KB100000", Tables: []manifest.Table{table(t, "", "a-enu.msp - 7 - a-*.msp")}}
	inv := inventoryOf(t)
	inv.All, inv.Names = false, []string{"a-enu.msp"}
	if got := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]; got.State != result.Undecidable {
		t.Errorf("%s, %q", got.State, verdicts(got))
	}
}

// Newer files of another release beside one that is the hotfix's.
func TestInstalledWithFilesOfAnotherReleaseSaysSo(t *testing.T) {
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{table(t, "", "a.dll 4.0.10.9 5 x86", "b.dll 4.0.10.9 5 x86")}}
	got := Verify(inventoryOf(t, "a.dll 4.0.10.9 5 x86", "b.dll 4.0.20.1 5 x86"), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if got.State != result.Installed || got.Reason == nil {
		t.Errorf("%s, %q", got.State, got.Reason)
	}
	got = Verify(inventoryOf(t, "a.dll 4.0.10.9 5 x86", "b.dll 4.0.10.9 5 x86"), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if got.State != result.Installed || got.Reason != nil {
		t.Errorf("%s, %q", got.State, got.Reason)
	}
}

// A row that says where its file belongs is not satisfied by another place,
// even where another row of the name says no place.
func TestRowsWithAndWithoutAPlaceAreApart(t *testing.T) {
	tb := table(t, "", "a.ini - 5 -", "a.ini - 5 -")
	tb.Files[1].Path = "etc/a.ini"
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{tb}}
	got := Verify(inventoryOf(t, "b/a.ini - 5 data"), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if want := []string{"a.ini: ok", "a.ini: missing"}; !slices.Equal(verdicts(got), want) {
		t.Errorf("%q, want %q", verdicts(got), want)
	}
	got = Verify(inventoryOf(t, "etc/a.ini - 5 data"), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
	if want := []string{"a.ini: missing", "a.ini: ok"}; !slices.Equal(verdicts(got), want) {
		t.Errorf("%q, want %q", verdicts(got), want)
	}
}

func TestARootThatWasNotJudgedIsTrouble(t *testing.T) {
	passes := []result.TableResult{{State: result.Installed}}
	for _, r := range []result.RootResult{{}, {Error: "gone", Tables: passes}, {Faults: []result.FaultResult{{Path: "a"}}, Tables: passes}} {
		if got := r.Exit(); got != result.ExitTrouble {
			t.Errorf("%+v: exit %d", r, got)
		}
	}
	if r := (result.RootResult{Tables: passes}); r.Exit() != result.ExitPass {
		t.Errorf("%+v: exit %d", r, r.Exit())
	}
}
