package pefile

import (
	"bytes"
)

// The fields of IMAGE_OS2_HEADER, by offset from its start. Offsets of tables
// count from there too.
const (
	neHeaderSize = 0x40
	neCseg       = 0x1c // number of segments
	neSegtab     = 0x22
	neRsrctab    = 0x24
	neRestab     = 0x26 // resident names, which follow the resources
	neAlign      = 0x32 // shift count of segment offsets; 0 stands for 9
	neExetyp     = 0x36
	exetypOS2    = 1
	neMaxAlign   = 15 // shift counts above cannot be meant: offsets are 16 bits
)

// ne reads on in a 16-bit executable whose header is at offset at.
func (p *probe) ne(at int64, im *Image) (v versionResource, err error) {
	if at+neHeaderSize > p.size {
		return v, damaged("IMAGE_OS2_HEADER: cut off at byte %d", p.size)
	}
	h := p.head[at:][:neHeaderSize]
	resources, names := int64(le.Uint16(h[neRsrctab:])), int64(le.Uint16(h[neRestab:]))
	if resources < neHeaderSize || names < resources {
		return v, damaged("IMAGE_OS2_HEADER.ne_rsrctab: resources at %d, resident names at %d", resources, names)
	}
	os2 := h[neExetyp] == exetypOS2
	if err := p.neSegments(at, h); err != nil {
		return v, err
	}
	if resources == names || os2 { // no resources, or a table in the form of OS/2, which has no versions
		im.Ending = NoVersion
		return v, nil
	}
	if at+names > p.size {
		return v, damaged("IMAGE_OS2_HEADER.ne_restab: byte %d, the file ends at %d", at+names, p.size)
	}
	if err := p.growHead(at + names); err != nil {
		return v, err
	}
	v, found, err := neVersion(p.head[at+resources:at+names], p.size)
	if !found || err != nil {
		im.Ending = NoVersion
		return v, err
	}
	v.size = int(min(int64(v.size), p.size-v.off)) // see neCutOff
	return v, nil
}

// neSegments checks that no segment is cut off.
func (p *probe) neSegments(at int64, h []byte) error {
	table, n := at+int64(le.Uint16(h[neSegtab:])), int64(le.Uint16(h[neCseg:]))
	shift := le.Uint16(h[neAlign:])
	if shift == 0 {
		shift = 9
	}
	end := table + 8*n
	if end > p.size || shift > neMaxAlign {
		return damaged("IMAGE_OS2_HEADER.ne_segtab: %d segments reach to byte %d, the file to %d; shift count %d", n, end,
			p.size, shift)
	}
	if err := p.growHead(end); err != nil {
		return err
	}
	for b := p.head[table:end]; len(b) > 0; b = b[8:] {
		off, length := int64(le.Uint16(b))<<shift, int64(le.Uint16(b[2:]))
		if length == 0 {
			length = 64 << 10
		}
		if off != 0 && off+length > p.size { // 0: no data in the file
			return damaged("NEW_SEG: a segment reaches to byte %d, the file to %d", off+length, p.size)
		}
	}
	return nil
}

// The resource table: TYPEINFO and NAMEINFO entries, numbers with the top bit.
const (
	neIsNumber    = 0x8000
	neTypeVersion = neIsNumber | rtVersion
	neNameVersion = neIsNumber | vsVersionInfo
	typeInfoSize  = 8
	nameInfoSize  = 12
)

// neVersion walks the resource table of a file of size bytes. Found is false
// only when it was read to its end mark.
func neVersion(table []byte, size int64) (v versionResource, found bool, err error) {
	if len(table) < 2 {
		return v, false, damaged("NE resource table: %d bytes", len(table))
	}
	shift := le.Uint16(table)
	if shift > neMaxAlign {
		return v, false, damaged("NE resource table, rscAlignShift: %d", shift)
	}
	for rest := table[2:]; ; {
		var typeID uint16
		var names []byte
		if typeID, names, rest, err = neType(rest); err == nil {
			err = neCutOff(names, shift, size)
		}
		switch {
		case err != nil:
			return v, false, err
		case typeID == 0 && !found && !neNamesEnd(rest):
			return v, false, damaged("NE resource table: names after its end")
		case typeID == 0:
			return v, found, nil
		case typeID == neTypeVersion && !found:
			v, found = neFirst(names, shift), true
		}
	}
}

// neType takes the TYPEINFO that b begins with, and its NAMEINFO entries.
// Type 0 is rscEndTypes.
func neType(b []byte) (typeID uint16, names, rest []byte, err error) {
	if len(b) < 2 {
		return 0, nil, nil, damaged("NE resource table: it does not end before the resident names")
	}
	if typeID = le.Uint16(b); typeID == 0 {
		return 0, nil, b[2:], nil
	}
	if len(b) < typeInfoSize {
		return 0, nil, nil, damaged("NE resource table, TYPEINFO: cut off")
	}
	n := int(le.Uint16(b[2:]))
	if b = b[typeInfoSize:]; n == 0 || len(b) < n*nameInfoSize {
		return 0, nil, nil, damaged("NE resource table, TYPEINFO 0x%04X: %d resources, and %d bytes for them", typeID, n,
			len(b))
	}
	return typeID, b[:n*nameInfoSize], b[n*nameInfoSize:], nil
}

// neCutOff objects to a resource beyond the end of the file. Lengths count
// units of 1<<shift bytes, of which the last need not be filled.
func neCutOff(names []byte, shift uint16, size int64) error {
	for b := names; len(b) > 0; b = b[nameInfoSize:] {
		off, length := int64(le.Uint16(b))<<shift, int64(le.Uint16(b[2:]))<<shift
		if off > size || off+length-1<<shift >= size {
			return damaged("NE resource table, rnOffset: a resource reaches from byte %d to %d, the file to %d", off,
				off+length, size)
		}
	}
	return nil
}

// neNamesEnd reports that b is rscResourceNames, texts after their length, with
// nothing behind its end mark: the table was read from where it begins.
func neNamesEnd(b []byte) bool {
	for len(b) > 0 && b[0] != 0 && int(b[0]) < len(b) {
		b = b[1+int(b[0]):]
	}
	return len(bytes.Trim(b, "\x00")) == 0
}

// neFirst gives the place of the resource named VS_VERSION_INFO, else the first.
func neFirst(names []byte, shift uint16) versionResource {
	chosen := names
	for b := names; len(b) > 0; b = b[nameInfoSize:] {
		if le.Uint16(b[6:]) == neNameVersion { // rnID
			chosen = b
			break
		}
	}
	return versionResource{
		off:  int64(le.Uint16(chosen)) << shift,
		size: min(int(le.Uint16(chosen[2:]))<<shift, maxVersionInfo),
	}
}
