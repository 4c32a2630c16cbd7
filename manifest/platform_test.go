package manifest

import "testing"

func TestParsePlatform(t *testing.T) {
	for printed, want := range map[string]Platform{
		"x86": X86, "X86": X86, "I386": X86, "Intel": X86, "(Intel)": X86, " Intel ": X86, "( i386 )": X86, "iX86": X86,
		"x64": X64, "AMD64": X64, "x86-64": X64, "X86_64": X64,
		"IA-64": IA64, "ia64": IA64, "Itanium": IA64,
		"Alpha": Alpha, "(Alpha)": Alpha, "AXP": Alpha, "MIPS": MIPS, "PPC": PowerPC, "PowerPC": PowerPC,
		"ARM64": ARM64, "aarch64": ARM64,
		"": "", "  ": "",
		"Macintosh": "Macintosh", "Windows 95 OSR2": "Windows 95 OSR2", "(Macintosh)": "(Macintosh)", "x86/x64": "x86/x64",
		"Intel Alpha": "Intel Alpha",
	} {
		if got := ParsePlatform(printed); got != want {
			t.Errorf("ParsePlatform(%q) = %q, want %q", printed, got, want)
		}
	}
}

func TestParsePlatformKeepsWhatItGave(t *testing.T) {
	for _, p := range append([]Platform{"", "Macintosh"}, Platforms...) {
		if got := ParsePlatform(string(p)); got != p {
			t.Errorf("ParsePlatform(%q) = %q", p, got)
		}
		if want := p != "" && p != "Macintosh"; p.Known() != want {
			t.Errorf("%q is known: %t", p, !want)
		}
	}
}

func TestFolderPlatform(t *testing.T) {
	for name, want := range map[string]Platform{
		"i386": X86, "I386": X86, "x86": X86, "x64": X64, "amd64": X64, "AMD64": X64, "ia64": IA64, "alpha": Alpha,
		"ALPHA": Alpha, "mips": MIPS, "ppc": PowerPC,
		"": "", "bin": "", "intel": "", "i386x": "", "ia-64": "", "smsqfe": "",
	} {
		got, ok := FolderPlatform(name)
		if got != want || ok != (want != "") {
			t.Errorf("FolderPlatform(%q) = %q, %t", name, got, ok)
		}
	}
}
