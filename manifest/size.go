package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// MaxSize is the largest file size in bytes that a manifest may state: far
// above any hotfix, low enough that arithmetic on sizes cannot overflow.
const MaxSize = 1 << 40

// Size is a file size with the precision it was printed with: a number of
// bytes ("599,912") or a rounded figure ("143 KB", "1.33 MB"). The zero value
// is no size at all.
type Size struct {
	text     string // as printed, for a rounded size
	units    int64  // the printed figure without its decimal point: 133 for 1.33
	unit     int64  // bytes in one KB or MB; 1 for an exact size; 0 when nothing is printed
	decimals int64  // 10 to the number of digits after the point
}

// ExactSize is a size of n bytes.
func ExactSize(n int64) Size { return Size{units: n, unit: 1, decimals: 1} }

var roundedSize = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{1,3}))? ?([KMG])B?$`)
})

var errSize = errors.New(`want a number of bytes, or a rounded size such as "143 KB" or "1.33 MB"`)

// ParseSize reads a rounded size: a figure, an optional blank and K, KB, M,
// MB, G or GB, where 1 KB is 1,024 bytes.
func ParseSize(text string) (Size, error) {
	m := roundedSize().FindStringSubmatch(text)
	if m == nil {
		return Size{}, fmt.Errorf("size %s: %w", quote(text), errSize)
	}
	digits := strings.ReplaceAll(m[1], ",", "") + m[2]
	units, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return Size{}, fmt.Errorf("size %s: %w", quote(text), errSize)
	}
	s := Size{text: text, units: units, unit: 1 << 10, decimals: 1}
	for range m[2] {
		s.decimals *= 10
	}
	switch m[3] {
	case "M":
		s.unit = 1 << 20
	case "G":
		s.unit = 1 << 30
	}
	if s.units > MaxSize/s.unit*s.decimals {
		return Size{}, fmt.Errorf("size %s: above %d bytes", quote(text), int64(MaxSize))
	}
	return s, nil
}

// IsZero reports that no size is printed.
func (s Size) IsZero() bool { return s.unit == 0 }

// Exact gives the number of bytes, and false when the size is rounded or absent.
func (s Size) Exact() (int64, bool) { return s.units, s.unit == 1 }

// Text gives a rounded size as it was printed, and "" for any other.
func (s Size) Text() string { return s.text }

// MarshalJSON implements json.Marshaler: a number of bytes, or a rounded size as text.
func (s Size) MarshalJSON() ([]byte, error) {
	if n, exact := s.Exact(); exact {
		return strconv.AppendInt(nil, n, 10), nil
	}
	return json.Marshal(s.text)
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Size) UnmarshalJSON(data []byte) (err error) {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*s, err = ParseSize(text)
		return err
	}
	n, err := strconv.ParseInt(string(data), 10, 64)
	*s = ExactSize(n)
	return err
}

// String gives the size for display: bytes with commas, or the rounded text.
func (s Size) String() string {
	switch {
	case s.IsZero():
		return ""
	case s.unit == 1:
		return Commas(s.units)
	}
	return s.text
}

// Admits reports whether a file of n bytes can have been printed as s: when
// the size is exact, n equals it; when it is rounded, rounding n up, down or to
// nearest gives the printed figure, so n lies less than one step away from it.
func (s Size) Admits(n int64) bool {
	if s.unit == 1 {
		return n == s.units
	}
	steps := new(big.Int).Mul(big.NewInt(n), big.NewInt(s.decimals))
	low := new(big.Int).Mul(big.NewInt(s.units-1), big.NewInt(s.unit))
	high := new(big.Int).Mul(big.NewInt(s.units+1), big.NewInt(s.unit))
	return steps.Cmp(low) > 0 && steps.Cmp(high) < 0
}

// Commas writes n with a comma between each group of three digits.
func Commas(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Counted gives a number with what it counts: "1 copy", "2,048 copies".
func Counted[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Commas(int64(n)) + " " + many
}
