package pecheck

import (
	"cmp"
	"maps"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// detection is what one Detect knows about the hotfixes of which something is
// at one root. Each of its steps reads what the step before has settled, never
// what it settles itself: the order of the hotfixes must not matter.
type detection struct {
	releases manifest.Releases
	found    []detected
	states   map[string]result.State // by IDKey; of a hotfix in several parts the best
}

// detected is a hotfix of which something is here.
type detected struct {
	answer
	manifest *manifest.Manifest
	good     map[string]result.Reason // of the copies that are as the hotfix delivers them, by path: which file
}

func (d *detection) add(m *manifest.Manifest, a answer) {
	d.found = append(d.found, detected{answer: a, manifest: m})
}

// settle keeps the states that a step has reached, and the good copies of each.
func (d *detection) settle() {
	d.states = make(map[string]result.State, len(d.found))
	for i := range d.found {
		f := &d.found[i]
		key := manifest.IDKey(f.Hotfix)
		if old, there := d.states[key]; !there || !passes(old) {
			d.states[key] = f.State
		}
		f.good = map[string]result.Reason{}
		f.collectGood(f.Rows)
		for _, r := range f.readings {
			f.collectGood(r.Rows)
		}
	}
}

func (f *detected) collectGood(rows []result.RowResult) { collectGood(f.good, rows) }

func collectGood(good map[string]result.Reason, rows []result.RowResult) {
	for i := range rows {
		for _, c := range rows[i].Copies {
			if c.Verdict == result.OK && rows[i].Verdict != result.NotApplicable {
				good[c.Path] = result.Reason{Name: rows[i].Name, Version: c.Version}
			}
		}
	}
}

// here reports that a hotfix is on this root, whole.
func (d *detection) here(id string) bool { return passes(d.states[manifest.IDKey(id)]) }

// replaceRows takes rows out of the judgement that, by a relation of the
// manifest, another hotfix replaces which is here itself.
func (d *detection) replaceRows() {
	for i := range d.found {
		f := &d.found[i]
		for _, r := range f.manifest.Relations {
			if r.Kind == manifest.SupersededBy && d.here(r.ID) {
				replaceRows(&f.TableResult, r, d.releases)
			}
		}
	}
	d.settle()
}

func replaceRows(t *result.TableResult, by manifest.Relation, releases manifest.Releases) {
	for i := range t.Rows {
		row := &t.Rows[i]
		if row.Verdict.Class() != result.Fail || !covers(by.Files, row.Name) {
			continue
		}
		row.Verdict = result.NotApplicable
		row.Reason = result.Why{{Kind: result.ReplacedBy, Hotfixes: []string{by.ID}}}
		t.Remarks = append(t.Remarks, result.Reason{Kind: result.RowReplaced, Name: row.Name, Hotfixes: []string{by.ID}})
		sumUp(t, releases)
	}
}

// explain is rule 14: what explains a copy is the copy. A hotfix that is partial
// by itself is not here when each of its good copies is a good copy of one that
// is here whole, or when all that are left are also those of one other partial
// hotfix that lacks less. Hotfixes that are not here explain nothing, and two that
// lack as much never explain each other away.
func (d *detection) explain() {
	x := d.explanations()
	for i := range d.found {
		f := &d.found[i]
		if len(f.readings) > 0 && !passes(f.State) && f.State != result.NotInstalled {
			x.explainReadings(f)
			continue
		}
		explainable := f.State == result.Partial || f.State == result.Undecidable && f.Reason.Has(result.OnlyData)
		if because := x.explained(&f.TableResult, f.good); explainable && len(because) > 0 {
			f.State, f.Reason = result.NotInstalled, result.Why{{Kind: result.NotItsOwn, Because: because}}
		}
	}
	d.settle()
}

// explanations are the good copies of the hotfixes that can explain others.
type explanations struct {
	whole   map[string][]*detected // by path
	partial map[string][]*partial  // by path
}

func (d *detection) explanations() *explanations {
	x := &explanations{whole: map[string][]*detected{}, partial: map[string][]*partial{}}
	for i := range d.found {
		if f := &d.found[i]; f.isWhole() {
			for path := range f.good {
				x.whole[path] = append(x.whole[path], f)
			}
		}
	}
	for i := range d.found {
		if f := &d.found[i]; f.State == result.Partial {
			p := x.own(&f.TableResult, f.good)
			for path := range p.own {
				x.partial[path] = append(x.partial[path], p)
			}
		}
	}
	return x
}

// own gives what speaks for a hotfix besides the copies of whole ones.
func (x *explanations) own(t *result.TableResult, good map[string]result.Reason) *partial {
	p := &partial{hotfix: t.Hotfix, own: map[string]result.Reason{}}
	for path, file := range good {
		if !slices.ContainsFunc(x.whole[path], func(f *detected) bool { return f.Hotfix != t.Hotfix }) {
			p.own[path] = file
		}
	}
	for i := range t.Rows {
		if t.Rows[i].Verdict.Class() == result.Fail {
			p.failing++
		}
	}
	return p
}

// isWhole reports a hotfix that is here whole by its table, or by each table
// that it can be.
func (f *detected) isWhole() bool {
	if len(f.readings) == 0 {
		return passes(f.State)
	}
	return !slices.ContainsFunc(f.readings, func(r *judged) bool { return !passes(r.State) })
}

// explained says whose each of the good copies is, if all of them are another's.
func (x *explanations) explained(t *result.TableResult, good map[string]result.Reason) (because []result.Reason) {
	p := x.own(t, good)
	if len(p.own) > 0 || len(good) == 0 {
		return x.byOnePartial(p)
	}
	said := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(good)) {
		var ids []string
		for _, f := range x.whole[path] {
			if f.Hotfix != t.Hotfix && !slices.Contains(ids, f.Hotfix) {
				ids = append(ids, f.Hotfix)
			}
		}
		if !said[ids[0]] {
			said[ids[0]] = true
			file := good[path]
			because = append(because, result.Reason{Kind: result.CameWith, Name: file.Name, Version: file.Version,
				Hotfixes: ids})
		}
	}
	return because
}

// byOnePartial finds another partial hotfix that explains all copies which no whole
// one does, and of which relatively more is here: of two hotfixes that share what
// is here, the one that lacks least is the one that is half there.
func (x *explanations) byOnePartial(p *partial) []result.Reason {
	if len(p.own) == 0 {
		return nil
	}
	some := slices.Min(slices.Collect(maps.Keys(p.own)))
	for _, q := range x.partial[some] {
		if q.hotfix == p.hotfix || !q.lacksLess(p) {
			continue
		}
		all := true
		for path := range p.own {
			_, has := q.own[path]
			all = all && has
		}
		if all {
			file := p.own[some]
			return []result.Reason{{Kind: result.MoreIsHere, Name: file.Name, Version: file.Version,
				Hotfixes: []string{q.hotfix}}}
		}
	}
	return nil
}

// partial is what speaks for a hotfix that is partial by itself: the good copies
// that no whole hotfix explains, and how many rows fail.
type partial struct {
	hotfix  string
	own     map[string]result.Reason
	failing int
}

// lacksLess reports that of q relatively less is missing than of p, or as much of
// a hotfix of which more is here.
func (q *partial) lacksLess(p *partial) bool {
	a, b := q.failing*len(p.own), p.failing*len(q.own)
	return a < b || a == b && len(q.own) > len(p.own)
}

// explainReadings leaves out the tables by which the hotfix is not here, and
// those that are partial by files of others. The one that remains is the table;
// where none does, the hotfix is not here.
func (x *explanations) explainReadings(f *detected) {
	var own []*judged
	why := result.Why{{Kind: result.OtherVersions}}
	for _, r := range f.readings {
		good := map[string]result.Reason{}
		collectGood(good, r.Rows)
		explainable := r.State == result.Partial || r.State == result.Undecidable && r.Reason.Has(result.OnlyData)
		if because := x.explained(&r.TableResult, good); explainable && len(because) > 0 {
			why = result.Why{{Kind: result.NotItsOwn, Because: because}}
			continue
		}
		if r.State != result.NotInstalled && r.State != result.Absent {
			own = append(own, r)
		}
	}
	switch {
	case len(own) == 0:
		f.State, f.Reason, f.readings = result.NotInstalled, why, nil
	case len(own) == 1:
		f.TableResult, f.readings = own[0].TableResult, nil
	default:
		chosen, readings := agreed(f.manifest, own)
		f.TableResult, f.readings = chosen, readings
		f.Harmless = chosen.State == result.Undecidable && !slices.ContainsFunc(own, func(r *judged) bool {
			return r.State == result.Partial || r.State == result.Undecidable && r.Counts[result.Unreadable] > 0
		})
	}
}

// remark adds what other hotfixes have to do with each: who delivers the files
// that are not its own, and which of its requirements are not met.
func (d *detection) remark() {
	for i := range d.found {
		f := &d.found[i]
		if passes(f.State) || f.State == result.Partial {
			d.requirements(f.manifest, &f.TableResult)
		}
		slices.SortFunc(f.Remarks, func(a, b result.Reason) int { return cmp.Compare(a.String(), b.String()) })
		f.Remarks = slices.CompactFunc(f.Remarks, func(a, b result.Reason) bool { return a.String() == b.String() })
	}
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

// harmless reports an undecidable hotfix that changes no exit code: nothing that
// its table prints can be compared, none of its rows is for what is here, or what
// is here is its unpacked package.
func (f *detected) harmless() bool {
	if f.State != result.Undecidable {
		return false
	}
	for _, r := range f.Reason {
		switch r.Kind {
		case result.Incomparable, result.NoRowApplies:
			return true
		case result.Unpacked:
			return !r.Partly
		}
	}
	return false
}
