package pecheck

import (
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// byRevision is rule 5 between hotfixes: where no version tells a copy from the
// rows that it stands for, because they print none or the same, a copy that is
// another hotfix's file is newer if that one is later, older if it is earlier.
// Where it is both, or where nothing orders the two, the comparison of sizes
// stands, and the copy says whose it is. Of the very version, an earlier file is
// one that the installer left in its place.
func (c *claim) byRevision(e *expected) {
	v := c.finding.verdict
	if v != result.WrongSize && v != result.Unverified || c.patternOnly ||
		c.row.Version.Order(c.file.Version) == manifest.Unknown {
		return
	}
	m := e.table.manifest
	var later, earlier, either []delivery
	for _, d := range e.table.judge.whose(c.file) {
		own := manifest.IDKey(d.hotfix.ID) == manifest.IDKey(m.ID)
		if own || !samePlatform(d.row.Platform, e.platform) || e.table.judge.isForAnother(d) {
			continue
		}
		switch {
		case e.all(func(row *manifest.File) bool { return isLater(d, m, row) }):
			later = append(later, d)
		case e.all(func(row *manifest.File) bool { return isLater(delivery{hotfix: m, row: row}, d.hotfix, d.row) }):
			earlier = append(earlier, d)
		default:
			either = append(either, d)
		}
	}
	same := v == result.WrongSize && !c.row.Version.IsZero()
	switch {
	case same && len(later) == 0 && len(earlier)+len(either) > 0:
		// An installer does not replace a file by one of the same version.
		c.finding = finding{result.Unverified, append(c.finding.notes,
			result.Reason{Kind: result.SameVersionOf, Hotfixes: idsOf(append(earlier, either...))})}
	case len(later) > 0 && len(earlier) > 0:
		c.finding.note(result.Reason{Kind: result.EarlierAndLater, Hotfixes: idsOf(append(earlier, later...))})
	case len(later) == 0 && len(earlier) == 0 && len(either) > 0:
		c.finding.note(result.Reason{Kind: result.NoOrder, Hotfixes: idsOf(either)})
	case len(later) > 0 && len(earlier) == 0:
		c.finding = finding{result.Newer,
			append(c.finding.others(), result.Reason{Kind: result.LaterFile, Hotfixes: idsOf(later)})}
	case len(earlier) > 0 && len(later) == 0:
		c.finding = finding{result.Older,
			append(c.finding.others(), result.Reason{Kind: result.EarlierFile, Hotfixes: idsOf(earlier)})}
	}
}

// others are the notes of a finding that still hold when another file is known.
func (f *finding) others() []result.Reason {
	return slices.DeleteFunc(f.notes, func(r result.Reason) bool { return r.Kind == result.NothingPrinted })
}

// all reports that something holds for each row of e.
func (e *expected) all(holds func(*manifest.File) bool) bool {
	return !slices.ContainsFunc(e.rows, func(row *manifest.File) bool { return !holds(row) })
}

// isLater reports that d's file is later than the file of m's row: by a relation
// of one of the hotfixes, else by the files' dates.
func isLater(d delivery, m *manifest.Manifest, row *manifest.File) bool {
	switch {
	case supersedes(d.hotfix, m, row.Name):
		return true
	case supersedes(m, d.hotfix, row.Name):
		return false
	}
	return laterDate(d.row.Modified, row.Modified)
}

// supersedes reports a relation by which one hotfix replaces a file of another.
func supersedes(by, m *manifest.Manifest, name string) bool {
	says := func(from, to *manifest.Manifest, kind manifest.RelationKind) bool {
		return slices.ContainsFunc(from.Relations, func(r manifest.Relation) bool {
			return r.Kind == kind && manifest.IDKey(r.ID) == manifest.IDKey(to.ID) &&
				(len(r.Files) == 0 || covers(r.Files, name))
		})
	}
	return says(by, m, manifest.Supersedes) || says(m, by, manifest.SupersededBy)
}

func covers(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return manifest.NameKey(n) == manifest.NameKey(name) })
}

// laterDate reports that date a is after b, as far as both are printed.
func laterDate(a, b string) bool {
	n := min(len(a), len(b))
	return n > 0 && strings.Compare(a[:n], b[:n]) > 0
}

// remarkTheSame says of an installed hotfix of which nothing but sizes tells which
// earlier ones print all of them too: then either can be the one that is here.
func (t *judged) remarkTheSame() {
	var common []string
	first := true
	for _, e := range t.files {
		for i := range e.claims {
			c := &e.claims[i]
			if c.finding.verdict != result.OK {
				continue
			}
			if !c.row.Version.IsZero() {
				return // its version tells
			}
			earlier := t.judge.earlierWith(e, c.file)
			if first {
				common, first = earlier, false
			}
			common = slices.DeleteFunc(common, func(id string) bool { return !slices.Contains(earlier, id) })
		}
	}
	if len(common) > 0 {
		t.Remarks = append(t.Remarks, result.Reason{Kind: result.PrintTheSame, Hotfixes: common})
	}
}

// earlierWith gives the earlier hotfixes that a copy is from by its size alone.
func (j *judge) earlierWith(e *expected, f *inventory.File) []string {
	m := e.table.manifest
	var earlier []delivery
	for _, d := range j.whose(f) {
		isOther := manifest.IDKey(d.hotfix.ID) != manifest.IDKey(m.ID) && samePlatform(d.row.Platform, e.platform)
		if isOther && d.row.Version.IsZero() && !j.isForAnother(d) &&
			e.all(func(row *manifest.File) bool { return isLater(delivery{hotfix: m, row: row}, d.hotfix, d.row) }) {
			earlier = append(earlier, d)
		}
	}
	return idsOf(earlier)
}
