package pecheck

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// withDigests gives every file of an inventory the digests of a text that stands
// for its content: its path, size and version.
func withDigests(inv *inventory.Inventory) *inventory.Inventory {
	for i := range inv.Files {
		digest(&inv.Files[i], fmt.Sprintf("%s %d %s", inv.Files[i].Path, inv.Files[i].Size, inv.Files[i].Version))
	}
	return inv
}

func digest(f *inventory.File, content string) {
	f.MD5, f.SHA256 = fmt.Sprintf("%x", md5.Sum([]byte(content))), fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
}

// A root that is recorded with digests: what happens to it, and what is said of it.
// The verdicts are those of rows that are not ok.
func TestExactly(t *testing.T) {
	find := func(inv *inventory.Inventory, path string) *inventory.File {
		return &inv.Files[slices.IndexFunc(inv.Files, func(f inventory.File) bool { return f.Path == path })]
	}
	const ccm = "bin/i386/Ccm.dll"
	for _, tt := range []struct {
		name   string
		change func(inv *inventory.Inventory)
		want   string // path and verdict, and the state
	}{
		{"nothing", func(*inventory.Inventory) {}, "installed"},
		{"one byte at the same size and version", func(inv *inventory.Inventory) { digest(find(inv, ccm), "x") },
			ccm + " changed, partial"},
		{"one byte of a data file", func(inv *inventory.Inventory) { digest(find(inv, "data/a.mof"), "x") },
			"data/a.mof changed, partial"},
		{"newer", func(inv *inventory.Inventory) { f := find(inv, ccm); f.Version[3]++; digest(f, "x") },
			ccm + " changed, partial"},
		{"older", func(inv *inventory.Inventory) { f := find(inv, ccm); f.Version[3]--; digest(f, "x") },
			ccm + " changed, partial"},
		{"its version lost", func(inv *inventory.Inventory) {
			f := find(inv, ccm)
			f.Ending, f.Version = pefile.NoVersion, manifest.Version{}
			digest(f, "x")
		}, ccm + " no-version, partial"},
		{"a version gained", func(inv *inventory.Inventory) {
			f := find(inv, "client/old.exe")
			f.Ending, f.Version = pefile.Versioned, manifest.Version{1}
			f.MD5, f.SHA256 = "", ""
		}, "client/old.exe changed, partial"},
		{"damaged", func(inv *inventory.Inventory) {
			f := find(inv, ccm)
			f.Ending, f.Detail = pefile.Damaged, "cut off"
			digest(f, "x")
		}, ccm + " changed, partial"},
		{"damaged, and nobody knows its content", func(inv *inventory.Inventory) {
			f := find(inv, ccm)
			f.Ending, f.Detail, f.MD5, f.SHA256 = pefile.Damaged, "cut off", "", ""
		}, ccm + " unreadable, undecidable"},
		{"unreadable", func(inv *inventory.Inventory) {
			f := find(inv, ccm)
			*f = inventory.File{Path: f.Path, Image: pefile.Image{Ending: pefile.Unreadable, Detail: "in use"}}
		}, ccm + " unreadable, undecidable"},
		{"an empty file grown", func(inv *inventory.Inventory) { f := find(inv, "data/empty.txt"); f.Size = 1; digest(f, "x") },
			"data/empty.txt changed, partial"},
		{"another processor's", func(inv *inventory.Inventory) {
			f := find(inv, ccm)
			f.Machine, f.MD5, f.SHA256 = pefile.MachineARM64, "", ""
		}, ccm + " wrong-platform, partial"},
		{"removed", func(inv *inventory.Inventory) { inv.Files = slices.Delete(inv.Files, 1, 2) }, ccm + " missing, partial"},
		{"added", func(inv *inventory.Inventory) {
			inv.Files = append(inv.Files, inventory.File{Path: "zz/new.dll", Size: 9})
		}, "zz/new.dll extra, partial"},
		{"moved", func(inv *inventory.Inventory) { find(inv, "none.dll").Path = "other/none.dll" },
			"none.dll missing (its content lies at other/none.dll), other/none.dll extra, partial"},
		{"renamed", func(inv *inventory.Inventory) { find(inv, "none.dll").Path = "none.dll.bak" },
			"none.dll missing (its content lies at none.dll.bak), none.dll.bak extra, partial"},
		{"case of a name alone", func(inv *inventory.Inventory) { find(inv, ccm).Path = "BIN/I386/CCM.DLL" }, "installed"},
		{"a folder removed", func(inv *inventory.Inventory) {
			inv.Files = slices.DeleteFunc(inv.Files, func(f inventory.File) bool { return strings.HasPrefix(f.Path, "data/") })
		}, "data/a.mof missing, data/empty.txt missing, partial"},
		{"everything removed", func(inv *inventory.Inventory) { inv.Files = nil }, "absent"},
		{"everything but an added file removed", func(inv *inventory.Inventory) {
			inv.Files = []inventory.File{{Path: "a"}}
		}, "not-installed"},
		{"left out", func(inv *inventory.Inventory) {
			inv.Excluded = []string{"data"}
			inv.Files = slices.DeleteFunc(inv.Files, func(f inventory.File) bool { return strings.HasPrefix(f.Path, "data/") })
		}, "data/a.mof not-applicable, data/empty.txt not-applicable, installed"},
		{"only what was looked for is listed", func(inv *inventory.Inventory) {
			inv.All = false
			for _, f := range inv.Files {
				inv.Names = append(inv.Names, f.Path[strings.LastIndex(f.Path, "/")+1:])
			}
		}, "undecidable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, gaps := record(t, withDigests(good(t)))
			if len(gaps) > 0 {
				t.Fatalf("gaps %v", gaps)
			}
			inv := withDigests(good(t))
			tt.change(inv)
			if got := notOK(inv, m); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// notOK lists the rows that are not ok, and the state.
func notOK(inv *inventory.Inventory, m *manifest.Manifest) string {
	r := verdict(inv, m)
	var out []string
	for i := range r.Rows {
		row := &r.Rows[i]
		switch {
		case r.State == result.Absent || r.State == result.NotInstalled || row.Verdict == result.OK:
		case row.Reason.Has(result.MovedTo):
			out = append(out, fmt.Sprintf("%s %s (%s)", row.Path, row.Verdict, row.Reason))
		default:
			out = append(out, row.Path+" "+string(row.Verdict))
		}
	}
	return strings.Join(append(out, string(r.State)), ", ")
}

// What nobody compared is counted in the first lines.
func TestContentsThatWereNotCompared(t *testing.T) {
	bare := func(t *testing.T) *inventory.Inventory { return good(t) }
	hashed := func(t *testing.T) *inventory.Inventory { return withDigests(good(t)) }
	for _, tt := range []struct {
		name           string
		recorded, here func(*testing.T) *inventory.Inventory
		state          result.State
		reasons        []string
		unverified     int
	}{
		{"both read", hashed, hashed, result.Installed, nil, 0},
		{"recorded, and not read here", hashed, bare, result.Installed, []string{"the contents of 10 files were not compared, " +
			"since the inventory has no digests of them; scan --hash takes them"}, 4},
		{"not recorded", bare, hashed, result.Installed, []string{"the contents of 10 files were not recorded: what changes " +
			"them and keeps version and size is not seen (scan --hash records a root's, import --hash a package's)"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := record(t, tt.recorded(t))
			r := verdict(tt.here(t), m)
			var reasons []string
			for _, why := range r.Reason {
				reasons = append(reasons, why.String())
			}
			if d := cmp.Diff(tt.reasons, reasons); d != "" || r.State != tt.state || r.Counts[result.Unverified] != tt.unverified {
				t.Errorf("%s, %v, reasons %s", r.State, r.Counts, d)
			}
		})
	}
}

// A file is known by one of its digests, if that is the only one that both sides have.
func TestDigestsOfBothSides(t *testing.T) {
	row := manifest.File{MD5: "m", SHA256: "s"}
	for _, tt := range []struct {
		md5, sha256 string
		want        content
	}{
		{"m", "s", same}, {"m", "", same}, {"", "s", same}, {"", "", notCompared},
		{"m", "x", differs}, {"x", "s", same}, {"x", "", differs},
	} {
		if got := contentOf(&row, &inventory.File{MD5: tt.md5, SHA256: tt.sha256}); got != tt.want {
			t.Errorf("md5 %q, sha256 %q: %d, want %d", tt.md5, tt.sha256, got, tt.want)
		}
	}
	if got := contentOf(&manifest.File{}, &inventory.File{MD5: "m"}); got != notRecorded {
		t.Errorf("without a recorded digest: %d", got)
	}
}

// What Windows sets aside, and what is named after a hotfix, was recorded like
// everything else, and is asked for like everything else.
func TestRecordedWhereCopiesAreSetAside(t *testing.T) {
	inv := withDigests(inventoryOf(t, "$NtUninstallKB1$/a.dll 1.0.0.1 10 x86", "hotfix/GOLD/a.dll 1.0.0.2 10 x86"))
	m, _ := record(t, inv)
	if got := notOK(inv, m); got != "installed" {
		t.Errorf("unchanged: %s", got)
	}
	digest(&inv.Files[0], "x")
	if got := notOK(inv, m); got != "$NtUninstallKB1$/a.dll changed, partial" {
		t.Errorf("changed: %s", got)
	}
}

// A place that could not be recorded is no reason for an alarm later.
func TestGapsAreNotExtra(t *testing.T) {
	files := []string{"a.dll 1.0.0.1 10 x86", "b.dll - 10 unreadable", "e.dll 1.0.0.1 10 x86", "E.DLL 1.0.0.1 11 x86",
		`odd\x0aname.txt - 1 data`, "sub/q?.txt - 1 data", "sub/**.txt - 1 data"}
	inv := withDigests(inventoryOf(t, files...))
	inv.Faults, inv.Excluded = []inventory.Fault{{Path: "locked", Error: "permission denied"}}, []string{"logs"}
	m, _ := record(t, inv)
	later := withDigests(inventoryOf(t, append(files, "locked/seen.dll 1.0.0.1 10 x86", "logs/today.txt - 5 data")...))
	r := verdict(later, m)
	if n := r.Counts[result.Extra]; n != 0 {
		t.Errorf("%d extra files: %v", n, r.Rows)
	}
	later.Files = append(later.Files, inventory.File{Path: "sub/b.dll"}) // b.dll of the root was left out, not this one
	if got := verdict(later, m).Counts[result.Extra]; got != 1 {
		t.Errorf("%d extra files, want 1", got)
	}
}

// A record with more gaps than it can name does not say that it is complete.
func TestTooManyGaps(t *testing.T) {
	files := []string{"a.dll 1.0.0.1 10 x86"}
	for i := range inventory.MaxExcludes + 1 {
		files = append(files, fmt.Sprintf("b%04d.dll - 10 unreadable", i))
	}
	m, gaps := record(t, inventoryOf(t, files...))
	if m.Tables[0].Complete || !slices.ContainsFunc(gaps, func(g string) bool { return strings.Contains(g, "will not be seen") }) {
		t.Errorf("complete %v", m.Tables[0].Complete)
	}
}

// Another version of the whole is one cause, said in one line.
func TestAnotherVersionOfTheWhole(t *testing.T) {
	inv := withDigests(good(t))
	m, _ := record(t, inv)
	for i := range inv.Files[:8] {
		inv.Files[i].Size += 100
		digest(&inv.Files[i], "x")
	}
	const want = "8 of 10 files differ: this is another version of what was recorded"
	if r := verdict(inv, m); r.Reason.String() != want {
		t.Errorf("%q, want %q", r.Reason, want)
	}
}

// However much was read of a file, a result shows what its row can be compared by, so
// that a folder and its inventory give the same.
func TestDigestsThatARowDoesNotHave(t *testing.T) {
	inv := withDigests(good(t))
	articles := &manifest.Manifest{ID: "Q1", Title: "t", Product: "p", Tables: []manifest.Table{table(t, "", "Ccm.dll 2.0.1380.1125 100 x86")}}
	recorded, _ := record(t, inv)
	for name, tt := range map[string]struct {
		m           *manifest.Manifest
		md5, sha256 bool
	}{"an article": {articles, false, false}, "a record with both": {recorded, false, true}} {
		for _, row := range verdict(inv, tt.m).Rows {
			for _, c := range row.Copies {
				if (c.MD5 != "") != tt.md5 || (c.SHA256 != "") != tt.sha256 {
					t.Errorf("%s: %s has md5 %q, sha256 %q", name, c.Path, c.MD5, c.SHA256)
				}
			}
		}
	}
}

// A digest that differs is no pass where later versions are as good either.
func TestContentsOfOrLaterTables(t *testing.T) {
	const right, other = "0123456789abcdef0123456789abcdef", "ffffffffffffffffffffffffffffffff"
	for _, tt := range []struct{ name, row, file, md5, want string }{
		{"the content", "a.ini - 10 data", "a.ini - 10 data", right, "ok"},
		{"another content", "a.ini - 10 data", "a.ini - 10 data", other, "changed"},
		{"of another size", "a.ini - 10 data", "a.ini - 11 data", other, "wrong-size"},
		{"nobody read it", "a.ini - 10 data", "a.ini - 10 data", "", "unverified"},
		{"the very version", "a.dll 1.0.0.1 10 x86", "a.dll 1.0.0.1 10 x86", other, "changed"},
		{"a later version", "a.dll 1.0.0.1 10 x86", "a.dll 1.0.0.2 11 x86", other, "newer"},
		{"no program, with the content", "a.dll - 10 -", "a.dll - 10 text", right, "ok"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := &manifest.Manifest{ID: "Q1", Title: "t", Product: "p", Tables: []manifest.Table{table(t, "", tt.row)}}
			m.Tables[0].Files[0].MD5 = right
			inv := inventoryOf(t, tt.file)
			inv.Files[0].MD5 = tt.md5
			if got := verdict(inv, m).Rows[0]; string(got.Verdict) != tt.want {
				t.Errorf("%s (%s), want %s", got.Verdict, got.Copies[0].Notes, tt.want)
			}
		})
	}
}

// Files whose names differ by case alone, as on other systems, are told apart: a
// record of them verifies.
func TestRecordedNamesThatDifferByCase(t *testing.T) {
	inv := withDigests(inventoryOf(t, "A.txt - 10 data", "a.txt - 11 data", "d:e/f.txt - 1 data"))
	m, gaps := record(t, inv)
	if got := notOK(inv, m); got != "installed" || len(gaps) != 2 {
		t.Errorf("%s; gaps %v", got, gaps)
	}
}

// A package states the size of a file alone: one that is no program, although it is
// named like one, is nothing to worry about.
func TestOnlyTheSizeIsKnown(t *testing.T) {
	m := &manifest.Manifest{ID: "P", Title: "t", Product: "p", Tables: []manifest.Table{table(t, "", "config.sys - 5 -", "empty.dll - 0 -", "a.txt - 1 data")}}
	m.Tables[0].Match = manifest.Exactly
	r := verdict(inventoryOf(t, "a.txt - 1 data", "config.sys - 5 text", "empty.dll - 0 text"), m)
	if got := verdicts(r); r.State != result.Installed || got[0] != "config.sys: unverified" || got[1] != "empty.dll: ok" {
		t.Errorf("%s %v", r.State, got)
	}
}

// What a record or a package says nothing of is said in the first lines.
func TestWhatIsLeftOutIsSaid(t *testing.T) {
	inv := withDigests(good(t))
	inv.Excluded = []string{"skip"}
	m, _ := record(t, inv)
	inv.Excluded = nil
	if r := verdict(inv, m); r.State != result.Installed || r.Reason.String() != "the record says nothing of 1 path (skip)" {
		t.Errorf("%s, %s", r.State, r.Reason)
	}
	m.Tables[0].Excluded, m.Tables[0].LeftOut = nil, 29
	const want = "29 files could not be put into this manifest, and nothing is known of them"
	if r := verdict(inv, m); r.State != result.Undecidable || r.Reason.String() != want {
		t.Errorf("%s, %s", r.State, r.Reason)
	}
}

// A root that is one folder off is named, not called empty.
func TestARootThatIsOneFolderOff(t *testing.T) {
	m, _ := record(t, withDigests(good(t)))
	moved := func(change func(string) string) *inventory.Inventory {
		inv := withDigests(good(t))
		for i := range inv.Files {
			inv.Files[i].Path = change(inv.Files[i].Path)
		}
		return inv
	}
	for _, tt := range []struct {
		name string
		inv  *inventory.Inventory
		want string
	}{
		{"above", moved(func(p string) string { return "image/" + p }),
			"10 files of its names lie elsewhere here, at their places below image: name that folder as the root"},
		{"elsewhere", moved(func(p string) string { return "other/x" + p[:1] + "/" + p[strings.LastIndex(p, "/")+1:] }), "is it another root?"},
		{"empty", &inventory.Inventory{Root: "root", All: true}, "none of its files is here"},
	} {
		r := verdict(tt.inv, m)
		text := r.Reason.String()
		if !strings.Contains(text, tt.want) || tt.name == "empty" && r.State != result.Absent {
			t.Errorf("%s: %s, %s", tt.name, r.State, text)
		}
	}
	deep := &manifest.Manifest{ID: "P", Title: "t", Product: "p", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.1 10 x86", "b.dll 1.0.0.1 10 x86")}}
	deep.Tables[0].Match = manifest.Exactly
	for i := range deep.Tables[0].Files {
		deep.Tables[0].Files[i].Path = "PFiles/App/" + deep.Tables[0].Files[i].Name
	}
	r := verdict(inventoryOf(t, "a.dll 1.0.0.1 10 x86", "b.dll 1.0.0.1 10 x86"), deep)
	if want := "name the folder above that holds PFiles/App"; !strings.Contains(r.Reason.String(), want) || r.Next != nil {
		t.Errorf("too deep: %s, %s", r.State, r.Reason)
	}
}
