package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/internal/patience"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/change"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
	"kbverify/pecheck/saved"
)

var reportCommand = command{
	name:    "report",
	args:    "[FLAGS] RESULT...",
	summary: "one report of the saved results of any number of servers",
	about: "Reads results that verify and detect wrote with -f json or -f jsonl, and makes\n" +
		"one report of them, in any format. A RESULT is a file, a folder of them (its\n" +
		"*.json, *.jsonl and the same with .gz), a pattern such as \"drop\\*.json\", or -\n" +
		"for standard input. What cannot be read is named, and ends with exit code 2. Of\n" +
		"a root that several results are about, the newest counts.",
	new: func() action { return &reportAction{} },
}

type reportAction struct {
	outputFlags
	since               string
	all, quiet, verbose bool
}

func (a *reportAction) flags(fs *pflag.FlagSet) {
	fs.StringVar(&a.since, "since", "", "only what changed since `OLD`, earlier results as RESULT is; exit code 1: "+
		"something got worse")
	fs.BoolVar(&a.all, "all", false, "every result of a root, not only its newest")
	fs.BoolVarP(&a.quiet, "quiet", "q", false, "of the table, the summary lines alone")
	a.outputFlags.flagsOf(fs, report.RootFormats)
	fs.BoolVarP(&a.verbose, "verbose", "v", false, "all rows, not only those that need attention")
}

func (a *reportAction) run(s *session, args []string) (result.Exit, error) {
	if len(args) == 0 {
		return 0, usagef("no RESULT: name a file that verify or detect wrote with -f json, or a folder of them")
	}
	begun := taken(result.Report)
	if a.since != "" {
		return a.changes(s, args, begun)
	}
	set, err := a.read(s, args)
	if err != nil {
		return 0, err
	}
	defer set.Close()
	if set.Len() == 0 {
		return 0, errors.New("no result is left to read")
	}
	if a.all {
		countTwice(s, set.Once())
	} else {
		countOlder(s, set)
	}
	return a.write(s, set, begun)
}

// countOlder leaves out what a newer result stands for, aloud.
func countOlder(s *session, set *saved.Set) {
	older, twice := set.Newest()
	if older > 0 {
		s.note("report: %s of roots with a newer one left out; --all takes them, too", results(older))
	}
	countTwice(s, twice)
}

func countTwice(s *session, twice int) {
	if twice > 0 {
		s.note("report: %s read twice, and taken once", results(twice))
	}
}

// changes says what is different since earlier results.
func (a *reportAction) changes(s *session, args []string, begun result.Taken) (result.Exit, error) {
	if err := a.byEnding(); err != nil {
		return 0, err
	}
	switch {
	case a.all:
		return 0, usagef("--since compares the newest results; take --all away")
	case !slices.Contains(report.ChangeFormats, a.format.format):
		return 0, usagef("--since is written as %s", report.Names(report.ChangeFormats))
	}
	var sets [2]*saved.Set
	for i, of := range [][]string{{a.since}, args} {
		set, err := a.read(s, of)
		if err != nil {
			return 0, err
		}
		defer set.Close()
		countOlder(s, set)
		sets[i] = set
	}
	out, err := a.outputFlags.create(s, nil)
	if err != nil {
		return 0, err
	}
	defer out.discard()
	_, own, err := embedded()
	if err != nil {
		return 0, err
	}
	o := a.outputFlags.look(out.terminal)
	o.Verbose, o.Quiet, o.Hosts = a.verbose, a.quiet, max(sets[0].Hosts(), sets[1].Hosts()) > 1
	w, err := report.NewChanges(out, a.format.format, own, o)
	if err != nil {
		return 0, err
	}
	same, exit := 0, result.ExitPass
	err = sets[1].Since(sets[0], func(was, now *result.RootResult) error {
		if s.ctx.Err() != nil {
			return errInterrupted
		}
		root, is := change.Between(was, now)
		if is {
			same++
			return nil
		}
		exit = max(exit, root.Exit)
		return w.Root(root)
	})
	if err != nil {
		return 0, err
	}
	if err := w.Close(same, ended(begun), exit); err != nil {
		return 0, writeError(err)
	}
	return exit, out.commit()
}

// embedded is the catalogue of this program alone, and what a report that it makes says
// of the tool.
func embedded() (*catalog.Catalog, result.Tool, error) {
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		return nil, result.Tool{}, err
	}
	t, err := tool(c)
	return c, t, err
}

func results(n int) string { return counted(n, "result", "results") }

// read reads every result. A share that does not answer is waited for as long as the
// user likes.
func (a *reportAction) read(s *session, args []string) (*saved.Set, error) {
	output := ""
	if !a.toStdout() {
		output = resolve(a.file)
	}
	set, err := patience.Wait(s.ctx, func() (*saved.Set, error) {
		c := &collection{s: s, set: &saved.Set{}, output: output}
		err := c.add(args)
		return c.set, err
	}, func(set *saved.Set) { set.Close() })
	if s.ctx.Err() != nil {
		return nil, errInterrupted
	}
	return set, err
}

// write makes the report. That of one whole run is the run's own.
func (a *reportAction) write(s *session, set *saved.Set, begun result.Taken) (result.Exit, error) {
	c, own, err := embedded()
	if err != nil {
		return 0, err
	}
	judge, run, one := set.One()
	if !one {
		judge, run = own, begun
	}
	out, err := a.outputFlags.create(s, nil)
	if err != nil {
		return 0, err
	}
	defer out.discard()
	o := a.outputFlags.look(out.terminal)
	o.Verbose, o.Quiet, o.Many, o.Run = a.verbose, a.quiet, set.Roots() > 1, run
	o.Hosts = run.Command == result.Report && set.Hosts() > 1
	if a.verbose && judge.Catalog == own.Catalog {
		if o.Known, err = knownIDs(c); err != nil {
			return 0, err
		}
	}
	w, err := report.New(out, a.format.format, judge, o)
	if err != nil {
		return 0, err
	}
	for i := range set.Len() {
		r, err := set.Root(i)
		switch {
		case err != nil:
			return 0, err
		case s.ctx.Err() != nil:
			return 0, errInterrupted
		case r == nil:
			continue
		case r.Judge == judge:
			r.Judge = result.Tool{}
		}
		if err := errors.Join(w.Root(*r), out.Flush()); err != nil {
			return 0, writeError(err)
		}
		out.complain(s, "report", a.format.format, r)
	}
	if !one {
		run = ended(run)
	}
	if err := w.Close(run, set.Exit()); err != nil {
		return 0, writeError(err)
	}
	return result.Exit(report.ExitCode(w, set.Exit())), out.commit()
}

// collection finds the results that are meant.
type collection struct {
	s      *session
	set    *saved.Set
	output string // is read by nobody: it is the report of the day before
}

// resultEndings are those of results in a folder.
var resultEndings = []string{".json", ".jsonl", ".json.gz", ".jsonl.gz"}

func (c *collection) add(args []string) error {
	for _, arg := range args {
		if err := c.one(arg); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) one(arg string) error {
	if arg == "-" {
		return c.named("standard input", c.set.Add("standard input", c.s.stdin))
	}
	info, err := os.Stat(arg)
	switch {
	case err != nil && isPattern(arg):
		return c.pattern(arg)
	case err != nil:
		c.set.Fail(arg, cause(err))
		return nil
	case info.IsDir():
		return c.folder(arg)
	}
	return c.named(arg, c.file(arg))
}

// named makes what the user took for a result, and is none, a root that could not be read.
func (c *collection) named(name string, err error) error {
	if other := (*saved.Other)(nil); errors.As(err, &other) {
		c.set.Fail(name, other)
		return nil
	}
	return err
}

func (c *collection) file(path string) error {
	if c.output != "" && resolve(path) == c.output {
		c.s.note("report: %s: is where the report goes, and not read", quote(path))
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		c.set.Fail(path, cause(err))
		return nil
	}
	defer file.Close()
	return c.set.Add(path, file)
}

// pattern takes what no shell has expanded, as those of Windows do not.
func (c *collection) pattern(pattern string) error {
	paths := matches(pattern)
	if len(paths) == 0 {
		c.set.Fail(pattern, errors.New("no file has such a name"))
		return nil
	}
	for _, path := range paths {
		if err := c.one(path); err != nil {
			return err
		}
	}
	return nil
}

// fileIn gives a file of a folder, in the way in which the user named that.
func fileIn(dir, name string) string {
	switch {
	case dir == ".":
		return name
	case os.IsPathSeparator(dir[len(dir)-1]):
		return dir + name
	case strings.Contains(dir, "/"):
		return dir + "/" + name
	}
	return dir + string(filepath.Separator) + name
}

// folder takes the results in a folder, not those below it. What is sound and no
// result, such as an inventory, is passed over aloud.
func (c *collection) folder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		c.set.Fail(dir, cause(err))
		return nil
	}
	found := false
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		if e.IsDir() || !slices.ContainsFunc(resultEndings, func(end string) bool { return strings.HasSuffix(name, end) }) {
			continue
		}
		found = true
		path := fileIn(dir, e.Name())
		err := c.file(path)
		if other := (*saved.Other)(nil); errors.As(err, &other) {
			c.s.note("report: %s: %s, passed over", quote(path), other)
		} else if err != nil {
			return err
		}
	}
	if !found {
		c.set.Fail(dir, fmt.Errorf("no %s in this folder", strings.Join(resultEndings, ", ")))
	}
	return nil
}
