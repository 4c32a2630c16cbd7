package msi

import (
	"maps"
	"slices"
	"strings"

	"kbverify/pecheck/visible"
)

// maxDepth caps how deep folders nest, and how far companions lead on: real packages
// stay below 20.
const maxDepth = 64

// wellKnown are the properties of folders that each machine has somewhere ("System
// Folder Properties" of Windows Installer).
var wellKnown = map[string]bool{
	"AdminToolsFolder": true, "AppDataFolder": true, "CommonAppDataFolder": true, "CommonFiles64Folder": true,
	"CommonFilesFolder": true, "DesktopFolder": true, "FavoritesFolder": true, "FontsFolder": true,
	"LocalAppDataFolder": true, "MyPicturesFolder": true, "NetHoodFolder": true, "PersonalFolder": true,
	"PrintHoodFolder": true, "ProgramFiles64Folder": true, "ProgramFilesFolder": true, "ProgramMenuFolder": true,
	"RecentFolder": true, "SendToFolder": true, "StartMenuFolder": true, "StartupFolder": true,
	"System16Folder": true, "System64Folder": true, "SystemFolder": true, "TempFolder": true, "TemplateFolder": true,
	"WindowsFolder": true, "WindowsVolume": true, "ROOTDRIVE": true, "PrimaryVolumePath": true,
}

// folder is a resolved row of table Directory.
type folder struct {
	source string // below the root of an administrative image
	base   string // the well-known folder or the root
	target string // below base
}

// folders resolves rows of table Directory, each once.
type folders struct {
	rows  map[string]folderRow
	known map[string]resolved
}

type folderRow struct{ parent, target, source string }

type resolved struct {
	folder
	why string // why it is none
}

func newFolders(r *filesReader) *folders {
	d := &folders{rows: map[string]folderRow{}, known: map[string]resolved{}}
	v := r.open("Directory", false, "Directory", "Directory_Parent", "DefaultDir")
	if v == nil {
		return d
	}
	short := r.p.summary.WordCount&sourceShortNames != 0
	for row := range v.Len() {
		key := v.text(row, 0)
		target, source, split := strings.Cut(v.text(row, 2), ":")
		if !split {
			source = target
		}
		f := folderRow{parent: v.text(row, 1)}
		_, f.target = splitName(target)
		shortSource, longSource := splitName(source)
		if f.source = longSource; short {
			f.source = shortSource
		}
		if _, twice := d.rows[key]; twice {
			r.damage(v.place(row), "its key is there twice")
		}
		d.rows[key] = f
	}
	return d
}

// find resolves a folder, and those above it, or says why it is none.
func (d *folders) find(key string) (folder, string) {
	var path []string // from key upwards, not yet resolved
	at := resolved{}
	for {
		r, known := d.known[key]
		if known {
			at = r
			break
		}
		row, there := d.rows[key]
		if !there {
			at.why = "there is no Directory." + visible.Short(key)
			break
		}
		if len(path) >= maxDepth || slices.Contains(path, key) {
			at.why = "Directory." + visible.Short(key) + ": part of a ring, or too deep"
			break
		}
		path = append(path, key)
		if row.parent == "" || row.parent == key {
			at.folder = folder{base: key} // the root, whatever its name is
			d.known[key] = at
			path = path[:len(path)-1]
			break
		}
		key = row.parent
	}
	for _, key := range slices.Backward(path) {
		at = d.rows[key].below(at, key)
		d.known[key] = at
	}
	return at.folder, at.why
}

// below resolves a row whose parent is.
func (row folderRow) below(parent resolved, key string) resolved {
	at := parent
	if at.why != "" {
		return at
	}
	for _, name := range []string{row.target, row.source} {
		if why := whyNoName(name); why != "" && name != "." {
			return resolved{why: "Directory." + visible.Short(key) + ": DefaultDir " + visible.Quote(visible.Short(name)) +
				": " + why}
		}
	}
	if row.source != "." {
		at.source = join(parent.source, row.source)
	}
	if row.target != "." {
		at.target = join(parent.target, row.target)
	}
	// A merge module's folders have its id behind the name.
	if name, _, _ := strings.Cut(key, "."); wellKnown[name] {
		at.base, at.target = name, ""
	}
	if len(at.source) > maxPath || len(at.target) > maxPath {
		return resolved{why: "Directory." + visible.Short(key) + ": its path is too long"}
	}
	return at
}

// maxPath caps a folder's path in bytes: Windows Installer has 260 characters.
const maxPath = 1024

func join(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}

// splitName reads "short|long"; both are the same where there is one name.
func splitName(text string) (short, long string) {
	short, long, split := strings.Cut(text, "|")
	if !split {
		long = short
	}
	return short, long
}

// maxName is the longest name on NTFS, counted in bytes here, as manifests do.
const maxName = 255

// whyNoName says what keeps a text from being a name below a folder, or "". Names
// lead nowhere else: no separators, drives or "..".
func whyNoName(name string) string {
	switch {
	case name == "":
		return "empty"
	case len(name) > maxName:
		return "longer than any name"
	case name == ".." || name == ".":
		return "leads out of its folder"
	case strings.ContainsAny(name, `/\`):
		return "holds a separator"
	case strings.ContainsAny(name, `:*?"<>|`):
		return `holds one of : * ? " < > |`
	case !visible.IsClean(name) || strings.ContainsRune(name, '\ufffd'):
		return "holds a character that cannot be shown"
	case strings.Trim(name, ". ") == "" || strings.TrimSpace(name) != name:
		return "begins or ends with a blank, or has dots alone"
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
