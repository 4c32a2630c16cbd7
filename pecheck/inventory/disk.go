package inventory

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kbverify/pecheck/visible"
)

// disk is what a scan needs of a file system: little enough that tests put slow,
// failing and changing ones in its place. Names are raw, as the disk spells them.
type disk interface {
	// root opens the folder under check. Its own path may lead through links.
	root(path string) (rootFolder, error)
}

// folder is an open folder. Its methods may be called side by side.
type folder interface {
	// list calls each with every entry but "." and "..", in no order, until
	// each returns false. The name is good for the call only.
	list(each func(name []byte, kind entryKind) bool) error
	enter(name string) (folder, error)    // fails on a link
	stat(name string) (stat, error)       // of the entry itself, also where it is a link
	open(name string) (handle, error)     // fails on a link, never waits for a FIFO's other end
	readlink(name string) (string, error) // the target as stored
	id() (folderID, error)
	close()
}

// rootFolder is the folder under check.
type rootFolder interface {
	folder
	// follow says what the link at path, relative to the root, leads to. It fails where
	// that is outside the root.
	follow(path string) (stat, error)
	// openLink opens what the link leads to, within the root.
	openLink(path string) (handle, error)
	// inside reports that the link at path hides nothing: it leads to what is below the
	// root, or nowhere. It follows nothing out of the root.
	inside(path string) bool
	// reach says where the link at path leads, out of the root too. The path is
	// relative to the root, or absolute.
	reach(path string) (place, error)
	enterAt(path string) (folder, error)
	openAt(path string) (handle, error)
	// check fails when the root is no longer where it was.
	check() error
}

// folderID tells a folder from every other: device and inode, or volume and file
// index.
type folderID struct{ volume, index uint64 }

// handle is an open file.
type handle interface {
	io.ReaderAt
	stat() (stat, error)
	close()
}

type stat struct {
	mode     fs.FileMode
	size     int64
	modified time.Time
}

// entryKind is what a folder's listing says about an entry.
type entryKind byte

const (
	fileEntry       entryKind = 'f'
	folderEntry     entryKind = 'd'
	linkEntry       entryKind = 'l' // to a file or a folder
	folderLinkEntry entryKind = 'j' // junctions, and links that say that they lead to a folder
	specialEntry    entryKind = 'x' // FIFOs, devices, sockets
)

func isLink(kind entryKind) bool { return kind == linkEntry || kind == folderLinkEntry }

func kindOf(mode fs.FileMode) entryKind {
	switch {
	case mode&fs.ModeSymlink != 0 && mode&fs.ModeDir != 0:
		return folderLinkEntry
	case mode&fs.ModeSymlink != 0:
		return linkEntry
	case mode.IsDir():
		return folderEntry
	case mode&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice|fs.ModeCharDevice) != 0:
		return specialEntry
	}
	return fileEntry
}

// describe names what is no file.
func describe(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "symbolic link"
	case mode.IsDir():
		return "folder"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&(fs.ModeDevice|fs.ModeCharDevice) != 0:
		return "device"
	}
	return "special file"
}

// reason gives the operating system's words for err without the raw path that
// package os puts before them, and without the full stop that Windows puts after.
func reason(err error) string {
	var pathError *fs.PathError
	for errors.As(err, &pathError) {
		err = pathError.Err
		pathError = nil
	}
	return visible.Text(strings.TrimSuffix(err.Error(), "."))
}

// cleanError shows an error of package os without the raw path in it.
type cleanError struct{ err error }

func (e cleanError) Error() string { return reason(e.err) }

func (e cleanError) Unwrap() error { return e.err }

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
	real, err := filepath.EvalSymlinks(abs)
	if err != nil { // as Windows does with volumes that have no letter
		real = abs
	}
	return &osRoot{osFolder{dir}, abs, real, was}, nil
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

func (f osFolder) id() (folderID, error) {
	file, err := f.dir.Open(".")
	if err != nil {
		return folderID{}, err
	}
	defer file.Close()
	return identify(file)
}

func (f osFolder) close() { f.dir.Close() }

// errBecameLink is for a file that was replaced by a link after it was listed.
var errBecameLink = errors.New("it was replaced by a link during the run")

type osRoot struct {
	osFolder
	path string // absolute: the working directory may change
	real string // the same without links
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

// ErrNoFile says that what lies at a path is no file: a folder, a pipe, a device.
var ErrNoFile = errors.New("not a file")

// OpenFile opens the file at path, which may lead through links, to be read. It opens
// nothing else, ErrNoFile then: a device may act when it is opened, and a pipe would keep
// the program waiting.
func OpenFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNoFile
	}
	return os.OpenFile(path, os.O_RDONLY|openNonblock, 0)
}

// OpenHead opens a file as OpenFile does, and gives its size and its first n bytes,
// fewer where it has no more.
func OpenHead(path string, n int) (file *os.File, size int64, head []byte, err error) {
	if file, err = OpenFile(path); err != nil {
		return nil, 0, nil, err
	}
	info, err := file.Stat()
	head = make([]byte, n)
	if err == nil {
		n, err = file.ReadAt(head, 0)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		file.Close()
		return nil, 0, nil, err
	}
	return file, info.Size(), head[:n], nil
}

func (f osFile) ReadAt(p []byte, off int64) (int, error) { return f.file.ReadAt(p, off) }

func (f osFile) stat() (stat, error) { return statOf(f.file.Stat()) }

func (f osFile) close() { f.file.Close() }

func statOf(info fs.FileInfo, err error) (stat, error) {
	if err != nil {
		return stat{}, err
	}
	return stat{info.Mode(), info.Size(), info.ModTime()}, nil
}
