package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

// A thousand roots need no more memory than a few: what has been written is
// forgotten, whatever the format.
func TestAThousandRootsInTheMemoryOfAFew(t *testing.T) {
	const (
		roots = 1000
		size  = 60_000   // bytes of each result
		most  = 24 << 20 // of 57: the program, the results in work and those that may wait
	)
	names := make([]string, roots)
	for i := range names {
		names[i] = fmt.Sprintf("root%04d", i)
	}
	for _, format := range []report.Format{report.JSON, report.JSONL, report.CSV} {
		j, _, _ := judgingOf(t.Context(), names, func(_ context.Context, root string) result.RootResult {
			r := resultOf(root)
			r.Tables[0].Rows[0].Reason = result.Why{result.Said(strings.Repeat("x", size))}
			return r
		})
		j.s.stdout = io.Discard
		j.format.format = format
		var peak uint64
		j.exit = func(r *result.RootResult) result.Exit {
			if j.written%100 == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
			return r.Exit()
		}
		if code, err := j.run(); code != result.ExitPass || err != nil || j.written != roots {
			t.Fatalf("%s: exit code %d, %v, %d roots written", format, code, err, j.written)
		}
		if peak > most {
			t.Errorf("%s: %d MB in use, of %d MB of results", format, peak>>20, roots*size>>20)
		}
		t.Logf("%s: at most %d MB in use, of %d MB of results", format, peak>>20, roots*size>>20)
	}
}
