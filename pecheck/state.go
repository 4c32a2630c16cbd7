package pecheck

import (
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// sumUp counts the verdicts of the rows and gives the table its state.
func sumUp(t *result.TableResult, releases manifest.Releases) {
	t.Counts = map[result.Verdict]int{}
	for i := range t.Rows {
		t.Counts[t.Rows[i].Verdict]++
	}
	t.State, t.Reason = stateOf(t.Rows, releases)
}

// stateOf sums up the rows of a table.
//
// A row that is unverified says neither yes nor no: beside a row that is ok it
// keeps nothing from being installed, alone it decides nothing. Superseded
// allows it in the same way. Data files have no version, so what makes a table
// superseded is that no versioned row is ok and at least one is newer.
func stateOf(rows []result.RowResult, releases manifest.Releases) (result.State, result.Why) {
	has := func(match func(*result.RowResult) bool) bool {
		return slices.ContainsFunc(rows, func(r result.RowResult) bool {
			return r.Verdict != result.NotApplicable && match(&r)
		})
	}
	verdict := func(v result.Verdict) func(*result.RowResult) bool {
		return func(r *result.RowResult) bool { return r.Verdict == v }
	}
	class := func(c result.Class) func(*result.RowResult) bool {
		return func(r *result.RowResult) bool { return r.Verdict.Class() == c }
	}
	because := func(k result.Kind) result.Why { return result.Why{{Kind: k}} }
	goodCopy := func(r *result.RowResult) bool {
		return slices.ContainsFunc(r.Copies, func(c result.CopyResult) bool { return c.Verdict == result.OK })
	}
	versionedOK := func(r *result.RowResult) bool { return goodCopy(r) && !r.Version.IsZero() }
	switch {
	case !has(func(*result.RowResult) bool { return true }):
		return result.Absent, because(result.NoRowApplies)
	case !has(func(r *result.RowResult) bool { return r.Verdict != result.Missing }):
		return result.Absent, because(result.NothingHere)
	case has(class(result.Fail)) && has(goodCopy):
		return result.Partial, nil
	case has(class(result.Fail)):
		return result.NotInstalled, nil
	case has(class(result.Trouble)):
		return result.Undecidable, because(result.FileUnreadable)
	case has(verdict(result.Newer)) && !has(versionedOK):
		return result.Superseded, otherRelease(rows, releases)
	case has(goodCopy):
		return result.Installed, otherRelease(rows, releases)
	}
	return result.Undecidable, because(result.Incomparable)
}

// otherRelease warns where every newer file is of another release than its row.
func otherRelease(rows []result.RowResult, releases manifest.Releases) result.Why {
	newer := false
	for i := range rows {
		if rows[i].Verdict != result.Newer || rows[i].Version.IsZero() {
			continue
		}
		newer = true
		for _, c := range rows[i].Copies {
			if v, full := c.Version.Version(); full && sameRelease(rows[i].Version, v, releases) {
				return nil
			}
		}
	}
	if !newer {
		return nil
	}
	return result.Why{{Kind: result.OtherRelease}}
}

// sameRelease reports that a file's version is of the printed one's release: by
// the facts where they cover both, else by its build.
func sameRelease(printed result.Version, file manifest.Version, releases manifest.Releases) bool {
	v, full := printed.Version()
	if a, b := releases.Of(v), releases.Of(file); full && a != nil && b != nil {
		return a == b
	}
	build, known := printed.Build()
	return known && build == file[2]
}

// onlyData reports that the table has rows for platforms, and that nothing of any
// of these is here: data files alone are no hotfix, nor is a managed file in a
// folder for another platform. An executable that stands for a row without
// platform is one of its machine's.
func onlyData(all []*expected) bool {
	known := 0
	for _, e := range all {
		if isPackage(e.table.manifest, e.rows[0]) {
			continue
		}
		if e.platform.Known() {
			known++
		}
		for i := range e.claims {
			if e.platform == "" && e.claims[i].file.Executable() {
				return false
			}
		}
		if e.platform.Known() && e.inScope && !e.alone {
			return false
		}
	}
	return known > 0
}
