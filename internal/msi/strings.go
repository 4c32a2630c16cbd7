package msi

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// maxPool caps each of the two streams that hold strings: ten times what a package of
// 24,000 files needs. A reference has at most 3 bytes, so there cannot
// be more than 16 million strings.
const maxPool = 32 << 20

// pool is a database's string pool: strings by number from 1 on. 0 is no string.
type pool struct {
	codepage int
	wide     bool // references have 3 bytes, else 2
	data     string
	ends     []uint32 // where each string ends in data; ends[0] is 0
	plain    bool     // all of data is ASCII
	guessed  bool     // a text was none of the code page, and read as 1252
	charset  encoding.Encoding
	decoded  map[uint32]text
	added    []string          // strings beyond those in data, by transforms
	numbers  map[string]uint32 // the first number of each string, once it is asked for
	first    []uint32          // the same by number
}

// text is a string that was decoded.
type text struct {
	value string
	whole bool // every byte was one of the codepage
}

// readPool decodes the streams _StringPool and _StringData.
func readPool(entries, data []byte) (*pool, error) {
	const place = "_StringPool"
	le := binary.LittleEndian
	if len(entries) < 4 || len(entries)%4 != 0 {
		return nil, damaged(place, "%d bytes, want at least 4 and a multiple of 4", len(entries))
	}
	first := le.Uint32(entries)
	p := &pool{codepage: int(first & 0x7fffffff), wide: first&0x80000000 != 0, ends: make([]uint32, 1, len(entries)/4)}
	end := uint64(0)
	for at := 4; at < len(entries); at += 4 {
		length, references := uint64(le.Uint16(entries[at:])), uint64(le.Uint16(entries[at+2:]))
		if length == 0 && references > 0 {
			// A string of 64 KB or more: the upper half of its length, then a second
			// entry with the lower half. Both are one number.
			if at += 4; at >= len(entries) {
				return nil, damaged(place, "string %d: long, and the pool ends inside its length", len(p.ends))
			}
			length = references<<16 | uint64(le.Uint16(entries[at:]))
		}
		if end += length; end > uint64(len(data)) {
			return nil, damaged(place, "string %d ends at byte %d of _StringData, which has %d", len(p.ends), end, len(data))
		}
		p.ends = append(p.ends, uint32(end))
	}
	if end != uint64(len(data)) {
		return nil, damaged(place, "the strings have %d bytes, _StringData has %d", end, len(data))
	}
	p.data = string(data)
	p.plain = isASCII(p.data)
	p.charset = charsets[p.codepage]
	return p, nil
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// len is one more than the highest number.
func (p *pool) len() int { return len(p.ends) + len(p.added) }

// width is the size of a reference in bytes.
func (p *pool) width() int {
	if p.wide {
		return 3
	}
	return 2
}

// get gives a string by its number, which is below len.
func (p *pool) get(n uint32) text {
	switch {
	case n == 0:
		return text{"", true}
	case int(n) >= len(p.ends):
		return text{p.added[int(n)-len(p.ends)], true}
	}
	raw := p.data[p.ends[n-1]:p.ends[n]]
	if p.plain || len(raw) < longText && isASCII(raw) {
		return text{raw, true}
	}
	t, known := p.decoded[n]
	if !known {
		if p.decoded == nil {
			p.decoded = map[uint32]text{}
		}
		if t = (text{raw, true}); !isASCII(raw) {
			t = decode(raw, p.codepage, p.charset)
			if !t.whole && (p.codepage == neutral || p.codepage == utf8CP) { // as wixl writes names of Latin-1
				t, p.guessed = decode(raw, 1252, charmap.Windows1252), true
			}
		}
		p.decoded[n] = t
	}
	return t
}

// longText is the length in bytes from which a text is looked through only once,
// however many cells refer to it.
const longText = 256

// length is the number of bytes of a string.
func (p *pool) length(n uint32) int {
	switch {
	case n == 0:
		return 0
	case int(n) >= len(p.ends):
		return len(p.added[int(n)-len(p.ends)])
	}
	return int(p.ends[n] - p.ends[n-1])
}

// index numbers every string by its value: a pool may have one twice.
func (p *pool) index() {
	if p.numbers != nil {
		return
	}
	p.numbers = make(map[string]uint32, p.len())
	p.first = make([]uint32, 1, p.len())
	for n := uint32(1); int(n) < len(p.ends); n++ {
		p.first = append(p.first, p.number(p.get(n).value, n))
	}
}

func (p *pool) number(s string, otherwise uint32) uint32 {
	if s == "" {
		return 0
	}
	n, known := p.numbers[s]
	if !known {
		n = otherwise
		p.numbers[s] = n
	}
	return n
}

// same gives the one number that stands for all with the same string.
func (p *pool) same(n uint32) uint32 {
	p.index()
	return p.first[n]
}

// add gives the number of a string, which it puts behind all others if it has to.
func (p *pool) add(s string) uint32 {
	p.index()
	next := uint32(p.len())
	n := p.number(s, next)
	if n == next {
		p.added = append(p.added, s)
		p.first = append(p.first, n)
	}
	return n
}

// The code pages without a charset of their own.
const (
	neutral = 0 // no code page: ASCII by the book, and UTF-8 as wixl and msibuild write it
	utf8CP  = 65001
)

// charsets are the code pages in which Windows keeps the names of files.
var charsets = map[int]encoding.Encoding{
	437: charmap.CodePage437, 850: charmap.CodePage850, 852: charmap.CodePage852, 855: charmap.CodePage855,
	858: charmap.CodePage858, 860: charmap.CodePage860, 862: charmap.CodePage862, 863: charmap.CodePage863,
	865: charmap.CodePage865, 866: charmap.CodePage866,
	874: charmap.Windows874, 932: japanese.ShiftJIS, 936: simplifiedchinese.GBK, 949: korean.EUCKR,
	950: traditionalchinese.Big5, 1250: charmap.Windows1250, 1251: charmap.Windows1251, 1252: charmap.Windows1252,
	1253: charmap.Windows1253, 1254: charmap.Windows1254, 1255: charmap.Windows1255, 1256: charmap.Windows1256,
	1257: charmap.Windows1257, 1258: charmap.Windows1258, 10000: charmap.Macintosh, 28591: charmap.ISO8859_1,
	28592: charmap.ISO8859_2, 28595: charmap.ISO8859_5, 28605: charmap.ISO8859_15, 51932: japanese.EUCJP,
	54936: simplifiedchinese.GB18030,
}

// decode gives raw as UTF-8. A byte that is none of the code page becomes U+FFFD,
// and the text is then not whole.
func decode(raw string, codepage int, charset encoding.Encoding) text {
	if codepage == neutral || codepage == utf8CP {
		return text{strings.ToValidUTF8(raw, "\ufffd"), utf8.ValidString(raw)}
	}
	if charset != nil {
		if out, err := charset.NewDecoder().String(raw); err == nil {
			return text{out, !strings.ContainsRune(out, utf8.RuneError)}
		}
	}
	unknown := func(r rune) rune {
		if r >= utf8.RuneSelf {
			return utf8.RuneError
		}
		return r
	}
	return text{strings.Map(unknown, raw), false}
}

// DamageError says where a database contradicts itself.
type DamageError struct {
	Place string // the table, row or stream
	Text  string
}

func (e *DamageError) Error() string { return e.Place + ": " + e.Text }

func damaged(place, format string, args ...any) error {
	return &DamageError{place, fmt.Sprintf(format, args...)}
}
