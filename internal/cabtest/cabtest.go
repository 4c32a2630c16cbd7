// Package cabtest builds cabinets ([MS-CAB]) as bytes for tests, with whatever is to be
// wrong about them: stored, MSZIP and LZX, with every reserve, and parts of spanned sets.
package cabtest

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"slices"
)

// The low bits of CFFOLDER.typeCompress; LZX has the bits of its window in the high byte.
const (
	Stored  = 0
	MSZIP   = 1
	Quantum = 2
	LZX     = 3
)

const block = 32 << 10 // to which a CFDATA unpacks

var le = binary.LittleEndian

// Cabinet is to be written, with whatever is wrong about it.
type Cabinet struct {
	Folders        []Folder
	Previous, Next string
	Reserve        [3]int // bytes in the header, in each folder and in each block
	Sums           Sums
}

// Folder is a CFFOLDER with its files and blocks.
type Folder struct {
	Method uint16 // typeCompress
	Files  []File
	Frames []Frame
}

// File is a CFFILE.
type File struct {
	Name   string
	Size   int
	Offset int    // in the unpacked folder
	Index  uint16 // iFolder, where it is not 0
}

// Frame is a CFDATA: what it holds, and to how many bytes that unpacks.
type Frame struct {
	Data []byte
	Size int
}

// Sums is what the checksums of blocks are of.
type Sums int

// The checksums that writers make.

const (
	SumsOfData Sums = iota
	SumsWithReserve
	NoSums
)

// Bytes writes the cabinet as [MS-CAB] has it.
func (p Cabinet) Bytes() []byte {
	var folders, files, data []byte
	flags := uint16(0)
	reserve := p.Reserve[0]+p.Reserve[1]+p.Reserve[2] > 0
	const head = 36
	var extra []byte
	if reserve {
		flags |= 4
		extra = append(extra, byte(p.Reserve[0]), byte(p.Reserve[0]>>8), byte(p.Reserve[1]), byte(p.Reserve[2]))
		extra = append(extra, bytes.Repeat([]byte{'h'}, p.Reserve[0])...)
	}
	for i, name := range []string{p.Previous, p.Next} {
		if name != "" {
			flags |= 1 << i
			extra = append(append(append(extra, name...), 0), "disk\x00"...)
		}
	}
	for n, f := range p.Folders {
		for _, file := range f.Files {
			index := uint16(n)
			if file.Index != 0 {
				index = file.Index
			}
			files = le.AppendUint32(le.AppendUint32(files, uint32(file.Size)), uint32(file.Offset))
			files = le.AppendUint16(files, index)
			files = le.AppendUint16(le.AppendUint16(files, 0x3a21), 0x6000) // 2009-01-01 12:00
			files = append(le.AppendUint16(files, 0x20), file.Name+"\x00"...)
		}
	}
	start := head + len(extra) + len(p.Folders)*(8+p.Reserve[1])
	count := 0
	for _, f := range p.Folders {
		folders = le.AppendUint32(folders, uint32(start+len(files)+len(data)))
		folders = le.AppendUint16(le.AppendUint16(folders, uint16(len(f.Frames))), f.Method)
		folders = append(folders, bytes.Repeat([]byte{'f'}, p.Reserve[1])...)
		for _, b := range f.Frames {
			kept := bytes.Repeat([]byte{'d'}, p.Reserve[2])
			sum := Checksum(b.Data) ^ uint32(b.Size)<<16 ^ uint32(len(b.Data))
			switch p.Sums {
			case SumsWithReserve:
				sum ^= Checksum(kept)
			case NoSums:
				sum = 0
			}
			data = le.AppendUint32(data, sum)
			data = le.AppendUint16(le.AppendUint16(data, uint16(len(b.Data))), uint16(b.Size))
			data = append(append(data, kept...), b.Data...)
		}
		count += len(f.Files)
	}
	out := make([]byte, head)
	copy(out, "MSCF")
	le.PutUint32(out[8:], uint32(start+len(files)+len(data)))
	le.PutUint32(out[16:], uint32(start))
	out[24], out[25] = 3, 1
	le.PutUint16(out[26:], uint16(len(p.Folders)))
	le.PutUint16(out[28:], uint16(count))
	le.PutUint16(out[30:], flags)
	le.PutUint16(out[32:], 7)
	return slices.Concat(out, extra, folders, files, data)
}

// Entry is a file to be Cabinet.
type Entry struct {
	Name    string
	Content []byte
}

// Pack makes a folder of files.
func Pack(method uint16, files ...Entry) Folder {
	f := Folder{Method: method}
	var all []byte
	for _, e := range files {
		f.Files = append(f.Files, File{Name: e.Name, Size: len(e.Content), Offset: len(all)})
		all = append(all, e.Content...)
	}
	switch method & 0xf {
	case MSZIP:
		f.Frames = PackMSZIP(all)
	case LZX:
		f.Frames = PackLZX(all, int(method>>8), 0, 1, 2, 3)
	default:
		for part := range slices.Chunk(all, block) {
			f.Frames = append(f.Frames, Frame{part, len(part)})
		}
	}
	return f
}

// PackMSZIP packs the blocks of a folder.
func PackMSZIP(all []byte) (frames []Frame) {
	var before []byte
	for part := range slices.Chunk(all, block) {
		var out bytes.Buffer
		out.WriteString("CK")
		w, err := flate.NewWriterDict(&out, 6, before)
		if err == nil {
			_, err = w.Write(part)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			panic(err) // no input is known that flate refuses
		}
		frames = append(frames, Frame{out.Bytes(), len(part)})
		before = part
	}
	return frames
}

// Checksum is CFDATA.csum of some bytes ([MS-CAB] 3.1), word by word.
func Checksum(b []byte) (sum uint32) {
	for ; len(b) >= 4; b = b[4:] {
		sum ^= le.Uint32(b)
	}
	var tail uint32
	for _, c := range b {
		tail = tail<<8 | uint32(c)
	}
	return sum ^ tail
}
