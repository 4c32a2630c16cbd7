package main

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/petest"
	"kbverify/pecheck/result"
)

// executableName matches what Windows loads code from; the rest is data here.
var executableName = regexp.MustCompile(`(?i)\.(exe|dll|ocx|sys|drv|cpl|scr|vxd)$`)

// healthyFolders are platform folders; files of no platform lie outside them.
var healthyFolders = map[manifest.Platform]string{
	manifest.X86: "bin/i386", manifest.X64: "bin/x64", manifest.IA64: "bin/ia64", manifest.Alpha: "bin/alpha",
	manifest.MIPS: "bin/mips", manifest.PowerPC: "bin/ppc",
}

// healthy gives the files of a root on which the table's hotfix is installed:
// one for each name and platform. Where rows repeat a name, the first is taken.
func healthy(t *manifest.Table) []sampleFile {
	var files []sampleFile
	for i := range t.Files {
		row := &t.Files[i]
		f := sampleOf(path.Join(healthyPlace(row), row.Name), row)
		if row.Path != "" {
			f.path = row.Path
		}
		f.spec.Size = someSize(row.Size)
		f.spec.NoVersion = row.Version.IsZero()
		if strings.HasPrefix(row.Version.String(), "*.*.") { // articles on SMS 2.0 leave that out
			f.spec.Version[0], f.spec.Version[1] = 2, 0
		}
		f.data = f.spec.NoVersion && !executableName.MatchString(row.Name)
		if !slices.ContainsFunc(files, func(g sampleFile) bool { return manifest.NameKey(g.path) == manifest.NameKey(f.path) }) {
			files = append(files, f)
		}
	}
	return files
}

func healthyPlace(row *manifest.File) string {
	if folder, ok := healthyFolders[row.Platform]; ok {
		return folder
	}
	return strings.ReplaceAll(strings.Join(strings.Fields("other "+string(row.Platform)), "-"), "/", "-")
}

// someSize gives a size that was printed as s.
func someSize(s manifest.Size) int64 {
	if n, exact := s.Exact(); exact {
		return n
	}
	if s.IsZero() {
		return 0
	}
	end := strings.LastIndexAny(s.Text(), "0123456789") + 1
	figure, err := strconv.ParseFloat(strings.ReplaceAll(s.Text()[:end], ",", ""), 64)
	if err != nil {
		panic(err) // ParseSize has read it
	}
	unit := map[byte]float64{'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}[strings.TrimSpace(s.Text()[end:])[0]]
	return int64(figure * unit)
}

// inventoryOf is what a scan finds of files, without a disk.
func inventoryOf(files []sampleFile) *inventory.Inventory {
	inv := &inventory.Inventory{Root: "root", All: true, Seen: int64(len(files))}
	for p, folder := range healthyFolders {
		if slices.ContainsFunc(files, func(f sampleFile) bool { return strings.HasPrefix(f.path, folder+"/") }) {
			inv.Folders = append(inv.Folders, inventory.Folder{Path: folder, Platform: p})
		}
	}
	for _, f := range files {
		inv.Files = append(inv.Files, f.found())
	}
	return inv
}

// found is the file as a scan describes it.
func (f sampleFile) found() inventory.File {
	file := inventory.File{Path: f.path, Size: f.spec.Size}
	if f.data {
		return file
	}
	file.Format, file.Ending, file.Version = pefile.PE, pefile.Versioned, f.spec.Version
	if f.spec.NoVersion {
		file.Ending = pefile.NoVersion
	}
	file.Machine = pefile.Machine(f.spec.Machine)
	if file.Machine == 0 {
		file.Machine = pefile.MachineI386
	}
	return file
}

// mutations spoil a file in one way each, and say what the verdict of its row is
// then. They report false where the row cannot show the fault.
var mutations = map[result.Verdict]func(f *sampleFile, row *manifest.File) bool{
	result.Older: func(f *sampleFile, row *manifest.File) bool {
		v := &f.spec.Version
		for i := 3; i >= 0; i-- {
			if v[i] > 0 {
				v[i]--
				return !row.Version.IsZero() && row.Version.Order(*v) == manifest.Older
			}
		}
		return false
	},
	result.WrongSize: func(f *sampleFile, row *manifest.File) bool {
		f.spec.Size = 2*f.spec.Size + 4096
		return !row.Size.IsZero()
	},
	result.WrongPlatform: func(f *sampleFile, row *manifest.File) bool {
		other := manifest.Alpha
		if row.Platform == manifest.Alpha {
			other = manifest.X86
		}
		f.spec.Machine = petest.MachineOf(other)
		return row.Platform.Known() && !f.data
	},
}
