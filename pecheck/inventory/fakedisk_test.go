package inventory

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// fakeDisk is a file system in memory. before is asked before every call, with
// the operation and the path: it may wait, fail or panic in the file system's
// place. It stands for slow shares, broken disks and trees of any size.
type fakeDisk struct {
	tree   *fakeNode
	before func(op, path string) error

	mu    sync.Mutex
	calls int
	open  int // handles open now
	most  int // handles open at once, at most
}

// fakeNode is one file or folder.
type fakeNode struct {
	kind     entryKind
	text     string
	children map[string]*fakeNode
	// generate stands for children: it gives each entry of a folder that is
	// larger than memory should hold.
	generate func(each func(name []byte, kind entryKind) bool)
	child    func(name string) *fakeNode
}

func fakeFile(text string) *fakeNode { return &fakeNode{kind: fileEntry, text: text} }

func fakeFolder() *fakeNode { return &fakeNode{kind: folderEntry, children: map[string]*fakeNode{}} }

// add puts a node at a path, with the folders above it.
func (n *fakeNode) add(path string, add *fakeNode) *fakeNode {
	names := strings.Split(path, "/")
	at := n
	for _, name := range names[:len(names)-1] {
		if at.children[name] == nil {
			at.children[name] = fakeFolder()
		}
		at = at.children[name]
	}
	at.children[names[len(names)-1]] = add
	return n
}

func (n *fakeNode) find(name string) *fakeNode {
	if n.child != nil {
		return n.child(name)
	}
	return n.children[name]
}

// entriesACall is how many entries one call to a file server lists.
const entriesACall = 100

func (d *fakeDisk) call(op, path string) error {
	d.mu.Lock()
	d.calls++
	d.mu.Unlock()
	if d.before == nil {
		return nil
	}
	return d.before(op, path)
}

func (d *fakeDisk) opened(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open += n
	d.most = max(d.most, d.open)
}

// leaked is the number of handles open.
func (d *fakeDisk) leaked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open
}

func (d *fakeDisk) root(string) (rootFolder, error) {
	if err := d.call("root", ""); err != nil {
		return nil, err
	}
	d.opened(1)
	return &fakeRoot{fakeDir{d, d.tree, ""}}, nil
}

type fakeDir struct {
	disk *fakeDisk
	node *fakeNode
	path string
}

func (f fakeDir) list(each func([]byte, entryKind) bool) error {
	listed := 0
	var failed error
	ask := func(name []byte, kind entryKind) bool {
		if listed%entriesACall == 0 {
			if failed = f.disk.call("list", f.path); failed != nil {
				return false
			}
		}
		listed++
		return each(name, kind)
	}
	if f.node.generate != nil {
		f.node.generate(ask)
		return failed
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(f.node.children))) {
		if !ask([]byte(name), f.node.children[name].kind) {
			return failed
		}
	}
	return f.disk.call("list", f.path)
}

func (f fakeDir) lookup(op, name string) (*fakeNode, string, error) {
	path := joinPath(f.path, name)
	if err := f.disk.call(op, path); err != nil {
		return nil, path, err
	}
	n := f.node.find(name)
	if n == nil {
		return nil, path, &fs.PathError{Op: op, Path: path, Err: fs.ErrNotExist}
	}
	return n, path, nil
}

func (f fakeDir) enter(name string) (folder, error) {
	n, path, err := f.lookup("enter", name)
	if err != nil {
		return nil, err
	}
	f.disk.opened(1)
	return fakeDir{f.disk, n, path}, nil
}

func (f fakeDir) stat(name string) (stat, error) {
	n, _, err := f.lookup("stat", name)
	if err != nil {
		return stat{}, err
	}
	return n.stat(), nil
}

func (n *fakeNode) stat() stat {
	mode := map[entryKind]fs.FileMode{folderEntry: fs.ModeDir, specialEntry: fs.ModeDevice,
		linkEntry: fs.ModeSymlink}[n.kind]
	return stat{mode, int64(len(n.text)), time.Unix(1e9, 0)}
}

func (f fakeDir) open(name string) (handle, error) {
	n, path, err := f.lookup("open", name)
	if err != nil {
		return nil, err
	}
	f.disk.opened(1)
	return &fakeHandle{f.disk, n, path}, nil
}

func (f fakeDir) readlink(name string) (string, error) {
	n, _, err := f.lookup("readlink", name)
	if err != nil {
		return "", err
	}
	return n.text, nil
}

func (f fakeDir) close() { f.disk.opened(-1) }

type fakeRoot struct{ fakeDir }

func (r *fakeRoot) follow(string) (stat, error) { return stat{}, errFakeLink }

func (r *fakeRoot) openLink(string) (handle, error) { return nil, errFakeLink }

func (r *fakeRoot) inside(string) bool { return false }

func (r *fakeRoot) reach(string) (place, error) { return place{}, errFakeLink }

func (r *fakeRoot) enterAt(string) (folder, error) { return nil, errFakeLink }

func (r *fakeRoot) openAt(string) (handle, error) { return nil, errFakeLink }

func (f fakeDir) id() (folderID, error) { return folderID{}, errFakeLink }

func (r *fakeRoot) check() error { return r.disk.call("check", "") }

var errFakeLink = errors.New("path escapes from parent")

type fakeHandle struct {
	disk *fakeDisk
	node *fakeNode
	path string
}

func (h *fakeHandle) ReadAt(p []byte, off int64) (int, error) {
	if err := h.disk.call("read", h.path); err != nil {
		return 0, err
	}
	return strings.NewReader(h.node.text).ReadAt(p, off)
}

func (h *fakeHandle) stat() (stat, error) {
	err := h.disk.call("fstat", h.path)
	return h.node.stat(), err
}

func (h *fakeHandle) close() { h.disk.opened(-1) }

var _ io.ReaderAt = (*fakeHandle)(nil)

// forest is folders/leaves/files of which the first of every leaf is of interest.
func forest(folders, leaves, files int) *fakeNode {
	root := fakeFolder()
	for i := range folders * leaves {
		for j := range files {
			name := "ccm.dll"
			if j > 0 {
				name = fmt.Sprintf("other%d.dll", j)
			}
			root.add(fmt.Sprintf("folder%d/leaf%d/%s", i/leaves, i%leaves, name), fakeFile("text"))
		}
	}
	return root
}

// tamperedDisk is the operating system's, with somebody at work in it: before is
// asked before every call, and may change the tree or fail in its place.
type tamperedDisk struct {
	disk
	before  func(op, path string) error
	pretend func(entryKind) entryKind // what listings say, where it is set
}

// once gives a function that does what do does the first time that op comes to path.
func once(op, path string, do func() error) func(string, string) error {
	var first sync.Once
	return func(o, p string) (err error) {
		if o == op && p == path {
			first.Do(func() { err = do() })
		}
		return err
	}
}

func (d *tamperedDisk) root(path string) (rootFolder, error) {
	r, err := d.disk.root(path)
	if err != nil {
		return nil, err
	}
	return &tamperedRoot{tamperedFolder{r, d, ""}, r}, nil
}

type tamperedFolder struct {
	folder
	d    *tamperedDisk
	path string
}

type tamperedRoot struct {
	tamperedFolder
	root rootFolder
}

func (r *tamperedRoot) follow(path string) (stat, error) { return r.root.follow(path) }

func (r *tamperedRoot) inside(path string) bool { return r.root.inside(path) }

func (r *tamperedRoot) reach(path string) (place, error) { return r.root.reach(path) }

func (r *tamperedRoot) enterAt(path string) (folder, error) { return r.root.enterAt(path) }

func (r *tamperedRoot) openAt(path string) (handle, error) { return r.root.openAt(path) }

func (r *tamperedRoot) check() error { return r.root.check() }

func (r *tamperedRoot) openLink(path string) (handle, error) {
	if err := r.d.before("openLink", path); err != nil {
		return nil, err
	}
	return r.root.openLink(path)
}

func (f tamperedFolder) list(each func([]byte, entryKind) bool) error {
	if err := f.d.before("list", f.path); err != nil {
		return err
	}
	return f.folder.list(func(name []byte, kind entryKind) bool {
		if f.d.pretend != nil {
			kind = f.d.pretend(kind)
		}
		return each(name, kind)
	})
}

func (f tamperedFolder) enter(name string) (folder, error) {
	path := joinPath(f.path, name)
	if err := f.d.before("enter", path); err != nil {
		return nil, err
	}
	inner, err := f.folder.enter(name)
	if err != nil {
		return nil, err
	}
	return tamperedFolder{inner, f.d, path}, nil
}

func (f tamperedFolder) stat(name string) (stat, error) {
	if err := f.d.before("stat", joinPath(f.path, name)); err != nil {
		return stat{}, err
	}
	return f.folder.stat(name)
}

func (f tamperedFolder) open(name string) (handle, error) {
	path := joinPath(f.path, name)
	if err := f.d.before("open", path); err != nil {
		return nil, err
	}
	h, err := f.folder.open(name)
	if err != nil {
		return nil, err
	}
	return &tamperedHandle{h, f.d, path}, nil
}

type tamperedHandle struct {
	handle
	d    *tamperedDisk
	path string
}

func (h *tamperedHandle) ReadAt(p []byte, off int64) (int, error) {
	if err := h.d.before("read", h.path); err != nil {
		return 0, err
	}
	return h.handle.ReadAt(p, off)
}
