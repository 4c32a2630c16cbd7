package cab

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
)

// maxBlock is the most that one CFDATA unpacks to ([MS-CAB] 2.4).
const maxBlock = 32 << 10

// Visit is handed the content of one or several files that are the same bytes of the
// cabinet. r gives an error in place of what cannot be read, and io.EOF only behind
// content that is whole and whose checksums are right. An error of Visit ends Read.
type Visit func(files []int, r io.Reader) error

// Read reads the wanted files, each once, in one pass over every folder that has one,
// and hands them to visit by number. Every wanted file is visited, whatever is wrong
// with it. Of other folders only the lengths of the blocks are read. The error is
// visit's, or that of ctx.
func (c *Cabinet) Read(ctx context.Context, want func(i int) bool, visit Visit) error {
	b := &buffers{left: c.size}
	for n, files := range c.inOrder() {
		if err := c.readFolder(newStream(ctx, &c.folders[n], c.Next, b), n, files, want, visit); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cabinet) readFolder(s *stream, n int, files []int, want func(int) bool, visit Visit) error {
	left, end := 0, int64(0) // wanted files that were not visited; the end of the last file
	for _, i := range files {
		if want(i) {
			left++
		}
		if c.Files[i].why == nil {
			end = max(end, c.Files[i].offset+c.Files[i].Size)
		}
	}
	for len(files) > 0 && left > 0 {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		var same []int
		same, files = c.cutSame(files)
		wanted := same[:0]
		for _, i := range same {
			if want(i) {
				wanted = append(wanted, i)
			}
		}
		if len(wanted) == 0 {
			continue
		}
		left -= len(wanted)
		r := &fileReader{s: s, at: c.Files[wanted[0]].offset, left: c.Files[wanted[0]].Size, err: c.Files[wanted[0]].why}
		if err := visit(wanted, r); err != nil {
			return err
		}
	}
	c.checkEnd(s, n, end)
	return s.ctx.Err()
}

// cutSame takes the files from the front that are the same bytes.
func (c *Cabinet) cutSame(files []int) (same, rest []int) {
	first := &c.Files[files[0]]
	n := 1
	for n < len(files) && first.why == nil {
		f := &c.Files[files[n]]
		if f.why != nil || f.offset != first.offset || f.Size != first.Size {
			break
		}
		n++
	}
	return files[:n:n], files[n:]
}

// checkEnd looks for bytes behind the last file of a folder.
func (c *Cabinet) checkEnd(s *stream, n int, end int64) {
	if c.folders[n].continues || c.folders[n].headless != nil {
		return
	}
	total, err := s.length()
	switch {
	case err != nil && s.err == nil: // else the files have said so
		c.damage("folder %d: %v", n+1, err)
	case err == nil && total > end:
		c.damage("folder %d: bytes %d to %d are of no file", n+1, end, total)
	}
}

// fileReader gives one file's bytes of the unpacked folder.
type fileReader struct {
	s    *stream
	at   int64
	left int64
	err  error
}

func (r *fileReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.left == 0 {
		return 0, io.EOF
	}
	b, err := r.s.from(r.at)
	if err != nil {
		r.err = err
		return 0, err
	}
	n := copy(p, b[:min(int64(len(b)), r.left)])
	r.at += int64(n)
	r.left -= int64(n)
	return n, nil
}

// stream unpacks a folder block by block.
type stream struct {
	ctx    context.Context
	f      *folder
	next   string // the cabinet in which the folder goes on
	part   int
	number int   // of blocks read in this part
	at     int64 // in r, of the next CFDATA
	unpack unpacker
	block  []byte // the latest block, unpacked; good until the next one
	start  int64  // of block in the folder
	err    error  // what ended the stream

	*buffers
	whole []byte // a block that two cabinets share
}

// buffers are used by one folder after the other.
type buffers struct {
	left   int64 // bytes of the cabinets that no folder has read as its blocks
	packed []byte
	mszip  *mszip
	lzx    *lzx
}

// unpacker unpacks the blocks of one folder, in their order: size bytes of each.
type unpacker interface {
	unpack(packed []byte, size int, last bool) ([]byte, error)
}

func newStream(ctx context.Context, f *folder, next string, b *buffers) *stream {
	return &stream{ctx: ctx, f: f, next: next, at: f.parts[0].at, buffers: b, err: f.headless}
}

// begin makes what unpacks the folder.
func (s *stream) begin() error {
	if s.packed == nil {
		s.packed = make([]byte, 1<<16+256) // the most that CFDATA and its reserve can have
		s.mszip, s.lzx = &mszip{}, &lzx{}
	}
	switch method := s.f.method & methodMask; method {
	case methodStored:
		s.unpack = stored{}
	case methodMSZIP:
		s.mszip.history = s.mszip.history[:0]
		s.unpack = s.mszip
	case methodLZX:
		s.unpack = s.lzx
		return s.lzx.begin(int(s.f.method >> 8 & 0x1f))
	case methodQuantum:
		return errors.New("it is packed by Quantum, which is not read")
	default:
		return damaged("CFFOLDER.typeCompress %d: method %d is not known", s.f.number, method)
	}
	return nil
}

// from gives bytes from that place of the folder on, at least one.
func (s *stream) from(at int64) ([]byte, error) {
	if s.unpack == nil && s.err == nil {
		s.err = s.begin()
	}
	for at >= s.start+int64(len(s.block)) {
		if s.err == nil {
			s.err = s.advance()
		}
		if s.err != nil {
			return nil, s.err
		}
	}
	return s.block[at-s.start:], nil
}

// cfdata is CFDATA without its data ([MS-CAB] 2.4).
type cfdata struct {
	sum              uint32
	packed, unpacked int
	at               int64 // of its reserve, which is before its data
}

// header reads the next CFDATA and goes on behind it.
func (s *stream) header() (d cfdata, err error) {
	p := &s.f.parts[s.part]
	for s.number == p.blocks {
		if s.part+1 == len(s.f.parts) {
			if s.f.continues {
				return d, missing("goes on", s.next)
			}
			return d, damaged("CFFOLDER.cCFData %d: the folder ends after %d blocks, in the middle of a file", s.f.number,
				p.blocks)
		}
		s.part, s.number = s.part+1, 0
		p = &s.f.parts[s.part]
		s.at = p.at
	}
	s.number++
	var b [blockHeader]byte
	if err := s.readAt(b[:], s.at); err != nil {
		return d, err
	}
	d = cfdata{le.Uint32(b[:]), int(le.Uint16(b[4:])), int(le.Uint16(b[6:])), s.at + blockHeader}
	s.at = d.at + int64(p.reserve+d.packed)
	if d.unpacked > maxBlock {
		return d, damaged("%s: unpacks to %d bytes, at most %d", s.place(), d.unpacked, maxBlock)
	}
	if s.at > p.size {
		return d, damaged("%s: reaches to byte %d, the cabinet has %d", s.place(), s.at, p.size)
	}
	if s.left -= s.at - d.at + blockHeader; s.left < 0 {
		return d, damaged("CFFOLDER.coffCabStart %d: folders have the same blocks", s.f.number)
	}
	return d, nil
}

// place names the latest CFDATA.
func (s *stream) place() string { return fmt.Sprintf("CFDATA %d of folder %d", s.number, s.f.number) }

func (s *stream) readAt(b []byte, at int64) error {
	p := &s.f.parts[s.part]
	if end := at + int64(len(b)); end > p.size {
		return damaged("%s: reaches to byte %d, the cabinet has %d", s.place(), end, p.size)
	}
	n, err := p.r.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return damaged("%s: the cabinet ends at byte %d, its size is %d", s.place(), at+int64(n), p.size)
	}
	return err
}

// advance unpacks the next block.
func (s *stream) advance() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.start += int64(len(s.block))
	s.block = nil
	d, err := s.header()
	if err != nil {
		return err
	}
	packed, err := s.data(d)
	if err != nil {
		return err
	}
	if d.unpacked == 0 { // the rest of this block is in the next cabinet of the set
		s.whole = append(s.whole[:0], packed...)
		if s.number != s.f.parts[s.part].blocks {
			return damaged("%s: unpacks to nothing, and is not the last in its cabinet", s.place())
		}
		if d, err = s.header(); err != nil {
			return err
		}
		if packed, err = s.data(d); err != nil {
			return err
		}
		s.whole = append(s.whole, packed...)
		packed = s.whole
		if d.unpacked == 0 {
			return damaged("%s: unpacks to nothing", s.place())
		}
	}
	last := s.part+1 == len(s.f.parts) && s.number == s.f.parts[s.part].blocks && !s.f.continues
	if s.block, err = s.unpack.unpack(packed, d.unpacked, last); err != nil {
		return damaged("%s: %v", s.place(), err)
	}
	return nil
}

// data reads the data of a CFDATA and checks its sum. Whether the sum is of the
// reserve too, writers do not agree; either is accepted.
func (s *stream) data(d cfdata) ([]byte, error) {
	n := s.f.parts[s.part].reserve
	b := s.packed[:n+d.packed]
	if err := s.readAt(b, d.at); err != nil {
		return nil, err
	}
	reserve, b := b[:n], b[n:]
	if d.sum == 0 {
		return b, nil
	}
	sum := checksum(b) ^ uint32(d.unpacked)<<16 ^ uint32(d.packed)
	if sum != d.sum && sum^checksum(reserve) != d.sum {
		return nil, damaged("%s: csum is 0x%08X, its data has 0x%08X", s.place(), d.sum, sum)
	}
	return b, nil
}

// length gives the length of the whole folder, unpacked, from what its blocks say.
func (s *stream) length() (int64, error) {
	total := s.start + int64(len(s.block))
	if s.err != nil && s.number > 0 {
		return 0, s.err
	}
	for s.part+1 < len(s.f.parts) || s.number < s.f.parts[s.part].blocks {
		if err := s.ctx.Err(); err != nil {
			return 0, err
		}
		d, err := s.header()
		if err != nil {
			return 0, err
		}
		total += int64(d.unpacked)
	}
	return total, nil
}

// checksum is CFDATA.csum of some bytes: the exclusive or of its words, the last of
// which has its bytes the other way round where it is not whole.
func checksum(b []byte) uint32 {
	var wide uint64
	for ; len(b) >= 8; b = b[8:] {
		wide ^= le.Uint64(b)
	}
	sum := uint32(wide) ^ uint32(wide>>32)
	if len(b) >= 4 {
		sum ^= le.Uint32(b)
		b = b[4:]
	}
	var tail uint32
	for _, c := range b {
		tail = tail<<8 | uint32(c)
	}
	return sum ^ tail
}

type stored struct{}

func (stored) unpack(packed []byte, size int, _ bool) ([]byte, error) {
	if len(packed) != size {
		return nil, damaged("stored, and %d bytes for %d", len(packed), size)
	}
	return packed, nil
}

// mszip unpacks blocks that are each "CK" and a deflate stream ([MS-MCI]), which goes
// back to the 32 KiB before it in the folder.
type mszip struct {
	in      bytes.Reader
	flate   io.ReadCloser
	history []byte
	out     [maxBlock]byte
}

func (z *mszip) unpack(packed []byte, size int, _ bool) ([]byte, error) {
	if !bytes.HasPrefix(packed, []byte("CK")) {
		return nil, damaged("MSZIP: does not begin with CK")
	}
	z.in.Reset(packed[2:])
	if z.flate == nil {
		z.flate = flate.NewReader(&z.in)
	}
	if err := z.flate.(flate.Resetter).Reset(&z.in, z.history); err != nil {
		return nil, err
	}
	out := z.out[:size]
	if n, err := io.ReadFull(z.flate, out); err != nil {
		return nil, damaged("MSZIP: %v after %d of %d bytes", err, n, size)
	}
	var more [1]byte
	if n, err := z.flate.Read(more[:]); n > 0 || !errors.Is(err, io.EOF) {
		return nil, damaged("MSZIP: does not end after %d bytes", size)
	}
	z.history = append(z.history[:0], z.history[max(0, len(z.history)+size-maxBlock):]...)
	z.history = append(z.history, out...)
	return out, nil
}
