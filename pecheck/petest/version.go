package petest

import (
	"encoding/binary"
	"maps"
	"slices"
	"unicode/utf16"
)

// maxVersionResource is what VS_VERSIONINFO.wLength, 16 bits, can say.
const maxVersionResource = 0xffff

// versionResource builds VS_VERSIONINFO, or nil for a file without.
func (s Spec) versionResource() []byte {
	if s.NoVersion {
		return nil
	}
	l := layout{wide: !s.NE}
	var fixed []byte
	if !s.NoFixedInfo {
		fixed = s.fixedFileInfo()
	}
	return l.block("VS_VERSION_INFO", fixed, false,
		l.block("StringFileInfo", nil, true, l.block(l.tableKey(), nil, true, s.strings(l)...)),
		l.block("VarFileInfo", nil, true, l.block("Translation", l.translation(), false)))
}

// fixedFileInfo is VS_FIXEDFILEINFO: 13 double words.
func (s Spec) fixedFileInfo() []byte {
	v := s.Version
	high, low := uint32(v[0])<<16|uint32(v[1]), uint32(v[2])<<16|uint32(v[3])
	words := [13]uint32{
		0xFEEF04BD, 0x00010000, // dwSignature, dwStrucVersion
		high, low, high, low, // dwFileVersionMS and LS, dwProductVersionMS and LS
		0x3f, 0, 0x00040004, 2, 0, 0, 0, // masks, VOS_NT_WINDOWS32, VFT_DLL, no date
	}
	if s.NE {
		words[8] = 0x00010001 // VOS_DOS_WINDOWS16
	}
	out, _ := binary.Append(nil, binary.LittleEndian, words) // fixed size: cannot fail
	return out
}

func (s Spec) strings(l layout) [][]byte {
	all := map[string]string{"FileVersion": s.StringVersion, "ProductVersion": s.Version.String()}
	if s.StringVersion == "" {
		all["FileVersion"] = s.Version.String()
	}
	maps.Copy(all, s.Strings)
	var blocks [][]byte
	for _, key := range slices.Sorted(maps.Keys(all)) {
		blocks = append(blocks, l.block(key, l.text(all[key]), true))
	}
	return blocks
}

// layout is the 32-bit form of VERSIONINFO (UTF-16 and wType) or the 16-bit
// form of NE files (ANSI, no wType).
type layout struct{ wide bool }

// tableKey is language 0x0409 and the code page of the texts.
func (l layout) tableKey() string {
	if l.wide {
		return "040904B0"
	}
	return "040904E4"
}

func (l layout) translation() []byte {
	if l.wide {
		return []byte{0x09, 0x04, 0xB0, 0x04}
	}
	return []byte{0x09, 0x04, 0xE4, 0x04}
}

// text encodes s with its terminating zero.
func (l layout) text(s string) []byte {
	var out []byte
	if !l.wide {
		for _, r := range s {
			out = append(out, byte(r)) // Latin letters are the same in code page 1252
		}
		return append(out, 0)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return append(out, 0, 0)
}

// block builds wLength, wValueLength, (wType,) szKey, Padding, Value, Padding
// and the children. isText counts the value in characters, as VERSIONINFO has it.
func (l layout) block(key string, value []byte, isText bool, children ...[]byte) []byte {
	head, valueLength, kind := make([]byte, 4, 128), len(value), uint16(0)
	if isText {
		kind = 1
	}
	if l.wide {
		head = binary.LittleEndian.AppendUint16(head, kind)
		if isText {
			valueLength /= 2
		}
	}
	out := pad(append(head, l.text(key)...), 4)
	out = append(out, value...)
	for _, child := range children {
		out = append(pad(out, 4), child...)
	}
	binary.LittleEndian.PutUint16(out[0:], uint16(len(out)))
	binary.LittleEndian.PutUint16(out[2:], uint16(valueLength))
	return out
}

// pad fills b with zeros up to a multiple of n.
func pad(b []byte, n int) []byte {
	return append(b, make([]byte, -len(b)&(n-1))...)
}
