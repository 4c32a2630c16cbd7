package inventory

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kbverify/internal/testtool"
)

// contentTree plants 10,000 small files and 20 of 10 MiB.
func contentTree(b *testing.B) string {
	b.Helper()
	root := b.TempDir()
	write := func(path string, data []byte) {
		full := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(full, data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 10_000 {
		write(fmt.Sprintf("d%03d/f%02d.txt", i/100, i%100), bytes.Repeat(fmt.Appendf(nil, "%d,", i), 1000))
	}
	large := make([]byte, 10<<20)
	source := rand.NewChaCha8([32]byte{})
	for i := range 20 {
		source.Read(large)
		write(fmt.Sprintf("large/l%02d.bin", i), large)
	}
	return root
}

// BenchmarkHashTree measures a scan with the MD5 and the SHA-256 of every file, as
// multiples of hashdeep's time between the runs, which takes the same.
func BenchmarkHashTree(b *testing.B) {
	hashdeep := testtool.Need(b, "hashdeep")
	root := contentTree(b)
	peer := func() error { return exec.Command(hashdeep, "-c", "md5,sha256", "-r", root).Run() }
	for _, jobs := range []int{1, DefaultJobs} {
		b.Run(fmt.Sprintf("jobs=%d", jobs), func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				b.StopTimer()
				start := time.Now()
				if err := peer(); err != nil {
					b.Fatal(err)
				}
				theirs := time.Since(start)
				b.StartTimer()
				start = time.Now()
				o := Options{All: true, Digests: Digests{MD5: true, SHA256: true}, Jobs: jobs}
				if _, err := ScanTo(context.Background(), root, o, io.Discard); err != nil {
					b.Fatal(err)
				}
				ratios = append(ratios, float64(time.Since(start))/float64(theirs))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "x-hashdeep")
		})
	}
}
