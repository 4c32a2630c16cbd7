package pecheck

import (
	"path"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
)

// copyIndex finds the copies of a name in an inventory. It is built once for
// an inventory, however many tables are judged by it.
type copyIndex struct {
	inv    *inventory.Inventory
	byName map[string][]*inventory.File // by NameKey of the last path element, in path order
	root   manifest.Platform            // platform that the root folder itself stands for, or ""
	linked platformSet                  // platforms of folder links, which were not followed but are there
	asked  map[string]bool              // NameKey of what the inventory looked for; nil where it lists everything
}

func indexCopies(inv *inventory.Inventory) *copyIndex {
	x := &copyIndex{inv: inv, byName: make(map[string][]*inventory.File, len(inv.Files))}
	for i := range inv.Files {
		f := &inv.Files[i]
		key := manifest.NameKey(path.Base(f.Path))
		x.byName[key] = append(x.byName[key], f)
	}
	for _, folder := range inv.Folders {
		if folder.Path == "." {
			x.root = folder.Platform
		}
	}
	for _, link := range inv.Links {
		if p, ok := manifest.FolderPlatform(path.Base(link.Path)); ok {
			x.linked.add(p)
		}
	}
	if !inv.All {
		x.asked = make(map[string]bool, len(inv.Names))
		for _, n := range inv.Names {
			x.asked[manifest.NameKey(n)] = true
		}
	}
	return x
}

// covers reports whether the inventory can answer for a file of that name: a
// file that was not looked for is not missing.
func (x *copyIndex) covers(row *manifest.File) bool {
	return x.asked == nil || x.asked[manifest.NameKey(row.Name)] && (row.Pattern == "" || x.asked[manifest.NameKey(row.Pattern)])
}

// coversAll reports whether the inventory can answer for every installed file.
func (x *copyIndex) coversAll(m *manifest.Manifest) bool {
	for row := range installRows(m) {
		if !x.covers(row) {
			return false
		}
	}
	return true
}

// bare reports that nothing a hotfix delivers is here, and that the inventory
// would know: the judgement of such a hotfix is Absent, whichever its table.
func (x *copyIndex) bare(m *manifest.Manifest) bool {
	for row := range installRows(m) {
		if !x.covers(row) {
			return false
		}
		if exact, patterned := x.named(row); len(exact)+len(patterned) > 0 {
			return false
		}
	}
	return true
}

// named gives the copies of a row's name, and those that only its pattern matches.
func (x *copyIndex) named(row *manifest.File) (exact, patterned []*inventory.File) {
	key := manifest.NameKey(row.Name)
	exact = x.byName[key]
	if row.Pattern == "" {
		return exact, nil
	}
	for i := range x.inv.Files {
		f := &x.inv.Files[i]
		base := path.Base(f.Path)
		if manifest.NameKey(base) != key && manifest.MatchPattern(row.Pattern, base) {
			patterned = append(patterned, f)
		}
	}
	return exact, patterned
}

// folderPlatform gives the platform of the innermost platform folder around a
// copy, the root included, or "".
func (x *copyIndex) folderPlatform(f *inventory.File) manifest.Platform {
	elements := strings.Split(f.Path, "/")
	for i := len(elements) - 2; i >= 0; i-- {
		if p, ok := manifest.FolderPlatform(elements[i]); ok {
			return p
		}
	}
	return x.root
}
