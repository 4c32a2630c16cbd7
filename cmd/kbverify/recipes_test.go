package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest/catalog"
	"kbverify/manifests"
)

// recipe gives the text of a file that users copy from docs/recipes.
func recipe(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(project, "docs", "recipes", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// copyProgram makes a program of the test binary, which TestMain lets stand for what its name
// says. It is no link: Windows removes no name of a program that runs.
func copyProgram(t *testing.T, path string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o777)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
}

// quoted are blocks of a document that stand in a file below docs, too, named behind the language.
var quoted = regexp.MustCompile("(?ms)^```[a-z0-9]+ (recipes/\\S+)\n(.*?)^```$")

// Each recipe stands in one of the documents as it stands in its file.
func TestRecipesAreQuoted(t *testing.T) {
	shown := map[string]string{}
	for _, text := range documents(t) {
		for _, block := range quoted.FindAllStringSubmatch(text, -1) {
			name := strings.TrimPrefix(block[1], "recipes/")
			if shown[name] != "" {
				t.Errorf("%s is shown twice", name)
			}
			shown[name] = block[2]
		}
	}
	files, err := os.ReadDir(filepath.Join(project, "docs", "recipes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text := strings.ReplaceAll(recipe(t, file.Name()), "\r\n", "\n")
		if d := cmp.Diff(text, shown[file.Name()]); d != "" {
			t.Errorf("docs/recipes/%s (-) and what the document shows of it (+):\n%s", file.Name(), d)
		}
		delete(shown, file.Name())
	}
	for name := range shown {
		t.Errorf("docs/recipes has no %s", name)
	}
}

// cmd.exe looks for labels in a file with LF alone in the wrong places, and reads no more
// than 8,191 characters of a line.
func TestRecipesAreBatchFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(project, "docs", "recipes", "*.cmd"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d batch files: %v", len(files), err)
	}
	for _, file := range files {
		text := recipe(t, filepath.Base(file))
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: a line does not end with CR LF (.gitattributes)", file)
		}
		if regexp.MustCompile(`[^\x20-\x7e\r\n]`).MatchString(text) {
			t.Errorf("%s: more than ASCII, which cmd.exe reads in some code page", file)
		}
	}
}

// Each script for PowerShell is one.
func TestRecipesPowerShell(t *testing.T) {
	parse := powerShellReader(t)
	scripts, err := filepath.Glob(filepath.Join(project, "docs", "recipes", "*.ps1"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d scripts: %v", len(scripts), err)
	}
	for _, script := range scripts {
		text := recipe(t, filepath.Base(script))
		for _, without := range []string{"", "}", ")"} {
			at := strings.LastIndex(text, without)
			if out, err := parse(text[:at] + text[at+len(without):]); (err == nil) != (without == "") {
				t.Errorf("%s without its last %q: %v: %s", script, without, err, out)
			}
		}
	}
}

// rootsInEveryState builds a root for each state that a hotfix can be in, with blanks, & and
// more in their names. (The cmd.exe of wine 8 loses a % where it stands in a variable.)
func rootsInEveryState(t *testing.T) map[string]string {
	t.Helper()
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	roots := map[string]string{}
	build := func(state string, change func([]sampleFile) []sampleFile) {
		roots[state] = filepath.Join(dir, "R & D (new), really!", state)
		writeRoot(t, roots[state], change(healthy(tableOf(t, c, "KB977203/SP2"))))
	}
	build("installed", func(files []sampleFile) []sampleFile { return files })
	build("superseded", func(files []sampleFile) []sampleFile {
		for i := range files {
			if files[i].spec.Version[3] != 0 {
				files[i].spec.Version[3] += 50
			}
		}
		return files
	})
	build("partial", func(files []sampleFile) []sampleFile { return files[1:] })
	build("not-installed", func(files []sampleFile) []sampleFile {
		for i := range files {
			files[i].spec.Version[3]--
			files[i].spec.Size -= 512
		}
		return files
	})
	build("absent", func([]sampleFile) []sampleFile {
		return []sampleFile{{path: "bin/i386/Other.exe", spec: exampleSpec}}
	})
	build("undecidable", func(files []sampleFile) []sampleFile { return files })
	if err := os.Truncate(filepath.Join(roots["undecidable"], "bin", "i386", "Ccmcertfix.exe"), 100); err != nil {
		t.Fatal(err)
	}
	return roots
}
