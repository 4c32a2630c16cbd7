package catalog

import (
	"cmp"
	"slices"

	"kbverify/manifest"
)

// Entry is what a list shows of one hotfix.
type Entry struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Product string       `json:"product"`
	Tables  []TableEntry `json:"tables"`
	Names   []string     `json:"names"` // names and patterns of the files it delivers, each once, sorted
	// ReferenceNames are those in tables that are not to judge by: files of an
	// earlier version, or with the fault. The hotfix need not deliver them.
	ReferenceNames []string `json:"reference_names,omitempty"`
	Own            string   `json:"own,omitempty"` // the user's file that it is from; "" when embedded
}

// TableEntry is what a list shows of one table.
type TableEntry struct {
	Name      string `json:"name,omitempty"`
	Files     int    `json:"files"`               // number of rows
	Reference bool   `json:"reference,omitempty"` // not a table to judge by
}

// Files is the number of rows in the tables that can be judged by.
func (e Entry) Files() int {
	n := 0
	for _, t := range e.Tables {
		if !t.Reference {
			n += t.Files
		}
	}
	return n
}

func entryOf(m *manifest.Manifest, own string) Entry {
	e := Entry{ID: m.ID, Title: m.Title, Product: m.Product, Own: own}
	delivered, reference := map[string]string{}, map[string]string{}
	for _, t := range m.Tables {
		e.Tables = append(e.Tables, TableEntry{t.Name, len(t.Files), t.Reference != ""})
		names := delivered
		if t.Reference != "" {
			names = reference
		}
		for _, f := range t.Files {
			addName(names, f.Name)
			addName(names, f.Pattern)
		}
	}
	e.Names = sortedNames(delivered)
	if len(reference) > 0 {
		e.ReferenceNames = sortedNames(reference)
	}
	return e
}

// addName keeps one spelling of a name: the first in byte order, so that the
// order of the rows does not matter.
func addName(names map[string]string, name string) {
	key := manifest.NameKey(name)
	if old, there := names[key]; name != "" && (!there || name < old) {
		names[key] = name
	}
}

func sortedNames(names map[string]string) []string {
	keys := make([]string, 0, len(names)) // never nil: an empty list is [] in JSON
	for key := range names {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		keys[i] = names[key]
	}
	return keys
}

// compareIDs orders article numbers as numbers, before ids of other shapes.
func compareIDs(a, b string) int {
	a, b = manifest.IDKey(a), manifest.IDKey(b)
	number := func(key string) bool { return key != "" && key[0] >= '0' && key[0] <= '9' }
	switch {
	case number(a) && number(b):
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	case number(a):
		return -1
	case number(b):
		return +1
	}
	return cmp.Compare(a, b)
}

func compareEntries(a, b Entry) int { return compareIDs(a.ID, b.ID) }

// Entries gives every hotfix, ordered by id. It reads the index alone.
func (c *Catalog) Entries() ([]Entry, error) {
	index, err := readIndex(c.embedded)
	if err != nil {
		return nil, err
	}
	entries := index.Hotfixes
	for _, h := range c.own() {
		entries = append(entries, entryOf(h.own, h.file))
	}
	slices.SortFunc(entries, compareEntries)
	return entries, nil
}

// Names gives every file name and pattern of the catalogue, each once, sorted:
// what a scan looks for, reference tables included, so that its files can be
// identified later. It reads the index alone.
func (c *Catalog) Names() ([]string, error) {
	entries, err := c.Entries()
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, e := range entries {
		for _, name := range slices.Concat(e.Names, e.ReferenceNames) {
			addName(names, name)
		}
	}
	return sortedNames(names), nil
}
