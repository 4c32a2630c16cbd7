package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"kbverify/pecheck/report"
)

// terminalOf gives the file behind w if that is a terminal.
func terminalOf(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, false
	}
	return f, true
}

// look gives the options of a table on w: the width and the colours of a
// terminal, or those of a file. NO_COLOR, set to anything, means no colours.
func look(w io.Writer) report.Options {
	o := report.Options{Width: report.DefaultWidth}
	f, ok := terminalOf(w)
	if !ok {
		return o
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > report.DefaultWidth {
		o.Width = width
	}
	o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && enableColor(f)
	return o
}
