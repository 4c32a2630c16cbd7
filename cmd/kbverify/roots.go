package main

import (
	"fmt"

	"kbverify/pecheck"
)

// source reads roots: folders, and inventory files written by scan.
type source struct {
	s        *session
	flags    *walkFlags
	names    []string // that matter
	progress *progress
}

func newSource(s *session, flags *walkFlags, names []string) *source {
	return &source{s: s, flags: flags, names: names, progress: newProgress(s, flags.quiet)}
}

// inventory reads one root.
func (r *source) inventory(root string) (*pecheck.Inventory, error) {
	if pecheck.IsInventory(root) {
		return pecheck.LoadInventory(root, pecheck.Keep{Names: r.names, Exclude: r.flags.exclude})
	}
	r.progress.begin(root)
	defer r.progress.end()
	return pecheck.Scan(r.s.ctx, root, r.options())
}

func (r *source) options() pecheck.ScanOptions {
	return pecheck.ScanOptions{
		Names: r.names, Exclude: r.flags.exclude, Jobs: r.flags.jobs, Progress: r.progress.report,
	}
}

// judge reads a root and gives it to judge. A root that cannot be read is a
// result of its own: the other roots are still judged.
func (r *source) judge(root string, judge func(*pecheck.Inventory) pecheck.RootResult) pecheck.RootResult {
	inv, err := r.inventory(root)
	if r.s.ctx.Err() != nil {
		err = interrupted(root)
	}
	if err != nil {
		return pecheck.RootResult{Root: root, Error: err.Error(), Tables: []pecheck.TableResult{}}
	}
	result := judge(inv)
	result.Root = root
	return result
}

func interrupted(root string) error {
	return fmt.Errorf("root %s: interrupted before it was read to its end", quote(root))
}
