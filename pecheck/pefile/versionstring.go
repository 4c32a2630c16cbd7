package pefile

import (
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"kbverify/manifest"
	"kbverify/pecheck/visible"
)

// maxText caps a string that is shown, in characters before cleaning: a name or
// a version fits on a line.
const maxText = 200

// stringTable is the children of a StringTable: one block for each string.
type stringTable struct {
	layout  layout
	strings []byte
}

// strings finds the first StringTable of the first StringFileInfo.
func (b block) strings() stringTable {
	for rest := b.children(); ; {
		child, ok := b.layout.block(rest)
		if !ok {
			return stringTable{}
		}
		if b.layout.is(child.key, "StringFileInfo") {
			table, _ := b.layout.block(child.body) // StringFileInfo has no value
			return stringTable{b.layout, table.body}
		}
		rest = child.next
	}
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
