package inventory

import (
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// unixDisk reads with system calls relative to open folders: a third of os.Root's
// time on a warm cache, see BenchmarkWalk. Links are never followed; the one who
// wants that asks os.Root.
type unixDisk struct{}

var newDisk = func() disk { return unixDisk{} }

func (unixDisk) root(path string) (rootFolder, error) {
	r, err := rootDisk{}.root(path)
	if err != nil {
		return nil, err
	}
	links := r.(*osRoot)
	file, err := links.dir.Open(".")
	if err != nil {
		r.close()
		return nil, err
	}
	defer file.Close()
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		r.close()
		return nil, err
	}
	return &unixRoot{unixFolder(fd), links}, nil
}

type unixRoot struct {
	unixFolder
	links *osRoot
}

func (r *unixRoot) follow(path string) (stat, error)     { return r.links.follow(path) }
func (r *unixRoot) openLink(path string) (handle, error) { return r.links.openLink(path) }
func (r *unixRoot) inside(path string) bool              { return r.links.inside(path) }
func (r *unixRoot) reach(path string) (place, error)     { return r.links.reach(path) }
func (r *unixRoot) openAt(path string) (handle, error)   { return r.links.openAt(path) }
func (r *unixRoot) check() error                         { return r.links.check() }

func (r *unixRoot) enterAt(path string) (folder, error) { return unixFolder(unix.AT_FDCWD).enter(path) }

func (r *unixRoot) close() {
	r.unixFolder.close()
	r.links.close()
}

// unixFolder is a file descriptor of a folder.
type unixFolder int

// openat opens what is no link, and does not wait for a FIFO's other end.
func (f unixFolder) openat(name string, flags int) (int, error) {
	for {
		fd, err := unix.Openat(int(f), name,
			flags|unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
		if err == unix.EINTR {
			continue
		}
		if err == unix.ELOOP {
			return -1, errBecameLink
		}
		return fd, err
	}
}

func (f unixFolder) enter(name string) (folder, error) {
	fd, err := f.openat(name, unix.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	return unixFolder(fd), nil
}

func (f unixFolder) open(name string) (handle, error) {
	fd, err := f.openat(name, 0)
	if err != nil {
		return nil, err
	}
	return unixFile(fd), nil
}

func (f unixFolder) stat(name string) (stat, error) {
	var st unix.Stat_t
	err := uninterrupted(func() error { return unix.Fstatat(int(f), name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	return unixStat(&st, err)
}

func (f unixFolder) readlink(name string) (string, error) {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(int(f), name, buf)
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
}

func (f unixFolder) id() (folderID, error) {
	var st unix.Stat_t
	err := uninterrupted(func() error { return unix.Fstat(int(f), &st) })
	return folderID{uint64(st.Dev), st.Ino}, err
}

func (f unixFolder) close() { unix.Close(int(f)) }

// direntBytes is what getdents64 fills at once, as much as find(1) asks for.
const direntBytes = 32 << 10

var direntBuffers = sync.Pool{New: func() any { return new([direntBytes]byte) }}

func (f unixFolder) list(each func([]byte, entryKind) bool) error {
	buf := direntBuffers.Get().(*[direntBytes]byte)
	defer direntBuffers.Put(buf)
	for {
		var n int
		err := uninterrupted(func() (err error) { n, err = unix.Getdents(int(f), buf[:]); return err })
		if err != nil || n <= 0 {
			return err
		}
		for rest := buf[:n]; len(rest) > 0; {
			name, kind, size := dirent(rest)
			rest = rest[size:]
			if kind == 0 {
				kind = f.kind(string(name))
			}
			if string(name) != "." && string(name) != ".." && !each(name, kind) {
				return nil
			}
		}
	}
}

// kind asks for what the listing left out. What cannot be told is taken for a
// folder: entering it fails, and that is reported.
func (f unixFolder) kind(name string) entryKind {
	s, err := f.stat(name)
	if err != nil {
		return folderEntry
	}
	return kindOf(s.mode)
}

// dirent reads the struct linux_dirent64 that record begins with: d_reclen at 16,
// d_type at 18, d_name from 19 to a NUL. kind is 0 where the file system does not
// say it.
func dirent(record []byte) (name []byte, kind entryKind, size int) {
	size = int(binary.NativeEndian.Uint16(record[16:]))
	name = record[19:size]
	name = name[:bytes.IndexByte(name, 0)]
	switch record[18] {
	case unix.DT_REG:
		kind = fileEntry
	case unix.DT_DIR:
		kind = folderEntry
	case unix.DT_LNK:
		kind = linkEntry
	case unix.DT_FIFO, unix.DT_SOCK, unix.DT_CHR, unix.DT_BLK:
		kind = specialEntry
	}
	return name, kind, size
}

func uninterrupted(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// unixFile is a file descriptor of a file.
type unixFile int

func (f unixFile) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		n, err := unix.Pread(int(f), p[done:], off+int64(done))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return done, os.NewSyscallError("pread", err)
		case n == 0:
			return done, io.EOF
		default:
			done += n
		}
	}
	return done, nil
}

func (f unixFile) stat() (stat, error) {
	var st unix.Stat_t
	err := uninterrupted(func() error { return unix.Fstat(int(f), &st) })
	return unixStat(&st, err)
}

func (f unixFile) close() { unix.Close(int(f)) }

func unixStat(st *unix.Stat_t, err error) (stat, error) {
	if err != nil {
		return stat{}, err
	}
	mode := fs.FileMode(st.Mode & 0o777)
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFDIR:
		mode |= fs.ModeDir
	case syscall.S_IFLNK:
		mode |= fs.ModeSymlink
	case syscall.S_IFIFO:
		mode |= fs.ModeNamedPipe
	case syscall.S_IFSOCK:
		mode |= fs.ModeSocket
	case syscall.S_IFCHR, syscall.S_IFBLK:
		mode |= fs.ModeDevice
	}
	return stat{mode, st.Size, time.Unix(st.Mtim.Unix())}, nil
}
