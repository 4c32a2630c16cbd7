package pecheck

import (
	"path"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// place is rule 4: it gives every copy of a name to the expected file it stands
// for: the one of its platform folder, elsewhere that of its machine type. It
// returns the copies that stand for none, because the table has no row for
// their platform.
func (t *judged) place(group []*expected) (unlisted []claim) {
	group, placed := t.placeByPath(group)
	if len(group) == 0 {
		return nil
	}
	for _, c := range t.claims(group) {
		if placed[c.file] {
			continue
		}
		if !c.stand(group) {
			unlisted = append(unlisted, c)
		}
	}
	return unlisted
}

// claims lists the copies of the group's name, and those of its patterns, each
// once and in path order within either kind.
func (t *judged) claims(group []*expected) []claim {
	j := t.judge
	var all []claim
	seen := map[*inventory.File]bool{}
	add := func(files []*inventory.File, patternOnly bool) {
		for _, f := range files {
			other := patternOnly && group[0].names[manifest.NameKey(path.Base(f.Path))]
			if !seen[f] && !other { // a file that has a row of its own is no localised copy
				seen[f] = true
				all = append(all, claim{file: f, folder: j.folderPlatform(f), patternOnly: patternOnly})
			}
		}
	}
	for _, e := range group {
		for _, row := range e.rows {
			exact, patterned := t.copies(row)
			add(exact, false)
			add(patterned, true)
		}
	}
	return all
}

// placeByPath is for rows that say where their file belongs: a copy at another
// place is another file. A recorded root has thousands of files of one name, so
// each is looked at once. It gives the rest of the group, and the copies placed.
func (t *judged) placeByPath(group []*expected) (rest []*expected, placed map[*inventory.File]bool) {
	j := t.judge
	placed = map[*inventory.File]bool{}
	for _, e := range group {
		if !e.recorded() {
			rest = append(rest, e)
			continue
		}
		for _, f := range j.byPath(e.rows[0].Path) {
			placed[f] = true
			c := claim{file: f, folder: j.folderPlatform(f)}
			if !f.Fits(e.platform) {
				c.contradicts = e.platform
			}
			e.take(c)
		}
	}
	return rest, placed
}

// stand gives the copy to the expected files of its name that it stands for,
// and reports whether there is one.
func (c claim) stand(group []*expected) bool {
	if c.folder != "" {
		return c.inFolder(group)
	}
	if !c.file.Executable() {
		return c.data(group)
	}
	if e := builtFor(group, c.file); e != nil {
		e.take(c)
		return true
	}
	if i := slices.IndexFunc(group, anyPlatform); i >= 0 {
		group[i].take(c)
		return true
	}
	return c.contradicting(group, (*expected).applies)
}

// anyPlatform reports an expected file whose rows name no platform that a
// machine type can contradict.
func anyPlatform(e *expected) bool { return !e.platform.Known() }

func (e *expected) applies() bool { return e.inScope }

// builtFor gives the expected file of a name whose platform a copy's code is
// built for: the row of its machine type, else one that it fits as well.
func builtFor(group []*expected, f *inventory.File) *expected {
	if !f.Executable() {
		return nil
	}
	for _, match := range []func(*expected) bool{
		func(e *expected) bool { return e.platform == f.Platform() },
		func(e *expected) bool { return e.platform.Known() && f.Fits(e.platform) },
	} {
		if i := slices.IndexFunc(group, match); i >= 0 {
			return group[i]
		}
	}
	return nil
}

// inFolder places a copy that lies in a platform folder.
func (c claim) inFolder(group []*expected) bool {
	fits := c.file.Fits(c.folder)
	if i := slices.IndexFunc(group, func(e *expected) bool { return e.platform == c.folder }); i >= 0 {
		if !fits {
			c.contradicts = c.folder
		}
		group[i].take(c)
		return true
	}
	if i := slices.IndexFunc(group, anyPlatform); i >= 0 {
		if group[i].platform == "" && !fits {
			c.contradicts = c.folder
		}
		group[i].take(c)
		return true
	}
	if c.file.OfUnknownPlatform() {
		group[max(slices.IndexFunc(group, (*expected).applies), 0)].take(c)
		return true
	}
	if !fits {
		return c.contradicting(group, func(e *expected) bool { return e.platform == c.file.Platform() })
	}
	return c.file.AnyCPU && c.visiting(group) // the table has no row for this folder's platform
}

// visiting places a managed file in a folder for which its name has no row. It
// may be stale for a row that it runs on, and cannot fill that row's own place.
func (c claim) visiting(group []*expected) bool {
	for _, e := range group {
		if !c.file.Fits(e.platform) {
			continue
		}
		if stale := c.against(e); stale.finding.verdict.Class() >= result.Fail {
			e.claims = append(e.claims, stale)
			return true
		}
	}
	return false
}

// contradicting gives a copy that fits no row to the expected file that best
// shows it: the first that prefer likes, else the first of all. Where that does
// not apply here, the copy stands for none.
func (c claim) contradicting(group []*expected, prefer func(*expected) bool) bool {
	i := max(slices.IndexFunc(group, prefer), 0)
	if !group[i].inScope {
		return false
	}
	c.contradicts = c.folder
	if c.folder == "" {
		c.contradicts = group[i].platform
	}
	group[i].take(c)
	return true
}

// data places a file without machine type that lies outside platform folders:
// nothing ties it to one of several rows, so it stands for each that it
// matches, or for the first that is in scope.
func (c claim) data(group []*expected) bool {
	var first *expected
	matched := false
	for _, e := range group {
		if !e.inScope {
			continue
		}
		if first == nil {
			first = e
		}
		if match := c.against(e); match.finding.verdict.Class() == result.Pass {
			e.claims = append(e.claims, match)
			matched = true
		}
	}
	if !matched && first != nil {
		first.take(c)
	}
	return first != nil
}

// contradiction says how the copy's machine type speaks against its place.
func (c *claim) contradiction() result.Reason {
	if c.folder != "" {
		return result.Reason{Kind: result.InOtherFolder, Machine: c.file.PlatformText(), Platform: c.folder}
	}
	return result.Reason{Kind: result.ForOther, Machine: c.file.PlatformText(), Platform: c.contradicts}
}

// noRow says why a copy stands for none of its name's rows.
func (c *claim) noRow() result.Reason {
	if c.folder == "" {
		return result.Reason{Kind: result.NoRowHere, Machine: c.file.PlatformText()}
	}
	return result.Reason{Kind: result.NoRowInFolder, Platform: c.folder}
}
