package pefile

import (
	"bytes"
	"errors"

	"github.com/saferwall/pe"
	"github.com/saferwall/pe/log"
)

// maxNTHeaders is the longest IMAGE_NT_HEADERS: signature, IMAGE_FILE_HEADER
// and IMAGE_OPTIONAL_HEADER64.
const maxNTHeaders = 4 + 20 + 240

// image finds the format and hands on to its reader. It fills im but for the
// version, and says where the version resource is unless im.Ending is set.
func (p *probe) image(im *Image) (v versionResource, err error) {
	if err := p.growHead(headBytes); err != nil {
		return v, err
	}
	if !bytes.HasPrefix(p.head, []byte("MZ")) {
		im.Ending = NoVersion
		return v, p.notExecutable()
	}
	im.Format = MZ
	if len(p.head) < dosHeaderSize {
		return v, damaged("IMAGE_DOS_HEADER: cut off at byte %d", p.size)
	}
	newHeader := int64(le.Uint32(p.head[eLfanew:]))
	if newHeader < p.size {
		if err := p.growHead(newHeader + maxNTHeaders); err != nil && !p.text(eLfanew) {
			return v, err
		}
	}
	if newHeader < 4 || newHeader+4 > int64(len(p.head)) {
		im.Ending = NoVersion
		return v, p.plainDOS(newHeader)
	}
	file, err := p.ntHeaders(newHeader)
	switch {
	case errors.Is(err, pe.ErrImageOS2SignatureFound):
		im.Format = NE
		return p.ne(newHeader, im)
	case errors.Is(err, pe.ErrImageOS2LESignatureFound):
		im.Format, im.Ending = LE, NoVersion
		return v, p.linear(newHeader)
	case errors.Is(err, pe.ErrImageVXDSignatureFound):
		im.Format, im.Ending = LX, NoVersion
		return v, p.linear(newHeader)
	case file.NtHeader.Signature == pe.ImageNTSignature:
		im.Format = PE
		return p.pe(file, err, im)
	}
	im.Ending = NoVersion
	return v, p.plainDOS(newHeader)
}

// silent is saferwall's logger without an output; its own default is stdout.
type silent struct{}

func (silent) Log(log.Level, ...any) error { return nil }

// ntOptions has counts that only keep NewBytes from writing defaults into
// options that files share.
var ntOptions = pe.Options{Logger: silent{}, MaxCOFFSymbolsCount: 1, MaxRelocEntriesCount: 1}

// ntHeaders decodes IMAGE_NT_HEADERS at byte at of the head. The decoder of
// the usual head is made once and used again: it is large. What lies behind the
// end of a short file reads as zeros there, so whoever takes a field has to
// check that the file has it.
func (p *probe) ntHeaders(at int64) (*pe.File, error) {
	file := p.headers
	if file == nil || len(p.head) > headBytes {
		buffer := p.head
		if len(p.head) <= headBytes {
			buffer = p.headBuf[:]
		}
		var err error
		if file, err = pe.NewBytes(buffer, &ntOptions); err != nil {
			return nil, err
		}
		if len(p.head) <= headBytes {
			p.headers = file
		}
	}
	file.NtHeader, file.FileInfo, file.Anomalies = pe.ImageNtHeader{}, pe.FileInfo{}, nil
	file.DOSHeader.AddressOfNewEXEHeader = uint32(at)
	return file, file.ParseNTHeader()
}

// linear checks what LE and LX headers begin with, since their signature of two
// letters proves little. A version resource of a virtual device driver is not
// looked for: no table prints the version of one.
func (p *probe) linear(at int64) error {
	const size = 0xac // of the header, LX; that of LE is longer
	if at+size > p.size {
		return damaged("LE header: cut off at byte %d", p.size)
	}
	h := p.head[at:]
	if h[2] != 0 || h[3] != 0 || le.Uint32(h[4:]) != 0 { // e32_border, e32_worder, e32_level
		return damaged("LE header: byte order and level are not zero")
	}
	return nil
}

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
