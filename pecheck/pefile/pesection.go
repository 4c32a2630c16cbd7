package pefile

// section is IMAGE_SECTION_HEADER as far as it says where data is.
type section struct {
	virtualSize, virtualAddress     int64
	sizeOfRawData, pointerToRawData int64
}

func (f *peFile) section(i int) section {
	b := f.sections[i*sectionHeaderSize:]
	s := section{
		virtualSize:      int64(le.Uint32(b[8:])),
		virtualAddress:   int64(le.Uint32(b[12:])),
		sizeOfRawData:    int64(le.Uint32(b[16:])),
		pointerToRawData: int64(le.Uint32(b[20:])),
	}
	if s.virtualSize == 0 { // old linkers leave it out
		s.virtualSize = s.sizeOfRawData
	}
	if f.fileAlignment >= 0x200 { // Windows counts in sectors here
		s.pointerToRawData &^= 0x1ff
	}
	if s.pointerToRawData == 0 { // uninitialised data
		s.sizeOfRawData = 0
	}
	return s
}

// readSections finds the section table at the file offset table, and checks
// that no section is cut off: of each, the part that is loaded must be there.
func (f *peFile) readSections(table int64, n int) error {
	end := table + int64(n)*sectionHeaderSize
	if end > f.p.size {
		return damaged("IMAGE_FILE_HEADER.NumberOfSections: %d headers reach to byte %d, the file to %d", n, end, f.p.size)
	}
	if err := f.p.growHead(end); err != nil {
		return err
	}
	f.sections = f.p.head[table:end]
	for i := range n {
		s := f.section(i)
		if end := s.pointerToRawData + min(s.virtualSize, s.sizeOfRawData); s.sizeOfRawData > 0 && end > f.p.size {
			return damaged("IMAGE_SECTION_HEADER %d: its data reaches to byte %d, the file to %d", i+1, end, f.p.size)
		}
	}
	return nil
}

// noResources objects to a file whose resources are there, by the name that all
// linkers give their section, although no directory leads to them.
func (f *peFile) noResources() error {
	for i := range len(f.sections) / sectionHeaderSize {
		if name := f.sections[i*sectionHeaderSize:][:8]; string(name) == ".rsrc\x00\x00\x00" && f.section(i).sizeOfRawData > 0 {
			return damaged("IMAGE_DATA_DIRECTORY Resource: none, and section %d is .rsrc", i+1)
		}
	}
	return nil
}

// locate gives the file offset of an address, and how many bytes of the file
// follow it in its section: at least n, or it is an error.
func (f *peFile) locate(rva uint32, n int, what string) (off, available int64, err error) {
	at, found, owners := int64(rva), section{}, 0
	for i := range len(f.sections) / sectionHeaderSize {
		s := f.section(i)
		inside := at >= s.virtualAddress && at < s.virtualAddress+s.virtualSize
		// Whole pages are loaded: data may go on after VirtualSize.
		after := owners == 0 && at >= s.virtualAddress && at < s.virtualAddress+s.sizeOfRawData
		if inside {
			owners++
		}
		if inside || after {
			found = s
		}
	}
	switch {
	case owners > 1:
		return 0, 0, damaged("%s: address 0x%X lies in %d sections", what, rva, owners)
	case found == (section{}) && at < int64(f.sizeOfHeaders):
		off, available = at, int64(f.sizeOfHeaders)-at
	case found == (section{}):
		return 0, 0, damaged("%s: address 0x%X lies in no section", what, rva)
	default:
		delta := at - found.virtualAddress
		off, available = found.pointerToRawData+delta, found.sizeOfRawData-delta
	}
	if available = min(available, f.p.size-off); available < int64(n) {
		return 0, 0, damaged("%s: %d bytes at address 0x%X, and its section has %d", what, n, rva, max(available, 0))
	}
	return off, available, nil
}
