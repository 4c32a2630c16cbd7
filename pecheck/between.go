package pecheck

import (
	"cmp"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// detection is what one Detect knows about the hotfixes of which something is
// at one root. Each of its steps reads the states that the step before has
// settled, never those it settles itself: the order of the hotfixes must not
// matter.
type detection struct {
	delivers  deliveries
	manifests []*manifest.Manifest
	tables    []result.TableResult
	readings  [][]*judged             // where several tables match and none could be chosen, each
	states    map[string]result.State // by IDKey
}

// settle keeps the states that a step has reached.
func (d *detection) settle() {
	d.states = make(map[string]result.State, len(d.tables))
	for i := range d.tables {
		d.states[manifest.IDKey(d.tables[i].Hotfix)] = d.tables[i].State
	}
}

// here reports that a hotfix is on this root, whole.
func (d *detection) here(id string) bool {
	s := d.states[manifest.IDKey(id)]
	return s == result.Installed || s == result.Superseded
}

// replaceRows takes rows out of the judgement that, by a relation of the
// manifest, another hotfix replaces which is here itself.
func (d *detection) replaceRows() {
	for i := range d.tables {
		for _, r := range d.manifests[i].Relations {
			if r.Kind == manifest.SupersededBy && d.here(r.ID) {
				replaceRows(&d.tables[i], r)
			}
		}
	}
	d.settle()
}

func replaceRows(t *result.TableResult, by manifest.Relation) {
	for i := range t.Rows {
		row := &t.Rows[i]
		named := slices.ContainsFunc(by.Files,
			func(n string) bool { return manifest.NameKey(n) == manifest.NameKey(row.Name) })
		if row.Verdict.Class() != result.Fail || !named {
			continue
		}
		row.Verdict = result.NotApplicable
		row.Reason = result.Why{{Kind: result.ReplacedBy, Hotfixes: []string{by.ID}}}
		t.Remarks = append(t.Remarks, result.Reason{Kind: result.RowReplaced, Name: row.Name, Hotfixes: []string{by.ID}})
		sumUp(t)
	}
}

// explain clears the partial hotfixes whose matching files all say nothing about
// them, and the tables that only match by such files. The hotfixes of which
// most is here are settled first: they explain the files of the others, and
// two of which as much is here never explain each other away.
func (d *detection) explain() {
	order := make([]int, len(d.tables))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(d.tables[b].Counts[result.OK], d.tables[a].Counts[result.OK])
	})
	stillPartial := map[string]int{} // how many of their files match, by IDKey
	for _, i := range order {
		t := &d.tables[i]
		switch t.State {
		case result.Partial:
			d.explainPartial(t, stillPartial)
		case result.Undecidable:
			d.explainReadings(t, d.readings[i], stillPartial)
		}
		if t.State == result.Partial {
			stillPartial[manifest.IDKey(t.Hotfix)] = t.Counts[result.OK]
		}
	}
	d.settle()
}

// explainPartial gives a partial table the state not-installed, where none of
// the files that match is its own.
func (d *detection) explainPartial(t *result.TableResult, stillPartial map[string]int) {
	if because, all := d.explained(t, stillPartial); all {
		t.State, t.Reason = result.NotInstalled, result.Why{{Kind: result.NotItsOwn, Because: because}}
	}
}

// explainReadings leaves out the tables that only match by files of other
// hotfixes. The one that remains is the table; where none does, the hotfix is
// not here.
func (d *detection) explainReadings(t *result.TableResult, readings []*judged, stillPartial map[string]int) {
	var own []result.TableResult
	var why result.Why
	for _, r := range readings {
		c := r.TableResult
		if c.State == result.Partial {
			d.explainPartial(&c, stillPartial)
		}
		if c.State == result.NotInstalled {
			why = c.Reason
			continue
		}
		own = append(own, c)
	}
	switch {
	case len(readings) == 0 || len(own) > 1:
	case len(own) == 1:
		*t = own[0]
	default:
		t.State, t.Reason = result.NotInstalled, why
	}
}

// explained says whose the files are that match, and whether all of them are
// explained without this hotfix: another one delivers the same file that is here
// whole, or of which more is here; or the file has no version, and a size that
// others print.
func (d *detection) explained(t *result.TableResult, stillPartial map[string]int) (because []result.Reason, all bool) {
	for i := range t.Rows {
		row := &t.Rows[i]
		if row.Verdict != result.OK {
			continue
		}
		reason := d.whose(row, t, stillPartial)
		if reason.Kind == "" {
			return nil, false
		}
		because = append(because, reason)
	}
	return because, true
}

// whose says whose file it is that matches a row; a reason without kind is nobody's.
func (d *detection) whose(row *result.RowResult, t *result.TableResult, stillPartial map[string]int) result.Reason {
	others := d.delivers.sameAs(row, t.Hotfix)
	whole := slices.DeleteFunc(slices.Clone(others), func(id string) bool { return !d.here(id) })
	more := slices.DeleteFunc(slices.Clone(others), func(id string) bool {
		return stillPartial[manifest.IDKey(id)] <= t.Counts[result.OK]
	})
	switch {
	case len(whole) > 0:
		return result.Reason{Kind: result.CameWith, Name: row.Name, Version: row.Version, Hotfixes: whole}
	case row.Version.IsZero() && len(others) > 0:
		return result.Reason{Kind: result.SameSizeIn, Name: row.Name, Hotfixes: others}
	case len(more) > 0:
		return result.Reason{Kind: result.MoreIsHere, Name: row.Name, Version: row.Version, Hotfixes: more}
	}
	return result.Reason{}
}

// remark adds what other hotfixes have to do with each: who delivers the newer
// files, and which of its requirements are not met.
func (d *detection) remark() {
	for i := range d.tables {
		t := &d.tables[i]
		for k := range t.Rows {
			row := &t.Rows[k]
			for _, c := range row.Copies {
				if from := d.origin(t, row, &c); len(from.Hotfixes) > 0 {
					row.DeliveredBy = from.Hotfixes
					t.Remarks = append(t.Remarks, from)
				}
			}
		}
		if t.State == result.Installed || t.State == result.Superseded || t.State == result.Partial {
			d.requirements(d.manifests[i], t)
		}
		slices.SortFunc(t.Remarks, func(a, b result.Reason) int { return cmp.Compare(a.String(), b.String()) })
		t.Remarks = slices.CompactFunc(t.Remarks, func(a, b result.Reason) bool { return a.String() == b.String() })
	}
}

// origin gives the other hotfixes that deliver a copy which is not this one's:
// a newer version, or what keeps it partial, another size of a file without version.
func (d *detection) origin(t *result.TableResult, row *result.RowResult, c *result.CopyResult) result.Reason {
	from := result.Reason{Kind: result.IsFrom, Name: row.Name}
	switch v, full := c.Version.Version(); {
	case c.Verdict == result.Newer && full:
		from.Version, from.Hotfixes = c.Version, d.delivers.of(row, v, t.Hotfix)
	case c.Verdict == result.WrongSize && row.Version.IsZero() && t.State == result.Partial:
		from.Size, from.Hotfixes = manifest.ExactSize(c.Size), d.delivers.ofSize(row, c.Size, t.Hotfix)
	}
	return from
}

func (d *detection) requirements(m *manifest.Manifest, t *result.TableResult) {
	kinds := map[manifest.RelationKind]result.Kind{manifest.Requires: result.Needs, manifest.GoesWith: result.Accompanies}
	for _, r := range m.Relations {
		kind, asks := kinds[r.Kind]
		if !asks || r.ID == "" || d.here(r.ID) {
			continue
		}
		state, trace := d.states[manifest.IDKey(r.ID)]
		if !trace {
			state = result.Absent
		}
		t.Remarks = append(t.Remarks, result.Reason{Kind: kind, Hotfixes: []string{r.ID}, State: state})
	}
}
