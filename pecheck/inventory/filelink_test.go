package inventory

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"kbverify/pecheck/pefile"
	"kbverify/pecheck/petest"
)

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
