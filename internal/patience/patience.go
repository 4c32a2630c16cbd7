// Package patience waits for work that may never end, such as a call to a share
// that is gone, for as long as a context does.
package patience

import "context"

// Wait gives what work comes to, or the error of ctx where that ends before. Work
// that hangs is left behind with its goroutine; late, if it is not nil, takes what
// it comes to after all, if that is no error.
func Wait[T any](ctx context.Context, work func() (T, error), late func(T)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		v, err := work()
		done <- answer{v, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
	}
	if late != nil {
		go func() {
			if a := <-done; a.err == nil {
				late(a.value)
			}
		}()
	}
	var none T
	return none, ctx.Err()
}
