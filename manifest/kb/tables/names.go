package tables

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"kbverify/manifest"
)

// nameTables gives every table a short name that tells it from the others. A
// single table is named by its service pack, or not at all.
func nameTables(tables []manifest.Table, facets []facet) {
	names := []string{facets[0].pack}
	if f := facets[0]; f.pack == "" && based().MatchString(f.heading) {
		names[0] = f.label
	}
	if len(facets) > 1 {
		names = anyNames(facets)
		for _, choice := range nameChoices {
			if unique := uniqueNames(facets, choice); unique != nil {
				names = unique
				break
			}
		}
	}
	for i := range tables {
		tables[i].Name = names[i]
	}
}

// nameChoices are the ways to name tables, the shortest names first.
var nameChoices = []func(facet) string{
	func(f facet) string { return f.title },
	func(f facet) string { return f.role },
	func(f facet) string { return f.pack },
	func(f facet) string { return f.client },
	func(f facet) string { return f.language },
	func(f facet) string { return join(f.client, foreign(f, f.client)) },
	func(f facet) string { return join(f.pack, foreign(f, f.pack)) },
	func(f facet) string { return join(f.pack, f.client) },
	func(f facet) string { return join(f.pack, foreign(f, f.pack), f.client) },
	func(f facet) string { return string(f.platform) },
	func(f facet) string { return f.label },
	func(f facet) string { return f.over },
	func(f facet) string { return string(f.built) },
	func(f facet) string { return join(f.language, string(f.platform)) },
	func(f facet) string { return f.section },
	func(f facet) string { return join(f.section, foreign(f, f.section)) },
	func(f facet) string {
		if strings.Contains(f.section, string(f.platform)) {
			return f.section
		}
		return join(f.section, string(f.platform))
	},
	func(f facet) string { return f.system },
	func(f facet) string { return join(f.system, foreign(f, f.system)) },
}

// foreign leaves English out where something else names the table.
func foreign(f facet, other string) string {
	if f.language == "English" && other != "" {
		return ""
	}
	return f.language
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "-")
}

// uniqueNames names all tables by choice, if that tells them apart; else nil.
// Where one of two tables is not to be installed, the other one is the current.
func uniqueNames(facets []facet, choice func(facet) string) []string {
	names := make([]string, len(facets))
	seen := map[string]bool{}
	for i, f := range facets {
		name := choice(f)
		if name == "" && len(facets) == 2 && facets[1-i].role != "" && choice(facets[1-i]) == facets[1-i].role {
			name = "current"
		}
		key := manifest.NameKey(name)
		if name == "" || len(name) > 64 || seen[key] {
			return nil
		}
		seen[key], names[i] = true, name
	}
	return names
}

// anyNames names tables by what is known of each, and tells those of one name
// apart by what they have and the others have not; by their source lines, in the
// end.
func anyNames(facets []facet) []string {
	names := make([]string, len(facets))
	groups := map[string][]int{}
	var order []string
	for i, f := range facets {
		for _, n := range []string{f.role, f.title, f.section, f.label, join(f.pack, foreign(f, f.pack), f.client),
			f.over, f.language, f.system} {
			if n != "" && len(n) <= longestBase {
				names[i] = n
				break
			}
		}
		key := manifest.NameKey(names[i])
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	taken := map[string]bool{}
	for _, key := range order {
		if len(groups[key]) > 1 || key == "" {
			tellApart(names, facets, groups[key])
		}
		for _, i := range groups[key] {
			if len(names[i]) > 64 || taken[manifest.NameKey(names[i])] {
				names[i] = lineName(facets[i])
			}
			taken[manifest.NameKey(names[i])] = true
		}
	}
	return names
}

const longestBase = 44 // bytes; leaves room for what tells tables of one name apart

func day(f facet) string { return f.day }

func lineName(f facet) string { return fmt.Sprintf("line %d", f.line) }

// apart are what can tell tables of one name apart.
var apart = []func(facet) string{
	func(f facet) string { return f.label },
	func(f facet) string { return f.pack },
	func(f facet) string { return f.client },
	func(f facet) string { return foreign(f, "x") },
	func(f facet) string { return string(f.platform) },
	func(f facet) string { return f.system },
	func(f facet) string { return f.version },
}

// tellApart names those of the tables that have one name.
func tellApart(names []string, facets []facet, of []int) {
	for _, choice := range append(slices.Clone(apart), ownFile(facets, of), day, lineName) {
		seen := map[string]bool{}
		for _, i := range of {
			name := choice(facets[i])
			if name != "" && !strings.EqualFold(name, names[i]) && len(names[i])+1+len(name) <= 64 {
				seen[manifest.NameKey(name)] = true
			}
		}
		if len(seen) == len(of) {
			for _, i := range of {
				names[i] = strings.TrimSpace(names[i] + " " + choice(facets[i]))
			}
			return
		}
	}
}

// ownFile gives the first file of a table that none of the others has.
func ownFile(facets []facet, of []int) func(facet) string {
	count := map[string]int{}
	for _, i := range of {
		own := map[string]bool{}
		for _, name := range facets[i].files {
			if key := manifest.NameKey(name); !own[key] {
				own[key] = true
				count[key]++
			}
		}
	}
	return func(f facet) string {
		for _, name := range f.files {
			if stem := strings.TrimSuffix(name, filepath.Ext(name)); count[manifest.NameKey(name)] == 1 && len(stem) <= 16 {
				return stem
			}
		}
		return ""
	}
}

// title says what the manifest is in facts: its first files, the product, and
// the service packs of its tables.
func title(m *manifest.Manifest) string {
	isReference := func(t manifest.Table) bool { return t.Reference != "" }
	all := !slices.ContainsFunc(m.Tables, func(t manifest.Table) bool { return !isReference(t) })
	var names []string
	seen := map[string]bool{}
	for _, t := range m.Tables {
		for _, f := range t.Files {
			if key := manifest.NameKey(f.Name); !seen[key] && (all || !isReference(t)) {
				seen[key] = true
				names = append(names, f.Name)
			}
		}
	}
	const longest = 200
	text := files(names)
	if m.Product != unknownProduct {
		text += " for " + shortProduct.Replace(m.Product)
	}
	if packs := packsOf(m); packs != "" {
		text += " " + packs
	}
	if len(text) > longest {
		text = fmt.Sprintf("%d files for %s", len(names), shortProduct.Replace(m.Product))
	}
	if len(text) > longest {
		text = fmt.Sprintf("%d files", len(names))
	}
	return text
}

func files(names []string) string {
	const named = 3
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n <= named:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	case n == named+1:
		return strings.Join(names[:named], ", ") + " and one more file"
	default:
		return fmt.Sprintf("%s and %d more files", strings.Join(names[:named], ", "), n-named)
	}
}

// shortProduct uses the names that administrators use.
var shortProduct = strings.NewReplacer("Systems Management Server", "SMS",
	"System Center Configuration Manager", "Configuration Manager")

func packsOf(m *manifest.Manifest) string {
	var packs []string
	for _, t := range m.Tables {
		if pack := lastMatch(servicePack(), t.AppliesTo, "SP"); pack != "" && !slices.Contains(packs, pack) {
			packs = append(packs, pack)
		}
	}
	return strings.Join(packs, " and ")
}
