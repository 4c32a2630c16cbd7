// Package inventory finds what lies under a root, as a value: an Inventory.
//
// Scan walks a folder and gives its Inventory, ScanTo writes it as JSON while it
// walks, Read and Load read that JSON back, and ReadFile looks at one file by
// itself. What goes in is a path, or a text that is trusted in nothing; what
// comes out holds clean texts in a fixed order, whatever the disk and the number
// of jobs. This package knows nothing of hotfixes, their tables and verdicts:
// of a manifest it has only the names that matter. It alone touches the disk,
// and writes nothing there.
package inventory

import (
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/pefile"
)

// Inventory is what was found under one root. Taking it is the only work that
// touches the disk; everything judged afterwards is judged from here.
type Inventory struct {
	Root string // as the user named it, cleaned
	Tool string // what took it: "kbverify 1.0"; "" where nothing was said
	// Host is where it was taken; Start and End say when, UTC, whole seconds. All are
	// zero where nothing was said.
	Host       string
	Start, End time.Time
	// All says that every file is listed. Otherwise Files holds those whose name
	// is in Names, or matches a pattern there, and nothing is known of others.
	All bool
	// Signatures says that those of PE files were asked for.
	Signatures bool
	Names      []string // file names and patterns that were looked for, as manifests spell them, sorted
	// Excluded are the patterns of the paths that were left out. Nothing is known of those.
	Excluded []string
	// Unasked are those of Excluded that the inventory was taken with, and that
	// whoever read it did not ask for: see Keep.Exclude.
	Unasked []string
	// Idle are the patterns to exclude, of the scan or of Keep, that matched nothing. JSON
	// does not keep them.
	Idle []string
	// Folders are the platform folders found, in path order. The root itself is
	// one (Path ".") where its own name names a platform.
	Folders []Folder
	Files   []File  // in path order
	Faults  []Fault // places that could not be looked into, in path order
	Links   []Link  // links and junctions that were not followed, in path order
	Seen    int64   // files that the walk passed, those of no interest included
	// Unreadable is how many of Files have that Ending, also where ScanTo did not keep
	// them, without links that lead nowhere.
	Unreadable int64
}

// Folder is a platform folder.
type Folder struct {
	Path     string
	Platform manifest.Platform
}

// File is one file of interest under a root.
//
// Paths in an Inventory are relative to the root, with "/" between the elements,
// and clean: what is not fit to be shown is escaped (see visible.Name). They are
// in the order of their elements, bytes compared: "a/z" before "a-b".
type File struct {
	Path     string
	Size     int64     // bytes
	Modified time.Time // UTC, whole seconds; zero where the disk's is out of range
	pefile.Image
	// NoSignature marks a file whose name says that it is a package or a cabinet
	// (.msi, .msp, .cab), and that does not begin as one.
	NoSignature bool
	// MD5 and SHA256 are of its content, in lower-case hexadecimal digits, where the
	// scan was asked for them.
	MD5, SHA256 string
	// Signature is what the signature in a PE file says, where the scan was asked for it;
	// nil for every other file, and for one that could not be read.
	Signature *authenticode.Signature
	// Strings are those of its version resource, where the scan was asked for
	// them; an inventory written as JSON does not keep them.
	Strings *pefile.Strings
}

// Fault is a folder under the root that could not be read, or not to its end.
type Fault struct {
	Path  string // "." for the root
	Error string
}

// Link is a folder link or junction that the walk did not enter. One that leads
// nowhere counts as Inside, too: it hides nothing. Without Inside it leads out of
// the root, or nobody knows where.
type Link struct {
	Path   string
	Target string // as stored, cleaned; "" where it could not be read
	Inside bool   // it leads to a folder below the root, which the walk entered by itself
}
