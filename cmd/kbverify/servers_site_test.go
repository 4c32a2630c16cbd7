package main

import (
	"maps"
	"slices"
	"strings"

	"kbverify/manifest"
)

// serverSite is one site of a release before any hotfix.
type serverSite struct {
	sc        *serverCatalogue
	release   int
	platforms []manifest.Platform // x86 first
	seed      string
}

func (s *serverSite) product() string { return shippedReleases[s.release].product }

func (s *serverSite) has(p manifest.Platform) bool { return slices.Contains(s.platforms, p) }

// serverFile is one file on a server, and whose it is.
type serverFile struct {
	path, name string
	platform   manifest.Platform // of its folder; "" outside platform folders
	machine    manifest.Platform // "" for data
	versioned  bool
	version    manifest.Version
	size       int64
	modified   string
	from       *printedRow // nil: the release's own
	aside      bool        // an extra that is no part of the installation
	stale      bool        // aside, in a folder that nobody can know to be one of replaced files
}

// server is a site with what was done to it.
type server struct {
	*serverSite
	files   map[string]*serverFile // by the key of the path
	empty   []string               // folders without a file
	applied []*serverHotfix
	stored  []replacedFile
	extras  []string // words for the harmless extras
}

// replacedFile is what a hotfix replaced, as its uninstall folder keeps it.
type replacedFile struct {
	*serverFile
	by string
}

func (s *server) clone() *server {
	c := *s
	c.files = make(map[string]*serverFile, len(s.files))
	for k, f := range s.files {
		g := *f
		c.files[k] = &g
	}
	c.empty, c.applied = slices.Clone(s.empty), slices.Clone(s.applied)
	c.stored, c.extras = slices.Clone(s.stored), slices.Clone(s.extras)
	return &c
}

func (s *server) add(f *serverFile) { s.files[manifest.NameKey(f.path)] = f }

// live gives the installation's files of a name, in path order.
func (s *server) live(key string) (files []*serverFile) {
	for _, folder := range s.allFolders(key) {
		if f := s.files[manifest.NameKey(folder+"/"+key)]; f != nil {
			files = append(files, f)
		}
	}
	return files
}

var folderNames = map[string]map[manifest.Platform]string{
	sms12: {manifest.X86: "x86.bin", manifest.Alpha: "alpha.bin"},
	sms20: {manifest.X86: "i386", manifest.Alpha: "alpha"},
	cm07:  {manifest.X86: "i386", manifest.X64: "x64"},
}

// binFolders are those in which the platform folders lie. Many a file lies in both.
var binFolders = map[string][2]string{
	sms12: {"site.srv", "logon.srv"}, sms20: {"bin", "inboxes/clicomp.src/base"}, cm07: {"bin", "Client"},
}

var dataFolder = map[string]string{sms12: "site.srv/data.box", sms20: "data", cm07: "Client"}

// folders are where the site keeps the files of a name for a platform. A name
// lies in the same place of every platform, and data that some article prints
// by platform lies in all of them.
func (s *serverSite) folders(key string, p manifest.Platform) (folders []string) {
	code, parted := s.sc.isCode(key), s.sc.byPlatform(key)
	platforms := []manifest.Platform{p}
	switch {
	case !p.Known() && !code && !parted:
		return []string{dataFolder[s.product()]}
	case !p.Known() && code:
		platforms = []manifest.Platform{manifest.X86}
	case !p.Known():
		platforms = s.platforms
	}
	bins := binFolders[s.product()]
	place := randomOf(key) % 3
	for _, p := range platforms {
		if !s.has(p) {
			continue
		}
		if place != 1 {
			folders = append(folders, bins[0]+"/"+folderNames[s.product()][p])
		}
		if place != 0 {
			folders = append(folders, bins[1]+"/"+folderNames[s.product()][p])
		}
	}
	return folders
}

func (s *serverSite) allFolders(key string) (folders []string) {
	for _, p := range append([]manifest.Platform{""}, s.platforms...) {
		folders = append(folders, s.folders(key, p)...)
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

func (s *serverSite) platformOf(folder string) manifest.Platform {
	for p, name := range folderNames[s.product()] {
		if strings.HasSuffix(folder, "/"+name) {
			return p
		}
	}
	return ""
}

// plain is the site with the release's own files alone: of the names that its
// hotfixes print, all but those that only a hotfix brings.
func (s *serverSite) plain() *server {
	sv := &server{serverSite: s, files: map[string]*serverFile{}}
	for _, key := range slices.Sorted(maps.Keys(s.sc.byName)) {
		if randomOf(s.seed, key, "new")%10 == 0 {
			continue
		}
		for _, row := range s.sc.byName[key] {
			if !row.hotfix.forProduct(s.product()) || row.Pattern != "" {
				continue
			}
			for _, folder := range s.folders(key, row.Platform) {
				sv.add(s.own(folder, row.Name))
			}
		}
	}
	return sv
}

// own is the release's file of that name in a folder: of no printed size, and
// of a version below that of every hotfix for the release.
func (s *serverSite) own(folder, name string) *serverFile {
	key := manifest.NameKey(name)
	f := &serverFile{path: folder + "/" + name, name: name, platform: s.platformOf(folder)}
	f.modified = "1995-01-02T03:04:05"
	r := shippedReleases[s.release]
	f.size = s.sc.strangeSize(key, r.product+r.pack+string(f.platform))
	if !s.sc.isCode(key) {
		return f
	}
	f.machine = f.platform
	if f.machine == "" {
		f.machine = manifest.X86
	}
	f.versioned = s.hasVersion(key)
	if f.versioned {
		f.version = s.ownVersion(key)
	}
	return f
}

// hasVersion: executables whose version is printed somewhere have one, half of the others too.
func (s *serverSite) hasVersion(key string) bool {
	return s.sc.printsVersion(key) || randomOf(key, "versioned")%2 == 0
}

// ownVersion is the release's number where the name follows the product's
// numbers, else one between the hotfixes of the releases before and its own.
func (s *serverSite) ownVersion(key string) manifest.Version {
	r := shippedReleases[s.release]
	v := manifest.Version{firstPart[r.product], 0, uint16(r.build), r.fourth}
	var lowest, below *manifest.Version
	follows := !s.sc.printsVersion(key)
	for _, row := range s.sc.byName[key] {
		if row.Version.IsZero() || !row.hotfix.forProduct(r.product) {
			continue
		}
		printed := row.filled()
		if releaseOfVersion(row.Version, r.product) != anyRelease {
			follows = true
			v[0], v[1] = printed[0], printed[1]
		}
		switch {
		case row.release == s.release && (lowest == nil || printed.Compare(*lowest) < 0):
			lowest = &printed
		case row.release < s.release && row.release != anyRelease && (below == nil || printed.Compare(*below) > 0):
			below = &printed
		}
	}
	if !follows {
		v = between(below, lowest)
	}
	if lowest != nil && v.Compare(*lowest) >= 0 {
		v = lower(*lowest)
	}
	for slices.ContainsFunc(s.sc.byName[key], func(row *printedRow) bool {
		return !row.Version.IsZero() && row.filledOrder(v) == 0
	}) {
		v = lower(v)
	}
	return v
}

func between(below, above *manifest.Version) manifest.Version {
	switch {
	case above != nil:
		return lower(*above)
	case below != nil:
		v := *below
		v[3] += 3
		return v
	}
	return manifest.Version{1, 0, 0, 0}
}

// lower is a version somewhat below v, with room between for a file whose version nobody printed.
func lower(v manifest.Version) manifest.Version {
	if v[3] >= 6 {
		v[3] -= 5
		return v
	}
	for i := 2; i >= 0; i-- {
		if v[i] > 0 {
			v[i]--
			for j := i + 1; j < 4; j++ {
				v[j] = 900
			}
			return v
		}
	}
	return manifest.Version{}
}

// The harmless extras of real servers. None of them changes what is installed.
var serverExtras = []struct {
	name string
	add  func(s *server)
}{
	{"uninstall folders", func(s *server) {
		for _, old := range s.stored {
			folder := "WINNT/$NtUninstall" + old.by + "$/"
			if randomOf(s.seed, old.by, "mig")%3 == 0 {
				folder = "WINNT/$hf_mig$/" + old.by + "/SP2QFE/"
			}
			s.addAside(folder+old.name, old.serverFile)
		}
	}},
	{"$NtServicePackUninstall$", func(s *server) {
		if s.release == 0 || shippedReleases[s.release-1].product != s.product() {
			return
		}
		before := *s.serverSite
		before.release--
		for _, key := range s.sampleOfNames(12) {
			if f := s.live(key)[0]; f.machine != manifest.Alpha {
				old := before.own(f.path[:strings.LastIndex(f.path, "/")], f.name)
				s.addAside("WINNT/$NtServicePackUninstall$/"+f.name, old)
			}
		}
	}},
	{"folders of other platforms", func(s *server) {
		for path, p := range map[string]manifest.Platform{"Drivers/NIC/ia64/e1000x.sys": manifest.IA64,
			"ServicePackFiles/amd64/ntkrnlx.exe": manifest.X64, "Drivers/NIC/i386/e1000x.sys": manifest.X86} {
			s.addAside(path, &serverFile{machine: p, versioned: true, version: manifest.Version{5, 2}, size: 40_960})
		}
		s.addAside("docs/alpha/readme.wri", &serverFile{size: 4_000})
		s.empty = append(s.empty, "docs/mips", "Drivers/NIC/ppc")
	}},
	{"other products", func(s *server) {
		for _, name := range []string{"MSSQL/BINN/sqlservx.exe", "MSSQL/BINN/ums0.dll", "backup/site.bak"} {
			sql := serverFile{machine: manifest.X86, versioned: true, version: manifest.Version{7, 0}, size: 90_000}
			s.addAside(name, &sql)
		}
	}},
	{"package of an applied hotfix", func(s *server) {
		if len(s.applied) > 0 {
			s.unpack(s.applied[int(randomOf(s.seed, "applied"))%len(s.applied)])
		}
	}},
	{"package of a hotfix never applied", func(s *server) {
		all := s.candidates()
		if len(all) == 0 {
			return // the catalogue has none for the release
		}
		h := all[int(randomOf(s.seed, "unpacked"))%len(all)]
		if !slices.ContainsFunc(s.applied, func(a *serverHotfix) bool { return a.ID == h.ID }) {
			s.unpack(h)
		}
	}},
}

func (s *server) sampleOfNames(n int) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(s.sc.byName)) {
		if len(s.live(key)) > 0 && randomOf(s.seed, key, "sample")%20 == 0 && len(keys) < n {
			keys = append(keys, key)
		}
	}
	return keys
}

func (s *server) addAside(path string, like *serverFile) {
	f := *like
	f.path, f.name, f.platform, f.aside = path, path[strings.LastIndex(path, "/")+1:], "", true
	if s.files[manifest.NameKey(path)] == nil {
		s.add(&f)
	}
}

// unpack lays the package of a hotfix where the administrator unpacked it, as it
// came: for every platform, whether the site has it or not.
func (s *server) unpack(h *serverHotfix) {
	for _, row := range h.rows {
		folder := "hotfix/" + h.ID + "/"
		if name := folderNames[sms20][row.Platform]; name != "" {
			folder += name + "/"
		}
		s.addAside(folder+row.Name, s.fileOf(row, "", row.Name))
	}
}
