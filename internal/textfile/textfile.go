// Package textfile reads texts as people keep them: compressed by gzip, and in the UTF-16
// that Windows PowerShell writes. What a text holds decides, not the name of its file.
//
// Nothing here is capped: a small file can hold a text without end, and whoever reads it
// counts what comes out.
package textfile

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// UTF8 gives the text that r holds, without a byte order mark: UTF-8, and UTF-16 with a
// mark or with an ASCII character first, compressed by gzip or not. Other encodings stay
// as they are.
func UTF8(r io.Reader) io.Reader { return &decoded{in: bufio.NewReader(Unpacked(r))} }

type decoded struct {
	in   *bufio.Reader
	text io.Reader
}

func (d *decoded) Read(p []byte) (int, error) {
	if d.text == nil {
		head, _ := d.in.Peek(2)
		var decoder transform.Transformer = unicode.BOMOverride(transform.Nop)
		switch {
		case len(head) < 2:
		case head[0] == 0 && head[1] != 0: // no text begins so but UTF-16 without a mark
			decoder = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
		case head[1] == 0 && head[0] != 0:
			decoder = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
		}
		d.text = transform.NewReader(d.in, decoder)
	}
	return d.text.Read(p)
}

// Unpacked gives what r holds or, where that is compressed by gzip, what was compressed.
// The last read fails where the compressed text is cut off or damaged.
func Unpacked(r io.Reader) io.Reader { return &unpacked{in: bufio.NewReader(r)} }

// Head gives the first n bytes of Unpacked, or all where there are less.
func Head(r io.Reader, n int) []byte {
	head := make([]byte, n)
	n, _ = io.ReadFull(Unpacked(r), head)
	return head[:n]
}

type unpacked struct {
	in  *bufio.Reader
	zip *gzip.Reader
	raw bool // it is not compressed
	err error
}

// gzipMagic are ID1 and ID2 of RFC 1952; no text begins with them, in any encoding that
// articles or manifests are saved in.
const gzipMagic = "\x1f\x8b"

func (u *unpacked) Read(p []byte) (int, error) {
	if u.zip == nil && !u.raw && u.err == nil {
		head, err := u.in.Peek(len(gzipMagic))
		if u.raw = err != nil || string(head) != gzipMagic; !u.raw {
			u.zip, u.err = gzip.NewReader(u.in)
		}
	}
	switch {
	case u.raw:
		return u.in.Read(p)
	case u.err != nil:
		return 0, damaged(u.err)
	}
	n, err := u.zip.Read(p)
	return n, damaged(err)
}

func damaged(err error) error {
	corrupt := flate.CorruptInputError(0)
	switch {
	case errors.Is(err, io.EOF), err == nil:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the compressed text is cut off: copy it whole")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return fmt.Errorf("the compressed text is damaged: %w", err)
	}
	return err // the disk's
}
