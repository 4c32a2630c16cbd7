package pecheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
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
	x := indexCopies(inv)
	root := newRootResult(inv)
	for _, r := range requests {
		root.Tables = append(root.Tables, x.verify(r, scope))
	}
	return root
}

// newRootResult carries over what the scan has to say about the root itself.
func newRootResult(inv *inventory.Inventory) result.RootResult {
	r := result.RootResult{Root: inv.Root, Seen: inv.Seen, Excluded: inv.Excluded, Tables: []result.TableResult{}}
	for _, f := range inv.Faults {
		r.Faults = append(r.Faults, result.FaultResult(f))
	}
	for _, l := range inv.Links {
		r.Links = append(r.Links, result.LinkResult(l))
	}
	return r
}

func (x *copyIndex) verify(r Request, scope Scope) result.TableResult {
	table, why, undecided := x.choose(r, scope)
	if table == nil {
		undecided.Hotfix, undecided.Title = r.Manifest.ID, r.Manifest.Title
		undecided.Counts, undecided.Rows = map[result.Verdict]int{}, []result.RowResult{}
		return undecided
	}
	t := x.judgeTable(r.Manifest, table, scope)
	switch {
	case t.Reason == "":
		t.Reason = why
	case why != "":
		t.Reason = why + "; " + t.Reason
	}
	return t
}

// judgeTable judges every row of one table.
func (x *copyIndex) judgeTable(m *manifest.Manifest, table *manifest.Table, scope Scope) result.TableResult {
	t := result.TableResult{Hotfix: m.ID, Table: table.Name, Title: m.Title, Notes: m.Notes, Rows: []result.RowResult{}}
	all := group(table)
	scope.apply(x, all)
	for _, g := range byName(all) {
		for _, c := range x.assign(g) {
			t.Unlisted = append(t.Unlisted, c.result(judgement{verdict: result.NotApplicable, notes: []string{c.noRow()}}))
		}
	}
	for _, e := range all {
		t.Rows = append(t.Rows, x.row(m, e, scope))
	}
	sumUp(&t)
	if (t.State == result.Installed || t.State == result.Superseded) && platformless(all) {
		t.State, t.Reason = result.Undecidable, "only files without a platform are here, and nothing of any platform that the table is for"
	}
	return t
}

// noRow says why a copy stands for none of its name's rows.
func (c *candidate) noRow() string {
	if c.folder == "" {
		return fmt.Sprintf("the table has no row that applies here for this name and %s", cmp.Or(c.file.PlatformText(), "a file without processor"))
	}
	return fmt.Sprintf("the table has no %s row for this name", c.folder)
}

// platformless reports that the table has rows for platforms, and that none of
// those is here: data files alone are no hotfix, nor is a managed file in a
// folder for another platform.
func platformless(all []*expected) bool {
	known := 0
	for _, e := range all {
		if e.platform.Known() {
			known++
			if e.inScope && !e.alone {
				return false
			}
		}
	}
	return known > 0
}

// sumUp counts the verdicts of the rows and gives the table its state.
func sumUp(t *result.TableResult) {
	t.Counts = map[result.Verdict]int{}
	for i := range t.Rows {
		t.Counts[t.Rows[i].Verdict]++
	}
	t.State, t.Reason = stateOf(t.Rows)
}

// row judges the copies of one expected file.
func (x *copyIndex) row(m *manifest.Manifest, e *expected, scope Scope) result.RowResult {
	switch {
	case !e.inScope, e.alone && len(e.copies) == 0:
		return e.result(e.rows[0], result.NotApplicable, scope.outOfScope(e.platform))
	case len(e.copies) == 0 && !x.covers(e.rows[0]):
		return e.result(e.rows[0], result.Unreadable, "the inventory was taken without looking for this name; scan again, with --all")
	case len(e.copies) == 0 && isPackage(m, e.rows[0]):
		return e.result(e.rows[0], result.NotApplicable, "the package that the hotfix comes in; installing leaves none behind")
	case len(e.copies) == 0:
		return e.result(e.rows[0], result.Missing, "")
	}
	var worst result.RowResult
	copies := make([]result.CopyResult, 0, len(e.copies))
	for i, c := range e.copies {
		row, j := e.judge(c)
		if i == 0 || worse(j.verdict, worst.Verdict) {
			worst = e.result(row, j.verdict, strings.Join(j.notes, "; "))
		}
		copies = append(copies, c.result(j))
	}
	worst.Copies = copies
	return worst
}

// isPackage reports the row of the hotfix's own package ("Q305209.exe"), which
// some articles print among the files that it installs.
func isPackage(m *manifest.Manifest, row *manifest.File) bool {
	stem, exe := strings.CutSuffix(manifest.NameKey(row.Name), ".EXE")
	return exe && row.Path == "" && manifest.IDKey(stem) == manifest.IDKey(m.ID)
}

func (e *expected) result(front *manifest.File, v result.Verdict, reason string) result.RowResult {
	r := result.RowResult{
		Name: front.Name, Path: front.Path, Platform: front.Platform, Version: front.Version.String(),
		Size: printedSize(front.Size), Modified: front.Modified, Verdict: v, Reason: reason, Copies: []result.CopyResult{},
	}
	for _, row := range e.rows {
		if row != front {
			r.Alternatives = append(r.Alternatives, result.Alternative{Version: row.Version.String(), Size: printedSize(row.Size)})
		}
	}
	return r
}

// printedSize is a size as JSON has it: a number of bytes, text when rounded, or nil.
func printedSize(s manifest.Size) any {
	if n, exact := s.Exact(); exact {
		return n
	}
	if s.IsZero() {
		return nil
	}
	return s.Text()
}

func (c *candidate) result(j judgement) result.CopyResult {
	f := c.file
	r := result.CopyResult{Path: f.Path, Size: f.Size, Platform: f.PlatformText(), Verdict: j.verdict, Notes: j.notes}
	if r.Notes == nil {
		r.Notes = []string{}
	}
	if f.Ending == pefile.Versioned {
		r.Version = f.Version.String()
	}
	if !f.Modified.IsZero() {
		r.Modified = f.Modified.UTC().Truncate(time.Second).Format(time.RFC3339)
	}
	return r
}

// worse orders verdicts by class, then by their order in Verdicts.
func worse(a, b result.Verdict) bool {
	if a.Class() != b.Class() {
		return a.Class() > b.Class()
	}
	return slices.Index(result.Verdicts, a) < slices.Index(result.Verdicts, b)
}
