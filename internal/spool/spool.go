// Package spool keeps what is written until it is wanted: a little of it in memory,
// the rest in a temporary file that is gone when the program is, however that ends. The
// file may lie anywhere: it is not for commands that read roots.
package spool

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
)

// InMemory is how many bytes are kept in memory: the report on some dozen servers
// never reaches the disk.
const InMemory = 1 << 20

// Spool is what was written. The zero value is empty and ready.
type Spool struct {
	tail []byte // behind what the file has
	file *os.File
	kept int64 // in the file
}

// Len is how many bytes were written.
func (s *Spool) Len() int64 { return s.kept + int64(len(s.tail)) }

// Write implements io.Writer.
func (s *Spool) Write(p []byte) (int, error) {
	if len(s.tail)+len(p) > InMemory {
		if err := s.spill(); err != nil {
			return 0, err
		}
	}
	s.tail = append(s.tail, p...)
	return len(p), nil
}

// spill moves what is in memory to the file.
func (s *Spool) spill() error {
	if s.file == nil {
		file, err := create()
		if err != nil {
			return err
		}
		s.file = file
	}
	n, err := s.file.WriteAt(s.tail, s.kept)
	if err != nil {
		return fmt.Errorf("what does not fit into memory: %w", err)
	}
	s.kept += int64(n)
	s.tail = s.tail[:0]
	return nil
}

// deleteOnClose is FILE_FLAG_DELETE_ON_CLOSE of Windows' CreateFile.
const deleteOnClose = 0x04000000

// create makes a file that nobody finds. Windows takes it away when the process ends;
// elsewhere its name goes at once.
func create() (*os.File, error) {
	flags := os.O_RDWR | os.O_CREATE | os.O_EXCL
	if runtime.GOOS == "windows" {
		flags |= deleteOnClose
	}
	name := filepath.Join(os.TempDir(), fmt.Sprintf("kbverify-%016x", rand.Uint64()))
	file, err := os.OpenFile(name, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("a temporary file for what does not fit into memory: %w", err)
	}
	if runtime.GOOS != "windows" {
		err = os.Remove(name)
	}
	return file, err
}

// ReadAt implements io.ReaderAt.
func (s *Spool) ReadAt(p []byte, at int64) (n int, err error) {
	if at < s.kept {
		n, err = s.file.ReadAt(p[:min(int64(len(p)), s.kept-at)], at)
		if err != nil {
			return n, err
		}
	}
	if at += int64(n); n < len(p) && at < s.Len() {
		n += copy(p[n:], s.tail[at-s.kept:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteTo implements io.WriterTo: it gives everything that was written, in order.
func (s *Spool) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, io.NewSectionReader(s, 0, s.Len()))
}

// Close drops what was written.
func (s *Spool) Close() error {
	file := s.file
	*s = Spool{}
	if file == nil {
		return nil
	}
	return file.Close()
}
