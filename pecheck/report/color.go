package report

import (
	"kbverify/pecheck/result"
)

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
