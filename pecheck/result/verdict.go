package result

import (
	"slices"

	"kbverify/manifest"
)

// Verdict says how one copy, or one row, stands against what is printed.
type Verdict string

// The verdicts, as the project's README explains them.
const (
	OK            Verdict = "ok"
	Newer         Verdict = "newer"
	Older         Verdict = "older"
	WrongSize     Verdict = "wrong-size"
	Changed       Verdict = "changed"
	WrongPlatform Verdict = "wrong-platform"
	NoVersion     Verdict = "no-version"
	Unreadable    Verdict = "unreadable"
	Missing       Verdict = "missing"
	Extra         Verdict = "extra"
	Unverified    Verdict = "unverified"
	NotApplicable Verdict = "not-applicable"
)

// Verdicts lists them from worst to best, as reports count them.
var Verdicts = []Verdict{Unreadable, Missing, WrongPlatform, NoVersion, Changed, Older, WrongSize, Extra,
	NotApplicable, Unverified, Newer, OK}

// Class is what a verdict counts as.
type Class int

// The classes in the order of severity: the verdict of a row is the one of the
// highest class among its copies'.
const (
	Pass Class = iota
	Neither
	Fail
	Trouble
)

// Class gives what v counts as.
func (v Verdict) Class() Class {
	switch v {
	case OK, Newer:
		return Pass
	case Unverified, NotApplicable:
		return Neither
	case Unreadable:
		return Trouble
	}
	return Fail
}

// State is how one table stands at one root.
type State string

// The states.
const (
	Installed    State = "installed"
	Superseded   State = "superseded"
	Partial      State = "partial"
	NotInstalled State = "not-installed"
	Absent       State = "absent"
	Undecidable  State = "undecidable"
)

// Exit is the exit code of a run, the same whatever the output format.
type Exit int

// The exit codes. Trouble outranks failure.
const (
	ExitPass    Exit = 0 // everything asked was checked and passes
	ExitFail    Exit = 1 // something fails
	ExitTrouble Exit = 2 // wrong usage, something unreadable, or nothing could be checked
)

// Exit gives what the table contributes to the exit code.
func (t *TableResult) Exit() Exit {
	trouble := slices.ContainsFunc(t.Rows, func(r RowResult) bool { return r.Verdict.Class() == Trouble })
	switch {
	case trouble || t.State == Undecidable || t.Signatures != nil && t.Signatures.NotChecked > 0:
		return ExitTrouble
	case t.Signatures != nil && t.Signatures.NotTrusted > 0:
		return ExitFail
	case t.State == Installed || t.State == Superseded:
		return ExitPass
	}
	return ExitFail
}

// Code gives what the table contributes to the exit code, by what was asked of its root.
func (t *TableResult) Code(asked Command) Exit {
	if asked == Detect {
		return t.detectExit()
	}
	return t.Exit()
}

// Code gives what the root contributes to the exit code, by what was asked of it.
func (r *RootResult) Code() Exit {
	if r.Taken.Command == Detect {
		return r.DetectExit()
	}
	return r.Exit()
}

// Exit gives what the root contributes to the exit code. A folder that could
// not be read may hide a stale copy or a missing one, so it is trouble.
func (r *RootResult) Exit() Exit {
	if r.Unseen() || len(r.Tables) == 0 {
		return ExitTrouble
	}
	exit := ExitPass
	for i := range r.Tables {
		exit = max(exit, r.Tables[i].Exit())
	}
	return exit
}

// Unseen reports that something at the root was not looked at that may hide a
// stale copy or a missing one, and that nobody has said does not matter: what is
// not looked at has not passed.
func (r *RootResult) Unseen() bool {
	outside := slices.ContainsFunc(r.Links, func(l LinkResult) bool { return !l.Inside })
	return r.Error != "" || len(r.Faults) > 0 || outside || len(r.Unasked) > 0 || r.Emptied ||
		r.NoSignatures || r.NoTrust
}

// Trace reports whether a hotfix left something behind that is worth a line:
// everything but a hotfix whose files are all missing or of another version, or
// of whose files nothing is printed that could be compared.
func (t *TableResult) Trace() bool {
	if t.State == Undecidable && t.Harmless && len(t.Tables) == 0 {
		return t.Reason.Has(Unpacked)
	}
	return t.Reason.Has(UnpackedToo) || t.State != NotInstalled || t.Counts[OK]+t.Counts[Newer]+t.Counts[Unreadable] > 0
}

// DetectExit gives what a root contributes to the exit code of a detection:
// a hotfix that is half there fails, one that is not there does not.
func (r *RootResult) DetectExit() Exit {
	if r.Unseen() {
		return ExitTrouble
	}
	exit := ExitPass
	for i := range r.Tables {
		exit = max(exit, r.Tables[i].detectExit())
	}
	return exit
}

// detectExit gives what the table contributes to the exit code of a detection.
func (t *TableResult) detectExit() Exit {
	switch {
	case t.State == Undecidable && !t.Harmless || t.Counts[Unreadable] > 0:
		return ExitTrouble
	case t.State == Partial:
		return ExitFail
	}
	return ExitPass
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
	r.Asked = ids
}
