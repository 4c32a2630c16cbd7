package pecheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// borrow clears the partial hotfixes whose matching files all say nothing about
// them, and the tables that only match by such files. The hotfixes of which
// most is here are settled first: they explain the files of the others, and
// two of which as much is here never explain each other away.
func (d *detection) borrow(tables []result.TableResult) {
	order := make([]int, len(tables))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tables[b].Counts[result.OK], tables[a].Counts[result.OK]) })
	settled := map[string]result.State{}
	alarms := map[string]int{} // how many files match of the hotfixes that stay partial, by IDKey
	for _, i := range order {
		t := &tables[i]
		key := manifest.IDKey(t.Hotfix)
		switch t.State {
		case result.Partial:
			d.disown(t, alarms)
		case result.Undecidable:
			d.narrow(t, d.candidates[i], alarms)
		}
		if t.State == result.Partial {
			alarms[key] = t.Counts[result.OK]
		}
		settled[key] = t.State
	}
	d.states = settled
}

// disown gives a partial table the state not-installed, where none of the files
// that match is its own.
func (d *detection) disown(t *result.TableResult, alarms map[string]int) {
	if why, borrowed := d.borrowed(t, alarms); borrowed {
		t.State, t.Reason = result.NotInstalled, why
	}
}

// narrow leaves out the candidates that only match by files of other hotfixes.
// The one that remains is the table; where none does, the hotfix is not here.
func (d *detection) narrow(t *result.TableResult, candidates []result.TableResult, alarms map[string]int) {
	var own []result.TableResult
	why := ""
	for _, c := range candidates {
		if c.State == result.Partial {
			d.disown(&c, alarms)
		}
		if c.State == result.NotInstalled {
			why = c.Reason
			continue
		}
		own = append(own, c)
	}
	switch {
	case len(candidates) == 0 || len(own) > 1:
	case len(own) == 1:
		*t = own[0]
	default:
		t.State, t.Reason = result.NotInstalled, why
	}
}

// borrowed reports that every file that matches is explained without this
// hotfix, and how: another one delivers the same file that is here whole, or of
// which more is here; or the file has no version, and a size that others print.
func (d *detection) borrowed(t *result.TableResult, alarms map[string]int) (why string, all bool) {
	var reasons []string
	for i := range t.Rows {
		row := &t.Rows[i]
		if row.Verdict != result.OK {
			continue
		}
		reason := d.lender(row, t, alarms)
		if reason == "" {
			return "", false
		}
		reasons = append(reasons, reason)
	}
	return "what matches is not its own: " + strings.Join(slices.Compact(reasons), "; "), true
}

// lender says whose file it is that matches a row, or "".
func (d *detection) lender(row *result.RowResult, t *result.TableResult, alarms map[string]int) string {
	others := d.delivers.sameAs(row, t.Hotfix)
	whole := slices.DeleteFunc(slices.Clone(others), func(id string) bool { return !d.here(id) })
	more := slices.DeleteFunc(slices.Clone(others), func(id string) bool { return alarms[manifest.IDKey(id)] <= t.Counts[result.OK] })
	what := nameAndVersion(row.Name, row.Version)
	switch {
	case len(whole) > 0:
		return fmt.Sprintf("%s came with %s", what, some(whole))
	case row.Version == "" && len(others) > 0:
		return fmt.Sprintf("%s has the same size in %s", row.Name, some(others))
	case len(more) > 0:
		return fmt.Sprintf("%s is in %s too, of which more is here", what, some(more))
	}
	return ""
}
