package inventory

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kbverify/internal/testtool"
)

// BenchmarkCompareTree measures mtree(8), which compares the types and sizes of
// that tree's files with a list of all of them, opening none. kbverify's side of
// the comparison is BenchmarkScanTree.
func BenchmarkCompareTree(b *testing.B) {
	b.Run("mtree", func(b *testing.B) {
		mtree := testtool.Need(b, "mtree")
		root := benchRoot(b)
		list, err := exec.Command(mtree, "-c", "-k", "type,size", "-p", root).Output()
		if err != nil {
			b.Fatal(err)
		}
		path := filepath.Join(b.TempDir(), "list")
		if err := os.WriteFile(path, list, 0o666); err != nil {
			b.Fatal(err)
		}
		againstFind(b, root, func() error { return exec.Command(mtree, "-f", path, "-p", root).Run() })
	})
}
