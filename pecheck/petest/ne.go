package petest

// Where the parts of an NE file are put: offsets from the NE header but for
// the last two, which are from the start of the file.
const (
	neSegments   = 0x40 // one segment
	neResources  = 0x48
	neAlignment  = 4 // shift count: units of 16 bytes
	neCode       = 0x180
	neCodeLength = 0x10
)

// ne builds IMAGE_OS2_HEADER and its tables, one code segment, and the version
// resource.
func (s Spec) ne(version []byte) []byte {
	resources := neResourceTable(version)
	names := neResources + len(resources) // an empty resource table is where the next table is
	resident := []byte("\x04DEMO\x00\x00\x00")
	modules := names + len(resident)
	entries := modules + 1 // after the imported name table: one empty name
	nonresident := ntHeaders + entries + 2

	h := make([]byte, neSegments)
	copy(h, "NE")
	h[2], h[3] = 5, 10                             // ne_ver, ne_rev
	le.PutUint16(h[0x04:], uint16(entries))        // ne_enttab
	le.PutUint16(h[0x06:], 2)                      // ne_cbenttab
	le.PutUint16(h[0x0c:], 0x8000)                 // ne_flags: NELIBRARY
	le.PutUint16(h[0x1c:], 1)                      // ne_cseg
	le.PutUint16(h[0x20:], 4)                      // ne_cbnrestab
	le.PutUint16(h[0x22:], neSegments)             // ne_segtab
	le.PutUint16(h[0x24:], neResources)            // ne_rsrctab
	le.PutUint16(h[0x26:], uint16(names))          // ne_restab
	le.PutUint16(h[0x28:], uint16(modules))        // ne_modtab
	le.PutUint16(h[0x2a:], uint16(modules))        // ne_imptab
	le.PutUint32(h[0x2c:], uint32(nonresident))    // ne_nrestab, from the start of the file
	le.PutUint16(h[0x32:], neAlignment)            // ne_align
	h[0x36] = 2                                    // ne_exetyp: Windows
	le.PutUint16(h[0x3e:], 0x030a)                 // ne_expver
	segment := make([]byte, 8)                     // new_seg
	le.PutUint16(segment[0:], neCode>>neAlignment) // ns_sector
	le.PutUint16(segment[2:], neCodeLength)        // ns_cbseg
	le.PutUint16(segment[6:], neCodeLength)        // ns_minalloc

	b := append(dosHeader(), h...)
	b = append(b, segment...)
	b = append(b, resources...)
	b = append(b, resident...)
	b = append(b, make([]byte, 1+2+4)...) // imported names, entry table, non-resident names: all empty
	b = append(b, make([]byte, neCode-len(b)+neCodeLength)...)
	return pad(append(b, version...), 1<<neAlignment)
}

// neResourceTable is rscAlignShift, one TYPEINFO with one NAMEINFO, the end of
// types and the end of names; nothing when there is no resource.
func neResourceTable(version []byte) []byte {
	if version == nil {
		return nil
	}
	b := le.AppendUint16(nil, neAlignment)
	b = le.AppendUint16(b, 0x8010)                                               // rtTypeID: RT_VERSION
	b = le.AppendUint16(b, 1)                                                    // rtResourceCount
	b = le.AppendUint32(b, 0)                                                    // rtReserved
	b = le.AppendUint16(b, (neCode+neCodeLength)>>neAlignment)                   // rnOffset
	b = le.AppendUint16(b, uint16((len(version)+1<<neAlignment-1)>>neAlignment)) // rnLength
	b = le.AppendUint16(b, 0x0c30)                                               // rnFlags: movable, pure, discardable
	b = le.AppendUint16(b, 0x8001)                                               // rnID: 1
	b = le.AppendUint32(b, 0)                                                    // rnHandle, rnUsage
	b = le.AppendUint16(b, 0)                                                    // rscEndTypes
	return append(b, 0)                                                          // rscEndNames
}
