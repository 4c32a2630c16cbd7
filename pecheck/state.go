package pecheck

import (
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// stateOf sums up the rows of a table.
//
// A row that is unverified says neither yes nor no: beside a row that is ok it
// keeps nothing from being installed, alone it decides nothing. Superseded
// allows it in the same way. Data files have no version, so what makes a table
// superseded is that no versioned row is ok and at least one is newer.
func stateOf(rows []result.RowResult) (result.State, string) {
	has := func(match func(*result.RowResult) bool) bool {
		return slices.ContainsFunc(rows, func(r result.RowResult) bool { return r.Verdict != result.NotApplicable && match(&r) })
	}
	verdict := func(v result.Verdict) func(*result.RowResult) bool {
		return func(r *result.RowResult) bool { return r.Verdict == v }
	}
	class := func(c result.Class) func(*result.RowResult) bool {
		return func(r *result.RowResult) bool { return r.Verdict.Class() == c }
	}
	switch {
	case !has(func(r *result.RowResult) bool { return true }):
		return result.Absent, "no row applies to this root"
	case !has(func(r *result.RowResult) bool { return r.Verdict != result.Missing }):
		return result.Absent, "none of its files is here"
	case has(class(result.Fail)) && has(verdict(result.OK)):
		return result.Partial, ""
	case has(class(result.Fail)):
		return result.NotInstalled, ""
	case has(class(result.Trouble)):
		return result.Undecidable, "a file could not be read"
	case has(verdict(result.Newer)) && !has(func(r *result.RowResult) bool { return r.Verdict == result.OK && r.Version != "" }):
		return result.Superseded, otherRelease(rows)
	case has(verdict(result.OK)):
		return result.Installed, otherRelease(rows)
	}
	return result.Undecidable, "nothing that the table prints can be compared"
}

// otherRelease warns where every newer file is of another build than its row.
func otherRelease(rows []result.RowResult) string {
	newer := false
	for i := range rows {
		printed, err := manifest.ParsePrinted(rows[i].Version)
		if rows[i].Verdict != result.Newer || err != nil {
			continue
		}
		newer = true
		build, _ := printed.Build()
		for _, c := range rows[i].Copies {
			if v, err := manifest.ParseVersion(c.Version); err == nil && v[2] == build {
				return ""
			}
		}
	}
	if !newer {
		return ""
	}
	return result.OtherRelease
}
