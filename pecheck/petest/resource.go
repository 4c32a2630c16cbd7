package petest

// resourceSection is a resource directory of three levels (RT_VERSION, 1,
// 0x0409) with one data entry, and the data.
func resourceSection(version []byte) []byte {
	const data = 3*24 + 16
	var b []byte
	for level, id := range []uint32{16, 1, 0x0409} {
		next := uint32(24*(level+1)) | 1<<31
		if level == 2 {
			next = 3 * 24
		}
		b = append(b, make([]byte, 14)...)
		b = le.AppendUint16(b, 1) // NumberOfIdEntries
		b = le.AppendUint32(b, id)
		b = le.AppendUint32(b, next)
	}
	b = le.AppendUint32(b, rsrcRVA+data) // IMAGE_RESOURCE_DATA_ENTRY.OffsetToData
	b = le.AppendUint32(b, uint32(len(version)))
	b = append(b, make([]byte, 8)...) // CodePage, Reserved
	return append(b, version...)
}
