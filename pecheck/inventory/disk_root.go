package inventory

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// listBatch is how many entries one call lists: what a few reads of a folder
// bring, and little enough that a folder with a million entries costs no memory.
const listBatch = 1024

// rootDisk reads through os.Root, one for each folder: nothing leaves the root,
// and on Windows files are opened so that others may still delete or rename them.
type rootDisk struct{}

func (rootDisk) root(path string) (rootFolder, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dir, err := os.OpenRoot(folderPath(abs))
	if err != nil {
		return nil, err
	}
	was, err := dir.Stat(".")
	if err != nil {
		dir.Close()
		return nil, err
	}
	return &osRoot{osFolder{dir}, abs, was}, nil
}

type osFolder struct{ dir *os.Root }

func (f osFolder) list(each func([]byte, entryKind) bool) error {
	file, err := f.dir.Open(".")
	if err != nil {
		return err
	}
	defer file.Close()
	for {
		entries, err := file.ReadDir(listBatch)
		for _, e := range entries {
			if !each([]byte(e.Name()), kindOf(entryMode(e))) {
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (f osFolder) enter(name string) (folder, error) {
	dir, err := f.dir.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return osFolder{dir}, nil
}

func (f osFolder) stat(name string) (stat, error) { return statOf(f.dir.Lstat(name)) }

func (f osFolder) open(name string) (handle, error) {
	info, err := f.dir.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return nil, errBecameLink
	}
	return openIn(f.dir, name)
}

func (f osFolder) readlink(name string) (string, error) { return f.dir.Readlink(name) }

func (f osFolder) close() { f.dir.Close() }

// errBecameLink is for a file that was replaced by a link after it was listed.
var errBecameLink = errors.New("it was replaced by a link during the run")

type osRoot struct {
	osFolder
	path string // absolute: the working directory may change
	was  fs.FileInfo
}

func (r *osRoot) follow(path string) (stat, error) { return statOf(r.dir.Stat(path)) }

func (r *osRoot) openLink(path string) (handle, error) { return openIn(r.dir, path) }

var errRootGone = errors.New("the root was replaced by another folder during the run")

func (r *osRoot) check() error { return sameFolder(r.path, r.was) }

func sameFolder(path string, was fs.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(was, now) {
		return errRootGone
	}
	return nil
}

type osFile struct{ file *os.File }

func openIn(dir *os.Root, name string) (handle, error) {
	file, err := dir.OpenFile(name, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, err
	}
	return osFile{file}, nil
}

func (f osFile) ReadAt(p []byte, off int64) (int, error) { return f.file.ReadAt(p, off) }
func (f osFile) stat() (stat, error)                     { return statOf(f.file.Stat()) }
func (f osFile) close()                                  { f.file.Close() }

func statOf(info fs.FileInfo, err error) (stat, error) {
	if err != nil {
		return stat{}, err
	}
	return stat{info.Mode(), info.Size(), info.ModTime()}, nil
}
