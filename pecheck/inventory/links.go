package inventory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"kbverify/pecheck/visible"
)

// place is where a link leads, out of the root too.
type place struct {
	path   string // absolute, without links where the system can tell
	inside bool   // it is the root, or below it
	stat
}

// inspectLink reads a file link within the root as a file. Whatever leads to a
// folder, or out of the root, where nobody looks, is recorded as a link.
func (w *walk) inspectLink(n *node, name string) finding {
	path := strings.Join(append(n.elements(), name), "/")
	s, err := w.disk.follow(path)
	wanted := w.names.wants([]byte(name))
	switch {
	case err == nil && s.mode.IsDir():
		return finding{link: &Link{Target: target(n.dir, name), Inside: true}}
	case err != nil && !wanted:
		// On Windows a link says whether it leads to a folder, and this one does not.
		return finding{link: &Link{Target: target(n.dir, name), Inside: runtime.GOOS == "windows" || w.disk.inside(path)}}
	case err != nil:
		s, _ = n.dir.stat(name)
		return finding{link: &Link{Target: target(n.dir, name), Inside: w.disk.inside(path)},
			file: unreadable(s, notFollowed+reason(err))}
	case !wanted:
		return finding{}
	}
	return finding{file: w.readLinked(name, s, func() (handle, error) { return w.disk.openLink(path) })}
}

// readLinked reads the file to which a link leads.
func (w *walk) readLinked(name string, s stat, open func() (handle, error)) *File {
	look := w.lookAt(name)
	if !look.opens() || !s.mode.IsRegular() {
		return sized(s, nil)
	}
	h, err := withRoom(w, open)
	if err != nil {
		return unreadable(s, whyNot(err))
	}
	return w.read(h, look)
}

const notFollowed = "symbolic link, not followed: "

// followLink says to which folder out of the root a link leads, if to any. Else it
// is a file, or a link that hides nothing.
func (w *walk) followLink(n *node, name string, kind entryKind) (out *place, found finding) {
	defer func() {
		if r := recover(); r != nil {
			out, found = nil, finding{fault: internalError(r)}
		}
	}()
	p, err := w.disk.reach(n.reaching(name))
	wanted := kind == linkEntry && w.names.wants([]byte(name))
	switch {
	case leadsNowhere(err):
		found.link = &Link{Target: target(n.dir, name), Inside: true}
		if wanted {
			s, _ := n.dir.stat(name)
			found.file = unreadable(s, notFollowed+reason(err))
		}
	case err != nil:
		found.fault = reason(err)
	case p.mode.IsDir() && !p.inside:
		return &p, finding{}
	case p.mode.IsDir():
		found.link = &Link{Target: target(n.dir, name), Inside: true}
	case wanted:
		found.file = w.readLinked(name, p.stat, func() (handle, error) { return w.disk.openAt(p.path) })
	}
	return nil, found
}

// leadsNowhere tells a link without a target from one whose target nobody may see.
func leadsNowhere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errLoop) || errors.Is(err, syscall.ENOTDIR)
}

// claim reports that a folder out of the root is looked into for the first time. It
// is asked in path order: mayTake sees to that.
func (w *walk) claim(dir folder) (bool, error) {
	id, err := dir.id()
	if err != nil || w.entered[id] {
		return false, err
	}
	w.entered[id] = true
	return true, nil
}

func target(dir folder, name string) string {
	to, err := dir.readlink(name)
	if err != nil {
		return ""
	}
	return visible.Text(to)
}

// reach follows a link with the system's own means.
func (r *osRoot) reach(path string) (place, error) {
	full := filepath.FromSlash(path)
	if !filepath.IsAbs(full) {
		full = filepath.Join(r.real, full)
	}
	s, err := statOf(os.Stat(full))
	if err != nil {
		return place{}, err
	}
	real, err := filepath.EvalSymlinks(full)
	if err != nil { // as Windows does with volumes that have no letter
		return place{full, false, s}, nil
	}
	rel, err := filepath.Rel(r.real, real)
	return place{real, err == nil && filepath.IsLocal(rel), s}, nil
}

func (r *osRoot) enterAt(path string) (folder, error) {
	dir, err := os.OpenRoot(folderPath(path))
	if err != nil {
		return nil, err
	}
	return osFolder{dir}, nil
}

func (r *osRoot) openAt(path string) (handle, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, err
	}
	return osFile{file}, nil
}

// maxLookups caps the steps on the way to where one link leads: what the longest
// ways on real servers have, ten times.
const maxLookups = 256

// maxLinks is where Linux says that links lead to each other.
const maxLinks = 40

// inside reports that the link at path hides nothing: it leads to what is below the
// root, or nowhere. Nothing out of the root is touched to find that out, so of
// several links one after the other none may lie out there.
func (r *osRoot) inside(path string) bool {
	above := splitPath(strings.TrimPrefix(r.real, filepath.VolumeName(r.real)))
	up := 0 // elements of above that are behind
	todo := strings.Split(path, "/")
	below := append([]string{}, todo[:len(todo)-1]...) // no links: the walk came through them
	todo = todo[len(todo)-1:]
	for lookups, links := 0, 0; len(todo) > 0; {
		name := todo[0]
		todo = todo[1:]
		switch {
		case name == "" || name == ".":
			continue
		case name == ".." && len(below) > 0:
			below = below[:len(below)-1]
			continue
		case name == "..":
			up = min(up+1, len(above))
			continue
		case up > 0 && sameName(name, above[len(above)-up]):
			up--
			continue
		case up > 0 || lookups == maxLookups:
			return false
		}
		lookups++
		below = append(below, name)
		at := strings.Join(below, "/")
		info, err := r.dir.Lstat(at)
		if err != nil {
			return leadsNowhere(err)
		}
		if info.Mode()&(fs.ModeSymlink|fs.ModeIrregular) == 0 {
			continue
		}
		to, err := r.dir.Readlink(at)
		switch links++; {
		case err != nil && info.Mode()&fs.ModeSymlink == 0:
			continue // kept elsewhere by a storage service
		case err != nil:
			return false
		case links > maxLinks:
			return true
		}
		below = below[:len(below)-1]
		if filepath.IsAbs(to) || strings.HasPrefix(filepath.ToSlash(to), "/") {
			var here bool
			if to, here = r.fromAbove(to); !here {
				return false
			}
			below, up = nil, len(above)
		}
		todo = append(splitPath(to), todo...)
	}
	return up == 0
}

// fromAbove gives an absolute path from the top of the root's volume, if it is on
// that. The root's own path, as it was named, leads to the root.
func (r *osRoot) fromAbove(path string) (rest string, here bool) {
	if rel, err := filepath.Rel(r.path, path); err == nil && filepath.IsLocal(rel) {
		path = r.real + string(filepath.Separator) + rel
	}
	volume := filepath.VolumeName(path)
	return path[len(volume):], volume == "" || sameName(volume, filepath.VolumeName(r.real))
}

func splitPath(path string) []string {
	return strings.FieldsFunc(filepath.ToSlash(path), func(r rune) bool { return r == '/' })
}

// sameName reports that two names are those of one folder.
func sameName(a, b string) bool {
	return a == b || runtime.GOOS == "windows" && strings.EqualFold(a, b)
}
