//go:build unix

package inventory

import (
	"io/fs"
	"syscall"
)

// openNonblock keeps open(2) from waiting for the other end of a FIFO that took
// a file's place after it was listed.
const openNonblock = syscall.O_NONBLOCK

// folderPath spells the path so that open(2) takes a folder alone: a FIFO in its
// place is refused, where os.OpenRoot would wait for the FIFO's other end.
func folderPath(path string) string { return path + "/" }

func entryMode(e fs.DirEntry) fs.FileMode { return e.Type() }
