package kb

import (
	"strings"
	"unicode/utf8"
)

// stacked reads a table with one cell a line: the headings one below the
// other, then the cells of each row in the same order.
func (r *reader) stacked(i int) int {
	cols, start := r.stackedHeader(i)
	if cols == nil {
		if cols = r.stackedRecord(i); cols == nil {
			return i
		}
		start = i
	}
	t := &rawTable{cols: cols, first: i, context: r.context, learnt: map[string]bool{}}
	next := start
	for r.rows <= MaxRows {
		row, end, ok := r.record(t, next)
		if !ok {
			break
		}
		r.add(t, &r.lines[row.line], []rawRow{row}, "")
		next = end
	}
	if len(t.rows) == 0 {
		if start > i && start < len(r.lines) {
			r.broken(start)
		}
		return i
	}
	if next < len(r.lines) {
		r.broken(next)
	}
	r.finish(t, next)
	return next
}

// stackedHeader reads headings, each alone on its line.
func (r *reader) stackedHeader(i int) ([]column, int) {
	var cols []column
	const most = 12
	seen := map[kind]bool{}
	for ; i < len(r.lines) && len(cols) < most; i++ {
		l := &r.lines[i]
		if l.text == "" {
			continue
		}
		w, ok := headerWords[fold(l.text)]
		if !ok || seen[w.kind] && w.kind != noteKind {
			break
		}
		seen[w.kind] = true
		cols = append(cols, column{w.kind, l.text})
	}
	if len(cols) < 3 {
		return nil, i
	}
	return usable(cols), i
}

// stackedRecord establishes the columns from the first row where no headings
// that are known stand above it: a name, then at least three cells, each alone on
// its line, and then a name again.
func (r *reader) stackedRecord(i int) []column {
	if r.lines[i].cells != nil || nameQuality(r.lines[i].text) != plainCost || strings.IndexByte(r.lines[i].text, ' ') >= 0 {
		return nil
	}
	cols := []column{{kind: nameKind}}
	seen := map[kind]bool{nameKind: true}
	odd := 0
	for j := r.nextLine(i); j < len(r.lines) && len(cols) < 10; j = r.nextLine(j) {
		text := r.lines[j].text
		if nameQuality(text) == plainCost && versionQuality(text) == noFit {
			if len(cols) >= 4 && odd <= 2 && (seen[sizeKind] || seen[dateKind]) {
				return cols
			}
			return nil
		}
		k := stackKind(text, seen)
		if k == noKind {
			return nil
		}
		seen[k] = true
		cols = append(cols, column{kind: k})
	}
	return nil
}

func stackKind(text string, seen map[kind]bool) kind {
	if utf8.RuneCountInString(text) > 40 {
		return noKind
	}
	for _, k := range []kind{dateKind, timeKind, sizeKind, versionKind, platformKind} {
		if !seen[k] && quality(k, text) == plainCost {
			return k
		}
	}
	switch {
	case !seen[versionKind] && !seen[sizeKind] && !seen[dateKind]:
		return versionKind // a word for "not applicable" that is not known
	case !seen[platformKind] && seen[dateKind]:
		return platformKind
	}
	return noKind
}

// nextLine is the index of the next line that says something.
func (r *reader) nextLine(i int) int {
	for i++; i < len(r.lines) && r.lines[i].text == ""; i++ {
	}
	return i
}

// record reads one row from line i on. row.line is an index here.
func (r *reader) record(t *rawTable, i int) (row rawRow, next int, ok bool) {
	for i < len(r.lines) && r.lines[i].text == "" {
		i++
	}
	row.line = i
	j := i
	for c := 0; c < len(t.cols) && j < len(r.lines); c++ {
		text, k := r.lines[j].text, t.cols[c].kind
		if r.lines[j].cells != nil || len(text) > 255 {
			break
		}
		if !r.stackFits(t, c, j) {
			if k == nameKind {
				return row, i, false
			}
			continue // this cell is empty
		}
		row.set(t.cols[c], text)
		j = r.nextLine(j)
	}
	return row, j, enough(&row.cells)
}

// stackFits: line j is the cell of column c. A word that is not known counts
// as "not applicable" where a version or a platform is due and the line behind
// it goes on with the table; from then on it is learnt.
func (r *reader) stackFits(t *rawTable, c, j int) bool {
	text, k := r.lines[j].text, t.cols[c].kind
	q := quality(k, text)
	known := q == plainCost || q == unusualCost || q == oddCost || q == bareCost && k == versionKind
	switch {
	case k == nameKind && q == noExtCost && t.cols[c].label != "":
		return oneName(text) && r.cellFollows(j)
	case k == versionKind && q == bareCost:
		return r.continues(t, c, j) // else it is the size, and the version is left out
	case k == versionKind || k == platformKind:
		if known || t.learnt[fold(text)] || isNotApplicable(text) {
			return true
		}
		if utf8.RuneCountInString(text) > 40 || nameQuality(text) == plainCost || strings.ContainsAny(text, "0123456789") && k == versionKind {
			return false
		}
		if !r.continues(t, c, j) {
			return false
		}
		t.learnt[fold(text)] = true
		return true
	case k == noteKind || k == groupKind:
		return utf8.RuneCountInString(text) <= 60 && nameQuality(text) != plainCost
	}
	return known
}

// continues: the line behind line j is the next cell of the table.
func (r *reader) continues(t *rawTable, c, j int) bool {
	next := r.nextLine(j)
	if next >= len(r.lines) {
		return false
	}
	following := t.cols[(c+1)%len(t.cols)].kind
	q := quality(following, r.lines[next].text)
	return q == plainCost || q == unusualCost && following == sizeKind
}
