package inventory

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/petest"
)

func TestListingKeepsOrderAndDropsRepeats(t *testing.T) {
	var l listing
	const names = 20_000 // more than one chunk
	for i := range names {
		l.add(fmt.Appendf(nil, "name%05d", (i*7919)%names), fileEntry)
		l.add(fmt.Appendf(nil, "name%05d", i), folderEntry)
	}
	l.sort()
	if l.len() != names {
		t.Fatalf("%d names, want %d", l.len(), names)
	}
	for i := range names {
		if name, _ := l.entry(i); string(name) != fmt.Sprintf("name%05d", i) {
			t.Fatalf("entry %d is %s", i, name)
		}
	}
}

func TestAnInventoryInMemoryIsBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, f := range map[string]File{
		"paths": {Path: long}, "details": {Image: pefile.Image{Detail: long}},
		"strings": {Strings: &pefile.Strings{CompanyName: long}},
	} {
		var c collector
		var err error
		for range maxKept>>20 + 1 {
			if err == nil {
				err = c.file(&f)
			}
		}
		if err == nil {
			t.Errorf("%s: %d MiB are kept", name, len(c.files))
		}
	}
}

// The platforms in scope depend on the platform folders: the first of each
// platform counts, however many there are.
func TestAsidesAreBounded(t *testing.T) {
	tree := fakeFolder()
	for i := range maxAsides + 10 {
		tree.add(fmt.Sprintf("f%d/x64", i), fakeFolder())
		tree.add(fmt.Sprintf("f%d/l", i), &fakeNode{kind: folderLinkEntry})
		tree.add(fmt.Sprintf("f%d/broken", i), fakeFolder())
	}
	tree.add("z/ia64", fakeFolder())
	d := &fakeDisk{tree: tree, before: func(op, path string) error {
		if op == "enter" && strings.HasSuffix(path, "broken") {
			return fmt.Errorf("broken")
		}
		return nil
	}}
	inv := mustScan(t, "root", Options{disk: d})
	if len(inv.Faults) != maxAsides || len(inv.Links) != maxAsides || len(inv.Folders) != maxAsides+1 {
		t.Errorf("%d faults, %d links, %d folders", len(inv.Faults), len(inv.Links), len(inv.Folders))
	}
	if last := inv.Folders[maxAsides]; last != (Folder{"z/ia64", manifest.IA64}) {
		t.Errorf("the last folder is %v", last)
	}
	if _, err := Read(strings.NewReader(encoded(t, inv)), "", Keep{}); err != nil {
		t.Error(err)
	}
}

// A link deep in the tree is looked at long after the root's own entries are:
// what it leads to is still found through the root.
func TestALinkBelowTheRootIsReadAfterAllElse(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b", "c")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := (petest.Spec{}).WriteFile(filepath.Join(root, "real.bin")); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(deep, "a.dll")
	err := os.Symlink(filepath.Join("..", "..", "..", "real.bin"), link)
	if _, gone := os.Lstat(link); err != nil || gone != nil { // wine 8 makes none, and says that it has
		t.Skip("no links can be made here:", err)
	}
	inv, err := Scan(context.Background(), root, Options{Names: []string{"a.dll"}, Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(inv.Files) != 1 || inv.Files[0].Ending != pefile.Versioned || len(inv.Links) != 0 {
		t.Errorf("files %+v, links %+v", inv.Files, inv.Links)
	}
}
