package inventory

import (
	"errors"
	"syscall"
	"time"
)

// A walk holds folders and files open. How many it may hold follows from what the
// system allows the process; what others in the process hold it waits for.

const (
	// reservedFiles are open for other things: the standard streams, the output, what
	// Go's poller needs, and a link being followed.
	reservedFiles = 12
	// maxRoomTries is how often a walk tries again to open what there was no room for:
	// with roomWait between, five seconds in which others close theirs.
	maxRoomTries = 500
)

var roomWait = 10 * time.Millisecond

// openLimits gives how many jobs may run, and how many folders they may hold open, where
// so many files may be open: each job has one, and the folders above it stay open.
func openLimits(files, jobs int) (atOnce, held int) {
	spare := max(files-reservedFiles, 0)
	atOnce = min(jobs, max(spare/5, 1))
	held = min(maxOpenFolders, max((spare-2*atOnce)/2, 1))
	return atOnce, held
}

// withRoom opens, and tries again where the process or the system has too many files
// open: that passes, and a folder that is not read is trouble.
func withRoom[T any](w *walk, open func() (T, error)) (T, error) {
	for {
		v, err := open()
		full := errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
		if !full || w.roomTries.Add(1) > maxRoomTries || !w.goesOn(0) {
			return v, err
		}
		time.Sleep(roomWait)
	}
}
