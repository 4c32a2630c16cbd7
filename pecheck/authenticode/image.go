package authenticode

import (
	"crypto"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"sync"

	"golang.org/x/crypto/cryptobyte"
)

var le = binary.LittleEndian

// image is a PE file as far as its signature goes: where what stands that the digest
// leaves out. All are offsets in the file, in bytes.
type image struct {
	r        io.ReaderAt
	checksum int64 // IMAGE_OPTIONAL_HEADER.CheckSum, 4 bytes
	security int64 // IMAGE_DATA_DIRECTORY Security, 8 bytes
	table    int64 // the attribute certificate table; 0: the file has none
	end      int64 // of the table
	trailing int64 // how many bytes follow it
}

// The headers of a PE file.
const (
	dosHeaderSize    = 64
	eLfanew          = 0x3c // IMAGE_DOS_HEADER.e_lfanew
	fileHeader       = 4    // IMAGE_FILE_HEADER, after the signature
	optionalHeader   = 24   // IMAGE_OPTIONAL_HEADER
	checkSum         = optionalHeader + 64
	securityIndex    = 4 // IMAGE_DIRECTORY_ENTRY_SECURITY
	directorySize    = 8
	maxNTHeaders     = optionalHeader + 112 + 16*directorySize
	certificateStart = 8 // WIN_CERTIFICATE up to bCertificate
	alignment        = 8 // of each WIN_CERTIFICATE
)

// openImage finds the signature in the headers of a PE file.
func openImage(r io.ReaderAt, size int64) (*image, error) {
	dos, err := readUpTo(r, 0, dosHeaderSize, size)
	if err != nil {
		return nil, err
	}
	if len(dos) < dosHeaderSize || string(dos[:2]) != "MZ" {
		return nil, causeError{NotPE, "not a PE file"}
	}
	at := int64(le.Uint32(dos[eLfanew:]))
	nt, err := readUpTo(r, at, maxNTHeaders, size)
	if err != nil {
		return nil, err
	}
	if len(nt) < 4 || string(nt[:4]) != "PE\x00\x00" {
		return nil, causeError{NotPE, "not a PE file"}
	}
	if len(nt) < optionalHeader+2 {
		return nil, damaged("IMAGE_NT_HEADERS: cut off")
	}
	im := &image{r: r, checksum: at + checkSum}
	directories := 0
	switch magic := le.Uint16(nt[optionalHeader:]); magic {
	case 0x10b:
		directories = optionalHeader + 96
	case 0x20b:
		directories = optionalHeader + 112
	default:
		return nil, damaged("IMAGE_OPTIONAL_HEADER.Magic: 0x%x", magic)
	}
	if len(nt) < directories {
		return nil, damaged("IMAGE_OPTIONAL_HEADER: cut off")
	}
	entry := directories + securityIndex*directorySize
	im.security = at + int64(entry)
	return im, im.locate(nt, directories, entry, size)
}

// locate finds the attribute certificate table. nt is IMAGE_NT_HEADERS, directories
// and entry say where in it the data directories begin and that of the signature is.
func (im *image) locate(nt []byte, directories, entry int, size int64) error {
	count := le.Uint32(nt[directories-4:]) // NumberOfRvaAndSizes
	room := optionalHeader+int(le.Uint16(nt[fileHeader+16:])) >= entry+directorySize && len(nt) >= entry+directorySize
	switch {
	case count <= securityIndex && (!room || le.Uint64(nt[entry:]) == 0):
		return nil
	case count <= securityIndex:
		return damaged("IMAGE_OPTIONAL_HEADER.NumberOfRvaAndSizes: %d leaves out the signature that is there", count)
	case !room:
		return damaged("IMAGE_FILE_HEADER.SizeOfOptionalHeader: no room for %d data directories", count)
	}
	// This directory alone holds an offset in the file, not an address.
	table, length := int64(le.Uint32(nt[entry:])), int64(le.Uint32(nt[entry+4:]))
	switch {
	case table == 0 && length == 0:
		return nil
	case table == 0 || length == 0:
		return damaged("IMAGE_DATA_DIRECTORY Security: %d bytes at offset %d", length, table)
	case table < im.security+directorySize:
		return damaged("IMAGE_DATA_DIRECTORY Security: the signature at byte %d overlaps the headers", table)
	case table+length > size:
		return damaged("IMAGE_DATA_DIRECTORY Security: the signature reaches to byte %d, the file to %d", table+length, size)
	}
	im.table, im.end, im.trailing = table, table+length, size-table-length
	if im.trailing > 0 && im.trailing < alignment { // some tools fill up the file, not the table
		rest, err := readUpTo(im.r, im.end, int(im.trailing), size)
		if err != nil {
			return err
		}
		if zero(rest) {
			im.trailing = 0
		}
	}
	return nil
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// readUpTo reads n bytes from off, or as many as the file of size bytes has there.
func readUpTo(r io.ReaderAt, off int64, n int, size int64) ([]byte, error) {
	if off >= size {
		return nil, nil
	}
	b := make([]byte, min(int64(n), size-off))
	return b, readFull(r, b, off)
}

var errShort = errors.New("changed while it was read")

func readFull(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return errShort
	}
	return err
}

// messages reads the attribute certificate table: WIN_CERTIFICATE structures, each
// from a multiple of 8 bytes on, and of each signature those that are nested in it.
func (im *image) messages() (all []*message, err error) {
	foreign, room := 0, int64(maxMessage)
	for at := im.table; at < im.end; {
		head, err := readUpTo(im.r, at, certificateStart, im.end)
		if err != nil {
			return nil, err
		}
		if at > im.table && len(head) < certificateStart && zero(head) {
			break
		}
		if len(head) < certificateStart {
			return nil, damaged("WIN_CERTIFICATE: cut off at byte %d", at)
		}
		length, revision, kind := int64(le.Uint32(head)), le.Uint16(head[4:]), le.Uint16(head[6:])
		switch {
		case length <= certificateStart || length > im.end-at:
			return nil, damaged("WIN_CERTIFICATE.dwLength: %d, in a table with %d bytes left", length, im.end-at)
		case length > room:
			return nil, unsupported("WIN_CERTIFICATE.dwLength: %d bytes, more than the %d left of %d", length, room, maxMessage)
		case len(all)+foreign >= maxSignatures:
			return nil, damaged("more than %d signatures", maxSignatures)
		case kind != 2: // WIN_CERT_TYPE_PKCS_SIGNED_DATA
			foreign++
		case revision != 0x200 && revision != 0x100:
			return nil, damaged("WIN_CERTIFICATE.wRevision: 0x%x", revision)
		default:
			b := make([]byte, length-certificateStart)
			if err := readFull(im.r, b, at+certificateStart); err != nil {
				return nil, err
			}
			all = parseMessages(b, all)
			room -= length
		}
		at += (length + alignment - 1) &^ (alignment - 1)
	}
	if len(all) == 0 {
		return nil, unsupported("its certificates are of a type that is not known here")
	}
	return all, nil
}

// parseMessages adds to all the message in b and those nested in it.
func parseMessages(b []byte, all []*message) []*message {
	queue := []cryptobyte.String{b}
	for len(queue) > 0 {
		m := parseMessage(queue[0])
		queue = append(queue[1:], m.nested...)
		all = append(all, m)
		if len(all)+len(queue) > maxSignatures {
			return append(all, &message{err: damaged("more than %d signatures", maxSignatures)})
		}
	}
	return all
}

// block is read at once.
const block = 256 << 10

var blocks = sync.Pool{New: func() any { return new([block]byte) }}

// digest feeds the file to sums, from its beginning to the signature, but for the
// checksum and the directory that says where the signature is.
func (im *image) digest(sums map[crypto.Hash]hash.Hash, onward func(bytes int) bool) error {
	if len(sums) == 0 {
		return nil
	}
	b := blocks.Get().(*[block]byte)
	defer blocks.Put(b)
	feed := func(part []byte) {
		for _, sum := range sums {
			sum.Write(part)
		}
	}
	for at := int64(0); at < im.table; {
		part := b[:min(block, im.table-at)]
		if err := readFull(im.r, part, at); err != nil {
			return err
		}
		if onward != nil && !onward(len(part)) {
			return errors.New("the check was stopped")
		}
		next := at + int64(len(part))
		for _, hole := range [][2]int64{{im.checksum, im.checksum + 4}, {im.security, im.security + directorySize}} {
			from, to := max(hole[0], at), min(hole[1], next)
			if from < to {
				feed(part[:from-at])
				part, at = part[to-at:], to
			}
		}
		feed(part)
		at = next
	}
	return nil
}
