package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// manyFlags name roots, and bound the time that each may take.
type manyFlags struct {
	from    string
	timeout time.Duration
}

// defaultTimeout leaves a volume of millions of files on a slow share enough
// time, and ends a nightly run before the morning.
const defaultTimeout = time.Hour

func (f *manyFlags) flags(fs *pflag.FlagSet) {
	fs.StringVar(&f.from, "roots-from", "", "read more roots from `FILE`, one a line; lines that begin with # are comments; - is standard input")
	fs.DurationVar(&f.timeout, "timeout", defaultTimeout, "give up on a root after `TIME`, such as 90s or 10m; 0 never does")
}

const (
	maxRootLine = 64 << 10 // twice the longest path of Windows
	maxRoots    = 100_000  // more servers than anybody has; a wrong file is found out
)

// roots lists the roots that are named, in the order asked.
func (f *manyFlags) roots(s *session, args []string) ([]string, error) {
	if f.timeout < 0 {
		return nil, usagef("--timeout %s: want a time above zero, or 0", f.timeout)
	}
	roots := args
	if f.from != "" {
		more, err := patiently(s.ctx, func() ([]string, error) { return f.read(s) })
		switch {
		case s.ctx.Err() != nil:
			return nil, errInterrupted
		case err != nil:
			return nil, fmt.Errorf("--roots-from %s: %w", quote(f.from), cause(err))
		}
		roots = append(append([]string{}, args...), more...)
	}
	if len(roots) == 0 {
		return nil, usagef("no ROOT: name the folder to check, or an inventory file")
	}
	return roots, nil
}

func (f *manyFlags) read(s *session) ([]string, error) {
	if f.from == "-" {
		return readRoots(s.stdin)
	}
	file, err := os.Open(f.from)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readRoots(file)
}

// readRoots reads a list of roots, in UTF-8 or in the UTF-16 that Windows
// PowerShell writes.
func readRoots(r io.Reader) ([]string, error) {
	var roots []string
	lines := bufio.NewScanner(transform.NewReader(r, unicode.BOMOverride(transform.Nop)))
	lines.Buffer(nil, maxRootLine)
	for n := 1; lines.Scan(); n++ {
		root := strings.TrimSpace(lines.Text())
		switch {
		case root == "" || strings.HasPrefix(root, "#"):
			continue
		case strings.ContainsRune(root, 0):
			return nil, fmt.Errorf("line %d: holds a zero byte; this is no list of roots", n)
		case len(roots) == maxRoots:
			return nil, fmt.Errorf("line %d: more than %d roots", n, maxRoots)
		}
		roots = append(roots, root)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return nil, fmt.Errorf("a line of more than %d bytes", maxRootLine)
	}
	return roots, lines.Err()
}
