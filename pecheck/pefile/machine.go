package pefile

import (
	"fmt"

	"kbverify/manifest"
)

// Machine is the Machine field of a PE file's IMAGE_FILE_HEADER.
type Machine uint16

// The IMAGE_FILE_MACHINE_ values that name a platform of manifest.Platforms.
const (
	MachineI386      Machine = 0x014c
	MachineR3000BE   Machine = 0x0160
	MachineR3000     Machine = 0x0162
	MachineR4000     Machine = 0x0166
	MachineR10000    Machine = 0x0168
	MachineWCEMIPSV2 Machine = 0x0169
	MachineAlpha     Machine = 0x0184
	MachinePowerPC   Machine = 0x01f0
	MachinePowerPCFP Machine = 0x01f1
	MachineIA64      Machine = 0x0200
	MachineMIPS16    Machine = 0x0266
	MachineAlpha64   Machine = 0x0284
	MachineMIPSFPU   Machine = 0x0366
	MachineMIPSFPU16 Machine = 0x0466
	MachineAMD64     Machine = 0x8664
	MachineARM64     Machine = 0xaa64
)

// Platform gives the platform of m, and false for a machine type that no
// article of the time names.
func (m Machine) Platform() (manifest.Platform, bool) {
	switch m {
	case MachineI386:
		return manifest.X86, true
	case MachineAMD64:
		return manifest.X64, true
	case MachineIA64:
		return manifest.IA64, true
	case MachineAlpha, MachineAlpha64:
		return manifest.Alpha, true
	case MachineR3000BE, MachineR3000, MachineR4000, MachineR10000, MachineWCEMIPSV2,
		MachineMIPS16, MachineMIPSFPU, MachineMIPSFPU16:
		return manifest.MIPS, true
	case MachinePowerPC, MachinePowerPCFP:
		return manifest.PowerPC, true
	case MachineARM64:
		return manifest.ARM64, true
	}
	return "", false
}

// String gives the platform, or the number of a machine type that has none.
func (m Machine) String() string {
	if p, ok := m.Platform(); ok {
		return string(p)
	}
	return fmt.Sprintf("machine 0x%04X", uint16(m))
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

// Executable reports that the file has a format whose code runs on some processor.
func (f *Image) Executable() bool { return f.Format != NotExecutable }

// Fits reports whether code of this file can stand for a row of platform p:
// data files and platforms that no machine type names fit everything, managed
// any-CPU assemblies fit x86 and x64, 16-bit programs fit x86.
func (f *Image) Fits(p manifest.Platform) bool {
	if !p.Known() || !f.Executable() {
		return true
	}
	if f.Format != PE {
		return p == manifest.X86
	}
	if f.AnyCPU && (p == manifest.X86 || p == manifest.X64) {
		return true
	}
	machine, ok := f.Machine.Platform()
	return ok && machine == p
}

// Platform gives the platform of the file's machine type, or "".
func (f *Image) Platform() manifest.Platform {
	switch f.Format {
	case NotExecutable:
		return ""
	case PE:
		p, _ := f.Machine.Platform()
		return p
	}
	return manifest.X86
}

// ofUnknownPlatform reports a file that could not be read as far as its machine
// type: it may be built for any processor.
func (f *Image) OfUnknownPlatform() bool {
	return (f.Ending == Unreadable || f.Ending == Damaged) && f.Platform() == ""
}

// PlatformText is how reports print the processor a file is built for.
func (f *Image) PlatformText() string {
	switch {
	case f.Format == NotExecutable:
		return ""
	case f.Format != PE:
		return "16-bit"
	case f.AnyCPU:
		return "any CPU"
	}
	return f.Machine.String()
}
