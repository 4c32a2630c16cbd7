package report

import (
	"io"
	"strings"
	"unicode/utf8"

	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// printer writes lines that fit a width, and keeps the first error.
type printer struct {
	w io.Writer
	fold
	err error
}

func (o Options) printer(w io.Writer) *printer { return &printer{w: w, fold: o.fold()} }

func (p *printer) line(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, unglued(text)+"\n")
	}
}

// fold says how texts become lines.
type fold struct {
	width int
	whole bool // what stands between blanks is not broken, so that a search finds it
}

func (o Options) fold() fold { return fold{o.Width, o.whole} }

// glue stands for a blank within a path, between the cleaning of a text, which leaves no
// such character, and its writing.
const glue = "\x00"

// glued is a clean text that stays on one line where words do.
func glued(text string) string { return strings.ReplaceAll(text, " ", glue) }

func unglued(text string) string { return strings.ReplaceAll(text, glue, " ") }

// gluedQuotes is a clean text in which what stands in quotation marks stays on one line.
func gluedQuotes(text string) string {
	parts := strings.Split(text, `"`)
	for i := 1; i+1 < len(parts); i += 2 {
		parts[i] = glued(parts[i])
	}
	return strings.Join(parts, `"`)
}

// text writes a paragraph after indent, further lines two columns deeper.
func (p *printer) text(indent, text string) { p.hang(indent+text, indent+"  ") }

// hang writes a paragraph whose further lines begin with indent.
func (p *printer) hang(text, indent string) {
	for i, line := range p.wrapText(text, p.width-len(indent)) {
		if i > 0 {
			line = indent + line
		}
		p.line(line)
	}
}

// wrapText breaks a text at blanks into lines of at most width columns. A word
// that is longer is broken as wrapName does. Nothing is left out.
func (f fold) wrapText(text string, width int) []string {
	var pieces []string
	for _, word := range strings.SplitAfter(text, " ") {
		if f.whole || textWidth(strings.TrimRight(word, " ")) <= width {
			pieces = append(pieces, word)
		} else {
			pieces = append(pieces, splitAfterAny(word, nameEnds)...)
		}
	}
	return f.wrap(pieces, width)
}

// nameEnds are the separators and punctuation after which a name can be broken.
const nameEnds = `/\-_.`

// wrapName breaks a file name or a path after separators and punctuation, and
// anywhere where there is none.
func (f fold) wrapName(name string, width int) []string {
	if f.whole {
		return []string{name}
	}
	return f.wrap(splitAfterAny(name, nameEnds), width)
}

// wrap fills lines with pieces; only a line's trailing blanks are dropped.
func (f fold) wrap(pieces []string, width int) []string {
	width = max(width, 1)
	var lines []string
	line := ""
	for _, p := range pieces {
		if line != "" && textWidth(line+strings.TrimRight(p, " ")) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		for !f.whole && (textWidth(p) > width+1 || textWidth(strings.TrimRight(p, " ")) > width) {
			head, _ := cutWidth(p, width)
			if blank := strings.LastIndexByte(head, ' '); blank > 0 {
				head = head[:blank]
			}
			lines = append(lines, head)
			p = p[len(head):]
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

// ink is a colour of the terminal: the number of an ANSI SGR sequence.
type ink string

const (
	plain   ink = ""
	bold    ink = "1"
	dim     ink = "2"
	red     ink = "31"
	green   ink = "32"
	yellow  ink = "33"
	magenta ink = "35"
)

// paint colours text where colour is wanted.
func (o Options) paint(i ink, text string) string {
	if !o.Color || i == plain || text == "" {
		return text
	}
	return "\x1b[" + string(i) + "m" + text + "\x1b[0m"
}

func verdictInk(v result.Verdict) ink {
	switch v.Class() {
	case result.Pass:
		return green
	case result.Fail:
		return red
	case result.Trouble:
		return magenta
	}
	return yellow
}

func stateInk(s result.State) ink {
	switch s {
	case result.Installed, result.Superseded:
		return "1;" + green
	case result.Undecidable:
		return "1;" + magenta
	}
	return "1;" + red
}
