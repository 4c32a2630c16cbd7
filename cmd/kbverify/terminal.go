package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/term"

	"kbverify/internal/nearest"
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

// colorFlag says when a table is coloured.
type colorFlag string

// The answers. Auto leaves it to the environment.
const (
	colorAuto   colorFlag = "auto"
	colorAlways colorFlag = "always"
	colorNever  colorFlag = "never"
)

var colors = []colorFlag{colorAuto, colorAlways, colorNever}

func (f *colorFlag) String() string { return string(*f) }
func (f *colorFlag) Type() string   { return "WHEN" }

func (f *colorFlag) Set(text string) error {
	if !slices.Contains(colors, colorFlag(text)) {
		return fmt.Errorf("%q%s; want %s", text, nearest.Hint(text, colors), report.Names(colors))
	}
	*f = colorFlag(text)
	return nil
}

// wanted decides by the flag, then NO_COLOR, then FORCE_COLOR, which is about standard
// output alone, then by the terminal.
func (f colorFlag) wanted(stdout, terminal bool) bool {
	force := os.Getenv("FORCE_COLOR")
	switch {
	case f != colorAuto:
		return f == colorAlways
	case os.Getenv("NO_COLOR") != "":
		return false
	case stdout && force != "" && force != "0" && force != "false":
		return true
	}
	return terminal && os.Getenv("TERM") != "dumb"
}

// widthOf gives the columns of a terminal.
func widthOf(terminal *os.File) int {
	width, _, err := term.GetSize(int(terminal.Fd()))
	if err != nil || width <= 0 { // some do not know
		return report.DefaultWidth
	}
	return width
}

// look gives the options of a table on w: the width of a terminal, and its colours or
// those that were asked for.
func (f *outputFlags) look(w io.Writer) report.Options {
	file, terminal := terminalOf(w)
	o := report.Options{Color: f.color.wanted(f.toStdout(), terminal)}
	if !terminal {
		return o
	}
	o.Width = widthOf(file)
	if o.Color {
		o.Color = enableColor(file) || f.color == colorAlways
	}
	return o
}
