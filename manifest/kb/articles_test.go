package kb_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest/kb"
)

// TestArticles reads the small articles under testdata/articles, each written
// to show one layout, and compares manifest, source lines and findings with the
// golden file beside it. -update writes the golden files.
func TestArticles(t *testing.T) {
	names, err := filepath.Glob("../../testdata/articles/*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range names {
		if strings.HasSuffix(name, ".golden") {
			continue
		}
		n++
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".golden", transcript(name, data, kb.Options{}))
		})
	}
	if n == 0 {
		t.Fatal("no articles")
	}
}

// transcript writes down everything that Read gives.
func transcript(name string, data []byte, o kb.Options) string {
	var b strings.Builder
	res, err := kb.Read(filepath.Base(name), data, o)
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	fmt.Fprintf(&b, "format: %s\n", res.Format)
	for _, f := range res.Findings {
		fmt.Fprintf(&b, "%s (strict: %t)\n", f, f.Strict)
	}
	for _, lines := range res.Lines {
		fmt.Fprintf(&b, "lines: %v\n", lines)
	}
	if res.Manifest != nil {
		b.Write(res.Manifest.Encode())
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", name, diff)
	}
}
