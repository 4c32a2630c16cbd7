package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"kbverify/internal/testtool"
)

// manPages are what the program prints, by the pages' names.
func manPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{"kbverify": inProcess(t, "man")}
	for _, c := range commands() {
		pages["kbverify-"+c.name] = inProcess(t, "man", c.name)
	}
	return pages
}

// Neither of the programs that read manual pages has anything to say of them.
func TestManPagesAreWellFormed(t *testing.T) {
	man, mandoc := testtool.Need(t, "man"), testtool.Need(t, "mandoc")
	dir := t.TempDir()
	for name, text := range manPages(t) {
		path := filepath.Join(dir, name+".1")
		testtool.WriteFile(t, path, text)
		out, err := exec.Command(mandoc, "-T", "lint", "-W", "warning", path).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%v\n%s", err, out)
		}
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(man, "--warnings", "-E", "UTF-8", "-l", path)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil || stderr.Len() > 0 || stdout.Len() == 0 {
			t.Errorf("%s: %v\n%s", name, err, stderr.String())
		}
	}
}

// A page shows, word for word, what the help says, and no mark of troff's.
func TestManPagesSayWhatHelpSays(t *testing.T) {
	man := testtool.Need(t, "man")
	dir := t.TempDir()
	shown := func(name, text string) string {
		path := filepath.Join(dir, name+".1")
		testtool.WriteFile(t, path, text)
		cmd := exec.Command(man, "-E", "ascii", "-l", path)
		cmd.Env = append(os.Environ(), "MANWIDTH=1000", "MANPAGER=cat", "LC_ALL=C.UTF-8")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(string(out)), " ")
	}
	overall := shown("kbverify", inProcess(t, "man"))
	for _, c := range commands() {
		if want := "kbverify-" + c.name + "(1) " + c.summary; !strings.Contains(overall, want) {
			t.Errorf("kbverify(1) has no %q", want)
		}
		text := shown(c.name, inProcess(t, "man", c.name))
		wants := []string{
			"NAME kbverify-" + c.name + " - " + c.summary,
			"SYNOPSIS " + strings.TrimSpace("kbverify "+c.name+" "+c.args),
			strings.Join(strings.Fields(c.about), " "), "EXIT STATUS 0 everything", "SEE ALSO kbverify(1)",
		}
		c.flagSet(c.new()).VisitAll(func(f *pflag.Flag) {
			value, usage := pflag.UnquoteUsage(f)
			wants = append(wants, strings.TrimSpace("--"+f.Name+" "+value)+" "+strings.Join(strings.Fields(usage), " "))
		})
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("kbverify-%s(1) has no %q:\n%s", c.name, want, text)
			}
		}
	}
}

// A variable that the program asks for is one that kbverify(1) names.
func TestManPageHasEveryVariable(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	var all []byte
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		all = append(all, text...)
	}
	for _, call := range regexp.MustCompile(`os\.(?:Getenv|LookupEnv)\(("?)(\w+)"?\)`).FindAllSubmatch(all, -1) {
		name := string(call[2])
		if len(call[1]) == 0 { // a constant
			value := regexp.MustCompile(`\b` + name + `\s*=\s*"(\w+)"`).FindSubmatch(all)
			if value == nil {
				t.Errorf("which variable is %s?", name)
				continue
			}
			name = string(value[1])
		}
		asked[name] = true
	}
	named := map[string]bool{}
	for _, e := range environment {
		named[e.value] = true
	}
	if d := cmp.Diff(asked, named); d != "" || len(asked) == 0 {
		t.Errorf("variables (-asked for +named):\n%s", d)
	}
}

// What troff would take for its own stands there as text.
func TestTextOfManPages(t *testing.T) {
	for text, want := range map[string]string{
		`C:\SMS`:              `C:\eSMS`,
		".msi and\n.cab":      "\\&.msi and\n\\&.cab",
		"'quoted' `ticks` -k": "\\(aqquoted\\(aq \\`ticks\\` \\-k",
	} {
		if got := troff(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := wrapped(strings.Repeat("word ", 20)); strings.Count(got, "\n") != 1 || strings.Contains(got, " \n") {
		t.Errorf("%q", got)
	}
}
