package pecheck

import (
	"path"
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
	if !e.table.exactly() {
		c.byRevision(e)
		c.byLaterTable(e)
	}
	c.finding.bySignature(c.file)
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
	case len(e.claims) == 0 && e.recorded() && j.leftOut()(front.Path):
		return e.result(front, result.NotApplicable, result.Reason{Kind: result.LeftOutHere})
	case len(e.claims) == 0 && !j.covers(front):
		return e.result(front, result.Unreadable, result.Reason{Kind: result.NameNotSought})
	case len(e.claims) == 0 && j.scope.OnlyPresent:
		return e.result(front, result.NotApplicable, result.Reason{Kind: result.OnlyPresent})
	case len(e.claims) == 0 && isPackage(m, front):
		return e.result(front, result.NotApplicable, result.Reason{Kind: result.OwnPackage})
	case len(e.claims) == 0:
		return e.result(front, result.Missing, e.whyMissing()...)
	}
	worst := &e.claims[0]
	for i := range e.claims {
		if c := &e.claims[i]; worse(c.finding.verdict, worst.finding.verdict) {
			worst = c
		}
	}
	verdict, why := worst.finding.verdict, worst.finding.notes
	if !j.covers(front) { // a copy of the pattern's names may be stale, and nobody looked
		verdict, why = result.Unreadable, append(slices.Clone(why), result.Reason{Kind: result.NameNotSought})
	}
	if verdict.Class() == result.Fail && e.beside != "" {
		why = append(slices.Clone(why), e.broughtIn())
	}
	if good := e.good(); verdict.Class() == result.Fail && good != nil {
		why = append(slices.Clone(why), result.Reason{Kind: result.GoodElsewhere, Folder: path.Dir(good.file.Path),
			Name: path.Dir(worst.file.Path), Text: string(verdict)})
	}
	row := e.result(worst.row, verdict, why...)
	for i := range e.claims {
		row.Copies = append(row.Copies, e.claims[i].result(e.claims[i].finding))
		row.DeliveredBy = j.deliveredBy(row.DeliveredBy, e, &e.claims[i])
	}
	return row
}

// good gives the first copy that is as the table prints it, or nil.
func (e *expected) good() *claim {
	i := slices.IndexFunc(e.claims, func(c claim) bool { return c.finding.verdict == result.OK })
	if i < 0 {
		return nil
	}
	return &e.claims[i]
}

// whyMissing says what explains that nothing is here of a row that applies.
func (e *expected) whyMissing() []result.Reason {
	if e.beside == "" {
		return nil
	}
	return []result.Reason{e.broughtIn()}
}

// maxDelivering caps the hotfixes that are named for one row: nobody reads more.
const maxDelivering = 50

// deliveredBy adds the other hotfixes whose file a copy is that is not this one's.
func (j *judge) deliveredBy(ids []string, e *expected, c *claim) []string {
	if c.finding.verdict == result.OK || c.finding.verdict.Class() == result.Trouble {
		return ids
	}
	for _, id := range j.others(e, c.file) {
		if len(ids) < maxDelivering && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// others gives the hotfixes, other than the one that is judged, whose file a
// copy is.
func (j *judge) others(e *expected, f *inventory.File) []string {
	var ids []string
	rows := j.whose(f)
	if len(rows) == 0 {
		rows = j.delivers.ofVersion(f)
	}
	for _, d := range rows {
		if len(ids) == maxDelivering {
			break
		}
		own := manifest.IDKey(d.hotfix.ID) == manifest.IDKey(e.table.manifest.ID)
		if !own && samePlatform(d.row.Platform, e.platform) && !slices.Contains(ids, d.hotfix.ID) {
			ids = append(ids, d.hotfix.ID)
		}
	}
	return ids
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
		MD5: front.MD5, SHA256: front.SHA256, Modified: front.Modified, Verdict: v, Reason: why,
		Copies: make([]result.CopyResult, 0, len(e.claims)),
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
		Signature: signatureOf(file),
	}
	if r.Notes == nil {
		r.Notes = []result.Reason{}
	}
	if c.row != nil { // what the row has, however much was read
		r.MD5, r.SHA256 = digestsLike(c.row, file)
	}
	if file.Ending == pefile.Versioned {
		r.Version = manifest.PrintedOf(file.Version)
	}
	if !file.Modified.IsZero() {
		r.Modified = file.Modified.UTC().Truncate(time.Second).Format(time.RFC3339)
	}
	return r
}
