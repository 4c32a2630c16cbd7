package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"kbverify/pecheck"
	"kbverify/pecheck/report"
)

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

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
		if code != int(pecheck.ExitTrouble) || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%v: exit code %d, %s", args, code, stderr.String())
		}
	}
}

// cancelling ends the run when the first result appears.
type cancelling struct {
	io.Writer
	cancel context.CancelFunc
}

func (c cancelling) Write(p []byte) (int, error) {
	c.cancel()
	return c.Writer.Write(p)
}

// Ctrl-C: what is finished is written, the report is whole, and says what is not.
func TestInterrupted(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"verify", "-k", "KB977203", "-f", "json", first, second}, nil, cancelling{&stdout, cancel}, &stderr)
	if code != int(pecheck.ExitTrouble) {
		t.Errorf("exit code %d", code)
	}
	var r pecheck.Report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("%v in %s", err, stdout.String())
	}
	switch {
	case len(r.Roots) != 2 || r.Exit != pecheck.ExitTrouble:
		t.Errorf("%d roots, exit %d", len(r.Roots), r.Exit)
	case r.Roots[0].Error != "" || len(r.Roots[0].Tables) != 1:
		t.Errorf("the finished root: %+v", r.Roots[0])
	case !strings.Contains(r.Roots[1].Error, "interrupted before it was read to its end"):
		t.Errorf("the other root: %+v", r.Roots[1])
	}
	if !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("stderr: %s", stderr.String())
	}
}

func TestInterruptedScanLeavesNoInventory(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"scan", "-o", dir + "/inventory.json", t.TempDir()}, nil, &stdout, &stderr)
	if code != int(pecheck.ExitTrouble) || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v (%v)", entries, err)
	}
}

// What is redirected is as wide as any terminal, and has no colours.
func TestLookOfAFile(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, w := range []io.Writer{file, &bytes.Buffer{}} {
		if o := look(w); o != (report.Options{Width: report.DefaultWidth}) {
			t.Errorf("%+v", o)
		}
	}
}

func TestProgress(t *testing.T) {
	var stderr bytes.Buffer
	p := newProgress(&session{stderr: &stderr}, false)
	p.begin("root")
	p.report(pecheck.Progress{Files: 1})
	p.end()
	if stderr.Len() > 0 {
		t.Errorf("redirected, it shows %q", stderr.String())
	}
	p.on = true
	p.begin("root\x1b[2J" + strings.Repeat("x", 100))
	p.report(pecheck.Progress{Files: 1234567})
	shown := stderr.String()
	if !strings.HasPrefix(shown, "\r1,234,567 files seen under root\\x1b[2Jxxx") || len([]rune(shown)) != report.DefaultWidth {
		t.Errorf("shows %q", shown)
	}
	p.end()
	wiped := strings.TrimPrefix(stderr.String(), shown)
	if wiped != "\r"+strings.Repeat(" ", report.DefaultWidth-1)+"\r" {
		t.Errorf("wipes with %q", wiped)
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
