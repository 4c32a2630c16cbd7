package pefile

// layout is the form of a version resource: 32-bit (UTF-16 keys and texts, a
// wType after the lengths) or 16-bit (one byte a character, no wType).
type layout struct{ wide bool }

// header is the size of the lengths before szKey.
func (l layout) header() int {
	if l.wide {
		return 6
	}
	return 4
}

// unit is the size of one character.
func (l layout) unit() int {
	if l.wide {
		return 2
	}
	return 1
}

// block is the shape that all structures of VERSIONINFO share: wLength,
// wValueLength, szKey, Value, Children.
type block struct {
	layout      layout
	key         []byte
	valueLength int    // wValueLength as it stands there
	value       []byte // as long as it says, for values that are counted in bytes
	body        []byte // from the value to wLength
	next        []byte // what follows the block
}

// block takes the block that b begins with. It is false when wLength or the
// key does not fit; a block always has at least its header, so that a walk over
// blocks ends.
func (l layout) block(b []byte) (block, bool) {
	if len(b) < l.header() {
		return block{}, false
	}
	length := int(le.Uint16(b))
	if length < l.header() {
		return block{}, false
	}
	whole := b[:min(length, len(b))]
	end := l.textEnd(whole[l.header():])
	if end < 0 {
		return block{}, false
	}
	key := whole[l.header():][:end]
	out := block{layout: l, key: key, valueLength: int(le.Uint16(b[2:]))}
	out.body = whole[min(align4(l.header()+end+l.unit()), len(whole)):]
	out.value = out.body[:min(out.valueLength, len(out.body))]
	out.next = b[min(align4(length), len(b)):]
	return out, true
}

// children gives what follows the value.
func (b block) children() []byte { return b.body[min(align4(len(b.value)), len(b.body)):] }

// textEnd gives the length in bytes of the text before its terminating zero,
// or -1 when there is none.
func (l layout) textEnd(b []byte) int {
	for i := 0; i+l.unit() <= len(b); i += l.unit() {
		if b[i] == 0 && (!l.wide || b[i+1] == 0) {
			return i
		}
	}
	return -1
}

// is compares a key with an ASCII name, without regard to case, as
// VerQueryValue does.
func (l layout) is(key []byte, name string) bool {
	if len(key) != len(name)*l.unit() {
		return false
	}
	for i := range len(name) {
		c := key[i*l.unit()]
		if l.wide && key[i*2+1] != 0 || lower(c) != lower(name[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func align4(n int) int { return (n + 3) &^ 3 }
