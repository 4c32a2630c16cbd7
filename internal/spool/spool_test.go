package spool

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"testing"
)

// What comes out is what went in, whichever part of it lies in the file.
func TestSpool(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, writes := range [][]int{{}, {0}, {1}, {InMemory}, {InMemory + 1}, {InMemory, 1}, {10, InMemory - 10, 3 * InMemory, 7}} {
		t.Setenv("TMPDIR", t.TempDir())
		t.Setenv("TMP", os.Getenv("TMPDIR"))
		var s Spool
		var want []byte
		for _, n := range writes {
			p := make([]byte, n)
			for i := range p {
				p[i] = byte(r.Uint32())
			}
			want = append(want, p...)
			if _, err := s.Write(p); err != nil {
				t.Fatal(err)
			}
		}
		var got bytes.Buffer
		n, err := s.WriteTo(&got)
		if err != nil || n != s.Len() || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%v: %d bytes of %d, %v", writes, n, len(want), err)
		}
		for range 100 {
			at, part := r.IntN(len(want)+1), make([]byte, r.IntN(len(want)+2))
			n, err := s.ReadAt(part, int64(at))
			if !bytes.Equal(part[:n], want[at:min(at+len(part), len(want))]) || n < len(part) != (err == io.EOF) {
				t.Errorf("%v: %d of %d bytes at %d: %v", writes, n, len(part), at, err)
			}
		}
		if err := s.Close(); err != nil || s.Len() != 0 {
			t.Errorf("%v: %d bytes after Close, %v", writes, s.Len(), err)
		}
		if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
			t.Errorf("%v: %v is left behind, %v", writes, left, err)
		}
	}
}

// The disk that is full or missing is an error of the write that needed it.
func TestNoPlace(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere/at/all")
	t.Setenv("TMP", "/nowhere/at/all")
	var s Spool
	if _, err := s.Write(make([]byte, InMemory)); err != nil {
		t.Errorf("what fits into memory: %v", err)
	}
	if _, err := s.Write([]byte{1}); err == nil {
		t.Error("what does not fit is no error")
	}
}
