package pecheck

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fingerprint gives a line for everything under root: name, mode, time, and the
// hash of the contents or the target of the link.
func fingerprint(t testing.TB, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		var info fs.FileInfo
		if err == nil {
			info, err = e.Info()
		}
		if err != nil {
			fmt.Fprintf(&b, "%q: no access\n", path)
			return nil
		}
		fmt.Fprintf(&b, "%q %v %d %v", path, info.Mode(), info.Size(), info.ModTime())
		switch {
		case info.Mode().IsRegular():
			data, err := os.ReadFile(path)
			fmt.Fprintf(&b, " %x %v", sha256.Sum256(data), err != nil)
		case info.Mode()&fs.ModeSymlink != 0:
			target, _ := os.Readlink(path)
			fmt.Fprintf(&b, " %q", target)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// scanUnchanged scans with every file system, and proves that nothing under root
// has changed and that all find the same.
func scanUnchanged(t *testing.T, root string, o ScanOptions) *Inventory {
	t.Helper()
	before := fingerprint(t, root)
	var first *Inventory
	for name, d := range disks {
		o.disk = d
		inv := mustScan(t, root, o)
		if first == nil {
			first = inv
		}
		if diff := cmp.Diff(first, inv); diff != "" {
			t.Errorf("%s finds something else:\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(before, fingerprint(t, root)); diff != "" {
		t.Errorf("the root has changed (-before +after):\n%s", diff)
	}
	return first
}

// outcomes gives path, ending and detail of every file.
func outcomes(inv *Inventory) []string {
	var out []string
	for _, f := range inv.Files {
		out = append(out, strings.TrimSpace(f.Path+" "+string(f.Ending)+" "+f.Detail))
	}
	return out
}
