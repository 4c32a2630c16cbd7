package cfb

import (
	"errors"
	"io"
	"sort"
)

// extents are the runs of a file's bytes that make a stream, in its order.
type extents struct {
	runs []run
	size int64 // of the stream
}

// run is a piece of a stream: it begins at byte from of the stream, and at byte at
// of the file, and reaches to the next one.
type run struct{ from, at int64 }

// add puts n bytes of the file at the end.
func (e *extents) add(at, n int64) {
	if k := len(e.runs); k == 0 || e.runs[k-1].at+e.size-e.runs[k-1].from != at {
		e.runs = append(e.runs, run{e.size, at})
	}
	e.size += n
}

// find gives the run in which a byte of the stream lies.
func (e *extents) find(from int64) int {
	return sort.Search(len(e.runs), func(i int) bool { return e.runs[i].from > from }) - 1
}

// offset gives the place in the file of a byte of the stream.
func (e *extents) offset(from int64) int64 {
	r := e.runs[e.find(from)]
	return r.at + from - r.from
}

// end is the highest place in the file that the stream needs.
func (e *extents) end() int64 {
	highest := int64(0)
	for i, r := range e.runs {
		highest = max(highest, r.at+e.until(i)-r.from)
	}
	return highest
}

// until is where run i ends in the stream.
func (e *extents) until(i int) int64 {
	if i+1 < len(e.runs) {
		return min(e.runs[i+1].from, e.size)
	}
	return e.size
}

// read fills b from byte from of the stream on; both ends lie within it.
func (f *File) read(e extents, b []byte, from int64) error {
	for i := e.find(from); len(b) > 0; i++ {
		n := min(int64(len(b)), e.until(i)-from)
		if err := f.readAt(b[:n], e.runs[i].at+from-e.runs[i].from); err != nil {
			return err
		}
		b, from = b[n:], from+n
	}
	return nil
}

// Stream reads a stream of a compound file.
type Stream struct {
	f  *File
	at extents
}

// Stream gives the content of an entry that is a stream.
func (f *File) Stream(e *Entry) *Stream { return &Stream{f, e.at} }

// Size is the stream's length in bytes.
func (s *Stream) Size() int64 { return s.at.size }

// ReadAt implements io.ReaderAt.
func (s *Stream) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("compound file: a stream has no byte before its first")
	}
	if off >= s.at.size {
		return 0, io.EOF
	}
	n := min(int64(len(b)), s.at.size-off)
	if err := s.f.read(s.at, b[:n], off); err != nil {
		return 0, err
	}
	if n < int64(len(b)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// ReadAll reads a stream of at most limit bytes.
func (f *File) ReadAll(e *Entry, limit int64) ([]byte, error) {
	if e.Size > limit {
		return nil, damaged("stream "+quote(e.Name), "%d bytes, at most %d are read", e.Size, limit)
	}
	b := make([]byte, e.Size)
	return b, f.read(e.at, b, 0)
}
