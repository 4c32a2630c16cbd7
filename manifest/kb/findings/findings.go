// Package findings holds the doubts about the reading of an article. Every
// stage adds its own to one List; a Finding is a plain value that says where,
// what sort of doubt, and whether a strict import refuses it.
package findings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind says what sort of doubt a Finding is.
type Kind string

// The kinds of findings.
const (
	Ambiguous Kind = "ambiguous" // two readings are possible; one was taken; always strict
	Odd       Kind = "odd"       // does not fit its table; kept as printed
	NotTaken  Kind = "not-taken" // looks like a row, or is another kind of table
	Note      Kind = "note"      // no doubt, but worth knowing
)

// Finding is one doubt about the reading of the article.
type Finding struct {
	Line   int // 1-based source line
	Kind   Kind
	Text   string // what stands there, the reading taken, and why
	Strict bool   // a strict import refuses
}

func (f Finding) String() string { return fmt.Sprintf("line %d: %s: %s", f.Line, f.Kind, f.Text) }

// most caps the findings that are kept; the rest are counted.
const most = 1_000

// List collects findings. The zero value is ready for use.
type List struct {
	all  []Finding
	more int
	last int
}

// Add keeps a finding, or counts it beyond the cap.
func (l *List) Add(line int, kind Kind, strict bool, format string, args ...any) {
	if len(l.all) >= most {
		l.more++
		l.last = line
		return
	}
	l.all = append(l.all, Finding{line, kind, fmt.Sprintf(format, args...), strict})
}

// Ambiguous keeps a finding that a strict import always refuses: of two
// readings, one was taken.
func (l *List) Ambiguous(line int, format string, args ...any) {
	l.Add(line, Ambiguous, true, format, args...)
}

// All gives the findings in the order of the text.
func (l *List) All() []Finding {
	slices.SortStableFunc(l.all, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	if l.more == 0 {
		return l.all
	}
	return append(l.all, Finding{l.last, Odd, fmt.Sprintf("and %d more findings", l.more), true})
}

// Quote shortens a piece of the article for a finding.
func Quote(text string) string {
	const longest = 120
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
