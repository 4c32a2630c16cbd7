package pecheck

import (
	"slices"

	"kbverify/manifest"
)

// stateOf sums up the rows of a table.
//
// A row that is unverified says neither yes nor no: beside a row that is ok it
// keeps nothing from being installed, alone it decides nothing. Superseded
// allows it in the same way. Data files have no version, so what makes a table
// superseded is that no versioned row is ok and at least one is newer.
func stateOf(rows []RowResult) (State, string) {
	has := func(match func(*RowResult) bool) bool {
		return slices.ContainsFunc(rows, func(r RowResult) bool { return r.Verdict != NotApplicable && match(&r) })
	}
	verdict := func(v Verdict) func(*RowResult) bool {
		return func(r *RowResult) bool { return r.Verdict == v }
	}
	class := func(c Class) func(*RowResult) bool {
		return func(r *RowResult) bool { return r.Verdict.Class() == c }
	}
	switch {
	case !has(func(r *RowResult) bool { return true }):
		return Absent, "no row applies to this root"
	case !has(func(r *RowResult) bool { return r.Verdict != Missing }):
		return Absent, "none of its files is here"
	case has(class(Fail)) && has(verdict(OK)):
		return Partial, ""
	case has(class(Fail)):
		return NotInstalled, ""
	case has(class(Trouble)):
		return Undecidable, "a file could not be read"
	case has(verdict(NewerThanTable)) && !has(func(r *RowResult) bool { return r.Verdict == OK && r.Version != "" }):
		return Superseded, otherRelease(rows)
	case has(verdict(OK)):
		return Installed, otherRelease(rows)
	}
	return Undecidable, "nothing that the table prints can be compared"
}

// OtherRelease is the warning in TableResult.Reason that a pass may be none: a
// later service pack without its own edition of the hotfix looks the same.
const OtherRelease = "the newer files are of another release, which need not contain this fix"

// otherRelease warns where every newer file is of another build than its row.
func otherRelease(rows []RowResult) string {
	newer := false
	for i := range rows {
		printed, err := manifest.ParsePrinted(rows[i].Version)
		if rows[i].Verdict != NewerThanTable || err != nil {
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
	return OtherRelease
}

// Exit gives what the table contributes to the exit code.
func (t *TableResult) Exit() Exit {
	applies := slices.ContainsFunc(t.Rows, func(r RowResult) bool { return r.Verdict != NotApplicable })
	trouble := slices.ContainsFunc(t.Rows, func(r RowResult) bool { return r.Verdict.Class() == Trouble })
	switch {
	case trouble || t.State == Undecidable:
		return ExitTrouble
	case t.State == Absent && !applies && len(t.Rows) > 0:
		return ExitTrouble
	case t.State == Installed || t.State == Superseded:
		return ExitPass
	}
	return ExitFail
}

// Exit gives what the root contributes to the exit code. A folder that could
// not be read may hide a stale copy or a missing one, so it is trouble.
func (r *RootResult) Exit() Exit {
	if r.Error != "" || len(r.Faults) > 0 || len(r.Tables) == 0 {
		return ExitTrouble
	}
	exit := ExitPass
	for i := range r.Tables {
		exit = max(exit, r.Tables[i].Exit())
	}
	return exit
}
