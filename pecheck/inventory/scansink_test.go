package inventory

import (
	"fmt"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
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
		"paths": {Path: long}, "details": {Image: pefile.Image{Detail: long}}, "strings": {Strings: &pefile.Strings{CompanyName: long}},
	} {
		var c collector
		var err error
		for range maxKept>>20 + 1 {
			if err == nil {
				err = c.file(f)
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
