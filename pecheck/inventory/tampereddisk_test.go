package inventory

import "sync"

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
func (r *tamperedRoot) check() error                     { return r.root.check() }

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
