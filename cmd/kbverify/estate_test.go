package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

// modes are ways in which a hotfix can lie on a root, by what becomes of each of
// its files. A way that gives false leaves the file out.
var modes = []func(o *oracle, r *rand.Rand, m *manifest.Manifest, row *manifest.File, f *sampleFile) bool{
	func(*oracle, *rand.Rand, *manifest.Manifest, *manifest.File, *sampleFile) bool { return true }, // installed
	func(o *oracle, r *rand.Rand, m *manifest.Manifest, row *manifest.File, f *sampleFile) bool { // half of it
		switch r.IntN(5) {
		case 0:
			return false
		case 1:
			stale(f)
		case 2:
			f.spec.Size += 70_000 // above every rounding
		}
		return true
	},
	func(o *oracle, r *rand.Rand, m *manifest.Manifest, row *manifest.File, f *sampleFile) bool { // a later hotfix
		if f.spec.NoVersion || f.data {
			return true
		}
		f.spec.Version[3]++
		for _, d := range o.others(m.ID, row) {
			if v, _ := d.row.Version.Version(); row.Version.Order(v) == manifest.Newer && r.IntN(2) == 0 {
				f.spec.Version = v
			}
		}
		return true
	},
	func(o *oracle, r *rand.Rand, m *manifest.Manifest, row *manifest.File, f *sampleFile) bool { // an earlier one
		stale(f)
		return true
	},
}

// stale makes a file one that the hotfix replaces.
func stale(f *sampleFile) {
	if f.data || f.spec.NoVersion {
		f.spec.Size += 70_000
		return
	}
	for i := 3; i >= 0; i-- {
		if f.spec.Version[i] > 0 {
			f.spec.Version[i]--
			return
		}
	}
}

// estateOf makes up roots on which up to four hotfixes were installed one after
// the other, well or badly. The same seed gives the same roots.
func estateOf(o *oracle, n int, seed uint64) []estateRoot {
	r := rand.New(rand.NewPCG(seed, 0))
	roots := make([]estateRoot, n)
	for i := range roots {
		roots[i] = estateRoot{}
		for range 1 + r.IntN(4) {
			m := o.cast[r.IntN(len(o.cast))]
			mode := modes[r.IntN(len(modes))]
			for j := range m.Tables[0].Files {
				row := &m.Tables[0].Files[j]
				roots[i].plant(row, func(f *sampleFile) bool { return mode(o, r, m, row, f) })
			}
		}
	}
	return roots
}

func (r estateRoot) plant(row *manifest.File, change func(*sampleFile) bool) {
	f := sampleOf(healthyPlace(row)+"/"+row.Name, row)
	f.spec.Size = someSize(row.Size)
	f.data = row.Platform == ""
	f.spec.NoVersion = row.Version.IsZero()
	key := manifest.NameKey(f.path)
	if there, ok := r[key]; ok {
		f.path = there.path // Windows would keep the spelling too
	}
	if change(&f) {
		r[key] = f
	}
}

// TestEstate detects the hotfixes on 200 roots in mixed states: every state and
// every line about other hotfixes must be what the oracle says.
func TestEstate(t *testing.T) {
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.All()
	if err != nil {
		t.Fatal(err)
	}
	o := newOracle(cast(all))
	if len(o.cast) < 60 {
		t.Fatalf("only %d hotfixes of the catalogue are plain", len(o.cast))
	}
	dir := t.TempDir()
	roots := estateOf(o, 200, 1)
	var paths []string
	for i, root := range roots {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("site%03d", i)))
		for _, f := range root {
			if err := f.write(paths[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	states, lines := map[string]int{}, 0
	for i, got := range detectAll(t, o.cast, paths) {
		want := o.expect(roots[i])
		have := map[string]found{}
		for _, h := range got.Tables {
			var remarks []string
			for _, r := range h.Remarks {
				remarks = append(remarks, r.String())
				if strings.Contains(r.String(), " is from ") {
					lines++
				}
			}
			have[h.Hotfix] = found{string(h.State), remarks}
			states[string(h.State)]++
		}
		if d := cmp.Diff(want, have); d != "" || got.Absent != len(o.cast)-len(want) || got.Root != paths[i] {
			t.Fatalf("%s: %d absent of %d (-want +got):\n%s", got.Root, got.Absent, len(o.cast), d)
		}
	}
	t.Logf("%d hotfixes, states %v, %d supersedence lines", len(o.cast), states, lines)
	for _, s := range []string{"installed", "superseded", "partial", "not-installed"} {
		if states[s] < 50 {
			t.Errorf("only %d hotfixes are %s: the estate is not mixed", states[s], s)
		}
	}
	if lines < 100 {
		t.Errorf("only %d supersedence lines", lines)
	}
}

// detectAll runs a detection of many roots as the command does, on the hotfixes
// that the oracle knows.
func detectAll(t *testing.T, known []*manifest.Manifest, roots []string) []result.RootResult {
	t.Helper()
	j, stdout, stderr := judgingOf(t.Context(), roots, nil)
	var names []string
	for _, m := range known {
		names = append(names, manifestNames(m)...)
	}
	j.source = newSource(j.s, &walkFlags{}, names)
	j.jobs, j.format.format = 16, report.JSONL
	j.exit = (*result.RootResult).DetectExit
	j.judge = func(inv *inventory.Inventory) result.RootResult { return pecheck.Detect(inv, known, pecheck.Scope{}) }
	if code, err := j.run(); code != result.ExitFail || err != nil || stderr.Len() > 0 {
		t.Fatalf("exit code %d, %v, %s", code, err, stderr)
	}
	var results []result.RootResult
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var r result.RootResult
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		results = append(results, r)
	}
	if len(results) != len(roots)+1 {
		t.Fatalf("%d lines for %d roots", len(results), len(roots))
	}
	return results[:len(roots)]
}
