package pefile

import "kbverify/manifest"

// maxVersionInfo is the longest version resource: VS_VERSIONINFO.wLength has
// 16 bits.
const maxVersionInfo = 0xffff

// versionResource is where VS_VERSIONINFO stands in the file.
type versionResource struct {
	off  int64
	size int  // as the resource table has it; for NE files rounded up
	wide bool // the 32-bit form: UTF-16 texts and a wType; else the 16-bit form
}

// VS_FIXEDFILEINFO.
const (
	fixedSize      = 52
	fixedSignature = 0xFEEF04BD
	fileVersionMS  = 8 // dwFileVersionMS, and dwFileVersionLS after it
)

// decode reads the fixed version, and the FileVersion string where it differs.
func (v versionResource) decode(p *probe, im *Image) error {
	root, err := v.root(p)
	if err != nil {
		return err
	}
	if root.valueLength == 0 {
		im.Ending = NoFixedInfo
		return nil
	}
	if len(root.value) < fixedSize {
		return damaged("VS_VERSIONINFO.wValueLength: %d, VS_FIXEDFILEINFO has %d bytes", root.valueLength, fixedSize)
	}
	if s := le.Uint32(root.value); s != fixedSignature {
		return damaged("VS_FIXEDFILEINFO.dwSignature: 0x%08X, want 0x%08X", s, uint32(fixedSignature))
	}
	ms, ls := le.Uint32(root.value[fileVersionMS:]), le.Uint32(root.value[fileVersionMS+4:])
	im.Version = manifest.Version{uint16(ms >> 16), uint16(ms), uint16(ls >> 16), uint16(ls)}
	im.Ending = Versioned
	if text := root.strings().find("FileVersion"); differs(root.layout, text, im.Version) {
		im.StringVersion = root.layout.decode(text)
	}
	return nil
}

// root reads VS_VERSIONINFO as far as one window holds it (8 KB; strings that
// lie further on are not compared) and checks its frame.
func (v versionResource) root(p *probe) (block, error) {
	b, err := p.at(v.off, min(v.size, windowBytes), "VS_VERSIONINFO")
	if err != nil {
		return block{}, err
	}
	return v.frame(b)
}

// frame checks wLength and szKey of the VS_VERSIONINFO that b begins with.
func (v versionResource) frame(b []byte) (block, error) {
	l := layout{wide: v.wide}
	root, ok := l.block(b)
	switch {
	case len(b) < l.header():
		return root, damaged("VS_VERSIONINFO: %d bytes", v.size)
	case int(le.Uint16(b)) > v.size:
		return root, damaged("VS_VERSIONINFO.wLength: %d in a resource of %d bytes", le.Uint16(b), v.size)
	case !ok || !l.is(root.key, "VS_VERSION_INFO"):
		return root, damaged("VS_VERSIONINFO.szKey: not VS_VERSION_INFO")
	}
	return root, nil
}
