package pefile

import "kbverify/manifest"

// executable reports that the file has a format whose code runs on some processor.
func (f *Image) Executable() bool { return f.Format != NotExecutable }

// fits reports whether code of this file can stand for a row of platform p:
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

// platform gives the platform of the file's machine type, or "".
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

// platformText is how reports print the processor a file is built for.
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
