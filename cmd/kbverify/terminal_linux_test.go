package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"kbverify/pecheck/report"
)

// newTerminal gives a terminal of that width, and what reads all that appears
// on it once it is closed.
func newTerminal(t *testing.T, columns uint16) (terminal *os.File, shown func() string) {
	t.Helper()
	master, terminal := openTerminal(t, columns)
	text := make(chan string, 1)
	go func() {
		var b bytes.Buffer
		_, _ = io.Copy(&b, master) // ends with EIO when the terminal is closed
		text <- strings.ReplaceAll(b.String(), "\r\n", "\n")
	}()
	return terminal, func() string {
		terminal.Close()
		defer master.Close()
		return <-text
	}
}

// openTerminal gives a terminal, and what is in the place of its screen and keyboard.
func openTerminal(t *testing.T, columns uint16) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("this system has no pseudo-terminals: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: columns}); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, terminal
}

func TestOnTerminal(t *testing.T) {
	dir := t.TempDir() + "/sample"
	var sink bytes.Buffer
	if code := run(context.Background(), []string{"demo", "-q", dir}, nil, &sink, &sink); code != 1 {
		t.Fatal(sink.String())
	}
	for _, c := range []struct {
		name    string
		columns uint16
		noColor string
		colours bool
		flat    bool
	}{
		{"80 columns", 80, "", true, false},
		{"200 columns", 200, "", true, true},
		{"narrower than any", 40, "", true, false},
		{"NO_COLOR", 80, "1", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", c.noColor)
			t.Setenv("TERM", "xterm")
			terminal, shown := newTerminal(t, c.columns)
			var stderr bytes.Buffer
			code := run(context.Background(), []string{"verify", "-k", "KB977203", dir}, nil, terminal, &stderr)
			text := shown()
			if code != 1 || stderr.Len() > 0 {
				t.Errorf("exit code %d, %s", code, stderr.String())
			}
			if got := strings.Contains(text, "\x1b[31molder\x1b[0m"); got != c.colours {
				t.Errorf("colours %v:\n%q", got, text)
			}
			if got := strings.Contains(text, "PATH\n"); got != c.flat {
				t.Errorf("one line a file %v:\n%s", got, text)
			}
		})
	}
}

// Whatever writes a table fits a narrow terminal, and cuts no version, size or date.
func TestNarrowTerminal(t *testing.T) {
	dir := t.TempDir() + "/sample"
	var sink bytes.Buffer
	if code := run(t.Context(), []string{"demo", "-q", dir}, nil, &sink, &sink); code != 1 {
		t.Fatal(sink.String())
	}
	const columns = 44
	for _, c := range []struct {
		args  []string
		cells []string
	}{
		{[]string{"verify", "-k", "KB977203", dir}, []string{"older: Ccmgencert.dll (x64)", "4.0.6487.2000", "4,194,304 bytes"}},
		{[]string{"detect", dir}, []string{"PARTIAL KB977203 SP2", "4.0.6487.2111"}},
		{[]string{"show", "Q252717"}, []string{"version 2.0.1380.1125", "modified 2000-01-28 10:49", "platform Alpha"}},
		{[]string{"list", "ccm.dll"}, []string{"Q252717", "files 6", "title Client Configuration"}},
		{[]string{"identify", dir + "/bin/i386/Mcs.msi"}, []string{"7,204,864 bytes"}},
	} {
		terminal, shown := newTerminal(t, columns)
		run(t.Context(), append(c.args, "--color", "never"), nil, terminal, &sink)
		text := shown()
		for line := range strings.Lines(text) {
			if n := report.Columns(strings.TrimRight(line, "\n")); n > columns {
				t.Errorf("%v: %d columns: %s", c.args, n, line)
			}
		}
		for _, cell := range c.cells {
			if !strings.Contains(text, cell) {
				t.Errorf("%v: no %q in\n%s", c.args, cell, text)
			}
		}
	}
}

// What stands before the reader's eyes in the result is not said again on stderr.
func TestRootErrorIsSaidOnce(t *testing.T) {
	terminal, shown := newTerminal(t, 80)
	var stderr bytes.Buffer
	if code := run(context.Background(), []string{"verify", "-k", "KB977203", t.TempDir() + "/none"}, nil, terminal, &stderr); code != 2 {
		t.Errorf("exit code %d", code)
	}
	if text := shown(); !strings.Contains(text, "NOT CHECKED") || stderr.Len() > 0 {
		t.Errorf("terminal %q, stderr %q", text, stderr.String())
	}
}

// Progress goes to a terminal's stderr; what it shows is wiped at the end.
func TestProgressOnTerminal(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		terminal, shown := newTerminal(t, 80)
		p := newProgress(&session{stderr: terminal}, quiet)
		if on := p.on; on == quiet {
			t.Errorf("quiet %v: on %v", quiet, on)
		}
		shown()
	}
}
