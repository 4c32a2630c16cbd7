package pefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/saferwall/pe"

	"kbverify/pecheck/visible"
)

var le = binary.LittleEndian

// Read reads what one file says of itself: format, machine type and file
// version. r is the file and size its length in bytes, as the file system gives
// it. Whatever the file holds, a few small reads are made (maxReads, maxBytes),
// and the answer is an Image: a read error of r is Unreadable, a file that
// contradicts its format or is cut off is Damaged, with the place in Detail.
// NoVersion is only said where the format proves it.
func Read(r io.ReaderAt, size int64) (im Image) {
	p := openProbe(r, size)
	defer p.close()
	defer func() {
		if fault := recover(); fault != nil {
			im = Image{Format: im.Format, Ending: Damaged, Detail: visible.Text(fmt.Sprint(gaveUp, fault))}
		}
	}()
	v, err := p.image(&im)
	if err == nil && im.Ending == "" {
		err = v.decode(p, &im)
	}
	if err != nil {
		im.fail(err)
	}
	return im
}

// gaveUp begins the Detail of a file on which the reading panicked. No input is
// known that does it; one file must never end the run.
const gaveUp = "the reading of this file failed: "

// fail makes im the image of a file on which reading ended with err.
func (im *Image) fail(err error) {
	im.Ending, im.Detail = Unreadable, visible.Text(err.Error())
	if damage := (damageError{}); errors.As(err, &damage) {
		im.Ending = Damaged
	}
}

// damageError is a contradiction within the file, with structure and field.
type damageError struct{ detail string }

func (e damageError) Error() string { return e.detail }

func damaged(format string, args ...any) error { return damageError{fmt.Sprintf(format, args...)} }

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
	texts     bool     // are wanted, and not the version
	headers   *pe.File // decodes headBuf
	headBuf   [headBytes]byte
	windowBuf [windowBytes]byte
}

var probes = sync.Pool{New: func() any { return new(probe) }}

func openProbe(r io.ReaderAt, size int64) *probe {
	p := probes.Get().(*probe)
	p.r, p.size, p.reads = r, size, 0
	p.head, p.window, p.texts = nil, nil, false
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

// Strings are strings of one of a file's StringTables, in English or in no language
// where there are several, for display: cleaned, at most 200 characters each, "" where the file has none.
type Strings struct {
	FileVersion, ProductVersion, ProductName, CompanyName, FileDescription, OriginalFilename, InternalName string
}

// ReadStrings reads the strings of a PE or NE file, within the same
// bounds as Read and one read of at most 64 KB more. A file without a
// version resource, or that is no executable, has none, and no error. The
// error is what Read would say in Detail.
func ReadStrings(r io.ReaderAt, size int64) (s Strings, err error) {
	p := openProbe(r, size)
	defer p.close()
	defer func() {
		if fault := recover(); fault != nil {
			s, err = Strings{}, errors.New(gaveUp)
		}
	}()
	p.texts = true
	var im Image
	v, err := p.image(&im)
	if err != nil || im.Ending == NoVersion {
		return s, err
	}
	b := make([]byte, v.size) // no more than the file has
	if err := p.read(b, v.off); err != nil {
		return s, err
	}
	root, err := v.frame(b)
	if err != nil {
		return s, err
	}
	root.strings().take(&s)
	return s, nil
}

func (t stringTable) take(s *Strings) {
	for name, to := range map[string]*string{
		"FileVersion": &s.FileVersion, "ProductVersion": &s.ProductVersion, "ProductName": &s.ProductName,
		"CompanyName": &s.CompanyName, "FileDescription": &s.FileDescription,
		"OriginalFilename": &s.OriginalFilename, "InternalName": &s.InternalName,
	} {
		*to = t.layout.decode(t.find(name))
	}
}
