//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/pecheck/petest"
	"kbverify/pecheck/result"
)

// manyFiles builds a root whose inventory is a good deal larger than a pipe holds.
func manyFiles(t *testing.T) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "SMS")
	for i := range 3000 {
		path := filepath.Join(root, fmt.Sprintf("Folder-%02d", i%30), fmt.Sprintf("Some component of the site %04d.dll", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("MZ"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Killed at any moment, nothing under the root has changed. The moments: at
// once, and when so much of the inventory has been written; it does not end by
// itself, because nobody takes the rest.
func TestKilledScanLeavesTheRoot(t *testing.T) {
	root := manyFiles(t)
	before := petest.Fingerprint(root)
	for _, bytesRead := range []int64{0, 1, 10_000, 50_000, 100_000} {
		cmd := exec.Command("kbverify", "scan", "--all", root)
		cmd.Dir = root // where a careless program would leave things
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_, err = io.CopyN(io.Discard, stdout, bytesRead)
		cmd.Process.Kill()
		cmd.Wait()
		if err != nil || cmd.ProcessState.Success() {
			t.Errorf("after %d bytes: %v, %s", bytesRead, err, cmd.ProcessState)
		}
		if diff := cmp.Diff(before, petest.Fingerprint(root)); diff != "" {
			t.Errorf("killed after %d bytes (-before +after):\n%s", bytesRead, diff)
		}
	}
}

// Killed in the middle of a result, the old one still stands under the name of
// -o, or none does.
func TestKilledWhileWriting(t *testing.T) {
	root := manyFiles(t)
	before := petest.Fingerprint(root)
	roots := root + "\n" + strings.Repeat("nowhere\n", 5000) // more complaints than a pipe holds
	for _, format := range []string{"table", "json", "csv", "jsonl", "html", "junit"} {
		for _, old := range []string{"", "the old result\n"} {
			dir := t.TempDir()
			target := filepath.Join(dir, "report")
			if old != "" {
				if err := os.WriteFile(target, []byte(old), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("kbverify", "verify", "-k", "KB977203", "-f", format, "-o", target, "--roots-from", "-")
			cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader(roots)
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			_, err = io.CopyN(io.Discard, stderr, 1) // the first complaint comes after two results
			cmd.Process.Kill()
			cmd.Wait()
			if err != nil || cmd.ProcessState.Success() {
				t.Errorf("%s: %v, %s", format, err, cmd.ProcessState)
			}
			if got, err := os.ReadFile(target); string(got) != old || (err != nil) != (old == "") {
				t.Errorf("%s: %q under the final name, %v", format, got, err)
			}
			if half, err := filepath.Glob(filepath.Join(dir, ".kbverify-*")); len(half) != 1 || err != nil {
				t.Errorf("%s: not killed in the middle: %v, %v", format, half, err)
			}
		}
	}
	if diff := cmp.Diff(before, petest.Fingerprint(root)); diff != "" {
		t.Errorf("the root has changed (-before +after):\n%s", diff)
	}
}

// A session that is closed (SIGHUP), a service that is stopped (SIGTERM) and Ctrl-C
// leave nothing half-written beside -o. Under nohup a closed session ends nothing.
func TestEndedBySignal(t *testing.T) {
	const roots = 5000 // more complaints than a pipe holds
	for _, tt := range []struct {
		signal  syscall.Signal
		ignored bool
	}{{syscall.SIGHUP, false}, {syscall.SIGTERM, false}, {syscall.SIGINT, false}, {syscall.SIGHUP, true}} {
		dir := t.TempDir()
		script := `exec "$@"`
		if tt.ignored {
			script = `trap "" HUP; exec "$@"`
		}
		cmd := exec.Command("sh", "-c", script, "sh", "kbverify", "verify", "-k", "KB977203", "-f", "jsonl",
			"-o", filepath.Join(dir, "report"), "--roots-from", "-")
		cmd.Stdin = strings.NewReader(strings.Repeat("nowhere\n", roots))
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, stderr, 1); err != nil { // it writes, and waits for its reader
			t.Fatal(err)
		}
		cmd.Process.Signal(tt.signal)
		io.Copy(io.Discard, stderr)
		cmd.Wait()
		report, _ := os.ReadFile(filepath.Join(dir, "report"))
		hidden, err := filepath.Glob(filepath.Join(dir, ".kbverify-*"))
		if len(hidden) > 0 || err != nil || cmd.ProcessState.ExitCode() != 2 {
			t.Errorf("%v: left %v, %v", tt.signal, hidden, cmd.ProcessState)
		}
		if whole := strings.Count(string(report), "no such file"); tt.ignored && whole != roots {
			t.Errorf("%v, ignored: a report of %d roots, want %d", tt.signal, whole, roots)
		}
	}
}

// A process that may have 32 files open sees what another one sees, of many roots too.
func TestFewOpenFilesAllowed(t *testing.T) {
	root := manyFiles(t)
	for _, args := range [][]string{
		{"scan", "-q", "--all", root},
		{"verify", "-f", "json", "-k", "KB977203", root, root, root, root, root, root, root, root},
	} {
		var outs [2]string
		for i, limit := range []string{"1024", "32"} {
			cmd := exec.Command("sh", append([]string{"-c", `ulimit -n "$0" && exec kbverify "$@"`, limit}, args...)...)
			out, _ := cmd.Output()
			outs[i] = string(out)
			if code := cmd.ProcessState.ExitCode(); code != 0 && args[0] == "scan" {
				t.Errorf("%v with %s files: exit code %d", args, limit, code)
			}
		}
		if diff := cmp.Diff(outs[0], outs[1]); diff != "" || outs[0] == "" {
			t.Errorf("%v (-many files +few):\n%.2000s", args, diff)
		}
	}
}

// A pipe that nobody reads: Ctrl-C ends the waiting for it.
func TestInterruptedWhileWaitingForAReader(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := run(ctx, []string{"list", "-o", pipe}, strings.NewReader(""), io.Discard, io.Discard); code != 2 {
		t.Errorf("exit code %d", code)
	}
	if reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
		reader.Close() // lets the opening that was left behind go
	}
}

// A pipe, whose other end may never come, and a folder stand where a file is wanted:
// neither is opened.
func TestNoFileWhereOneIsWanted(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, dir} {
		for _, tt := range []struct {
			args []string
			want string
		}{
			{[]string{"verify", "-k", "KB977203", "--trust", path, dir}, ": not a file\n"},
			{[]string{"verify", "-m", path, dir}, ": not a regular file\n"},
			{[]string{"import", "--base", path, path}, ": not a Windows Installer package or patch\n"},
		} {
			var stdout, stderr strings.Builder
			code := run(t.Context(), tt.args, strings.NewReader(""), &stdout, &stderr)
			if code != int(result.ExitTrouble) || stdout.Len() > 0 || !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("%v: exit code %d, %s%s", tt.args, code, stdout.String(), stderr.String())
			}
		}
	}
}

// A disk that is full in the middle of a result is no success, and costs neither
// the old result nor the room that the half one takes.
func TestDiskFullInTheMiddle(t *testing.T) {
	root, dir := manyFiles(t), t.TempDir()
	target := filepath.Join(dir, "inventory.json")
	if err := os.WriteFile(target, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, blocks := range []string{"0", "1", "16", "64"} { // of 512 or 1,024 bytes
		cmd := exec.Command("sh", "-c", `ulimit -f "$0" && exec kbverify scan --all -o "$1" "$2"`, blocks, target, root)
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != int(result.ExitTrouble) || !strings.Contains(string(out), "file too large") {
			t.Errorf("%s blocks: %s: %s", blocks, cmd.ProcessState, out)
		}
		found, err := os.ReadDir(dir)
		if got, err2 := os.ReadFile(target); len(found) != 1 || string(got) != "old" || err != nil || err2 != nil {
			t.Errorf("%s blocks: %v, %q, %v, %v", blocks, found, got, err, err2)
		}
	}
}

// A verify that is killed before and after it knows its roots leaves nothing.
func TestKilledVerifyLeavesTheRoot(t *testing.T) {
	root, dir := manyFiles(t), t.TempDir()
	before := petest.Fingerprint(root)
	for _, list := range []string{"", root + "\n"} {
		cmd := exec.Command("kbverify", "verify", "-k", "KB977203", "-o", filepath.Join(dir, "report.txt"), "--roots-from", "-")
		cmd.Dir = root
		stdin, err := cmd.StdinPipe() // the end of the list never comes
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(stdin, list)
		cmd.Process.Kill()
		cmd.Wait()
		if found, err2 := os.ReadDir(dir); len(found) > 0 || err != nil || err2 != nil || cmd.ProcessState.Success() {
			t.Errorf("%q: %v, %v, %v, %s", list, found, err, err2, cmd.ProcessState)
		}
	}
	if diff := cmp.Diff(before, petest.Fingerprint(root)); diff != "" {
		t.Errorf("the root has changed (-before +after):\n%s", diff)
	}
}
