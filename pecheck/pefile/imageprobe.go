package pefile

import (
	"errors"
	"io"
	"sync"

	"github.com/saferwall/pe"
)

// The reads of one file. The caps are what the longest honest way needs: the
// beginning twice, three levels of resource directory and a data entry in
// different places, the version resource twice, and IMAGE_COR20_HEADER.
const (
	headBytes    = 4 << 10  // the headers of nearly every file, in one read
	maxHeadBytes = 64 << 10 // headers that end further on: linkers write them before 2 KB
	windowBytes  = 8 << 10  // a resource directory with its version resource
	maxReads     = 9
	maxBytes     = headBytes + maxHeadBytes + 6*windowBytes
)

// probe makes the reads of one file and counts them. Its buffers are reused:
// what at returns is valid until the next call.
type probe struct {
	r         io.ReaderAt
	size      int64
	reads     int
	head      []byte // the file from its start
	window    []byte // the latest other read
	windowAt  int64
	long      []byte   // for a head above headBytes
	headers   *pe.File // decodes headBuf
	headBuf   [headBytes]byte
	windowBuf [windowBytes]byte
}

var probes = sync.Pool{New: func() any { return new(probe) }}

func openProbe(r io.ReaderAt, size int64) *probe {
	p := probes.Get().(*probe)
	p.r, p.size, p.reads = r, size, 0
	p.head, p.window = nil, nil
	return p
}

func (p *probe) close() {
	p.r = nil
	probes.Put(p)
}

// at gives n bytes of the file from off, n at most windowBytes. what names the
// structure for messages.
func (p *probe) at(off int64, n int, what string) ([]byte, error) {
	if off < 0 || n < 0 || off > p.size-int64(n) {
		return nil, damaged("%s: bytes %d to %d are beyond the end of the file at %d", what, off, off+int64(n), p.size)
	}
	if off+int64(n) <= int64(len(p.head)) {
		return p.head[off:][:n], nil
	}
	if off < p.windowAt || off+int64(n) > p.windowAt+int64(len(p.window)) {
		p.window = nil
		b := p.windowBuf[:min(windowBytes, p.size-off)]
		if err := p.read(b, off); err != nil {
			return nil, err
		}
		p.window, p.windowAt = b, off
	}
	return p.window[off-p.windowAt:][:n], nil
}

// read fills b from off, within the caps.
func (p *probe) read(b []byte, off int64) error {
	if p.reads++; p.reads > maxReads {
		return damaged("its parts lie in more than %d places", maxReads)
	}
	n, err := p.r.ReadAt(b, off)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return damaged("the file ends at byte %d, its size is %d", off+int64(max(n, 0)), p.size)
	}
	return err
}

// growHead reads on until head holds the first n bytes of the file, or all of it.
func (p *probe) growHead(n int64) error {
	n = min(n, p.size)
	if n <= int64(len(p.head)) {
		return nil
	}
	if n > maxHeadBytes {
		return damaged("headers reach to byte %d, further than the %d bytes that are read of them", n, maxHeadBytes)
	}
	b := p.headBuf[:min(headBytes, p.size)]
	if n > headBytes {
		if p.long == nil {
			p.long = make([]byte, maxHeadBytes)
		}
		b = p.long[:min(maxHeadBytes, p.size)]
	}
	if err := p.read(b, 0); err != nil {
		return err
	}
	clear(p.headBuf[min(len(b), headBytes):])
	p.head = b
	return nil
}
