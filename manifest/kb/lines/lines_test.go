package lines_test

import (
	"encoding/base64"
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
		{"x", "A.dll,1.2.3.4,5000,28-Sep-2017,05:20,x64\n", lines.CSV}, // without a header
		{"x", "A.dll, which has version 1.2.3.4, is of 28-Sep-2017\n", lines.Text},
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
		{lines.Paste, "x\tx\tx\nWidget.dll\t1.2.3.4\t\"5,000\"", 2}, // as a spreadsheet saves it
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

// TestIndent: what stands below a cell does so behind any quoting.
func TestIndent(t *testing.T) {
	for text, want := range map[string]int{"x": 0, "   x": 3, ">    x": 4, "> >  x": 2, "  \t> x  ": 1} {
		got, _, err := lines.Read("x", []byte(text), lines.Text)
		if err != nil || len(got) != 1 || got[0].Indent != want || got[0].Text != "x" {
			t.Errorf("%q: %+v, %v, want an indent of %d", text, got, err, want)
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

// TestWebArchive: the page inside a web archive is read, however it was encoded;
// what only begins like one is text.
func TestWebArchive(t *testing.T) {
	const page = "<html><p>Size=20</p>\n<p>Words</p></html>"
	archive := func(encoding, body string) string {
		return "From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b-1\"\r\n\r\n" +
			"--b-1\r\nContent-Type: image/png\r\n\r\nx\r\n" +
			"--b-1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" +
			body + "\r\n--b-1--\r\n"
	}
	for name, text := range map[string]string{
		"quoted":  archive("quoted-printable", "<html><p>Size=3D2=\r\n0</p>\r\n<p>Words</p></html>"),
		"base64":  archive("base64", base64.StdEncoding.EncodeToString([]byte(page))),
		"neither": archive("8bit", page),
	} {
		got, format, err := lines.Read("page.mht", []byte(text), "")
		if err != nil || format != lines.HTML {
			t.Errorf("%s: %s, %v", name, format, err)
		}
		var said []string
		for _, l := range got {
			if l.Text != "" {
				said = append(said, l.Text)
			}
			if l.No < 1 || l.No > strings.Count(text, "\n")+1 {
				t.Errorf("%s: %+v stands on no line of the file", name, l)
			}
		}
		if !slices.Equal(said, []string{"Size=20", "Words"}) {
			t.Errorf("%s: %q", name, said)
		}
	}
	for name, text := range map[string]string{
		"no page":     strings.ReplaceAll(archive("8bit", page), "text/html", "text/css"),
		"no boundary": strings.Replace(archive("8bit", page), "boundary", "border", 1),
		"cut off":     archive("8bit", page)[:120],
	} {
		if _, format, err := lines.Read("page.mht", []byte(text), ""); err != nil || format == lines.HTML {
			t.Errorf("%s: %s, %v; want text", name, format, err)
		}
	}
}

// TestPrinted: what a browser prints on each page of its own is no part of the text,
// but for the last address.
func TestPrinted(t *testing.T) {
	const text = "1/2/2020 A page\n\nA\n\nhttps://example.com/a  1/2\n\n1/2/2020 A page\n\nB\nhttps://example.com/a  2/2\n"
	got, _, err := lines.Read("page.txt", []byte(text), lines.Text)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, l := range got {
		if l.Text != "" {
			said = append(said, l.Text)
		}
	}
	if want := []string{"1/2/2020 A page", "A", "B", "https://example.com/a  2/2"}; !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}

// TestPlace: a page says where it comes from.
func TestPlace(t *testing.T) {
	for _, page := range []string{
		"<!-- saved from url=(0024)https://example.com/kb/5 --><html>x</html>",
		`<html><link href="https://example.com/kb/5" rel="canonical">x</html>`,
	} {
		got, _, err := lines.Read("x", []byte(page), lines.HTML)
		if err != nil || !strings.Contains(got[0].Text, "https://example.com/kb/5") {
			t.Errorf("%q: %+v, %v", page, got, err)
		}
	}
}
