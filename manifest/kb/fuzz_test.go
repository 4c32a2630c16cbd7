package kb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"kbverify/manifest"
	"kbverify/manifest/kb"
)

// seedArticles adds the small articles to a fuzzer's corpus.
func seedArticles(f *testing.F) {
	f.Helper()
	names, err := filepath.Glob("../../testdata/articles/*[a-z0-9]")
	if err != nil || len(names) == 0 {
		f.Fatalf("no articles (%v)", err)
	}
	for _, name := range names {
		if filepath.Ext(name) == ".golden" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzRead reads anything in every format: no panic, and whatever it emits is
// valid, canonical and loads again; every row knows a line of the article.
func FuzzRead(f *testing.F) {
	seedArticles(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range append([]kb.Format{""}, kb.Formats...) {
			res, err := kb.Read("article.txt", data, kb.Options{ID: "KB900099", Format: format})
			if err != nil {
				continue
			}
			checkResult(t, format, data, res)
		}
	})
}

func checkResult(t *testing.T, format kb.Format, data []byte, res *kb.Result) {
	t.Helper()
	text := res.Manifest.Encode()
	again, err := manifest.Parse("again", text)
	if err != nil {
		t.Fatalf("%s: the manifest does not load: %v\n%s", format, err, text)
	}
	if !bytes.Equal(again.Encode(), text) {
		t.Fatalf("%s: the manifest does not come back the same:\n%s", format, text)
	}
	last := bytes.Count(data, []byte{'\n'}) + 1
	for i, table := range res.Manifest.Tables {
		if len(res.Lines[i]) != len(table.Files) {
			t.Fatalf("%s: table %d has %d rows and %d lines", format, i, len(table.Files), len(res.Lines[i]))
		}
		for _, line := range res.Lines[i] {
			if line < 1 || line > last {
				t.Fatalf("%s: a row of line %d in an article of %d lines", format, line, last)
			}
		}
	}
}
