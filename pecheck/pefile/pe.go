package pefile

import (
	"errors"

	"github.com/saferwall/pe"

	"kbverify/pecheck/visible"
)

// peFile is what is needed of a PE file's headers: data directories and the
// section table.
type peFile struct {
	p             *probe
	directories   [16]pe.DataDirectory
	count         uint32 // NumberOfRvaAndSizes
	sizeOfHeaders uint32
	fileAlignment uint32
	sections      []byte // IMAGE_SECTION_HEADER, 40 bytes each
}

const sectionHeaderSize = 40

// pe reads on in a PE file whose headers saferwall decoded, with its objection.
func (p *probe) pe(file *pe.File, objection error, im *Image) (v versionResource, err error) {
	header := &file.NtHeader.FileHeader
	im.Machine = Machine(header.Machine)
	// An image base that is not a multiple of 64 KB changes nothing here.
	if objection != nil && !errors.Is(objection, pe.ErrImageBaseNotAligned) {
		return v, damaged("IMAGE_NT_HEADERS: %v", objection)
	}
	f := peFile{p: p}
	directories := f.optionalHeader(file.NtHeader.OptionalHeader)
	table := int64(file.DOSHeader.AddressOfNewEXEHeader) + 4 + 20 + int64(header.SizeOfOptionalHeader)
	if wide, known := im.Machine.wide(); known && wide != file.Is64 {
		return v, damaged("IMAGE_FILE_HEADER.Machine: %v, in a file with the other width of IMAGE_OPTIONAL_HEADER",
			im.Machine)
	}
	slots := (int(header.SizeOfOptionalHeader) - directories) / 8
	if int(header.SizeOfOptionalHeader) < directories {
		return v, damaged("IMAGE_FILE_HEADER.SizeOfOptionalHeader: %d, want at least %d", header.SizeOfOptionalHeader,
			directories)
	}
	if err := f.readSections(table, int(header.NumberOfSections)); err != nil {
		return v, err
	}
	if err := f.signature(slots); err != nil {
		if !errors.As(err, new(damageError)) {
			return v, err
		}
		im.Detail = visible.Text(err.Error()) // the loader asks nobody for the signature
	}
	if im.AnyCPU, err = f.anyCPU(im.Machine, slots); err != nil {
		return v, err
	}
	d, err := f.directory(pe.ImageDirectoryEntryResource, slots)
	if err != nil {
		return v, err
	}
	if d == (pe.DataDirectory{}) {
		im.Ending = NoVersion
		return v, f.noResources()
	}
	v, found, err := f.findVersion(d)
	if !found {
		im.Ending = NoVersion
	}
	return v, err
}

// optionalHeader takes what is needed, and gives the size of
// IMAGE_OPTIONAL_HEADER up to its data directories.
func (f *peFile) optionalHeader(header any) int {
	switch h := header.(type) {
	case pe.ImageOptionalHeader64:
		f.directories, f.count, f.sizeOfHeaders, f.fileAlignment = h.DataDirectory, h.NumberOfRvaAndSizes, h.SizeOfHeaders,
			h.FileAlignment
		return 112
	case pe.ImageOptionalHeader32:
		f.directories, f.count, f.sizeOfHeaders, f.fileAlignment = h.DataDirectory, h.NumberOfRvaAndSizes, h.SizeOfHeaders,
			h.FileAlignment
	}
	return 96
}

// directory gives a data directory, zero where the file has none. slots is how
// many SizeOfOptionalHeader makes room for.
func (f *peFile) directory(entry pe.ImageDirectoryEntry, slots int) (d pe.DataDirectory, err error) {
	i := int(entry)
	if i < slots {
		d = f.directories[i]
	}
	switch {
	case uint32(i) < f.count && i >= slots:
		return d, damaged("IMAGE_OPTIONAL_HEADER.NumberOfRvaAndSizes: %d, where SizeOfOptionalHeader leaves room for %d",
			f.count, slots)
	case uint32(i) >= f.count && d != (pe.DataDirectory{}):
		return d, damaged("IMAGE_OPTIONAL_HEADER.NumberOfRvaAndSizes: %d leaves out the %v directory that is there", f.count,
			entry)
	case d.VirtualAddress == 0 && d.Size != 0:
		return d, damaged("IMAGE_DATA_DIRECTORY %v: %d bytes at no address", entry, d.Size)
	}
	return d, nil
}

// signature checks that the signature, which stands at the end of the file, is
// not cut off. Its directory alone holds an offset in the file, not an address.
func (f *peFile) signature(slots int) error {
	if f.count <= uint32(pe.ImageDirectoryEntryCertificate) {
		return nil
	}
	d, err := f.directory(pe.ImageDirectoryEntryCertificate, slots)
	if end := int64(d.VirtualAddress) + int64(d.Size); err == nil && end > f.p.size {
		return damaged("IMAGE_DATA_DIRECTORY Security: the signature reaches to byte %d, the file to %d", end, f.p.size)
	}
	return err
}

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
		if name := f.sections[i*sectionHeaderSize:][:8]; string(name) == ".rsrc\x00\x00\x00" &&
			f.section(i).sizeOfRawData > 0 {
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

// The three levels of the resource directory: type, name, language.
const (
	rtVersion     = 16      // RT_VERSION
	vsVersionInfo = 1       // VS_VERSION_INFO, the name that Windows asks for
	subdirectory  = 1 << 31 // in IMAGE_RESOURCE_DIRECTORY_ENTRY: a name, or a directory, not a number or data
	directorySize = 16      // IMAGE_RESOURCE_DIRECTORY
	entrySize     = 8       // IMAGE_RESOURCE_DIRECTORY_ENTRY
	// maxEntries caps one directory: Windows' largest libraries have some
	// hundred entries in the two that are read whole.
	maxEntries = 1000
)

// resourceDirectory is the extent of the resource directory in the file.
type resourceDirectory struct {
	*peFile
	off, size int64
}

// findVersion walks the three levels to the version resource. Of several
// names, VS_VERSION_INFO counts, and without it the first; of several
// languages the first, or for its texts the one that comes first in languageRank:
// FindResource takes the first where no language matches, and compilers order them by
// number. Found is false only when the directory
// of types was read whole, is in order, and has no RT_VERSION.
func (f *peFile) findVersion(d pe.DataDirectory) (v versionResource, found bool, err error) {
	off, available, err := f.locate(d.VirtualAddress, directorySize, "IMAGE_RESOURCE_DIRECTORY")
	if err != nil {
		return v, false, err
	}
	if int64(d.Size) > available {
		return v, false, damaged("IMAGE_DATA_DIRECTORY Resource: %d bytes, and its section has %d", d.Size, available)
	}
	r := resourceDirectory{f, off, int64(d.Size)}
	names, err := r.types()
	if err != nil || names == 0 {
		return v, false, err
	}
	languages, err := r.named(names, vsVersionInfo, "RT_VERSION")
	if err != nil {
		return v, false, err
	}
	if languages&subdirectory == 0 {
		return v, false, damaged("IMAGE_RESOURCE_DIRECTORY RT_VERSION: data where languages should be")
	}
	entry, err := r.language(languages, "RT_VERSION languages")
	if err != nil {
		return v, false, err
	}
	v, err = r.data(entry)
	return v, err == nil, err
}

// table reads the directory at offset at: its entries, 8 bytes each, and how
// many of them are named.
func (r *resourceDirectory) table(at uint32, what string) (entries []byte, named int, err error) {
	start := int64(at &^ subdirectory)
	if start+directorySize > r.size {
		return nil, 0, damaged("IMAGE_RESOURCE_DIRECTORY %s: at byte %d of a directory of %d", what, start, r.size)
	}
	b, err := r.p.at(r.off+start, directorySize, "IMAGE_RESOURCE_DIRECTORY")
	if err != nil {
		return nil, 0, err
	}
	named = int(le.Uint16(b[12:]))
	n := named + int(le.Uint16(b[14:]))
	switch end := start + directorySize + int64(n)*entrySize; {
	case end > r.size:
		return nil, 0, damaged("IMAGE_RESOURCE_DIRECTORY %s: %d entries reach to byte %d of a directory of %d", what, n, end,
			r.size)
	case n > maxEntries:
		return nil, 0, damaged("IMAGE_RESOURCE_DIRECTORY %s: %d entries, more than %d", what, n, maxEntries)
	case n == 0 && (at&subdirectory != 0 || r.size > directorySize):
		return nil, 0, damaged("IMAGE_RESOURCE_DIRECTORY %s: no entries in a directory of %d bytes", what, r.size)
	}
	entries, err = r.p.at(r.off+start+directorySize, n*entrySize, "IMAGE_RESOURCE_DIRECTORY_ENTRY")
	return entries, named, err
}

// types reads the whole first level and gives where the names of RT_VERSION
// are, with the bit of a directory; 0 when there is no such type.
func (r *resourceDirectory) types() (names uint32, err error) {
	entries, named, err := r.table(0, "types")
	if err != nil {
		return 0, err
	}
	previous := int64(-1)
	for i := range len(entries) / entrySize {
		id, to := le.Uint32(entries[i*entrySize:]), le.Uint32(entries[i*entrySize+4:])
		if to&subdirectory == 0 || int64(to&^subdirectory)+directorySize > r.size {
			return 0, damaged("IMAGE_RESOURCE_DIRECTORY_ENTRY %d of types: leads to no directory", i+1)
		}
		if (id&subdirectory != 0) != (i < named) {
			return 0, damaged("IMAGE_RESOURCE_DIRECTORY_ENTRY %d of types: a name among numbers, or the reverse", i+1)
		}
		if i < named {
			continue
		}
		if int64(id) <= previous {
			return 0, damaged("IMAGE_RESOURCE_DIRECTORY_ENTRY %d of types: type %d after %d", i+1, id, previous)
		}
		if previous = int64(id); id == rtVersion {
			names = to
		}
	}
	return names, nil
}

// named gives where the entry with that number leads, else the first entry.
func (r *resourceDirectory) named(at, id uint32, what string) (uint32, error) {
	entries, _, err := r.table(at, what)
	if err != nil {
		return 0, err
	}
	to := le.Uint32(entries[4:])
	for ; len(entries) > 0; entries = entries[entrySize:] {
		if le.Uint32(entries) == id {
			return le.Uint32(entries[4:]), nil
		}
	}
	return to, nil
}

// language gives where the entry of a language leads.
func (r *resourceDirectory) language(at uint32, what string) (uint32, error) {
	entries, named, err := r.table(at, what)
	if err != nil {
		return 0, err
	}
	to, rank := le.Uint32(entries[4:]), otherLanguage+1
	for i := named; r.p.texts && i < len(entries)/entrySize; i++ {
		if found := languageRank(uint16(le.Uint32(entries[i*entrySize:]))); found < rank {
			to, rank = le.Uint32(entries[i*entrySize+4:]), found
		}
	}
	return to, nil
}

// data reads the IMAGE_RESOURCE_DATA_ENTRY at offset at.
func (r *resourceDirectory) data(at uint32) (v versionResource, err error) {
	const size = 16
	if at&subdirectory != 0 || int64(at)+size > r.size {
		return v, damaged("IMAGE_RESOURCE_DIRECTORY RT_VERSION languages: leads to no IMAGE_RESOURCE_DATA_ENTRY")
	}
	b, err := r.p.at(r.off+int64(at), size, "IMAGE_RESOURCE_DATA_ENTRY")
	if err != nil {
		return v, err
	}
	rva, length := le.Uint32(b), le.Uint32(b[4:])
	if length > maxVersionInfo {
		return v, damaged("IMAGE_RESOURCE_DATA_ENTRY.Size: %d, a version resource has at most %d bytes", length,
			maxVersionInfo)
	}
	off, _, err := r.locate(rva, int(length), "IMAGE_RESOURCE_DATA_ENTRY")
	return versionResource{off: off, size: int(length), wide: true}, err
}

// IMAGE_COR20_HEADER, whose Flags tell managed assemblies apart.
const (
	cor20Size   = 72
	cor20Flags  = 16
	ilOnly      = 0x00001 // COMIMAGE_FLAGS_ILONLY
	required32  = 0x00002 // COMIMAGE_FLAGS_32BITREQUIRED
	preferred32 = 0x20000 // COMIMAGE_FLAGS_32BITPREFERRED
)

// anyCPU reports a managed assembly that no processor is laid down for. Its
// Machine is that of x86. Both 32-bit flags together say that it runs on every
// processor, as a 32-bit process where there is one.
func (f *peFile) anyCPU(m Machine, slots int) (bool, error) {
	if m != MachineI386 || f.count <= uint32(pe.ImageDirectoryEntryCLR) {
		return false, nil
	}
	d, err := f.directory(pe.ImageDirectoryEntryCLR, slots)
	if err != nil || d == (pe.DataDirectory{}) {
		return false, err
	}
	off, _, err := f.locate(d.VirtualAddress, cor20Size, "IMAGE_COR20_HEADER")
	if err != nil {
		return false, err
	}
	b, err := f.p.at(off, cor20Size, "IMAGE_COR20_HEADER")
	if err != nil {
		return false, err
	}
	if cb := le.Uint32(b); cb < cor20Size {
		return false, damaged("IMAGE_COR20_HEADER.cb: %d, want %d", cb, cor20Size)
	}
	flags := le.Uint32(b[cor20Flags:])
	return flags&ilOnly != 0 && (flags&required32 == 0 || flags&preferred32 != 0), nil
}
