package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/pecheck/petest"
)

// touched is the exit code of a transcript's command that has changed what it
// must not: a code that kbverify does not have.
const touched = 99

// untouched does what a command does, and looks at everything below the working
// folder before and after: only the file of -o, and the folder of demo or import,
// may be something else afterwards.
func untouched(args []string, command func() int) int {
	before := petest.Fingerprint(".")
	code := command()
	after := petest.Fingerprint(".")
	forgive(args, before, after)
	if diff := cmp.Diff(before, after); diff != "" {
		fmt.Fprintf(os.Stderr, "the command has changed files (-before +after):\n%s", diff)
		return touched
	}
	return code
}

// forgive takes out of the fingerprints what the arguments name as output.
func forgive(args []string, prints ...map[string]string) {
	wd, _ := os.Getwd()
	temp, _ := filepath.Rel(wd, os.TempDir())
	for _, print := range prints {
		delete(print, temp) // only its time changes, by what is there for a while
	}
	target, demo := "", len(args) > 1 && args[0] == "demo"
	folder := demo || len(args) > 1 && args[0] == "import"
	for i := 1; i < len(args); i++ {
		if args[i-1] == "-o" || demo && !strings.HasPrefix(args[i], "-") {
			target = filepath.Clean(args[i])
		}
	}
	if target == "" {
		return
	}
	for _, print := range prints {
		for path := range print {
			if path == target || folder && strings.HasPrefix(path, target+string(filepath.Separator)) {
				delete(print, path)
			}
		}
		for at := filepath.Dir(target); ; at = filepath.Dir(at) {
			delete(print, at) // its time changes with what is in it; demo makes folders above its own
			if at == filepath.Dir(at) || !demo {
				break
			}
		}
	}
}

// The guard of the transcripts finds what it is there for.
func TestUntouched(t *testing.T) {
	for name, c := range map[string]struct {
		args  []string
		write string
		want  int
	}{
		"nothing":                 {[]string{"verify", "root"}, "", 1},
		"a file under the root":   {[]string{"verify", "root"}, "root/new", touched},
		"the output":              {[]string{"verify", "-o", "out.txt", "root"}, "out.txt", 1},
		"beside the output":       {[]string{"verify", "-o", "out.txt", "root"}, ".kbverify-1", touched},
		"another than the output": {[]string{"verify", "-o", "out.txt", "root"}, "root/a", touched},
		"the sample":              {[]string{"demo", "-q", "root/sample"}, "root/sample", 1},
		"beside the sample":       {[]string{"demo", "-q", "root/sample"}, "root/b", touched},
	} {
		t.Chdir(t.TempDir())
		if err := os.MkdirAll("root", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("root/a", []byte("a"), 0o644); err != nil {
			t.Fatal(err)
		}
		stderr := os.Stderr
		os.Stderr = nil // what it says here is no news
		got := untouched(c.args, func() int {
			if c.write != "" {
				if err := os.WriteFile(c.write, []byte("more"), 0o644); err != nil {
					t.Error(err)
				}
			}
			return 1
		})
		os.Stderr = stderr
		if got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
