package pecheck

import (
	"slices"

	"kbverify/manifest"
)

// deliveries knows which hotfix delivers which file: the tables of every known
// hotfix, by file name.
type deliveries map[string][]delivery

type delivery struct {
	hotfix string
	row    *manifest.File
}

func deliveriesOf(known []*manifest.Manifest) deliveries {
	d := deliveries{}
	for _, m := range known {
		for i := range m.Tables {
			if m.Tables[i].Reference != "" {
				continue
			}
			for j := range m.Tables[i].Files {
				row := &m.Tables[i].Files[j]
				key := manifest.NameKey(row.Name)
				d[key] = append(d[key], delivery{m.ID, row})
			}
		}
	}
	return d
}

// of gives the hotfixes, other than one, that deliver this very version of a
// name for the platform that a row is for.
func (d deliveries) of(row *RowResult, version manifest.Version, except string) []string {
	return d.hotfixes(row, except, func(r *manifest.File) bool {
		v, full := r.Version.Version()
		return full && v == version
	})
}

// sameAs gives the hotfixes, other than one, that print the same version of a
// name, or the same size where neither prints a version.
func (d deliveries) sameAs(row *RowResult, except string) []string {
	return d.hotfixes(row, except, func(r *manifest.File) bool {
		if row.Version == "" {
			return r.Version.IsZero() && row.Size != nil && printedSize(r.Size) == row.Size
		}
		v, err := manifest.ParsePrinted(row.Version)
		return err == nil && v.SameNumbers(r.Version)
	})
}

func (d deliveries) hotfixes(row *RowResult, except string, match func(*manifest.File) bool) []string {
	var ids []string
	for _, delivered := range d[manifest.NameKey(row.Name)] {
		other := delivered.row
		if delivered.hotfix == except || slices.Contains(ids, delivered.hotfix) {
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
