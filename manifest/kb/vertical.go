package kb

import (
	"strings"
)

// vertical reads records that print one cell a line beside its heading:
// "| File size | 3,605 |" or "File size: 3,605". A file name begins a record.
func (r *reader) vertical(i int) int {
	k, _, ok := labelled(&r.lines[i])
	if !ok || k != nameKind || !r.recordAhead(i) {
		return i
	}
	t := &rawTable{cols: []column{}, first: i, context: r.context}
	var row rawRow
	start := i
	flush := func() {
		if enough(&row.cells) {
			r.add(t, &r.lines[start], []rawRow{row}, "")
		}
		row = rawRow{}
	}
	for ; i < len(r.lines) && r.rows <= MaxRows; i++ {
		l := &r.lines[i]
		if l.text == "" {
			continue
		}
		k, text, ok := labelled(l)
		if !ok {
			break
		}
		if k == nameKind {
			flush()
			start = i
		} else if row.cells[k] != "" && k < noteKind {
			break
		}
		row.set(column{k, ""}, text)
		if len(t.rows) == 0 {
			t.cols = append(t.cols, column{k, labelOf(l)})
		}
	}
	flush()
	r.finish(t, i)
	return i
}

// recordAhead: the lines behind a labelled name are labelled cells.
func (r *reader) recordAhead(i int) bool {
	n := 0
	for j := r.nextLine(i); j < len(r.lines) && n < 2; j = r.nextLine(j) {
		k, text, ok := labelled(&r.lines[j])
		if !ok || k == nameKind || quality(k, text) == noFit && !isNotApplicable(text) && k != versionKind && k != platformKind {
			return false
		}
		n++
	}
	return n == 2
}

// labelled reads a heading and the cell beside it.
func labelled(l *line) (kind, string, bool) {
	text, found := "", false
	label := labelOf(l)
	if len(l.cells) >= 2 {
		text, found = l.cells[1], strings.Join(l.cells[2:], "") == ""
	} else if l.cells == nil && len(l.text) < 400 {
		text, found = strings.CutPrefix(l.text[len(label):], ":")
	}
	if !found || len(label) > longestHeader+10 {
		return noKind, "", false
	}
	w, ok := headerWords[fold(label)]
	text = strings.TrimSpace(text)
	if !ok || text == "" || w.kind == nameKind && nameQuality(text) != plainCost {
		return noKind, "", false
	}
	return w.kind, text, true
}

// labelOf is what stands in front of a labelled cell.
func labelOf(l *line) string {
	if l.cells != nil {
		return l.cells[0]
	}
	label, _, _ := strings.Cut(l.text, ":")
	return label
}
