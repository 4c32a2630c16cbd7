package kb

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
)

var errNotText = errors.New("not text: save the article as HTML, Markdown, text or CSV")

// decode gives the article as UTF-8: by its byte order mark, as UTF-8, by the
// charset that an HTML page declares, else as Windows-1252.
func decode(data []byte) (string, error) {
	enc := encoding.Encoding(nil)
	switch {
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		enc = xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM)
	case utf8.Valid(data):
		data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	default:
		enc = declared(data)
	}
	if enc != nil {
		utf, err := enc.NewDecoder().Bytes(data)
		if err != nil {
			return "", err
		}
		data = utf
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errNotText
	}
	return string(data), nil
}

func declared(data []byte) encoding.Encoding {
	if !bytes.Contains(bytes.ToLower(data[:min(len(data), 1024)]), []byte("charset")) {
		return charmap.Windows1252
	}
	enc, name, _ := charset.DetermineEncoding(data, "")
	if name == "utf-8" {
		return charmap.Windows1252 // declared, but it is not valid UTF-8
	}
	return enc
}

// tidy drops what cannot be seen (direction marks, joiners, soft hyphens),
// turns every blank into a space and full-width letters into plain ones. Tabs
// stay: in a paste they separate cells.
func tidy(text string) string {
	if plain(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == cellBreak:
			return r
		case 0xFF01 <= r && r <= 0xFF5E: // FULLWIDTH EXCLAMATION MARK … TILDE
			return r - 0xFF01 + '!'
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, text)
}

func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 0x7F || c < ' ' && c != '\t' {
			return false
		}
	}
	return true
}
