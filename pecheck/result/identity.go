package result

import "kbverify/manifest"

// Match is a row of a known hotfix that a file matches.
type Match struct {
	Hotfix    string            `json:"hotfix"`
	Table     string            `json:"table,omitempty"`
	Reference string            `json:"reference,omitempty"` // why the table is not one of installed files
	How       How               `json:"how"`
	Name      string            `json:"name"`
	Platform  manifest.Platform `json:"platform,omitempty"`
	Version   Version           `json:"version,omitzero"`
	Size      Size              `json:"size,omitzero"`
	Verdict   Verdict           `json:"verdict"` // of the file against this row
	Notes     []Reason          `json:"notes,omitempty"`
}

// How says by what a file matches a row.
type How string

// The ways to match, the strongest first.
const (
	ByEverything How = "exact"   // all that the row prints agrees, its version or an exact size among it
	ByVersion    How = "version" // name and version agree; size or processor do not
	ByName       How = "name"    // the name alone
)

// Identity is everything known about one file.
type Identity struct {
	Root          string    `json:"root,omitempty"` // the folder or inventory that the path is relative to, or ""
	Path          string    `json:"path"`
	Size          int64     `json:"size"`
	Modified      string    `json:"modified,omitempty"`
	Format        string    `json:"format,omitempty"`
	Platform      string    `json:"platform,omitempty"`
	Version       Version   `json:"version,omitzero"`
	StringVersion string    `json:"string_version,omitempty"` // where it disagrees with Version
	Product       string    `json:"product,omitempty"`
	Company       string    `json:"company,omitempty"`
	Description   string    `json:"description,omitempty"`
	Signature     Signature `json:"signature,omitzero"`
	Error         string    `json:"error,omitempty"` // why it could not be read, or what is damaged
	Matches       []Match   `json:"matches"`         // the strongest first, within that in the catalogue's order
}
