package pefile

import "bytes"

// The fields of IMAGE_DOS_HEADER, by offset.
const (
	dosHeaderSize = 64
	eCblp         = 0x02 // bytes on the last page
	eCp           = 0x04 // pages of 512 bytes
	eCparhdr      = 0x08 // header size in units of 16 bytes
	eLfarlc       = 0x18 // offset of the relocation table
	eLfanew       = 0x3c // offset of the new header
)

// notExecutable objects to a file without "MZ" that was an executable once. A
// file that begins with zeros alone is what a crash leaves behind where a file's
// length was written and its content was not.
func (p *probe) notExecutable() error {
	if len(p.head) == headBytes && len(bytes.Trim(p.head, "\x00")) == 0 {
		return damaged("the first %d bytes are zero", headBytes)
	}
	if len(p.head) < dosHeaderSize {
		return nil
	}
	at := int64(le.Uint32(p.head[eLfanew:]))
	if at >= dosHeaderSize && at+4 <= int64(len(p.head)) && p.newHeader(at, p.announced()) {
		return damaged("IMAGE_DOS_HEADER.e_magic: not MZ, and a header at byte %d", at)
	}
	return nil
}

// announced reports that e_lfarlc leaves room for e_lfanew: the sign by which
// Windows programs are told from those of DOS.
func (p *probe) announced() bool { return le.Uint16(p.head[eLfarlc:]) >= dosHeaderSize }

// newHeader reports the signature of a PE file at byte at of the head, or that
// of an NE file where two bytes are enough evidence.
func (p *probe) newHeader(at int64, ne bool) bool {
	b := p.head[at:][:4]
	return string(b) == "PE\x00\x00" || ne && string(b[:2]) == "NE"
}

// plainDOS decides about a file that begins with "MZ" where e_lfanew leads to
// no header that is known: a DOS program, or a Windows file whose header is lost.
// It is DOS when nothing announces a new header and the program is all there.
func (p *probe) plainDOS(newHeader int64) error {
	announced := p.announced()
	if announced && newHeader != 0 && !p.text(eLfanew) {
		return damaged("IMAGE_DOS_HEADER.e_lfanew: no header at byte %d", newHeader)
	}
	for at := int64(dosHeaderSize); at+4 <= int64(len(p.head)); at += 4 {
		if p.newHeader(at, announced && at%16 == 0) {
			return damaged("IMAGE_DOS_HEADER.e_lfanew: %d, and a header at byte %d", newHeader, at)
		}
	}
	end := int64(le.Uint16(p.head[eCp:])) * 512
	if last := int64(le.Uint16(p.head[eCblp:])); last != 0 {
		end += last - 512
	}
	if header := int64(le.Uint16(p.head[eCparhdr:])) * 16; end <= header || end > p.size {
		return damaged("IMAGE_DOS_HEADER.e_cp: the program reaches from byte %d to %d, the file to %d", header, end, p.size)
	}
	return nil
}

// text reports that a double word of the header is four printable characters:
// packers of DOS programs (PKLITE) write their name over the fields.
func (p *probe) text(field int) bool {
	for _, c := range p.head[field:][:4] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
