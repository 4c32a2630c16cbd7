package manifest

import (
	"strings"
	"testing"
)

func TestVersionCompare(t *testing.T) {
	ordered := []Version{{}, {0, 0, 0, 1}, {0, 0, 1, 0}, {2, 0, 1054, 7}, {2, 0, 1493, 2152}, {4, 0, 6487, 2000}, {4, 0,
		6487, 2111}, {4, 0, 6487, 10000}, {65535, 65535, 65535, 65535}}
	for i, v := range ordered {
		for j, w := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := v.Compare(w); got != want {
				t.Errorf("%v.Compare(%v) = %d, want %d", v, w, got, want)
			}
		}
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]Version{
		"4.0.6487.2111":           {4, 0, 6487, 2111},
		"2.00.1493.2152":          {2, 0, 1493, 2152},
		"65535.65535.65535.65535": {65535, 65535, 65535, 65535},
	} {
		v, err := ParseVersion(text)
		if err != nil || v != want {
			t.Errorf("ParseVersion(%q) = %v, %v", text, v, err)
		}
	}
	for _, text := range []string{"", "2.0.1054", "*.*.1493.3143", "1.2.3.4.5", "1.2.3.x"} {
		if v, err := ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %v", text, v)
		}
	}
}

func TestParsePrinted(t *testing.T) {
	for _, tt := range []struct {
		text  string
		full  bool
		build string // "" when not known
	}{
		{"4.0.6487.2111", true, "6487"},
		{"2.00.1493.2152", true, "1493"},
		{"2.00.1054", false, "1054"},
		{"2.00", false, ""},
		{"*.*.1493.3143", false, "1493"},
		{"*.*.*.786", false, ""},
		{"*.50", false, ""},
		{"0.0.0.0", true, "0"},
	} {
		p, err := ParsePrinted(tt.text)
		if err != nil {
			t.Errorf("ParsePrinted(%q): %v", tt.text, err)
			continue
		}
		if p.String() != tt.text || p.IsZero() {
			t.Errorf("%q is shown as %q", tt.text, p)
		}
		if _, full := p.Version(); full != tt.full {
			t.Errorf("%q is full: %t", tt.text, full)
		}
		build := ""
		if n, known := p.Build(); known {
			build = Commas(int64(n))
		}
		if strings.ReplaceAll(build, ",", "") != tt.build {
			t.Errorf("%q has build %q, want %q", tt.text, build, tt.build)
		}
	}
}

func TestParsePrintedRefuses(t *testing.T) {
	for _, text := range []string{
		"", ".", "4", "786", "4.", ".4", "4..1", "1.2.3.4.5", "4.0.65536.0", "4.0.-1.0", "4.0.+1.0", "4.0. 1.0", " 4.0",
		"4.0 ",
		"4,0,6487,2111", "4.0.6487.2111x", "0x4.0", "4.0.6487.*", "4.*.1.2", "*", "*.*", "*.*.*.*", "*4.0", "٤.٠",
		"4.0000000000",
		"1." + strings.Repeat("0", 1<<20), strings.Repeat(".", 1<<20),
	} {
		if p, err := ParsePrinted(text); err == nil || !p.IsZero() {
			t.Errorf("ParsePrinted(%.40q) = %v, %v", text, p, err)
		} else if len(err.Error()) > 300 {
			t.Errorf("ParsePrinted(%.40q): a message of %d bytes", text, len(err.Error()))
		}
	}
}

func TestPrintedOrder(t *testing.T) {
	for _, tt := range []struct {
		printed string
		file    Version
		want    Order
	}{
		{"2.00.1493.2152", Version{2, 0, 1493, 2152}, Equal},
		{"2.00.1493.2152", Version{2, 0, 1493, 2153}, Newer},
		{"2.00.1493.2152", Version{2, 0, 1493, 2151}, Older},
		{"2.00.1493.2152", Version{2, 0, 1494, 0}, Newer},
		{"2.00.1493.2152", Version{1, 9, 9999, 9999}, Older},
		{"4.0.6487.2111", Version{4, 0, 6487, 10000}, Newer}, // as numbers, not as text
		// Parts that are not printed at the end say nothing.
		{"2.00.1054", Version{2, 0, 1054, 7}, Equal},
		{"2.00.1054", Version{2, 0, 1055, 0}, Newer},
		{"2.00.1054", Version{2, 0, 1053, 9}, Older},
		// Without its leading parts a version shows equality and age, never that a file is newer.
		{"*.*.1493.3143", Version{2, 0, 1493, 3143}, Equal},
		{"*.*.1493.3143", Version{9, 9, 1493, 3143}, Equal},
		{"*.*.1493.3143", Version{2, 0, 1493, 3142}, Older},
		{"*.*.1493.3143", Version{2, 0, 1493, 3144}, Unknown},
		{"*.*.1493.3143", Version{4, 0, 6487, 1}, Unknown},
		{"*.*.1493.3143", Version{4, 0, 1, 9999}, Older},
	} {
		p, err := ParsePrinted(tt.printed)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Order(tt.file); got != tt.want {
			t.Errorf("%s against %v is %d, want %d", tt.printed, tt.file, got, tt.want)
		}
	}
}

func TestSameNumbers(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"2.00.1493.2152", "2.0.1493.2152", true},
		{"2.0.1493", "2.00.1493", true},
		{"2.0.1493", "2.0.1493.0", false},
		{"*.*.1493.3143", "0.0.1493.3143", false},
		{"2.0.1493.1", "2.0.1493.2", false},
	} {
		a, errA := ParsePrinted(tt.a)
		b, errB := ParsePrinted(tt.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.SameNumbers(b) != tt.want || b.SameNumbers(a) != tt.want {
			t.Errorf("%s and %s: want %t", tt.a, tt.b, tt.want)
		}
	}
}

func TestPrintedOf(t *testing.T) {
	v := Version{4, 0, 6487, 2111}
	p := PrintedOf(v)
	if got, full := p.Version(); got != v || !full || p.String() != "4.0.6487.2111" {
		t.Errorf("PrintedOf(%v) is %s", v, p)
	}
	if !(Printed{}).IsZero() {
		t.Error("the zero value prints a version")
	}
}
