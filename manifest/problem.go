package manifest

import (
	"fmt"
	"strings"
)

// Problem is one fault of a manifest.
type Problem struct {
	File  string // the file's name, or ""
	Line  int    // 1-based; 0 when the manifest was not read from text
	Place string // the field: "tables[0].files[3].version"
	Text  string
}

func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		fmt.Fprintf(&b, "%s:", p.File)
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

// maxProblems caps what one manifest can report; a file that is no manifest at
// all would otherwise print a line for each of its rows.
const maxProblems = 100

// Problems is every fault of a manifest, in the order of the text. It is the
// error that Parse and Validate return.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, 0, len(ps))
	for i, p := range ps {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(ps)-i))
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}
