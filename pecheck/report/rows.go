package report

import (
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// item is what the table shows of one copy, or of a row without copies.
type item struct {
	verdict                   result.Verdict
	name                      string
	wantVersion, wantSize     string
	hasVersion, hasSize       string
	path                      string
	notes                     []string // in words
	wantPlatform, hasPlatform string   // where they contradict each other
}

// items lists what is to be shown of a table: what needs attention, or
// everything. That none of its files is here is said in one line.
func items(t *result.TableResult, all bool) []item {
	if t.State == result.Absent && !all {
		return nil
	}
	var out []item
	for i := range t.Rows {
		r := &t.Rows[i]
		if len(r.Copies) == 0 && (all || needsAttention(r.Verdict)) {
			out = append(out, missingItem(r))
		}
		for j := range r.Copies {
			if all || needsAttention(r.Copies[j].Verdict) {
				out = append(out, copyItem(r, &r.Copies[j]))
			}
		}
	}
	return out
}

func needsAttention(v result.Verdict) bool {
	return v == result.Unverified || v.Class() == result.Fail || v.Class() == result.Trouble
}

func rowItem(r *result.RowResult) item {
	it := item{verdict: r.Verdict, name: r.Name, path: r.Path, wantVersion: r.Version.String(), wantSize: sizeText(r.Size)}
	if r.Platform != "" {
		it.name += " (" + string(r.Platform) + ")"
	}
	for _, a := range r.Alternatives {
		it.notes = append(it.notes, "or "+strings.Join(nonEmpty(a.Version.String(), sizeText(a.Size)), ", "))
	}
	return it
}

func missingItem(r *result.RowResult) item {
	it := rowItem(r)
	if r.Verdict != result.NotApplicable {
		it.hasVersion = "nothing"
	}
	if len(r.Reason) > 0 {
		it.notes = append(it.notes, r.Reason.String())
	}
	return it
}

func copyItem(r *result.RowResult, c *result.CopyResult) item {
	it := rowItem(r)
	it.verdict, it.path = c.Verdict, c.Path
	for _, n := range c.Notes {
		it.notes = append(it.notes, n.String())
	}
	it.hasVersion, it.hasSize = c.Version.String(), manifest.Commas(c.Size)+" bytes"
	switch {
	case c.Verdict == result.Unreadable:
		it.hasVersion = "unreadable"
	case it.hasVersion == "" && it.wantVersion != "":
		it.hasVersion = "no version"
	case c.Verdict == result.WrongPlatform:
		it.wantPlatform, it.hasPlatform = string(r.Platform), c.Platform
	}
	return it
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
