// Package msitest builds compound files and Windows Installer databases as bytes,
// for tests: packages, patches and transforms, well-formed and not.
package msitest

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// Storage is a folder of a compound file; its root is one.
type Storage struct {
	Name     string
	CLSID    [16]byte
	Streams  []Stream
	Storages []Storage
}

// Stream is a stream of a compound file.
type Stream struct {
	Name string // as it is stored
	Data []byte
}

// Special sector numbers ([MS-CFB] 2.1).
const (
	difatSector = 0xfffffffc
	fatSector   = 0xfffffffd
	endOfChain  = 0xfffffffe
	freeSector  = 0xffffffff
)

// CompoundFile gives the bytes of a compound file of version 3 or 4.
func CompoundFile(root Storage, version int) []byte {
	w := &writer{version: version, sector: 512}
	if version == 4 {
		w.sector = 4096
	}
	w.add(root, 5)
	return w.bytes()
}

type entry struct {
	name               []uint16
	kind               byte
	left, right, child uint32
	clsid              [16]byte
	data               []byte
	start, size        uint32
}

type writer struct {
	version int
	sector  int
	entries []*entry
	body    bytes.Buffer // the sectors after the header
	fat     []uint32
}

// add puts a storage and all below it into the directory.
func (w *writer) add(s Storage, kind byte) *entry {
	e := &entry{name: utf16.Encode([]rune(s.Name)), kind: kind, clsid: s.CLSID, left: freeSector, right: freeSector}
	if kind == 5 {
		e.name = utf16.Encode([]rune("Root Entry"))
	}
	w.entries = append(w.entries, e)
	type child struct {
		number uint32
		name   []uint16
	}
	var children []child
	for _, stream := range s.Streams {
		n := uint32(len(w.entries))
		name := utf16.Encode([]rune(stream.Name))
		w.entries = append(w.entries, &entry{name: name, kind: 2, data: stream.Data, left: freeSector, right: freeSector,
			child: freeSector})
		children = append(children, child{n, name})
	}
	for _, storage := range s.Storages {
		n := uint32(len(w.entries))
		children = append(children, child{n, w.add(storage, 1).name})
	}
	slices.SortFunc(children, func(a, b child) int {
		if c := cmp.Compare(len(a.name), len(b.name)); c != 0 {
			return c
		}
		return slices.Compare(a.name, b.name) // the names of tests are in one case
	})
	var tree func(list []child) uint32
	tree = func(list []child) uint32 {
		if len(list) == 0 {
			return freeSector
		}
		middle := len(list) / 2
		at := w.entries[list[middle].number]
		at.left, at.right = tree(list[:middle]), tree(list[middle+1:])
		return list[middle].number
	}
	e.child = tree(children)
	return e
}

// chain writes data as sectors one after the other.
func (w *writer) chain(data []byte) uint32 {
	if len(data) == 0 {
		return endOfChain
	}
	start := len(w.fat)
	for at := 0; at < len(data); at += w.sector {
		w.fat = append(w.fat, uint32(len(w.fat)+1))
	}
	w.fat[len(w.fat)-1] = endOfChain
	w.body.Write(data)
	w.body.Write(make([]byte, (w.sector-len(data)%w.sector)%w.sector))
	return uint32(start)
}

func (w *writer) bytes() []byte {
	var mini bytes.Buffer
	var miniFAT []uint32
	for _, e := range w.entries {
		e.size = uint32(len(e.data))
		switch {
		case e.kind != 2:
		case len(e.data) >= 4096:
			e.start = w.chain(e.data)
		case len(e.data) == 0:
			e.start = endOfChain
		default:
			e.start = uint32(len(miniFAT))
			for at := 0; at < len(e.data); at += 64 {
				miniFAT = append(miniFAT, uint32(len(miniFAT)+1))
			}
			miniFAT[len(miniFAT)-1] = endOfChain
			mini.Write(e.data)
			mini.Write(make([]byte, (64-len(e.data)%64)%64))
		}
	}
	root := w.entries[0]
	root.start, root.size = w.chain(mini.Bytes()), uint32(mini.Len())
	for len(miniFAT)%(w.sector/4) != 0 {
		miniFAT = append(miniFAT, freeSector)
	}
	miniStart := w.chain(numbers(miniFAT))
	directory := w.chain(w.directory())
	difat, fat := w.allocation()
	h := make([]byte, w.sector)
	le := binary.LittleEndian
	copy(h, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le.PutUint16(h[24:], 0x3e)
	le.PutUint16(h[26:], uint16(w.version))
	le.PutUint16(h[28:], 0xfffe)
	le.PutUint16(h[30:], map[int]uint16{512: 9, 4096: 12}[w.sector])
	le.PutUint16(h[32:], 6)
	le.PutUint32(h[44:], uint32(len(fat)))
	le.PutUint32(h[48:], directory)
	le.PutUint32(h[56:], 4096)
	le.PutUint32(h[60:], miniStart)
	le.PutUint32(h[64:], uint32(len(miniFAT)*4/w.sector))
	le.PutUint32(h[68:], endOfChain)
	if len(difat) > 0 {
		le.PutUint32(h[68:], difat[0])
		le.PutUint32(h[72:], uint32(len(difat)))
	}
	for i := range 109 {
		le.PutUint32(h[76+4*i:], freeSector)
		if i < len(fat) {
			le.PutUint32(h[76+4*i:], fat[i])
		}
	}
	return append(h, w.body.Bytes()...)
}

// allocation writes the DIFAT and FAT sectors, and gives their numbers.
func (w *writer) allocation() (difat, fat []uint32) {
	per := w.sector / 4
	nFAT, nDIFAT := 0, 0
	for {
		total := len(w.fat) + nFAT + nDIFAT
		needFAT := (total + per - 1) / per
		needDIFAT := (max(0, needFAT-109) + per - 2) / (per - 1)
		if needFAT == nFAT && needDIFAT == nDIFAT {
			break
		}
		nFAT, nDIFAT = needFAT, needDIFAT
	}
	for range nDIFAT {
		difat = append(difat, uint32(len(w.fat)))
		w.fat = append(w.fat, difatSector)
	}
	for range nFAT {
		fat = append(fat, uint32(len(w.fat)))
		w.fat = append(w.fat, fatSector)
	}
	for i := range difat {
		sector := make([]uint32, per)
		for j := range sector[:per-1] {
			sector[j] = freeSector
			if at := 109 + i*(per-1) + j; at < len(fat) {
				sector[j] = fat[at]
			}
		}
		sector[per-1] = endOfChain
		if i+1 < len(difat) {
			sector[per-1] = difat[i+1]
		}
		w.body.Write(numbers(sector))
	}
	for len(w.fat)%per != 0 {
		w.fat = append(w.fat, freeSector)
	}
	w.body.Write(numbers(w.fat))
	return difat, fat
}

func (w *writer) directory() []byte {
	var out bytes.Buffer
	le := binary.LittleEndian
	for _, e := range w.entries {
		b := make([]byte, 128)
		for i, c := range e.name {
			le.PutUint16(b[2*i:], c)
		}
		le.PutUint16(b[64:], uint16(2*len(e.name)+2))
		b[66], b[67] = e.kind, 1
		le.PutUint32(b[68:], e.left)
		le.PutUint32(b[72:], e.right)
		le.PutUint32(b[76:], e.child)
		copy(b[80:], e.clsid[:])
		le.PutUint32(b[116:], e.start)
		le.PutUint32(b[120:], e.size)
		out.Write(b)
	}
	for out.Len()%w.sector != 0 {
		b := make([]byte, 128)
		for _, at := range []int{68, 72, 76} {
			le.PutUint32(b[at:], freeSector)
		}
		out.Write(b)
	}
	return out.Bytes()
}

func numbers(list []uint32) []byte {
	var out []byte
	for _, n := range list {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	return out
}
