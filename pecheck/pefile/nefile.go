package pefile

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
		return damaged("IMAGE_OS2_HEADER.ne_segtab: %d segments reach to byte %d, the file to %d; shift count %d", n, end, p.size, shift)
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
