package manifest

import "strings"

// Platform is the processor a file is built for, in canonical spelling, or
// whatever else an article prints in that column ("Macintosh"), kept as it is.
// The empty Platform is none: a file that is not executable, or an empty cell.
type Platform string

// The platforms that a PE file's machine type can confirm or contradict.
const (
	X86     Platform = "x86"
	X64     Platform = "x64"
	IA64    Platform = "IA-64"
	Alpha   Platform = "Alpha"
	MIPS    Platform = "MIPS"
	PowerPC Platform = "PowerPC"
	ARM64   Platform = "ARM64"
)

// Platforms lists the canonical platforms in the order they are shown.
var Platforms = []Platform{X86, X64, IA64, Alpha, MIPS, PowerPC, ARM64}

var platformWords = map[string]Platform{
	"x86": X86, "i386": X86, "intel": X86, "ix86": X86, "i486": X86, "i586": X86, "i686": X86,
	"x64": X64, "amd64": X64, "x86-64": X64, "x86_64": X64,
	"ia-64": IA64, "ia64": IA64, "itanium": IA64,
	"alpha": Alpha, "axp": Alpha,
	"mips": MIPS, "ppc": PowerPC, "powerpc": PowerPC,
	"arm64": ARM64, "aarch64": ARM64,
}

// ParsePlatform reads a platform cell: brackets and case do not count, and
// anything that names no known platform is kept as printed.
func ParsePlatform(printed string) Platform {
	text := strings.TrimSpace(printed)
	const longest = 7 // bytes of a platformWord
	word := strings.TrimSpace(strings.Trim(text, "()"))
	if len(word) > longest {
		return Platform(text)
	}
	if p, ok := platformWords[strings.ToLower(word)]; ok {
		return p
	}
	return Platform(text)
}

// Known reports whether p is one of Platforms, which a machine type can contradict.
func (p Platform) Known() bool {
	switch p {
	case X86, X64, IA64, Alpha, MIPS, PowerPC, ARM64:
		return true
	}
	return false
}

// FolderPlatform gives the platform that a folder name stands for, if any:
// i386, x86, x64, amd64, ia64, alpha, mips and ppc are platform folders, and each
// of them with ".bin" behind it, as SMS 1.2 has them.
func FolderPlatform(name string) (Platform, bool) {
	switch strings.TrimSuffix(strings.ToLower(name), ".bin") {
	case "i386", "x86":
		return X86, true
	case "x64", "amd64":
		return X64, true
	case "ia64":
		return IA64, true
	case "alpha":
		return Alpha, true
	case "mips":
		return MIPS, true
	case "ppc":
		return PowerPC, true
	}
	return "", false
}
