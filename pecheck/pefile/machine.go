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
