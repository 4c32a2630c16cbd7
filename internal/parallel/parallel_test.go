package parallel_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"kbverify/internal/parallel"
)

// processors lets the test use so many.
func processors(t *testing.T, n int) {
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestEachOnce(t *testing.T) {
	processors(t, 4)
	for _, n := range []int{0, 1, 3, 4, 5, 1000} {
		calls := make([]atomic.Int64, n)
		parallel.Each(n, func(i int) { calls[i].Add(1) })
		for i := range calls {
			if got := calls[i].Load(); got != 1 {
				t.Errorf("of %d: %d calls for %d, want 1", n, got, i)
			}
		}
	}
}

// As many calls run side by side as there are processors, and Each waits for them.
func TestEachSideBySide(t *testing.T) {
	processors(t, 3)
	for _, tt := range []struct{ n, atOnce int }{{2, 2}, {3, 3}, {7, 3}} {
		synctest.Test(t, func(t *testing.T) {
			var begun atomic.Int64
			var over atomic.Bool
			goOn := make(chan struct{})
			go func() {
				parallel.Each(tt.n, func(int) { begun.Add(1); <-goOn })
				over.Store(true)
			}()
			for finished := range tt.n {
				synctest.Wait()
				want := min(finished+tt.atOnce, tt.n)
				if got := int(begun.Load()); got != want || over.Load() {
					t.Errorf("of %d, after %d: %d calls begun, over %t; want %d, false", tt.n, finished, got, over.Load(), want)
				}
				goOn <- struct{}{}
			}
			synctest.Wait()
			if got := int(begun.Load()); got != tt.n || !over.Load() {
				t.Errorf("of %d: %d calls begun, over %t; want all, true", tt.n, got, over.Load())
			}
		})
	}
}
