//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A link to the root is the root, and so is a link into it on the way to the file.
func TestPlaceBehindLinks(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	if err := os.MkdirAll(filepath.Join(root, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "old.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"alias": "root", "bin": "root/bin", "file.txt": "root/old.txt", "none.txt": "root/none.txt"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]bool{"alias/result.txt": true, "bin/result.txt": true, "file.txt": true, "none.txt": false} { // the last is replaced itself
		for _, asked := range []string{root, filepath.Join(dir, "alias")} {
			if got, err := placeOf(resolve(filepath.Join(dir, name))).belongsTo(t.Context(), []string{asked}); (got != "") != want || err != nil {
				t.Errorf("%s, root %s: belongs to %q, %v", name, asked, got, err)
			}
		}
	}
}
