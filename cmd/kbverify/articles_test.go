package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
)

// TestImportOfEveryLayout gives each test article to the command, as a file and
// on standard input: out comes the manifest of the golden file, ready for -m,
// or exit code 1 and a reason. Nothing but the manifest is on standard output.
func TestImportOfEveryLayout(t *testing.T) {
	goldens, err := filepath.Glob("../../testdata/articles/*.golden")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("%d articles, %v", len(goldens), err)
	}
	for _, golden := range goldens {
		article := strings.TrimSuffix(golden, ".golden")
		t.Run(filepath.Base(article), func(t *testing.T) {
			read, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			_, want, ok := strings.Cut("\n"+string(read), "\n{\n")
			exit := 1
			if ok {
				want, exit = "{\n"+want, 0
			}
			checkImport(t, want, exit, "", "import", article)
			text, err := os.ReadFile(article)
			if err != nil {
				t.Fatal(err)
			}
			if !namesItself.MatchString(filepath.Base(article)) {
				checkImport(t, want, exit, string(text), "import", "-")
			}
		})
	}
}

// namesItself are files whose name is the hotfix's id; what comes from a pipe has none.
var namesItself = regexp.MustCompile(`^(KB)?[0-9]+\.`)

func checkImport(t *testing.T, want string, exit int, stdin string, args ...string) {
	t.Helper()
	var out, errs strings.Builder
	if code := run(t.Context(), args, strings.NewReader(stdin), &out, &errs); code != exit {
		t.Fatalf("%q: exit %d, want %d\n%s", args, code, exit, errs.String())
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("%q (-want +got):\n%s", args, diff)
	}
	if _, err := manifest.Parse("imported", []byte(out.String())); exit == 0 && err != nil {
		t.Error(err)
	}
	if errs.Len() == 0 {
		t.Errorf("%q: nothing was reported", args)
	}
}
