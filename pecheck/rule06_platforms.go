package pecheck

import (
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// Scope says which platforms' rows apply. The zero value finds out from what
// lies under the root.
type Scope struct {
	All       bool                // rows of every platform apply
	Platforms []manifest.Platform // the rows of these apply; none: find out
}

// apply is rule 6: it marks the expected files whose platforms count.
func (s Scope) apply(j *judge, all []*expected) {
	platforms := s.platforms(j, all)
	for _, e := range all {
		e.inScope = s.All || !e.platform.Known() || slices.Contains(platforms, e.platform) ||
			len(s.Platforms) == 0 && j.certain(e)
	}
	if len(s.Platforms) == 0 {
		j.bringIn(all)
	}
}

// platforms gives the platforms in scope for a table at a root, or nil with
// Scope.All. Where nothing is asked for, a platform is in scope when it has a
// platform folder, or when a copy of one of the table's files outside such
// folders is built for it. A copy in a platform folder speaks for that folder,
// whatever it is built for, so it adds nothing here.
func (s Scope) platforms(j *judge, all []*expected) []manifest.Platform {
	switch {
	case s.All:
		return nil
	case len(s.Platforms) > 0:
		return s.Platforms
	case j.root != "":
		return []manifest.Platform{j.root}
	}
	var found platformSet
	for _, folder := range j.inv.Folders {
		found.add(folder.Platform)
	}
	for _, p := range j.linked {
		found.add(p)
	}
	for _, group := range byName(anywhere(all)) {
		for _, f := range j.byName[group[0].name] {
			if p := j.folderPlatform(f); p != "" {
				found.add(p)
			} else if e := builtFor(group, f); e != nil {
				found.add(e.platform)
			}
		}
	}
	if slices.ContainsFunc(all, func(e *expected) bool { return slices.Contains(found, e.platform) }) {
		return found
	}
	// Only data files, files that could not be read, or code for processors that
	// the table does not name: the rows of their names are all that can tell.
	for _, group := range byName(all) {
		if len(j.loose(group[0])) == 0 {
			continue
		}
		for _, e := range group {
			found.add(e.platform)
		}
	}
	return found
}

type platformSet []manifest.Platform

func (s *platformSet) add(p manifest.Platform) {
	if p != "" && !slices.Contains(*s, p) {
		*s = append(*s, p)
	}
}

// loose gives the copies of a name that lie in no platform folder.
func (j *judge) loose(e *expected) []*inventory.File {
	var files []*inventory.File
	for _, f := range j.byName[e.name] {
		if j.folderPlatform(f) == "" {
			files = append(files, f)
		}
	}
	return files
}

// bringIn puts the rows into scope without which a copy that is there would be
// judged by none, although the table has its name.
func (j *judge) bringIn(all []*expected) {
	for _, group := range byName(anywhere(all)) {
		for _, f := range j.byName[group[0].name] {
			if e := j.onlyRow(group, f); e != nil && !e.inScope {
				e.inScope, e.alone = true, true
			}
		}
	}
}

// anywhere gives the expected files that no row ties to a place. Recorded ones
// are in scope anyhow, and there can be thousands of one name.
func anywhere(all []*expected) []*expected {
	return slices.DeleteFunc(slices.Clone(all), (*expected).recorded)
}

// onlyRow gives the expected file that a copy can stand for alone: the one that
// it is built for, or, as long as no row of the name applies, the first for a
// copy that shows no processor. A data file in a platform folder shows one.
func (j *judge) onlyRow(group []*expected, f *inventory.File) *expected {
	if e := builtFor(group, f); e != nil {
		return e
	}
	shows := !f.OfUnknownPlatform() && (f.Executable() || j.folderPlatform(f) != "")
	if shows || slices.ContainsFunc(group, (*expected).applies) {
		return nil
	}
	return group[0]
}

// certain reports a row that no finding can put out of scope: a recorded file
// was there, whatever its folder says, and a name that nobody looked for may
// stand under the root for any platform.
func (j *judge) certain(e *expected) bool {
	return e.recorded() || j.root == "" && !j.covers(e.rows[0])
}

// outOfScope says why a row does not apply.
func (s Scope) outOfScope(p manifest.Platform) result.Reason {
	if len(s.Platforms) > 0 {
		return result.Reason{Kind: result.NotAskedFor, Platform: p}
	}
	return result.Reason{Kind: result.NoPlatformHere, Platform: p}
}
