package inventory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"kbverify/pecheck/visible"
)

// look does the work for one entry.
func (w *walk) look(ctx context.Context, n *node, i int) slot {
	name, kind := n.entries.entry(i)
	raw, err := visible.Raw(string(name))
	if err != nil { // visible.Name wrote it
		return slot{found: finding{fault: err.Error()}}
	}
	var out *place // where a link leads
	if kind != folderEntry {
		var found finding
		if w.follow && isLink(kind) {
			out, found = w.followLink(n, raw, kind)
		} else {
			found = w.inspect(n, raw, kind)
		}
		if out == nil {
			return slot{found: found}
		}
	}
	child := &node{parent: n, index: i, depth: n.depth + 1, name: raw, bytes: n.bytes + 1 + len(name), outside: n.outside}
	if kind != folderEntry {
		child.outside, child.real = true, out.path
	}
	w.enter(ctx, child)
	if child.again {
		return slot{found: finding{link: &Link{Target: target(n.dir, raw), Inside: true}}}
	}
	return slot{child: child}
}

// enter opens a folder and lists it. A panic costs this folder alone.
func (w *walk) enter(ctx context.Context, n *node) {
	defer func() {
		if r := recover(); r != nil {
			n.fault = internalError(r)
		}
	}()
	if n.depth > maxDepth || n.bytes > maxPathBytes {
		n.fault = fmt.Sprintf("not looked into: more than %d folders deep, or a path of more than %d bytes",
			maxDepth, maxPathBytes)
		return
	}
	var dir folder
	var err error
	if n.real != "" {
		dir, err = withRoom(w, func() (folder, error) { return w.disk.enterAt(n.real) })
	} else {
		dir, err = withRoom(w, func() (folder, error) { return n.parent.dir.enter(n.name) })
	}
	if err != nil {
		n.fault = whyNot(err)
		return
	}
	if n.outside {
		if first, err := w.claim(dir); !first {
			dir.close()
			n.again = err == nil
			if err != nil {
				n.fault = whyNot(err)
			}
			return
		}
	}
	n.dir = dir
	w.list(ctx, n) // what went wrong stands in n.fault
}

// list reads what matters of a folder's entries.
func (w *walk) list(ctx context.Context, n *node) error {
	var above []string
	if len(w.exclude.paths) > 0 {
		above = n.elements()
	}
	var seen int64
	full := false
	err := n.dir.list(func(name []byte, kind entryKind) bool {
		if w.own.is(n.dir, name) {
			return true
		}
		// A link may be a file in any scan, and is one in some.
		if kind == fileEntry || kind == specialEntry || kind == linkEntry {
			seen++
		}
		if (kind == fileEntry || kind == specialEntry) && !w.names.wants(name) {
			if w.exclude.idle() {
				w.excluded(above, name)
			}
			return true
		}
		if w.excluded(above, name) {
			return true
		}
		full = !n.entries.add(name, kind)
		return !full && ctx.Err() == nil
	})
	w.seen.Add(seen)
	w.folders.Add(1)
	n.entries.sort()
	switch {
	case err != nil:
		n.fault = whyNot(err)
	case full:
		n.fault = fmt.Sprintf("more than %d entries, not read to the end", n.entries.len())
	}
	return err
}

// Own names files that whoever scans writes while the scan goes on, in one folder. They
// are passed over as if they were not there.
type Own struct {
	Folder string
	Names  []string
}

// ownFiles are those of an Own; nil has none.
type ownFiles struct {
	folder folderID
	names  []string
}

func (o *Own) files() (*ownFiles, error) {
	if o == nil {
		return nil, nil
	}
	folder, err := os.Open(o.Folder)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	id, err := identify(folder)
	return &ownFiles{id, o.Names}, err
}

// is asks for the folder only where the name is one of them.
func (o *ownFiles) is(dir folder, name []byte) bool {
	if o == nil || !slices.ContainsFunc(o.names, func(own string) bool { return sameName(own, string(name)) }) {
		return false
	}
	id, err := dir.id()
	return err == nil && id == o.folder
}

func (w *walk) excluded(above []string, name []byte) bool {
	if w.exclude.none() {
		return false
	}
	if len(w.exclude.paths) == 0 {
		return w.exclude.element(string(name))
	}
	return w.exclude.path(append(above[:len(above):len(above)], string(name)))
}

// elements gives the raw names from below the root down to n.
func (n *node) elements() []string {
	var names []string
	for ; n.parent != nil; n = n.parent {
		names = append(names, n.name)
	}
	slices.Reverse(names)
	return names
}

// reaching gives the path of an entry for reach: from the last link that was
// followed on, since systems follow no more than 40 in one path.
func (n *node) reaching(name string) string {
	names := []string{name}
	for ; n.parent != nil && n.real == ""; n = n.parent {
		names = append(names, n.name)
	}
	if n.real != "" {
		names = append(names, n.real)
	}
	slices.Reverse(names)
	return strings.Join(names, "/")
}

// whyNot says why a folder or file could not be read.
func whyNot(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "disappeared during the run"
	}
	return reason(err)
}

// internalError describes a panic: a fault of this program that one file or
// folder brought out.
func internalError(r any) string {
	return fmt.Sprintf("internal error: %.200s", visible.Text(fmt.Sprint(r)))
}

// chunkBytes is the size of the pieces in which a listing keeps names: growing
// by pieces, it never copies what it holds.
const chunkBytes = 64 << 10

// listing is what matters of one folder's entries, sorted by escaped name. A
// folder can hold a million: each costs its name and seven bytes.
type listing struct {
	chunks [][]byte
	at     []uint32 // chunk number and offset of each entry: kind, two bytes of length, escaped name
}

// maxListed caps the entries of interest of one folder: what 32 bits can address
// with names of the usual length.
const maxListed = 16 << 20

// add appends an entry, and reports false where the listing is full.
func (l *listing) add(name []byte, kind entryKind) bool {
	if !visible.IsPlain(string(name)) {
		name = []byte(visible.Name(string(name)))
	}
	need := 3 + len(name)
	last := len(l.chunks) - 1
	if last < 0 || len(l.chunks[last])+need > chunkBytes {
		if last+1 == 1<<16 || len(l.at) == maxListed {
			return false
		}
		l.chunks = append(l.chunks, nil)
		last++
		if last > 0 {
			l.chunks[last] = make([]byte, 0, chunkBytes)
		}
	}
	chunk := l.chunks[last]
	l.at = append(l.at, uint32(last)<<16|uint32(len(chunk)))
	chunk = append(chunk, byte(kind), byte(len(name)), byte(len(name)>>8))
	l.chunks[last] = append(chunk, name...)
	return true
}

func (l *listing) len() int { return len(l.at) }

// entry gives the i-th entry's escaped name and kind.
func (l *listing) entry(i int) (name []byte, kind entryKind) { return l.read(l.at[i]) }

func (l *listing) read(at uint32) ([]byte, entryKind) {
	record := l.chunks[at>>16][at&0xffff:]
	size := int(record[1]) | int(record[2])<<8
	return record[3 : 3+size], entryKind(record[0])
}

// sort puts the entries in order and drops a name that the disk listed twice, as
// happens while a folder changes.
func (l *listing) sort() {
	slices.SortFunc(l.at, func(a, b uint32) int {
		x, _ := l.read(a)
		y, _ := l.read(b)
		return bytes.Compare(x, y)
	})
	l.at = slices.CompactFunc(l.at, func(a, b uint32) bool {
		x, _ := l.read(a)
		y, _ := l.read(b)
		return bytes.Equal(x, y)
	})
}
