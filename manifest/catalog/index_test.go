package catalog

import (
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifests"
)

var update = flag.Bool("update", false, "write manifests/index.json anew")

// TestIndexIsCurrent holds the embedded index against the embedded manifests.
func TestIndexIsCurrent(t *testing.T) {
	want, err := BuildIndex(manifests.FS)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("../../manifests/index.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := manifests.FS.ReadFile(indexPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("manifests/index.json is stale; run: go generate ./manifest/catalog\n(-want +got)\n%s", diff)
	}
}

func TestBuildIndexReportsEveryFaultyManifest(t *testing.T) {
	_, err := BuildIndex(fstest.MapFS{
		"a/KB100001.json": {Data: []byte(`{"schema": 2}`)},
		"a/KB100002.json": {Data: []byte(minimal("KB100002", "A.dll", 1))},
		"b/KB100003.json": {Data: []byte(`{"schema": 1, "idd": "KB100003"}`)},
	})
	for _, want := range []string{"a/KB100001.json:1: schema: ", "b/KB100003.json:1: idd: unknown key"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
}

func TestBuildIndexRefusesOneHotfixTwice(t *testing.T) {
	_, err := BuildIndex(fstest.MapFS{
		"a/KB100001.json": {Data: []byte(minimal("KB100001", "A.dll", 1))},
		"b/Q100001.json":  {Data: []byte(minimal("Q100001", "A.dll", 1))},
	})
	if err == nil || !strings.Contains(err.Error(), "KB100001 and Q100001 are one hotfix") {
		t.Errorf("error %v", err)
	}
}

func TestBuildIndexVersionFollowsTheBytes(t *testing.T) {
	fsys := fstest.MapFS{"a/KB100001.json": {Data: []byte(minimal("KB100001", "A.dll", 1))}}
	before, err := BuildIndex(fsys)
	if err != nil {
		t.Fatal(err)
	}
	fsys["a/KB100001.json"].Data = []byte(minimal("KB100001", "A.dll", 2)) // the index does not show sizes
	after, err := BuildIndex(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) == string(after) {
		t.Error("another size, and the version stays")
	}
	fsys[releasesPath] = &fstest.MapFile{Data: []byte(`[]`)}
	facts, err := BuildIndex(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if string(after) == string(facts) {
		t.Error("other facts about releases, and the version stays")
	}
}
