package pecheck

import (
	"errors"
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

// good is a root with files of every sort that can be recorded.
func good(t *testing.T) *inventory.Inventory {
	t.Helper()
	return inventoryOf(t, "bin/alpha/Ccm.dll 2.0.1380.1125 200 Alpha", "bin/i386/Ccm.dll 2.0.1380.1125 100 x86", "bin/i386/odd.dll 2.0.0.1 100 x64",
		"client/any.dll 1.0.0.1 40 any-cpu", "client/Ccm.dll 2.0.1380.1125 100 x86", "client/old.exe - 90 x86", "client/setup.exe 3.1.0.0 70 16-bit",
		"data/a.mof - 3 data", "data/empty.txt - 0 data", "none.dll - 12 no-fixedinfo")
}

func record(t *testing.T, inv *inventory.Inventory) (*manifest.Manifest, []string) {
	t.Helper()
	m, gaps, err := Record(inv, RecordOptions{ID: "GOLD"})
	if err != nil {
		t.Fatal(err, gaps)
	}
	back, err := manifest.Parse("gold.json", m.Encode())
	if err != nil {
		t.Fatalf("the manifest cannot be read back: %v", err)
	}
	var texts []string
	for _, g := range gaps {
		texts = append(texts, g.Path+": "+g.Text)
	}
	return back, texts
}

func verdict(inv *inventory.Inventory, m *manifest.Manifest) result.TableResult {
	return Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
}

// A recorded root verifies, and whatever is taken away or changed is found.
func TestARecordedRootVerifies(t *testing.T) {
	inv := good(t)
	m, gaps := record(t, inv)
	if r := verdict(inv, m); r.State != result.Installed || r.Counts[result.OK] != len(inv.Files) || len(gaps) != 1 {
		t.Fatalf("%s, %v, gaps %v", r.State, r.Counts, gaps)
	}
	changes := map[string]func(*inventory.File){
		"larger":     func(f *inventory.File) { f.Size++ },
		"smaller":    func(f *inventory.File) { f.Size-- },
		"older":      func(f *inventory.File) { f.Version[3]-- },
		"no version": func(f *inventory.File) { f.Ending, f.Version = pefile.NoVersion, manifest.Version{} },
		"damaged":    func(f *inventory.File) { f.Ending, f.Detail = pefile.Damaged, "cut off" },
		"ARM64":      func(f *inventory.File) { f.Machine, f.AnyCPU = pefile.MachineARM64, false },
		"moved":      func(f *inventory.File) { f.Path = "moved/" + f.Path },
	}
	for i := range inv.Files {
		was := inv.Files[i]
		gone := *inv
		gone.Files = slices.Delete(slices.Clone(inv.Files), i, i+1)
		if r := verdict(&gone, m); r.State != result.Partial || r.Rows[i].Verdict != result.Missing {
			t.Errorf("without %s: %s, its row %s", was.Path, r.State, r.Rows[i].Verdict)
		}
		for name, change := range changes {
			if (name == "older" || name == "no version") && (was.Ending != pefile.Versioned || was.Version[3] == 0) || name == "ARM64" && was.Format != pefile.PE {
				continue
			}
			inv.Files[i] = was
			change(&inv.Files[i])
			if r := verdict(inv, m); r.State == result.Installed || r.Exit() == result.ExitPass {
				t.Errorf("%s of %s: %s, its row %s", name, was.Path, r.State, r.Rows[i].Verdict)
			}
			inv.Files[i] = was
		}
	}
}

// Whatever the manifest cannot answer for is said aloud.
func TestGapsOfARecord(t *testing.T) {
	inv := inventoryOf(t, "a.dll 1.0.0.1 10 x86", "b.dll - 10 damaged", "c.dll - 10 unreadable", "d.dll - 10 text", "e.dll 1.0.0.1 10 x86", "E.DLL 1.0.0.1 11 x86",
		`odd\x0aname.txt - 1 data`, "sub/q?.txt - 1 data")
	inv.All, inv.Excluded = false, []string{"backup"}
	inv.Faults = []inventory.Fault{{Path: "locked", Error: "permission denied"}}
	inv.Links = []inventory.Link{{Path: "out", Target: "/"}}
	m, gaps := record(t, inv)
	want := []string{
		`.: the inventory lists only the files that were looked for; scan with --all records every file`,
		`.: paths that match "backup" were left out of the inventory`,
		`locked: could not be looked into: permission denied`,
		`out: a link that was not followed`,
		`b.dll: left out: it cannot be read: `,
		`c.dll: left out: it cannot be read: `,
		`E.DLL: left out: "e.dll" differs from it by case alone, which Windows does not tell apart`,
		`odd\x0aname.txt: left out: `,
		`sub/q?.txt: left out: `,
		`.: the contents of 3 files are not recorded`,
	}
	if len(gaps) != len(want) {
		t.Fatalf("%d gaps, want %d:\n%s", len(gaps), len(want), strings.Join(gaps, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(gaps[i], want[i]) {
			t.Errorf("gap %d is %q, want %q", i, gaps[i], want[i])
		}
	}
	var names []string
	for _, f := range m.Tables[0].Files {
		names = append(names, f.Path)
	}
	if d := cmp.Diff([]string{"a.dll", "d.dll", "e.dll"}, names); d != "" {
		t.Error(d)
	}
	if want := "It cannot answer for everything there: the gaps that the import named are 10."; len(m.Notes) != 2 || m.Notes[1] != want {
		t.Errorf("notes %q", m.Notes)
	}
}

func TestNothingToRecord(t *testing.T) {
	if _, _, err := Record(inventoryOf(t, "c.dll - 10 unreadable"), RecordOptions{ID: "GOLD"}); !errors.Is(err, ErrNothingToRecord) {
		t.Error(err)
	}
	if _, _, err := Record(good(t), RecordOptions{ID: "no id"}); err == nil {
		t.Error("an id that is none is taken")
	}
}

// An executable named like the record is a file like any other.
func TestARecordIsNoPackage(t *testing.T) {
	inv := inventoryOf(t, "GOLD.exe 1.0.0.1 10 x86", "other.dll 1.0.0.1 10 x86")
	m, _ := record(t, inv)
	inv.Files = inv.Files[1:]
	if r := verdict(inv, m); r.Rows[0].Verdict != result.Missing {
		t.Errorf("its row is %s", r.Rows[0].Verdict)
	}
}

// A root has thousands of files of one name: the work must not grow with their square.
func TestManyFilesOfOneName(t *testing.T) {
	inv := &inventory.Inventory{Root: "root", All: true}
	for i := range 20_000 {
		inv.Files = append(inv.Files, inventory.File{Path: fmt.Sprintf("d%05d/readme.txt", i), Size: int64(i)})
	}
	m, _ := record(t, inv)
	inv.Files[777].Size++
	if r := verdict(inv, m); r.State != result.Partial || r.Counts[result.Changed] != 1 || r.Counts[result.OK] != 19_999 {
		t.Errorf("%s, %v", r.State, r.Counts)
	}
}
