package pecheck

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// These are servers that were seen, judged by the hotfixes that Microsoft
// published. Each says what must be said of it.

// everything is the embedded catalogue and what is known of releases.
func everything(t *testing.T) Known {
	t.Helper()
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := Known{}
	if k.Hotfixes, err = c.All(); err != nil {
		t.Fatal(err)
	}
	if k.Releases, err = c.Releases(); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k Known) hotfix(t *testing.T, id string) *manifest.Manifest {
	t.Helper()
	i := slices.IndexFunc(k.Hotfixes, func(m *manifest.Manifest) bool { return m.ID == id })
	if i < 0 {
		t.Fatalf("no hotfix %s", id)
	}
	return k.Hotfixes[i]
}

// whole gives the files of a hotfix's table as found writes them, each platform's
// in its folder of those named, the others in base. A change is made to each line.
func (k Known) whole(t *testing.T, hotfix, base string, folders map[string]string, change ...func(string) string) (lines []string) {
	t.Helper()
	id, name, _ := strings.Cut(hotfix, "/")
	m := k.hotfix(t, id)
	table := installTables(m)[0]
	if name != "" {
		table = m.Table(name)
	}
	seen := map[string]bool{}
	for i := range table.Files {
		row := table.Files[i]
		folder, kind, size := base, "data", int64(1000)
		if place, ok := folders[string(row.Platform)]; ok {
			folder = place
		} else if row.Platform != "" {
			continue // a platform that the server has not
		}
		if row.Platform.Known() && manifest.NamesExecutable(row.Name) {
			kind = string(row.Platform)
		} else if manifest.NamesExecutable(row.Name) {
			kind = "x86"
		}
		version := "-"
		if v := k.Releases.Complete(m.Product, &row); !v.IsZero() {
			full, _ := v.Version()
			version = full.String()
		} else if kind != "data" {
			version = "1.0.0.1"
		}
		if n, exact := row.Size.Exact(); exact {
			size = n
		} else if !row.Size.IsZero() {
			size = anySize(row.Size)
		}
		line := fmt.Sprintf("%s %s %d %s", path.Join(folder, row.Name), version, size, kind)
		for _, c := range change {
			line = c(line)
		}
		if place := strings.Fields(line)[0]; !seen[strings.ToUpper(place)] {
			seen[strings.ToUpper(place)] = true
			lines = append(lines, line)
		}
	}
	return lines
}

// anySize gives a number of bytes that was printed as s.
func anySize(s manifest.Size) int64 {
	for n := int64(0); ; n += 100 {
		if s.Admits(n) {
			return n
		}
	}
}

// to moves a file to another folder, aged gives it a version that is lower.
func to(folder string) func(string) string {
	return func(line string) string { return folder + line[strings.LastIndexByte(strings.Fields(line)[0], '/'):] }
}

func aged(line string) string {
	cells := strings.Fields(line)
	if cells[3] == "data" {
		return strings.Join([]string{cells[0], "-", "77", "data"}, " ")
	}
	parts := strings.Split(cells[1], ".")
	return strings.Join([]string{cells[0], strings.Join(append(parts[:3], "1"), "."), "50000", cells[3]}, " ")
}

var (
	binFolders   = map[string]string{"x86": "bin/i386", "Alpha": "bin/alpha", "x64": "bin/x64"}
	onlyX86      = map[string]string{"x86": "bin/i386"}
	sms12        = map[string]string{"x86": "site.srv/x86.bin", "Alpha": "site.srv/alpha.bin"}
	sms12OnlyX86 = map[string]string{"x86": "site.srv/x86.bin"}
)

// said is what was said of one hotfix.
type said struct {
	State result.State
	Exit  result.Exit
	Words string // everything beside the state, in words
}

func sayVerify(t *testing.T, k Known, hotfix string, inv *inventory.Inventory, scope Scope) said {
	t.Helper()
	id, table, _ := strings.Cut(hotfix, "/")
	r := Verify(inv, []Request{{Manifest: k.hotfix(t, id), Table: table}}, scope, k)
	return said{r.Tables[0].State, r.Exit(), wordsOf(&r.Tables[0])}
}

func wordsOf(t *result.TableResult) string {
	all := append(slices.Clone(t.Next), t.Reason...)
	all = append(all, t.Remarks...)
	for _, r := range t.Rows {
		all = append(all, r.Reason...)
		for _, c := range r.Copies {
			all = append(all, c.Notes...)
		}
	}
	for _, s := range t.SetAside {
		all = append(all, result.Said(fmt.Sprintf("set aside: %d in %s", s.Files, s.Path)))
	}
	return result.Words(all, "\n")
}

// stateIn gives the state of a hotfix in a detection; absent where it is not listed.
func stateIn(r result.RootResult, id string) result.State {
	for i := range r.Tables {
		if r.Tables[i].Hotfix == id {
			return r.Tables[i].State
		}
	}
	return result.Absent
}

func TestServersThatWereSeen(t *testing.T) {
	k := everything(t)
	join := func(parts ...[]string) []string { return slices.Concat(parts...) }
	for _, c := range []struct {
		name   string
		hotfix string
		files  []string
		scope  Scope
		state  result.State
		exit   result.Exit
		words  string // that must be among those said
		detect result.Exit
	}{
		{"rule 4: SMS 1.2, both halves there", "Q184489", k.whole(t, "Q184489", "", sms12), Scope{},
			result.Installed, result.ExitPass, "", result.ExitPass},
		{"rule 4: SMS 1.2, the Alpha half missing", "Q184489",
			join(k.whole(t, "Q184489", "", sms12OnlyX86), []string{"site.srv/alpha.bin/"}), Scope{},
			result.Partial, result.ExitFail, "site.srv/alpha.bin", result.ExitFail},
		{"rule 4: SMS 1.2, the Alpha half of x86", "Q184489",
			[]string{"site.srv/x86.bin/Smsinst.dll 1.0.0.1 252848 x86", "site.srv/alpha.bin/Smsinst.dll 1.0.0.1 252848 x86"}, Scope{},
			result.Partial, result.ExitFail, "x86 file in a folder for Alpha", result.ExitFail},
		{"rule 6: folders elsewhere bring nothing in", "Q317423",
			join(k.whole(t, "Q317423", "bin/i386", onlyX86), []string{"docs/alpha/", "Drivers/NIC/ia64/", "ServicePackFiles/amd64/"}), Scope{},
			result.Installed, result.ExitPass, "", result.ExitPass},
		{"rule 6: nor do copies in no platform folder, for rows without platform, the rows of a platform that is not here", "Q317423",
			k.whole(t, "Q317423", "", map[string]string{"x86": ""}), Scope{},
			result.Installed, result.ExitPass, "no Alpha folder and no Alpha copy", result.ExitPass},
		{"rule 6: nor with folders elsewhere", "Q317423",
			join(k.whole(t, "Q317423", "", map[string]string{"x86": ""}), []string{"docs/alpha/", "Drivers/NIC/alpha/"}), Scope{},
			result.Installed, result.ExitPass, "", result.ExitPass},
		{"rule 6: unless there is a folder of programs for it", "Q317423",
			join(k.whole(t, "Q317423", "", map[string]string{"x86": ""}), []string{"bin/alpha/"}), Scope{},
			result.Partial, result.ExitFail, "Alpha counts because of the folder bin/alpha; --platform", result.ExitFail},
		{"rule 6: as SMS 1.2 names it", "Q317423",
			join(k.whole(t, "Q317423", "", map[string]string{"x86": ""}), []string{"site.srv/alpha.bin/"}), Scope{},
			result.Partial, result.ExitFail, "Alpha counts because of the folder site.srv/alpha.bin", result.ExitFail},
		{"rule 6: or one in the folder of the copies", "Q317423",
			join(k.whole(t, "Q317423", "x", map[string]string{"x86": "x"}), []string{"x/alpha/"}), Scope{},
			result.Partial, result.ExitFail, "Alpha counts because of the folder x/alpha", result.ExitFail},
		{"rule 6: nor does one such copy beside the others in their folder", "Q311127/SP3",
			join(k.whole(t, "Q311127/SP3", "bin/i386", onlyX86)[1:], k.whole(t, "Q311127/SP3", "bin/i386", onlyX86, to("inboxes/swdist"))[:1]), Scope{},
			result.Installed, result.ExitPass, "no Alpha folder and no Alpha copy", result.ExitPass},
		{"rule 6: an empty folder beside one with copies does", "Q309387",
			join(k.whole(t, "Q309387", "", onlyX86), []string{"bin/alpha/"}), Scope{},
			result.Partial, result.ExitFail, "Alpha counts because of the folder bin/alpha; --platform x86 leaves it out", result.ExitFail},
		{"rule 6: what --platform leaves out", "Q309387",
			join(k.whole(t, "Q309387", "", onlyX86), []string{"bin/alpha/"}), Scope{Platforms: []manifest.Platform{manifest.X86}},
			result.Installed, result.ExitPass, "", result.ExitFail},

		{"rule 7: SP3 with the hotfix, then SP4 without", "Q303848",
			[]string{"bin/i386/Sms_ppkg.dll 2.0.1493.4100 127168 x86", "bin/i386/Update.sql - 3395 data"}, Scope{},
			result.Partial, result.ExitFail, "table SP4, by the release of 1 of 1 files", result.ExitFail},
		{"rule 7: the same of Q308238", "Q308238",
			[]string{"bin/i386/Rchelp.sys 4.0.1493.3100 16544 x86", "bin/i386/Remctrl.exe 2.0.148.0 1352209 x86", "bin/i386/Compverremctrl.ini - 65 data"}, Scope{},
			result.Partial, result.ExitFail, "table SP3", result.ExitFail},
		{"rule 7: a table named by the user does not turn an old file into a newer one", "Q288567/SP2",
			[]string{"bin/i386/Colleval.dll 2.0.1493.3100 90000 x86"}, Scope{},
			result.NotInstalled, result.ExitFail, "of the release of table SP3, for which the fix is in 2.00.1493.3138", result.ExitPass},
		{"rule 7: nor on SP2 without the fix", "Q245648/SP1",
			[]string{"bin/i386/Mmcbasui.dll 2.0.1493.2000 500000 x86"}, Scope{},
			result.NotInstalled, result.ExitFail, "of the release of table SP2", result.ExitPass},
		{"rule 7: files of two service packs", "Q246842",
			[]string{"bin/i386/Ldwmnt.dll 2.0.1380.1132 567280 x86", "bin/i386/Remctrl.exe 2.0.92.1 1346654 x86",
				"bin/i386/Wuser32.exe 2.0.1493.2121 300576 x86", "x/Compver.ini - 67 data", "x/CompverRemCtrl.ini - 67 data"}, Scope{},
			result.Partial, result.ExitFail, "", result.ExitFail},

		{"rule 1: 1493.3143 is 2.0.1493.3143", "Q299435",
			[]string{"bin/i386/Cmprov.dll 2.0.1493.3143 81040 x86"}, Scope{}, result.Installed, result.ExitPass, "table SP3", result.ExitPass},
		{"rule 1: and what is newer is newer", "Q299435",
			[]string{"bin/i386/Cmprov.dll 2.0.1493.3150 81040 x86"}, Scope{}, result.Superseded, result.ExitPass, "", result.ExitPass},

		{"rule 5: an unversioned file that a later hotfix replaced", "Q177675",
			[]string{"site.srv/x86.bin/Inv32cli.exe 1.0.0.1 283104 x86", "site.srv/x86.bin/Invwin32.exe 1.0.0.1 294900 x86"}, Scope{},
			result.Superseded, result.ExitPass, "it is the later file of Q256071", result.ExitFail}, // of which half is here
		{"rule 5: and one that it replaces", "Q256071",
			join(k.whole(t, "Q256071", "", sms12OnlyX86), []string{"logon.srv/x86.bin/Invwin32.exe 1.0.0.1 296368 x86"}), Scope{},
			result.Partial, result.ExitFail, "it is the earlier file of Q177675", result.ExitFail},

		{"rule 5: an earlier hotfix that prints the same sizes", "Q236913",
			k.whole(t, "Q236913", "", sms12), Scope{},
			result.Installed, result.ExitPass, "the earlier Q234750 prints the same sizes and no version either: the files do not tell which of the two is here", result.ExitPass},

		{"rule 3: the replaced files in a backup", "KB977203",
			join(k.whole(t, "KB977203/SP2", "bin", binFolders), k.whole(t, "KB977203/SP2", "bin", binFolders, aged, to("backup/KB977203"))), Scope{},
			result.Partial, result.ExitFail, "--exclude backup/KB977203 leaves them out", result.ExitFail},
		{"rule 3: the replaced files where Windows keeps them", "KB977203",
			join(k.whole(t, "KB977203/SP2", "bin", binFolders), k.whole(t, "KB977203/SP2", "bin", binFolders, aged, to("Windows/$NtUninstallKB977203$"))), Scope{},
			result.Installed, result.ExitPass, "set aside: 10 in Windows/$NtUninstallKB977203$", result.ExitPass},

		{"rule 13: the unpacked package alone", "KB977203",
			k.whole(t, "KB977203/SP2", "hotfix/KB977203", map[string]string{"x86": "hotfix/KB977203/i386", "x64": "hotfix/KB977203/x64", "IA-64": "hotfix/KB977203/ia64"}), Scope{},
			result.Undecidable, result.ExitTrouble, "all 13 copies lie in hotfix/KB977203, the unpacked package: name that folder as the root to check it", result.ExitPass},
		{"rule 13: the package beside the old files", "KB977203",
			join(k.whole(t, "KB977203/SP2", "hotfix/KB977203", map[string]string{"x86": "hotfix/KB977203/i386", "x64": "hotfix/KB977203/x64"}),
				k.whole(t, "KB977203/SP2", "bin", onlyX86, aged)), Scope{},
			result.NotInstalled, result.ExitFail, "set aside: 12 in hotfix/KB977203", result.ExitPass},
		{"rule 13: the package of another hotfix is nothing", "Q317112",
			join(k.whole(t, "Q317112/SP3", "", binFolders), k.whole(t, "Q310127/SP3", "hotfix/Q310127", map[string]string{"x86": "hotfix/Q310127/i386", "Alpha": "hotfix/Q310127/alpha"})), Scope{},
			result.Installed, result.ExitPass, "in hotfix/Q310127", result.ExitPass},

		{"rule 15: only what is here", "KB977203", k.whole(t, "KB977203/SP2", "bin", onlyX86)[:4], Scope{OnlyPresent: true},
			result.Installed, result.ExitPass, "only present files are judged", result.ExitFail},
		{"rule 15: nothing as printed is never installed", "KB977203",
			[]string{"bin/i386/Smpmgr.dll 4.0.6487.2999 86376 x86"}, Scope{OnlyPresent: true},
			result.Superseded, result.ExitPass, "", result.ExitPass},
	} {
		t.Run(c.name, func(t *testing.T) {
			inv := inventoryOf(t, c.files...)
			got := sayVerify(t, k, c.hotfix, inv, c.scope)
			if got.State != c.state || got.Exit != c.exit || !strings.Contains(got.Words, c.words) {
				t.Errorf("verify: %s, exit %d, want %s, %d and %q among\n%s", got.State, got.Exit, c.state, c.exit, c.words, got.Words)
			}
			if r := Detect(inv, k, Scope{}); r.DetectExit() != c.detect {
				t.Errorf("detect: exit %d, want %d", r.DetectExit(), c.detect)
				for _, f := range r.Tables {
					if f.State == result.Partial || f.State == result.Undecidable && !f.Harmless {
						t.Logf("%s %s: %s %s", f.Hotfix, f.Table, f.State, f.Reason)
					}
				}
			}
		})
	}
}

// Hotfixes that were never applied are not called partial for files of others.
func TestOneHotfixAndAnother(t *testing.T) {
	k := everything(t)
	for _, c := range []struct {
		applied string
		folders map[string]string
		never   []string
	}{
		{"Q299435/SP3", binFolders, []string{"Q309387", "Q310127", "Q317112", "Q324204"}},
		{"Q317423", onlyX86, []string{"Q318163"}},
		{"Q177675", sms12, []string{"Q256071"}},
	} {
		id, _, _ := strings.Cut(c.applied, "/")
		r := Detect(inventoryOf(t, k.whole(t, c.applied, "bin/i386", c.folders)...), k, Scope{})
		if s := stateIn(r, id); s != result.Installed || r.DetectExit() != result.ExitPass {
			t.Errorf("%s: %s, exit %d", c.applied, s, r.DetectExit())
		}
		for _, other := range c.never {
			if s := stateIn(r, other); s != result.NotInstalled && s != result.Absent {
				t.Errorf("with %s alone, %s is %s", c.applied, other, s)
			}
		}
	}
}

// Two hotfixes that print the same file, of which neither is whole: neither
// explains the other away.
func TestHalfOfTwoThatAreAlike(t *testing.T) {
	k := everything(t)
	inv := inventoryOf(t, "site.srv/x86.bin/Smsinst.dll 1.0.0.1 252848 x86", "site.srv/alpha.bin/Smsinst.dll 1.0.0.1 300000 Alpha")
	r := Detect(inv, k, Scope{})
	for _, id := range []string{"Q184489", "Q184512"} {
		if s := stateIn(r, id); s != result.Partial {
			t.Errorf("%s is %s, want partial", id, s)
		}
	}
	if r.DetectExit() != result.ExitFail {
		t.Errorf("exit %d", r.DetectExit())
	}
}

// Hotfixes that print nothing comparable do not trouble a server.
func TestHotfixesThatPrintNothing(t *testing.T) {
	k := everything(t)
	inv := inventoryOf(t, "bin/i386/Update.sql - 500 data", "site.srv/x86.bin/Pcmwin16.exe 1.0.0.1 4000 x86",
		"site.srv/x86.bin/Pcmwin32.exe 1.0.0.1 4000 x86", "site.srv/x86.bin/Invdos.exe 1.0.0.1 4000 16-bit",
		"site.srv/x86.bin/Datdupck.exe 1.0.0.1 11000 x86", "site.srv/x86.bin/Datdupcl.exe 1.0.0.1 15000 x86")
	r := Detect(inv, k, Scope{})
	if r.DetectExit() != result.ExitPass {
		t.Errorf("exit %d", r.DetectExit())
	}
	for _, id := range []string{"Q313660", "Q175652", "Q200730", "Q272483"} {
		i := slices.IndexFunc(r.Tables, func(t result.TableResult) bool { return t.Hotfix == id })
		if i < 0 || r.Tables[i].State != result.Undecidable || !r.Tables[i].Harmless || r.Tables[i].Trace() {
			t.Errorf("%s: %+v", id, r.Tables)
		}
	}
}

func TestNotLookedAtIsNotPassed(t *testing.T) {
	k := everything(t)
	whole := k.whole(t, "KB977203/SP2", "bin", binFolders)
	for name, c := range map[string]struct {
		change func(*inventory.Inventory)
		exit   result.Exit
	}{
		"everything looked at": {func(*inventory.Inventory) {}, result.ExitPass},
		"a link out of the root": {func(inv *inventory.Inventory) {
			inv.Links = []inventory.Link{{Path: "old", Target: `E:\stale`}}
		}, result.ExitTrouble},
		"a link inside the root": {func(inv *inventory.Inventory) {
			inv.Links = []inventory.Link{{Path: "old", Target: "bin", Inside: true}}
		}, result.ExitPass},
		"a folder that cannot be read": {func(inv *inventory.Inventory) {
			inv.Faults = []inventory.Fault{{Path: "old", Error: "permission denied"}}
		}, result.ExitTrouble},
		"the user left something out": {func(inv *inventory.Inventory) { inv.Excluded = []string{"old"} }, result.ExitPass},
		"the scan left something out": {func(inv *inventory.Inventory) {
			inv.Excluded, inv.Unasked = []string{"x64"}, []string{"x64"}
		}, result.ExitTrouble},
		"everything left out": {func(inv *inventory.Inventory) { inv.Files, inv.Excluded = nil, []string{"*"} }, result.ExitTrouble},
		"a name that was not looked for": {func(inv *inventory.Inventory) {
			inv.All, inv.Names = false, []string{"Smpmgr.dll"}
		}, result.ExitTrouble},
		"a pattern that was not looked for": {func(inv *inventory.Inventory) {
			inv.All = false
			for _, row := range k.hotfix(t, "KB977203").Table("SP2").Files {
				inv.Names = append(inv.Names, row.Name)
			}
		}, result.ExitTrouble},
	} {
		inv := inventoryOf(t, whole...)
		c.change(inv)
		if got := sayVerify(t, k, "KB977203/SP2", inv, Scope{}); got.Exit != c.exit {
			t.Errorf("%s: %s, exit %d, want %d\n%s", name, got.State, got.Exit, c.exit, got.Words)
		}
	}
}

// Rule 9: a file that only a pattern matches, and that is empty or no package.
func TestALocalisedNameIsNoProof(t *testing.T) {
	k := everything(t)
	lines := slices.DeleteFunc(k.whole(t, "KB977203/SP2", "bin", binFolders), func(l string) bool { return strings.Contains(l, ".msp ") })
	for name, c := range map[string]struct {
		change func(*inventory.File)
		exit   result.Exit
	}{
		"a package": {func(f *inventory.File) {}, result.ExitPass},
		"empty":     {func(f *inventory.File) { f.Size = 0 }, result.ExitTrouble},
		"cut off":   {func(f *inventory.File) { f.NoSignature = true }, result.ExitTrouble},
	} {
		inv := inventoryOf(t, lines...)
		f := inventory.File{Path: "client/sccm2007ac-sp2-kb977203-x86-deu.msp", Size: 445000, Image: pefile.Image{Ending: pefile.NotOpened}}
		c.change(&f)
		inv.Files = append(inv.Files, f)
		if got := sayVerify(t, k, "KB977203/SP2", inv, Scope{}); got.Exit != c.exit {
			t.Errorf("%s: %s, exit %d, want %d\n%s", name, got.State, got.Exit, c.exit, got.Words)
		}
	}
}

// A root that is named like a platform counts for it, and what lies in platform
// folders below counts as everywhere.
func TestARootNamedLikeAPlatform(t *testing.T) {
	k := everything(t)
	inv := inventoryOf(t, k.whole(t, "KB977203/SP2", "bin", map[string]string{"x86": "bin", "x64": "bin/x64"})...)
	inv.Folders = append([]inventory.Folder{{Path: ".", Platform: manifest.X86}}, inv.Folders...)
	got := sayVerify(t, k, "KB977203/SP2", inv, Scope{})
	if got.State != result.Installed || strings.Contains(got.Words, "no x64 folder") {
		t.Errorf("%s\n%s", got.State, got.Words)
	}
}

// Components are parts of one update, each where it is installed.
func TestComponents(t *testing.T) {
	part := func(name string, rows ...string) manifest.Table {
		tb := table(t, name, rows...)
		tb.Component = true
		return tb
	}
	m := &manifest.Manifest{ID: "KB5001", Tables: []manifest.Table{
		part("Engine", "sqlservr.exe 1.0.0.2 10 x64", "sqlos.dll 1.0.0.2 11 x64"), part("Analysis", "msmdsrv.exe 1.0.0.2 12 x64"),
	}}
	for _, c := range []struct {
		files []string
		want  []string
		exit  result.Exit
	}{
		{[]string{"sqlservr.exe 1.0.0.2 10 x64", "sqlos.dll 1.0.0.2 11 x64"}, []string{"Engine: installed"}, result.ExitPass},
		{[]string{"sqlservr.exe 1.0.0.2 10 x64", "sqlos.dll 1.0.0.2 11 x64", "msmdsrv.exe 1.0.0.1 12 x64"},
			[]string{"Engine: installed", "Analysis: not-installed"}, result.ExitFail},
		{[]string{"sqlservr.exe 1.0.0.2 10 x64"}, []string{"Engine: partial"}, result.ExitFail},
		{[]string{"other.dll 1.0.0.2 10 x64"}, []string{": absent"}, result.ExitFail},
	} {
		r := Verify(inventoryOf(t, c.files...), []Request{{Manifest: m}}, Scope{}, Known{Hotfixes: []*manifest.Manifest{m}})
		var got []string
		for _, tb := range r.Tables {
			got = append(got, fmt.Sprintf("%s: %s", tb.Table, tb.State))
		}
		if !slices.Equal(got, c.want) || r.Exit() != c.exit {
			t.Errorf("%q: %q, exit %d; want %q, %d", c.files, got, r.Exit(), c.want, c.exit)
		}
	}
}
