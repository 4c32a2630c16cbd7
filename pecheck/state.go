package pecheck

import (
	"slices"

	"kbverify/pecheck/result"
)

// sumUp counts the verdicts of the rows and gives the table its state.
func sumUp(t *result.TableResult) {
	t.Counts = map[result.Verdict]int{}
	for i := range t.Rows {
		t.Counts[t.Rows[i].Verdict]++
	}
	t.State, t.Reason = stateOf(t.Rows)
}

// stateOf sums up the rows of a table.
//
// A row that is unverified says neither yes nor no: beside a row that is ok it
// keeps nothing from being installed, alone it decides nothing. Superseded
// allows it in the same way. Data files have no version, so what makes a table
// superseded is that no versioned row is ok and at least one is newer.
func stateOf(rows []result.RowResult) (result.State, result.Why) {
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
	versionedOK := func(r *result.RowResult) bool { return r.Verdict == result.OK && !r.Version.IsZero() }
	switch {
	case !has(func(*result.RowResult) bool { return true }):
		return result.Absent, because(result.NoRowApplies)
	case !has(func(r *result.RowResult) bool { return r.Verdict != result.Missing }):
		return result.Absent, because(result.NothingHere)
	case has(class(result.Fail)) && has(verdict(result.OK)):
		return result.Partial, nil
	case has(class(result.Fail)):
		return result.NotInstalled, nil
	case has(class(result.Trouble)):
		return result.Undecidable, because(result.FileUnreadable)
	case has(verdict(result.Newer)) && !has(versionedOK):
		return result.Superseded, otherRelease(rows)
	case has(verdict(result.OK)):
		return result.Installed, otherRelease(rows)
	}
	return result.Undecidable, because(result.Incomparable)
}

// otherRelease warns where every newer file is of another build than its row.
func otherRelease(rows []result.RowResult) result.Why {
	newer := false
	for i := range rows {
		if rows[i].Verdict != result.Newer || rows[i].Version.IsZero() {
			continue
		}
		newer = true
		build, _ := rows[i].Version.Build()
		for _, c := range rows[i].Copies {
			if v, full := c.Version.Version(); full && v[2] == build {
				return nil
			}
		}
	}
	if !newer {
		return nil
	}
	return result.Why{{Kind: result.OtherRelease}}
}

// platformless reports that the table has rows for platforms, and that none of
// those is here: data files alone are no hotfix, nor is a managed file in a
// folder for another platform.
func platformless(all []*expected) bool {
	known := 0
	for _, e := range all {
		if e.platform.Known() {
			known++
			if e.inScope && !e.alone {
				return false
			}
		}
	}
	return known > 0
}
