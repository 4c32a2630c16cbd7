// Package testtool runs the programs of others that tests compare kbverify with.
package testtool

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Need gives the path of a program, and skips a test whose program is not
// installed; KBVERIFY_CI=1 says that everything is, so that nothing is skipped
// there.
func Need(tb testing.TB, name string) string {
	tb.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("KBVERIFY_CI") == "1":
		tb.Fatalf("%s is not installed", name)
	default:
		tb.Skipf("%s is not installed", name)
	}
	return ""
}

// Python gives the path of a Python that has a module, Debian's first: only that one
// sees what apt installs. It skips as Need does.
func Python(tb testing.TB, module string) string {
	tb.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	if os.Getenv("KBVERIFY_CI") == "1" {
		tb.Fatalf("python3-%s is not installed", module)
	}
	tb.Skipf("python3-%s is not installed", module)
	return ""
}

// Run runs a program in a folder; the test fails unless it succeeds.
func Run(tb testing.TB, dir, name string, args ...string) {
	tb.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// WriteFile writes a text for a program to read.
func WriteFile(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
}
