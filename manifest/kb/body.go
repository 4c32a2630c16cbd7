package kb

import (
	"strings"

	"kbverify/manifest"
)

// body reads rows from line i on as long as they fit the table. A row that is
// only a title closes the table and opens another one with the same columns.
func (r *reader) body(t *rawTable, i int) int { return r.bodyUnder(t, i, "") }

// bodyUnder is body below a platform heading, which holds for rows that name
// no platform.
func (r *reader) bodyUnder(t *rawTable, i int, under string) int {
	apart := true // an empty line stands between the last row and this line
	for i < len(r.lines) && r.rows <= MaxRows && len(r.tables) <= MaxTables {
		l := &r.lines[i]
		if l.text == "" {
			apart = apart || !l.rule
			i++
			continue
		}
		if header(l) != nil {
			break
		}
		rows, ok := r.fit(i, t)
		switch p := manifest.ParsePlatform(strings.Trim(l.text, " :")); {
		case ok:
			r.add(t, l, rows, under)
			apart = false
		case p.Known():
			under = strings.Trim(l.text, " :")
		case sectionTitle(l, t):
			r.finish(t, i)
			t = &rawTable{cols: t.cols, first: i, context: i, title: l.text, learnt: t.learnt, fromText: t.fromText}
		case !apart && lost(l, t) != "":
			r.findings.add(l.no, NotTaken, true, "%s %s", quote(l.text), lost(l, t))
		case !r.goesOn(t, i, under != ""):
			r.finish(t, i)
			return i
		}
		i++
	}
	r.finish(t, i)
	return i
}

// lost says why a line directly under a row is a row that cannot be read, ""
// where it is none.
func lost(l *line, t *rawTable) string {
	switch {
	case t.cols != nil && t.fromText && gluedRow(l.text):
		return "stands in the table, and its columns cannot be parted"
	case t.cols != nil && !t.fromText && (len(l.cells) == len(t.cols) && len(l.cells) > 2 || cellsOfRow(l)):
		return "stands in the table and is no row: it lacks a name, or all of version, size and date"
	case looksLikeRow(l.text):
		return "stands under the rows and does not fit the columns"
	}
	return ""
}

func (r *reader) add(t *rawTable, l *line, rows []rawRow, under string) {
	for _, row := range rows {
		row.line, row.text = l.no, l.text
		if row.cells[platformKind] == "" {
			row.cells[platformKind] = under
		}
		t.rows = append(t.rows, row)
		r.rows++
	}
}

// finish closes a table before line i.
func (r *reader) finish(t *rawTable, i int) {
	if len(t.rows) == 0 {
		return
	}
	agree(t.rows, &r.findings)
	r.tables = append(r.tables, t)
	r.context = i
}

// sectionTitle: delimited cells of which only the first says something, or one
// cell across all columns, and that is no file.
func sectionTitle(l *line, t *rawTable) bool {
	const longest = 120 // bytes; more is a paragraph
	across := len(l.cells) == 1 && !t.fromText && len(t.cols) > 2
	if len(l.cells) < max(2, min(3, len(t.cols))) && !across || l.cells[0] == "" || nameQuality(l.cells[0]) == plainCost || len(l.text) > longest {
		return false
	}
	for _, c := range l.cells[1:] {
		if c != "" {
			return false
		}
	}
	return true
}

// goesOn decides whether a line that is no row stands between rows of one
// table: a few words with a colon where the table has headings of platforms
// anyway, or a row that could not be read. Both only if the next line is a row
// again. Elsewhere words with a colon introduce another table.
func (r *reader) goesOn(t *rawTable, i int, headings bool) bool {
	l := &r.lines[i]
	row := looksLikeRow(l.text) || gluedRow(l.text) || cellsOfRow(l)
	const groupWords = 5 // "Additional supporting inventory files:"
	group := headings && strings.HasSuffix(l.text, ":") && len(strings.Fields(l.text)) <= groupWords
	if !row && !group || len(t.rows) == 0 && t.cols == nil {
		return false
	}
	next := i + 1
	for next < len(r.lines) && next < i+4 && r.lines[next].text == "" {
		next++
	}
	if next == len(r.lines) || header(&r.lines[next]) != nil {
		return false
	}
	if _, ok := r.fit(next, t); !ok {
		return false
	}
	if row {
		r.findings.add(l.no, NotTaken, true, "%s stands between rows and does not fit the columns", quote(l.text))
	}
	return true
}

// fit reads one line as a row of t.
func (r *reader) fit(i int, t *rawTable) ([]rawRow, bool) {
	l := &r.lines[i]
	if len(l.text) > maxLine {
		return nil, false
	}
	if t.cols == nil {
		rows, ok := fitFree(l, t.learnt)
		if !ok && t.learnt == nil && timeOfDay.MatchString(l.text) {
			t.learnt = r.learn(t.first)
			rows, ok = fitFree(l, t.learnt)
		}
		return rows, ok
	}
	if len(l.cells) > 1 && !t.fromText {
		return fitCells(l, t.cols, &r.findings)
	}
	if strings.IndexByte(l.text, ' ') >= 0 {
		if rows, ok := fitWords(l.text, t.cols, t.learnt); ok {
			return rows, true
		}
	}
	if t.learnt == nil {
		if t.learnt = r.learn(min(i, t.first+1)); len(t.learnt) > 0 {
			return r.fit(i, t)
		}
	}
	if readings := r.split(i, t.cols, t.learnt); len(readings) > 0 {
		return []rawRow{{readings: readings}}, true
	}
	return nil, false
}

// split lists the readings of line i, as long as the article has steps left
// for that; where they end is reported.
func (r *reader) split(i int, cols []column, learnt map[string]bool) []reading {
	if r.budget <= 0 {
		return nil
	}
	out := split(r.lines[i].text, cols, learnt, &r.budget)
	if r.budget <= 0 {
		r.findings.add(r.lines[i].no, NotTaken, true, "from here on no row that runs together is read: there are too many ways to split those above")
	}
	return out
}
