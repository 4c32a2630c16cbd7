package pecheck

import (
	"fmt"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// Detect judges an inventory by every known hotfix: each by the one of its
// tables that the files speak for. Hotfixes of which nothing is there are
// counted in RootResult.Absent and not listed; those of which there are only
// other versions are listed without their rows. Like Verify it is pure.
func Detect(inv *inventory.Inventory, known []*manifest.Manifest, scope Scope) result.RootResult {
	d := &detection{
		copyIndex: indexCopies(inv), scope: scope,
		delivers: deliveriesOf(known), states: map[string]result.State{},
	}
	r := newRootResult(inv)
	for i, found := range d.bestOfAll(known) {
		if found == nil || found.State == result.Absent {
			r.Absent++
			continue
		}
		d.manifests = append(d.manifests, known[i])
		d.candidates = append(d.candidates, found.candidates)
		r.Tables = append(r.Tables, found.TableResult)
		d.states[manifest.IDKey(known[i].ID)] = found.State
	}
	// Each step reads the states that the step before has settled, never those
	// it settles itself: the order of the hotfixes must not matter.
	d.settle(r.Tables, d.replaced)
	d.borrow(r.Tables)
	for i := range r.Tables {
		t := &r.Tables[i]
		if d.remark(d.manifests[i], t); !t.Trace() {
			t.Rows, t.Unlisted = []result.RowResult{}, nil // their number is in the counts; none of them is evidence
		}
	}
	return r
}

// detection is what one Detect knows about the hotfixes at one root.
type detection struct {
	*copyIndex
	scope    Scope
	delivers deliveries
	states   map[string]result.State // by IDKey; hotfixes that left no trace are not here
	// Of the hotfixes that left a trace, beside their results.
	manifests  []*manifest.Manifest
	candidates [][]result.TableResult // where several tables match and none could be chosen
}

func (d *detection) settle(tables []result.TableResult, step func(*manifest.Manifest, *result.TableResult)) {
	settled := map[string]result.State{}
	for i := range tables {
		step(d.manifests[i], &tables[i])
		settled[manifest.IDKey(tables[i].Hotfix)] = tables[i].State
	}
	d.states = settled
}

// here reports that a hotfix is on this root, whole.
func (d *detection) here(id string) bool {
	s := d.states[manifest.IDKey(id)]
	return s == result.Installed || s == result.Superseded
}

// replaced takes rows out of the judgement that, by a relation of the
// manifest, another hotfix replaces which is here itself.
func (d *detection) replaced(m *manifest.Manifest, t *result.TableResult) {
	for _, r := range m.Relations {
		if r.Kind != manifest.SupersededBy || !d.here(r.ID) {
			continue
		}
		for i := range t.Rows {
			if row := &t.Rows[i]; row.Verdict.Class() == result.Fail && covers(r.Files, row.Name) {
				replaceRow(t, row, r.ID)
			}
		}
	}
}

func covers(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return manifest.NameKey(n) == manifest.NameKey(name) })
}

// replace takes one row out of the judgement and sums up again.
func replaceRow(t *result.TableResult, row *result.RowResult, by string) {
	row.Verdict = result.NotApplicable
	row.Reason = fmt.Sprintf("replaced by %s, which is here", by)
	t.Remarks = append(t.Remarks, fmt.Sprintf("%s is replaced by that of %s, which is here", row.Name, by))
	sumUp(t)
}

// remark adds what other hotfixes have to do with this one: who delivers the
// newer files, and which of its requirements are not met.
func (d *detection) remark(m *manifest.Manifest, t *result.TableResult) {
	for i := range t.Rows {
		row := &t.Rows[i]
		for _, c := range row.Copies {
			what, from := d.origin(t, row, &c)
			if len(from) > 0 {
				row.DeliveredBy = from
				t.Remarks = append(t.Remarks, fmt.Sprintf("%s is from %s", what, some(from)))
			}
		}
	}
	if t.State == result.Installed || t.State == result.Superseded || t.State == result.Partial {
		d.requirements(m, t)
	}
	slices.Sort(t.Remarks)
	t.Remarks = slices.Compact(t.Remarks)
}

// origin gives the other hotfixes that deliver a copy which is not this one's:
// a newer version, or what keeps it partial, another size of a file without version.
func (d *detection) origin(t *result.TableResult, row *result.RowResult, c *result.CopyResult) (what string, from []string) {
	switch v, err := manifest.ParseVersion(c.Version); {
	case c.Verdict == result.Newer && err == nil:
		return nameAndVersion(row.Name, c.Version), d.delivers.of(row, v, t.Hotfix)
	case c.Verdict == result.WrongSize && row.Version == "" && t.State == result.Partial:
		return fmt.Sprintf("%s of %s bytes", row.Name, manifest.Commas(c.Size)), d.delivers.ofSize(row, c.Size, t.Hotfix)
	}
	return "", nil
}

func (d *detection) requirements(m *manifest.Manifest, t *result.TableResult) {
	verbs := map[manifest.RelationKind]string{manifest.Requires: "requires", manifest.GoesWith: "goes with"}
	for _, r := range m.Relations {
		verb, asks := verbs[r.Kind]
		if !asks || r.ID == "" || d.here(r.ID) {
			continue
		}
		state, trace := d.states[manifest.IDKey(r.ID)]
		if !trace {
			state = result.Absent
		}
		t.Remarks = append(t.Remarks, fmt.Sprintf("%s %s, which is %s here", verb, r.ID, strings.ReplaceAll(string(state), "-", " ")))
	}
}

func nameAndVersion(name, version string) string {
	return strings.TrimSpace(name + " " + version)
}

// some lists up to three ids, and how many more there are.
func some(ids []string) string {
	const shown = 3
	if len(ids) <= shown {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:shown], ", "), len(ids)-shown)
}
