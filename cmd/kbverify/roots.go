package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kbverify/internal/patience"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// source reads roots: folders, and inventory files written by scan.
type source struct {
	s        *session
	flags    *walkFlags
	names    []string // that matter
	jobs     int      // at once, for each root
	strings  bool     // wanted of each file
	timeout  time.Duration
	progress *progress
	sniff    func(root string) bool // is it an inventory?
}

func newSource(s *session, flags *walkFlags, names []string) *source {
	return &source{s: s, flags: flags, names: names, jobs: flags.jobs, progress: newProgress(s, flags.quiet),
		sniff: inventory.SniffFile}
}

// inventory reads one root.
func (r *source) inventory(ctx context.Context, root string, all bool) (*inventory.Inventory, error) {
	is, err := r.isInventory(ctx, root)
	if err != nil {
		return nil, err
	}
	at := r.progress.begin(root)
	defer at.end()
	if is {
		return patiently(ctx, func() (*inventory.Inventory, error) {
			return inventory.Load(root, inventory.Keep{Names: r.names, Exclude: r.flags.exclude})
		})
	}
	o := r.options(at)
	o.All = all
	return inventory.Scan(ctx, root, o)
}

func (r *source) isInventory(ctx context.Context, root string) (bool, error) {
	return patiently(ctx, func() (bool, error) { return r.sniff(root), nil })
}

// patiently waits for work as long as ctx does. Work that hangs on a dead share
// is left behind.
func patiently[T any](ctx context.Context, work func() (T, error)) (T, error) {
	return patience.Wait(ctx, work, nil)
}

func (r *source) options(at *rootProgress) inventory.Options {
	return inventory.Options{
		Names: r.names, Exclude: r.flags.exclude, Jobs: r.jobs, Strings: r.strings, Progress: at.report,
	}
}

// judge reads a root and gives it to judge. A root that cannot be read is a
// result of its own: the other roots are still judged.
func (r *source) judge(ctx context.Context, root string,
	judge func(*inventory.Inventory) result.RootResult) result.RootResult {
	inv, err := r.inventory(ctx, root, false)
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
