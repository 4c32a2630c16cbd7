package pecheck

import (
	"path"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// assign gives every copy of a name to the expected file it stands for. It
// returns the copies that stand for none, because the table has no row for
// their platform.
func (x *copyIndex) assign(group []*expected) (unlisted []*candidate) {
	group, placed := x.assignByPath(group)
	if len(group) == 0 {
		return nil
	}
	for _, c := range x.candidates(group) {
		if placed[c.file] {
			continue
		}
		targets := c.targets(group)
		for _, e := range targets {
			e.copies = append(e.copies, c)
		}
		if len(targets) == 0 {
			unlisted = append(unlisted, c)
		}
	}
	return unlisted
}

// candidates lists the copies of the group's name, and those of its patterns,
// each once and in path order within either kind.
func (x *copyIndex) candidates(group []*expected) []*candidate {
	var all []*candidate
	seen := map[*inventory.File]bool{}
	add := func(files []*inventory.File, patternOnly bool) {
		for _, f := range files {
			other := patternOnly && group[0].names[manifest.NameKey(path.Base(f.Path))]
			if !seen[f] && !other { // a file that has a row of its own is no localised copy
				seen[f] = true
				all = append(all, &candidate{file: f, folder: x.folderPlatform(f), patternOnly: patternOnly})
			}
		}
	}
	for _, e := range group {
		for _, row := range e.rows {
			exact, patterned := x.named(row)
			add(exact, false)
			add(patterned, true)
		}
	}
	return all
}

// assignByPath is for rows that say where their file belongs: a copy at another
// place is another file. A recorded root has thousands of files of one name, so
// each is looked at once. It gives the rest of the group, and the copies placed.
func (x *copyIndex) assignByPath(group []*expected) (rest []*expected, placed map[*inventory.File]bool) {
	places := make(map[string][]*expected, len(group))
	for _, e := range group {
		if !e.recorded() {
			rest = append(rest, e)
			continue
		}
		key := manifest.NameKey(e.rows[0].Path)
		places[key] = append(places[key], e)
	}
	if len(places) == 0 {
		return rest, nil
	}
	placed = map[*inventory.File]bool{}
	for _, f := range x.byName[group[0].name] {
		for _, e := range places[manifest.NameKey(f.Path)] {
			placed[f] = true
			c := &candidate{file: f, folder: x.folderPlatform(f)}
			if !f.Fits(e.platform) {
				c.contradicts = e.platform
			}
			e.copies = append(e.copies, c)
		}
	}
	return rest, placed
}

// targets decides which of the expected files of one name a copy stands for:
// its platform folder chooses, elsewhere its machine type does.
func (c *candidate) targets(group []*expected) []*expected {
	if c.folder != "" {
		return c.inFolder(group)
	}
	if !c.file.Executable() {
		return c.data(group)
	}
	if e := builtFor(group, c.file); e != nil {
		return []*expected{e}
	}
	if i := slices.IndexFunc(group, anyPlatform); i >= 0 {
		return group[i : i+1]
	}
	return c.contradicting(group, (*expected).applies)
}

// anyPlatform reports an expected file whose rows name no platform that a
// machine type can contradict.
func anyPlatform(e *expected) bool { return !e.platform.Known() }

func (e *expected) applies() bool { return e.inScope }

// inFolder places a copy that lies in a platform folder.
func (c *candidate) inFolder(group []*expected) []*expected {
	if i := slices.IndexFunc(group, func(e *expected) bool { return e.platform == c.folder }); i >= 0 {
		if !c.file.Fits(c.folder) {
			c.contradicts = c.folder
		}
		return group[i : i+1]
	}
	if i := slices.IndexFunc(group, anyPlatform); i >= 0 {
		if group[i].platform == "" && !c.file.Fits(c.folder) {
			c.contradicts = c.folder
		}
		return group[i : i+1]
	}
	if c.file.OfUnknownPlatform() {
		i := max(slices.IndexFunc(group, (*expected).applies), 0)
		return group[i : i+1]
	}
	if !c.file.Fits(c.folder) {
		return c.contradicting(group, func(e *expected) bool { return e.platform == c.file.Platform() })
	}
	if c.file.AnyCPU {
		return c.visiting(group)
	}
	return nil // the table has no row for this folder's platform
}

// visiting places a managed file in a folder for which its name has no row. It
// may be stale for a row that it runs on, and cannot fill that row's own place.
func (c *candidate) visiting(group []*expected) []*expected {
	for i, e := range group {
		if !c.file.Fits(e.platform) {
			continue
		}
		if _, j := e.judge(c); j.verdict.Class() >= result.Fail {
			return group[i : i+1]
		}
	}
	return nil
}

// contradicting gives a copy that fits no row to the expected file that best
// shows it: the first that prefer likes, else the first of all. Where that does
// not apply here, the copy stands for none.
func (c *candidate) contradicting(group []*expected, prefer func(*expected) bool) []*expected {
	i := max(slices.IndexFunc(group, prefer), 0)
	if !group[i].inScope {
		return nil
	}
	c.contradicts = c.folder
	if c.folder == "" {
		c.contradicts = group[i].platform
	}
	return group[i : i+1]
}

// data places a file without machine type that lies outside platform folders:
// nothing ties it to one of several rows, so it stands for each that it
// matches, or for the first that is in scope.
func (c *candidate) data(group []*expected) []*expected {
	var scope, matched []*expected
	for _, e := range group {
		if !e.inScope {
			continue
		}
		scope = append(scope, e)
		if _, j := e.judge(c); j.verdict.Class() == result.Pass {
			matched = append(matched, e)
		}
	}
	if len(matched) > 0 || len(scope) == 0 {
		return matched
	}
	return scope[:1]
}
