package pefile

import "bytes"

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
		return 0, nil, nil, damaged("NE resource table, TYPEINFO 0x%04X: %d resources, and %d bytes for them", typeID, n, len(b))
	}
	return typeID, b[:n*nameInfoSize], b[n*nameInfoSize:], nil
}

// neCutOff objects to a resource beyond the end of the file. Lengths count
// units of 1<<shift bytes, of which the last need not be filled.
func neCutOff(names []byte, shift uint16, size int64) error {
	for b := names; len(b) > 0; b = b[nameInfoSize:] {
		off, length := int64(le.Uint16(b))<<shift, int64(le.Uint16(b[2:]))<<shift
		if off > size || off+length-1<<shift >= size {
			return damaged("NE resource table, rnOffset: a resource reaches from byte %d to %d, the file to %d", off, off+length, size)
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
