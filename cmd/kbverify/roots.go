package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"kbverify/internal/patience"
	"kbverify/internal/textfile"
	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// source reads roots: folders, and inventory files written by scan.
type source struct {
	s          *session
	flags      *walkFlags
	names      []string // that matter
	all        bool     // every file matters, whatever its name
	digests    inventory.Digests
	signatures *authenticode.Options // nil: not asked for
	jobs       int                   // at once, for each root
	growTo     int                   // so many, where each takes long
	openFiles  int                   // at once, for each root; 0 is all that are allowed
	strings    bool                  // wanted of each file
	timeout    time.Duration
	progress   *progress
	idle       *idlePatterns
	sniff      func(root string) bool // is it an inventory?
}

func newSource(s *session, flags *walkFlags, names []string) *source {
	return &source{s: s, flags: flags, names: names, jobs: int(flags.jobs), progress: newProgress(s, flags.quiet),
		idle: &idlePatterns{patterns: slices.Clone(flags.exclude)}, sniff: inventory.SniffFile}
}

// idlePatterns are those of --exclude that have matched nothing under any root so far:
// mistyped, or of another server.
type idlePatterns struct {
	mu       sync.Mutex
	patterns []string
}

// read takes a root into account; in one that was not read, nil, anything could be.
func (i *idlePatterns) read(inv *inventory.Inventory) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.patterns = slices.DeleteFunc(i.patterns, func(p string) bool {
		return inv == nil || !slices.Contains(inv.Idle, p)
	})
}

// note says which they are.
func (i *idlePatterns) note(s *session, quiet bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, p := range slices.Compact(i.patterns) {
		if !quiet {
			s.note("%s: --exclude %s left nothing out", s.command, quote(p))
		}
	}
}

// judgeBy asks for what the manifests' tables can be judged by: their names, the
// contents of which they have digests, and every file where a table is complete:
// then the contents of all, since one that was renamed is known by it.
func (r *source) judgeBy(ms []*manifest.Manifest) {
	for _, m := range ms {
		r.names = append(r.names, manifestNames(m)...)
		for i := range m.Tables {
			t := &m.Tables[i]
			r.all = r.all || t.Complete
			for j := range t.Files {
				if f := &t.Files[j]; f.MD5 != "" || f.SHA256 != "" {
					r.digests.MD5 = r.digests.MD5 || f.SHA256 == ""
					r.digests.SHA256 = r.digests.SHA256 || f.SHA256 != ""
					r.digests.Names = append(r.digests.Names, f.Name)
				}
			}
		}
	}
	if r.all {
		r.digests.Names = nil
	}
}

// inventory reads one root.
func (r *source) inventory(ctx context.Context, root string) (*inventory.Inventory, error) {
	return r.read(ctx, root, nil)
}

// each reads every file of one root and hands it over in place of keeping it.
func (r *source) each(ctx context.Context, root string, each func(*inventory.File) error) (
	*inventory.Inventory, error) {
	return r.read(ctx, root, each)
}

func (r *source) read(ctx context.Context, root string, each func(*inventory.File) error) (
	inv *inventory.Inventory, err error) {
	defer func() {
		if err == nil {
			r.idle.read(inv)
		}
	}()
	if why := unnameable(root); why != "" {
		return nil, fmt.Errorf("root %s: %s", quote(root), why)
	}
	is, err := r.isInventory(ctx, root)
	if err != nil {
		return nil, err
	}
	at := r.progress.begin(root)
	defer at.end()
	if is {
		keep := inventory.Keep{Names: r.names, Exclude: r.flags.exclude}
		if r.all {
			keep.Names = nil
		}
		if each != nil {
			return r.loadEach(ctx, root, keep, each)
		}
		return patience.Wait(ctx, func() (*inventory.Inventory, error) { return r.load(root, keep) }, nil)
	}
	o := r.options(at)
	o.All = r.all
	if each != nil {
		return inventory.ScanEach(ctx, root, o, each)
	}
	return inventory.Scan(ctx, root, o)
}

// load reads an inventory, from standard input too.
func (r *source) load(root string, keep inventory.Keep) (*inventory.Inventory, error) {
	if root == standardInput {
		return inventory.Read(r.s.stdin, inputName(root), keep)
	}
	return inventory.Load(root, keep)
}

// loadEach hands over the files of an inventory one by one, in this goroutine; the
// one that reads is left to itself where ctx ends first.
func (r *source) loadEach(ctx context.Context, root string, keep inventory.Keep, each func(*inventory.File) error) (
	*inventory.Inventory, error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	const ahead = 64 // files, so that reading and writing go side by side
	files := make(chan *inventory.File, ahead)
	var inv *inventory.Inventory
	var err error
	keep.Each = func(f *inventory.File) error {
		select {
		case files <- f:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	go func() {
		defer close(files)
		inv, err = r.load(root, keep)
	}()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case f, more := <-files:
			if !more {
				return inv, err
			}
			if err := each(f); err != nil {
				return nil, err
			}
		}
	}
}

func (r *source) isInventory(ctx context.Context, root string) (bool, error) {
	if root == standardInput {
		return true, nil
	}
	return patience.Wait(ctx, func() (bool, error) { return r.sniff(root), nil }, nil)
}

func (r *source) options(at *rootProgress) inventory.Options {
	return inventory.Options{
		Names: r.names, Exclude: r.flags.exclude, FollowLinks: r.flags.follow, Jobs: r.jobs,
		GrowTo: r.growTo, OpenFiles: r.openFiles,
		Strings: r.strings, Digests: r.digests, Signatures: r.signatures, Progress: at.report,
		Host: hostname(), Now: now,
	}
}

// judge reads a root and gives it to judge. A root that cannot be read is a
// result of its own: the other roots are still judged.
func (r *source) judge(ctx context.Context, root string,
	judge func(*inventory.Inventory) result.RootResult) result.RootResult {
	inv, err := r.inventory(ctx, root)
	if err != nil {
		return failed(root, r.whyNot(ctx, root, err))
	}
	result := judge(inv)
	result.Root = root
	return result
}

// whyNot is err, or what ended the reading before it could fail.
func (r *source) whyNot(ctx context.Context, root string, err error) error {
	switch {
	case r.s.ctx.Err() != nil:
		return interrupted(root)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("root %s: not read to its end in %s; --timeout gives it longer, 0 any time", quote(root), r.timeout)
	}
	if why := whyNotThere(root, err); why != nil {
		return fmt.Errorf("root %w", why)
	}
	return err
}

// failed is the result of a root that could not be read.
func failed(root string, err error) result.RootResult {
	return result.RootResult{Root: root, Error: err.Error(), Tables: []result.TableResult{}}
}

// errInterrupted ends a command before there is anything to write.
var errInterrupted = errors.New("interrupted")

func interrupted(root string) error {
	return fmt.Errorf("root %s: interrupted before it was read to its end", quote(root))
}

// manyFlags name roots, and bound the time that each may take.
type manyFlags struct {
	from    string
	timeout timeFlag
}

// defaultTimeout leaves a volume of millions of files on a slow share enough
// time, and ends a nightly run before the morning.
const defaultTimeout = time.Hour

func (f *manyFlags) flags(fs *pflag.FlagSet) {
	fs.StringVar(&f.from, "roots-from", "", "read more roots from `FILE`, one a line; lines that begin with # are "+
		"comments; - is standard input")
	f.timeout = timeFlag(defaultTimeout)
	fs.Var(&f.timeout, "timeout", "give up on a root after `TIME`, such as 90s or 10m; 0 "+
		"never does")
}

const (
	maxRootLine = 64 << 10 // twice the longest path of Windows
	maxRoots    = 100_000  // more servers than anybody has; a wrong file is found out
	maxList     = 64 << 20 // of text, comments with it: a compressed list could be without end
)

// roots lists the roots that are named, in the order asked.
func (f *manyFlags) roots(s *session, args []string) ([]string, error) {
	roots := args
	if f.from != "" {
		more, err := patience.Wait(s.ctx, func() ([]string, error) { return f.read(s) }, nil)
		switch {
		case s.ctx.Err() != nil:
			return nil, errInterrupted
		case err != nil:
			return nil, fmt.Errorf("--roots-from %s: %w", quote(f.from), cause(err))
		}
		roots = append(append([]string{}, args...), more...)
	}
	streams := 0
	for _, root := range roots {
		if root == standardInput {
			streams++
		}
	}
	if f.from == standardInput {
		streams++
	}
	if streams > 1 {
		return nil, usagef("standard input (-) is named %d times, and can be read once", streams)
	}
	if len(roots) == 0 {
		return nil, usagef("no ROOT: name the folder to check, an inventory file or a package")
	}
	return expand(s, roots)
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
	text := &io.LimitedReader{R: textfile.UTF8(r), N: maxList}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, maxRootLine)
	for n := 1; lines.Scan(); n++ {
		root := unquoted(strings.TrimSpace(lines.Text()))
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
	switch {
	case errors.Is(lines.Err(), bufio.ErrTooLong):
		return nil, fmt.Errorf("a line of more than %d bytes", maxRootLine)
	case text.N == 0:
		return nil, fmt.Errorf("more than %d bytes; this is no list of roots", maxList)
	}
	return roots, lines.Err()
}

// unquoted is a line without the quotation marks around the whole of it, which Export-Csv
// and people put there because of blanks.
func unquoted(line string) string {
	if len(line) > 1 && line[0] == '"' && line[len(line)-1] == '"' {
		return line[1 : len(line)-1]
	}
	return line
}
