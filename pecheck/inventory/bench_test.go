package inventory

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/charlievieth/fastwalk"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// benchTree is 100,000 files in 5,000 folders, of which 2,000 have names of
// interest and are executables. It is made once for all benchmarks.
var benchTree = sync.OnceValues(func() (string, error) {
	root, err := os.MkdirTemp("", "kbverify-bench")
	if err != nil {
		return "", err
	}
	image, err := petest.Spec{Version: manifest.Version{4, 0, 6221, 1193}}.Bytes()
	if err != nil {
		return "", err
	}
	for i := range 5000 {
		dir := filepath.Join(root, fmt.Sprintf("folder%02d", i/100), fmt.Sprintf("sub%02d", i/10%10), fmt.Sprintf("leaf%d",
			i%10))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", err
		}
		for j := range 20 {
			name, text := fmt.Sprintf("Component%02d.dll", j), []byte(nil)
			if j == 0 && i%5 < 2 {
				name, text = "ccm.dll", image
			}
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
				return "", err
			}
		}
	}
	return root, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if madeBenchTree {
		if root, err := benchTree(); err == nil {
			os.RemoveAll(root)
		}
	}
	os.Exit(code)
}

var madeBenchTree bool

// BenchmarkWalk measures ways to see all names of a tree of 100,000 files, as
// multiples of find(1)'s time between them:
//
//	go test -run '^$' -bench 'Walk|ScanTree' ./pecheck
func BenchmarkWalk(b *testing.B) {
	root := benchRoot(b)
	for _, way := range []struct {
		name string
		walk func() error
	}{
		{"find", func() error { return findFiles(root) }},
		{"filepath.WalkDir", func() error {
			return filepath.WalkDir(root, func(string, fs.DirEntry,
				error) error {
				return nil
			})
		}},
		{"fastwalk", func() error { return fastwalk.Walk(nil, root, func(string, fs.DirEntry, error) error { return nil }) }},
		{"os.Root/jobs=1", func() error { return walkOnly(root, rootDisk{}, 1) }},
		{"os.Root/jobs=16", func() error { return walkOnly(root, rootDisk{}, 16) }},
		{"own/jobs=1", func() error { return walkOnly(root, nil, 1) }},
		{"own/jobs=4", func() error { return walkOnly(root, nil, 4) }},
		{"own/jobs=16", func() error { return walkOnly(root, nil, 16) }},
		{"own/jobs=64", func() error { return walkOnly(root, nil, 64) }},
	} {
		b.Run(way.name, func(b *testing.B) {
			againstFind(b, root, way.walk)
		})
	}
}

// BenchmarkScanTree measures whole scans of that tree: 2,000 of its files are
// read, or with All every one.
func BenchmarkScanTree(b *testing.B) {
	root := benchRoot(b)
	for _, way := range []struct {
		name string
		o    Options
	}{
		{"names", Options{Names: []string{"ccm.dll"}}},
		{"names/jobs=1", Options{Names: []string{"ccm.dll"}, Jobs: 1}},
		{"all", Options{All: true}},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			againstFind(b, root, func() error {
				_, err := ScanTo(context.Background(), root, way.o, io.Discard)
				return err
			})
		})
	}
}

func benchRoot(b *testing.B) string {
	madeBenchTree = true
	root, err := benchTree()
	if err != nil {
		b.Fatal(err)
	}
	return root
}

func walkOnly(root string, d disk, jobs int) error {
	inv, err := Scan(context.Background(), root, Options{Names: []string{"none.dll"}, Jobs: jobs, disk: d})
	if err == nil && inv.Seen != 100_000 {
		err = fmt.Errorf("%d files seen", inv.Seen)
	}
	return err
}

func findFiles(root string) error {
	cmd := exec.Command("find", root, "-type", "f")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		_, err = io.Copy(io.Discard, out)
	}
	if err == nil {
		err = cmd.Wait()
	}
	return err
}

// againstFind runs find(1) before every run of the benchmark, so that both meet
// the same machine, and reports the median of the ratios of their times.
func againstFind(b *testing.B, root string, run func() error) {
	var ratios []float64
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		if err := findFiles(root); err != nil {
			b.Fatal(err)
		}
		find := time.Since(start)
		b.StartTimer()
		start = time.Now()
		if err := run(); err != nil {
			b.Fatal(err)
		}
		ratios = append(ratios, float64(time.Since(start))/float64(find))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "x-find")
}

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
