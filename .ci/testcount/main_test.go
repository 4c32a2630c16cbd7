package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	pass  = `{"Action":"pass","Package":"p","Test":"TestA"}`
	fail  = `{"Action":"output","Package":"p","Test":"TestA","Output":"what went wrong\n"}` + "\n" + `{"Action":"fail","Package":"p","Test":"TestA"}`
	skip  = `{"Action":"skip","Package":"p","Test":"TestA"}`
	crash = `{"Action":"output","Package":"p","Output":"panic: no\n"}` + "\n" + `{"Action":"fail","Package":"p"}`
	build = `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: syntax error\n"}` + "\n" + `{"Action":"fail","Package":"p"}`
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name  string
		runs  []string
		skips string // "" for a run without -skips
		code  int
		want  string
	}{
		{"a pass", []string{pass}, "#", 0, "1 passed, 0 failed, 0 skipped\n"},
		{"a failure shows its output", []string{fail}, "", 1, "--- p TestA\nwhat went wrong\n"},
		{"a failure in one run is a failure", []string{pass, fail}, "#", 1, "0 passed, 1 failed, 0 skipped\n"},
		{"a skip in one run is none", []string{skip, pass}, "#", 0, "1 passed, 0 failed, 0 skipped\n"},
		{"a skip in every run fails", []string{skip, skip}, "#", 1, "skipped: p TestA: NOT EXCUSED"},
		{"an excused skip is counted", []string{skip}, "p TestA no junctions", 0, "p TestA: no junctions\n0 passed, 0 failed, 1 skipped\n"},
		{"an excuse that is not needed fails", []string{pass}, "p TestA no junctions", 1, "excused, but it ran"},
		{"an excuse for no test fails", []string{pass}, "p TestB no junctions", 1, "excused, but it ran or does not exist: p TestB"},
		{"an excuse needs a reason", []string{skip}, "p TestA", 2, ""},
		{"a crash outside a test fails", []string{crash}, "", 1, "panic: no\n"},
		{"a crash outside a test fails at the close", []string{pass, crash}, "#", 1, "a package failed outside its tests"},
		{"a package that does not build fails", []string{build}, "", 1, "p.go:1: syntax error\n"},
		{"output past the test runner is not lost as an event", []string{"wine: noise\n" + pass}, "#", 0, "1 passed, 0 failed, 0 skipped\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var args []string
			if tt.skips != "" {
				args = append(args, "-skips", write(t, "skips", tt.skips))
			}
			for i, events := range tt.runs {
				args = append(args, write(t, string(rune('a'+i)), events))
			}
			var stdout, stderr strings.Builder
			if code := run(args, &stdout, &stderr); code != tt.code {
				t.Errorf("exit code %d, want %d; stderr %q", code, tt.code, stderr.String())
			}
			if !strings.Contains(stdout.String(), tt.want) {
				t.Errorf("printed %q, want %q in it", stdout.String(), tt.want)
			}
		})
	}
}

// What failed for one cause is told from what failed for another.
func TestCause(t *testing.T) {
	failed := func(test, output string) string {
		return `{"Action":"output","Package":"p","Test":"` + test + `","Output":"` + output + `\n"}` + "\n" +
			`{"Action":"fail","Package":"p","Test":"` + test + `"}` + "\n"
	}
	const end = `{"Action":"fail","Package":"p"}`
	for _, tt := range []struct {
		name, events string
		code         int
	}{
		{"nothing failed", pass, 1},
		{"the cause", failed("TestA", "Internal error") + end, 0},
		{"another cause", failed("TestA", "want 1") + end, 1},
		{"both", failed("TestA", "Internal error") + failed("TestB", "want 1") + end, 1},
		{"the cause in a subtest", failed("TestA/b", "Internal error") + failed("TestA", "") + end, 0},
		{"another cause in a subtest", failed("TestA/b", "want 1") + failed("TestA", "Internal error") + end, 1},
		{"a name that begins alike", failed("TestAB", "Internal error") + failed("TestA", "want 1") + end, 1},
		{"the program did not start", `{"Action":"output","Package":"p","Output":"Internal error\n"}` + "\n" + end, 0},
		{"a crash", crash, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			if code := run([]string{"-cause", "Internal error", write(t, "run", tt.events)}, &stdout, &stderr); code != tt.code {
				t.Errorf("exit code %d, want %d; %s%s", code, tt.code, stdout.String(), stderr.String())
			}
		})
	}
}

func write(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}
