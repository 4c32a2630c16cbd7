// Package estate works on many roots side by side and hands the results over
// one by one, in the order in which the roots were named.
package estate

import (
	"context"
	"iter"
	"time"
)

// Options bound the work.
type Options struct {
	AtOnce  int           // roots worked on at once; at least 1
	Timeout time.Duration // for each root; 0 is none
	// Ahead is how many results may wait for one that is slower than those
	// behind it. It bounds memory, whatever the number of roots.
	Ahead int
}

// Job is the work on one root. It must return soon after ctx has ended; a
// system call that hangs on a dead share is left behind, not waited for.
type Job[T any] func(ctx context.Context, root string) T

// pending is where the result of one root arrives.
type pending[T any] chan T

// Run does job for every root and calls emit with each result, in the order of
// the roots. It stops at the first error of emit, or when ctx ends: then it
// emits what is finished, still in order, and returns the error.
func Run[T any](ctx context.Context, roots iter.Seq[string], o Options, job Job[T], emit func(T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := make(chan pending[T], max(o.Ahead, o.AtOnce, 1))
	go start(ctx, roots, o, job, queue)
	for p := range queue {
		select {
		case result := <-p:
			if err := emit(result); err != nil {
				return err
			}
		case <-ctx.Done():
			return drain(ctx, p, queue, emit)
		}
	}
	return ctx.Err()
}

// drain emits what was finished when ctx ended, and leaves out what was not.
func drain[T any](ctx context.Context, next pending[T], queue chan pending[T], emit func(T) error) error {
	for {
		select {
		case result := <-next:
			if err := emit(result); err != nil {
				return err
			}
		default:
		}
		var more bool
		if next, more = <-queue; !more {
			return ctx.Err()
		}
	}
}

// start begins the work on root after root, as slots and the queue allow.
func start[T any](ctx context.Context, roots iter.Seq[string], o Options, job Job[T], queue chan<- pending[T]) {
	defer close(queue)
	slots := make(chan struct{}, max(o.AtOnce, 1))
	for root := range roots {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		p := make(pending[T], 1)
		go func() {
			defer func() { <-slots }()
			p <- within(ctx, o.Timeout, root, job)
		}()
		select {
		case queue <- p:
		case <-ctx.Done():
			return
		}
	}
}

// within does the job under the time limit for one root.
func within[T any](ctx context.Context, limit time.Duration, root string, job Job[T]) T {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	return job(ctx, root)
}
