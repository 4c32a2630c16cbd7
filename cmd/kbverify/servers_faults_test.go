package main

import (
	"cmp"
	"slices"
	"strings"

	"kbverify/manifest"
)

// The faults, and what is true of a hotfix that has one.

const (
	// No file of the hotfix's own is left, by accident of what was replaced later: by
	// the states that is "not installed", and nothing on the disk says otherwise.
	nothingLeft openCase = "fault leaves no file of the hotfix"
	// Each of its good files is, in all that is printed, also a file of another hotfix
	// that is whole here: the disk is that of a server which never had this one.
	restIsOthers openCase = "what is left is also a whole hotfix's"
	// Each of its good files is also one of another hotfix that has more of them here
	// and is not whole either: that one may be the half that was installed.
	restIsLarger openCase = "what is left is also part of a larger half"
	// The hotfix has another table, for another language, that fits all that is left.
	otherTable openCase = "another table of the hotfix is whole"
)

// serverFault spoils a server by one file of a hotfix; false where it cannot.
type serverFault struct {
	name  string
	plant func(s *server, h *serverHotfix, f *serverFile) bool
}

var fileFaults = []serverFault{
	{"row missing", func(s *server, h *serverHotfix, f *serverFile) bool {
		for _, same := range s.live(manifest.NameKey(f.name)) {
			if same.from == f.from {
				delete(s.files, manifest.NameKey(same.path))
			}
		}
		return true
	}},
	{"row aged", func(s *server, h *serverHotfix, f *serverFile) bool {
		old := s.own(f.path[:strings.LastIndex(f.path, "/")], f.name)
		if !f.from.printsSomething() || f.from.printsVersion() && old.version.Compare(f.version) >= 0 {
			return false
		}
		s.add(old)
		return true
	}},
	{"row resized", func(s *server, h *serverHotfix, f *serverFile) bool {
		if f.from.Size.IsZero() {
			return false
		}
		f.size = s.sc.strangeSize(manifest.NameKey(f.name), "resized")
		return true
	}},
	{"other platform", func(s *server, h *serverHotfix, f *serverFile) bool {
		if f.machine == "" || !f.from.Platform.Known() {
			return false
		}
		f.machine = map[manifest.Platform]manifest.Platform{manifest.X86: manifest.Alpha}[f.machine]
		if f.machine == "" {
			f.machine = manifest.X86
		}
		return true
	}},
}

var serverFaults = append([]serverFault{
	{"second half missing", func(s *server, h *serverHotfix, f *serverFile) bool {
		return s.dropHalf(h)
	}},
	{"backup beside", func(s *server, h *serverHotfix, f *serverFile) bool {
		return s.backup(h)
	}},
}, fileFaults...)

// dropHalf empties the folders of the site's second platform, which stay.
func (s *server) dropHalf(h *serverHotfix) bool {
	if len(s.platforms) < 2 || !slices.ContainsFunc(s.ownFiles(h), func(f *serverFile) bool {
		return f.from.Platform == s.platforms[1]
	}) {
		return false
	}
	for key, f := range s.files {
		if f.platform == s.platforms[1] {
			s.empty = append(s.empty, f.path[:strings.LastIndex(f.path, "/")])
			delete(s.files, key)
		}
	}
	slices.Sort(s.empty)
	s.empty = slices.Compact(s.empty)
	return true
}

// backup keeps what the hotfix replaced in a folder that Windows does not know as
// one of replaced files: to a reader of the disk it is a second, stale copy.
func (s *server) backup(h *serverHotfix) bool {
	before := len(s.files)
	for _, f := range s.ownFiles(h) {
		if f.from.printsSomething() && f.from.Platform != manifest.Alpha {
			old := s.own(f.path[:strings.LastIndex(f.path, "/")], f.name)
			old.stale = true
			s.addAside("backup/"+h.ID+"/"+f.name, old)
		}
	}
	return len(s.files) > before
}

// servicePack puts the files of the product's next release over everything, as
// its setup does, without asking which hotfixes are there.
func (s *server) servicePack(release int) *server {
	after := s.clone()
	site := *s.serverSite
	site.release = release
	after.serverSite = &site
	for key, f := range after.files {
		if !f.aside {
			after.files[key] = site.own(f.path[:strings.LastIndex(f.path, "/")], f.name)
		}
	}
	return after
}

// laterTables are those of the same article for a release after the site's that
// have a versioned file which this table has too: that shows the service pack's file to be old.
func (s *server) laterTables(h *serverHotfix) (later []*serverHotfix) {
	for _, o := range s.sc.byID[h.ID] {
		if h.release != anyRelease && o.release > h.release && slices.ContainsFunc(o.rows, func(r *printedRow) bool {
			return r.printsVersion() && len(s.live(manifest.NameKey(r.Name))) > 0 &&
				slices.ContainsFunc(h.rows, func(was *printedRow) bool {
					return was.printsVersion() && was.Platform == r.Platform &&
						manifest.NameKey(was.Name) == manifest.NameKey(r.Name)
				})
		}) {
			later = append(later, o)
		}
	}
	return later
}

// ownFiles are those that the hotfix brought, in path order.
func (s *server) ownFiles(h *serverHotfix) (files []*serverFile) {
	for _, f := range s.files {
		if !f.aside && f.from != nil && f.from.hotfix == h {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b *serverFile) int { return cmp.Compare(a.path, b.path) })
	return files
}

// targets are the hotfix's files that no other applied hotfix has, nor replaces by
// what its article says: what happens to one is this hotfix's fault alone.
func (s *server) targets(h *serverHotfix) []*serverFile {
	return slices.DeleteFunc(s.ownFiles(h), func(f *serverFile) bool {
		return manifest.NameKey(f.name) != manifest.NameKey(f.from.Name) || s.isReplaced(h, f) ||
			slices.ContainsFunc(s.applied, func(o *serverHotfix) bool { return o != h && o.has(f) })
	})
}

// isReplaced reports a file that an applied hotfix replaces by a relation of the articles.
func (s *server) isReplaced(h *serverHotfix, f *serverFile) bool {
	return slices.ContainsFunc(h.Relations, func(r manifest.Relation) bool {
		return r.Kind == manifest.SupersededBy && slices.Contains(r.Files, f.from.Name) &&
			slices.ContainsFunc(s.applied, func(o *serverHotfix) bool { return manifest.IDKey(o.ID) == manifest.IDKey(r.ID) })
	})
}

// has reports that the file is, in all that is printed, one of the hotfix's.
func (h *serverHotfix) has(f *serverFile) bool {
	return slices.ContainsFunc(h.rows, func(r *printedRow) bool {
		return manifest.NameKey(r.Name) == manifest.NameKey(f.name) && r.fits(f)
	})
}

// good are the installation's files that are the hotfix's.
func (s *server) good(h *serverHotfix) (files []*serverFile) {
	seen := map[string]bool{}
	for _, row := range h.rows {
		for _, f := range s.live(manifest.NameKey(row.Name)) {
			if row.fits(f) && !seen[f.path] {
				seen[f.path] = true
				files = append(files, f)
			}
		}
	}
	return files
}

// whole reports that a table's hotfix is here as far as files show.
func (s *server) whole(h *serverHotfix) bool {
	for _, e := range h.expected(s.serverSite) {
		copies := s.copies(e)
		if len(copies) == 0 && !s.localisedHere(e[0]) {
			return false
		}
		for _, f := range copies {
			p := e[0].Platform
			if s.shows(e, f) != "" || p.Known() && f.machine != "" && f.machine != p {
				return false
			}
		}
		if s.staleBackup(e) {
			return false
		}
	}
	return len(s.good(h)) > 0
}

// staleBackup reports a copy in a backup folder that is neither the expected file nor a later one.
func (s *server) staleBackup(e expectedFile) bool {
	for _, f := range s.files {
		p := e[0].Platform
		if f.stale && manifest.NameKey(f.name) == manifest.NameKey(e[0].Name) &&
			(!p.Known() || f.machine == "" || f.machine == p) && s.shows(e, f) != "" {
			return true
		}
	}
	return false
}

// localisedHere reports a file under a name that only the row's pattern has.
func (s *server) localisedHere(row *printedRow) bool {
	for _, f := range s.files {
		if row.Pattern != "" && !f.aside && manifest.MatchPattern(row.Pattern, f.name) {
			return true
		}
	}
	return false
}

// undecided says, by a kind, why the files do not show that the hotfix is here in part.
func (s *server) undecided(h *serverHotfix) openCase {
	good := s.good(h)
	var wholes []*serverHotfix
	larger := false
	for _, o := range s.sc.hotfixes {
		all := !slices.ContainsFunc(good, func(f *serverFile) bool { return !o.has(f) })
		switch {
		case o.ID == h.ID && o != h && s.whole(o):
			return otherTable
		case o.ID != h.ID && s.whole(o):
			wholes = append(wholes, o)
		case o.ID != h.ID && all && len(s.good(o)) > len(good):
			larger = true
		}
	}
	switch {
	case len(good) == 0:
		return nothingLeft
	case !slices.ContainsFunc(good, func(f *serverFile) bool {
		return !slices.ContainsFunc(wholes, func(o *serverHotfix) bool { return o.has(f) })
	}):
		return restIsOthers
	case larger:
		return restIsLarger
	}
	return ""
}
