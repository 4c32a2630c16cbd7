package pecheck

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// exactly is rule 12: the table is what was recorded, and what is there has to be
// that, nothing later and nothing else.
func (t *judged) exactly() bool { return t.table.Match == manifest.Exactly }

// content says how a copy's content stands against a row's digests.
type content int

const (
	notRecorded content = iota
	notCompared         // it was recorded, and nobody read the copy
	same
	differs
)

// contentOf compares by SHA-256 where both sides have it, else by MD5.
func contentOf(row *manifest.File, f *inventory.File) content {
	recorded := false
	for _, d := range [][2]string{{row.SHA256, f.SHA256}, {row.MD5, f.MD5}} {
		switch {
		case d[0] == "":
		case d[1] == "":
			recorded = true
		case d[0] == d[1]:
			return same
		default:
			return differs
		}
	}
	if recorded {
		return notCompared
	}
	return notRecorded
}

// digestsLike gives those digests of a file that a row can be compared by.
func digestsLike(row *manifest.File, f *inventory.File) (md5, sha256 string) {
	if row.SHA256 != "" {
		return "", f.SHA256
	}
	if row.MD5 != "" {
		return f.MD5, ""
	}
	return "", ""
}

// compareExactly compares one copy with one recorded row. The same content is the
// same file, whatever else is said of it.
func compareExactly(row *manifest.File, c *claim, complete bool) (f finding) {
	file := c.file
	f.noteDefects(file)
	content := contentOf(row, file)
	sized := row.Size.IsZero() || row.Size.Admits(file.Size)
	switch {
	case file.Ending == pefile.Unreadable:
		f.verdict = result.Unreadable
		f.note(result.Said(file.Detail))
	case content == same && sized:
		f.verdict = result.OK
	case content == differs && (row.Version.IsZero() || file.Ending == pefile.Damaged):
		f.changed(result.OtherContent)
	case file.Ending == pefile.Damaged:
		f.verdict = result.Unreadable
		f.note(result.Said(file.Detail))
	case c.contradicts != "":
		f.verdict = result.WrongPlatform
		f.note(c.contradiction())
	case !row.Version.IsZero() && file.Ending != pefile.Versioned:
		f.verdict = result.NoVersion
		f.note(result.Reason{Kind: whyNoVersion(file)})
	case !row.Version.IsZero() && row.Version.Order(file.Version) == manifest.Newer:
		f.changed(result.NewerThanRecorded)
	case !row.Version.IsZero() && row.Version.Order(file.Version) == manifest.Older:
		f.changed(result.OlderThanRecorded)
	case row.Version.IsZero() && complete && file.Ending == pefile.Versioned:
		f.changed(result.VersionUnrecorded)
	case !sized:
		f.changed(result.OtherSize)
	case content == differs:
		f.changed(result.OtherContent)
	case row.Version.IsZero() && content == notCompared:
		f.verdict = result.Unverified
		f.note(result.Reason{Kind: result.ContentNotCompared})
	case row.Version.IsZero() && isOnlyNamedSo(row, file) && file.Size > 0: // only its size is known, which is the same
		f.verdict = result.Unverified
		f.note(result.Reason{Kind: result.OnlyNamedSo})
	case !row.Version.IsZero() && row.Version.Order(file.Version) == manifest.Unknown:
		f.withoutPrintedVersion(row, c)
	case row.Version.IsZero() && row.Size.IsZero():
		f.verdict = result.Unverified
		f.note(result.Reason{Kind: result.NothingPrinted})
	default:
		f.verdict = result.OK
	}
	return f
}

func (f *finding) changed(why result.Kind) {
	f.verdict = result.Changed
	f.note(result.Reason{Kind: why})
}

// byPath gives the files at a recorded place. Of no place is anything set aside
// there: what was recorded of it is asked.
func (j *judge) byPath(place string) []*inventory.File {
	files := j.paths()[manifest.NameKey(place)]
	for i, f := range files {
		if f.Path == place { // another one is told from it by case alone, as Windows never has it
			return files[i : i+1]
		}
	}
	return files
}

func (j *judge) indexPaths() map[string][]*inventory.File {
	index := make(map[string][]*inventory.File, len(j.inv.Files))
	for i := range j.inv.Files {
		f := &j.inv.Files[i]
		key := manifest.NameKey(f.Path)
		index[key] = append(index[key], f)
	}
	return index
}

// extras gives a row for each file that a complete table does not list, and of
// which it does not say that it knows nothing.
func (t *judged) extras() (rows []result.RowResult) {
	listed := make(map[string]bool, len(t.table.Files))
	like := &manifest.File{} // with the digests that the table has
	for i := range t.table.Files {
		row := &t.table.Files[i]
		listed[manifest.NameKey(row.Path)] = true
		like.SHA256 = cmp.Or(like.SHA256, row.SHA256)
		like.MD5 = cmp.Or(like.MD5, row.MD5)
	}
	leftOut := inventory.LeftOut(t.table.Excluded)
	for i := range t.judge.inv.Files {
		f := &t.judge.inv.Files[i]
		if listed[manifest.NameKey(f.Path)] || leftOut(f.Path) {
			continue
		}
		c := claim{file: f, row: like}
		rows = append(rows, result.RowResult{Name: path.Base(f.Path), Path: f.Path, Verdict: result.Extra,
			Copies: []result.CopyResult{c.result(finding{verdict: result.Extra})}})
	}
	return rows
}

// moved says of missing files at which place of the extra ones their like is: the
// same content or, where contents were not compared, name, version and size.
func (t *judged) moved() {
	type like struct {
		digest, name string
		version      manifest.Printed
		size         int64
	}
	places := map[like]string{}
	for i := range t.Rows {
		if r := &t.Rows[i]; r.Verdict == result.Extra {
			c := &r.Copies[0]
			places[like{digest: c.SHA256}], places[like{digest: c.MD5}] = r.Path, r.Path
			places[like{name: manifest.NameKey(r.Name), version: c.Version, size: c.Size}] = r.Path
		}
	}
	delete(places, like{})
	for i := range t.Rows {
		r := &t.Rows[i]
		size, exact := r.Size.Exact()
		if r.Verdict != result.Missing || !exact {
			continue
		}
		why := result.Reason{Kind: result.MovedTo}
		if why.Name = places[like{digest: r.SHA256}]; why.Name == "" {
			why.Name = places[like{digest: r.MD5}]
		}
		if why.Name == "" && r.SHA256 == "" && r.MD5 == "" {
			why.Name, why.Partly = places[like{name: manifest.NameKey(r.Name), version: r.Version, size: size}], true
		}
		if why.Name != "" {
			r.Reason = append(r.Reason, why)
		}
	}
}

// qualifyExactly says what the rows of a recorded table do not say: whose contents
// nobody compared, and whether it is another version of the whole.
func (t *judged) qualifyExactly() {
	uncompared, unrecorded := 0, 0
	for _, e := range t.files {
		for i := range e.claims {
			c := &e.claims[i]
			switch contentOf(c.row, c.file) {
			case notCompared:
				uncompared++
			case notRecorded:
				if c.finding.verdict == result.OK {
					unrecorded++
				}
			}
		}
	}
	differing, rows := t.Counts[result.Changed], len(t.Rows)-t.Counts[result.NotApplicable]-t.Counts[result.Extra]
	add := func(r result.Reason) { t.Reason = append(t.Reason, r) }
	if differing > otherVersionRows && 2*differing > rows {
		add(result.Reason{Kind: result.OtherVersionOfAll, Count: differing, Of: rows})
	}
	if uncompared > 0 {
		add(result.Reason{Kind: result.ContentsNotCompared, Count: uncompared})
	}
	if unrecorded > 0 {
		add(result.Reason{Kind: result.ContentsNotRecorded, Count: unrecorded})
	}
	if n := len(t.table.Excluded); n > 0 {
		const named = 3
		text := strings.Join(t.table.Excluded[:min(n, named)], ", ")
		if n > named {
			text += fmt.Sprintf(" and %d more", n-named)
		}
		add(result.Reason{Kind: result.NotRecorded, Count: n, Text: text})
	}
	if t.placed && t.count() == 0 {
		t.otherPlaces()
	}
	if t.table.Complete && !t.judge.inv.All {
		add(result.Reason{Kind: result.NotAllListed})
		if passes(t.State) {
			t.State = result.Undecidable
		}
	}
}

// otherPlaces is for recorded files of which none is at its place: where those lie that
// have their names. Below one folder they say which the root is meant to be, and so
// they do where the folders above are missing.
func (t *judged) otherPlaces() {
	found, below, above := map[*inventory.File]bool{}, map[string]int{}, map[string]int{}
	for i := range t.table.Files {
		row := &t.table.Files[i]
		key := manifest.NameKey(row.Path)
		for _, f := range t.judge.byName[manifest.NameKey(row.Name)] {
			found[f] = true
			if at := manifest.NameKey(f.Path); strings.HasSuffix(at, "/"+key) {
				below[f.Path[:len(f.Path)-len(row.Path)-1]]++
			} else if strings.HasSuffix(key, "/"+at) {
				above[row.Path[:len(row.Path)-len(f.Path)-1]]++
			}
		}
	}
	if len(found) == 0 {
		return
	}
	most := func(counts map[string]int) (place string) {
		for _, p := range slices.Sorted(maps.Keys(counts)) {
			if 2*counts[p] > len(t.table.Files) {
				return p
			}
		}
		return ""
	}
	t.Reason = append(t.Reason, result.Reason{Kind: result.OtherPlaces, Count: len(found), Folder: most(below),
		Text: most(above)})
}

// otherVersionRows is how many files have to differ before that is one cause rather
// than many.
const otherVersionRows = 5
