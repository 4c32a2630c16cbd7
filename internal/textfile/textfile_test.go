package textfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	utf16Little = "\xff\xfeg\x00r\x00\xf6\x00"
	utf16Big    = "\xfe\xff\x00g\x00r\x00\xf6"
)

func packed(t *testing.T, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	for _, text := range texts {
		w := gzip.NewWriter(&b)
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestUTF8(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"one byte", "x", "x"},
		{"plain", "grö", "grö"},
		{"byte order mark", "\xef\xbb\xbfgrö", "grö"},
		{"UTF-16", utf16Little, "grö"},
		{"UTF-16, big end first", utf16Big, "grö"},
		{"UTF-16 without a mark", utf16Little[2:], "grö"},
		{"UTF-16 without a mark, big end first", utf16Big[2:], "grö"},
		{"two zero bytes", "\x00\x00", "\x00\x00"},
		{"another encoding", "gr\xf6", "gr\xf6"},
		{"compressed", packed(t, "grö"), "grö"},
		{"compressed UTF-16", packed(t, utf16Little), "grö"},
		{"compressed in parts", packed(t, "gr", "ö"), "grö"},
		{"compressed, nothing", packed(t, ""), ""},
		{"compressed twice is no text", packed(t, packed(t, "x")), packed(t, "x")},
	} {
		for _, r := range []io.Reader{strings.NewReader(tt.text), iotest.OneByteReader(strings.NewReader(tt.text))} {
			if got, err := io.ReadAll(UTF8(r)); err != nil || string(got) != tt.want {
				t.Errorf("%s: %q, %v", tt.name, got, err)
			}
		}
	}
}

func TestDamage(t *testing.T) {
	whole := packed(t, strings.Repeat("text ", 100))
	for n := 2; n < len(whole); n++ {
		if _, err := io.ReadAll(Unpacked(strings.NewReader(whole[:n]))); err == nil ||
			!strings.Contains(err.Error(), "cut off") {
			t.Errorf("cut to %d of %d bytes: %v", n, len(whole), err)
		}
	}
	for at := range len(whole) - 2 {
		bad := []byte(whole)
		bad[2+at] ^= 0xff
		got, err := io.ReadAll(Unpacked(bytes.NewReader(bad)))
		if err == nil && string(got) != strings.Repeat("text ", 100) {
			t.Errorf("byte %d changed: %.20q", at, got)
		}
	}
	disk := errors.New("the disk is gone")
	for _, before := range []string{"", "text", whole[:20]} {
		r := io.MultiReader(strings.NewReader(before), iotest.ErrReader(disk))
		if _, err := io.ReadAll(Unpacked(r)); !errors.Is(err, disk) {
			t.Errorf("%.5q: %v", before, err)
		}
	}
}

func TestHead(t *testing.T) {
	for _, text := range []string{"0123456789", packed(t, "0123456789")} {
		if got := Head(strings.NewReader(text), 4); string(got) != "0123" {
			t.Errorf("%q", got)
		}
		if got := Head(strings.NewReader(text), 20); string(got) != "0123456789" {
			t.Errorf("%q", got)
		}
	}
}
