package pecheck

import (
	"iter"
	"maps"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// named judges the table that the user names.
func (j *judge) named(r Request) result.TableResult {
	t := r.Manifest.Table(r.Table)
	switch {
	case t == nil:
		return undecided(r.Manifest, result.TableResult{Table: r.Table, State: result.Undecidable,
			Reason: result.Why{{Kind: result.NoSuchTable, Hotfixes: []string{r.Manifest.ID}, Text: r.Table}}})
	case t.Reference != "":
		return undecided(r.Manifest, result.TableResult{Table: t.Name, State: result.Undecidable,
			Reason: result.Why{{Kind: result.ReferenceTable, Text: t.Reference}}})
	}
	return j.table(r.Manifest, t).TableResult
}

// choose is rule 7: of the judgements of a hotfix's tables it gives the one
// whose builds the files have, else the one that they match. Where the files do
// not tell, the result says so and names the tables.
func (j *judge) choose(m *manifest.Manifest, all []*judged) result.TableResult {
	switch len(all) {
	case 0:
		return undecided(m, result.TableResult{State: result.Undecidable, Reason: result.Why{{Kind: result.NoInstallTable}}})
	case 1:
		return all[0].TableResult
	}
	speaking, found := make([]*evidence, len(all)), 0
	for i, t := range all {
		speaking[i] = evidenceFor(t)
		found += speaking[i].found
	}
	t := result.TableResult{State: result.Undecidable, Tables: tableNames(m)}
	switch {
	case found == 0 && !j.coversAll(m):
		t.Reason = result.Why{{Kind: result.FilesNotSought}}
	case found == 0:
		t.State, t.Reason = result.Absent, result.Why{{Kind: result.NothingHere}}
	default:
		if chosen, why := decide(speaking); chosen != nil {
			t := chosen.table.TableResult
			t.Reason = append(result.Why{why}, t.Reason...)
			return t
		}
		t.Reason = result.Why{{Kind: result.FilesDoNotTell, Hotfixes: []string{m.ID}, Tables: t.Tables}}
	}
	return undecided(m, t)
}

// undecided completes a result that stands for no table.
func undecided(m *manifest.Manifest, t result.TableResult) result.TableResult {
	t.Hotfix, t.Title, t.Counts, t.Rows = m.ID, m.Title, map[result.Verdict]int{}, []result.RowResult{}
	return t
}

// installTables gives the tables that can be judged by.
func installTables(m *manifest.Manifest) (tables []*manifest.Table) {
	for i := range m.Tables {
		if t := &m.Tables[i]; t.Reference == "" {
			tables = append(tables, t)
		}
	}
	return tables
}

func tableNames(m *manifest.Manifest) (names []string) {
	for _, t := range installTables(m) {
		names = append(names, t.Name)
	}
	return names
}

// installRows gives the rows of those tables.
func installRows(m *manifest.Manifest) iter.Seq[*manifest.File] {
	return func(yield func(*manifest.File) bool) {
		for _, t := range installTables(m) {
			for i := range t.Files {
				if !yield(&t.Files[i]) {
					return
				}
			}
		}
	}
}

// coversAll reports whether the inventory can answer for every installed file.
func (j *judge) coversAll(m *manifest.Manifest) bool {
	for row := range installRows(m) {
		if !j.covers(row) {
			return false
		}
	}
	return true
}

// evidence is what speaks for one table of several: the paths of the copies
// that carry its builds, and of those that pass its rows.
type evidence struct {
	table  *judged
	found  int // copies of its names
	builds map[string]bool
	passes map[string]bool
	newer  map[string]bool // copies above the rows of this table
}

// evidenceFor collects what speaks for a table.
func evidenceFor(t *judged) *evidence {
	ev := &evidence{table: t, builds: map[string]bool{}, passes: map[string]bool{}, newer: map[string]bool{}}
	for _, e := range t.files {
		for i := range e.claims {
			c := &e.claims[i]
			ev.found++
			switch c.finding.verdict {
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
func decide(all []*evidence) (*evidence, result.Reason) {
	carrying := map[string]bool{} // copies that carry any table's build
	for _, e := range all {
		maps.Copy(carrying, e.builds)
	}
	for _, e := range all {
		if len(e.builds) > 0 && !e.flatters(carrying) && 4*len(e.builds) >= 3*len(carrying) && fewerBuilds(all, e) {
			return e, result.Reason{Kind: result.ChosenByBuilds, Tables: []string{e.table.Table},
				Count: len(e.builds), Of: len(carrying)}
		}
	}
	for _, e := range all {
		if !e.flatters(carrying) && includesAll(all, e) {
			return e, result.Reason{Kind: result.ChosenByFiles, Tables: []string{e.table.Table}, Count: len(e.passes)}
		}
	}
	return nil, result.Reason{}
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
