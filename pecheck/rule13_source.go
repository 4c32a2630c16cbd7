package pecheck

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// replacedFolder is the second half of rule 3: it gives the folder around a path
// in which Windows or its installers keep files that they replaced, or "". Such
// files are no copies: they are on no one's way. Not dllcache, from which
// Windows restores.
func replacedFolder(file string) string {
	if !strings.ContainsRune(file, '$') && !strings.Contains(manifest.NameKey(file), "WINSXS/BACKUP/") {
		return ""
	}
	elements := strings.Split(file, "/")
	for i, e := range elements[:len(elements)-1] {
		key := manifest.NameKey(e)
		keeps := key == "$HF_MIG$" || key == "$NTSERVICEPACKUNINSTALL$" || key == "$PATCHCACHE$" ||
			strings.HasSuffix(key, "$") && (strings.HasPrefix(key, "$NTUNINSTALL") ||
				strings.HasPrefix(key, "$MSI") && strings.Contains(key, "UNINSTALL")) ||
			key == "BACKUP" && i > 0 && manifest.NameKey(elements[i-1]) == "WINSXS"
		if keeps {
			return strings.Join(elements[:i+1], "/")
		}
	}
	return ""
}

// setAside counts the files with a name of the table in folders of replaced files,
// and in unpacked packages, its own included where other copies are here.
func (t *judged) setAside() []result.FolderCount {
	j := t.judge
	counts := map[string]int{}
	seen := map[string]bool{}
	var order []string
	for _, e := range t.files {
		if seen[e.name] {
			continue
		}
		seen[e.name] = true
		for _, f := range j.aside[e.name] {
			folder := replacedFolder(f.Path)
			if folder == "" {
				folder = j.packageAround(f)
			}
			if folder == "" || t.onlyPackage && j.packageOf[f] == manifest.IDKey(t.manifest.ID) {
				continue
			}
			if counts[folder] == 0 {
				order = append(order, folder)
			}
			counts[folder]++
		}
	}
	slices.Sort(order)
	var out []result.FolderCount
	for _, folder := range order {
		out = append(out, result.FolderCount{Path: folder, Files: counts[folder], Package: j.packages[folder]})
	}
	return out
}

// packageAround gives the unpacked package that a file lies in, or "".
func (j *judge) packageAround(f *inventory.File) string {
	for folder := range j.packages {
		if strings.HasPrefix(f.Path, folder+"/") {
			return folder
		}
	}
	return ""
}

// commonFolder gives the one folder in which all copies lie, unless that is the
// root, its bin, or a platform folder of these or of a folder beside bin: "".
func (t *judged) commonFolder() string {
	common, first := "", true
	for _, e := range t.files {
		for i := range e.claims {
			dir := path.Dir(e.claims[i].file.Path)
			if first {
				common, first = dir, false
			}
			common = commonPath(common, dir)
		}
	}
	usual, isPlatform := common, false
	if _, isPlatform = manifest.FolderPlatform(path.Base(usual)); isPlatform {
		usual = path.Dir(usual)
	}
	ofProduct := isPlatform && !strings.Contains(usual, "/") // bin\i386, site.srv\x86.bin
	if first || usual == "." || manifest.NameKey(usual) == "BIN" || ofProduct {
		return ""
	}
	return common
}

// commonPath gives the innermost folder around two folders; "." is the root.
func commonPath(a, b string) string {
	for a != "." && a != b && !strings.HasPrefix(b, a+"/") {
		a = path.Dir(a)
	}
	return a
}

// unpacked is rule 13: the hotfix's own source is no installation. Where every
// copy lies in one folder that is named after the hotfix, the reason decides the
// state. The unpacked package of a hotfix of which other copies are here, and that
// of another hotfix, are set aside: see findPackages.
func (t *judged) unpacked() *result.Reason {
	total, folder := t.count(), ""
	in, applying := 0, 0
	for _, e := range t.files {
		if e.inScope && !(e.alone && len(e.claims) == 0) {
			applying++
		}
		if len(e.claims) > 0 {
			in++
		}
		for i := range e.claims {
			of := namedAfter(manifest.IDKey(t.manifest.ID), e.claims[i].file.Path)
			if of == "" || folder != "" && of != folder {
				return nil
			}
			folder = of
		}
	}
	if total == 0 {
		return nil
	}
	return &result.Reason{Kind: result.Unpacked, Folder: folder, Count: total, Partly: 2*in <= applying}
}

// namedAfter gives the outermost folder around a file that is named after the
// hotfix of that key: "hotfix/KB977203" or "Q252717-x86"; "" is none. The root is
// not asked.
func namedAfter(key, file string) string {
	for end := 0; ; {
		cut := strings.IndexByte(file[end:], '/')
		if cut < 0 {
			return ""
		}
		if slices.Contains(hotfixesNamed(file[end:end+cut]), key) {
			return file[:end+cut]
		}
		end += cut + 1
	}
}

// hotfixNumber finds an article's number in a folder's name: not a part of a longer
// number or of a word, but KB or Q may stand before it.
var hotfixNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^a-z0-9])(?:kb|q)?([0-9]{5,7})(?:$|[^a-z0-9])`)
})

// hotfixesNamed gives the keys of the hotfixes that a folder's name can mean.
func hotfixesNamed(folder string) (keys []string) {
	if !strings.ContainsAny(folder, "0123456789") {
		return nil
	}
	for _, m := range hotfixNumber().FindAllStringSubmatch(folder, -1) {
		keys = append(keys, m[1])
	}
	return append(keys, manifest.IDKey(folder))
}

// findPackages finds the unpacked packages of known hotfixes: folders named after
// one that hold the files of more than half of one of its tables, as that table
// prints them and as far as anybody looked for them. For other hotfixes nothing
// there is a copy.
func (j *judge) findPackages(known []*manifest.Manifest) {
	ids := make(map[string]*manifest.Manifest, len(known))
	for _, m := range known {
		ids[manifest.IDKey(m.ID)] = m
	}
	files := map[string][]*inventory.File{} // by folder
	owner := map[string]*manifest.Manifest{}
	folders := map[string]string{} // what a folder lies in or is: memory of what was asked before
	for i := range j.inv.Files {
		f := &j.inv.Files[i]
		dir := path.Dir(f.Path)
		folder, asked := folders[dir]
		if !asked {
			var m *manifest.Manifest
			if folder, m = folderOfPackage(dir, ids); folder != "" {
				owner[folder] = m
			}
			folders[dir] = folder
		}
		if folder != "" {
			files[folder] = append(files[folder], f)
		}
	}
	for folder, in := range files {
		if m := owner[folder]; j.holdsPackage(m, in) {
			j.packages[folder] = m.ID
			for _, f := range in {
				j.packageOf[f] = manifest.IDKey(m.ID)
			}
		}
	}
}

// folderOfPackage gives the outermost folder of a path that is named after a hotfix.
func folderOfPackage(dir string, ids map[string]*manifest.Manifest) (string, *manifest.Manifest) {
	end := 0
	for _, element := range strings.Split(dir, "/") {
		end += len(element)
		for _, key := range hotfixesNamed(element) {
			if m := ids[key]; m != nil {
				return dir[:end], m
			}
		}
		end++
	}
	return "", nil
}

// holdsPackage reports that files are those of more than half of one of the
// hotfix's tables, as far as it is for platforms that are among them.
func (j *judge) holdsPackage(m *manifest.Manifest, files []*inventory.File) bool {
	type file struct {
		table    *manifest.Table
		name     string
		platform manifest.Platform
	}
	found, platforms := map[file]bool{}, map[manifest.Platform]bool{"": true}
	for _, f := range files {
		for _, d := range j.whose(f) {
			if d.hotfix == m {
				found[file{d.table, manifest.NameKey(d.row.Name), d.row.Platform}] = true
				platforms[d.row.Platform] = true
			}
		}
	}
	for _, t := range installTables(m) {
		wanted := map[file]bool{}
		for i := range t.Files {
			if row := &t.Files[i]; platforms[row.Platform] && j.covers(row) && !isPackage(m, row) {
				wanted[file{t, manifest.NameKey(row.Name), row.Platform}] = true
			}
		}
		has := 0
		for f := range wanted {
			if found[f] {
				has++
			}
		}
		if 2*has > len(wanted) {
			return true
		}
	}
	return false
}
