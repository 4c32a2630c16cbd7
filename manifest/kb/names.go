package kb

import (
	"fmt"
	"strings"

	"kbverify/manifest"
)

// nameTables gives every table a short name that tells it from the others. A
// single table is named by its service pack, or not at all.
func nameTables(tables []manifest.Table, facets []facet) {
	if len(tables) == 1 {
		tables[0].Name = facets[0].pack
		return
	}
	for _, choice := range nameChoices {
		if names, ok := unique(facets, choice); ok {
			for i := range tables {
				tables[i].Name = names[i]
			}
			return
		}
	}
	seen := map[string]int{}
	for i := range tables {
		name := anyName(facets[i])
		if seen[manifest.NameKey(name)]++; seen[manifest.NameKey(name)] > 1 {
			name = fmt.Sprintf("%s-%d", name, seen[manifest.NameKey(name)])
		}
		for taken(tables[:i], name) {
			name += "-2"
		}
		tables[i].Name = name
	}
}

func taken(tables []manifest.Table, name string) bool {
	for i := range tables {
		if manifest.NameKey(tables[i].Name) == manifest.NameKey(name) {
			return true
		}
	}
	return false
}

// nameChoices are the ways to name tables, the shortest names first.
var nameChoices = []func(facet) string{
	func(f facet) string { return f.title },
	facet.role,
	func(f facet) string { return f.pack },
	func(f facet) string { return f.client },
	func(f facet) string { return f.language },
	func(f facet) string { return join(f.client, foreign(f, f.client)) },
	func(f facet) string { return join(f.pack, foreign(f, f.pack)) },
	func(f facet) string { return join(f.pack, f.client) },
	func(f facet) string { return join(f.pack, foreign(f, f.pack), f.client) },
	func(f facet) string { return string(f.platform) },
	func(f facet) string { return f.label },
	func(f facet) string { return join(f.language, string(f.platform)) },
}

// role tells the files of the hotfix from those it replaces.
func (f facet) role() string {
	switch {
	case f.previous:
		return "previous"
	case f.cause:
		return "cause"
	case f.reason != "":
		return "comparison"
	}
	return ""
}

// foreign leaves English out where something else names the table.
func foreign(f facet, other string) string {
	if f.language == "English" && other != "" {
		return ""
	}
	return f.language
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "-")
}

// unique names all tables by choice, if that tells them apart. Where one of
// two tables is not to be installed, the other one is the current.
func unique(facets []facet, choice func(facet) string) ([]string, bool) {
	names := make([]string, len(facets))
	seen := map[string]bool{}
	for i, f := range facets {
		name := choice(f)
		if name == "" && len(facets) == 2 && facets[1-i].role() != "" && choice(facets[1-i]) == facets[1-i].role() {
			name = "current"
		}
		key := manifest.NameKey(name)
		if name == "" || len(name) > 64 || seen[key] {
			return nil, false
		}
		seen[key], names[i] = true, name
	}
	return names, true
}

func anyName(f facet) string {
	for _, name := range []string{f.role(), f.label, join(f.pack, foreign(f, f.pack), f.client), string(f.platform)} {
		if name != "" && len(name) <= 56 {
			return name
		}
	}
	return "table"
}
