package main

import (
	"errors"

	"github.com/spf13/pflag"

	"kbverify/pecheck"
	"kbverify/pecheck/report"
)

var verifyCommand = command{
	name:    "verify",
	args:    "-k KB[/TABLE] | -m MANIFEST [FLAGS] ROOT...",
	summary: "judge folders against hotfixes; the main job",
	about: "Compares the files under each ROOT with what the hotfix's article prints, and\n" +
		"says file by file what is missing, older, the wrong size or built for the wrong\n" +
		"processor. A ROOT is a folder, or an inventory file written by scan. Without a\n" +
		"TABLE, the one is used whose builds match the files found.",
	new: func() action { return &verifyAction{} },
}

type verifyAction struct {
	askedFlags
	platformFlag
	walkFlags
	outputFlags
	verbose bool
}

func (v *verifyAction) flags(fs *pflag.FlagSet) {
	v.askedFlags.flags(fs)
	v.platformFlag.flags(fs)
	v.walkFlags.flags(fs, "no progress; of the table, the summary lines alone")
	v.outputFlags.flags(fs)
	fs.BoolVarP(&v.verbose, "verbose", "v", false, "all rows, not only those that need attention")
}

func (v *verifyAction) run(s *session, roots []string) (pecheck.Exit, error) {
	if err := v.walkFlags.check(); err != nil {
		return 0, err
	}
	requests, c, err := v.requests()
	if err != nil {
		return 0, err
	}
	if len(roots) == 0 {
		return 0, usagef("no ROOT: name the folder to check, or an inventory file")
	}
	t, err := tool(c)
	if err != nil {
		return 0, err
	}
	src := newSource(s, &v.walkFlags, namesOf(requests))
	return v.reportRoots(s, t, roots, func(root string) pecheck.RootResult {
		return src.judge(root, func(inv *pecheck.Inventory) pecheck.RootResult {
			return pecheck.Verify(inv, requests, v.scope)
		})
	})
}

// reportRoots writes the result of each root, in order.
func (v *verifyAction) reportRoots(s *session, t pecheck.Tool, roots []string, judge func(root string) pecheck.RootResult) (pecheck.Exit, error) {
	out, err := v.outputFlags.create(s, roots)
	if err != nil {
		return 0, err
	}
	defer out.discard()
	o := look(out.terminal)
	o.Verbose, o.Quiet, o.Many = v.verbose, v.quiet, len(roots) > 1
	w, err := report.New(out, v.format.format, t, o)
	if err != nil {
		return 0, err
	}
	exit := pecheck.ExitPass
	for _, root := range roots {
		r := judge(root)
		exit = max(exit, r.Exit())
		if err := errors.Join(w.Root(r), out.Flush()); err != nil {
			return 0, writeError(err)
		}
		v.complain(s, out, &r)
	}
	if err := w.Close(exit); err != nil {
		return 0, writeError(err)
	}
	return exit, out.commit()
}

// complain repeats on stderr what is wrong with a root, unless the result is
// before the reader's eyes.
func (v *verifyAction) complain(s *session, out *output, r *pecheck.RootResult) {
	if _, seen := terminalOf(out.terminal); r.Error != "" && !(seen && v.format.format == report.Table) {
		s.note("verify: %s", r.Error)
	}
}
