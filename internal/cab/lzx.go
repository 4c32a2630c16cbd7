package cab

import (
	"bytes"
	"errors"
)

// LZX as cabinets have it: the window and all code lengths live as long as the folder,
// every CFDATA is one frame, whose input begins with a fresh word.
const (
	minWindowBits  = 15
	maxWindowBits  = 21
	literals       = 256
	lengthHeaders  = 8 // main elements of one position slot: match lengths 2 to 8, and longer ones
	lengthElements = 249
	preElements    = 20
	alignElements  = 8
	minMatch       = 2
	maxMainElement = literals + 50*lengthHeaders

	verbatimBlock     = 1
	alignedBlock      = 2
	uncompressedBlock = 3

	maxTranslated = 32768 // frames from the first on in which calls are translated
	tailOfFrame   = 10    // bytes at its end that no call begins in
)

// positionSlots gives the number of position slots by window bits less 15.
var positionSlots = [...]int{30, 32, 34, 36, 38, 42, 50}

// positionBase and extraBits describe the offsets of a position slot.
var positionBase, extraBits = positions()

func positions() (base [50]uint32, extra [50]uint8) {
	for i, at := 0, uint32(0); i < len(base); i++ {
		if i >= 4 {
			extra[i] = uint8(min(i/2-1, 17))
		}
		base[i] = at
		at += 1 << extra[i]
	}
	return base, extra
}

// lzx unpacks the frames of one folder.
type lzx struct {
	in     bitReader
	space  []byte // of the widest window so far
	window []byte
	at     int   // in the window
	start  int   // of this frame in the window
	total  int64 // unpacked before this frame
	frames int
	broken bool // a frame was shorter than a block can be: it was the last

	begun     bool // the folder's first bit was read
	callsSize int  // 0: calls are not translated
	kind      int  // of the current block
	left      int  // bytes that the current block still unpacks to
	pad       bool // a byte follows the uncompressed block before
	recent    [3]uint32

	mainLengths   [maxMainElement]uint8
	lengthLengths [lengthElements]uint8
	mainElements  int
	main          huffman
	length        huffman
	align         huffman
	pre           huffman
	translated    [maxBlock]byte
}

// begin makes z ready for a folder. What its window had before is not reached.
func (z *lzx) begin(bits int) error {
	if bits < minWindowBits || bits > maxWindowBits {
		return damaged("CFFOLDER.typeCompress: LZX with a window of %d bits, want %d to %d", bits, minWindowBits,
			maxWindowBits)
	}
	if cap(z.space) < 1<<bits {
		z.space = make([]byte, 1<<bits)
	}
	z.window = z.space[:1<<bits]
	z.at, z.total, z.frames, z.broken = 0, 0, 0, false
	z.begun, z.callsSize, z.left, z.pad = false, 0, 0, false
	z.recent = [3]uint32{1, 1, 1}
	clear(z.mainLengths[:])
	clear(z.lengthLengths[:])
	z.mainElements = literals + positionSlots[bits-minWindowBits]*lengthHeaders
	return nil
}

var (
	errCutOff    = errors.New("LZX: the packed bytes end in the middle")
	errBlockType = errors.New("LZX: a block of an unknown type")
	errCode      = errors.New("LZX: code lengths that make no code")
	errOffset    = errors.New("LZX: a match that begins before the folder")
	errLength    = errors.New("LZX: a match that goes on behind its block")
)

func (z *lzx) unpack(packed []byte, size int, last bool) ([]byte, error) {
	if z.broken || size < maxBlock && !last {
		return nil, damaged("LZX: a frame of %d bytes before the last one, want %d", size, maxBlock)
	}
	z.broken = size < maxBlock
	z.in = bitReader{in: packed}
	if !z.begun {
		z.begun = true
		if z.in.bits(1) == 1 {
			high := z.in.bits(16)
			z.callsSize = int(int32(high<<16 | z.in.bits(16)))
		}
	}
	start := z.at
	z.start = start
	if err := z.frame(start + size); err != nil {
		return nil, err
	}
	out := z.window[start:z.at]
	z.at &= len(z.window) - 1
	if z.callsSize != 0 && z.frames < maxTranslated {
		out = z.translateCalls(out)
	}
	z.frames++
	z.total += int64(size)
	return out, nil
}

// frame fills the window up to end.
func (z *lzx) frame(end int) error {
	for z.at < end {
		if z.left == 0 {
			if err := z.block(); err != nil {
				return err
			}
		}
		run := min(z.left, end-z.at)
		var err error
		if z.kind == uncompressedBlock {
			err = z.copy(run)
		} else {
			err = z.decode(z.at + run)
		}
		switch {
		case err != nil:
			return err
		case z.in.overrun():
			return errCutOff
		}
		z.left -= run
	}
	// The byte behind an odd block may be in this frame's input or in the next one's.
	if z.left == 0 && z.pad && z.in.rest() > 0 {
		z.in.skip()
		z.pad = false
	}
	return nil
}

// block reads the header of a block.
func (z *lzx) block() error {
	if z.pad {
		z.in.skip()
		z.pad = false
	}
	z.kind = int(z.in.bits(3))
	high := z.in.bits(16)
	z.left = int(high<<8 | z.in.bits(8))
	switch z.kind {
	case verbatimBlock:
		return z.codes()
	case alignedBlock:
		var lengths [alignElements]uint8
		for i := range lengths {
			lengths[i] = uint8(z.in.bits(3))
		}
		if !z.align.build(lengths[:]) {
			return errCode
		}
		return z.codes()
	case uncompressedBlock:
		z.in.align()
		b := z.in.bytes(12)
		if b == nil {
			return errCutOff
		}
		z.recent = [3]uint32{le.Uint32(b), le.Uint32(b[4:]), le.Uint32(b[8:])}
		z.pad = z.left&1 == 1
		return nil
	}
	return errBlockType
}

// codes reads the lengths of the main and the length codes.
func (z *lzx) codes() error {
	main := z.mainLengths[:z.mainElements]
	for _, lengths := range [][]uint8{main[:literals], main[literals:], z.lengthLengths[:]} {
		if err := z.lengths(lengths); err != nil {
			return err
		}
	}
	if z.in.overrun() {
		return errCutOff
	}
	if !z.main.build(main) || !z.length.build(z.lengthLengths[:]) {
		return errCode
	}
	return nil
}

// lengths reads code lengths, each as its difference from the one before.
func (z *lzx) lengths(to []uint8) error {
	var pre [preElements]uint8
	for i := range pre {
		pre[i] = uint8(z.in.bits(4))
	}
	if !z.pre.build(pre[:]) {
		return errCode
	}
	for i := 0; i < len(to); {
		z.in.fill()
		code := z.in.symbol(&z.pre)
		run, value := 1, uint8(0)
		switch {
		case code < 0:
			return errCode
		case code == 17:
			run = 4 + int(z.in.bits(4))
		case code == 18:
			run = 20 + int(z.in.bits(5))
		case code == 19:
			run = 4 + int(z.in.bits(1))
			if code = z.in.symbol(&z.pre); code < 0 || code > 16 {
				return errCode
			}
			fallthrough
		default:
			value = uint8((int(to[i]) - code + 17) % 17)
		}
		if run > len(to)-i {
			return errCode
		}
		for range run {
			to[i] = value
			i++
		}
	}
	return nil
}

// copy takes n bytes of an uncompressed block.
func (z *lzx) copy(n int) error {
	b := z.in.bytes(n)
	if b == nil {
		return errCutOff
	}
	z.at += copy(z.window[z.at:], b)
	return nil
}

// decode unpacks literals and matches until the window is filled up to end.
func (z *lzx) decode(end int) error {
	window, at := z.window, z.at
	in, aligned := z.in, z.kind == alignedBlock
	for at < end {
		in.fill()
		element := in.symbol(&z.main)
		if element < literals {
			if element < 0 {
				return errCode
			}
			window[at] = byte(element)
			at++
			continue
		}
		element -= literals
		length := element%lengthHeaders + minMatch
		if length == lengthHeaders-1+minMatch {
			more := in.symbol(&z.length)
			if more < 0 {
				return errCode
			}
			length += more
		}
		offset, ok := z.offset(&in, element/lengthHeaders, aligned)
		switch {
		case !ok:
			return errCode
		case offset == 0 || int64(offset) > z.total+int64(at-z.start) || offset > len(window):
			return errOffset
		case length > end-at:
			return errLength
		}
		if from := at - offset; from >= 0 {
			repeat(window, at, offset, length)
		} else {
			for i := range length {
				window[at+i] = window[(from+i)&(len(window)-1)]
			}
		}
		at += length
	}
	z.in, z.at = in, at
	return nil
}

// repeat copies length bytes to at from offset bytes before, which can be among those
// that it has just copied.
func repeat(window []byte, at, offset, length int) {
	for length > 0 {
		n := copy(window[at:at+length], window[at-offset:at])
		at, length, offset = at+n, length-n, offset+n
	}
}

// offset reads how far back a match begins.
func (z *lzx) offset(in *bitReader, slot int, aligned bool) (offset int, ok bool) {
	recent := &z.recent
	switch slot {
	case 0:
	case 1:
		recent[0], recent[1] = recent[1], recent[0]
	case 2:
		recent[0], recent[2] = recent[2], recent[0]
	default:
		extra := uint(extraBits[slot])
		at := positionBase[slot] - 2
		in.fill()
		if aligned && extra >= 3 {
			at += in.take(extra-3) << 3
			low := in.symbol(&z.align)
			if low < 0 {
				return 0, false
			}
			at += uint32(low)
		} else {
			at += in.take(extra)
		}
		recent[0], recent[1], recent[2] = at, recent[0], recent[1]
	}
	return int(recent[0]), true
}

// translateCalls gives the frame with the targets of its x86 calls (0xE8) relative
// again, where the packer made them absolute. The window keeps what was packed.
func (z *lzx) translateCalls(frame []byte) []byte {
	if len(frame) <= tailOfFrame {
		return frame
	}
	out := z.translated[:copy(z.translated[:], frame)]
	for i := 0; ; i += 5 {
		next := bytes.IndexByte(out[i:max(i, len(out)-tailOfFrame)], 0xe8)
		if next < 0 {
			return out
		}
		i += next
		at := z.total + int64(i)
		switch target := int64(int32(le.Uint32(out[i+1:]))); {
		case target >= 0 && target < int64(z.callsSize):
			le.PutUint32(out[i+1:], uint32(target-at))
		case target < 0 && target >= -at && target < int64(z.callsSize):
			le.PutUint32(out[i+1:], uint32(target+int64(z.callsSize)))
		}
	}
}
