package pecheck

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// judgement is the verdict of one copy against one row, and what explains it.
type judgement struct {
	verdict result.Verdict
	notes   []string
}

func (j *judgement) note(format string, args ...any) {
	j.notes = append(j.notes, fmt.Sprintf(format, args...))
}

// preference orders verdicts when a copy may stand for one of several rows: the
// row that it matches best explains it best. Newer comes late: a copy between
// the versions of two rows matches neither, and may be the second one's stale file.
var preference = []result.Verdict{result.OK, result.Older, result.Newer, result.Unverified, result.WrongSize, result.NoVersion, result.WrongPlatform, result.Unreadable}

// judge gives the row of e that the copy matches best, and the verdict there.
func (e *expected) judge(c *candidate) (*manifest.File, judgement) {
	var row *manifest.File
	var best judgement
	for _, r := range e.rows {
		j := judge(r, c)
		if row == nil || j.rank(r) < best.rank(row) {
			row, best = r, j
		}
	}
	return row, best
}

// rank is the place of a judgement by row in preference. Of a row's very version
// with another size, no other row says more, unless it agrees.
func (j *judgement) rank(row *manifest.File) int {
	if j.verdict == result.WrongSize && !row.Version.IsZero() {
		return slices.Index(preference, result.OK) + 1
	}
	return 2 * slices.Index(preference, j.verdict)
}

// judge compares one copy with one row of a table.
func judge(row *manifest.File, c *candidate) (j judgement) {
	f := c.file
	if f.StringVersion != "" {
		j.note("its FileVersion string says %s", f.StringVersion)
	}
	switch {
	case f.Ending == pefile.Unreadable || f.Ending == pefile.Damaged:
		j.note("%s", f.Detail)
		j.verdict = result.Unreadable
	case c.contradicts != "":
		j.verdict = result.WrongPlatform
		j.note("%s", c.contradiction())
	case !row.Version.IsZero():
		j.compareVersion(row, c)
	default:
		j.withoutPrintedVersion(row, c)
	}
	return j
}

func (c *candidate) contradiction() string {
	text := fmt.Sprintf("%s file, where %s is expected", c.file.PlatformText(), c.contradicts)
	if c.folder != "" {
		text = fmt.Sprintf("%s file in a folder for %s", c.file.PlatformText(), c.folder)
	}
	return text
}

// compareVersion applies rule 1: the fixed file version decides, and only an
// equal version asks for the size.
func (j *judgement) compareVersion(row *manifest.File, c *candidate) {
	if c.file.Ending != pefile.Versioned {
		j.verdict = result.NoVersion
		j.note("%s", whyNoVersion(c.file))
		return
	}
	switch row.Version.Order(c.file.Version) {
	case manifest.Older:
		j.verdict = result.Older
	case manifest.Newer:
		j.verdict = result.Newer
		if build, known := row.Version.Build(); known && build != c.file.Version[2] {
			j.note("of build %d, where the table is for build %d", c.file.Version[2], build)
		}
	case manifest.Unknown:
		j.verdict = result.Unverified
		j.note("the article leaves out the first parts of version %s, so a higher number cannot be told from another product's", row.Version)
	case manifest.Equal:
		j.compareSize(row, c, result.OK)
	}
}

func whyNoVersion(f *inventory.File) string {
	switch {
	case f.Ending == pefile.NotOpened:
		return "a file of this type holds no version"
	case f.Format == pefile.NotExecutable:
		return "it is no executable"
	case f.Ending == pefile.NoFixedInfo:
		return "its version resource has no VS_FIXEDFILEINFO"
	}
	return "it has no version resource"
}

// withoutPrintedVersion judges by size alone.
func (j *judgement) withoutPrintedVersion(row *manifest.File, c *candidate) {
	if v := row.AsPrinted.Version; v != "" {
		j.note("the version is printed as %q, which cannot be compared with a file version", v)
	}
	if c.file.Ending == pefile.NoVersion && c.file.Format == pefile.NotExecutable && namesExecutable(row.Name) {
		j.verdict = result.Unreadable
		j.note("it is no executable, although its name says so")
		return
	}
	j.compareSize(row, c, result.Unverified)
}

// compareSize ends a comparison in which the versions do not speak against the
// copy. unsized is the verdict where the table prints no size.
func (j *judgement) compareSize(row *manifest.File, c *candidate, unsized result.Verdict) {
	switch {
	case c.patternOnly:
		j.verdict = unsized
		j.note("a localised name (%s): its size is not compared", row.Pattern)
	case row.Size.IsZero():
		j.verdict = unsized
		if unsized == result.Unverified {
			j.note("the table prints nothing that can be compared")
		}
	case row.Size.Admits(c.file.Size):
		j.verdict = result.OK
	default:
		j.verdict = result.WrongSize
	}
}

// namesExecutable reports a name under which Windows loads code.
func namesExecutable(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".exe", ".dll", ".ocx", ".sys", ".drv", ".cpl", ".scr", ".vxd":
		return true
	}
	return false
}
