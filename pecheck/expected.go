package pecheck

import (
	"kbverify/manifest"
	"kbverify/pecheck/inventory"
)

// expected is one file that a table says should be there: its rows of one name
// and platform. Language editions and repeated lines make several rows of one
// expected file, and a copy passes that matches one of them.
type expected struct {
	name     string
	platform manifest.Platform
	rows     []*manifest.File
	names    map[string]bool // NameKeys of all rows of the table
	copies   []*candidate
	inScope  bool
	alone    bool // in scope for a copy of its own, not for its platform
}

// recorded reports a row that says where the file belongs.
func (e *expected) recorded() bool { return e.rows[0].Path != "" }

// candidate is a copy that stands for an expected file.
type candidate struct {
	file        *inventory.File
	folder      manifest.Platform // of the platform folder it lies in, or ""
	patternOnly bool              // its name matches the row's pattern, not the name itself
	contradicts manifest.Platform // the platform that its machine type contradicts, or ""
}

// group turns the rows of a table into expected files, in the table's order.
func group(t *manifest.Table) []*expected {
	type key struct {
		name, path string
		platform   manifest.Platform
	}
	var order []*expected
	seen := map[key]*expected{}
	names := map[string]bool{}
	for i := range t.Files {
		row := &t.Files[i]
		k := key{manifest.NameKey(row.Name), manifest.NameKey(row.Path), row.Platform}
		e := seen[k]
		if e == nil {
			e = &expected{name: k.name, platform: row.Platform, names: names}
			names[k.name] = true
			seen[k] = e
			order = append(order, e)
		}
		e.rows = append(e.rows, row)
	}
	return order
}

// byName groups expected files that share a name, each group in the table's order.
func byName(all []*expected) [][]*expected {
	var groups [][]*expected
	at := map[string]int{}
	for _, e := range all {
		i, ok := at[e.name]
		if !ok {
			i = len(groups)
			at[e.name] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	return groups
}
