package main

import (
	"context"
	"errors"
	"slices"

	"kbverify/pecheck/estate"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

// judging is what verify and detect share: roots are read side by side, and
// their results written in the order asked.
type judging struct {
	s       *session
	command result.Command
	asked   []string // hotfixes, where it is not about all
	tool    result.Tool
	roots   []string
	jobs    int // for all roots together
	source  *source
	judge   func(*inventory.Inventory) result.RootResult
	work    estate.Job[result.RootResult] // nil: read the root, and judge
	look    report.Options
	outputFlags

	taken   result.Taken
	written int // roots
	code    result.Exit
	table   report.Writer
	out     *output
}

const (
	// rootsAtOnce is how many roots are read side by side: enough that shares
	// which answer slowly do not add up, few enough for one network card.
	rootsAtOnce = 8
	// filesOfRoot is how many files a root may have open at the least: its folders, as
	// deep as they lie, and a few beside them.
	filesOfRoot = 48
	// resultsAhead is how many results may wait for a root that is slower than
	// those behind it: what memory holds of large ones, and more than most estates
	// have. Beyond it roots wait, at most until the slow one's time limit.
	resultsAhead = 64
)

// run judges every root. A root that fails is a result of its own.
func (j *judging) run() (result.Exit, error) {
	j.taken = taken(j.command)
	out, err := j.outputFlags.create(j.s, j.roots)
	if err != nil {
		return 0, err
	}
	defer out.discard()
	o := j.outputFlags.look(out.terminal)
	o.Verbose, o.Quiet, o.Many = j.look.Verbose, j.look.Quiet, len(j.roots) > 1
	o.Detect, o.Known, o.Run = j.look.Detect, j.look.Known, j.taken
	if j.table, err = report.New(out, j.format.format, j.tool, o); err != nil {
		return 0, err
	}
	j.out = out
	if err := j.each(); err != nil {
		return 0, writeError(err)
	}
	j.source.progress.clear()
	if err := j.table.Close(ended(j.taken), j.code); err != nil {
		return 0, writeError(err)
	}
	j.source.idle.note(j.s, j.look.Quiet || j.format.format == report.Nagios)
	return result.Exit(report.ExitCode(j.table, j.code)), out.commit()
}

// each works on the roots under one limit. Every root has its share of the
// jobs, so that one that does not answer holds no others' jobs.
func (j *judging) each() error {
	work := j.work
	if work == nil {
		work = func(ctx context.Context, root string) result.RootResult { return j.source.judge(ctx, root, j.judge) }
	}
	timed := func(ctx context.Context, root string) result.RootResult {
		begun := taken(j.command)
		r := work(ctx, root)
		if r.Error != "" {
			r.Taken, r.Asked = ended(begun), j.asked
		}
		r.Taken.Command = j.command
		return r
	}
	allowed := inventory.OpenFilesAllowed()
	jobs, most := inventory.JobCounts(j.jobs)
	atOnce := max(min(len(j.roots), rootsAtOnce, jobs, allowed/filesOfRoot), 1)
	j.source.openFiles = allowed / atOnce
	j.source.jobs, j.source.growTo = max(jobs/atOnce, 1), most/atOnce
	j.source.progress.total = len(j.roots)
	o := estate.Options{AtOnce: atOnce, Timeout: j.source.timeout, Ahead: resultsAhead}
	err := estate.Run(j.s.ctx, slices.Values(j.roots), o, timed, j.emit)
	if j.s.ctx.Err() != nil && (err == nil || errors.Is(err, j.s.ctx.Err())) {
		return j.skipTo("", true)
	}
	return err
}

// emit writes one result, after those of the roots before it that the user's
// interruption has left without one.
func (j *judging) emit(r result.RootResult) error {
	if err := j.skipTo(r.Root, false); err != nil {
		return err
	}
	return j.write(r)
}

func (j *judging) skipTo(root string, end bool) error {
	for j.written < len(j.roots) && (end || j.roots[j.written] != root) {
		left := j.roots[j.written]
		r := failed(left, interrupted(left))
		r.Taken, r.Asked = ended(j.taken), j.asked
		if err := j.write(r); err != nil {
			return err
		}
	}
	return nil
}

func (j *judging) write(r result.RootResult) error {
	j.written++
	j.code = max(j.code, r.Code())
	if r.Error != "" {
		j.source.idle.read(nil)
	}
	j.source.progress.clear()
	if err := errors.Join(j.table.Root(r), j.out.Flush()); err != nil {
		return err
	}
	j.out.complain(j.s, string(j.command), j.format.format, &r)
	return nil
}
