package pecheck

import (
	"fmt"
	"iter"
	"maps"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// evidence is what speaks for one table of several: the paths of the copies
// that carry its builds, and of those that pass its rows.
type evidence struct {
	table  *manifest.Table
	found  int // copies of its names
	builds map[string]bool
	passes map[string]bool
	newer  map[string]bool // copies above the rows of this table
}

// choose finds the table to judge by. Where none can be chosen the TableResult
// says why; with a choice between several, the text says what decided it.
func (x *copyIndex) choose(r Request, scope Scope) (*manifest.Table, string, result.TableResult) {
	if r.Table != "" {
		return named(r)
	}
	tables, names := installTables(r.Manifest)
	switch len(tables) {
	case 0:
		return nil, "", result.TableResult{State: result.Undecidable, Reason: "its article prints no table of installed files to judge by"}
	case 1:
		return tables[0], "", result.TableResult{}
	}
	var all []*evidence
	for _, t := range tables {
		all = append(all, x.evidence(t, scope))
	}
	switch {
	case !anyFound(all) && !x.coversAll(r.Manifest):
		return nil, "", result.TableResult{State: result.Undecidable, Tables: names, Reason: "the inventory was taken without looking for its files; scan again, with --all"}
	case !anyFound(all):
		return nil, "", result.TableResult{State: result.Absent, Tables: names, Reason: "none of its files is here"}
	}
	if table, why := decide(all); table != nil {
		return table, why, result.TableResult{}
	}
	return nil, "", result.TableResult{State: result.Undecidable, Tables: names,
		Reason: fmt.Sprintf("the files do not tell which table applies; name one: verify -k %s/%s", r.Manifest.ID, strings.Join(names, ", -k "+r.Manifest.ID+"/"))}
}

// installTables gives the tables that can be judged by, and their names.
func installTables(m *manifest.Manifest) (tables []*manifest.Table, names []string) {
	for i := range m.Tables {
		if t := &m.Tables[i]; t.Reference == "" {
			tables = append(tables, t)
			names = append(names, t.Name)
		}
	}
	return tables, names
}

// installRows gives the rows of those tables.
func installRows(m *manifest.Manifest) iter.Seq[*manifest.File] {
	return func(yield func(*manifest.File) bool) {
		tables, _ := installTables(m)
		for _, t := range tables {
			for i := range t.Files {
				if !yield(&t.Files[i]) {
					return
				}
			}
		}
	}
}

func named(r Request) (*manifest.Table, string, result.TableResult) {
	t := r.Manifest.Table(r.Table)
	switch {
	case t == nil:
		return nil, "", result.TableResult{State: result.Undecidable, Table: r.Table, Reason: fmt.Sprintf("%s has no table %q", r.Manifest.ID, r.Table)}
	case t.Reference != "":
		return nil, "", result.TableResult{State: result.Undecidable, Table: t.Name, Reason: "not a table of installed files: " + t.Reference}
	}
	return t, "", result.TableResult{}
}

func anyFound(all []*evidence) bool {
	for _, e := range all {
		if e.found > 0 {
			return true
		}
	}
	return false
}

// evidence collects what speaks for a table.
func (x *copyIndex) evidence(t *manifest.Table, scope Scope) *evidence {
	ev := &evidence{table: t, builds: map[string]bool{}, passes: map[string]bool{}, newer: map[string]bool{}}
	all := group(t)
	scope.apply(x, all)
	for _, g := range byName(all) {
		x.assign(g)
	}
	for _, e := range all {
		for _, c := range e.copies {
			ev.found++
			switch _, j := e.judge(c); j.verdict {
			case result.OK:
				ev.passes[c.file.Path] = true
			case result.Newer:
				ev.newer[c.file.Path] = true
			}
			if e.sharesBuild(c.file) {
				ev.builds[c.file.Path] = true
			}
		}
	}
	return ev
}

// sharesBuild reports that a file is of the same product and build, its first
// three version parts, as a row of e.
func (e *expected) sharesBuild(f *inventory.File) bool {
	if f.Ending != pefile.Versioned {
		return false
	}
	for _, row := range e.rows {
		build, known := row.Version.Build()
		v, full := row.Version.Version()
		if known && build == f.Version[2] && (!full || v[0] == f.Version[0] && v[1] == f.Version[1]) {
			return true
		}
	}
	return false
}

// decide chooses by builds: at least three quarters of the copies that carry
// any table's build carry the chosen one's, and no other table has as many.
// None of the others may look newer for being of a later service pack.
// Tables of one build (language editions) are told apart by the copies that
// pass: the chosen one's include all of the others' and more.
func decide(all []*evidence) (*manifest.Table, string) {
	carrying := carryingBuilds(all)
	for _, e := range all {
		if len(e.builds) > 0 && !e.flatters(carrying) && 4*len(e.builds) >= 3*len(carrying) && fewerBuilds(all, e) {
			return e.table, fmt.Sprintf("table %s, by the builds of %d of %d files", e.table.Name, len(e.builds), len(carrying))
		}
	}
	for _, e := range all {
		if !e.flatters(carrying) && includesAll(all, e) {
			return e.table, fmt.Sprintf("table %s, by the %d files that match it", e.table.Name, len(e.passes))
		}
	}
	return nil, ""
}

// carryingBuilds gives the paths of the copies that carry any table's build.
func carryingBuilds(all []*evidence) map[string]bool {
	carrying := map[string]bool{}
	for _, e := range all {
		maps.Copy(carrying, e.builds)
	}
	return carrying
}

// flatters reports a copy of another table's build that would pass as newer
// here: only its own table can say whether it has the fix.
func (ev *evidence) flatters(carrying map[string]bool) bool {
	for p := range ev.newer {
		if carrying[p] && !ev.builds[p] {
			return true
		}
	}
	return false
}

func fewerBuilds(all []*evidence, chosen *evidence) bool {
	for _, e := range all {
		if e != chosen && 4*len(e.builds) >= 3*len(chosen.builds) {
			return false
		}
	}
	return true
}

func includesAll(all []*evidence, chosen *evidence) bool {
	for _, e := range all {
		if e == chosen {
			continue
		}
		if len(e.passes) >= len(chosen.passes) || len(e.builds) > len(chosen.builds) {
			return false
		}
		for p := range e.passes {
			if !chosen.passes[p] {
				return false
			}
		}
	}
	return true
}
