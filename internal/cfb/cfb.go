// Package cfb reads compound files ([MS-CFB], versions 3 and 4): a small file
// system in one file, with storages for folders and streams for files.
//
// Open follows every chain of sectors once and checks all of them: against the
// file's size, against loops, and against each other, since no sector belongs to
// two. What it gives can be read at any offset in one step.
package cfb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Signature is what every compound file begins with.
const Signature = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// ErrSignature says that a file is no compound file at all.
var ErrSignature = errors.New("not a compound file")

// DamageError says where a compound file contradicts itself or its size.
type DamageError struct {
	Place string // the structure and field of [MS-CFB], or a stream's name
	Text  string
}

func (e *DamageError) Error() string { return "compound file: " + e.Place + ": " + e.Text }

func damaged(place, format string, args ...any) error {
	return &DamageError{place, fmt.Sprintf(format, args...)}
}

// Special sector numbers ([MS-CFB] 2.1).
const (
	maxRegular = 0xfffffffa // MAXREGSECT
	endOfChain = 0xfffffffe // ENDOFCHAIN
	noStream   = 0xffffffff // NOSTREAM, for directory entries
)

// Caps on what a header claims. They bound the memory: 4 bytes a sector for the
// FAT, at most 16 for the extents, 128 a directory entry.
const (
	maxSectors = 1 << 22 // 2 GB in version 3, which is its own limit; 16 GB in version 4
	maxEntries = 1 << 18 // a hundred times what a large installer package has
)

const (
	headerSize     = 512
	headerFATs     = 109 // DIFAT entries in the header
	miniSectorSize = 64
	miniCutoff     = 4096 // streams below lie in the mini stream
)

// File is an open compound file. It is safe for use by several goroutines.
type File struct {
	Root *Entry

	r       io.ReaderAt
	size    int64
	sector  int64  // bytes of a sector
	sectors uint32 // that begin within the file, without the header's
	wide    bool   // version 4, whose stream sizes have 64 bits
	fat     []uint32
	used    []bool // sectors that belong to something
	mini    extents
	miniFAT []uint32
	// miniUsed are the mini sectors that belong to a stream.
	miniUsed []bool
}

// header is the part of the Compound File Header that matters.
type header struct {
	fatSectors, directory, miniFAT, miniFATSectors, difat, difatSectors uint32
}

// Open reads the structure of a compound file of size bytes. Its errors are
// ErrSignature, a *DamageError, or those of r.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size}
	h, raw, err := f.header()
	if err != nil {
		return nil, err
	}
	if err := f.readFAT(h, raw); err != nil {
		return nil, err
	}
	entries, err := f.readDirectory(h.directory)
	if err != nil {
		return nil, err
	}
	if err := f.readMini(h, entries[0]); err != nil {
		return nil, err
	}
	return f, f.link(entries)
}

func (f *File) header() (h header, raw []byte, err error) {
	raw = make([]byte, headerSize)
	if n := min(f.size, headerSize); n < headerSize {
		if n >= 8 {
			if _, err := f.r.ReadAt(raw[:8], 0); err != nil {
				return h, nil, err
			}
		}
		if string(raw[:8]) == Signature {
			return h, nil, damaged("header", "cut off after %d bytes", f.size)
		}
		return h, nil, ErrSignature
	}
	if err := f.readAt(raw, 0); err != nil {
		return h, nil, err
	}
	if string(raw[:8]) != Signature {
		return h, nil, ErrSignature
	}
	le := binary.LittleEndian
	major, order, shift, miniShift := le.Uint16(raw[26:]), le.Uint16(raw[28:]), le.Uint16(raw[30:]), le.Uint16(raw[32:])
	if order != 0xfffe {
		return h, nil, damaged("header: byte order", "%#04x, want 0xfffe", order)
	}
	if !(major == 3 && shift == 9 || major == 4 && shift == 12) {
		return h, nil, damaged("header", "version %d with sector shift %d, want 3 with 9 or 4 with 12", major, shift)
	}
	if miniShift != 6 {
		return h, nil, damaged("header: mini sector shift", "%d, want 6", miniShift)
	}
	if cutoff := le.Uint32(raw[56:]); cutoff != miniCutoff {
		return h, nil, damaged("header: mini stream cutoff size", "%d, want %d", cutoff, miniCutoff)
	}
	f.sector, f.wide = 1<<shift, major == 4
	sectors := (f.size - 1) / f.sector // rounded up, without the header's
	if sectors > maxSectors {
		return h, nil, damaged("header", "a file of %d bytes has more than %d sectors", f.size, maxSectors)
	}
	f.sectors = uint32(sectors)
	f.used = make([]bool, sectors)
	h = header{
		fatSectors: le.Uint32(raw[44:]), directory: le.Uint32(raw[48:]), miniFAT: le.Uint32(raw[60:]),
		miniFATSectors: le.Uint32(raw[64:]), difat: le.Uint32(raw[68:]), difatSectors: le.Uint32(raw[72:]),
	}
	return h, raw, nil
}

// readAt fills b from the file. The caller knows that it lies within.
func (f *File) readAt(b []byte, at int64) error {
	if at < 0 || at+int64(len(b)) > f.size {
		return damaged("file", "cut off: bytes %d to %d are wanted, it has %d", at, at+int64(len(b)), f.size)
	}
	n, err := f.r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return damaged("file", "ends at byte %d while it is read, it had %d", at+int64(n), f.size)
	}
	return err
}

// offset is where a sector lies in the file.
func (f *File) offset(sector uint32) int64 { return (int64(sector) + 1) * f.sector }

// claim takes a sector for a structure. No sector is taken twice, so no walk over
// sectors has more steps than the file has sectors.
func (f *File) claim(sector uint32, place string) error {
	if sector >= f.sectors {
		return damaged(place, "sector %#x is beyond the end of the file, which has %d: cut off?", sector, f.sectors)
	}
	if f.used[sector] {
		return damaged(place, "sector %#x belongs to something else, or to it already", sector)
	}
	f.used[sector] = true
	return nil
}

// readSector reads one whole sector; it has taken it.
func (f *File) readSector(sector uint32, place string) ([]byte, error) {
	if err := f.claim(sector, place); err != nil {
		return nil, err
	}
	b := make([]byte, f.sector)
	return b, f.readAt(b, f.offset(sector))
}

// readFAT reads the file allocation table: the sectors that the header lists, then
// those in the chain of DIFAT sectors.
func (f *File) readFAT(h header, raw []byte) error {
	if h.fatSectors > f.sectors {
		return damaged("header: number of FAT sectors", "%d, the file has %d sectors", h.fatSectors, f.sectors)
	}
	list := uint32s(raw[76 : 76+4*headerFATs])
	next, left := h.difat, h.difatSectors
	for ; left > 0; left-- {
		b, err := f.readSector(next, "DIFAT")
		if err != nil {
			return err
		}
		numbers := uint32s(b)
		next = numbers[len(numbers)-1]
		list = append(list, numbers[:len(numbers)-1]...)
	}
	// Some writers end an absent chain with FREESECT.
	if next <= maxRegular {
		return damaged("DIFAT", "goes on after the %d sectors that the header counts", h.difatSectors)
	}
	if int64(h.fatSectors) > int64(len(list)) {
		return damaged("header: number of FAT sectors", "%d, %d are listed", h.fatSectors, len(list))
	}
	for i, sector := range list[:h.fatSectors] {
		b, err := f.readSector(sector, fmt.Sprintf("FAT sector %d", i))
		if err != nil {
			return err
		}
		f.fat = append(f.fat, uint32s(b)...)
	}
	for i, sector := range list[h.fatSectors:] {
		if sector <= maxRegular {
			return damaged("DIFAT", "lists FAT sector %d, the header counts %d", int(h.fatSectors)+i, h.fatSectors)
		}
	}
	return nil
}

func uint32s(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}

// next gives the sector after one in its chain, or endOfChain.
func (f *File) next(sector uint32, place string) (uint32, error) {
	if int64(sector) >= int64(len(f.fat)) {
		return 0, damaged(place, "sector %#x is beyond the end of the FAT", sector)
	}
	next := f.fat[sector]
	if next > maxRegular && next != endOfChain {
		return 0, damaged(place, "its chain runs into a sector marked %#x after sector %#x", next, sector)
	}
	return next, nil
}

// chain takes the sectors from start on and says where they lie.
func (f *File) chain(start uint32, place string) (extents, error) {
	var e extents
	for sector := start; sector != endOfChain; {
		if err := f.claim(sector, place); err != nil {
			return extents{}, err
		}
		e.add(f.offset(sector), f.sector)
		var err error
		if sector, err = f.next(sector, place); err != nil {
			return extents{}, err
		}
	}
	return e, nil
}

// whole reads a chain of structures, whose last sector may end with the file.
func (f *File) whole(e extents, limit int64, place string) ([]byte, error) {
	if e.size > limit {
		return nil, damaged(place, "%d bytes, at most %d are read", e.size, limit)
	}
	b := make([]byte, e.size)
	return b, f.read(e, b, 0)
}

// readMini reads what holds the small streams: the mini stream, which is the root
// entry's own, and its allocation table.
func (f *File) readMini(h header, root rawEntry) error {
	if h.miniFATSectors > 0 {
		e, err := f.chain(h.miniFAT, "mini FAT")
		if err != nil {
			return err
		}
		if e.size != int64(h.miniFATSectors)*f.sector {
			return damaged("mini FAT", "%d bytes, the header counts %d sectors", e.size, h.miniFATSectors)
		}
		b, err := f.whole(e, maxSectors*4, "mini FAT")
		if err != nil {
			return err
		}
		f.miniFAT = uint32s(b)
	}
	if root.size == 0 {
		return nil
	}
	e, err := f.chain(root.start, "mini stream")
	if err != nil {
		return err
	}
	if root.size > e.size {
		return damaged("mini stream", "%d bytes, its sectors have %d", root.size, e.size)
	}
	e.size = root.size
	f.mini = e
	f.miniUsed = make([]bool, min((root.size+miniSectorSize-1)/miniSectorSize, int64(len(f.miniFAT))))
	return nil
}

// miniChain is chain for a small stream.
func (f *File) miniChain(start uint32, place string) (extents, error) {
	var e extents
	for sector := start; sector != endOfChain; {
		if int64(sector) >= int64(len(f.miniUsed)) {
			return extents{}, damaged(place, "mini sector %#x is beyond the mini stream, which has %d", sector,
				len(f.miniUsed))
		}
		if f.miniUsed[sector] {
			return extents{}, damaged(place, "mini sector %#x belongs to something else, or to it already", sector)
		}
		f.miniUsed[sector] = true
		e.add(f.mini.offset(int64(sector)*miniSectorSize), miniSectorSize)
		sector = f.miniFAT[sector]
	}
	return e, nil
}

// allocate finds the bytes of a stream. A chain that is longer than its stream is
// damage too: who reads less than there is would not know.
func (f *File) allocate(e *Entry, start uint32) error {
	place := "stream " + quote(e.Name)
	if e.Size == 0 {
		return nil
	}
	unit, chain := f.sector, f.chain
	if e.Size < miniCutoff {
		unit, chain = miniSectorSize, f.miniChain
	}
	got, err := chain(start, place)
	if err != nil {
		return err
	}
	if want := (e.Size + unit - 1) / unit * unit; got.size != want {
		return damaged(place, "%d bytes, its sectors have %d", e.Size, got.size)
	}
	got.size = e.Size
	if end := got.end(); end > f.size {
		return damaged(place, "cut off: it reaches to byte %d of the file, which has %d", end, f.size)
	}
	e.at = got
	return nil
}

// Is reports that head is the beginning of a compound file.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte(Signature)) }
