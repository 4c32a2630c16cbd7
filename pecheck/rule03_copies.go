package pecheck

import (
	"slices"
	"strings"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// claim is a copy that stands for an expected file, and how it stands there.
type claim struct {
	file        *inventory.File
	folder      manifest.Platform // of the platform folder it lies in, or ""
	patternOnly bool              // its name matches the row's pattern, not the name itself
	contradicts manifest.Platform // the platform that its machine type contradicts, or ""

	row     *manifest.File // of the expected file's rows the one that it matches best
	finding finding
}

// against gives the copy as it stands for e.
func (c claim) against(e *expected) claim {
	c.row, c.finding = e.compare(&c)
	return c
}

// take judges a copy that stands for e, and keeps it.
func (e *expected) take(c claim) { e.claims = append(e.claims, c.against(e)) }

// row is rule 3: every copy of an expected file is judged, and the worst of
// them is the row's verdict.
func (j *judge) row(m *manifest.Manifest, e *expected) result.RowResult {
	front := e.rows[0]
	switch {
	case !e.inScope, e.alone && len(e.claims) == 0:
		return e.result(front, result.NotApplicable, j.scope.outOfScope(e.platform))
	case len(e.claims) == 0 && !j.covers(front):
		return e.result(front, result.Unreadable, result.Reason{Kind: result.NameNotSought})
	case len(e.claims) == 0 && isPackage(m, front):
		return e.result(front, result.NotApplicable, result.Reason{Kind: result.OwnPackage})
	case len(e.claims) == 0:
		return e.result(front, result.Missing)
	}
	worst := &e.claims[0]
	for i := range e.claims {
		if c := &e.claims[i]; worse(c.finding.verdict, worst.finding.verdict) {
			worst = c
		}
	}
	row := e.result(worst.row, worst.finding.verdict, worst.finding.notes...)
	for i := range e.claims {
		row.Copies = append(row.Copies, e.claims[i].result(e.claims[i].finding))
	}
	return row
}

// isPackage reports the row of the hotfix's own package ("Q305209.exe"), which
// some articles print among the files that it installs.
func isPackage(m *manifest.Manifest, row *manifest.File) bool {
	stem, exe := strings.CutSuffix(manifest.NameKey(row.Name), ".EXE")
	return exe && row.Path == "" && manifest.IDKey(stem) == manifest.IDKey(m.ID)
}

// worse orders verdicts by class, then by their order in Verdicts.
func worse(a, b result.Verdict) bool {
	if a.Class() != b.Class() {
		return a.Class() > b.Class()
	}
	return slices.Index(result.Verdicts, a) < slices.Index(result.Verdicts, b)
}

// result shows an expected file by one of its rows.
func (e *expected) result(front *manifest.File, v result.Verdict, why ...result.Reason) result.RowResult {
	r := result.RowResult{
		Name: front.Name, Path: front.Path, Platform: front.Platform, Version: front.Version, Size: front.Size,
		Modified: front.Modified, Verdict: v, Reason: why, Copies: make([]result.CopyResult, 0, len(e.claims)),
	}
	for _, row := range e.rows {
		if row != front {
			r.Alternatives = append(r.Alternatives, result.Alternative{Version: row.Version, Size: row.Size})
		}
	}
	return r
}

// result shows a copy. Its date is shown and never judged (rule 10).
func (c *claim) result(f finding) result.CopyResult {
	file := c.file
	r := result.CopyResult{
		Path: file.Path, Size: file.Size, Platform: file.PlatformText(), Verdict: f.verdict, Notes: f.notes,
	}
	if r.Notes == nil {
		r.Notes = []result.Reason{}
	}
	if file.Ending == pefile.Versioned {
		r.Version = manifest.PrintedOf(file.Version)
	}
	if !file.Modified.IsZero() {
		r.Modified = file.Modified.UTC().Truncate(time.Second).Format(time.RFC3339)
	}
	return r
}
