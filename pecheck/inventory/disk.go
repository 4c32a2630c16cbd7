package inventory

import (
	"errors"
	"io"
	"io/fs"
	"kbverify/pecheck/visible"
	"strings"
	"time"
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
	// check fails when the root is no longer where it was.
	check() error
}

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
