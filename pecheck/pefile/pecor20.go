package pefile

import "github.com/saferwall/pe"

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
