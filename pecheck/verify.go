package pecheck

import (
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// Request is a table to judge by. Without a table's name the one is chosen whose
// release the files have, or that they match.
type Request struct {
	Manifest *manifest.Manifest
	Table    string
	// File is set where the manifest is the user's own and stands for a hotfix that
	// the catalogue knows too; the result says so.
	File string
}

// Verify judges an inventory by each request, in their order. What is known
// besides says whose file a found one is. It is pure: the same inventory,
// requests and knowledge give the same result anywhere.
func Verify(inv *inventory.Inventory, requests []Request, scope Scope, known Known) result.RootResult {
	j := newJudge(inv, scope, known)
	root := aboutRoot(inv)
	scope.unsigned(inv, &root)
	for _, r := range requests {
		for _, t := range j.request(r) {
			t.lookedAt(&root)
			t.advise(r.Manifest, known)
			t.Manifest = r.File
			root.Tables = append(root.Tables, t.TableResult)
		}
	}
	return root
}

// request judges what is asked: one table, or each component that is here.
func (j *judge) request(r Request) []answer {
	if r.Table != "" {
		return []answer{{TableResult: j.tableAsked(r)}}
	}
	return j.all(r.Manifest)
}

// answer is the judgement of one hotfix, or of one component of it. Where several
// tables fit and differ, readings are what each of them says.
type answer struct {
	result.TableResult
	readings []*judged
}

// all judges every table of a hotfix that can be judged by, and chooses. The
// components of an update are no alternatives: each of which a file is here
// has an answer of its own.
func (j *judge) all(m *manifest.Manifest) []answer {
	var all []*judged
	var parts []answer
	components := false
	for _, table := range installTables(m) {
		t := j.table(m, table)
		if !table.Component {
			all = append(all, t)
			continue
		}
		components = true
		if t.count() > 0 {
			parts = append(parts, answer{TableResult: t.TableResult})
		}
	}
	switch {
	case components && len(parts) == 0 && len(all) == 0:
		state, why := result.Absent, result.NothingHere
		if !j.coversAll(m) {
			state, why = result.Undecidable, result.FilesNotSought
		}
		return []answer{{TableResult: undecided(m, result.TableResult{State: state, Reason: result.Why{{Kind: why}}})}}
	case components && len(all) == 0:
		return parts
	}
	chosen, readings := j.choose(m, all)
	return append(parts, answer{chosen, readings})
}

// aboutRoot carries over what the scan has to say about the root itself.
func aboutRoot(inv *inventory.Inventory) result.RootResult {
	r := result.RootResult{Root: inv.Root, Seen: inv.Seen, Excluded: inv.Excluded, Tables: []result.TableResult{}}
	r.Unasked = inv.Unasked
	r.Taken = result.Taken{Host: inv.Host, Start: inv.Start, End: inv.End}
	r.Emptied = len(inv.Excluded) > 0 && len(inv.Files) == 0
	for _, f := range inv.Faults {
		r.Faults = append(r.Faults, result.FaultResult(f))
	}
	for _, l := range inv.Links {
		r.Links = append(r.Links, result.LinkResult(l))
	}
	return r
}

// lookedAt is rule 11 for one table: of a hotfix of which nothing is here,
// something can be where --exclude kept anybody from looking.
func (t *answer) lookedAt(root *result.RootResult) {
	if t.State == result.Absent && len(root.Excluded) > 0 {
		t.State, t.Reason = result.Undecidable, result.Why{{Kind: result.NothingLeft}}
	}
}

// advise adds what to do next about a hotfix that is not here whole.
func (t *answer) advise(m *manifest.Manifest, known Known) {
	t.Product, t.Article = m.Product, m.Source.URL
	t.SupersededBy = successors(m, known.Hotfixes)
	t.Next = nextSteps(&t.TableResult)
}

// successors gives the hotfixes that supersede the whole of m, by a relation of
// either side.
func successors(m *manifest.Manifest, known []*manifest.Manifest) (ids []string) {
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, r := range m.Relations {
		if r.Kind == manifest.SupersededBy && len(r.Files) == 0 {
			add(r.ID)
		}
	}
	for _, k := range known {
		for _, r := range k.Relations {
			if r.Kind == manifest.Supersedes && len(r.Files) == 0 && manifest.IDKey(r.ID) == manifest.IDKey(m.ID) {
				add(k.ID)
			}
		}
	}
	return ids
}
