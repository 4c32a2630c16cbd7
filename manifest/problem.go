package manifest

import (
	"fmt"
	"strings"

	"kbverify/pecheck/visible"
)

// Problem is one fault of a manifest.
type Problem struct {
	File  string // the file's name, or ""
	Line  int    // 1-based; 0 when the manifest was not read from text
	Place string // the field: "tables[0].files[3].version"
	Text  string
}

// String gives the fault as "file:line: place: text", with nothing in it that
// could drive a terminal.
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		fmt.Fprintf(&b, "%s:", visible.Text(p.File))
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:", p.Line)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if p.Place != "" {
		fmt.Fprintf(&b, "%s: ", p.Place)
	}
	return b.String() + p.Text
}

// Problems is every fault of a manifest, in the order of the text. It is the
// error that Parse and Validate return.
type Problems []Problem

// Caps on faults: a large file that is no manifest at all has one in each line.
const (
	maxFaults   = 1000 // kept of one manifest
	maxProblems = 100  // printed in one message
)

// capped cuts off what lies above maxFaults and says so.
func (ps Problems) capped() Problems {
	if len(ps) <= maxFaults {
		return ps
	}
	last := ps[maxFaults]
	last.Place, last.Text = "", fmt.Sprintf("more than %d faults, the others are not listed", maxFaults)
	return append(ps[:maxFaults:maxFaults], last)
}

func (ps Problems) Error() string {
	lines := make([]string, 0, min(len(ps), maxProblems+1))
	for i, p := range ps {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(ps)-i))
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// quote gives text as a message may repeat it.
func quote(text string) string { return visible.Quote(visible.Short(text)) }
