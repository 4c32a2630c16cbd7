package inventory

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// plantImages writes executables of one version.
func plantImages(t testing.TB, root string, paths ...string) {
	t.Helper()
	plant(t, root, paths...)
	for _, p := range paths {
		if err := (petest.Spec{Version: manifest.Version{2, 0, 1493, 2152}}).WriteFile(filepath.Join(root,
			filepath.FromSlash(p))); err != nil {
			t.Fatal(err)
		}
	}
}

// disks are the file systems that read real folders: the one in use, and the
// portable one.
var disks = map[string]disk{"own": newDisk(), "os.Root": rootDisk{}}

// A file that changes costs its own verdict and no other's.
func TestFilesThatChangeDuringTheRun(t *testing.T) {
	type tree = string
	at := func(root tree, p string) string { return filepath.Join(root, filepath.FromSlash(p)) }
	tests := []struct {
		name, op string
		change   func(root tree) error
		want     string
	}{
		{"grows", "read", func(r tree) error { return appendTo(at(r, "d/b.dll")) }, "changed while it was read"},
		{"shrinks", "read", func(r tree) error { return os.Truncate(at(r, "d/b.dll"), 100) }, "changed while it was read"},
		{"disappears", "open", func(r tree) error { return os.Remove(at(r, "d/b.dll")) }, "disappeared during the run"},
		{"becomes a folder", "open", func(r tree) error {
			return errors.Join(os.Remove(at(r, "d/b.dll")), os.Mkdir(at(r, "d/b.dll"), 0o755))
		}, "it became a folder during the run"},
		{"becomes a link", "open", func(r tree) error {
			return errors.Join(os.Remove(at(r, "d/b.dll")), os.Symlink(filepath.Join("..", "a.dll"), at(r, "d/b.dll")))
		}, "it was replaced by a link during the run"},
		{"read error in the middle", "read", func(tree) error { return errors.New("data error (cyclic redundancy check)") },
			"data error (cyclic redundancy check)"},
		{"panic", "open", func(tree) error { panic("a fault\x1b of the program") },
			`internal error: a fault\x1b of the program`},
	}
	looked := map[string]bool{} // at without digests; the second time they are taken too
	for name, d := range disks {
		for _, tt := range slices.Concat(tests, tests) {
			digests := Digests{SHA256: looked[name+tt.name]}
			looked[name+tt.name] = true
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				root := t.TempDir()
				if tt.name == "becomes a link" {
					symlink(t, root, filepath.Join(t.TempDir(), "trial"))
				}
				plantImages(t, root, "a.dll", "d/b.dll", "e/c.dll")
				inv := mustScan(t, root, Options{All: true, Digests: digests, disk: &tamperedDisk{disk: d,
					before: once(tt.op, "d/b.dll", func() error { return tt.change(root) })}})
				var got []string
				for _, f := range inv.Files {
					got = append(got, f.Path+" "+string(f.Ending)+" "+f.Detail)
				}
				want := []string{"a.dll version ", "d/b.dll unreadable " + tt.want, "e/c.dll version "}
				if diff := cmp.Diff(want, got); diff != "" || len(inv.Faults) > 0 {
					t.Errorf("faults %v, files (-want +got):\n%s", inv.Faults, diff)
				}
			})
		}
	}
}

// symlink makes a symbolic link, or skips the test where there are none: Windows
// asks for a privilege, and wine 8 says that it made one when it has not.
func symlink(t testing.TB, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if _, err := os.Lstat(link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
}

func appendTo(path string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("more")
	return errors.Join(err, f.Close())
}

// A folder that changes is a fault, and the rest of the tree is still listed.
func TestFoldersThatChangeDuringTheRun(t *testing.T) {
	outside := t.TempDir()
	plantImages(t, outside, "b.dll")
	tests := []struct {
		name, op string
		change   func(folder string) error
		want     string
	}{
		{"disappears", "enter", os.RemoveAll, "disappeared during the run"},
		{"cannot be listed", "list", func(string) error { return errors.New("i/o error") }, "i/o error"},
		{"panic", "list", func(string) error { panic("oh") }, "internal error: oh"},
	}
	for name, d := range disks {
		for _, tt := range tests {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				root := t.TempDir()
				plantImages(t, root, "a.dll", "d/b.dll", "e/c.dll")
				inv := mustScan(t, root, Options{All: true, disk: &tamperedDisk{disk: d,
					before: once(tt.op, "d", func() error { return tt.change(filepath.Join(root, "d")) })}})
				if diff := cmp.Diff([]Fault{{"d", tt.want}}, inv.Faults); diff != "" {
					t.Errorf("faults (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]string{"a.dll", "e/c.dll"}, paths(inv.Files)); diff != "" {
					t.Errorf("files (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// A root that is gone is never an empty root in which all is well.
func TestRootThatVanishes(t *testing.T) {
	tests := map[string]func(root string) error{
		"deleted":  os.RemoveAll,
		"replaced": func(root string) error { return errors.Join(os.Rename(root, root+".old"), os.Mkdir(root, 0o755)) },
	}
	for name, d := range disks {
		for how, vanish := range tests {
			for _, when := range []struct{ op, path string }{{"list", ""}, {"enter", "d"}, {"open", "e/c.dll"}} {
				t.Run(name+"/"+how+"/"+when.op, func(t *testing.T) {
					root := filepath.Join(t.TempDir(), "root")
					plantImages(t, root, "a.dll", "d/b.dll", "e/c.dll")
					var failed error
					inv, err := Scan(context.Background(), root, Options{All: true, disk: &tamperedDisk{disk: d,
						before: once(when.op, when.path, func() error { failed = vanish(root); return nil })}})
					if failed != nil && how == "deleted" {
						t.Skip("a folder in use is not deleted here, only emptied:", failed)
					}
					if failed != nil { // Windows does not let go of a folder in use
						if err != nil || len(inv.Faults) > 0 || len(inv.Files) != 3 {
							t.Errorf("it did not vanish: %v, %v", inv, err)
						}
						return
					}
					if err == nil && (len(inv.Faults) == 0 || inv.Faults[0].Path != ".") {
						t.Errorf("no error, and faults %v", inv.Faults)
					}
				})
			}
		}
	}
}
