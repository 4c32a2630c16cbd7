package result

import (
	"slices"

	"kbverify/manifest"
)

// OtherRelease is the warning in TableResult.Reason that a pass may be none: a
// later service pack without its own edition of the hotfix looks the same.
const OtherRelease = "the newer files are of another release, which need not contain this fix"

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

// Trace reports whether a hotfix left something behind that is worth a line:
// everything but a hotfix whose files are all missing or of another version.
func (t *TableResult) Trace() bool {
	return t.State != NotInstalled || t.Counts[OK]+t.Counts[Newer]+t.Counts[Unreadable] > 0
}

// DetectExit gives what a root contributes to the exit code of a detection:
// a hotfix that is half there fails, one that is not there does not.
func (r *RootResult) DetectExit() Exit {
	if r.Error != "" || len(r.Faults) > 0 {
		return ExitTrouble
	}
	exit := ExitPass
	for i := range r.Tables {
		t := &r.Tables[i]
		switch {
		case t.State == Undecidable || t.Counts[Unreadable] > 0:
			return ExitTrouble
		case t.State == Partial:
			exit = ExitFail
		}
	}
	return exit
}

// Only takes the hotfixes out of a detection that nobody asked about. What was
// said of the others with their help stays.
func (r *RootResult) Only(ids []string) {
	asked := map[string]bool{}
	for _, id := range ids {
		asked[manifest.IDKey(id)] = true
	}
	r.Tables = slices.DeleteFunc(r.Tables, func(t TableResult) bool { return !asked[manifest.IDKey(t.Hotfix)] })
	r.Absent = len(asked) - len(r.Tables)
}
