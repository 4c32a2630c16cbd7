//go:build unix

package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kbverify/manifests"
)

func TestLinksAreNotFollowedOutOfAFolder(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	file := write(t, outside, "a.json", minimal("KB100001", "A.dll", 1))
	write(t, dir, "inside.json", minimal("KB100002", "A.dll", 1))
	link(t, outside, filepath.Join(dir, "folder"))
	link(t, "..", filepath.Join(dir, "loop"))
	link(t, "inside.json", filepath.Join(dir, "again.json"))
	c := open(t, manifests.FS, dir)
	if len(c.own()) != 1 {
		t.Errorf("%d manifests, want the one inside", len(c.own()))
	}
	escape := filepath.Join(dir, "escape.json")
	link(t, file, escape)
	if faults := openFaults(t, dir); len(faults) != 1 || faults[0].File != escape || !strings.Contains(faults[0].Text, "escapes") {
		t.Errorf("faults %v", faults)
	}
}

func TestTheFolderItselfMayBeALink(t *testing.T) {
	dir, at := t.TempDir(), filepath.Join(t.TempDir(), "link")
	write(t, dir, "a.json", minimal("KB100001", "A.dll", 1))
	link(t, dir, at)
	if c := open(t, manifests.FS, at); len(c.own()) != 1 {
		t.Errorf("%d manifests, want 1", len(c.own()))
	}
}

// TestAFIFODoesNotBlock has a manifest's name on a pipe that nobody writes to,
// in a folder and named directly. Without its guard the test hangs.
func TestAFIFODoesNotBlock(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "x.json")
	if err := syscall.Mkfifo(fifo, 0o644); err != nil {
		t.Fatal(err)
	}
	if faults := openFaults(t, dir); len(faults) != 1 || faults[0].Text != "not a regular file" || faults[0].File != fifo {
		t.Errorf("faults %v", faults)
	}
	if faults := openFaults(t, fifo); len(faults) != 1 || faults[0].Text != "not a directory" || faults[0].File != fifo {
		t.Errorf("a pipe in place of the folder: %v", faults)
	}
	for _, file := range []string{fifo, "/dev/null"} {
		if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("Load(%s): error %v", file, err)
		}
	}
}

// TestAPipeThatTakesAFilesPlace is a FIFO that was a regular file when asked.
func TestAPipeThatTakesAFilesPlace(t *testing.T) {
	dir := t.TempDir()
	regular := write(t, dir, "regular", "")
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readRegular(swapped{regular}, fifo); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("error %v", err)
	}
}

// swapped tells of one file and opens another.
type swapped struct{ seen string }

func (s swapped) Stat(string) (os.FileInfo, error) { return os.Stat(s.seen) }
func (s swapped) OpenFile(name string, flag int, perm os.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, perm)
}

func TestAFolderWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := t.TempDir()
	shut := filepath.Join(dir, "shut")
	if err := os.Mkdir(shut, 0); err != nil {
		t.Fatal(err)
	}
	if faults := openFaults(t, dir); len(faults) != 1 || faults[0].File != shut {
		t.Errorf("faults %v", faults)
	}
}

func link(t *testing.T, target, at string) {
	t.Helper()
	if err := os.Symlink(target, at); err != nil {
		t.Fatal(err)
	}
}
