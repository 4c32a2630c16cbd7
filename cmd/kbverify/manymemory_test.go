package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

// A thousand roots need no more memory than a few: what has been written is
// forgotten, whatever the format.
func TestAThousandRootsInTheMemoryOfAFew(t *testing.T) {
	if raceDetector {
		t.Skip("memory is not measured with the race detector on")
	}
	const (
		roots = 1000
		size  = 60_000   // bytes of each result
		most  = 24 << 20 // of 57: the program, the results in work and those that may wait
	)
	names := make([]string, roots)
	for i := range names {
		names[i] = fmt.Sprintf("root%04d", i)
	}
	for _, format := range []report.Format{report.JSON, report.JSONL, report.CSV, report.HTML, report.JUnit, report.Nagios} {
		var done atomic.Int64
		var lock sync.Mutex
		var peak uint64
		j, _, _ := judgingOf(t.Context(), names, func(_ context.Context, root string) result.RootResult {
			if done.Add(1)%100 == 0 {
				lock.Lock()
				defer lock.Unlock()
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
			r := resultOf(root)
			r.Tables[0].Rows[0].Reason = result.Why{result.Said(strings.Repeat("x", size))}
			return r
		})
		j.s.stdout = io.Discard
		j.format.format = format
		if code, err := j.run(); code != result.ExitPass || err != nil || j.written != roots {
			t.Fatalf("%s: exit code %d, %v, %d roots written", format, code, err, j.written)
		}
		if peak > most {
			t.Errorf("%s: %d MB in use, of %d MB of results", format, peak>>20, roots*size>>20)
		}
		t.Logf("%s: at most %d MB in use, of %d MB of results", format, peak>>20, roots*size>>20)
	}
}

// heapWatch is an output that looks at the memory in use now and then.
type heapWatch struct {
	written, next int
	peak          uint64
}

func (w *heapWatch) Write(p []byte) (int, error) {
	if w.written += len(p); w.written >= w.next {
		w.next += 8 << 20
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		w.peak = max(w.peak, m.HeapAlloc)
	}
	return len(p), nil
}

// What identify has said of a file it forgets, whether a folder's or an inventory's.
func TestIdentifyForgets(t *testing.T) {
	const files, most = 60_000, 12 << 20
	inv := &inventory.Inventory{Root: "root", All: true, Seen: files}
	for i := range files {
		inv.Files = append(inv.Files, inventory.File{Path: fmt.Sprintf("%0100d.dll", i), Size: int64(i)})
	}
	path := filepath.Join(t.TempDir(), "inventory.json")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(inv.Encode(out), out.Close()); err != nil {
		t.Fatal(err)
	}
	inv = nil
	for _, format := range report.Formats {
		w := &heapWatch{next: 1}
		args := []string{"identify", "-v", "-f", string(format), path}
		if code := run(context.Background(), args, strings.NewReader(""), w, io.Discard); code != 0 || w.written < files*100 {
			t.Fatalf("%s: exit code %d, %d bytes", format, code, w.written)
		}
		if w.peak > most {
			t.Errorf("%s: %d MB in use", format, w.peak>>20)
		}
	}
}
