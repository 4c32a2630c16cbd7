package pecheck

import (
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// finding is the verdict of one copy against one row, and what explains it.
type finding struct {
	verdict result.Verdict
	notes   []result.Reason
}

func (f *finding) note(r result.Reason) { f.notes = append(f.notes, r) }

// compare compares one copy with one row of a table.
func compare(row *manifest.File, c *claim) (f finding) {
	file := c.file
	f.noteDefects(file)
	switch {
	case file.Ending == pefile.Unreadable || file.Ending == pefile.Damaged:
		f.verdict = result.Unreadable
		f.note(result.Said(file.Detail))
	case c.contradicts != "":
		f.verdict = result.WrongPlatform
		f.note(c.contradiction())
	case row.Version.IsZero() && contentOf(row, file) == same:
		f.compareSize(row, c, result.OK)
	case !row.Version.IsZero():
		f.compareVersion(row, c)
	default:
		f.withoutPrintedVersion(row, c)
	}
	f.compareContent(row, file)
	return f
}

// compareContent is for a row with a digest that is not matched exactly: of the very
// version, or where none is printed, the content has to be the very one.
func (f *finding) compareContent(row *manifest.File, file *inventory.File) {
	switch content := contentOf(row, file); {
	case content == differs && (f.verdict == result.OK || f.verdict == result.Unverified):
		f.changed(result.OtherContent)
	case content == notCompared && row.Version.IsZero() && f.verdict == result.OK:
		f.verdict = result.Unverified
		f.note(result.Reason{Kind: result.ContentNotCompared})
	}
}

// noteDefects says what is wrong with a file that can be run all the same: its two
// versions disagree, or something is damaged that no loader needs.
func (f *finding) noteDefects(file *inventory.File) {
	if file.StringVersion != "" {
		f.note(result.Reason{Kind: result.StringDisagrees, Text: file.StringVersion})
	}
	if file.Detail != "" && file.Ending != pefile.Unreadable && file.Ending != pefile.Damaged {
		f.note(result.Said(file.Detail))
	}
}

// compareVersion is rule 1: the fixed file version decides, and only an equal
// version asks for the size.
func (f *finding) compareVersion(row *manifest.File, c *claim) {
	if c.file.Ending != pefile.Versioned {
		f.verdict = result.NoVersion
		f.note(result.Reason{Kind: whyNoVersion(c.file)})
		return
	}
	switch row.Version.Order(c.file.Version) {
	case manifest.Older:
		f.verdict = result.Older
	case manifest.Newer:
		f.verdict = result.Newer
		if build, known := row.Version.Build(); known && build != c.file.Version[2] {
			f.note(result.Reason{Kind: result.OfOtherBuild, Count: int(c.file.Version[2]), Of: int(build)})
		}
	case manifest.Unknown:
		f.verdict = result.Unverified
		f.note(result.Reason{Kind: result.FirstPartsLeft, Version: row.Version})
	case manifest.Equal:
		f.compareSize(row, c, result.OK)
	}
}

func whyNoVersion(f *inventory.File) result.Kind {
	switch {
	case f.Ending == pefile.NotOpened:
		return result.TypeUnversioned
	case f.Format == pefile.NotExecutable:
		return result.NoExecutable
	case f.Ending == pefile.NoFixedInfo:
		return result.NoFixedInfo
	}
	return result.NoResource
}

// withoutPrintedVersion judges by size alone.
func (f *finding) withoutPrintedVersion(row *manifest.File, c *claim) {
	if v := row.AsPrinted.Version; v != "" {
		f.note(result.Reason{Kind: result.NotComparable, Text: v})
	}
	if isOnlyNamedSo(row, c.file) {
		f.verdict = result.Unreadable
		f.note(result.Reason{Kind: result.OnlyNamedSo})
		return
	}
	f.compareSize(row, c, result.Unverified)
}

// isOnlyNamedSo reports a file that is no executable, although its name says so.
func isOnlyNamedSo(row *manifest.File, f *inventory.File) bool {
	return f.Ending == pefile.NoVersion && f.Format == pefile.NotExecutable && manifest.NamesExecutable(row.Name)
}

// compareSize is rules 2 and 9: it ends a comparison in which the versions do
// not speak against the copy. unsized is the verdict where no size can.
func (f *finding) compareSize(row *manifest.File, c *claim, unsized result.Verdict) {
	switch {
	case c.patternOnly && (c.file.Size == 0 || c.file.NoSignature):
		f.verdict = result.Unreadable
		f.note(result.Reason{Kind: result.EmptyOrCut})
	case c.patternOnly:
		f.verdict = unsized
		f.note(result.Reason{Kind: result.LocalisedName, Text: row.Pattern})
	case row.Size.IsZero():
		f.verdict = unsized
		if unsized == result.Unverified {
			f.note(result.Reason{Kind: result.NothingPrinted})
		}
	case row.Size.Admits(c.file.Size):
		f.verdict = result.OK
	default:
		f.verdict = result.WrongSize
	}
}

// preference orders verdicts when a copy may stand for one of several rows: the
// row that it matches best explains it best. Newer comes late: a copy between
// the versions of two rows matches neither, and may be the second one's stale file.
var preference = []result.Verdict{
	result.OK, result.Older, result.Newer, result.Unverified, result.WrongSize, result.Changed, result.NoVersion,
	result.WrongPlatform, result.Unreadable,
}

// compare is rule 5: of the rows of one name and platform it gives the one that
// the copy matches best, and the finding there.
func (e *expected) compare(c *claim) (*manifest.File, finding) {
	var row *manifest.File
	var best finding
	for _, r := range e.rows {
		f := e.against(r, c)
		if row == nil || f.rank(r) < best.rank(row) {
			row, best = r, f
		}
	}
	return row, best
}

// against compares a copy with one of the rows.
func (e *expected) against(row *manifest.File, c *claim) finding {
	if e.table.exactly() {
		return compareExactly(row, c, e.table.table.Complete)
	}
	return compare(row, c)
}

// rank is the place of a finding by row in preference. Of a row's very version
// with another size, no other row says more, unless it agrees.
func (f *finding) rank(row *manifest.File) int {
	if f.verdict == result.WrongSize && !row.Version.IsZero() {
		return slices.Index(preference, result.OK) + 1
	}
	return 2 * slices.Index(preference, f.verdict)
}
