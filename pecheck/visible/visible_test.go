package visible

import (
	"strings"
	"testing"
)

func TestEscapedNames(t *testing.T) {
	tests := []struct{ raw, escaped string }{
		{"CCM.dll", "CCM.dll"},
		{"文件 é.dll", "文件 é.dll"},
		{`a\b`, `a\\b`},
		{"a\nb\x1b[2J", `a\x0ab\x1b[2J`},
		{"a\xffb", `a\xffb`},
		{`a\xff`, `a\\xff`},
		{"\u202egnp.exe", `\u202egnp.exe`},
		{"\u2028\u200b\ufeff\u0085\x7f", `\u2028\u200b\ufeff\u0085\x7f`},
		{"\U000e0001", `\U000e0001`},
		{"\ufffd", "\ufffd"},
		{"\xed\xa0\x80", `\xed\xa0\x80`},
	}
	for _, tt := range tests {
		if got := Name(tt.raw); got != tt.escaped {
			t.Errorf("Name(%q) = %q, want %q", tt.raw, got, tt.escaped)
		}
		if got, err := Raw(tt.escaped); got != tt.raw || err != nil {
			t.Errorf("Raw(%q) = %q, %v", tt.escaped, got, err)
		}
	}
}

func TestText(t *testing.T) {
	long := strings.Repeat("x", maxShort)
	for _, tt := range []struct {
		name      string
		show      func(string) string
		text, out string
	}{
		{"clean", Text, `C:\SMS "é"`, `C:\SMS "é"`},
		{"cursor", Text, "a\x1b[2J\r\n", `a\x1b[2J\x0d\x0a`},
		{"no UTF-8", Text, "a\xff\u202e", `a\xff\u202e`},
		{"lines", Lines, "a\x1b\nb\r\n", "a\\x1b\nb\\x0d\n"},
		{"quoted", Quote, "C:\\a\n", `"C:\a\x0a"`},
		{"short", Short, "a\n", `a\x0a`},
		{"long", Short, long + "y", long + "…"},
		{"cut within a character", Short, long[1:] + "é", long[1:] + "…"},
	} {
		if got := tt.show(tt.text); got != tt.out {
			t.Errorf("%s: %q becomes %q, want %q", tt.name, tt.text, got, tt.out)
		}
	}
}

func TestPlainIsClean(t *testing.T) {
	for text, want := range map[string][2]bool{
		"": {true, true}, "a b~": {true, true}, `a\b`: {false, true}, "é": {false, true},
		"a\n": {false, false}, "\x7f": {false, false}, "\u200b": {false, false}, "\xff": {false, false},
	} {
		if got := [2]bool{IsPlain(text), IsClean(text)}; got != want {
			t.Errorf("%q: plain %v, clean %v", text, got[0], got[1])
		}
	}
}

func TestRawRefuses(t *testing.T) {
	for _, escaped := range []string{"a\n", `a\`, `a\q`, `\x1`, `\x41`, `\u0041`, `\U00110000`, `\xff\xGG`} {
		if raw, err := Raw(escaped); err == nil || !strings.Contains(err.Error(), "name") {
			t.Errorf("%q: %q, %v", escaped, raw, err)
		}
	}
}

func FuzzEscapedNames(f *testing.F) {
	for _, s := range []string{"", "a", `\`, `\\`, `\x1b`, "\x1b", "\xff", "\u202e", `\u202e`, `\U00110000`, `\xZZ`,
		"\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		escaped := Name(s)
		if !IsClean(escaped) {
			t.Errorf("Name(%q) = %q is not clean", s, escaped)
		}
		if raw, err := Raw(escaped); raw != s || err != nil {
			t.Errorf("%q escaped to %q comes back as %q, %v", s, escaped, raw, err)
		}
		if raw, err := Raw(s); err == nil && Name(raw) != s {
			t.Errorf("%q is another spelling of %q", s, raw)
		}
		if cleaned := Text(s); !IsClean(cleaned) || Text(cleaned) != cleaned {
			t.Errorf("Text(%q) = %q", s, cleaned)
		}
	})
}
