package cfb

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf16"
)

// Entry is a storage or a stream.
type Entry struct {
	Name     string
	Storage  bool
	CLSID    CLSID    // of a storage
	Size     int64    // of a stream, in bytes
	Children []*Entry // of a storage, in the order of the file
	at       extents
}

// CLSID is a class identifier as it lies in the file.
type CLSID [16]byte

// String gives the identifier as it is usually written.
func (c CLSID) String() string {
	le, be := binary.LittleEndian, binary.BigEndian
	return fmt.Sprintf("{%08X-%04X-%04X-%04X-%012X}", le.Uint32(c[0:]), le.Uint16(c[4:]), le.Uint16(c[6:]),
		be.Uint16(c[8:]), c[10:])
}

// Child gives the entry of that very name in a storage, or nil.
func (e *Entry) Child(name string) *Entry {
	for _, c := range e.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// rawEntry is a Directory Entry ([MS-CFB] 2.6.1).
type rawEntry struct {
	name               []uint16
	kind               byte
	left, right, child uint32
	clsid              CLSID
	start              uint32
	size               int64
}

// The object types of directory entries.
const (
	kindFree    = 0
	kindStorage = 1
	kindStream  = 2
	kindRoot    = 5
)

const entrySize = 128

func (f *File) readDirectory(start uint32) ([]rawEntry, error) {
	e, err := f.chain(start, "directory")
	if err != nil {
		return nil, err
	}
	b, err := f.whole(e, maxEntries*entrySize, "directory")
	if err != nil {
		return nil, err
	}
	if len(b) == 0 {
		return nil, damaged("directory", "empty")
	}
	entries := make([]rawEntry, len(b)/entrySize)
	for i := range entries {
		if entries[i], err = f.decodeEntry(b[i*entrySize:], i); err != nil {
			return nil, err
		}
	}
	if entries[0].kind != kindRoot {
		return nil, damaged("directory entry 0", "object type %d, want %d, the root storage", entries[0].kind, kindRoot)
	}
	return entries, nil
}

func (f *File) decodeEntry(b []byte, i int) (e rawEntry, err error) {
	le := binary.LittleEndian
	e.kind = b[66]
	if e.kind == kindFree {
		return e, nil
	}
	place := fmt.Sprintf("directory entry %d", i)
	if e.kind != kindStorage && e.kind != kindStream && (e.kind != kindRoot || i > 0) {
		return e, damaged(place, "object type %d", e.kind)
	}
	length := int(le.Uint16(b[64:])) // in bytes, with the NUL at the end
	if length < 2 || length > 64 || length%2 != 0 {
		return e, damaged(place+": name length", "%d, want an even number from 2 to 64", length)
	}
	for at := 0; at < length-2; at += 2 {
		e.name = append(e.name, le.Uint16(b[at:]))
	}
	if slices.Contains(e.name, 0) || le.Uint16(b[length-2:]) != 0 {
		return e, damaged(place+": name", "does not end where its length says")
	}
	e.left, e.right, e.child = le.Uint32(b[68:]), le.Uint32(b[72:]), le.Uint32(b[76:])
	copy(e.clsid[:], b[80:])
	e.start = le.Uint32(b[116:])
	size := le.Uint64(b[120:])
	if !f.wide {
		size &= 0xffffffff // the upper half may hold anything in version 3
	}
	if e.kind == kindStorage {
		size = 0
	}
	if size > uint64(f.size) {
		return e, damaged(place+": stream size", "%d bytes, the whole file has %d", size, f.size)
	}
	e.size = int64(size)
	return e, nil
}

// link makes the tree of entries. Every entry in use has one place in it.
func (f *File) link(raw []rawEntry) error {
	placed := make([]bool, len(raw))
	placed[0] = true
	f.Root = &Entry{Storage: true, CLSID: raw[0].clsid, Name: string(utf16.Decode(raw[0].name))}
	type pending struct {
		of    *Entry
		first uint32
	}
	for todo := []pending{{f.Root, raw[0].child}}; len(todo) > 0; todo = todo[1:] {
		of := todo[0].of
		numbers, err := siblings(raw, placed, todo[0].first)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			r := &raw[n]
			e := &Entry{Name: string(utf16.Decode(r.name)), Storage: r.kind == kindStorage, CLSID: r.clsid, Size: r.size}
			of.Children = append(of.Children, e)
			if e.Storage {
				todo = append(todo, pending{e, r.child})
			} else if err := f.allocate(e, r.start); err != nil {
				return err
			}
		}
	}
	for i := range raw {
		if raw[i].kind != kindFree && !placed[i] {
			return damaged(fmt.Sprintf("directory entry %d", i), "%s is in use, and no storage holds it",
				quote(string(utf16.Decode(raw[i].name))))
		}
	}
	return nil
}

// siblings gives the entries of one storage in the order of their binary tree,
// which is that of their names: a name that was damaged stands in the wrong place.
func siblings(raw []rawEntry, placed []bool, first uint32) ([]uint32, error) {
	var out, stack []uint32
	for n := first; n != noStream || len(stack) > 0; {
		for ; n != noStream; n = raw[n].left {
			place := fmt.Sprintf("directory entry %#x", n)
			if int64(n) >= int64(len(raw)) {
				return nil, damaged(place, "the directory has %d", len(raw))
			}
			if raw[n].kind == kindFree {
				return nil, damaged(place, "not in use, and a storage holds it")
			}
			if placed[n] {
				return nil, damaged(place, "has two places in the tree, or is part of a ring")
			}
			placed[n] = true
			stack = append(stack, n)
		}
		n = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if k := len(out); k > 0 && order(raw[out[k-1]].name, raw[n].name) >= 0 {
			return nil, damaged(fmt.Sprintf("directory entry %d", n), "%s stands in the wrong place among its siblings",
				quote(string(utf16.Decode(raw[n].name))))
		}
		out = append(out, n)
		n = raw[n].right
	}
	return out, nil
}

// order compares two names as the tree does: by length, then by upper case.
func order(a, b []uint16) int {
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return slices.CompareFunc(a, b, func(x, y uint16) int { return cmp.Compare(upper(x), upper(y)) })
}

func upper(c uint16) rune { return unicode.ToUpper(rune(c)) }

// quote shows a name, whose characters are often those of a code of its owner.
func quote(name string) string { return strconv.QuoteToASCII(name) }
