//go:build unix

package pecheck

import (
	"io/fs"
	"syscall"
)

// openNonblock keeps open(2) from waiting for the other end of a FIFO that took
// a file's place after it was listed.
const openNonblock = syscall.O_NONBLOCK

func entryMode(e fs.DirEntry) fs.FileMode { return e.Type() }
