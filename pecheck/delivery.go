package pecheck

import (
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// deliveries knows which hotfix delivers which file.
type deliveries struct {
	byName    map[string][]delivery
	patterned []delivery
}

// delivery is one row of one table of a known hotfix.
type delivery struct {
	hotfix string
	table  *manifest.Table
	row    *manifest.File
}

func deliveriesOf(known []*manifest.Manifest) deliveries {
	d := deliveries{byName: map[string][]delivery{}}
	for _, m := range known {
		for i := range m.Tables {
			t := &m.Tables[i]
			for j := range t.Files {
				d.add(delivery{m.ID, t, &t.Files[j]})
			}
		}
	}
	return d
}

func (d *deliveries) add(one delivery) {
	key := manifest.NameKey(one.row.Name)
	d.byName[key] = append(d.byName[key], one)
	if one.row.Pattern != "" {
		d.patterned = append(d.patterned, one)
	}
}

// named gives the rows that a file of that name may stand for, by name or by pattern.
func (d deliveries) named(name string) []delivery {
	key := manifest.NameKey(name)
	rows := slices.Clone(d.byName[key])
	for _, one := range d.patterned {
		if manifest.NameKey(one.row.Name) != key && manifest.MatchPattern(one.row.Pattern, name) {
			rows = append(rows, one)
		}
	}
	return rows
}

// of gives the hotfixes, other than one, that deliver this very version of a
// name for the platform that a row is for.
func (d deliveries) of(row *result.RowResult, version manifest.Version, except string) []string {
	return d.hotfixes(row, except, func(r *manifest.File) bool {
		v, full := r.Version.Version()
		return full && v == version
	})
}

// sameAs gives the hotfixes, other than one, that print the same version of a
// name, or the same size where neither prints a version.
func (d deliveries) sameAs(row *result.RowResult, except string) []string {
	return d.hotfixes(row, except, func(r *manifest.File) bool {
		if row.Version.IsZero() {
			return r.Version.IsZero() && !row.Size.IsZero() && r.Size == row.Size
		}
		return row.Version.SameNumbers(r.Version)
	})
}

// ofSize gives the hotfixes, other than one, that print this exact size for a
// name without a version.
func (d deliveries) ofSize(row *result.RowResult, size int64, except string) []string {
	return d.hotfixes(row, except, func(r *manifest.File) bool {
		n, exact := r.Size.Exact()
		return exact && n == size && r.Version.IsZero()
	})
}

func (d deliveries) hotfixes(row *result.RowResult, except string, match func(*manifest.File) bool) []string {
	var ids []string
	for _, delivered := range d.byName[manifest.NameKey(row.Name)] {
		other := delivered.row
		if delivered.table.Reference != "" || delivered.hotfix == except || slices.Contains(ids, delivered.hotfix) {
			continue
		}
		if other.Platform.Known() && row.Platform.Known() && other.Platform != row.Platform {
			continue
		}
		if match(other) {
			ids = append(ids, delivered.hotfix)
		}
	}
	return ids
}
