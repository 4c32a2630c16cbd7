package pecheck

import (
	"path"

	"kbverify/manifest"
)

// Match is a row of a known hotfix that a file matches.
type Match struct {
	Hotfix    string            `json:"hotfix"`
	Table     string            `json:"table,omitempty"`
	Reference string            `json:"reference,omitempty"` // why the table is not one of installed files
	How       How               `json:"how"`
	Name      string            `json:"name"`
	Platform  manifest.Platform `json:"platform,omitempty"`
	Version   string            `json:"version,omitempty"`
	Size      any               `json:"size,omitempty"`
	Verdict   Verdict           `json:"verdict"` // of the file against this row
	Notes     []string          `json:"notes,omitempty"`
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
	Root          string  `json:"root,omitempty"` // the folder or inventory that the path is relative to, or ""
	Path          string  `json:"path"`
	Size          int64   `json:"size"`
	Modified      string  `json:"modified,omitempty"`
	Format        Format  `json:"format,omitempty"`
	Platform      string  `json:"platform,omitempty"`
	Version       string  `json:"version,omitempty"`
	StringVersion string  `json:"string_version,omitempty"` // where it disagrees with Version
	Product       string  `json:"product,omitempty"`
	Company       string  `json:"company,omitempty"`
	Description   string  `json:"description,omitempty"`
	Error         string  `json:"error,omitempty"` // why it could not be read, or what is damaged
	Matches       []Match `json:"matches"`         // the strongest first, within that in the catalogue's order
}

// Identifier finds the rows of known hotfixes that files match.
type Identifier struct{ delivers deliveries }

// NewIdentifier indexes the tables of the known hotfixes, reference tables included.
func NewIdentifier(known []*manifest.Manifest) *Identifier {
	return &Identifier{deliveriesOf(known)}
}

// Identify says what a file is, and which rows it matches.
func (x *Identifier) Identify(f *File) Identity {
	c := candidate{file: f}
	r := c.result(judgement{})
	id := Identity{Path: r.Path, Size: r.Size, Modified: r.Modified, Format: f.Format, Platform: r.Platform,
		Version: r.Version, StringVersion: f.StringVersion, Matches: []Match{}}
	if f.Ending == Damaged || f.Ending == Unreadable {
		id.Error = f.Detail
	}
	if s := f.Strings; s != nil {
		id.Product, id.Company, id.Description = s.ProductName, s.CompanyName, s.FileDescription
	}
	byStrength := map[How][]Match{}
	for _, d := range x.delivers.named(path.Base(f.Path)) {
		m := match(d, f)
		byStrength[m.How] = append(byStrength[m.How], m)
	}
	for _, how := range []How{ByEverything, ByVersion, ByName} {
		id.Matches = append(id.Matches, byStrength[how]...)
	}
	return id
}

// match judges a file against one row, as if the file stood for it.
func match(d delivery, f *File) Match {
	base := path.Base(f.Path)
	c := &candidate{file: f, patternOnly: manifest.NameKey(base) != manifest.NameKey(d.row.Name)}
	if !f.fits(d.row.Platform) {
		c.contradicts = d.row.Platform
	}
	j := judge(d.row, c)
	return Match{
		Hotfix: d.hotfix, Table: d.table.Name, Reference: d.table.Reference, How: howOf(d.row, f, j),
		Name: d.row.Name, Platform: d.row.Platform, Version: d.row.Version.String(), Size: printedSize(d.row.Size),
		Verdict: j.verdict, Notes: j.notes,
	}
}

// howOf grades a match. A rounded size is no proof by itself: without a
// version, many files have it.
func howOf(row *manifest.File, f *File, j judgement) How {
	_, exact := row.Size.Exact()
	versioned := !row.Version.IsZero() && f.Ending == Versioned && row.Version.Order(f.Version) == manifest.Equal
	switch {
	case j.verdict == OK && (versioned || exact):
		return ByEverything
	case versioned:
		return ByVersion
	}
	return ByName
}
