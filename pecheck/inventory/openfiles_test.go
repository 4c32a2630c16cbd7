package inventory

import (
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestOpenLimits(t *testing.T) {
	for _, tt := range []struct{ files, jobs, atOnce, held int }{
		{1 << 20, 16, 16, maxOpenFolders},
		{1024, 16, 16, maxOpenFolders},
		{256, 16, 16, 106},
		{32, 16, 4, 6},
		{8, 16, 1, 1},
		{0, 1, 1, 1},
	} {
		if atOnce, held := openLimits(tt.files, tt.jobs); atOnce != tt.atOnce || held != tt.held {
			t.Errorf("%d files, %d jobs: %d at once, %d held, want %d, %d", tt.files, tt.jobs, atOnce, held, tt.atOnce, tt.held)
		}
	}
}

// Where others have too many files open, a walk waits for them to close some, and
// gives up in the end.
func TestTooManyOpenFiles(t *testing.T) {
	was := roomWait
	roomWait = 0
	t.Cleanup(func() { roomWait = was })
	for _, tt := range []struct {
		name  string
		fails int // the first calls that open something
		err   error
		whole bool
	}{
		{"of the process, for a while", 20, syscall.EMFILE, true},
		{"of the system, for a while", 20, syscall.ENFILE, true},
		{"for good", 1 << 30, syscall.EMFILE, false},
		{"another error", 1, syscall.EACCES, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var mu sync.Mutex
			left := tt.fails
			disk := &fakeDisk{tree: fakeFolder(), before: func(op, path string) error {
				mu.Lock()
				defer mu.Unlock()
				if left > 0 && (op == "open" || op == "enter") {
					left--
					return tt.err
				}
				return nil
			}}
			for i := range 50 {
				disk.tree.add(fmt.Sprintf("d%02d/a.dll", i), fakeFile("MZ"))
			}
			inv := mustScan(t, "root", Options{All: true, disk: disk})
			troubles := len(inv.Faults)
			for _, f := range inv.Files {
				if f.Ending == "unreadable" {
					troubles++
				}
			}
			if (troubles == 0) != tt.whole {
				t.Errorf("%d places and files could not be read", troubles)
			}
		})
	}
}

// A process that may have few files open sees all of a tree.
func TestFewOpenFiles(t *testing.T) {
	tree := fakeFolder()
	for i := range 200 {
		tree.add(fmt.Sprintf("d%d/e%d/f%d/a%d.dll", i%7, i%5, i%3, i), fakeFile("MZ"))
	}
	for _, files := range []int{1, 16, 32, 64} {
		disk := &fakeDisk{tree: tree}
		inv := mustScan(t, "root", Options{All: true, disk: disk, OpenFiles: files})
		// Those above the one that is looked at stay open, whatever is allowed.
		if most := max(files-reservedFiles, 0) + strings.Count("d/e/f", "/") + 3; len(inv.Files) != 200 || disk.most > most {
			t.Errorf("%d allowed: %d files, %d open at once, want at most %d", files, len(inv.Files), disk.most, most)
		}
	}
}
