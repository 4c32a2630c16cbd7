package cab

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// Place is where a cabinet lies in a file.
type Place struct {
	At   int64
	Size int64 // CFHEADER.cbCabinet, which can reach beyond the end of a file that is cut off
}

// findChunk is read at once in search of cabinets.
const findChunk = 256 << 10

// maxPlaces caps the cabinets of one file: self-extracting programs have a few.
const maxPlaces = 1000

// Find searches a self-extracting program for the cabinets in it, from its start. The
// letters MSCF occur by chance, in the program that unpacks too; a cabinet is where
// all that is fixed in its header fits. What lies within a cabinet is not searched.
func Find(ctx context.Context, r io.ReaderAt, size int64) ([]Place, error) {
	var places []Place
	buf := make([]byte, findChunk)
	for at := int64(0); size-at >= headerSize; {
		if err := ctx.Err(); err != nil {
			return places, err
		}
		b := buf[:min(findChunk, size-at)]
		if n, err := r.ReadAt(b, at); n < len(b) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return places, err
		}
		next := at + int64(len(b)) - headerSize + 1
		for i := 0; ; i++ {
			n := bytes.Index(b[i:], []byte(signature))
			if n < 0 || i+n+headerSize > len(b) {
				break
			}
			i += n
			p := Place{at + int64(i), int64(le.Uint32(b[i+8:]))}
			if plausible(b[i:], size-p.At) {
				if len(places) == maxPlaces {
					return places, damaged("more than %d cabinets in one file", maxPlaces)
				}
				places = append(places, p)
				next = p.At + p.Size
				break
			}
		}
		at = next
	}
	return places, nil
}

// plausible reports that a header with n bytes of file from it on is one, beyond its
// signature. The reserved fields are zero in all but odd cabinets, and only where they
// are is one taken for a cabinet that is cut off.
func plausible(b []byte, n int64) bool {
	h, err := readHeader(b)
	reserved := le.Uint32(b[4:]) | le.Uint32(b[12:]) | le.Uint32(b[20:])
	return err == nil && h.files >= headerSize+folderSize && h.files+fileSize <= h.cabinet &&
		(reserved == 0 || h.cabinet <= n)
}
