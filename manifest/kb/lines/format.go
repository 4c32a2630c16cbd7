package lines

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"kbverify/internal/nearest"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/values"
)

// Format is the form in which an article was saved.
type Format string

// The formats.
const (
	HTML     Format = "html"
	Markdown Format = "markdown"
	Text     Format = "text"
	CSV      Format = "csv"
	Paste    Format = "paste" // rows copied from a browser or a spreadsheet: tabs between cells
)

// Formats lists every format.
var Formats = []Format{HTML, Markdown, Text, CSV, Paste}

// ParseFormat reads the name of a format; the error lists those there are.
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats {
		if strings.EqualFold(name, string(f)) {
			return f, nil
		}
	}
	return "", fmt.Errorf("format %q%s; want html, markdown, text, csv or paste", name, nearest.Hint(name, Formats))
}

// recognise tells the format by what the text holds; the name only helps where
// two formats look alike.
func recognise(name, text string) Format {
	const enough = 64 << 10 // a page says what it is long before this
	head := strings.ToLower(text[:min(len(text), enough)])
	ext := strings.ToLower(filepath.Ext(name))
	start := strings.TrimSpace(head)
	switch {
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"), strings.HasPrefix(start, "<table"),
		(ext == ".html" || ext == ".htm") && strings.Contains(head, "<"),
		strings.HasPrefix(start, "<") && strings.Contains(head, "</"):
		return HTML
	case looksCSV(ext, head):
		return CSV
	case ext == ".md", ext == ".markdown", strings.HasPrefix(start, "---\n"), strings.HasPrefix(start, "# "),
		strings.Contains(head, "|--"), strings.Contains(head, "| --"), strings.Contains(head, "|:-"),
		strings.Contains(head, "\n## "):
		return Markdown
	case tabbed(head):
		return Paste
	}
	return Text
}

// looksCSV reports a header line with commas among the first lines, or a row.
func looksCSV(ext, head string) bool {
	for i, line := range strings.SplitN(head, "\n", 30) {
		if strings.Count(line, ",") >= 2 && i < 29 {
			if cells := splitCSVLine(line); headings.InCells(cells) != nil || isRow(cells) {
				return true
			}
		}
	}
	return ext == ".csv"
}

// isRow: the first cell is a file name, and others are a version and a date.
func isRow(cells []string) bool {
	has := func(k values.Kind) bool {
		return slices.ContainsFunc(cells[1:], func(c string) bool { return values.Digits(c) > 0 && values.Is(k, c) })
	}
	return values.Is(values.Name, cells[0]) && has(values.Version) && has(values.Date)
}

func splitCSVLine(line string) []string {
	cells := strings.Split(strings.TrimSpace(line), ",")
	for i := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(tidy(cells[i])), `"`)
	}
	return cells
}

// tabbed reports rows with tabs between cells; tabs in front are quoting.
func tabbed(head string) bool {
	n := 0
	for line := range strings.Lines(head) {
		if strings.Count(strings.Trim(line, " \t\r\n"), "\t") >= 2 {
			n++
		}
	}
	return n >= 2
}
