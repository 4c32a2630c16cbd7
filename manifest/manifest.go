// Package manifest holds what should be there: the file information that a
// Knowledge Base article publishes for one hotfix, as plain values.
//
// A Manifest has one or more tables. An article prints several where a service
// pack, a file language or a client pack has files of its own; they are never
// merged. Manifests are JSON: Parse reads one strictly and reports every fault
// with its place, Encode writes the canonical form.
package manifest

import "time"

// Schema is the version of the JSON form that this package reads and writes.
const Schema = 1

// Manifest is one hotfix: one article's file information.
type Manifest struct {
	ID        string // as the article prints it: "KB977203", "Q252717"
	Title     string // in words of our own
	Product   string
	Source    Source
	Relations []Relation
	Notes     []string // slips of the article, and what an administrator should know
	Tables    []Table
}

// Source says where the facts come from.
type Source struct {
	URL       string
	Languages []string // BCP 47 tags of the article texts that were read
}

// Relation ties a hotfix to another one, or to a product.
type Relation struct {
	Kind    RelationKind
	ID      string   // the other hotfix, or ""
	Product string   // the product release, where the other side is not a hotfix
	Scope   string   // what the relation covers, or "" for everything
	Files   []string // the rows of this manifest that it covers, by name; none for all
}

// RelationKind is the verb of a Relation, read from this hotfix to the other.
type RelationKind string

// The relations that articles state.
const (
	Supersedes   RelationKind = "supersedes"
	SupersededBy RelationKind = "superseded-by"
	Requires     RelationKind = "requires"
	RequiredBy   RelationKind = "required-by"
	GoesWith     RelationKind = "goes-with" // to be installed together
	Independent  RelationKind = "independent"
	SeeAlso      RelationKind = "see-also"
)

// RelationKinds lists every kind.
var RelationKinds = []RelationKind{Supersedes, SupersededBy, Requires, RequiredBy, GoesWith, Independent, SeeAlso}

// Table is one file table of the article.
type Table struct {
	Name      string // what -k KB/NAME says: "SP2"; "" only where it is the only table
	AppliesTo string
	Language  string // BCP 47 tag of the files' language, where the article says it
	// Reference says why this table is not to be judged by: it lists files that
	// cause the fault, or those of a previous version. "" for an install table.
	Reference string
	// Component says that the table is one part of an update, which applies where
	// that part is installed; other tables are alternatives, of which one applies.
	Component bool
	// Match says how a copy has to match its row.
	Match Match
	// Complete says that the rows, each with its Path, are everything that was under
	// the root: another file there is one too many.
	Complete bool
	// LeftOut is how many files belong to the table and are not in it, because they could
	// not be read or stated: a judgement by it says nothing of them.
	LeftOut int
	// Excluded are patterns of paths, as in inventory.Options.Exclude, of which a
	// Complete table says nothing.
	Excluded []string
	Files    []File
}

// Match says how a copy has to match its row.
type Match string

// What a table of an article prints is the least: a later file is as good. What was
// recorded of a package or of a root is what has to be there, and nothing else.
const (
	OrLater Match = ""
	Exactly Match = "exactly"
)

// File is one row of a table. A field that the article does not print is zero.
type File struct {
	Name string
	// Path is set in manifests recorded from an inventory: where under the root
	// the file belongs, with "/". Only the file at that path stands for the row.
	Path string
	// Pattern matches the names under which localised editions ship the file.
	Pattern string
	Version Printed
	Size    Size
	// MD5 and SHA256 are of the file's content, in lower-case hexadecimal digits.
	MD5, SHA256 string
	Modified    string // "2006-01-02", "2006-01-02T15:04" or "2006-01-02T15:04:05"; shown, never judged
	Platform    Platform
	Note        string
	AsPrinted   AsPrinted
}

// AsPrinted keeps the odd cells of a row beside the reading of them. A cell
// that could not be read at all stands here alone.
type AsPrinted struct {
	Name, Version, Size, Modified, Platform string
}

// modifiedLayouts are the forms of File.Modified.
var modifiedLayouts = []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05"}

// ValidModified reports whether text is a date, with or without a time of day,
// in one of the forms of File.Modified.
func ValidModified(text string) bool {
	for _, layout := range modifiedLayouts {
		if len(text) == len(layout) { // time.Parse alone takes "T3:40" and fractions of seconds
			_, err := time.Parse(layout, text)
			return err == nil
		}
	}
	return false
}

// Table gives the table of that name, case ignored, or nil.
func (m *Manifest) Table(name string) *Table {
	for i := range m.Tables {
		if NameKey(m.Tables[i].Name) == NameKey(name) {
			return &m.Tables[i]
		}
	}
	return nil
}
