package petest

import "encoding/binary"

// The IMAGE_FILE_MACHINE_ values that decide something here.
const (
	machineI386    = 0x014c
	machineIA64    = 0x0200
	machineAlpha64 = 0x0284
	machineAMD64   = 0x8664
	machineARM64   = 0xaa64
)

// Where the parts of a PE file are put.
const (
	ntHeaders     = 0x80 // e_lfanew
	fileAlignment = 0x200
	pageSize      = 0x1000 // SectionAlignment
	textRVA       = 1 * pageSize
	textOffset    = fileAlignment // after the headers, which fit in one unit
	textSize      = fileAlignment
	rsrcRVA       = 2 * pageSize
	rsrcOffset    = textOffset + textSize
	cor20         = 8 // of IMAGE_COR20_HEADER within .text, after the import table's eight bytes, as compilers put it
)

var le = binary.LittleEndian

// dosHeader is IMAGE_DOS_HEADER with the stub that every linker writes around
// it, up to the new header at e_lfanew.
func dosHeader() []byte {
	b := make([]byte, ntHeaders)
	copy(b, "MZ")
	le.PutUint16(b[0x02:], 0x90)      // e_cblp
	le.PutUint16(b[0x04:], 3)         // e_cp
	le.PutUint16(b[0x08:], 4)         // e_cparhdr
	le.PutUint16(b[0x18:], 0x40)      // e_lfarlc: the sign of a new header
	le.PutUint32(b[0x3c:], ntHeaders) // e_lfanew
	copy(b[0x40:], "\xb8\x01\x4c\xcd\x21")
	return b
}

// pe builds headers, .text and, for a version resource, .rsrc.
func (s Spec) pe(version []byte) []byte {
	var rsrc []byte
	sections := uint16(1)
	if version != nil {
		rsrc = resourceSection(version)
		sections = 2
	}
	machine := s.machine()
	b := append(dosHeader(), "PE\x00\x00"...)
	b = le.AppendUint16(b, machine)
	b = le.AppendUint16(b, sections)
	b = append(b, make([]byte, 12)...) // TimeDateStamp, no symbols
	optional := s.optionalHeader(len(rsrc))
	b = le.AppendUint16(b, uint16(len(optional)))
	b = le.AppendUint16(b, characteristics(machine))
	b = append(b, optional...)
	b = append(b, sectionHeader(".text", textRVA, textOffset, textSize, textSize, 0x60000020)...)
	if rsrc != nil {
		b = append(b, sectionHeader(".rsrc", rsrcRVA, rsrcOffset, len(rsrc), len(pad(rsrc, fileAlignment)), 0x40000040)...)
	}
	b = append(pad(b, fileAlignment), s.text()...)
	return pad(append(b, rsrc...), fileAlignment)
}

func (s Spec) machine() uint16 {
	if s.Machine == 0 {
		return machineI386
	}
	return s.Machine
}

// characteristics: IMAGE_FILE_DLL, EXECUTABLE_IMAGE and 32BIT_MACHINE or
// LARGE_ADDRESS_AWARE.
func characteristics(machine uint16) uint16 {
	if plus(machine) {
		return 0x2022
	}
	return 0x2102
}

// plus reports a 64-bit machine, whose files are PE32+.
func plus(machine uint16) bool {
	switch machine {
	case machineAMD64, machineIA64, machineARM64, machineAlpha64:
		return true
	}
	return false
}

// optionalHeader builds IMAGE_OPTIONAL_HEADER32 or 64 with 16 data directories.
func (s Spec) optionalHeader(rsrc int) []byte {
	fixed, magic, imageBase := 96, uint16(0x10b), 28
	if plus(s.machine()) {
		fixed, magic, imageBase = 112, 0x20b, 24
	}
	b := make([]byte, fixed+16*8)
	le.PutUint16(b[0:], magic)
	le.PutUint32(b[4:], textSize)             // SizeOfCode
	le.PutUint32(b[20:], textRVA)             // BaseOfCode
	le.PutUint32(b[imageBase:], 0x10000000)   // ImageBase
	le.PutUint32(b[32:], pageSize)            // SectionAlignment
	le.PutUint32(b[36:], fileAlignment)       // FileAlignment
	le.PutUint16(b[40:], 4)                   // MajorOperatingSystemVersion
	le.PutUint16(b[48:], 4)                   // MajorSubsystemVersion
	le.PutUint32(b[56:], rsrcRVA+round(rsrc)) // SizeOfImage
	le.PutUint32(b[60:], fileAlignment)       // SizeOfHeaders
	le.PutUint16(b[68:], 2)                   // Subsystem: IMAGE_SUBSYSTEM_WINDOWS_GUI
	le.PutUint32(b[fixed-4:], 16)             // NumberOfRvaAndSizes
	if rsrc > 0 {
		directory(b[fixed:], 2, rsrcRVA, rsrc) // IMAGE_DIRECTORY_ENTRY_RESOURCE
	}
	if s.AnyCPU {
		directory(b[fixed:], 14, textRVA+cor20, 72) // IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR
	}
	return b
}

func round(n int) uint32 { return uint32((n + pageSize - 1) &^ (pageSize - 1)) }

func directory(b []byte, i, rva, size int) {
	le.PutUint32(b[8*i:], uint32(rva))
	le.PutUint32(b[8*i+4:], uint32(size))
}

func sectionHeader(name string, rva, offset, size, raw int, flags uint32) []byte {
	b := make([]byte, 40)
	copy(b, name)
	le.PutUint32(b[8:], uint32(size))    // VirtualSize
	le.PutUint32(b[12:], uint32(rva))    // VirtualAddress
	le.PutUint32(b[16:], uint32(raw))    // SizeOfRawData
	le.PutUint32(b[20:], uint32(offset)) // PointerToRawData
	le.PutUint32(b[36:], flags)
	return b
}

// text is the .text section: nothing, or IMAGE_COR20_HEADER.
func (s Spec) text() []byte {
	b := make([]byte, textSize)
	if s.AnyCPU {
		h := b[cor20:]
		le.PutUint32(h[0:], 72)                 // cb
		le.PutUint16(h[4:], 2)                  // MajorRuntimeVersion
		le.PutUint16(h[6:], 5)                  // MinorRuntimeVersion
		le.PutUint32(h[8:], textRVA+cor20+72)   // MetaData
		le.PutUint32(h[12:], textSize-cor20-72) // its size
		le.PutUint32(h[16:], 1)                 // COMIMAGE_FLAGS_ILONLY
	}
	return b
}
