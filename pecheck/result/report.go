package result

import "kbverify/manifest"

// Report is the result of a run, lossless as JSON; every other format is made
// from it.
type Result struct {
	Tool  Tool         `json:"tool"`
	Roots []RootResult `json:"roots"`
	Exit  Exit         `json:"exit"`
}

// Tool names what judged.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Catalog string `json:"catalog"` // the version of the embedded manifests
}

// RootResult is everything found out about one root.
type RootResult struct {
	Root   string        `json:"root"`
	Error  string        `json:"error,omitempty"` // only if the root could not be read
	Seen   int64         `json:"seen"`            // files passed under the root
	Faults []FaultResult `json:"faults,omitempty"`
	Links  []LinkResult  `json:"links,omitempty"`
	// Excluded are the patterns of paths that were left out: nothing is known of those.
	Excluded []string      `json:"excluded,omitempty"`
	Tables   []TableResult `json:"tables"`
	Absent   int           `json:"absent,omitempty"` // detect: known hotfixes of which nothing is here
}

// FaultResult is a folder that could not be read.
type FaultResult struct {
	Path  string `json:"path"`
	Error string `json:"error"`
}

// LinkResult is a folder link that was not followed.
type LinkResult struct {
	Path   string `json:"path"`
	Target string `json:"target,omitempty"`
}

// TableResult is the judgement of one table at one root.
type TableResult struct {
	Hotfix string          `json:"hotfix"`
	Table  string          `json:"table,omitempty"`
	Title  string          `json:"title,omitempty"`
	State  State           `json:"state"`
	Counts map[Verdict]int `json:"counts"`
	Reason string          `json:"reason,omitempty"` // why the state is undecidable, or what qualifies it
	Tables []string        `json:"tables,omitempty"` // the tables to choose from, where none could be chosen
	Notes  []string        `json:"notes,omitempty"`  // the manifest's notes
	Rows   []RowResult     `json:"rows"`
	// Unlisted are copies of a platform, or in a platform folder, for which the table has no row.
	Unlisted []CopyResult `json:"unlisted,omitempty"`
	// Remarks say what other hotfixes have to do with this one (detect).
	Remarks []string `json:"remarks,omitempty"`
}

// RowResult is the judgement of one expected file. Rows of a table with the
// same name and platform (language editions, repeated lines) are one expected
// file: the first printed or the matched one stands in front, the others are
// its Alternatives.
type RowResult struct {
	Name         string            `json:"name"`
	Path         string            `json:"path,omitempty"`
	Platform     manifest.Platform `json:"platform,omitempty"`
	Version      string            `json:"version,omitempty"`
	Size         any               `json:"size,omitempty"` // a number of bytes, or a rounded size as text
	Modified     string            `json:"modified,omitempty"`
	Verdict      Verdict           `json:"verdict"`
	Reason       string            `json:"reason,omitempty"`
	Alternatives []Alternative     `json:"alternatives,omitempty"`
	DeliveredBy  []string          `json:"delivered_by,omitempty"` // hotfixes that deliver a newer version found (detect)
	Copies       []CopyResult      `json:"copies"`
}

// Alternative is a further row of the table for the same name and platform.
type Alternative struct {
	Version string `json:"version,omitempty"`
	Size    any    `json:"size,omitempty"`
}

// CopyResult is the judgement of one copy against its row.
type CopyResult struct {
	Path     string   `json:"path"`
	Version  string   `json:"version,omitempty"`
	Size     int64    `json:"size"`
	Modified string   `json:"modified,omitempty"` // UTC, RFC 3339, whole seconds
	Platform string   `json:"platform,omitempty"` // of the machine type; "16-bit" for NE, LE and DOS files
	Verdict  Verdict  `json:"verdict"`
	Notes    []string `json:"notes"`
}

// Verdict says how one copy, or one row, stands against what is printed.
type Verdict string

// The verdicts, as the project's README explains them.
const (
	OK            Verdict = "ok"
	Newer         Verdict = "newer"
	Older         Verdict = "older"
	WrongSize     Verdict = "wrong-size"
	WrongPlatform Verdict = "wrong-platform"
	NoVersion     Verdict = "no-version"
	Unreadable    Verdict = "unreadable"
	Missing       Verdict = "missing"
	Unverified    Verdict = "unverified"
	NotApplicable Verdict = "not-applicable"
)

// Verdicts lists them from worst to best, as reports count them.
var Verdicts = []Verdict{Unreadable, Missing, WrongPlatform, NoVersion, Older, WrongSize,
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
