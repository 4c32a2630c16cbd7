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
	Ambiguous Kind = "ambiguous" // two readings are possible; one was taken
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
	Count  int    // lines for which it stands: 1, or many that are alike
	Last   int    // the last of those lines
	format string
}

func (f Finding) String() string { return fmt.Sprintf("line %d: %s: %s", f.Line, f.Kind, f.Text) }

// alike caps the findings that say the same of different lines: beyond it, one
// stands for all of them. A reader who was told twenty times looks no further.
const alike = 20

// List collects findings. The zero value is ready for use.
type List struct {
	groups map[group]*[]entry
	n      int // findings added
}

// group is the findings that say the same.
type group struct {
	kind   Kind
	strict bool
	format string
}

// entry is a finding and its place in the order of adding.
type entry struct {
	Finding
	n int
}

// Add keeps a finding. Those of one format say the same of different lines.
func (l *List) Add(line int, kind Kind, strict bool, format string, args ...any) {
	l.AddMany(line, line, 1, kind, strict, format, args...)
}

// AddMany keeps one finding for so many lines, from the first to the last.
func (l *List) AddMany(first, last, count int, kind Kind, strict bool, format string, args ...any) {
	if l.groups == nil {
		l.groups = map[group]*[]entry{}
	}
	key := group{kind, strict, format}
	if l.groups[key] == nil {
		l.groups[key] = &[]entry{}
	}
	all := l.groups[key]
	l.n++
	if len(*all) <= alike {
		text := fmt.Sprintf(format, args...)
		*all = append(*all, entry{Finding{first, kind, text, strict, count, last, format}, l.n})
		if len(*all) <= alike {
			return
		}
		f := slices.MinFunc(*all, func(a, b entry) int { return cmp.Compare(a.Line, b.Line) })
		f.Count = 0
		for _, e := range *all {
			f.Count, f.Last = f.Count+e.Count, max(f.Last, e.Last)
		}
		(*all)[0] = f
		return
	}
	f := &(*all)[0]
	f.Count, f.Last = f.Count+count, max(f.Last, last)
}

// Ambiguous keeps a finding that a strict import refuses: of two readings, of
// which the judgement depends, one was taken.
func (l *List) Ambiguous(line int, format string, args ...any) {
	l.Add(line, Ambiguous, true, format, args...)
}

// All gives the findings in the order of the text; where more than a few are
// alike, one with their count stands for them.
func (l *List) All() []Finding {
	var kept []entry
	for _, all := range l.groups {
		if len(*all) <= alike {
			kept = append(kept, *all...)
			continue
		}
		f := (*all)[0]
		f.Text += fmt.Sprintf("; and %d more like it, the last on line %d", f.Count-1, f.Last)
		kept = append(kept, f)
	}
	slices.SortFunc(kept, func(a, b entry) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.n, b.n)) })
	var out []Finding
	for _, e := range kept {
		out = append(out, e.Finding)
	}
	return out
}

// Main is the finding of a kind that says what most lines have in common, the
// first of them, and the number of those lines; 0 where there is none.
func Main(all []Finding, kind Kind) (main Finding, count int) {
	counts := map[string]int{}
	for _, f := range all {
		if f.Kind == kind {
			counts[f.format] += f.Count
		}
	}
	for _, f := range all {
		if f.Kind == kind && counts[f.format] > count {
			main, count = f, counts[f.format]
		}
	}
	return main, count
}

// Quote is a piece of the article that is shortened for a finding, if it is kept.
type Quote string

func (q Quote) String() string {
	const longest = 120
	text := strings.Join(strings.Fields(string(q)), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
