// Package result is the result of a run as data, lossless as JSON: what was
// found under each root, the verdict on every copy and row, the state of every
// table, and the exit code. Versions, sizes and reasons are values; the words of
// a reason are made in one place, when a report asks for them.
package result

import (
	"time"

	"kbverify/manifest"
)

// Schema and Document begin the JSON of every result.
const (
	Schema   = 1
	Document = "kbverify-result"
)

// Result is the result of a run, lossless as JSON; every other format is made
// from it.
type Result struct {
	Tool  Tool         `json:"tool"`
	Roots []RootResult `json:"roots"`
	Taken Taken        `json:"taken,omitzero"`
	Exit  Exit         `json:"exit"`
}

// MarshalJSON implements json.Marshaler.
func (r Result) MarshalJSON() ([]byte, error) {
	type plain Result
	return marshal(struct {
		Schema int    `json:"schema"`
		Kind   string `json:"kind"`
		plain
	}{Schema, Document, plain(r)})
}

// Taken is when and where a run was, or the files of one root were read: for an
// inventory by its scan, and nobody knows for one that does not say so.
type Taken struct {
	Command Command   `json:"command,omitempty"`
	Host    string    `json:"host,omitempty"`
	Start   time.Time `json:"start,omitzero"` // UTC, whole seconds
	End     time.Time `json:"end,omitzero"`
}

// IsZero reports that nothing is known.
func (t Taken) IsZero() bool { return t == Taken{} }

// Command is what was asked of a root; the exit code depends on it.
type Command string

// The commands that judge, and Report, which puts the results of many runs together:
// what was asked of a root is never that.
const (
	Verify Command = "verify"
	Detect Command = "detect"
	Report Command = "report"
)

// Tool names what judged.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Catalog string `json:"catalog"` // the version of the embedded manifests
}

// RootResult is everything found out about one root.
type RootResult struct {
	Root  string `json:"root"`
	Taken Taken  `json:"taken,omitzero"`
	// Asked are the hotfixes that were asked about, where Tables do not tell: of a root
	// that could not be read, and of a detection of less than all.
	Asked []string `json:"asked,omitempty"`
	// Older is how many earlier results of the root a report of many runs left out for
	// this one.
	Older int `json:"older,omitempty"`
	// Judge is the tool, in a report of many runs, where it is not that of the whole.
	Judge  Tool          `json:"tool,omitzero"`
	Error  string        `json:"error,omitempty"` // only if the root could not be read
	Seen   int64         `json:"seen"`            // files passed under the root
	Faults []FaultResult `json:"faults,omitempty"`
	Links  []LinkResult  `json:"links,omitempty"`
	// Excluded are the patterns of paths that were left out: nothing is known of those.
	Excluded []string `json:"excluded,omitempty"`
	// Unasked are those of them that only the scan of the inventory left out: who
	// asks for this result has not said that they do not matter.
	Unasked []string `json:"unasked,omitempty"`
	// Emptied says that what is excluded left no file to judge.
	Emptied bool `json:"emptied,omitempty"`
	// NoSignatures and NoTrust say what was asked and the inventory does not know: what
	// the files' signatures say, and whether their signers are trusted.
	NoSignatures bool          `json:"no_signatures,omitempty"`
	NoTrust      bool          `json:"no_trust,omitempty"`
	Tables       []TableResult `json:"tables"`
	Absent       int           `json:"absent,omitempty"` // detect: known hotfixes of which nothing is here
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
	Inside bool   `json:"inside,omitempty"` // it leads to a folder below the root, which was looked into
}

// FolderCount is a folder with files of interest.
type FolderCount struct {
	Path    string `json:"path"`
	Files   int    `json:"files"`
	Package string `json:"package,omitempty"` // the hotfix whose unpacked package it is
}

// TableResult is the judgement of one table at one root.
type TableResult struct {
	Hotfix  string         `json:"hotfix"`
	Table   string         `json:"table,omitempty"`
	Title   string         `json:"title,omitempty"`
	Product string         `json:"product,omitempty"` // for which the hotfix is
	Match   manifest.Match `json:"match,omitempty"`
	// Complete says that a file which the table does not list is extra.
	Complete bool            `json:"complete,omitempty"`
	State    State           `json:"state"`
	Counts   map[Verdict]int `json:"counts"`
	// Signatures are those of the copies, where they were asked for.
	Signatures *SignatureCounts `json:"signatures,omitempty"`
	Reason     Why              `json:"reason,omitempty"` // why the state is undecidable, or what qualifies it
	Tables     []string         `json:"tables,omitempty"` // the tables to choose from, where none could be chosen
	Notes      []string         `json:"notes,omitempty"`  // the manifest's notes
	Rows       []RowResult      `json:"rows"`
	// Unlisted are copies of a platform, or in a platform folder, for which the table has no row.
	Unlisted []CopyResult `json:"unlisted,omitempty"`
	// SetAside are folders in which Windows keeps files that it replaced, and unpacked
	// packages, with the number of files that have a name of the table. These are no copies.
	SetAside []FolderCount `json:"set_aside,omitempty"`
	// Folder is the one folder in which all copies lie, where that is not the root or its bin.
	Folder string `json:"folder,omitempty"`
	// Next says what to do, where the table does not pass.
	Next         []Reason `json:"next,omitempty"`
	Article      string   `json:"article,omitempty"`       // its address
	SupersededBy []string `json:"superseded_by,omitempty"` // hotfixes, by what articles say
	Manifest     string   `json:"manifest,omitempty"`      // the file that stood for the catalogue's hotfix of this id
	// Harmless says of an undecidable hotfix that it changes no exit code of a
	// detection: nothing speaks for its being half there.
	Harmless bool `json:"harmless,omitempty"`
	// Remarks say what other hotfixes have to do with this one.
	Remarks []Reason `json:"remarks,omitempty"`
}

// Version is a file version as far as it is printed, or that of a file, whole.
type Version = manifest.Printed

// Size is a size with the precision it was printed with.
type Size = manifest.Size

// RowResult is the judgement of one expected file. Rows of a table with the
// same name and platform (language editions, repeated lines) are one expected
// file: the first printed or the matched one stands in front, the others are
// its Alternatives.
type RowResult struct {
	Name         string            `json:"name"`
	Path         string            `json:"path,omitempty"`
	Platform     manifest.Platform `json:"platform,omitempty"`
	Version      Version           `json:"version,omitzero"`
	Size         Size              `json:"size,omitzero"`
	MD5          string            `json:"md5,omitempty"`
	SHA256       string            `json:"sha256,omitempty"`
	Modified     string            `json:"modified,omitempty"`
	Verdict      Verdict           `json:"verdict"`
	Reason       Why               `json:"reason,omitempty"`
	Alternatives []Alternative     `json:"alternatives,omitempty"`
	DeliveredBy  []string          `json:"delivered_by,omitempty"` // other hotfixes whose file a copy is
	Copies       []CopyResult      `json:"copies"`
}

// Alternative is a further row of the table for the same name and platform.
type Alternative struct {
	Version Version `json:"version,omitzero"`
	Size    Size    `json:"size,omitzero"`
}

// CopyResult is the judgement of one copy against its row.
type CopyResult struct {
	Path      string    `json:"path"`
	Version   Version   `json:"version,omitzero"`
	Size      int64     `json:"size"`
	MD5       string    `json:"md5,omitempty"` // of its content, where it was read
	SHA256    string    `json:"sha256,omitempty"`
	Modified  string    `json:"modified,omitempty"` // UTC, RFC 3339, whole seconds
	Platform  string    `json:"platform,omitempty"` // of the machine type; "16-bit" for NE, LE and DOS files
	Signature Signature `json:"signature,omitzero"`
	Verdict   Verdict   `json:"verdict"`
	Notes     []Reason  `json:"notes"`
}
