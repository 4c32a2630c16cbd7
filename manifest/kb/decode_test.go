package kb

import (
	"strings"
	"testing"
)

// TestDecode: the encodings in which articles are saved.
func TestDecode(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"UTF-8", "größe", "größe"},
		{"UTF-8 with a mark", "\xEF\xBB\xBFgröße", "größe"},
		{"UTF-16, little end first", "\xFF\xFEg\x00r\x00\xF6\x00", "grö"},
		{"UTF-16, big end first", "\xFE\xFF\x00g\x00r\x00\xF6", "grö"},
		{"Windows-1252", "gr\xF6\xDFe \x80", "größe €"},
		{"a declared charset", `<meta charset="windows-1255">` + "\xF9\xED", `<meta charset="windows-1255">שם`},
		{"a charset that is declared and not true", `<meta charset="utf-8">` + "\xF6", `<meta charset="utf-8">ö`},
	} {
		if got, err := decode([]byte(tt.data)); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	if _, err := decode([]byte("MZ\x00\x01")); err == nil {
		t.Error("a program was taken for text")
	}
}

// TestTidy: what cannot be seen goes, blanks become spaces, full-width letters
// plain ones; letters of other scripts stay.
func TestTidy(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext":                  "plain\ttext",
		"\u200fWidget.dll\u200e":       "Widget.dll",
		"1\u00a0234":                   "1 234",
		"Ｗｉｄｇｅｔ．ｄｌｌ":                   "Widget.dll",
		"文件":                           "文件",
		"a\u00adb\x1b[2J\u2028c\ufeff": "ab[2J c",
	} {
		if got := tidy(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestRecognise: the format of an article by its text.
func TestRecognise(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Format
	}{
		{"page.txt", "<!DOCTYPE html><html>", HTML},
		{"x", "  <table><tr><td>a</td></tr></table>", HTML},
		{"a.md", "text", Markdown},
		{"x", "---\ntitle: x\n---\n", Markdown},
		{"x", "|a|b|\n|--|--|\n", Markdown},
		{"x", "File name,File version,File size\nA.dll,1.2.3.4,\"1,234\"\n", CSV},
		{"x", "File name\tSize\tDate\nA.dll\t1\t2\n", Paste},
		{"x", "\tquoted\n\ttext\n", Text},
		{"x", "", Text},
	} {
		if got := recognise(tt.name, tt.text); got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.name, tt.text, got, tt.want)
		}
	}
	for _, f := range Formats {
		if got, err := ParseFormat(strings.ToUpper(string(f))); err != nil || got != f {
			t.Errorf("ParseFormat(%s): %s, %v", f, got, err)
		}
	}
	if _, err := ParseFormat("pdf"); err == nil || !strings.Contains(err.Error(), "markdown") {
		t.Errorf("ParseFormat(pdf): %v, want the formats listed", err)
	}
}
