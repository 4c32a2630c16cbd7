package patience

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	v, err := Wait(context.Background(), func() (int, error) { return 7, errors.ErrUnsupported }, nil)
	if v != 7 || err != errors.ErrUnsupported {
		t.Errorf("got %d, %v", v, err)
	}
}

func TestWorkThatHangsIsLeftBehind(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, fails := range []error{nil, errors.ErrUnsupported} {
		hang, late := make(chan error), make(chan int, 1)
		v, err := Wait(ctx, func() (int, error) { return 7, <-hang }, func(v int) { late <- v })
		if v != 0 || err != context.Canceled {
			t.Errorf("got %d, %v", v, err)
		}
		hang <- fails
		select {
		case v := <-late:
			if v != 7 || fails != nil {
				t.Errorf("late: %d, although it failed with %v", v, fails)
			}
		case <-time.After(50 * time.Millisecond):
			if fails == nil {
				t.Error("what came late was dropped")
			}
		}
	}
}
