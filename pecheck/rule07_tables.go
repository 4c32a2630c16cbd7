package pecheck

import (
	"iter"
	"maps"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// tableAsked judges the table that the user names.
func (j *judge) tableAsked(r Request) result.TableResult {
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

// choose is rule 7: of the judgements of a hotfix's tables it gives the one whose
// release the files have, else the one whose builds they match, else what all of
// them say. Where the tables differ and the files do not tell, the result says so
// with what each would say; readings are those tables.
func (j *judge) choose(m *manifest.Manifest, all []*judged) (chosen result.TableResult, readings []*judged) {
	switch len(all) {
	case 0:
		return undecided(m, result.TableResult{State: result.Undecidable,
			Reason: result.Why{{Kind: result.NoInstallTable}}}), nil
	case 1:
		return all[0].TableResult, nil
	}
	here := slices.DeleteFunc(slices.Clone(all), func(t *judged) bool { return t.count()+len(t.Unlisted) == 0 })
	switch {
	case len(here) == 0 && !j.coversAll(m):
		return undecided(m, result.TableResult{State: result.Undecidable, Tables: tableNames(all),
			Reason: result.Why{{Kind: result.FilesNotSought}}}), nil
	case len(here) == 0:
		return undecided(m, result.TableResult{State: result.Absent, Tables: tableNames(all),
			Reason: result.Why{{Kind: result.NothingHere}}}), nil
	}
	fitting, why := j.ofTheFiles(all)
	if len(fitting) == 1 {
		return because(fitting[0], why), nil
	}
	if best, why := byBuilds(fitting); best != nil {
		return because(best, why), nil
	}
	switch whole := whole(fitting); len(whole) {
	case 0:
		return agreed(m, fitting)
	case 1:
		why := result.Reason{Kind: result.ChosenByFiles, Tables: []string{whole[0].Table},
			Count: len(evidenceFor(whole[0]).passes)}
		return because(whole[0], why), nil
	default:
		return agreed(m, whole)
	}
}

// because gives a table's result with the reason for which it was chosen.
func because(t *judged, why result.Reason) result.TableResult {
	r := t.TableResult
	if !r.Reason.Has(result.Unpacked) {
		r.Reason = append(result.Why{why}, r.Reason...)
	}
	return r
}

// undecided completes a result that stands for no table.
func undecided(m *manifest.Manifest, t result.TableResult) result.TableResult {
	t.Hotfix, t.Title, t.Counts, t.Rows = m.ID, m.Title, map[result.Verdict]int{}, []result.RowResult{}
	return t
}

// ofTheFiles leaves out the tables of other releases than the files are of. The
// tables of every release count of which there are files; where the files are of
// a later release than any table, its latest ones do.
func (j *judge) ofTheFiles(all []*judged) ([]*judged, result.Reason) {
	files := j.releasesOfFiles(all)
	total, latest := 0, -1
	for order, n := range files {
		total += n
		latest = max(latest, order)
	}
	var fitting []*judged
	last := -1 // the latest release of a table that is not after the files'
	for _, t := range all {
		switch {
		case t.release == nil:
			fitting = append(fitting, t)
			continue
		case files[t.release.Order] > 0:
			fitting = append(fitting, t)
		}
		if t.release.Order <= latest {
			last = max(last, t.release.Order)
		}
	}
	if len(fitting) == 0 && last >= 0 {
		fitting = slices.DeleteFunc(slices.Clone(all), func(t *judged) bool { return t.release.Order != last })
	}
	if len(fitting) == 0 || total == 0 {
		return all, result.Reason{}
	}
	why := result.Reason{Kind: result.ChosenByRelease, Tables: []string{fitting[0].Table}, Of: total}
	if r := fitting[0].release; r != nil {
		why.Count = files[r.Order]
	}
	return fitting, why
}

// releasesOfFiles counts the copies of the tables' files by their release.
func (j *judge) releasesOfFiles(all []*judged) map[int]int {
	counts, seen := map[int]int{}, map[string]bool{}
	for _, t := range all {
		for _, e := range t.files {
			for i := range e.claims {
				f := e.claims[i].file
				if seen[f.Path] || f.Ending != pefile.Versioned {
					continue
				}
				seen[f.Path] = true
				if r := j.releases.Of(f.Version); r != nil && r.Product == t.manifest.Product {
					counts[r.Order]++
				}
			}
		}
	}
	return counts
}

// evidence is what speaks for one table of several: the paths of the copies
// that carry its builds, and of those that pass its rows.
type evidence struct {
	table  *judged
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

// byBuilds chooses where no facts about releases do: at least three quarters of
// the copies that carry any table's build carry the chosen one's, and no other
// table has as many. None of the others may look newer for being of a later
// service pack. Tables of one build (language editions) are told apart by the
// copies that pass: the chosen one's include all of the others' and more.
func byBuilds(tables []*judged) (*judged, result.Reason) {
	all := make([]*evidence, len(tables))
	carrying := map[string]bool{} // copies that carry any table's build
	for i, t := range tables {
		all[i] = evidenceFor(t)
		maps.Copy(carrying, all[i].builds)
	}
	for _, e := range all {
		if len(e.builds) > 0 && !e.flatters(carrying) && 4*len(e.builds) >= 3*len(carrying) && fewerBuilds(all, e) {
			return e.table, result.Reason{Kind: result.ChosenByBuilds, Tables: []string{e.table.Table},
				Count: len(e.builds), Of: len(carrying)}
		}
	}
	for _, e := range all {
		if !e.flatters(carrying) && includesAll(all, e) {
			return e.table, result.Reason{Kind: result.ChosenByFiles, Tables: []string{e.table.Table}, Count: len(e.passes)}
		}
	}
	return nil, result.Reason{}
}

// whole gives, of tables of one build of which some fail, those by which the
// hotfix is here whole, where fewer copies are of those that fail: what fails by
// them is what they would have installed in its place.
func whole(tables []*judged) (fitting []*judged) {
	all := make([]*evidence, len(tables))
	carrying := map[string]bool{}
	most := 0 // copies of a table that fails
	for i, t := range tables {
		all[i] = evidenceFor(t)
		maps.Copy(carrying, all[i].builds)
		if !passes(t.State) {
			most = max(most, len(all[i].passes))
		}
	}
	for _, e := range all {
		facts := e.table.release != nil // and a copy of a later service pack is no newer one: see byLaterTable
		if passes(e.table.State) && (facts || !e.flatters(carrying)) && len(e.passes) > most {
			fitting = append(fitting, e.table)
		}
	}
	return fitting
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

// agreed is for tables of which the files tell none: where all of them say the
// same, that is the state, by the table that matches most.
func agreed(m *manifest.Manifest, all []*judged) (result.TableResult, []*judged) {
	best, same := all[0], true
	for _, t := range all[1:] {
		same = same && (t.State == best.State || passes(t.State) && passes(best.State))
		if t.Counts[result.OK] > best.Counts[result.OK] {
			best = t
		}
	}
	names := tableNames(all)
	if same && best.State != result.Undecidable {
		r := best.TableResult
		r.Table, r.Tables = "", names
		why := result.Reason{Kind: result.FitsSeveral, Tables: names}
		if best.State == result.NotInstalled {
			why = result.Reason{Kind: result.OtherVersions}
		}
		r.Reason = append(result.Why{why}, r.Reason...)
		return r, all
	}
	tell := result.Reason{Kind: result.FilesDoNotTell, Hotfixes: []string{m.ID}, Tables: names}
	for _, t := range all {
		tell.States = append(tell.States, t.State)
	}
	return undecided(m, result.TableResult{State: result.Undecidable, Tables: names, Reason: result.Why{tell}}), all
}

func passes(s result.State) bool { return s == result.Installed || s == result.Superseded }

// installTables gives the tables that can be judged by.
func installTables(m *manifest.Manifest) (tables []*manifest.Table) {
	for i := range m.Tables {
		if t := &m.Tables[i]; t.Reference == "" {
			tables = append(tables, t)
		}
	}
	return tables
}

func tableNames(all []*judged) (names []string) {
	for _, t := range all {
		names = append(names, t.table.Name)
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

// laterRow is the row of a table for a later release than the judged one's.
type laterRow struct {
	table   *manifest.Table
	release *manifest.Release
	row     *manifest.File
	version manifest.Printed // completed
}

// laterRows finds, by name, the rows of the hotfix's tables for later releases.
func (t *judged) laterRows() map[string][]laterRow {
	if t.release == nil || len(t.manifest.Tables) == 1 {
		return nil
	}
	later := map[string][]laterRow{}
	for _, other := range installTables(t.manifest) {
		release := t.judge.releases.OfTable(t.manifest.Product, other)
		if release == nil || release.Product != t.release.Product || release.Order <= t.release.Order {
			continue
		}
		for i := range other.Files {
			row := &other.Files[i]
			key := manifest.NameKey(row.Name)
			version := t.judge.releases.Complete(t.manifest.Product, row)
			later[key] = append(later[key], laterRow{other, release, row, version})
		}
	}
	return later
}

// byLaterTable is the rule's last part: a copy that is newer than this table's
// row and older than the same file's row in a table for a later release is older,
// if it is of that release: a service pack came, and the hotfix did not.
func (c *claim) byLaterTable(e *expected) {
	if c.finding.verdict != result.Newer || c.row.Version.IsZero() {
		return
	}
	for _, l := range e.table.later[e.name] {
		if samePlatform(l.row.Platform, e.platform) && l.version.Order(c.file.Version) == manifest.Older && c.isOf(l, e) {
			c.finding.verdict = result.Older
			c.finding.note(result.Reason{Kind: result.BelowLaterTable, Tables: []string{l.table.Name}, Version: l.version})
			return
		}
	}
}

// isOf reports that a copy is of a later release by its version; where nothing is
// known of that, it is nearer to the later table's row than to its own.
func (c *claim) isOf(l laterRow, e *expected) bool {
	v := c.file.Version
	if r := e.table.judge.releases.Of(v); r != nil {
		return r.Product == l.release.Product && r.Order >= l.release.Order
	}
	own, ownFull := c.row.Version.Version()
	other, full := l.version.Version()
	return ownFull && full && number(other)-number(v) < number(v)-number(own)
}

// number is a version as one number, so that two can be told apart by how far.
func number(v manifest.Version) uint64 {
	return uint64(v[0])<<48 | uint64(v[1])<<32 | uint64(v[2])<<16 | uint64(v[3])
}
