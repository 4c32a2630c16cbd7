package pecheck

import (
	"fmt"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
)

// Scope says which platforms' rows apply. The zero value finds out from what
// lies under the root.
type Scope struct {
	All       bool                // rows of every platform apply
	Platforms []manifest.Platform // the rows of these apply; none: find out
}

// platforms gives the platforms in scope for a table at a root, or nil with
// Scope.All. Where nothing is asked for, a platform is in scope when it has a
// platform folder, or when a copy of one of the table's files outside such
// folders is built for it. A copy in a platform folder speaks for that folder,
// whatever it is built for, so it adds nothing here.
func (s Scope) platforms(x *copyIndex, all []*expected) []manifest.Platform {
	switch {
	case s.All:
		return nil
	case len(s.Platforms) > 0:
		return s.Platforms
	case x.root != "":
		return []manifest.Platform{x.root}
	}
	var found platformSet
	for _, folder := range x.inv.Folders {
		found.add(folder.Platform)
	}
	for _, p := range x.linked {
		found.add(p)
	}
	for _, group := range byName(anywhere(all)) {
		for _, f := range x.byName[group[0].name] {
			if p := x.folderPlatform(f); p != "" {
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
		if len(x.loose(group[0])) == 0 {
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
func (x *copyIndex) loose(e *expected) []*inventory.File {
	var files []*inventory.File
	for _, f := range x.byName[e.name] {
		if x.folderPlatform(f) == "" {
			files = append(files, f)
		}
	}
	return files
}

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

// apply marks the expected files that are in scope.
func (s Scope) apply(x *copyIndex, all []*expected) {
	platforms := s.platforms(x, all)
	for _, e := range all {
		e.inScope = s.All || !e.platform.Known() || slices.Contains(platforms, e.platform) || len(s.Platforms) == 0 && x.certain(e)
	}
	if len(s.Platforms) == 0 {
		x.bringIn(all)
	}
}

// bringIn puts the rows into scope without which a copy that is there would be
// judged by none, although the table has its name.
func (x *copyIndex) bringIn(all []*expected) {
	for _, group := range byName(anywhere(all)) {
		for _, f := range x.byName[group[0].name] {
			if e := x.onlyRow(group, f); e != nil && !e.inScope {
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
func (x *copyIndex) onlyRow(group []*expected, f *inventory.File) *expected {
	if e := builtFor(group, f); e != nil {
		return e
	}
	shows := !f.OfUnknownPlatform() && (f.Executable() || x.folderPlatform(f) != "")
	if shows || slices.ContainsFunc(group, (*expected).applies) {
		return nil
	}
	return group[0]
}

// certain reports a row that no finding can put out of scope: a recorded file
// was there, whatever its folder says, and a name that nobody looked for may
// stand under the root for any platform.
func (x *copyIndex) certain(e *expected) bool {
	return e.recorded() || x.root == "" && !x.covers(e.rows[0])
}

// outOfScope says why a row does not apply.
func (s Scope) outOfScope(p manifest.Platform) string {
	if len(s.Platforms) > 0 {
		return fmt.Sprintf("%s was not asked for", p)
	}
	return fmt.Sprintf("no %s folder and no %s copy of the table's files here", p, p)
}
