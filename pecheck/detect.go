package pecheck

import (
	"runtime"
	"sync"
	"sync/atomic"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// Detect judges an inventory by every known hotfix: each by the one of its
// tables that the files speak for. Hotfixes of which nothing is there are
// counted in RootResult.Absent and not listed; those of which there are only
// other versions are listed without their rows. Like Verify it is pure.
func Detect(inv *inventory.Inventory, known []*manifest.Manifest, scope Scope) result.RootResult {
	d := &detection{delivers: deliveriesOf(known)}
	root := aboutRoot(inv)
	for i, found := range newJudge(inv, scope).detectAll(known) {
		if found == nil || found.State == result.Absent {
			root.Absent++
			continue
		}
		d.manifests = append(d.manifests, known[i])
		d.readings = append(d.readings, found.readings)
		d.tables = append(d.tables, found.TableResult)
	}
	d.settle()
	d.replaceRows()
	d.explain()
	d.remark()
	for _, t := range d.tables {
		if !t.Trace() {
			t.Rows, t.Unlisted = []result.RowResult{}, nil // their number is in the counts; none of them is evidence
		}
		root.Tables = append(root.Tables, t)
	}
	return root
}

// detected is the judgement of one hotfix, and where several of its tables
// match and none could be chosen, those of each.
type detected struct {
	result.TableResult
	readings []*judged
}

// detectAll judges every hotfix, on all processors: none of the judgements
// depends on another. nil is a hotfix without a table to judge by, or of which
// nothing is here.
func (j *judge) detectAll(known []*manifest.Manifest) []*detected {
	results := make([]*detected, len(known))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(known)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(known); i = int(next.Add(1)) - 1 {
				results[i] = j.detect(known[i])
			}
		})
	}
	workers.Wait()
	return results
}

// detect judges a hotfix by the table that Verify would choose. Where the files
// do not tell, and no table has a file that matches, the hotfix is not there
// by any of them; one that alone has matching files is the one.
func (j *judge) detect(m *manifest.Manifest) *detected {
	if len(installTables(m)) == 0 || j.bare(m) {
		return nil
	}
	all := j.all(m)
	t := j.choose(m, all)
	if t.State != result.Undecidable || len(t.Tables) == 0 {
		return &detected{TableResult: t}
	}
	var matching []*judged
	for _, one := range all {
		if one.Counts[result.OK]+one.Counts[result.Unreadable] > 0 {
			matching = append(matching, one)
		}
	}
	switch len(matching) {
	case 0:
		t.State, t.Reason = result.NotInstalled, result.Why{{Kind: result.OtherVersions}}
	case 1:
		return &detected{TableResult: matching[0].TableResult}
	}
	return &detected{t, matching}
}

// bare reports that nothing a hotfix delivers is here, and that the inventory
// would know: the judgement of such a hotfix is Absent, whichever its table.
func (j *judge) bare(m *manifest.Manifest) bool {
	for row := range installRows(m) {
		if !j.covers(row) {
			return false
		}
		if exact, patterned := j.copies(row); len(exact)+len(patterned) > 0 {
			return false
		}
	}
	return true
}
