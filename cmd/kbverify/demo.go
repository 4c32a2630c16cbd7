package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// The hotfix of the demo: it has two service packs, three platforms, and files
// in several places.
const (
	demoHotfix = "KB977203"
	demoTable  = "SP2"
)

var demoCommand = command{
	name:    "demo",
	args:    "[FLAGS] [DIR]",
	summary: "build a sample root with planted faults and verify it",
	about: "Builds a sample of an SMS root on which " + demoHotfix + " was installed and four\n" +
		"files went wrong, says which, and verifies it. DIR has to be empty or new, and\n" +
		"is kept; without it a temporary folder is used and removed. The exit code is 1,\n" +
		"as the sample is at fault.",
	new: func() action { return &demoAction{} },
}

type demoAction struct{ verify verifyAction }

func (d *demoAction) flags(fs *pflag.FlagSet) {
	d.verify.outputFlags.flags(fs)
	fs.BoolVarP(&d.verify.quiet, "quiet", "q", false, "of the table, the summary lines alone")
	fs.BoolVarP(&d.verify.verbose, "verbose", "v", false, "all rows, not only those that need attention")
	d.verify.jobs = inventory.DefaultJobs
}

func (d *demoAction) run(s *session, args []string) (result.Exit, error) {
	if len(args) > 1 {
		return 0, usagef("want one DIR at most, found %d", len(args))
	}
	dir, clean, err := demoFolder(args)
	if err != nil {
		return 0, err
	}
	defer clean()
	planted, err := buildDemo(dir)
	if err != nil {
		return 0, fmt.Errorf("build the sample: %w", err)
	}
	if err := d.explain(s, dir, planted); err != nil {
		return 0, err
	}
	d.verify.ids = []string{demoHotfix}
	return d.verify.run(s, []string{dir})
}

// demoFolder gives an empty folder, and what removes it if it is a temporary one.
func demoFolder(args []string) (dir string, clean func(), err error) {
	if len(args) == 0 {
		dir, err = os.MkdirTemp("", "kbverify-demo-")
		return dir, func() { os.RemoveAll(dir) }, err
	}
	dir = args[0]
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(dir, 0o755)
	case err == nil && len(entries) > 0:
		err = errors.New("is not empty, and nothing in it is touched; name a new folder")
	}
	if err != nil {
		return "", nil, fmt.Errorf("folder %s: %w", quote(dir), cause(err))
	}
	return dir, func() {}, nil
}

// explain says what was planted: before a table, which is for people too, and
// on stderr beside a result for programs.
func (d *demoAction) explain(s *session, dir string, planted []string) error {
	if d.verify.quiet {
		return nil
	}
	text := fmt.Sprintf("A sample root with four planted faults, built in %s:\n  %s", dir, strings.Join(planted, "\n  "))
	if d.verify.format.format != report.Table {
		s.note("%s", text)
		return nil
	}
	return writeError(s.print(visible.Lines(text + fmt.Sprintf("\n\nWhat kbverify verify -k %s %s says:\n\n", demoHotfix, dir))))
}
