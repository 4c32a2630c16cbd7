package main

import (
	"cmp"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"kbverify/manifest"
)

// Applying hotfixes: in the order of their dates, newest wins. What is true of
// the server afterwards is known here, before the tool is asked.

// openCase is a kind of case that files do not decide.
type openCase string

const (
	// Two hotfixes have a file of one version in two sizes. The installer keeps the
	// first, so the second has a file that is like one damaged at the same version.
	sameVersion openCase = "same version, other size, in two hotfixes"
	// A file without a printed version was replaced, or not, by another hotfix's,
	// and their printed dates are equal or missing: neither is the later one.
	noOrder openCase = "unversioned file, no order of dates"
	// The later hotfix's file is also, in all that is printed, the file of a hotfix
	// before this one: it may as well have been there before, and this one failed.
	fitsEarlier openCase = "later file that an earlier hotfix has too"
	// The later hotfix prints neither version nor size: no file can be told to be its.
	printsNothing openCase = "replaced by a file of which nothing is printed"
	// A versioned file was replaced by one whose own article prints no version;
	// which it has is this generator's guess, and the guess lies below.
	guessedVersion openCase = "versioned file replaced by one without a printed version"
	// A row without platform, and executables of that name for two processors on the
	// site: the article does not say whether the second should have been replaced.
	twoProcessors openCase = "row without platform, executables of two"
	// Other hotfixes delivered most of another table of this one, and not all of it: it
	// may be that table that was applied, and not to its end.
	anotherHalf openCase = "more of another table is here, and not all of it"
)

// expectedFile is the rows of one name and platform: alternatives of one file.
type expectedFile []*printedRow

func (h *serverHotfix) expected(s *serverSite) (files []expectedFile) {
	at := map[string]int{}
	for _, row := range h.rows {
		if row.Platform.Known() && !s.has(row.Platform) {
			continue
		}
		key := manifest.NameKey(row.Name) + "|" + string(row.Platform)
		if i, ok := at[key]; ok {
			files[i] = append(files[i], row)
			continue
		}
		at[key] = len(files)
		files = append(files, expectedFile{row})
	}
	return files
}

// candidates are the tables whose hotfixes can be applied to the site.
func (s *serverSite) candidates() (all []*serverHotfix) {
	for _, h := range s.sc.hotfixes {
		fits := h.release == anyRelease || h.release == s.release
		if h.forProduct(s.product()) && fits && len(h.expected(s)) > 0 {
			all = append(all, h)
		}
	}
	return all
}

// withHotfixes applies 5 to 15 hotfixes, each by one of its tables. A hotfix that
// would make a case open is mostly left out, so that nearly every server is
// judged without reserve; leftOut counts those by kind.
func (s *serverSite) withHotfixes(r *rand.Rand, leftOut map[openCase]int) *server {
	all := s.candidates()
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var chosen []*serverHotfix
	for n := 5 + r.IntN(11); len(all) > 0 && len(chosen) < n; all = all[1:] {
		if !slices.ContainsFunc(chosen, func(h *serverHotfix) bool { return h.ID == all[0].ID }) {
			chosen = append(chosen, all[0])
		}
	}
	keepOpen := r.IntN(10) == 0
	for {
		sv := s.plain()
		sv.applyAll(chosen)
		open := sv.openCases()
		if len(open) == 0 || keepOpen {
			return sv
		}
		for h, kind := range open {
			leftOut[kind]++
			chosen = slices.DeleteFunc(chosen, func(c *serverHotfix) bool { return c == h })
		}
	}
}

func (s *server) applyAll(chosen []*serverHotfix) {
	slices.SortStableFunc(chosen, func(a, b *serverHotfix) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.ID, b.ID))
	})
	for _, h := range chosen {
		for _, e := range h.expected(s.serverSite) {
			s.install(e[int(randomOf(s.seed, h.ID, e[0].Name))%len(e)])
		}
		s.applied = append(s.applied, h)
	}
}

func (s *server) install(row *printedRow) {
	key := manifest.NameKey(row.Name)
	for _, folder := range s.folders(key, row.Platform) {
		f := s.fileOf(row, folder, s.localised(row))
		old := s.files[manifest.NameKey(f.path)]
		if old == nil || s.replaces(f, old) {
			if old != nil {
				s.stored = append(s.stored, replacedFile{old, row.hotfix.ID})
			}
			s.add(f)
		}
	}
}

// localised is the file's name on a server of another language, where the article has a pattern for it.
func (s *server) localised(row *printedRow) string {
	if row.Pattern == "" || randomOf(s.seed, row.Name)%3 > 0 {
		return row.Name
	}
	return strings.Replace(row.Pattern, "*", "deu", 1)
}

// fileOf is the file that a row prints.
func (s *server) fileOf(row *printedRow, folder, name string) *serverFile {
	key := manifest.NameKey(row.Name)
	f := &serverFile{path: folder + "/" + name, name: name, platform: s.platformOf(folder), from: row}
	f.size, f.modified = s.sc.sizeOf(row), row.Modified
	if !s.sc.isCode(key) {
		return f
	}
	f.machine = manifest.X86
	if row.Platform.Known() {
		f.machine = row.Platform
	}
	f.versioned = s.hasVersion(key)
	switch {
	case !row.Version.IsZero():
		f.version = row.filled()
	case s.sc.printsVersion(key):
		f.version = s.sc.hiddenVersion(row, s.ownVersion(key))
	case f.versioned:
		f.version = s.ownVersion(key)
	}
	return f
}

// replaces: a file is replaced when the new one's printed version is higher or,
// where the two cannot be compared, when its date is later.
func (s *server) replaces(f, old *serverFile) bool {
	row, was := f.from, old.from
	if was == nil {
		return row.Version.IsZero() || !old.versioned || f.version.Compare(old.version) > 0
	}
	if !row.Version.IsZero() && !was.Version.IsZero() {
		return f.version.Compare(old.version) > 0
	}
	return dayOrder(row.Modified, was.Modified) > 0
}

// openCases says of which applied hotfixes the files do not show that they are whole, and why.
func (s *server) openCases() map[*serverHotfix]openCase {
	open := map[*serverHotfix]openCase{}
	for _, h := range s.applied {
		for _, e := range h.expected(s.serverSite) {
			for _, f := range s.copies(e) {
				if kind := s.shows(e, f); kind != "" {
					open[h] = kind
				}
			}
		}
		if s.isHalfAnotherTable(h) {
			open[h] = anotherHalf
		}
	}
	return open
}

// isHalfAnotherTable reports that the files of others make half of another table of
// the hotfix, of which more is here than of the one that was applied.
func (s *server) isHalfAnotherTable(h *serverHotfix) bool {
	return slices.ContainsFunc(s.sc.hotfixes, func(o *serverHotfix) bool {
		return o.ID == h.ID && o != h && !s.whole(o) && len(s.good(o)) > len(s.good(h))
	})
}

// copies are the installation's files that stand for one expected file.
func (s *server) copies(e expectedFile) (files []*serverFile) {
	p := e[0].Platform
	for _, f := range s.live(manifest.NameKey(e[0].Name)) {
		if !p.Known() || f.platform == p {
			files = append(files, f)
		}
	}
	return files
}

// shows reports by "" that the file, as it ended on a server on which everything
// went well, visibly is the expected one or a later one.
func (s *server) shows(e expectedFile, f *serverFile) openCase {
	switch {
	case slices.ContainsFunc(e, func(r *printedRow) bool { return r.fits(f) }):
		return ""
	case !e[0].printsSomething():
		return ""
	case !e[0].Platform.Known() && f.machine != "" && f.machine != manifest.X86:
		return twoProcessors
	case !e[0].Version.IsZero() && !f.from.printsVersion() && f.from != nil && !e.allBelow(f):
		return guessedVersion
	case !e[0].Version.IsZero() && e.allBelow(f):
		return ""
	case !e[0].Version.IsZero():
		return sameVersion
	}
	return s.orders(e, f)
}

func (r *printedRow) printsVersion() bool { return r != nil && !r.Version.IsZero() }

// allBelow reports that the file is newer than every alternative, by version.
func (e expectedFile) allBelow(f *serverFile) bool {
	return f.versioned && !slices.ContainsFunc(e, func(r *printedRow) bool { return r.filledOrder(f.version) <= 0 })
}

// orders reports by "" that a file which another hotfix put in the place of one
// without a printed version can be told to be a later one.
func (s *server) orders(e expectedFile, f *serverFile) openCase {
	for _, row := range e {
		switch {
		case f.from == nil || f.from.hotfix.ID == row.hotfix.ID ||
			dayOrder(f.from.Modified, row.Modified) <= 0 || row.Modified == "":
			return noOrder
		case !f.from.fits(f): // it prints nothing, or the file is spoilt
			return printsNothing
		case slices.ContainsFunc(s.sc.byName[manifest.NameKey(row.Name)], func(o *printedRow) bool {
			return o.hotfix.ID != row.hotfix.ID && o.hotfix.ID != f.from.hotfix.ID &&
				dayOrder(o.Modified, row.Modified) < 0 && o.fits(f)
		}):
			return fitsEarlier
		}
	}
	return ""
}

// newServer is the n-th server of a seed.
func newServer(sc *serverCatalogue, seed uint64, n int, leftOut map[openCase]int) *server {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	site := &serverSite{sc: sc, seed: strconv.Itoa(n) + "/" + strconv.FormatUint(seed, 10)}
	site.release = r.IntN(len(shippedReleases))
	if r.IntN(2) == 0 { // what most servers were in the end, and most hotfixes are for
		site.release = []int{1, 5}[r.IntN(2)]
	}
	site.platforms = []manifest.Platform{manifest.X86}
	second := manifest.Alpha
	if site.product() == cm07 {
		second = manifest.X64
	}
	if r.IntN(2) == 0 {
		site.platforms = append(site.platforms, second)
	}
	sv := site.plain()
	if n%8 > 0 {
		sv = site.withHotfixes(r, leftOut)
	}
	for _, extra := range serverExtras {
		if r.IntN(3) == 0 && os.Getenv("KBVERIFY_SERVERS_BARE") == "" {
			before := len(sv.files)
			extra.add(sv)
			if len(sv.files) > before {
				sv.extras = append(sv.extras, extra.name)
			}
		}
	}
	return sv
}
