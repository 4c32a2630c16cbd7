package pecheck

import (
	"path"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// Identifier finds the rows of known hotfixes that files match.
type Identifier struct{ delivers *deliveries }

// NewIdentifier indexes the tables of the known hotfixes, reference tables included.
func NewIdentifier(known []*manifest.Manifest) *Identifier {
	return &Identifier{deliveriesOf(Known{Hotfixes: known})}
}

// Identify says what a file is, and which rows it matches.
func (x *Identifier) Identify(f *inventory.File) result.Identity {
	c := claim{file: f}
	r := c.result(finding{})
	id := result.Identity{Path: r.Path, Size: r.Size, Modified: r.Modified, Format: string(f.Format), Platform: r.Platform,
		Version: r.Version, StringVersion: f.StringVersion, Signature: signatureOf(f), Matches: []result.Match{}}
	if f.Ending == pefile.Damaged || f.Ending == pefile.Unreadable {
		id.Error = f.Detail
	}
	if s := f.Strings; s != nil {
		id.Product, id.Company, id.Description = s.ProductName, s.CompanyName, s.FileDescription
	}
	byStrength := map[result.How][]result.Match{}
	for _, d := range x.delivers.named(path.Base(f.Path)) {
		m := match(d, f)
		byStrength[m.How] = append(byStrength[m.How], m)
	}
	for _, how := range []result.How{result.ByEverything, result.ByVersion, result.ByName} {
		id.Matches = append(id.Matches, byStrength[how]...)
	}
	return id
}

// match judges a file against one row, as if the file stood for it.
func match(d delivery, f *inventory.File) result.Match {
	base := path.Base(f.Path)
	c := &claim{file: f, patternOnly: manifest.NameKey(base) != manifest.NameKey(d.row.Name)}
	if !f.Fits(d.row.Platform) {
		c.contradicts = d.row.Platform
	}
	j := compare(d.row, c)
	return result.Match{
		Hotfix: d.hotfix.ID, Table: d.table.Name, Reference: d.table.Reference, How: howOf(d.row, f, j),
		Name: d.row.Name, Platform: d.row.Platform, Version: d.row.Version, Size: d.row.Size,
		Verdict: j.verdict, Notes: j.notes,
	}
}

// howOf grades a match. A rounded size is no proof by itself: without a
// version, many files have it.
func howOf(row *manifest.File, f *inventory.File, j finding) result.How {
	_, exact := row.Size.Exact()
	versioned := !row.Version.IsZero() && f.Ending == pefile.Versioned && row.Version.Order(f.Version) == manifest.Equal
	switch {
	case j.verdict == result.OK && (versioned || exact):
		return result.ByEverything
	case versioned:
		return result.ByVersion
	}
	return result.ByName
}
