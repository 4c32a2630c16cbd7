package petest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Whatever changes under a root, its fingerprint changes.
func TestFingerprint(t *testing.T) {
	for name, change := range map[string]func(root string) error{
		"contents":    func(root string) error { return rewrite(root+"/bin/a.dll", "B") },
		"a new file":  func(root string) error { return os.WriteFile(root+"/new", nil, 0o644) },
		"no file":     func(root string) error { return os.Remove(root + "/bin/a.dll") },
		"a time":      func(root string) error { return os.Chtimes(root+"/bin/a.dll", time.Time{}, time.Unix(1, 0)) },
		"a mode":      func(root string) error { return os.Chmod(root+"/bin/a.dll", 0o444) },
		"a name":      func(root string) error { return os.Rename(root+"/bin/a.dll", root+"/bin/b.dll") },
		"a folder":    func(root string) error { return os.Mkdir(root+"/bin/new", 0o755) },
		"there, gone": func(root string) error { return errors.Join(os.Mkdir(root+"/new", 0o755), os.Remove(root+"/new")) },
	} {
		root := t.TempDir()
		if err := errors.Join(os.Mkdir(filepath.Join(root, "bin"), 0o755), os.WriteFile(root+"/bin/a.dll", []byte("A"), 0o644)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(root, time.Time{}, time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
		before := Fingerprint(root)
		if d := cmp.Diff(before, Fingerprint(root)); d != "" || len(before) != 3 {
			t.Errorf("%s: of what did not change:\n%s", name, d)
		}
		if err := change(root); err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(before, Fingerprint(root)) {
			t.Errorf("%s: nothing has changed", name)
		}
		os.Chmod(root+"/bin/a.dll", 0o644) // Windows removes no read-only file
	}
}

// rewrite changes a file's contents and nothing else of it.
func rewrite(path, text string) error {
	info, err := os.Stat(path)
	return errors.Join(err, os.WriteFile(path, []byte(text), 0o644), os.Chtimes(path, time.Time{}, info.ModTime()))
}
