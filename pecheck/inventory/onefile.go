package inventory

import (
	"context"
	"fmt"
	"kbverify/pecheck/visible"
	"path/filepath"
)

// ReadFile describes the file at path, with its strings, as a scan of its folder
// would: it never waits for a pipe's other end, and what cannot be read is a
// File with that Ending. Unlike a scan it follows a link, because the user has
// named it. The error is for a path at which nothing is, a folder, and the end
// of ctx. File.Path is the last element of path, escaped like all paths.
func ReadFile(ctx context.Context, path string) (*File, error) {
	type answer struct {
		file *File
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		f, err := readNamed(newDisk(), path)
		done <- answer{f, err}
	}()
	select {
	case a := <-done:
		if a.err != nil {
			return nil, fmt.Errorf("file %s: %w", visible.Quote(path), cleanError{a.err})
		}
		return a.file, nil
	case <-ctx.Done(): // a dead share keeps the goroutine, not the program
		return nil, fmt.Errorf("file %s: %w", visible.Quote(path), ctx.Err())
	}
}

func readNamed(d disk, path string) (*File, error) {
	if path == "" {
		return nil, fmt.Errorf("no name")
	}
	place, err := filepath.EvalSymlinks(path)
	if err != nil { // also where Windows cannot resolve a path that it can open
		place = path
	}
	dir, err := d.root(filepath.Dir(place))
	if err != nil {
		return nil, err
	}
	defer dir.close()
	name := filepath.Base(place)
	s, err := dir.stat(name)
	if err != nil {
		return nil, err
	}
	if s.mode.IsDir() {
		return nil, fmt.Errorf("is a folder")
	}
	w := &walk{strings: true, names: newSelection(nil, true), disk: dir}
	found := w.inspect(&node{dir: dir}, name, kindOf(s.mode))
	if found.file == nil {
		return nil, fmt.Errorf("a link that leads nowhere")
	}
	found.file.Path = visible.Name(filepath.Base(path))
	return found.file, nil
}
