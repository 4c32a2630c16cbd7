package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/patience"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

// judgingOf is a judging whose roots are worked on by work, written as JSON.
func judgingOf(ctx context.Context, roots []string, work func(ctx context.Context, root string) result.RootResult) (j *judging, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	s := &session{ctx: ctx, stdout: stdout, stderr: stderr}
	j = &judging{s: s, command: "verify", roots: roots, jobs: 4, source: newSource(s, &walkFlags{}, nil), work: work}
	j.format.format = report.JSON
	return j, stdout, stderr
}

// result is that of a root where everything is in place.
func resultOf(root string) result.RootResult {
	return result.RootResult{Root: root, Tables: []result.TableResult{{Hotfix: "Q100001", State: result.Installed,
		Rows: []result.RowResult{{Name: "a.dll", Verdict: result.OK}}}}}
}

// Ctrl-C: what is finished is written, in order; the report is whole, and says
// what is not finished.
func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		roots := []string{"one", "two", "three", "four"}
		j, stdout, stderr := judgingOf(ctx, roots, func(ctx context.Context, root string) result.RootResult {
			if root == "two" { // a dead share
				<-ctx.Done()
				return failed(root, interrupted(root))
			}
			return resultOf(root)
		})
		go func() {
			synctest.Wait() // everything but the dead share is finished
			cancel()
		}()
		if code, err := j.run(); code != result.ExitTrouble || err != nil {
			t.Errorf("exit code %d, %v", code, err)
		}
		var r result.Result
		if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
			t.Fatalf("%v in %s", err, stdout)
		}
		var got []string
		for _, root := range r.Roots {
			if root.Error != "" {
				got = append(got, root.Error)
			} else {
				got = append(got, root.Root)
			}
		}
		want := []string{"one", `root "two": interrupted before it was read to its end`, "three", "four"}
		if d := cmp.Diff(want, got); d != "" || r.Exit != result.ExitTrouble {
			t.Errorf("exit %d\n%s", r.Exit, d)
		}
		if !strings.Contains(stderr.String(), `verify: root "two": interrupted`) {
			t.Errorf("stderr: %s", stderr)
		}
	})
}

// A share that does not answer costs its own result, after the time limit.
func TestTimeLimitOfARoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j *judging
		j, stdout, _ := judgingOf(t.Context(), []string{"dead", "alive"}, func(ctx context.Context, root string) result.RootResult {
			if root == "dead" {
				<-ctx.Done()
				return failed(root, j.source.whyNot(ctx, root, ctx.Err()))
			}
			return resultOf(root)
		})
		j.source.timeout = 90 * time.Second
		if code, err := j.run(); code != result.ExitTrouble || err != nil {
			t.Errorf("exit code %d, %v", code, err)
		}
		var r result.Result
		if err := json.Unmarshal(stdout.Bytes(), &r); err != nil || len(r.Roots) != 2 {
			t.Fatalf("%v in %s", err, stdout)
		}
		if want := `root "dead": not read to its end in 1m30s; --timeout gives it longer, 0 any time`; r.Roots[0].Error != want || r.Roots[1].Error != "" {
			t.Errorf("%+v", r.Roots)
		}
	})
}

// One limit for all: every root has its share of the jobs, and one at least.
func TestJobsAreShared(t *testing.T) {
	for _, c := range []struct{ jobs, roots, each, grown int }{
		{0, 1, 16, 64}, {0, 2, 8, 32}, {0, 200, 2, 8},
		{16, 1, 16, 16}, {16, 2, 8, 8}, {16, 200, 2, 2}, {3, 200, 1, 1}, {1, 5, 1, 1}, {100, 50, 12, 12},
	} {
		j, _, _ := judgingOf(t.Context(), make([]string, c.roots), func(_ context.Context, root string) result.RootResult { return resultOf(root) })
		j.jobs = c.jobs
		if _, err := j.run(); err != nil || j.source.jobs != c.each || j.source.growTo != c.grown {
			t.Errorf("%d jobs for %d roots: %d to %d each, want %d to %d (%v)", c.jobs, c.roots, j.source.jobs, j.source.growTo, c.each,
				c.grown, err)
		}
	}
}

func TestPatience(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	forever := make(chan bool)
	if _, err := patience.Wait(ctx, func() (bool, error) { return <-forever, nil }, nil); err != context.Canceled {
		t.Error(err)
	}
	close(forever)
}

// Ctrl-C ends the reading of a share that does not even say what the root is.
// Without its guard the test hangs.
func TestInterruptedOnADeadShare(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dead := make(chan bool)
	defer close(dead)
	src := newSource(&session{ctx: ctx, stderr: io.Discard}, &walkFlags{jobs: 1}, nil)
	src.sniff = func(string) bool { return <-dead }
	if _, err := src.inventory(ctx, "dead"); err != context.Canceled {
		t.Errorf("inventory: %v", err)
	}
	if _, err := src.write("dead", true, nil); err == nil || err.Error() != interrupted("dead").Error() {
		t.Errorf("scan: %v", err)
	}
}
