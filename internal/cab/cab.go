// Package cab reads cabinets ([MS-CAB]): stored, MSZIP and LZX, by themselves and in
// self-extracting programs, one pass for each folder of the cabinet, without
// anything being written.
//
// What a cabinet holds is hostile until checked: sizes are compared with the file
// before memory is taken for them, at most one block of 32 KiB and a window of 2 MiB
// are held, and whatever is wrong with a file's bytes ends its reader with an error.
package cab

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

var le = binary.LittleEndian

// Cabinet is the directory of one cabinet, or of the joined parts of a set.
type Cabinet struct {
	Files []File // as the directory has them, in its order
	// Previous and Next name the neighbours in a spanned set, "" where there is none:
	// CFHEADER.szCabinetPrev and szCabinetNext.
	Previous, Next string
	// Damage is what is wrong with the cabinet and costs no file by itself, with the
	// place. Read adds what it finds.
	Damage []string

	folders []folder
	set     uint16 // CFHEADER.setID
	size    int64  // bytes of all parts
}

// File is an entry of the directory (CFFILE, [MS-CAB] 2.3).
type File struct {
	// Name is as stored, but with "/" for "\": UTF-8 or some code page, and with "..",
	// drive letters and control characters where a hostile cabinet has them.
	Name string
	Size int64 // unpacked
	// Modified is the stored local time, taken for UTC; zero where it is no date.
	Modified   time.Time
	Attributes uint16

	folder int   // index in Cabinet.folders
	offset int64 // in the unpacked folder
	why    error // why it cannot be read whatever the folder holds
	// continued is for a file that the cabinet before lists too.
	continued bool
}

// folder is a run of blocks that are unpacked as one (CFFOLDER, [MS-CAB] 2.2).
type folder struct {
	method    uint16
	parts     []part // more than one where a set was joined
	continues bool   // goes on in a cabinet that is not here
	headless  error  // not nil where it begins in a cabinet that is not here
	number    int    // from 1, in its own cabinet
}

// part is the part of a folder that lies in one cabinet.
type part struct {
	r       io.ReaderAt
	size    int64 // of r
	at      int64 // of the first CFDATA
	blocks  int
	reserve int // bytes in each CFDATA
}

// CFHEADER ([MS-CAB] 2.1).
const (
	signature     = "MSCF"
	headerSize    = 36
	hasPrevious   = 1 // flags: cfhdrPREV_CABINET
	hasNext       = 2 // cfhdrNEXT_CABINET
	hasReserve    = 4 // cfhdrRESERVE_PRESENT
	folderSize    = 8
	fileSize      = 16
	blockHeader   = 8
	maxName       = 255 // szName and the other names, without their end
	maxReserve    = 60_000
	fromPrevious  = 0xFFFD // CFFILE.iFolder: ifoldCONTINUED_FROM_PREV
	toNext        = 0xFFFE // ifoldCONTINUED_TO_NEXT
	throughWhole  = 0xFFFF // ifoldCONTINUED_PREV_AND_NEXT
	methodMask    = 0x000F // CFFOLDER.typeCompress
	methodStored  = 0
	methodMSZIP   = 1
	methodQuantum = 2
	methodLZX     = 3
)

// formatError is a contradiction within a cabinet, with structure and field.
type formatError struct{ text string }

func (e formatError) Error() string { return e.text }

func damaged(format string, args ...any) error { return formatError{fmt.Sprintf(format, args...)} }

// ErrNoCabinet is for what does not begin as a cabinet does.
var ErrNoCabinet = errors.New("no cabinet: it does not begin with MSCF")

// header is what CFHEADER says.
type header struct {
	cabinet, files        int64 // cbCabinet, coffFiles
	folders, entries      int
	flags                 uint16
	set                   uint16
	headerReserve         int
	folderReserve, blocks int // reserved bytes in each CFFOLDER and CFDATA
}

// Open reads the directory of the cabinet of size bytes that r begins with. What can
// be read of a cabinet that is cut off behind its directory is a Cabinet; a directory
// that is damaged is an error.
func Open(r io.ReaderAt, size int64) (*Cabinet, error) {
	b := make([]byte, headerSize)
	if n, err := r.ReadAt(b, 0); n < headerSize {
		switch {
		case n < len(signature) || string(b[:len(signature)]) != signature:
			return nil, ErrNoCabinet
		case err == nil || errors.Is(err, io.EOF):
			return nil, damaged("CFHEADER: cut off at byte %d", n)
		}
		return nil, err
	}
	h, err := readHeader(b)
	if err != nil {
		return nil, err
	}
	c := &Cabinet{set: h.set, size: size}
	if h.cabinet > size {
		c.damage("CFHEADER.cbCabinet: %d bytes, and there are %d: cut off", h.cabinet, size)
	}
	in := &directory{in: bufio.NewReader(io.NewSectionReader(r, headerSize, size-headerSize)), at: headerSize}
	if err := c.readFolders(in, h, r, size); err != nil {
		return nil, err
	}
	if h.files < in.at {
		return nil, damaged("CFHEADER.coffFiles: byte %d, and the folders reach to %d", h.files, in.at)
	}
	in.in.Reset(io.NewSectionReader(r, h.files, size-h.files))
	in.at = h.files
	if err := c.readFiles(in, h); err != nil {
		return nil, err
	}
	for n, files := range c.inOrder() {
		c.checkPlaces(n, files)
	}
	return c, nil
}

func readHeader(b []byte) (h header, err error) {
	if string(b[:len(signature)]) != signature {
		return h, ErrNoCabinet
	}
	h = header{
		cabinet: int64(le.Uint32(b[8:])), files: int64(le.Uint32(b[16:])),
		folders: int(le.Uint16(b[26:])), entries: int(le.Uint16(b[28:])), flags: le.Uint16(b[30:]), set: le.Uint16(b[32:]),
	}
	switch {
	case b[25] != 1 || b[24] != 3:
		return h, damaged("CFHEADER.version: %d.%d, want 1.3", b[25], b[24])
	case h.folders == 0:
		return h, damaged("CFHEADER.cFolders: 0")
	case h.entries == 0:
		return h, damaged("CFHEADER.cFiles: 0")
	}
	return h, nil
}

// directory reads on, and knows where.
type directory struct {
	in *bufio.Reader
	at int64
}

// take gives the next n bytes.
func (d *directory) take(n int, what string, number int) ([]byte, error) {
	b := make([]byte, n)
	if n, err := io.ReadFull(d.in, b); err != nil {
		return nil, d.cut(err, what, number, d.at+int64(n))
	}
	d.at += int64(n)
	return b, nil
}

func (d *directory) cut(err error, what string, number int, at int64) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if number > 0 {
		what = fmt.Sprintf("%s %d", what, number)
	}
	return damaged("%s: cut off at byte %d", what, at)
}

// text gives the next text without the zero that ends it.
func (d *directory) text(what string, number int) (string, error) {
	var b []byte
	for len(b) <= maxName {
		c, err := d.in.ReadByte()
		if err != nil {
			return "", d.cut(err, what, number, d.at+int64(len(b)))
		}
		if c == 0 {
			d.at += int64(len(b)) + 1
			return string(b), nil
		}
		b = append(b, c)
	}
	return "", damaged("%s %d: a name of more than %d bytes", what, number, maxName)
}

// readFolders reads what stands between CFHEADER's fixed part and the files.
func (c *Cabinet) readFolders(in *directory, h header, r io.ReaderAt, size int64) error {
	if h.flags&hasReserve != 0 {
		b, err := in.take(4, "CFHEADER", 0)
		if err != nil {
			return err
		}
		h.headerReserve, h.folderReserve, h.blocks = int(le.Uint16(b)), int(b[2]), int(b[3])
		if h.headerReserve > maxReserve {
			return damaged("CFHEADER.cbCFHeader: %d, at most %d", h.headerReserve, maxReserve)
		}
		if _, err := in.take(h.headerReserve, "CFHEADER.abReserve", 0); err != nil {
			return err
		}
	}
	for _, name := range []struct {
		flag uint16
		to   *string
	}{{hasPrevious, &c.Previous}, {hasNext, &c.Next}} {
		if h.flags&name.flag == 0 {
			continue
		}
		var err error
		if *name.to, err = in.text("CFHEADER", 0); err != nil {
			return err
		}
		if _, err := in.text("CFHEADER", 0); err != nil { // szDiskPrev, szDiskNext
			return err
		}
	}
	for i := range h.folders {
		b, err := in.take(folderSize+h.folderReserve, "CFFOLDER", i+1)
		if err != nil {
			return err
		}
		at := int64(le.Uint32(b))
		c.folders = append(c.folders, folder{method: le.Uint16(b[6:]), number: i + 1,
			parts: []part{{r, size, at, int(le.Uint16(b[4:])), h.blocks}}})
	}
	return nil
}

func (c *Cabinet) readFiles(in *directory, h header) error {
	for i := range h.entries {
		b, err := in.take(fileSize, "CFFILE", i+1)
		if err != nil {
			return err
		}
		name, err := in.text("CFFILE", i+1)
		if err != nil {
			return err
		}
		f := File{
			Name: strings.ReplaceAll(name, `\`, "/"), Size: int64(le.Uint32(b)), offset: int64(le.Uint32(b[4:])),
			Modified: dosTime(le.Uint16(b[10:]), le.Uint16(b[12:])), Attributes: le.Uint16(b[14:]),
		}
		if err := c.place(&f, le.Uint16(b[8:]), i+1); err != nil {
			return err
		}
		c.Files = append(c.Files, f)
	}
	for i := range c.folders {
		if at := c.folders[i].parts[0].at; at < in.at && h.files < at {
			return damaged("CFFOLDER.coffCabStart %d: byte %d, in the directory of files, which ends at %d", i+1, at, in.at)
		}
	}
	return nil
}

// place says in which folder a file lies.
func (c *Cabinet) place(f *File, index uint16, number int) error {
	last := len(c.folders) - 1
	switch index {
	case fromPrevious, throughWhole:
		f.folder, f.continued = 0, true
		c.folders[0].headless = missing("begins", c.Previous)
	case toNext:
		f.folder = last
	default:
		if f.folder = int(index); f.folder > last {
			return damaged("CFFILE.iFolder %d: folder %d of %d", number, index+1, last+1)
		}
	}
	if index == toNext || index == throughWhole {
		c.folders[last].continues = true
	}
	return nil
}

// missing says of which cabinet the rest of a file is.
func missing(does, name string) error {
	if name == "" {
		name = "that is not named"
	}
	return fmt.Errorf("it %s in the cabinet %s of a spanned set, which is not here", does, name)
}

// dosTime reads CFFILE.date and CFFILE.time.
func dosTime(date, clock uint16) time.Time {
	month, day := int(date>>5&0xf), int(date&0x1f)
	t := time.Date(1980+int(date>>9), time.Month(month), day, int(clock>>11), int(clock>>5&0x3f), int(clock&0x1f)*2, 0,
		time.UTC)
	if t.Day() != day || int(t.Month()) != month {
		return time.Time{}
	}
	return t
}

// inOrder gives the numbers of each folder's files by where they lie in it.
func (c *Cabinet) inOrder() [][]int {
	order := make([][]int, len(c.folders))
	for i := range c.Files {
		n := c.Files[i].folder
		order[n] = append(order[n], i)
	}
	for _, files := range order {
		slices.SortStableFunc(files, func(a, b int) int {
			x, y := &c.Files[a], &c.Files[b]
			return cmp.Or(cmp.Compare(x.offset, y.offset), cmp.Compare(x.Size, y.Size))
		})
	}
	return order
}

// checkPlaces looks for bytes of folders that belong to no file: whoever packs a
// folder leaves none, and nothing else in a cabinet tells of a size or a number of
// files that is wrong. Files that share some of their bytes cannot be told apart from
// that, and are not read; those that are the same bytes are one content under several
// names, which packers do.
func (c *Cabinet) checkPlaces(folder int, files []int) {
	end := int64(0)
	var last *File
	for _, i := range files {
		f := &c.Files[i]
		switch same := last != nil && f.offset == last.offset && f.Size == last.Size; {
		case same:
		case f.offset < end:
			f.why = damaged("CFFILE.uoffFolderStart %d: byte %d of its folder, which is in file %q", i+1, f.offset, last.Name)
			continue
		case f.offset > end && !(last == nil && c.folders[folder].headless != nil):
			c.damage("CFFILE.uoffFolderStart %d: bytes %d to %d of folder %d are of no file", i+1, end, f.offset, folder+1)
		}
		last, end = f, max(end, f.offset+f.Size)
	}
}

// maxDamage caps Cabinet.Damage: more say nothing more.
const maxDamage = 100

func (c *Cabinet) damage(format string, args ...any) {
	if len(c.Damage) < maxDamage {
		c.Damage = append(c.Damage, fmt.Sprintf(format, args...))
	}
}

// Begins reports that a file begins as a cabinet does.
func Begins(b []byte) bool { return bytes.HasPrefix(b, []byte(signature)) }

// SameBytes reports that two files are the same bytes of the cabinet.
func (c *Cabinet) SameBytes(a, b int) bool {
	x, y := &c.Files[a], &c.Files[b]
	return x.folder == y.folder && x.offset == y.offset && x.Size == y.Size
}
