package pecheck

import (
	"path"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
)

// Known is what a judgement knows besides the tables that it is asked about.
type Known struct {
	Hotfixes []*manifest.Manifest // every hotfix whose file a found one can be
	Releases manifest.Releases
}

// deliveries knows which hotfix delivers which file.
type deliveries struct {
	byName    map[string]*deliveriesOfName // by NameKey
	patterned []delivery
}

// delivery is one row of one table of a known hotfix.
type delivery struct {
	hotfix *manifest.Manifest
	table  *manifest.Table
	row    *manifest.File
	// release is that of the table, where the hotfix has several.
	release *manifest.Release
}

// deliveriesOfName are the rows of one name. Those of the tables of installed
// files can be found by what they print, so that a name in thousands of hotfixes
// is looked up as fast as one in a few.
type deliveriesOfName struct {
	all      []delivery
	versions map[manifest.Version][]int // places in all of rows that print the whole version
	parts    []int                      // of rows that print a part of it
	sizes    manifest.SizeIndex[int]    // of rows that print a size and no version
}

func deliveriesOf(k Known) *deliveries {
	d := &deliveries{byName: map[string]*deliveriesOfName{}}
	for _, m := range k.Hotfixes {
		for i := range m.Tables {
			t := &m.Tables[i]
			if t.Complete { // what was recorded of a root was delivered by others
				continue
			}
			var release *manifest.Release
			if len(m.Tables) > 1 {
				release = k.Releases.OfTable(m.Product, t)
			}
			for j := range t.Files {
				d.add(delivery{m, t, &t.Files[j], release}, k.Releases.Complete(m.Product, &t.Files[j]))
			}
		}
	}
	return d
}

func (d *deliveries) add(one delivery, version manifest.Printed) {
	key := manifest.NameKey(one.row.Name)
	n := d.byName[key]
	if n == nil {
		n = &deliveriesOfName{versions: map[manifest.Version][]int{}}
		d.byName[key] = n
	}
	at := len(n.all)
	n.all = append(n.all, one)
	if one.row.Pattern != "" {
		d.patterned = append(d.patterned, one)
	}
	v, full := version.Version()
	switch {
	case one.table.Reference != "": // known by its name alone
	case full:
		n.versions[v] = append(n.versions[v], at)
	case !version.IsZero():
		n.parts = append(n.parts, at)
	case !one.row.Size.IsZero():
		n.sizes.Add(one.row.Size, at)
	}
}

// named gives the rows that a file of that name may stand for, by name or by pattern.
func (d *deliveries) named(name string) []delivery {
	key := manifest.NameKey(name)
	var rows []delivery
	if n := d.byName[key]; n != nil {
		rows = slices.Clone(n.all)
	}
	for _, one := range d.patterned {
		if manifest.NameKey(one.row.Name) != key && manifest.MatchPattern(one.row.Pattern, name) {
			rows = append(rows, one)
		}
	}
	return rows
}

// of gives the rows of installed files that a found file is, in the catalogue's
// order: its version and size are those that the row prints, one of the two is
// printed, and its processor is that of the row.
func (d *deliveries) of(f *inventory.File) []delivery {
	n := d.byName[manifest.NameKey(path.Base(f.Path))]
	if n == nil || f.Ending == pefile.Unreadable || f.Ending == pefile.Damaged {
		return nil
	}
	found := n.sizes.Find(f.Size)
	if f.Ending == pefile.Versioned {
		for _, at := range append(slices.Clone(n.versions[f.Version]), n.parts...) {
			row := n.all[at].row
			if row.Version.Order(f.Version) == manifest.Equal && (row.Size.IsZero() || row.Size.Admits(f.Size)) {
				found = append(found, at)
			}
		}
	}
	slices.Sort(found)
	var rows []delivery
	for _, at := range found {
		if one := n.all[at]; f.Fits(one.row.Platform) {
			rows = append(rows, one)
		}
	}
	return rows
}

// ofVersion gives the rows that print the version of a found file, whatever size:
// enough to say where a file is from, where no row says more.
func (d *deliveries) ofVersion(f *inventory.File) (rows []delivery) {
	n := d.byName[manifest.NameKey(path.Base(f.Path))]
	if n == nil || f.Ending != pefile.Versioned {
		return nil
	}
	for _, at := range n.versions[f.Version] {
		if one := n.all[at]; f.Fits(one.row.Platform) {
			rows = append(rows, one)
		}
	}
	return rows
}

// samePlatform reports that two rows can be of one file: they are for the same
// platform, or one of them does not say.
func samePlatform(a, b manifest.Platform) bool { return a == b || !a.Known() || !b.Known() }

// idsOf lists the hotfixes of rows, each once.
func idsOf(rows []delivery) (ids []string) {
	seen := make(map[string]bool, len(rows))
	for _, d := range rows {
		if !seen[d.hotfix.ID] {
			seen[d.hotfix.ID] = true
			ids = append(ids, d.hotfix.ID)
		}
	}
	return ids
}
