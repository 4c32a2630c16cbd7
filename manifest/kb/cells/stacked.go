package cells

import (
	"slices"
	"strings"
	"unicode/utf8"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/values"
)

// stacked reads a table with one cell a line: the headings one below the
// other, then the cells of each row in the same order.
func (r *reader) stacked(i int) int {
	cols, start := r.page.stackedHeader(i)
	if cols == nil {
		if cols = r.page.stackedRecord(i); cols == nil {
			return i
		}
		start = i
	}
	t := r.draft(i, cols)
	t.own = emptyWords{}
	next := start
	for r.rows <= lines.MaxRows {
		at := r.page.says(next, len(r.page))
		row, end, ok := r.page.record(t, at)
		if !ok {
			break
		}
		r.add(t, &r.page[at], []values.Row{row}, "")
		next = end
	}
	if (len(t.Rows) > 0 || start > i) && r.page.broken(next) {
		r.fs.Add(r.page[next].No, findings.NotTaken, true,
			"%s does not fit the columns; the cells from here on belong to no row", findings.Quote(r.page[next].Text))
	}
	if len(t.Rows) == 0 {
		return i
	}
	r.finish(t, next)
	return next
}

// stackedHeader reads headings, each alone on its line.
func (p page) stackedHeader(i int) ([]headings.Column, int) {
	var cols []headings.Column
	const most = 12
	for ; i < len(p) && len(cols) < most; i++ {
		if p[i].Text == "" {
			continue
		}
		k, ok := headings.Lookup(p[i].Text)
		if !ok || k != values.Note && headings.Count(cols)[k] > 0 {
			break
		}
		cols = append(cols, headings.Column{Kind: k, Label: p[i].Text})
	}
	if len(cols) < 3 || !headings.Usable(cols) {
		return nil, i
	}
	return cols, i
}

// stackedRecord establishes the columns from the first row where no headings
// that are known stand above it: a name, then at least three cells, each alone on
// its line, and then a name again.
func (p page) stackedRecord(i int) []headings.Column {
	if p[i].Cells != nil || strings.IndexByte(p[i].Text, ' ') >= 0 || !values.Is(values.Name, p[i].Text) {
		return nil
	}
	cols := []headings.Column{{Kind: values.Name}}
	seen := values.Cells{values.Name: p[i].Text}
	for j := p.next(i); j < len(p) && len(cols) < 10; j = p.next(j) {
		text := p[j].Text
		if values.Is(values.Name, text) && values.Quality(values.Version, text) == values.NoFit {
			if len(cols) >= 4 && seen[values.Size]+seen[values.Date] != "" {
				return cols
			}
			return nil
		}
		k, _ := freeCell([]string{text}, &seen, nil)
		switch {
		case utf8.RuneCountInString(text) > 40:
			return nil
		case k != values.None && values.Is(k, text): // a bare number is no size yet
		case seen[values.Version]+seen[values.Size]+seen[values.Date] == "":
			k = values.Version // a word for "not applicable" that is not known
		case seen[values.Platform] == "" && seen[values.Date] != "":
			k = values.Platform
		default:
			return nil
		}
		seen[k] = text
		cols = append(cols, headings.Column{Kind: k})
	}
	return nil
}

// record reads one row from line i on, and gives the index behind it.
func (p page) record(t *draft, i int) (row values.Row, next int, ok bool) {
	j := i
	for c := 0; c < len(t.Cols) && j < len(p); c++ {
		if p[j].Cells != nil || len(p[j].Text) > 255 {
			break
		}
		if p.isCell(t, c, j) {
			row.Set(t.Cols[c].Kind, t.Cols[c].Label, p[j].Text)
			j = p.next(j)
		} else if t.Cols[c].Kind == values.Name {
			return row, i, false
		}
	}
	return row, j, row.Cells.Enough()
}

// isCell: line j is the cell of column c. A word that is not known counts as
// "not applicable" where a version or a platform is due and the line behind it
// goes on with the table; from then on it is the table's own.
func (p page) isCell(t *draft, c, j int) bool {
	text, k := p[j].Text, t.Cols[c].Kind
	q := values.Quality(k, text)
	known := q == values.Plain || q == values.Unusual || q == values.Doubtful
	switch {
	case k == values.Name && q == values.NoExtension && t.Cols[c].Label != "":
		return oneName(text) && p.cellFollows(j)
	case k == values.Version && q == values.BareNumber:
		return p.continues(t, c, j) // else it is the size, and the version is left out
	case k == values.Version || k == values.Platform:
		if known || t.own[values.Fold(text)] || values.NotApplicable(text) {
			return true
		}
		if utf8.RuneCountInString(text) > 40 || values.Is(values.Name, text) ||
			k == values.Version && strings.ContainsAny(text, "0123456789") || !p.continues(t, c, j) {
			return false
		}
		t.own[values.Fold(text)] = true
		return true
	case k == values.Note || k == values.Group:
		return utf8.RuneCountInString(text) <= 60 && !values.Is(values.Name, text)
	}
	return known
}

// continues: the line behind line j is the next cell of the table.
func (p page) continues(t *draft, c, j int) bool {
	next := p.next(j)
	return next < len(p) && sure(t.Cols[(c+1)%len(t.Cols)].Kind, p[next].Text)
}

// cellFollows: the line behind line j is a platform, or begins with a digit as a
// version, a size or a date does.
func (p page) cellFollows(j int) bool {
	next := p.next(j)
	if next == len(p) {
		return false
	}
	text := p[next].Text
	return values.Digits(text) > 0 && len(text) <= 24 || values.Is(values.Platform, text)
}

// broken: cells go on at line i, behind the last row that could be read.
func (p page) broken(i int) bool {
	const few, near = 3, 8 // cells that are enough to say so, among so many lines
	n := 0
	for seen := 0; i < len(p) && seen < near; i, seen = p.next(i), seen+1 {
		text := p[i].Text
		cell := func(k values.Kind) bool { return values.Is(k, text) }
		if values.Digits(text) > 0 && slices.ContainsFunc(freeOrder[:4], cell) { // of digits
			n++
		}
	}
	return n >= few
}

// vertical reads records that print one cell a line beside its heading:
// "| File size | 3,605 |" or "File size: 3,605", or below it. A file name begins
// a record.
func (r *reader) vertical(i int) int {
	if first := r.page.labelled(i); first.kind != values.Name || !r.page.recordAhead(first.next) {
		return i
	}
	t := r.draft(i, nil)
	var row values.Row
	start := i
	flush := func() {
		if row.Cells.Enough() {
			r.add(t, &r.page[start], []values.Row{row}, "")
		} else if name := row.Cells[values.Name]; name != "" {
			r.fs.Add(r.page[start].No, findings.NotTaken, true, "the record of %s says no version, size or date",
				findings.Quote(name))
		}
		row = values.Row{}
	}
	for i < len(r.page) && r.rows <= lines.MaxRows {
		if r.page[i].Text == "" {
			i++
			continue
		}
		c := r.page.labelled(i)
		if c.kind == values.Name {
			flush()
			start = i
		} else if c.kind == values.None || c.kind < values.Note && row.Cells[c.kind] != "" {
			break
		}
		row.Set(c.kind, "", c.text)
		if len(t.Rows) == 0 {
			t.Cols = append(t.Cols, headings.Column{Kind: c.kind, Label: labelOf(&r.page[i])})
		}
		i = c.next
	}
	flush()
	r.finish(t, i)
	return i
}

// recordAhead: the lines from i on, behind a labelled name, are labelled cells.
func (p page) recordAhead(i int) bool {
	for range 2 {
		if i = p.says(i, len(p)); i == len(p) {
			return false
		}
		c := p.labelled(i)
		if c.kind == values.None || c.kind == values.Name || misfit(c.kind, c.text) {
			return false
		}
		i = c.next
	}
	return true
}

// labelled is a cell with its own heading.
type labelled struct {
	kind values.Kind // None: it is none
	text string
	next int // index of the line behind both
}

// labelled reads the heading at line i and the cell beside it, or on the next
// line where the heading stands alone.
func (p page) labelled(i int) labelled {
	l := &p[i]
	if k, text := beside(l); k != values.None {
		return labelled{k, text, i + 1}
	}
	k, known := headings.Lookup(l.Text)
	below := p.next(i)
	if !known || l.Cells != nil || below == len(p) {
		return labelled{kind: values.None}
	}
	text := p[below].Text
	if _, another := headings.Lookup(text); another || len(text) > 255 || k == values.Name && !values.Is(k, text) {
		return labelled{kind: values.None}
	}
	return labelled{k, text, below + 1}
}

// beside reads a heading and the cell beside it.
func beside(l *lines.Line) (values.Kind, string) {
	text, found := "", false
	label := labelOf(l)
	if len(l.Cells) >= 2 {
		text, found = l.Cells[1], strings.Join(l.Cells[2:], "") == ""
	} else if l.Cells == nil && len(l.Text) < 400 {
		if text, found = strings.CutPrefix(l.Text[len(label):], ":"); !found {
			text, found = l.Text[len(label):], strings.Contains(l.Text, "  ")
		}
	}
	text = strings.TrimSpace(text)
	if !found || text == "" {
		return values.None, ""
	}
	k, ok := headings.Lookup(label)
	if !ok || k == values.Name && !oneName(text) {
		return values.None, ""
	}
	return k, text
}

// labelOf is what stands in front of a labelled cell.
func labelOf(l *lines.Line) string {
	if l.Cells != nil {
		return l.Cells[0]
	}
	if label, _, found := strings.Cut(l.Text, "  "); found && !strings.Contains(label, ":") {
		return label
	}
	label, _, _ := strings.Cut(l.Text, ":")
	return label
}

// oneName: a file name, or one word that can be a name without an extension.
func oneName(text string) bool {
	q := values.Quality(values.Name, text)
	return q == values.Plain || q == values.NoExtension && strings.IndexByte(text, ' ') < 0
}
