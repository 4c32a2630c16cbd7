// Package petest builds small Windows executables as bytes: PE files for every
// platform and 16-bit NE files, with or without a version resource, of exactly
// the size that is asked for. Tests read them, and the demo is made of them.
//
// The files are valid in form (Windows tools and other readers agree on machine
// and version) but hold no program.
package petest

import (
	"fmt"
	"os"

	"kbverify/manifest"
)

// Spec says what to build. The zero Spec is an x86 PE file of version 0.0.0.0,
// as small as it can be.
type Spec struct {
	// Machine is IMAGE_FILE_HEADER.Machine; 0 stands for x86. It decides between
	// PE32 and PE32+. NE files have none.
	Machine uint16
	NE      bool // a 16-bit Windows executable instead of a PE file
	AnyCPU  bool // a managed x86 file that runs on x64 as well

	Version     manifest.Version // VS_FIXEDFILEINFO.dwFileVersionMS and dwFileVersionLS
	NoVersion   bool             // leave out the resource directory
	NoFixedInfo bool             // a version resource without VS_FIXEDFILEINFO
	// StringVersion is the FileVersion string; "" writes Version.
	StringVersion string
	// Strings are further strings of the StringTable, by key: "ProductName".
	Strings map[string]string

	// Size of the file in bytes: what is missing is filled with zeros after the
	// last section. 0 takes the smallest possible, about 2 KB.
	Size int64
}

// machines gives the IMAGE_FILE_MACHINE_ value of each platform.
var machines = map[manifest.Platform]uint16{
	manifest.X86: machineI386, manifest.X64: machineAMD64, manifest.IA64: machineIA64, manifest.Alpha: 0x184,
	manifest.MIPS: 0x166, manifest.PowerPC: 0x1f0, manifest.ARM64: machineARM64,
}

// MachineOf gives the machine type that stands for a platform, and 0 for a
// platform that has none.
func MachineOf(p manifest.Platform) uint16 { return machines[p] }

// Bytes builds the file. The error says that Size is too small, or that the
// strings are longer than a version resource can hold.
func (s Spec) Bytes() ([]byte, error) {
	content, err := s.content()
	if err != nil || s.Size == 0 {
		return content, err
	}
	return append(content, make([]byte, s.Size-int64(len(content)))...), nil
}

// WriteFile creates or replaces the file at path. What fills it up to Size is
// left to the file system (a hole where it can), so that large files are cheap.
func (s Spec) WriteFile(path string) error {
	content, err := s.content()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return err
	}
	return os.Truncate(path, max(s.Size, int64(len(content))))
}

// Must gives the bytes of a Spec that is known to be possible; it panics on an
// error, which is a fault of the caller.
func Must(file []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return file
}

// content builds the file without the filling.
func (s Spec) content() ([]byte, error) {
	resource := s.versionResource()
	if len(resource) > maxVersionResource {
		return nil, fmt.Errorf("petest: version resource of %d bytes, above %d", len(resource), maxVersionResource)
	}
	build := s.pe
	if s.NE {
		build = s.ne
	}
	file := build(resource)
	if s.Size != 0 && s.Size < int64(len(file)) {
		return nil, fmt.Errorf("petest: %d bytes asked for, the smallest such file has %d", s.Size, len(file))
	}
	return file, nil
}
