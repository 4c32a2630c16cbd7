//go:build unix

package inventory

import (
	"kbverify/pecheck/pefile"
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe without a writer would keep whoever opens it waiting.
func TestReadFileDoesNotWaitForAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Ccm.dll")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := ReadFile(t.Context(), path)
	if err != nil || f.Ending != pefile.Unreadable || f.Detail != "a named pipe, not a file" {
		t.Errorf("%+v, %v", f, err)
	}
}
