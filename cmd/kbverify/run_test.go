package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// runHere runs a command in this process.
func runHere(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// Whatever cannot write its result says so, and does not end like one that did.
func TestStandardOutputThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"help"}, {"help", "verify"}, {"verify", "-h"}, {"version"}, {"demo"}, {"scan", "-q", dir},
		{"list"}, {"list", "-f", "json"}, {"list", "-f", "csv"},
		{"show", "KB977203"}, {"show", "-f", "json", "KB977203"}, {"show", "-f", "csv", "KB977203"},
		{"verify", "-k", "KB977203", dir}, {"verify", "-k", "KB977203", "-f", "json", dir}, {"verify", "-k", "KB977203", "-f", "csv", dir},
		{"verify", "-k", "KB977203", "-q", dir},
	} {
		var stderr bytes.Buffer
		code := run(context.Background(), args, strings.NewReader(""), full{}, &stderr)
		if code != int(result.ExitTrouble) || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%v: exit code %d, %s", args, code, stderr.String())
		}
	}
}

func TestInterruptedScanLeavesNoInventory(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"scan", "-o", dir + "/inventory.json", t.TempDir()}, nil, &stdout, &stderr)
	if code != int(result.ExitTrouble) || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v (%v)", entries, err)
	}
}

// Ctrl-C ends the program while it waits for what somebody else writes: standard
// input, or a pipe. Without its guard the test hangs.
func TestInterruptedWhileWaitingForInput(t *testing.T) {
	for _, args := range [][]string{{"import", "-"}, {"verify", "-k", "KB977203", "--roots-from", "-"}, {"detect", "--roots-from", "-"}} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		stdin, writer := io.Pipe()
		var stdout, stderr bytes.Buffer
		code := run(ctx, args, stdin, &stdout, &stderr)
		if want := "kbverify: " + args[0] + ": interrupted\n"; code != int(result.ExitTrouble) || stdout.Len() > 0 || stderr.String() != want {
			t.Errorf("%v: exit code %d, %s%s", args, code, stdout.String(), stderr.String())
		}
		writer.Close()
	}
}

// What is redirected has no width, so that no path in it is broken, and no colours.
func TestLookOfAFile(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, w := range []io.Writer{file, &bytes.Buffer{}} {
		if o := new(outputFlags).look(w); !reflect.DeepEqual(o, report.Options{}) {
			t.Errorf("%+v", o)
		}
	}
}

// The flag counts before NO_COLOR, that before FORCE_COLOR, and that before the terminal.
func TestColors(t *testing.T) {
	for _, c := range []struct {
		flag             colorFlag
		no, force, term  string
		terminal, wanted bool
	}{
		{colorAuto, "", "", "xterm", true, true},
		{colorAuto, "", "", "dumb", true, false},
		{colorAuto, "", "", "xterm", false, false},
		{colorAuto, "", "1", "xterm", false, true},
		{colorAuto, "", "1", "dumb", false, true},
		{colorAuto, "", "0", "xterm", false, false},
		{colorAuto, "", "false", "xterm", true, true},
		{colorAuto, "1", "", "xterm", true, false},
		{colorAuto, "1", "1", "xterm", true, false},
		{colorAlways, "1", "", "dumb", false, true},
		{colorNever, "", "1", "xterm", true, false},
	} {
		t.Setenv("NO_COLOR", c.no)
		t.Setenv("FORCE_COLOR", c.force)
		t.Setenv("TERM", c.term)
		if got := c.flag.wanted(true, c.terminal); got != c.wanted {
			t.Errorf("%+v: %v", c, got)
		}
		if got := c.flag.wanted(false, false); got != (c.flag == colorAlways) {
			t.Errorf("%+v: in a file %v", c, got)
		}
	}
}

// Where the result and the messages go to one file (2>&1), an error is said once, and JSON
// stays JSON; where they part, both say it.
func TestErrorsAreSaidOnce(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"verify", "-k", "KB977203", dir + "/none"}, {"detect", "-q", dir + "/none"}, {"identify", dir + "/none"},
		{"verify", "-k", "KB977203", "-f", "json", dir + "/none"}, {"list", "--catalog", dir + "/none"},
		{"verify", "--fromat"}, {"scan", dir + "/none"}, {"verify", "-k", "KB977230", dir + "/none"},
	} {
		both, err := os.Create(filepath.Join(dir, "both.txt"))
		if err != nil {
			t.Fatal(err)
		}
		code := run(t.Context(), args, strings.NewReader(""), both, both)
		text, err := os.ReadFile(both.Name())
		if err = errors.Join(err, both.Close()); err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, of := range []string{"no such file", "cannot find", "File not found", "no flag", "no hotfix"} {
			count += strings.Count(strings.Join(strings.Fields(string(text)), " "), of)
		}
		if code != 2 || count != 1 {
			t.Errorf("%v: exit code %d, said %d times:\n%s", args, code, count, text)
		}
		if slices.Contains(args, "json") && !json.Valid(text) {
			t.Errorf("%v: no JSON: %s", args, text)
		}
	}
	if _, stdout, stderr := runHere(t, "verify", "-k", "KB977203", dir+"/none"); stdout == "" || stderr == "" {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
}

// Messages quote what comes from outside: none of it may act on a terminal.
func TestMessagesAreClean(t *testing.T) {
	const bad = "x\x1b[31m\u202e\xff"
	for _, args := range [][]string{
		{bad}, {"help", bad}, {"verify", "--" + bad}, {"verify", "-k", bad, bad}, {"verify", "-m", bad, bad}, {"verify", "-k", "KB977203/" + bad, bad},
		{"verify", "-k", "KB977203", bad}, {"verify", "-f", bad}, {"verify", "--exclude", bad + "/..", "-k", "KB977203", "."},
		{"verify", "-k", "KB977203", "-o", bad + "/" + bad, "."}, {"list", bad}, {"list", "--catalog", bad}, {"show", bad}, {"scan", bad}, {"version", bad},
	} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), args, nil, &stdout, &stderr)
		all := stdout.String() + stderr.String()
		if code == 0 || stderr.Len() == 0 {
			t.Errorf("%q: exit code %d, %q", args, code, all)
		}
		if strings.ContainsAny(all, "\x1b\u202e") || strings.ToValidUTF8(all, "") != all {
			t.Errorf("%q: %q", args, all)
		}
	}
}

// Whatever the user named may lie on a share that is gone: the first Ctrl-C ends the
// waiting. Without the guard the answer is the disk's, not the user's.
func TestInterruptedWhileReadingWhatIsNamed(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"verify", "-m", dir + "/none.json", dir}, {"scan", "-m", dir + "/none.json", dir},
		{"verify", "--catalog", dir + "/none", "-k", "KB977203", dir}, {"list", "--catalog", dir + "/none"},
		{"list", "-o", dir + "/none/list.txt"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var stderr bytes.Buffer
		code := run(ctx, args, strings.NewReader(""), io.Discard, &stderr)
		if want := "kbverify: " + args[0] + ": interrupted\n"; code != int(result.ExitTrouble) || stderr.String() != want {
			t.Errorf("%v: exit code %d, %s", args, code, stderr.String())
		}
	}
}
