package inventory

import (
	"bytes"
	"kbverify/pecheck/visible"
	"slices"
)

// chunkBytes is the size of the pieces in which a listing keeps names: growing
// by pieces, it never copies what it holds.
const chunkBytes = 64 << 10

// listing is what matters of one folder's entries, sorted by escaped name. A
// folder can hold a million: each costs its name and seven bytes.
type listing struct {
	chunks [][]byte
	at     []uint32 // chunk number and offset of each entry: kind, two bytes of length, escaped name
}

// maxListed caps the entries of interest of one folder: what 32 bits can address
// with names of the usual length.
const maxListed = 16 << 20

// add appends an entry, and reports false where the listing is full.
func (l *listing) add(name []byte, kind entryKind) bool {
	if !visible.IsPlain(string(name)) {
		name = []byte(visible.Name(string(name)))
	}
	need := 3 + len(name)
	last := len(l.chunks) - 1
	if last < 0 || len(l.chunks[last])+need > chunkBytes {
		if last+1 == 1<<16 || len(l.at) == maxListed {
			return false
		}
		l.chunks = append(l.chunks, nil)
		last++
		if last > 0 {
			l.chunks[last] = make([]byte, 0, chunkBytes)
		}
	}
	chunk := l.chunks[last]
	l.at = append(l.at, uint32(last)<<16|uint32(len(chunk)))
	chunk = append(chunk, byte(kind), byte(len(name)), byte(len(name)>>8))
	l.chunks[last] = append(chunk, name...)
	return true
}

func (l *listing) len() int { return len(l.at) }

// entry gives the i-th entry's escaped name and kind.
func (l *listing) entry(i int) (name []byte, kind entryKind) { return l.read(l.at[i]) }

func (l *listing) read(at uint32) ([]byte, entryKind) {
	record := l.chunks[at>>16][at&0xffff:]
	size := int(record[1]) | int(record[2])<<8
	return record[3 : 3+size], entryKind(record[0])
}

// sort puts the entries in order and drops a name that the disk listed twice, as
// happens while a folder changes.
func (l *listing) sort() {
	slices.SortFunc(l.at, func(a, b uint32) int {
		x, _ := l.read(a)
		y, _ := l.read(b)
		return bytes.Compare(x, y)
	})
	l.at = slices.CompactFunc(l.at, func(a, b uint32) bool {
		x, _ := l.read(a)
		y, _ := l.read(b)
		return bytes.Equal(x, y)
	})
}
