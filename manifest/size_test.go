package manifest

import (
	"math"
	"strings"
	"testing"
)

// TestSizeAdmits holds the precision that a size was printed with at both ends:
// rounding up, down or to nearest gives the printed figure.
func TestSizeAdmits(t *testing.T) {
	for _, tt := range []struct {
		printed   string
		low, high int64 // the first and the last size that it admits
	}{
		{"143 KB", 142*1024 + 1, 144*1024 - 1},
		{"1 KB", 1, 2*1024 - 1},
		{"0 KB", 0, 1024 - 1},
		{"1,024 KB", 1023*1024 + 1, 1025*1024 - 1},
		{"1.33 MB", 1_384_121, 1_405_091}, // 1.32 MB is 1,384,120.32 bytes and 1.34 MB 1,405,091.84
		{"1.3 MB", 1_258_292, 1_468_006},  // 1.2 MB is 1,258,291.2 bytes and 1.4 MB 1,468,006.4
		{"2 MB", 1<<20 + 1, 3<<20 - 1},
		{"1 GB", 1, 2<<30 - 1},
		{"1.000 MB", 1_047_528, 1_049_624}, // 0.999 MB is 1,047,527.424 bytes and 1.001 MB 1,049,624.576
	} {
		s, err := ParseSize(tt.printed)
		if err != nil {
			t.Errorf("ParseSize(%q): %v", tt.printed, err)
			continue
		}
		for n, want := range map[int64]bool{tt.low - 1: false, tt.low: true, (tt.low + tt.high) / 2: true, tt.high: true,
			tt.high + 1: false} {
			if n >= 0 && s.Admits(n) != want {
				t.Errorf("%s admits %d: %t", tt.printed, n, !want)
			}
		}
	}
}

func TestExactSize(t *testing.T) {
	s := ExactSize(599912)
	for n, want := range map[int64]bool{599911: false, 599912: true, 599913: false, 0: false, math.MaxInt64: false} {
		if s.Admits(n) != want {
			t.Errorf("599,912 admits %d: %t", n, !want)
		}
	}
	if n, exact := s.Exact(); n != 599912 || !exact || s.IsZero() || s.Text() != "" || s.String() != "599,912" {
		t.Errorf("ExactSize: %d, %t, %q", n, exact, s)
	}
	if empty := ExactSize(0); empty.IsZero() || !empty.Admits(0) || empty.Admits(1) || empty.String() != "0" {
		t.Error("an empty file has a size, and it is 0")
	}
}

func TestNoSizeAdmitsNothing(t *testing.T) {
	for _, n := range []int64{0, 1, math.MaxInt64} {
		if (Size{}).Admits(n) {
			t.Errorf("no size admits %d", n)
		}
	}
	if s := (Size{}); !s.IsZero() || s.String() != "" {
		t.Errorf("no size is %q", s)
	}
}

func TestAdmitsDoesNotOverflow(t *testing.T) {
	s, err := ParseSize("1023.999 GB")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int64{math.MaxInt64, math.MinInt64, 1 << 62} {
		if s.Admits(n) {
			t.Errorf("%s admits %d", s, n)
		}
	}
}

func TestParseSize(t *testing.T) {
	for _, text := range []string{"143 KB", "143KB", "143 K", "143K", "1.33 MB", "1,234 KB", "1 GB", "1024 GB"} {
		s, err := ParseSize(text)
		if err != nil || s.Text() != text || s.String() != text {
			t.Errorf("ParseSize(%q) = %q, %v", text, s, err)
		}
		if _, exact := s.Exact(); exact {
			t.Errorf("%q is exact", text)
		}
	}
}

func TestParseSizeRefuses(t *testing.T) {
	for _, text := range []string{
		"", "143", "599,912", "KB", "-1 KB", "+1 KB", "143 kb", "143  KB", "143\tKB", " 143 KB", "143 KB ", "143 TB",
		"143 B", "1,23 KB", "12,3456 KB",
		"1.2345 MB", "1. MB", ".5 MB", "1e3 KB", "١ KB", "1024.1 GB", "1025 GB", "999999999 MB", "1000000000 KB",
		"9,999,999,999,999 KB", strings.Repeat("9", 1<<20) + " KB",
	} {
		if s, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%.40q) = %v", text, s)
		} else if len(err.Error()) > 300 {
			t.Errorf("ParseSize(%.40q): a message of %d bytes", text, len(err.Error()))
		}
	}
}

func TestCommas(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 123456: "123,456", 1234567: "1,234,567", -1: "-1", -123: "-123",
		-1000:         "-1,000",
		math.MaxInt64: "9,223,372,036,854,775,807", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := Commas(n); got != want {
			t.Errorf("Commas(%d) = %q, want %q", n, got, want)
		}
	}
}
