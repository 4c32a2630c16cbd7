package pecheck

import (
	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// Request is a table to judge by. Without a table's name the one whose builds
// match the files is chosen, and where that is not clear nothing is judged.
type Request struct {
	Manifest *manifest.Manifest
	Table    string
}

// Verify judges an inventory by each request, in their order. It is pure: the
// same inventory and requests give the same result anywhere.
func Verify(inv *inventory.Inventory, requests []Request, scope Scope) result.RootResult {
	j := newJudge(inv, scope)
	root := aboutRoot(inv)
	for _, r := range requests {
		root.Tables = append(root.Tables, j.request(r))
	}
	return root
}

func (j *judge) request(r Request) result.TableResult {
	if r.Table != "" {
		return j.named(r)
	}
	return j.choose(r.Manifest, j.all(r.Manifest))
}

// all judges every table of a hotfix that can be judged by.
func (j *judge) all(m *manifest.Manifest) []*judged {
	var all []*judged
	for _, t := range installTables(m) {
		all = append(all, j.table(m, t))
	}
	return all
}

// aboutRoot carries over what the scan has to say about the root itself.
func aboutRoot(inv *inventory.Inventory) result.RootResult {
	r := result.RootResult{Root: inv.Root, Seen: inv.Seen, Excluded: inv.Excluded, Tables: []result.TableResult{}}
	for _, f := range inv.Faults {
		r.Faults = append(r.Faults, result.FaultResult(f))
	}
	for _, l := range inv.Links {
		r.Links = append(r.Links, result.LinkResult(l))
	}
	return r
}
