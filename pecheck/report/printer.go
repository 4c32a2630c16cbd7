package report

import "io"

// printer writes lines that fit a width, and keeps the first error.
type printer struct {
	w     io.Writer
	width int
	err   error
}

func (p *printer) line(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text+"\n")
	}
}

// text writes a paragraph after indent, further lines two columns deeper.
func (p *printer) text(indent, text string) { p.hang(indent+text, indent+"  ") }

// hang writes a paragraph whose further lines begin with indent.
func (p *printer) hang(text, indent string) {
	for i, line := range wrapText(text, p.width-len(indent)) {
		if i > 0 {
			line = indent + line
		}
		p.line(line)
	}
}
