//go:build unix

package inventory

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kbverify/pecheck/pefile"
)

// A pipe without a writer would keep whoever opens it waiting.
func TestReadFileDoesNotWaitForAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Ccm.dll")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := ReadFile(t.Context(), path, nil)
	if err != nil || f.Ending != pefile.Unreadable || f.Detail != "a named pipe, not a file" {
		t.Errorf("%+v, %v", f, err)
	}
}

// A pipe without a writer that stands where the root should be is refused at
// once. Without its guard the test hangs.
func TestARootThatIsAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "SMS")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, d := range disks {
		_, err := Scan(t.Context(), path, Options{All: true, disk: d})
		if err == nil || !strings.Contains(err.Error(), "name the folder that holds the files") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
