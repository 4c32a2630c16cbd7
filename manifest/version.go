package manifest

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is a binary file version as VS_FIXEDFILEINFO holds it: the high and
// low words of dwFileVersionMS, then those of dwFileVersionLS.
type Version [4]uint16

// Compare orders two versions part by part: -1, 0 or +1.
func (v Version) Compare(w Version) int {
	for i := range v {
		if c := cmp.Compare(v[i], w[i]); c != 0 {
			return c
		}
	}
	return 0
}

// String gives the four numbers with dots and without leading zeros.
func (v Version) String() string {
	return fmt.Sprintf("%d.%d.%d.%d", v[0], v[1], v[2], v[3])
}

// ParseVersion reads exactly four 16-bit numbers, as String writes them.
func ParseVersion(text string) (Version, error) {
	p, err := ParsePrinted(text)
	if err != nil {
		return Version{}, err
	}
	v, full := p.Version()
	if !full {
		return Version{}, fmt.Errorf("version %s: want four numbers", quote(text))
	}
	return v, nil
}

// Printed is a file version as far as an article prints it. Articles of the
// time leave parts out: "2.00.1054" has no revision, "1493.3143" no product.
// A part that is not known is written "*" in front ("*.*.1493.3143") and left
// out at the end. The zero value is no version at all.
type Printed struct {
	text  string
	parts Version
	first int // index of the first known part
	end   int // index after the last known part; 0 when nothing is printed
}

// noVersion is text that is no version. Who only asks whether it is one does not
// pay for the words.
type noVersion string

func (e noVersion) Error() string {
	return fmt.Sprintf("version %s: want up to four numbers from 0 to 65535 with dots between, "+
		"* for a leading part that is not known", quote(string(e)))
}

// ParsePrinted reads a version. Leading zeros are kept for display and count
// for nothing: "2.00" equals "2.0".
func ParsePrinted(text string) (Printed, error) {
	fail := func() (Printed, error) { return Printed{}, noVersion(text) }
	parts := strings.Count(text, ".") + 1
	if parts < 2 || parts > 4 {
		return fail()
	}
	p := Printed{text: text, end: parts}
	for i, rest := 0, text; i < parts; i++ {
		var f string
		f, rest, _ = strings.Cut(rest, ".")
		if f == "*" && i == p.first {
			p.first++
			continue
		}
		if f == "" || !digits(f) || len(f) > 9 {
			return fail()
		}
		n, err := strconv.ParseUint(f, 10, 16)
		if err != nil {
			return fail()
		}
		p.parts[i] = uint16(n)
	}
	if p.first == p.end {
		return fail()
	}
	return p, nil
}

// digits: text is of decimal digits alone.
func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// PrintedOf is the full version v, written canonically.
func PrintedOf(v Version) Printed {
	return Printed{text: v.String(), parts: v, end: 4}
}

// IsZero reports that no version is printed.
func (p Printed) IsZero() bool { return p.end == 0 }

// String gives the version with the spelling of the article ("2.00.1493.2152").
func (p Printed) String() string { return p.text }

// MarshalText implements encoding.TextMarshaler.
func (p Printed) MarshalText() ([]byte, error) { return []byte(p.text), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Printed) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePrinted(string(text))
	return err
}

// Version gives the four numbers, and whether all of them are known.
func (p Printed) Version() (Version, bool) {
	return p.parts, p.first == 0 && p.end == 4
}

// Build gives the third number, which names the service pack in SMS and
// Configuration Manager, and whether it is known.
func (p Printed) Build() (uint16, bool) {
	return p.parts[2], p.first <= 2 && p.end > 2
}

// SameNumbers reports that p and q print the same parts with the same numbers.
func (p Printed) SameNumbers(q Printed) bool {
	return p.parts == q.parts && p.first == q.first && p.end == q.end
}

// Order is where a file's version stands against the printed one.
type Order int

// The four answers. Unknown: the printed version lacks the product part, and
// the file's known parts are above it, so it may be newer or another product.
const (
	Older Order = iota - 1
	Equal
	Newer
	Unknown
)

// Order compares the version of a file with the parts that are printed. Parts
// that are not printed at the end say nothing: 2.0.1054.7 equals "2.00.1054".
// Without its leading parts a version can show equality and, to be on the safe
// side, age; it can never show that a file is newer.
func (p Printed) Order(file Version) Order {
	for i := p.first; i < p.end; i++ {
		switch c := cmp.Compare(file[i], p.parts[i]); {
		case c < 0:
			return Older
		case c > 0 && p.first > 0:
			return Unknown
		case c > 0:
			return Newer
		}
	}
	return Equal
}
