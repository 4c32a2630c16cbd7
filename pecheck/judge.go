package pecheck

import (
	"path"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// judge knows what lies under one root, and judges tables by it. It is made
// once for an inventory, however many tables are judged.
type judge struct {
	inv    *inventory.Inventory
	scope  Scope
	byName map[string][]*inventory.File // by NameKey of the last path element, in path order
	root   manifest.Platform            // platform that the root folder itself stands for, or ""
	linked platformSet                  // platforms of folder links, which were not followed but are there
	asked  map[string]bool              // NameKey of what the inventory looked for; nil where it lists everything
}

func newJudge(inv *inventory.Inventory, scope Scope) *judge {
	j := &judge{inv: inv, scope: scope, byName: make(map[string][]*inventory.File, len(inv.Files))}
	for i := range inv.Files {
		f := &inv.Files[i]
		key := manifest.NameKey(path.Base(f.Path))
		j.byName[key] = append(j.byName[key], f)
	}
	for _, folder := range inv.Folders {
		if folder.Path == "." {
			j.root = folder.Platform
		}
	}
	for _, link := range inv.Links {
		if p, ok := manifest.FolderPlatform(path.Base(link.Path)); ok {
			j.linked.add(p)
		}
	}
	if !inv.All {
		j.asked = make(map[string]bool, len(inv.Names))
		for _, n := range inv.Names {
			j.asked[manifest.NameKey(n)] = true
		}
	}
	return j
}

// judged is one table after its judgement.
type judged struct {
	table *manifest.Table
	files []*expected
	result.TableResult
}

// expected is one file that a table says should be there: its rows of one name
// and platform. Language editions and repeated lines make several rows of one
// expected file, and a copy passes that matches one of them.
type expected struct {
	name     string
	platform manifest.Platform
	rows     []*manifest.File
	names    map[string]bool // NameKeys of all rows of the table
	claims   []claim
	inScope  bool
	alone    bool // in scope for a copy of its own, not for its platform
}

// recorded reports a row that says where the file belongs.
func (e *expected) recorded() bool { return e.rows[0].Path != "" }

// table judges one table: which rows apply (rule 6), which copies stand for
// them (rule 4) and how (rules 1, 2, 5, 9), what that says of each row (rule 3),
// and of the table.
func (j *judge) table(m *manifest.Manifest, table *manifest.Table) *judged {
	t := &judged{table: table, files: expectedOf(table)}
	t.Hotfix, t.Table, t.Title, t.Notes, t.Rows = m.ID, table.Name, m.Title, m.Notes, []result.RowResult{}
	j.scope.apply(j, t.files)
	for _, group := range byName(t.files) {
		for _, c := range j.place(group) {
			t.Unlisted = append(t.Unlisted, c.result(finding{result.NotApplicable, []result.Reason{c.noRow()}}))
		}
	}
	for _, e := range t.files {
		t.Rows = append(t.Rows, j.row(m, e))
	}
	sumUp(&t.TableResult)
	if (t.State == result.Installed || t.State == result.Superseded) && platformless(t.files) {
		t.State, t.Reason = result.Undecidable, result.Why{{Kind: result.OnlyData}}
	}
	return t
}

// expectedOf turns the rows of a table into expected files, in the table's order.
func expectedOf(t *manifest.Table) []*expected {
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

// covers reports whether the inventory can answer for a file of that name: a
// file that was not looked for is not missing.
func (j *judge) covers(row *manifest.File) bool {
	return j.asked == nil || j.asked[manifest.NameKey(row.Name)] &&
		(row.Pattern == "" || j.asked[manifest.NameKey(row.Pattern)])
}

// copies gives the files of a row's name, and those that only its pattern matches.
func (j *judge) copies(row *manifest.File) (exact, patterned []*inventory.File) {
	key := manifest.NameKey(row.Name)
	exact = j.byName[key]
	if row.Pattern == "" {
		return exact, nil
	}
	for i := range j.inv.Files {
		f := &j.inv.Files[i]
		base := path.Base(f.Path)
		if manifest.NameKey(base) != key && manifest.MatchPattern(row.Pattern, base) {
			patterned = append(patterned, f)
		}
	}
	return exact, patterned
}

// folderPlatform gives the platform of the innermost platform folder around a
// copy, the root included, or "".
func (j *judge) folderPlatform(f *inventory.File) manifest.Platform {
	elements := strings.Split(f.Path, "/")
	for i := len(elements) - 2; i >= 0; i-- {
		if p, ok := manifest.FolderPlatform(elements[i]); ok {
			return p
		}
	}
	return j.root
}
