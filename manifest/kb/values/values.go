// Package values knows what one cell of a file table is: a name, a version, a
// size, a date, a time, a platform. Quality says how well a piece of text can
// be each of them, for the stages that look for cells; Read turns the cells of
// rows into the values of a manifest, and reports what can be read in two ways
// or cannot be trusted.
package values

import (
	"fmt"
	"strings"
)

// Kind is what a cell is.
type Kind int

// The kinds of cells.
const (
	Name Kind = iota
	Version
	Size
	Date
	Time
	Platform
	Note  // another column: service branch, folder, language of the file
	Group // a column that tells groups of rows apart: their source
	Hash
	Kinds      // how many there are
	None  Kind = -1
)

var kindNames = [Kinds]string{"name", "version", "size", "date", "time", "platform", "note", "group", "hash"}

func (k Kind) String() string {
	if k < 0 || k >= Kinds {
		return "nothing"
	}
	return kindNames[k]
}

// Cells is what one row prints, by kind.
type Cells [Kinds]string

// String describes the cells that say something.
func (c *Cells) String() string { return c.Except(&Cells{}) }

// Except describes the cells that differ from those of o.
func (c *Cells) Except(o *Cells) string {
	var parts []string
	for k := range c {
		if c[k] != o[k] {
			parts = append(parts, fmt.Sprintf("%s %q", Kind(k), c[k]))
		}
	}
	return strings.Join(parts, ", ")
}

// Enough: a row says a name, and a version, a size or a date. A name without
// an extension could be any word, so that it wants two of them.
func (c *Cells) Enough() bool {
	n := 0
	for _, k := range []Kind{Version, Size, Date} {
		if c[k] != "" {
			n++
		}
	}
	return c[Name] != "" && (n > 1 || n == 1 && Is(Name, c[Name]))
}

// Row is a row of a table before its cells become values.
type Row struct {
	Line   int // 1-based source line
	Text   string
	Cells  Cells
	Notes  []string // cells of further columns, "heading value"
	Tail   string   // words behind the last column
	Rivals int      // readings as good as the one taken
	// OtherDate: the row can be split so that its date is another one.
	OtherDate bool
}

// Set puts a cell under its heading where it belongs.
func (r *Row) Set(k Kind, heading, text string) {
	switch {
	case text == "":
	case k == Note && extensions[Fold(heading)] && Quality(Name, r.Cells[Name]) == NoExtension:
		r.Cells[Name] += "." + text
	case k == Note || k == Group:
		if NotApplicable(text) {
			return
		}
		if heading = strings.TrimSpace(strings.ReplaceAll(heading, string(Break), " ")); len(heading) > 40 {
			heading = ""
		}
		r.Notes = append(r.Notes, strings.TrimSpace(heading+" "+text))
	case r.Cells[k] != "":
	case k == Name:
		name, remark := Remark(text)
		r.Cells[Name] = name
		if Is(Platform, remark) && r.Cells[Platform] == "" {
			r.Cells[Platform] = remark
		} else if remark != "" {
			r.Notes = append(r.Notes, remark)
		}
	case k == Date:
		day, hour := Moment(text)
		r.Cells[Date] = day
		if r.Cells[Time] == "" {
			r.Cells[Time] = hour
		}
	default:
		r.Cells[k] = text
	}
}

// extensions are the headings of a column that a name goes on in.
var extensions = map[string]bool{"extension": true, "ext": true, "ext.": true}

// Moment parts a cell that holds a date and a time; other cells come back as
// they are.
func Moment(text string) (day, hour string) {
	if strings.IndexByte(text, ':') < 0 && strings.IndexByte(text, '.') < 0 || strings.IndexByte(text, ' ') < 0 {
		return text, ""
	}
	for i := range len(text) {
		if left, right := text[:i], strings.TrimSpace(text[i:]); text[i] == ' ' && Is(Date, left) && Is(Time, right) {
			return left, right
		}
	}
	return text, ""
}

// Break stands for a line break inside one cell until it is known what the
// cell is: in a name it means nothing, elsewhere a blank.
const Break = '\v'

// OneLine makes a cell clean text on one line.
func OneLine(text string) string {
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c > '~' || c == ' ' && (i == 0 || i == len(text)-1 || text[i-1] == ' ') {
			return strings.Join(strings.Fields(text), " ")
		}
	}
	return text
}

// Fold brings a piece of text into the form in which words are looked up.
func Fold(text string) string { return strings.ToLower(OneLine(text)) }

// Digits counts the decimal digits that text starts with.
func Digits(text string) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// ASCII reports text of plain letters, marks, blanks and tabs alone.
func ASCII(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 0x7F || c < ' ' && c != '\t' {
			return false
		}
	}
	return true
}
