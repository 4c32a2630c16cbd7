package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/petest"
	"kbverify/pecheck/report"
)

// testRoots builds the sorts of roots that the tests know, and gives their names.
func testRoots(t *testing.T) []string {
	t.Helper()
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.All()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := buildDemo("demo"); err != nil {
		t.Fatal(err)
	}
	writeRoot(t, "healthy", healthy(tableOf(t, c, "KB977384/SP2")))
	writeRoot(t, "i386", healthy(tableOf(t, c, "Q252717/SP1"))) // a root that is a platform folder
	names := []string{"demo", "healthy", "i386", "empty", "odd"}
	if err := os.Mkdir("empty", 0o755); err != nil {
		t.Fatal(err)
	}
	oddRoot(t, "odd")
	for i, root := range estateOf(newOracle(cast(all)), 25, 2) {
		names = append(names, fmt.Sprintf("site%03d", i))
		for _, f := range root {
			if err := f.write(names[len(names)-1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return names
}

// oddRoot has files that are damaged, no executables, behind links, strangely
// named, or not to be read.
func oddRoot(t *testing.T, dir string) {
	t.Helper()
	spec := petest.Spec{Version: manifest.Version{2, 0, 1380, 1125}, StringVersion: "2.00.1380"}
	for _, place := range []string{"bin/i386", "bin/alpha", "cut", "odd name-\u00e9", "any", "old"} {
		path := filepath.Join(dir, filepath.FromSlash(place), "Ccm.dll")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		spec.AnyCPU, spec.NE = place == "any", place == "old"
		if err := spec.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		if place == "cut" {
			if err := os.Truncate(path, 300); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "Baseobj.dll"), []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for _, name := range []string{"esc\x1b[31m", "line\nbreak", "latin\xe4", `back\slash`} {
		path := filepath.Join(dir, name, "Ccm.dll")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := (petest.Spec{Version: manifest.Version{2, 0, 1380, 1000}}).WriteFile(path); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"Ccmbtldr.exe": "bin/i386/Ccm.dll", "outside": "/", "broken.dll": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() != 0 {
		if err := os.Chmod(filepath.Join(dir, "any"), 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(filepath.Join(dir, "any"), 0o755) })
	}
}

// An inventory takes the place of its folder everywhere: for every test root and
// in every format the report is the same, byte for byte.
func TestInventoriesAreJudgedAsTheirFolders(t *testing.T) {
	base := t.TempDir()
	live, copied := filepath.Join(base, "live"), filepath.Join(base, "copied")
	for _, dir := range []string{live, copied} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(live)
	roots := testRoots(t)
	for _, root := range roots {
		commandLine(t, "scan", "-q", "--all", "-o", filepath.Join(copied, root), root)
	}
	for _, args := range [][]string{
		{"verify", "-k", "KB977203", "-k", "Q252717", "-k", "KB977384/SP2", "-v"},
		{"verify", "-k", "Q252717", "--platform", "all", "--exclude", "alpha"},
		{"detect", "-v"},
		{"detect", "-k", "Q252717", "--exclude", "bin/i386"},
		{"identify", "-v"},
		{"identify", "--exclude", "odd*"},
	} {
		for _, format := range []string{"table", "json", "csv", "jsonl", "junit", "nagios"} {
			if args[0] == "identify" && !slices.Contains(report.Formats, report.Format(format)) || slices.Contains(args, "--exclude") && format != "csv" {
				continue // what is left out of a scan is not counted there
			}
			all := append(append(append([]string{}, args...), "-f", format), roots...)
			t.Chdir(live)
			want, wantCode := commandLine(t, all...)
			t.Chdir(copied)
			got, code := commandLine(t, all...)
			if d := cmp.Diff(want, got); d != "" || code != wantCode {
				t.Errorf("%v -f %s: exit codes %d and %d\n%s", args, format, wantCode, code, firstLines(d))
			}
			if format != "nagios" && !strings.Contains(want, roots[len(roots)-1]) { // which has room for the worst
				t.Errorf("%v -f %s says nothing about the last root", args, format)
			}
		}
	}
}

// commandLine runs a command line and gives its result.
func commandLine(t *testing.T, args ...string) (stdout string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, nil, &out, &errs)
	if out.Len() == 0 && code != 0 {
		t.Logf("%v: exit code %d, %s", args, code, errs.String())
	}
	return out.String(), code
}

func firstLines(text string) string {
	lines := strings.SplitAfterN(text, "\n", 40)
	return strings.Join(lines[:min(len(lines), 39)], "")
}
