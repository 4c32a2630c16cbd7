package visible

import (
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

func FuzzEscapedNames(f *testing.F) {
	for _, s := range []string{"", "a", `\`, `\\`, `\x1b`, "\x1b", "\xff", "\u202e", `\u202e`, `\U00110000`, `\xZZ`, "\x80"} {
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
