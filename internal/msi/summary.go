package msi

import (
	"encoding/binary"
	"strings"
)

// summaryStream is the property set of a database ([MS-OLEPS]).
const summaryStream = "\x05SummaryInformation"

// maxSummary caps it: it has some 20 properties of a line each.
const maxSummary = 1 << 20

// Summary is what the summary information says of a database. A property that it
// does not have is zero.
type Summary struct {
	Codepage    int    // of the texts
	Title       string // "Installation Database"
	Subject     string // the product
	Author      string
	Comments    string
	Template    string // "x64;1033"; of a patch the product codes that it is for
	LastSavedBy string // of a patch, the names of its transforms in order
	Revision    string // the package code; of a patch its own code; of a transform the products
	WordCount   int32  // kind of the source image
	Characters  int32  // of a transform, its conditions
}

// The properties ([MS-OLEPS], and "Summary Property Descriptions" of Windows Installer).
const (
	propCodepage    = 1
	propTitle       = 2
	propSubject     = 3
	propAuthor      = 4
	propComments    = 6
	propTemplate    = 7
	propLastSavedBy = 8
	propRevision    = 9
	propWordCount   = 15
	propCharacters  = 16
)

// The bits of Summary.WordCount for a package.
const (
	sourceShortNames = 1 // the image has short names
	sourceCompressed = 2 // files lie in cabinets unless they say otherwise
	sourceImage      = 4 // the package is that of an administrative image, whose files are loose
)

// The types of property values ([MS-OLEPS] 2.2).
const (
	vtI2    = 0x0002
	vtI4    = 0x0003
	vtLPSTR = 0x001e
)

// readSummary decodes a property set.
func readSummary(b []byte) (s Summary, err error) {
	const place = "SummaryInformation"
	le := binary.LittleEndian
	if len(b) < 48 {
		return s, damaged(place, "cut off after %d bytes", len(b))
	}
	if order := le.Uint16(b); order != 0xfffe {
		return s, damaged(place, "byte order %#04x, want 0xfffe", order)
	}
	if sets := le.Uint32(b[24:]); sets == 0 {
		return s, damaged(place, "no property set")
	}
	start := le.Uint32(b[44:])
	if int64(start)+8 > int64(len(b)) {
		return s, damaged(place, "the property set begins at byte %d of %d", start, len(b))
	}
	set := b[start:]
	size, count := le.Uint32(set), le.Uint32(set[4:])
	if int64(size) > int64(len(set)) || int64(count)*8+8 > int64(size) {
		return s, damaged(place, "%d properties in a set of %d bytes, of which there are %d", count, size, len(set))
	}
	set = set[:size]
	values := map[uint32]uint32{} // offsets
	for i := range count {
		id, offset := le.Uint32(set[8+8*i:]), le.Uint32(set[12+8*i:])
		if int64(offset)+8 > int64(size) {
			return s, damaged(place, "property %d lies at byte %d of %d", id, offset, size)
		}
		if _, twice := values[id]; twice {
			return s, damaged(place, "property %d is there twice", id)
		}
		values[id] = offset
	}
	r := summaryReader{set: set, values: values}
	s.Codepage = int(uint16(r.number(propCodepage)))
	r.codepage = s.Codepage
	s.Title, s.Subject, s.Author = r.text(propTitle), r.text(propSubject), r.text(propAuthor)
	s.Comments, s.Template = r.text(propComments), r.text(propTemplate)
	s.LastSavedBy, s.Revision = r.text(propLastSavedBy), r.text(propRevision)
	s.WordCount, s.Characters = r.number(propWordCount), r.number(propCharacters)
	return s, r.err
}

// summaryReader reads values, and keeps the first fault.
type summaryReader struct {
	set      []byte
	values   map[uint32]uint32
	codepage int
	err      error
}

func (r *summaryReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = damaged("SummaryInformation", format, args...)
	}
}

// value gives the type and the bytes of a property, whose first 8 are there.
func (r *summaryReader) value(id uint32) (kind uint32, b []byte) {
	offset, found := r.values[id]
	if !found {
		return 0, nil
	}
	return binary.LittleEndian.Uint32(r.set[offset:]), r.set[offset+4:]
}

func (r *summaryReader) number(id uint32) int32 {
	kind, b := r.value(id)
	switch {
	case b == nil:
		return 0
	case kind == vtI2:
		return int32(int16(binary.LittleEndian.Uint16(b)))
	case kind == vtI4:
		return int32(binary.LittleEndian.Uint32(b))
	}
	r.fail("property %d has type %#x, want a number", id, kind)
	return 0
}

func (r *summaryReader) text(id uint32) string {
	kind, b := r.value(id)
	switch {
	case b == nil:
		return ""
	case kind != vtLPSTR:
		r.fail("property %d has type %#x, want a text", id, kind)
		return ""
	}
	n := binary.LittleEndian.Uint32(b)
	if int64(n)+4 > int64(len(b)) {
		r.fail("property %d is a text of %d bytes, %d are left", id, n, len(b)-4)
		return ""
	}
	raw, _, _ := strings.Cut(string(b[4:4+n]), "\x00")
	t := decode(raw, r.codepage, charsets[r.codepage])
	return t.value
}
