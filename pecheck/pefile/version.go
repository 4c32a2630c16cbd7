package pefile

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"kbverify/manifest"
	"kbverify/pecheck/visible"
)

// maxVersionInfo is the longest version resource: VS_VERSIONINFO.wLength has
// 16 bits.
const maxVersionInfo = 0xffff

// versionResource is where VS_VERSIONINFO stands in the file.
type versionResource struct {
	off  int64
	size int  // as the resource table has it; for NE files rounded up
	wide bool // the 32-bit form: UTF-16 texts and a wType; else the 16-bit form
}

// VS_FIXEDFILEINFO.
const (
	fixedSize      = 52
	fixedSignature = 0xFEEF04BD
	fileVersionMS  = 8 // dwFileVersionMS, and dwFileVersionLS after it
)

// decode reads the fixed version, and the FileVersion string where it differs.
func (v versionResource) decode(p *probe, im *Image) error {
	root, err := v.root(p)
	if err != nil {
		return err
	}
	if root.valueLength == 0 {
		im.Ending = NoFixedInfo
		return nil
	}
	if len(root.value) < fixedSize {
		return damaged("VS_VERSIONINFO.wValueLength: %d, VS_FIXEDFILEINFO has %d bytes", root.valueLength, fixedSize)
	}
	if s := le.Uint32(root.value); s != fixedSignature {
		return damaged("VS_FIXEDFILEINFO.dwSignature: 0x%08X, want 0x%08X", s, uint32(fixedSignature))
	}
	ms, ls := le.Uint32(root.value[fileVersionMS:]), le.Uint32(root.value[fileVersionMS+4:])
	im.Version = manifest.Version{uint16(ms >> 16), uint16(ms), uint16(ls >> 16), uint16(ls)}
	im.Ending = Versioned
	if text := root.strings().find("FileVersion"); differs(root.layout, text, im.Version) {
		im.StringVersion = root.layout.decode(text)
	}
	return nil
}

// root reads VS_VERSIONINFO as far as one window holds it (8 KB; strings that
// lie further on are not compared) and checks its frame.
func (v versionResource) root(p *probe) (block, error) {
	b, err := p.at(v.off, min(v.size, windowBytes), "VS_VERSIONINFO")
	if err != nil {
		return block{}, err
	}
	return v.frame(b)
}

// frame checks wLength and szKey of the VS_VERSIONINFO that b begins with.
func (v versionResource) frame(b []byte) (block, error) {
	l := layout{wide: v.wide}
	root, ok := l.block(b)
	switch {
	case len(b) < l.header():
		return root, damaged("VS_VERSIONINFO: %d bytes", v.size)
	case int(le.Uint16(b)) > v.size:
		return root, damaged("VS_VERSIONINFO.wLength: %d in a resource of %d bytes", le.Uint16(b), v.size)
	case !ok || !l.is(root.key, "VS_VERSION_INFO"):
		return root, damaged("VS_VERSIONINFO.szKey: not VS_VERSION_INFO")
	}
	return root, nil
}

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

// maxText caps a string that is shown, in characters before cleaning: a name or
// a version fits on a line.
const maxText = 200

// stringTable is the children of a StringTable: one block for each string.
type stringTable struct {
	layout  layout
	strings []byte
}

// strings finds the StringTable of the first StringFileInfo that most readers
// understand, whatever order the compiler gave the languages.
func (b block) strings() stringTable {
	for rest := b.children(); ; {
		child, ok := b.layout.block(rest)
		if !ok {
			return stringTable{}
		}
		if b.layout.is(child.key, "StringFileInfo") {
			return child.nearestTable() // StringFileInfo has no value
		}
		rest = child.next
	}
}

// nearestTable is the StringTable whose language comes first, see languageRank. Its key
// is eight hexadecimal digits: the language, and a code page.
func (b block) nearestTable() stringTable {
	best, rank := stringTable{}, otherLanguage+1
	for rest := b.body; rank > 0; {
		table, ok := b.layout.block(rest)
		if !ok {
			break
		}
		if r := languageRank(table.language()); r < rank {
			best, rank = stringTable{b.layout, table.body}, r
		}
		rest = table.next
	}
	return best
}

// language reads the first four digits of the key, or gives one that there is not.
func (b block) language() uint16 {
	const digits, none = 4, 0xffff
	var text [digits]byte
	for i := range text {
		at := i * b.layout.unit()
		if at >= len(b.key) || b.layout.wide && b.key[at+1] != 0 {
			return none
		}
		text[i] = b.key[at]
	}
	id, err := strconv.ParseUint(string(text[:]), 16, 16)
	if err != nil {
		return none
	}
	return uint16(id)
}

// otherLanguage is the rank of a language that is neither English nor none.
const otherLanguage = 3

// languageRank orders languages (LANGID) by who reads them: English as in the United
// States, in which Microsoft's articles are, none in particular, English elsewhere, others.
func languageRank(id uint16) int {
	const primary, english, unitedStates = 0x3ff, 0x09, 0x0409
	switch {
	case id == unitedStates:
		return 0
	case id == 0:
		return 1
	case id&primary == english:
		return 2
	}
	return otherLanguage
}

// find gives the value of a string as it is encoded, without what follows its
// terminating zero; nil when there is none. wValueLength is not used: compilers
// disagree whether it counts bytes or characters.
func (t stringTable) find(name string) []byte {
	for rest := t.strings; len(rest) > 0; {
		s, ok := t.layout.block(rest)
		if !ok {
			return nil
		}
		if t.layout.is(s.key, name) {
			if end := t.layout.textEnd(s.body); end >= 0 {
				return s.body[:end]
			}
			return s.body
		}
		rest = s.next
	}
	return nil
}

// decode gives the text, clean and on one line. 16-bit texts are taken for
// code page 1252, whatever the table says.
func (l layout) decode(b []byte) string {
	b = b[:min(len(b), maxText*l.unit())]
	if !l.wide {
		text, _ := charmap.Windows1252.NewDecoder().Bytes(b)
		return visible.Text(strings.TrimSpace(string(text)))
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = le.Uint16(b[2*i:])
	}
	return visible.Text(strings.TrimSpace(string(utf16.Decode(units))))
}

// differs reports that the numbers that a FileVersion string begins with are
// not those of v. A dot or a comma separates them, blanks may follow it, and
// other text may follow the numbers: "2, 0, 1493, 2152", "6.1.7600.16385
// (win7_rtm.090713-1255)". A string without a number in front contradicts nothing.
func differs(l layout, text []byte, v manifest.Version) bool {
	n, at := 0, 0
	char := func() byte { // the ASCII character at at, or 0
		if at+l.unit() > len(text) || l.wide && text[at+1] != 0 {
			return 0
		}
		return text[at]
	}
	for n < len(v) {
		for char() == ' ' {
			at += l.unit()
		}
		if c := char(); c < '0' || c > '9' {
			return false
		}
		number := 0
		for c := char(); '0' <= c && c <= '9'; c = char() {
			number = min(number*10+int(c-'0'), 1<<16) // 65,536 is none of the version's numbers
			at += l.unit()
		}
		if number != int(v[n]) {
			return true
		}
		n++
		if c := char(); c != '.' && c != ',' {
			return false
		}
		at += l.unit()
	}
	return false
}
