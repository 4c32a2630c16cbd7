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
