package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
)

// benchServer builds a tree of 100,000 files: a site server on which ten large
// hotfixes were installed one after the other, among files that no hotfix
// delivers.
func benchServer(b *testing.B, root string) (named int) {
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		b.Fatal(err)
	}
	places := map[string]bool{}
	for _, id := range []string{"Q244410", "Q245271", "Q246527", "Q247306", "Q252717", "Q253151", "Q255174", "Q309644", "Q311127", "Q316021"} {
		m, err := c.Find(id)
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range healthy(&m.Tables[0]) {
			places[manifest.NameKey(f.path)] = true
			if err := f.write(filepath.Join(root, "SMS")); err != nil {
				b.Fatal(err)
			}
		}
	}
	named = len(places)
	for i := range 100_000 - named {
		dir := filepath.Join(root, fmt.Sprintf("folder%02d", i/2000), fmt.Sprintf("sub%02d", i/20%100))
		if i%20 == 0 {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				b.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("Component%05d.dll", i)), nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return named
}

// BenchmarkDetect measures a detection with the whole catalogue as a multiple of
// the verification of one hotfix, both from start to end and by turns, on a tree
// of 100,000 files:
//
//	go test -run '^$' -bench Detect ./cmd/kbverify
func BenchmarkDetect(b *testing.B) {
	root := filepath.Join(b.TempDir(), "server")
	b.Logf("%d of 100,000 files have names of the catalogue", benchServer(b, root))
	timed := func(args ...string) time.Duration {
		var stdout, stderr bytes.Buffer
		start := time.Now()
		if code := run(context.Background(), append(args, "-f", "json", root), nil, &stdout, &stderr); code > 2 || stderr.Len() > 0 {
			b.Fatalf("%v: exit code %d, %s", args, code, stderr.String())
		}
		return time.Since(start)
	}
	timed("verify", "-k", "Q316021") // warms the cache
	var verify, detect time.Duration
	for b.Loop() {
		verify += timed("verify", "-k", "Q316021")
		detect += timed("detect")
	}
	b.ReportMetric(verify.Seconds()*1000/float64(b.N), "ms/verify")
	b.ReportMetric(detect.Seconds()*1000/float64(b.N), "ms/detect")
	b.ReportMetric(detect.Seconds()/verify.Seconds(), "detect/verify")
}
