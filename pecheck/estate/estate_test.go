package estate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("root%03d", i)
	}
	return out
}

func TestResultsComeInTheOrderAsked(t *testing.T) {
	// Each root waits for the one after it, as far as the slots reach: finished in
	// reverse, handed over in order.
	const atOnce = 4
	var gates [atOnce]sync.WaitGroup
	for i := range gates {
		gates[i].Add(1)
	}
	job := func(_ context.Context, root string) string {
		var i int
		fmt.Sscanf(root, "root%d", &i)
		if i < atOnce {
			if i+1 < atOnce {
				gates[i+1].Wait()
			}
			gates[i].Done()
		}
		return root
	}
	var got []string
	err := Run(t.Context(), slices.Values(names(50)), Options{AtOnce: atOnce}, job, func(r string) error {
		got = append(got, r)
		return nil
	})
	if diff := cmp.Diff(names(50), got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestNoMoreThanAskedAtOnce(t *testing.T) {
	var now, most atomic.Int64
	job := func(context.Context, string) int {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		now.Add(-1)
		return 0
	}
	if err := Run(t.Context(), slices.Values(names(500)), Options{AtOnce: 3}, job, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if most.Load() > 3 {
		t.Errorf("%d at once, want at most 3", most.Load())
	}
}

func TestASlowRootDelaysOnlyItself(t *testing.T) {
	slow := make(chan struct{})
	var finished atomic.Int64
	job := func(_ context.Context, root string) string {
		if root == "root000" {
			<-slow
		} else if finished.Add(1) == 40 {
			close(slow) // only now: the others did not wait for it
		}
		return root
	}
	var got []string
	err := Run(t.Context(), slices.Values(names(60)), Options{AtOnce: 2, Ahead: 64}, job, func(r string) error {
		got = append(got, r)
		return nil
	})
	if diff := cmp.Diff(names(60), got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestResultsThatWaitAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, done := make(chan struct{}), make(chan error)
		taken := 0
		roots := func(yield func(string) bool) {
			for _, name := range names(100) {
				taken++
				if !yield(name) {
					return
				}
			}
		}
		job := func(_ context.Context, root string) string {
			if root == "root000" {
				<-release
			}
			return root
		}
		emitted := 0
		go func() {
			done <- Run(t.Context(), roots, Options{AtOnce: 2, Ahead: 10}, job, func(string) error { emitted++; return nil })
		}()
		synctest.Wait()
		if want := 12; taken != want { // the one that hangs, ten that wait, one that finds no place
			t.Errorf("%d roots taken up while the first one hangs, want %d", taken, want)
		}
		close(release)
		if err := <-done; err != nil || emitted != 100 {
			t.Errorf("%v, %d results", err, emitted)
		}
	})
}

func TestTheTimeLimitIsForEachRoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		job := func(ctx context.Context, root string) error {
			if root == "root001" { // a share that never answers
				<-ctx.Done()
			}
			return ctx.Err()
		}
		var got []error
		err := Run(t.Context(), slices.Values(names(3)), Options{AtOnce: 1, Timeout: time.Minute}, job, func(e error) error {
			got = append(got, e)
			return nil
		})
		if err != nil || len(got) != 3 || got[0] != nil || !errors.Is(got[1], context.DeadlineExceeded) || got[2] != nil {
			t.Errorf("%v, results %v", err, got)
		}
	})
}

func TestCancelledInTheMiddle(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var got []string
	job := func(ctx context.Context, root string) string {
		if root == "root003" {
			cancel()
			<-ctx.Done()
		}
		return root
	}
	err := Run(ctx, slices.Values(names(10)), Options{AtOnce: 1}, job, func(r string) error {
		got = append(got, r)
		return nil
	})
	if !errors.Is(err, context.Canceled) || len(got) < 3 || !slices.Equal(got[:3], names(3)) {
		t.Errorf("%v, emitted %v: want the three that were finished", err, got)
	}
}

func TestAnErrorOfTheOutputStops(t *testing.T) {
	full := errors.New("disk full")
	calls := 0
	err := Run(t.Context(), slices.Values(names(10)), Options{AtOnce: 2}, func(context.Context, string) int { return 0 }, func(int) error {
		calls++
		return full
	})
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

// What stands behind a root that never ends is finished all the same.
func TestCancelledWhileOneRootHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		job := func(ctx context.Context, root string) string {
			if root == "root001" {
				<-ctx.Done()
				<-t.Context().Done() // a dead share does not listen
			}
			return root
		}
		var got []string
		done := make(chan error)
		go func() {
			done <- Run(ctx, slices.Values(names(6)), Options{AtOnce: 2, Ahead: 10}, job, func(r string) error {
				got = append(got, r)
				return nil
			})
		}()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if d := cmp.Diff(slices.Delete(names(6), 1, 2), got); d != "" {
			t.Error(d)
		}
	})
}
