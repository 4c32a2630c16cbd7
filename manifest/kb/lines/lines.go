// Package lines turns the bytes of an article into lines: decoded, free of the
// quoting around them, each with its source line and, where the format delimits
// them, its cells. HTML, Markdown, text, CSV and pastes come out alike.
package lines

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"

	"kbverify/manifest/kb/values"
)

// Caps on what one article may hold. The largest known ones have 600 rows in a
// page and more than 100,000 in the CSV of a cumulative update.
const (
	// MaxBytes caps the text of one article.
	MaxBytes = 32 << 20
	// MaxLines caps the lines of one article: a line costs a hundred bytes
	// although it may be empty.
	MaxLines = 1_000_000
	// MaxRows caps the rows of one article; the manifest of so many stays below
	// manifest.MaxBytes.
	MaxRows = 200_000
	// LongestRow caps the bytes of a line that can be a row. The longest names of
	// Windows manifests, 150 bytes, leave room to spare.
	LongestRow = 2_000
)

// ErrTooLarge: the article is beyond a cap.
var ErrTooLarge = errors.New("larger than any article")

// Line is one line of the article.
type Line struct {
	No    int      // 1-based source line
	Text  string   // trimmed; the cells with blanks between where there are cells
	Cells []string // trimmed cells, where the source delimits them; else nil
	// Indent is the number of blanks in front of Text where it has no cells: what
	// stands below a cell may be the rest of it.
	Indent int
	Rule   bool // a rule, a border or a fence: separates, and says nothing
	Block  bool // a paragraph of its own, as the page marks it
	Head   bool // a heading of a section
}

// Read reads the lines of an article. name is its file name, which may tell the
// format where none is given; the format it has comes back.
func Read(name string, data []byte, format Format) ([]Line, Format, error) {
	if len(data) > MaxBytes {
		return nil, "", fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(data), MaxBytes)
	}
	from, last := 1, bytes.Count(data, []byte{'\n'})+1
	if page, line, ok := archived(data); ok && format == "" {
		data, from, format = page, line, HTML
	}
	text, err := decode(data)
	if err != nil {
		return nil, "", err
	}
	if format == "" {
		format = recognise(name, text)
	}
	if err := Limit(strings.Count(text, "\n")); err != nil {
		return nil, "", err
	}
	var out []Line
	switch format {
	case HTML:
		left := maxSpanned
		out, err = htmlLines(text, &left)
	case CSV:
		out, err = csvLines(text)
	default:
		out, err = textLines(text, format == Markdown)
	}
	for i := range out {
		if from > 1 { // of a web archive
			out[i].No = min(out[i].No+from-1, last)
		}
	}
	return out, format, err
}

// Limit refuses more lines than an article may hold.
func Limit(n int) error {
	if n > MaxLines {
		return fmt.Errorf("%w: %d lines, at most %d", ErrTooLarge, n, MaxLines)
	}
	return nil
}

// cellsLine makes a line of cells.
func cellsLine(no int, cells []string) Line {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return Line{No: no, Cells: cells, Text: strings.TrimSpace(strings.Join(cells, " "))}
}

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
	if values.ASCII(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == values.Break:
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

// maxCSVCells caps the cells of a CSV, of which each costs some fifty bytes: MaxRows
// of the sixteen columns that some have.
const maxCSVCells = MaxRows * 16

// csvLines reads Microsoft's CSV: a header, rows, and section titles, which
// are rows with only the first cell filled.
func csvLines(text string) ([]Line, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.ReuseRecord = true
	head, _, _ := strings.Cut(text, "\n")
	for _, comma := range ";\t" {
		if strings.Count(head, string(comma)) > strings.Count(head, string(r.Comma)) {
			r.Comma = comma
		}
	}
	if n := strings.Count(text, string(r.Comma)); n > maxCSVCells {
		return nil, fmt.Errorf("%w: %d cells, at most %d", ErrTooLarge, n, maxCSVCells)
	}
	var out []Line
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("csv: %w", err)
		}
		no, _ := r.FieldPos(0)
		if len(out) > 2*MaxRows {
			return nil, fmt.Errorf("%w: more than %d rows", ErrTooLarge, MaxRows)
		}
		cells := make([]string, len(record))
		for i, c := range record {
			cells[i] = tidy(c)
		}
		out = append(out, cellsLine(no, cells))
	}
}
