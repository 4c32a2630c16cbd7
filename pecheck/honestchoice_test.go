package pecheck

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// A hotfix for two service packs, builds 10 and 20, whose revision is 9 in both.
// Whatever table is chosen: where the root passes, no file of either build may be
// of a lower revision, since its own table calls it older.
func TestNoChoiceOfATablePassesAStaleFile(t *testing.T) {
	m := &manifest.Manifest{ID: "KB100000", Tables: []manifest.Table{
		table(t, "SP1", "a.dll 4.0.10.9 5 x86", "b.dll 4.0.10.9 6 x86", "c.dll 4.0.10.9 7 x86", "d.ini - 8 -"),
		table(t, "SP2", "a.dll 4.0.20.9 5 x86", "b.dll 4.0.20.9 6 x86", "c.dll 4.0.20.9 7 x86", "d.ini - 8 -"),
	}}
	random := rand.New(rand.NewPCG(3, 4))
	passed := 0
	for range 6_000 {
		files, stale := []string{"d.ini - 8 data"}, false
		mostly := 10 * (1 + random.IntN(2))
		for size, name := range []string{"a.dll", "b.dll", "c.dll"} {
			for copied := range 1 + random.IntN(3) {
				build, revision := mostly, 9
				if random.IntN(4) == 0 {
					build = 10 * (1 + random.IntN(3))
				}
				if random.IntN(6) == 0 {
					revision = 8
				}
				stale = stale || revision < 9 && build < 30
				files = append(files, fmt.Sprintf("%d/%s 4.0.%d.%d %d x86", copied, name, build, revision, size+5))
			}
		}
		r := Verify(inventoryOf(t, files...), []Request{{Manifest: m}}, Scope{}, Known{})
		if r.Exit() != result.ExitPass {
			continue
		}
		passed++
		if stale {
			t.Fatalf("%s %s: %s\n%q", r.Tables[0].Table, r.Tables[0].State, r.Tables[0].Reason, files)
		}
	}
	if passed < 150 {
		t.Errorf("%d roots passed: too few to show anything", passed)
	}
}
