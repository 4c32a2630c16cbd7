package pecheck

import (
	"slices"

	"kbverify/internal/parallel"
	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// Detect judges an inventory by every known hotfix, each as Verify would.
// Hotfixes of which nothing is there are counted in RootResult.Absent and not
// listed; those of which there are only other versions are listed without their
// rows. Like Verify it is pure.
func Detect(inv *inventory.Inventory, known Known, scope Scope) result.RootResult {
	root := aboutRoot(inv)
	d := &detection{releases: known.Releases}
	for i, found := range newJudge(inv, scope, known).detectAll(known.Hotfixes) {
		here := false
		for _, one := range found {
			if one.State != result.Absent {
				here = true
				d.add(known.Hotfixes[i], one)
			}
		}
		if !here && !isRecord(known.Hotfixes[i]) {
			root.Absent++
		}
	}
	d.settle()
	d.replaceRows()
	d.explain()
	d.remark()
	for i := range d.found {
		f := &d.found[i]
		if f.advise(f.manifest, known); f.State != result.Partial {
			f.Next = nil // nobody asked for it to be here
		}
		f.Harmless = f.Harmless || f.harmless()
		t := f.TableResult
		if !t.Trace() {
			t.Rows, t.Unlisted = []result.RowResult{}, nil // their number is in the counts; none is evidence
		}
		root.Tables = append(root.Tables, t)
	}
	return root
}

// detectAll judges every hotfix, on all processors: none of the judgements
// depends on another. None is for a hotfix without a table to judge by, or of
// which nothing is here.
func (j *judge) detectAll(known []*manifest.Manifest) [][]answer {
	results := make([][]answer, len(known))
	parallel.Each(len(known), func(i int) {
		if m := known[i]; len(installTables(m)) > 0 && !isRecord(m) && !j.bare(m) {
			results[i] = j.all(m)
		}
	})
	return results
}

// isRecord reports a manifest of a recorded root, which is no hotfix that can be here
// or not.
func isRecord(m *manifest.Manifest) bool {
	return !slices.ContainsFunc(m.Tables, func(t manifest.Table) bool { return !t.Complete })
}

// bare reports that nothing a hotfix delivers is here, and that the inventory
// would know: the judgement of such a hotfix is Absent, whichever its table.
func (j *judge) bare(m *manifest.Manifest) bool {
	t := &judged{judge: j, manifest: m}
	for row := range installRows(m) {
		if !j.covers(row) || len(j.aside[manifest.NameKey(row.Name)]) > 0 {
			return false
		}
		if exact, patterned := t.copies(row); len(exact)+len(patterned) > 0 {
			return false
		}
	}
	return true
}
