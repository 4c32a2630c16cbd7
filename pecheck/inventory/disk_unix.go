//go:build unix

package inventory

import (
	"io/fs"
	"os"
	"syscall"
)

// openNonblock keeps open(2) from waiting for the other end of a FIFO that took
// a file's place after it was listed.
const openNonblock = syscall.O_NONBLOCK

// folderPath spells the path so that open(2) takes a folder alone: a FIFO in its
// place is refused, where os.OpenRoot would wait for the FIFO's other end.
func folderPath(path string) string { return path + "/" }

// errLoop is what links that lead to each other come to.
const errLoop = syscall.ELOOP

// OpenFilesAllowed is how many files this process may have open at once.
func OpenFilesAllowed() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<20 {
		return 1 << 20
	}
	return int(limit.Cur)
}

func identify(folder *os.File) (folderID, error) {
	info, err := folder.Stat()
	if err != nil {
		return folderID{}, err
	}
	st := info.Sys().(*syscall.Stat_t)
	return folderID{uint64(st.Dev), uint64(st.Ino)}, nil
}

func entryMode(e fs.DirEntry) fs.FileMode { return e.Type() }
