package kb

import (
	"strings"
)

// vertical reads records that print one cell a line beside its heading:
// "| File size | 3,605 |" or "File size: 3,605", or below it. A file name begins
// a record.
func (r *reader) vertical(i int) int {
	k, _, _, ok := r.labelled(i)
	if !ok || k != nameKind || !r.recordAhead(i) {
		return i
	}
	t := &rawTable{cols: []column{}, first: i, context: r.context}
	var row rawRow
	start := i
	flush := func() {
		if enough(&row.cells) {
			r.add(t, &r.lines[start], []rawRow{row}, "")
		} else if name := row.cells[nameKind]; name != "" {
			r.findings.add(r.lines[start].no, NotTaken, true, "the record of %s says no version, size or date", quote(name))
		}
		row = rawRow{}
	}
	for i < len(r.lines) && r.rows <= MaxRows {
		l, at := &r.lines[i], i
		if l.text == "" {
			i++
			continue
		}
		k, text, next, ok := r.labelled(i)
		if !ok {
			break
		}
		if k == nameKind {
			flush()
			start = at
		} else if row.cells[k] != "" && k < noteKind {
			break
		}
		row.set(column{k, ""}, text)
		if len(t.rows) == 0 {
			t.cols = append(t.cols, column{k, labelOf(l)})
		}
		i = next
	}
	flush()
	r.finish(t, i)
	return i
}

// recordAhead: the lines behind a labelled name are labelled cells.
func (r *reader) recordAhead(i int) bool {
	n := 0
	_, _, j, _ := r.labelled(i)
	for n < 2 {
		for j < len(r.lines) && r.lines[j].text == "" {
			j++
		}
		if j == len(r.lines) {
			return false
		}
		k, text, next, ok := r.labelled(j)
		j = next
		if !ok || k == nameKind || quality(k, text) == noFit && !isNotApplicable(text) && k != versionKind && k != platformKind {
			return false
		}
		n++
	}
	return true
}

// labelled reads the heading at line i and the cell beside it, or on the next
// line where the heading stands alone; next is the line behind both.
func (r *reader) labelled(i int) (k kind, text string, next int, ok bool) {
	l := &r.lines[i]
	if k, text, ok := labelled(l); ok {
		return k, text, i + 1, true
	}
	w, known := headerWords[fold(l.text)]
	below := r.nextLine(i)
	if !known || l.cells != nil || below == len(r.lines) {
		return noKind, "", i + 1, false
	}
	text = r.lines[below].text
	if _, another := headerWords[fold(text)]; another || len(text) > 255 || w.kind == nameKind && nameQuality(text) != plainCost {
		return noKind, "", i + 1, false
	}
	return w.kind, text, below + 1, true
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
	if !ok || text == "" || w.kind == nameKind && !oneName(text) {
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

// oneName: a file name, or one word that can be a name without an extension.
func oneName(text string) bool {
	q := nameQuality(text)
	return q == plainCost || q == noExtCost && strings.IndexByte(text, ' ') < 0
}
