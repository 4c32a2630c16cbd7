// Package headings knows the column headings of file tables: it turns a line of
// text, or the cells of a row, into the columns that they head.
package headings

import (
	"slices"
	"strings"

	"kbverify/manifest/kb/values"
)

// Column is one column of a table: what it holds, and what its heading says.
type Column struct {
	Kind  values.Kind
	Label string
}

// MaxColumns caps the columns of a table; two tables side by side have twelve.
const MaxColumns = 40

// InText reads a line of running text as column headings, with or without
// blanks between them; nil when it says anything else. The line must hold the
// file name and one more column. Headings that are not known stand for columns
// that become notes, where several blanks part them from two that are.
func InText(text string) []Column {
	const most = 400 // bytes; two tables side by side in any language
	if len(text) < 8 || len(text) > most {
		return nil
	}
	cols := moment(chained(text))
	if !Usable(cols) && strings.Contains(text, "  ") { // "File   Version" begins like "File version"
		cols = moment(apart(text))
	}
	if !Usable(cols) {
		return nil
	}
	return cols
}

// More reads the line below a header as further headings of it; nil when it says
// anything else, or what the header has already.
func More(cols []Column, text string) []Column {
	const most = 60 // bytes
	if len(text) > most {
		return nil
	}
	more, has := moment(chained(text)), Count(cols)
	for _, c := range more {
		if c.Kind == values.Name || c.Kind != values.Note && has[c.Kind] > 0 {
			return nil
		}
	}
	return more
}

// moment gives a column of dates and times a second one, for running text has
// them as words.
func moment(cols []Column) []Column {
	for i := len(cols) - 1; i >= 0; i-- {
		if moments[values.Fold(cols[i].Label)] {
			cols = slices.Insert(cols, i+1, Column{values.Time, ""})
		}
	}
	return cols
}

// apart reads headings with several blanks between them, of which some are not
// known; nil when fewer than two are, or one that is not cannot be a heading.
func apart(text string) []Column {
	const longest = 30 // bytes of a heading that is not known
	var cols []Column
	known := 0
	for piece := range strings.SplitSeq(text, "  ") {
		if piece = strings.TrimSpace(piece); piece == "" {
			continue
		}
		if found := chained(piece); found != nil {
			cols, known = append(cols, found...), known+len(found)
			continue
		}
		if len(piece) > longest || len(strings.Fields(piece)) > 3 || strings.ContainsAny(piece, `0123456789.,:;\"`) {
			return nil
		}
		cols = append(cols, Column{values.Note, piece})
	}
	if known < 2 || known < len(cols)-known {
		return nil
	}
	return cols
}

// chained reads headings that follow one another, with or without a remark behind
// them.
func chained(text string) []Column {
	cols := chain(values.Fold(text))
	if cols != nil {
		return cols
	}
	front, remark := Remark(text)
	if remark == "" {
		return nil
	}
	if cols = chain(values.Fold(front)); cols == nil || OtherUnits(remark) {
		return nil
	}
	return cols
}

// chain reads headings that follow one another, in the form in which words are
// looked up; nil when there is anything else.
func chain(s string) []Column {
	if !begins(s) {
		return nil
	}
	dead := map[int]bool{} // offsets from which no reading leads to the end
	var path []Column
	var walk func(at int) bool
	walk = func(at int) bool {
		for at < len(s) && (s[at] == ' ' || s[at] == '|') {
			at++
		}
		if at == len(s) {
			return true
		}
		if dead[at] {
			return false
		}
		for n := min(longest(), len(s)-at); n > 0; n-- {
			w, known := words()[s[at:at+n]]
			if !known {
				continue
			}
			path = append(path, Column{w.kind, s[at : at+n]})
			if walk(at + n) {
				return true
			}
			path = path[:len(path)-1]
		}
		dead[at] = true
		return false
	}
	if !walk(0) {
		return nil
	}
	return path
}

// InCells reads delimited cells as column headings. Headings that are not known
// stand for columns that become notes.
func InCells(cells []string) []Column {
	if len(cells) > MaxColumns {
		return nil
	}
	cols := make([]Column, len(cells))
	known := 0
	for i, c := range cells {
		f := values.Fold(c)
		if len(f) > longest()+20 {
			return nil
		}
		if w, ok := lookup(f); ok {
			known++
			if i > 0 && w.kind == values.Date && cols[i-1].Label == c {
				w.kind = values.Time // one heading for both: ModifiedTime,ModifiedTime
			}
			cols[i] = Column{w.kind, c}
			continue
		}
		if strings.ContainsAny(f, "0123456789") {
			return nil // a row, not headings
		}
		cols[i] = Column{values.Note, c}
	}
	if known < 2 || !Usable(cols) {
		return nil
	}
	return cols
}

// Usable wants a name and at least one column that can be compared or shown.
func Usable(cols []Column) bool {
	has := Count(cols)
	more := has[values.Version] + has[values.Size] + has[values.Date] + has[values.Time] + has[values.Hash]
	return has[values.Name] > 0 && more > 0
}

// Count counts the columns of each kind.
func Count(cols []Column) (has [values.Kinds]int) {
	for _, c := range cols {
		has[c.Kind]++
	}
	return has
}

// Panes splits the columns of tables that stand side by side: a new one begins
// where the first kind comes again.
func Panes(cols []Column) [][]Column {
	var out [][]Column
	start := 0
	for i, c := range cols {
		if i > start && c.Kind == cols[0].Kind && c.Kind != values.Note {
			out = append(out, cols[start:i])
			start = i
		}
	}
	return append(out, cols[start:])
}

// Leading is the length of the longest heading that text, in lower case, begins
// with and that ends with a word; 0 when there is none.
func Leading(text string) int {
	const most = 20 // of the English headings that stand over such tables
	for n := min(most, len(text)); n > 2; n-- {
		if n < len(text) && text[n] != ' ' {
			continue
		}
		if _, known := words()[text[:n]]; known {
			return n
		}
	}
	return 0
}

// Language gives the language of the headings, "" when they are shared.
func Language(cols []Column) string {
	votes, best := map[string]int{}, ""
	for _, c := range cols {
		if w, ok := words()[values.Fold(c.Label)]; ok && w.lang != "" {
			votes[w.lang]++
			if best == "" || votes[w.lang] > votes[best] {
				best = w.lang
			}
		}
	}
	return best
}
