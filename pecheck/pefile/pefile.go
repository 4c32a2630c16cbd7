package pefile

import (
	"errors"

	"github.com/saferwall/pe"
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
		return v, damaged("IMAGE_FILE_HEADER.Machine: %v, in a file with the other width of IMAGE_OPTIONAL_HEADER", im.Machine)
	}
	slots := (int(header.SizeOfOptionalHeader) - directories) / 8
	if int(header.SizeOfOptionalHeader) < directories {
		return v, damaged("IMAGE_FILE_HEADER.SizeOfOptionalHeader: %d, want at least %d", header.SizeOfOptionalHeader, directories)
	}
	if err := f.readSections(table, int(header.NumberOfSections)); err != nil {
		return v, err
	}
	if err := f.signature(slots); err != nil {
		return v, err
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
		f.directories, f.count, f.sizeOfHeaders, f.fileAlignment = h.DataDirectory, h.NumberOfRvaAndSizes, h.SizeOfHeaders, h.FileAlignment
		return 112
	case pe.ImageOptionalHeader32:
		f.directories, f.count, f.sizeOfHeaders, f.fileAlignment = h.DataDirectory, h.NumberOfRvaAndSizes, h.SizeOfHeaders, h.FileAlignment
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
		return d, damaged("IMAGE_OPTIONAL_HEADER.NumberOfRvaAndSizes: %d, where SizeOfOptionalHeader leaves room for %d", f.count, slots)
	case uint32(i) >= f.count && d != (pe.DataDirectory{}):
		return d, damaged("IMAGE_OPTIONAL_HEADER.NumberOfRvaAndSizes: %d leaves out the %v directory that is there", f.count, entry)
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

// wide reports a 64-bit machine, whose files have IMAGE_OPTIONAL_HEADER64, and
// whether the machine is known at all.
func (m Machine) wide() (wide, known bool) {
	_, known = m.Platform()
	switch m {
	case MachineAMD64, MachineIA64, MachineARM64, MachineAlpha64:
		return true, true
	}
	return false, known
}
