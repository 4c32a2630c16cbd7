package result

import (
	"slices"
	"strings"

	"kbverify/manifest"
)

// Kind says what sort of reason one is. It decides which of a Reason's values
// are set, and its words.
type Kind string

// The reasons beside a copy.
const (
	SaidByOthers       Kind = "text"                 // Text: the words of a system, a format, an article
	StringDisagrees    Kind = "string-disagrees"     // Text: the FileVersion string
	InOtherFolder      Kind = "in-other-folder"      // Machine of the file, Platform of the folder
	ForOther           Kind = "for-other"            // Machine of the file, Platform of the row
	OfOtherBuild       Kind = "of-other-build"       // Count: the file's build; Of: the table's
	FirstPartsLeft     Kind = "first-parts-left-out" // Version as printed
	TypeUnversioned    Kind = "type-unversioned"
	NoExecutable       Kind = "no-executable"
	NoFixedInfo        Kind = "no-fixed-info"
	NoResource         Kind = "no-version-resource"
	NotComparable      Kind = "version-not-comparable" // Text: the version as printed
	OnlyNamedSo        Kind = "executable-by-name-only"
	LocalisedName      Kind = "localised-name" // Text: the pattern
	NothingPrinted     Kind = "nothing-printed"
	LaterFile          Kind = "later-file"        // Hotfixes
	EarlierFile        Kind = "earlier-file"      // Hotfixes
	EarlierAndLater    Kind = "earlier-and-later" // Hotfixes
	SameVersionOf      Kind = "same-version-of"   // Hotfixes
	NoOrder            Kind = "no-order"          // Hotfixes
	BelowLaterTable    Kind = "below-later-table" // Tables: one; Version there
	EmptyOrCut         Kind = "empty-or-cut-off"
	NewerThanRecorded  Kind = "newer-than-recorded"
	OlderThanRecorded  Kind = "older-than-recorded"
	VersionUnrecorded  Kind = "no-version-recorded"
	OtherSize          Kind = "size-differs"
	OtherContent       Kind = "content-differs"
	ContentNotCompared Kind = "content-not-compared"
	NotAsSigned        Kind = "not-as-signed"
	NoRowHere          Kind = "no-row-here"       // Machine of the file, or ""
	NoRowInFolder      Kind = "no-row-for-folder" // Platform of the folder
)

// The reasons beside a row.
const (
	NotAskedFor    Kind = "platform-not-asked-for" // Platform
	NoPlatformHere Kind = "platform-not-here"      // Platform
	NameNotSought  Kind = "name-not-looked-for"
	OwnPackage     Kind = "own-package"
	ReplacedBy     Kind = "replaced-by" // Hotfixes: one
	OnlyPresent    Kind = "only-present"
	GoodElsewhere  Kind = "good-elsewhere" // Folder of a good copy; Name of the bad one's, Text: its verdict
	LeftOutHere    Kind = "left-out"
	MovedTo        Kind = "moved-to"   // Name: a path; Partly: its content was not compared
	BroughtIn      Kind = "brought-in" // Folder; Platform; Platforms: those that count otherwise
)

// The reasons beside a table.
const (
	NoRowApplies        Kind = "no-row-applies"
	NoRowAsked          Kind = "no-row-asked-for"
	NothingOK           Kind = "nothing-ok"
	NothingLeft         Kind = "nothing-left"
	Unpacked            Kind = "unpacked"     // Folder; Count copies, all of them; Partly: of less than half of the files
	UnpackedToo         Kind = "unpacked-too" // Folder; Count copies
	OneFolder           Kind = "one-folder"   // Folder
	NothingHere         Kind = "nothing-here"
	FileUnreadable      Kind = "file-unreadable"
	OtherRelease        Kind = "other-release" // a later service pack need not contain the fix
	Incomparable        Kind = "nothing-comparable"
	OnlyData            Kind = "only-data"
	NoInstallTable      Kind = "no-install-table"
	FilesNotSought      Kind = "files-not-looked-for"
	FilesDoNotTell      Kind = "files-do-not-tell" // Hotfixes: itself; Tables: to choose from; States: what each says
	FitsSeveral         Kind = "fits-several"      // Tables
	NoSuchTable         Kind = "no-such-table"     // Hotfixes: itself; Text: the table asked for
	ReferenceTable      Kind = "reference-table"   // Text: why
	ChosenByBuilds      Kind = "chosen-by-builds"  // Tables: one; Count of Of files
	ChosenByRelease     Kind = "chosen-by-release" // Tables: one; Count of Of files
	ChosenByFiles       Kind = "chosen-by-files"   // Tables: one; Count files
	OtherVersions       Kind = "other-versions"
	NotItsOwn           Kind = "not-its-own"           // Because: whose each file is
	OtherVersionOfAll   Kind = "another-version"       // Count of Of files
	ContentsNotCompared Kind = "contents-not-compared" // Count files
	ContentsNotRecorded Kind = "contents-not-recorded" // Count files
	NotAllListed        Kind = "not-all-listed"
	NotRecorded         Kind = "not-recorded"   // Count paths; Text: some of them
	LeftOutOfIt         Kind = "left-out-of-it" // Count files
	OtherPlaces         Kind = "other-places"   // Count files; Folder in which each is at its place; Text: those above
)

// The reasons that lie between hotfixes.
const (
	CameWith     Kind = "came-with"      // Name, Version; Hotfixes
	SameSizeIn   Kind = "same-size-in"   // Name; Hotfixes
	MoreIsHere   Kind = "more-is-here"   // Name, Version; Hotfixes
	IsFrom       Kind = "is-from"        // Name, Version or Size; Hotfixes
	PrintTheSame Kind = "print-the-same" // Hotfixes
	RowReplaced  Kind = "row-replaced"   // Name; Hotfixes: one
	Needs        Kind = "needs"          // Hotfixes: one; State of it
	Accompanies  Kind = "accompanies"    // Hotfixes: one; State of it
)

// What to do next.
const (
	StaleFolder  Kind = "stale-folder"  // Folder: all that fails lies there beside good copies
	HardlyHere   Kind = "hardly-here"   // Count of Of rows are good
	InstallAgain Kind = "install-again" // Hotfixes: itself, then what supersedes it; Partly: another step may do
	Install      Kind = "install"       // the same
	PutBack      Kind = "put-back"
	ExtractAgain Kind = "extract-again"
)

// Reason is why something is as it is: a kind and its values.
type Reason struct {
	Kind      Kind                `json:"kind"`
	Text      string              `json:"said,omitempty"` // what somebody else said, such as an operating system
	Name      string              `json:"name,omitempty"` // of a file
	Version   Version             `json:"version,omitzero"`
	Size      Size                `json:"size,omitzero"`
	Platform  manifest.Platform   `json:"platform,omitempty"`
	Machine   string              `json:"machine,omitempty"` // what a file is built for, as in CopyResult.Platform
	Count     int                 `json:"count,omitempty"`
	Of        int                 `json:"of,omitempty"`
	Hotfixes  []string            `json:"hotfixes,omitempty"`
	Tables    []string            `json:"tables,omitempty"`
	State     State               `json:"state,omitempty"`
	States    []State             `json:"states,omitempty"` // beside Tables
	Folder    string              `json:"folder,omitempty"`
	Platforms []manifest.Platform `json:"platforms,omitempty"`
	Partly    bool                `json:"partly,omitempty"`
	Because   []Reason            `json:"because,omitempty"`
}

// Said is a reason in the words of others.
func Said(text string) Reason { return Reason{Kind: SaidByOthers, Text: text} }

// MarshalText implements encoding.TextMarshaler.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. The words stay, their kind
// is not known any more.
func (r *Reason) UnmarshalText(text []byte) error {
	*r = Said(string(text))
	return nil
}

// Why is the reasons for one thing, which JSON has as one text.
type Why []Reason

// Has reports a reason of that kind.
func (w Why) Has(k Kind) bool {
	return slices.ContainsFunc(w, func(r Reason) bool { return r.Kind == k })
}

func (w Why) String() string { return Words(w, "; ") }

// MarshalText implements encoding.TextMarshaler.
func (w Why) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *Why) UnmarshalText(text []byte) error {
	*w = Why{Said(string(text))}
	return nil
}

// Words joins the words of several reasons.
func Words(reasons []Reason, separator string) string {
	texts := make([]string, len(reasons))
	for i, r := range reasons {
		texts[i] = r.String()
	}
	return strings.Join(texts, separator)
}
