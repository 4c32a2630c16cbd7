package lines_test

import (
	"slices"
	"strings"
	"testing"

	"kbverify/manifest/kb/lines"
)

// read gives the only line of a text.
func read(t *testing.T, data string) string {
	t.Helper()
	got, _, err := lines.Read("x.txt", []byte(data), lines.Text)
	if err != nil || len(got) != 1 {
		t.Fatalf("%q: %d lines, %v", data, len(got), err)
	}
	return got[0].Text
}

// TestEncodings: those in which articles are saved.
func TestEncodings(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"UTF-8", "größe", "größe"},
		{"UTF-8 with a mark", "\xEF\xBB\xBFgröße", "größe"},
		{"UTF-16, little end first", "\xFF\xFEg\x00r\x00\xF6\x00", "grö"},
		{"UTF-16, big end first", "\xFE\xFF\x00g\x00r\x00\xF6", "grö"},
		{"Windows-1252", "gr\xF6\xDFe \x80", "größe €"},
		{"a declared charset", `<meta charset="windows-1255">` + "\xF9\xED", `<meta charset="windows-1255">שם`},
		{"a charset that is declared and not true", `<meta charset="utf-8">` + "\xF6", `<meta charset="utf-8">ö`},
	} {
		if got := read(t, tt.data); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if _, _, err := lines.Read("x.txt", []byte("MZ\x00\x01"), ""); err == nil {
		t.Error("a program was taken for text")
	}
}

// TestTidy: what cannot be seen goes, blanks become spaces, full-width letters
// plain ones; letters of other scripts stay.
func TestTidy(t *testing.T) {
	for text, want := range map[string]string{
		"plain text":                   "plain text",
		"\u200fWidget.dll\u200e":       "Widget.dll",
		"1\u00a0234":                   "1 234",
		"Ｗｉｄｇｅｔ．ｄｌｌ":                   "Widget.dll",
		"文件":                           "文件",
		"a\u00adb\x1b[2J\u2028c\ufeff": "ab[2J c",
	} {
		if got := read(t, text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestRecognise: the format of an article by its text.
func TestRecognise(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       lines.Format
	}{
		{"page.txt", "<!DOCTYPE html><html>", lines.HTML},
		{"x", "  <table><tr><td>a</td></tr></table>", lines.HTML},
		{"a.md", "text", lines.Markdown},
		{"x", "---\ntitle: x\n---\n", lines.Markdown},
		{"x", "|a|b|\n|--|--|\n", lines.Markdown},
		{"x", "File name,File version,File size\nA.dll,1.2.3.4,\"1,234\"\n", lines.CSV},
		{"x", "File name\tSize\tDate\nA.dll\t1\t2\n", lines.Paste},
		{"x", "\tquoted\n\ttext\n", lines.Text},
		{"x", "", lines.Text},
	} {
		if _, got, _ := lines.Read(tt.name, []byte(tt.text), ""); got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.name, tt.text, got, tt.want)
		}
	}
	for _, f := range lines.Formats {
		if got, err := lines.ParseFormat(strings.ToUpper(string(f))); err != nil || got != f {
			t.Errorf("ParseFormat(%s): %s, %v", f, got, err)
		}
	}
	if _, err := lines.ParseFormat("pdf"); err == nil || !strings.Contains(err.Error(), "markdown") {
		t.Errorf("ParseFormat(pdf): %v, want the formats listed", err)
	}
}

// TestFormats: the cells and the lines of one row in every format.
func TestFormats(t *testing.T) {
	row := []string{"Widget.dll", "1.2.3.4", "5,000"}
	for _, tt := range []struct {
		format lines.Format
		text   string
		no     int // the source line
	}{
		{lines.HTML, "<table>\n<tr><td>Widget.dll</td><td>1.2.3.4<td>5,000</tr></table>", 2},
		{lines.HTML, "<table>\n<tr><td rowspan=2>Widget.dll</td><td>x<tr><td>1.2.3.4<td>5,000</table>", 2},
		{lines.Markdown, "> | Widget\\.dll | **1.2.3.4** | `5,000` |", 1},
		{lines.Markdown, "\n- |Widget.dll|1.2.3.4|5,000|", 2},
		{lines.Markdown, "<table><tr><td>Widget.dll</td><td>1.2.3.4<td>5,000</table>", 1},
		{lines.Text, "│ Widget.dll │ 1.2.3.4 │ 5,000 │", 1},
		{lines.CSV, "Widget.dll,1.2.3.4,\"5,000\"", 1},
		{lines.CSV, "a;b;c\nWidget.dll;1.2.3.4;5,000", 2},
		{lines.Paste, "\n\nWidget.dll\t1.2.3.4\t5,000", 3},
	} {
		got, _, err := lines.Read("x", []byte(tt.text), tt.format)
		if err != nil {
			t.Errorf("%s %q: %v", tt.format, tt.text, err)
		}
		if !slices.ContainsFunc(got, func(l lines.Line) bool { return l.No == tt.no && slices.Equal(l.Cells, row) }) {
			t.Errorf("%s %q: %+v, want %q on line %d", tt.format, tt.text, got, row, tt.no)
		}
	}
}

// TestPageLines: no line of a page stands behind its end, whatever breaks its text.
func TestPageLines(t *testing.T) {
	for _, page := range []string{"a&#10;&#10;b", "a\r\r\rb\nc", "<p>a<td>&#10;</table>b",
		"<table><tr><td>a&#10;b&#10;c&#10;d&#10;e&#10;f</table>\nx"} {
		got, _, err := lines.Read("x", []byte(page), lines.HTML)
		if err != nil {
			t.Errorf("%q: %v", page, err)
		}
		for _, l := range got {
			if last := 1 + strings.Count(page, "\n"); l.No < 1 || l.No > last {
				t.Errorf("%q: %+v, but there are %d lines", page, l, last)
			}
		}
	}
}
