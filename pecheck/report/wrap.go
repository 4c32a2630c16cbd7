package report

import (
	"kbverify/pecheck/visible"
	"strings"
	"unicode/utf8"
)

// wrapText breaks a text at blanks into lines of at most width columns. A word
// that is longer is broken as wrapName does. Nothing is left out.
func wrapText(text string, width int) []string {
	return wrap(strings.SplitAfter(text, " "), width)
}

// wrapName breaks a file name or a path after separators and punctuation, and
// anywhere where there is none.
func wrapName(name string, width int) []string {
	return wrap(splitAfterAny(name, `/\-_.`), width)
}

// wrap fills lines with pieces; only a line's trailing blanks are dropped.
func wrap(pieces []string, width int) []string {
	var lines []string
	line := ""
	for _, p := range pieces {
		if line != "" && textWidth(line+strings.TrimRight(p, " ")) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		for textWidth(p) > width+1 || textWidth(strings.TrimRight(p, " ")) > width {
			head, tail := cutWidth(p, width)
			lines = append(lines, head)
			p = tail
		}
		line += p
	}
	return append(lines, strings.TrimRight(line, " "))
}

// cutWidth cuts text after at most width columns, and after one character at least.
func cutWidth(text string, width int) (head, tail string) {
	end := 0
	for end < len(text) {
		_, size := utf8.DecodeRuneInString(text[end:])
		if end > 0 && textWidth(text[:end+size]) > width {
			break
		}
		end += size
	}
	return text[:end], text[end:]
}

func splitAfterAny(text, separators string) []string {
	var pieces []string
	for {
		i := strings.IndexAny(text, separators)
		if i < 0 || i+1 == len(text) {
			return append(pieces, text)
		}
		pieces = append(pieces, text[:i+1])
		text = text[i+1:]
	}
}

// Clip cleans a text and shortens it to width columns: for a line that is
// overwritten, never for a result.
func Clip(text string, width int) string {
	text = visible.Text(text)
	if textWidth(text) <= width {
		return text
	}
	head, _ := cutWidth(text, width-1)
	return head + "…"
}

// Columns is the number of terminal columns that a text takes.
func Columns(text string) int { return textWidth(text) }
