package cells

import (
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// body reads rows from line i on as long as they fit the table. A row that is
// only a title closes the table and opens another one with the same columns.
// under is the platform heading above, which holds for rows that name none.
func (r *reader) body(t *draft, i int, under string) int {
	apart := true // an empty line stands between the last row and this line
	for ; i < len(r.page) && r.rows <= lines.MaxRows && len(r.tables) <= MaxTables; i++ {
		l := &r.page[i]
		if l.Text == "" {
			apart = apart || !l.Rule
			continue
		}
		if header(l) != nil {
			break
		}
		rows, readings := r.fit(i, t)
		switch heading := strings.Trim(l.Text, " :"); {
		case len(rows) > 0:
			if len(readings) > 0 {
				t.glued = append(t.glued, &contest{row: len(t.Rows), readings: readings})
			}
			r.add(t, l, rows, under)
			apart = false
		case values.Processor(heading):
			under = heading
		case sectionTitle(l, t):
			r.finish(t, i)
			t = &draft{Table: Table{Cols: t.Cols, First: i, Context: i, Title: l.Text}, own: t.own, fromText: t.fromText}
		case !apart && lost(l, t) != "":
			r.fs.Add(l.No, findings.NotTaken, true, "%s %s", findings.Quote(l.Text), lost(l, t))
		case !r.goesOn(t, i, under != ""):
			r.finish(t, i)
			return i
		}
	}
	r.finish(t, i)
	return i
}

func (r *reader) add(t *draft, l *lines.Line, rows []values.Row, under string) {
	for _, row := range rows {
		row.Line, row.Text = l.No, l.Text
		if row.Cells[values.Platform] == "" {
			row.Cells[values.Platform] = under
		}
		t.Rows = append(t.Rows, row)
		r.rows++
	}
}

// finish closes a table before line i.
func (r *reader) finish(t *draft, i int) {
	if len(t.Rows) == 0 {
		return
	}
	t.glued.settle(t.Rows, r.fs)
	t.Empty = t.own.with(t.Rows)
	r.tables = append(r.tables, &t.Table)
	r.end = i
}

// fit reads one line as rows of t: one whose columns run together is without
// cells, and comes with its readings.
func (r *reader) fit(i int, t *draft) ([]values.Row, []reading) {
	l := &r.page[i]
	switch {
	case len(l.Text) > lines.LongestRow:
		return nil, nil
	case t.Cols == nil:
		rows := free(l, t.own)
		if rows == nil && t.own == nil && timeOfDay().MatchString(l.Text) {
			t.own = r.learn(t.First)
			rows = free(l, t.own)
		}
		return rows, nil
	case len(l.Cells) > 1 && !t.fromText:
		return fitCells(l, t.Cols, r.fs), nil
	}
	if strings.IndexByte(l.Text, ' ') >= 0 {
		if rows := fitWords(l.Text, t.Cols, t.own); rows != nil {
			return rows, nil
		}
	}
	if t.own == nil {
		if t.own = r.learn(min(i, t.First+1)); len(t.own) > 0 {
			return r.fit(i, t)
		}
	}
	if readings := r.split(i, t.Cols, t.own); len(readings) > 0 {
		return make([]values.Row, 1), readings
	}
	return nil, nil
}

// headingAbove is the platform that stands alone over line i, or "".
func (r *reader) headingAbove(i int) string {
	const most = 3 // lines: a rule and an empty line between them
	for j := i - 1; j >= 0 && j >= i-most && j >= r.end; j-- {
		if text := strings.Trim(r.page[j].Text, " :"); values.Processor(text) {
			return text
		} else if text != "" {
			break
		}
	}
	return ""
}

// sectionTitle: delimited cells of which only the first says something, or one
// cell across all columns, and that is no file.
func sectionTitle(l *lines.Line, t *draft) bool {
	const longest = 120 // bytes; more is a paragraph
	across := len(l.Cells) == 1 && !t.fromText && len(t.Cols) > 2
	return (across || len(l.Cells) >= max(2, min(3, len(t.Cols)))) && l.Cells[0] != "" && len(l.Text) <= longest &&
		!values.Is(values.Name, l.Cells[0]) && strings.Join(l.Cells[1:], "") == ""
}

// lost says why a line directly under a row is a row that cannot be read, ""
// where it is none.
func lost(l *lines.Line, t *draft) string {
	switch {
	case t.Cols != nil && t.fromText && gluedRow(l.Text):
		return "stands in the table, and its columns cannot be parted"
	case t.Cols != nil && !t.fromText && (len(l.Cells) == len(t.Cols) && len(l.Cells) > 2 || cellsOfRow(l)):
		return "stands in the table and is no row: it lacks a name, or all of version, size and date"
	case looksLikeRow(l.Text):
		return "stands under the rows and does not fit the columns"
	}
	return ""
}

// goesOn decides whether a line that is no row stands between rows of one
// table: a few words with a colon where the table has headings of platforms
// anyway, or a row that could not be read. Both only if the next line is a row
// again. Elsewhere words with a colon introduce another table.
func (r *reader) goesOn(t *draft, i int, headed bool) bool {
	l := &r.page[i]
	row := looksLikeRow(l.Text) || gluedRow(l.Text) || cellsOfRow(l)
	const groupWords = 5 // "Additional supporting inventory files:"
	group := headed && strings.HasSuffix(l.Text, ":") && len(strings.Fields(l.Text)) <= groupWords
	if !row && !group || len(t.Rows) == 0 && t.Cols == nil {
		return false
	}
	next := r.page.says(i+1, i+4)
	if next == len(r.page) || header(&r.page[next]) != nil {
		return false
	}
	if rows, _ := r.fit(next, t); len(rows) == 0 {
		return false
	}
	if row {
		r.fs.Add(l.No, findings.NotTaken, true, "%s stands between rows and does not fit the columns",
			findings.Quote(l.Text))
	}
	return true
}

// stray reports a line that looks like a row and belongs to no table.
func (r *reader) stray(l *lines.Line) {
	glued := r.budget > 0 && gluedRow(l.Text)
	if !glued && !cellsOfRow(l) && !looksLikeRow(l.Text) {
		return
	}
	why := "has a file name and cells of a row, and belongs to no table"
	if glued {
		why = "looks like a row whose columns run together; it takes a header that is known, or several rows, to split it"
	} else if dates(l.Text) > 1 {
		why = "sets several dates against one file: a comparison, no table to install"
	}
	r.fs.Add(l.No, findings.NotTaken, glued, "%s %s", findings.Quote(l.Text), why)
}

// couldBeRow is a quick look: a dot and two digits.
func couldBeRow(text string) bool {
	if len(text) < 10 || len(text) > lines.LongestRow || strings.IndexByte(text, '.') < 0 {
		return false
	}
	n := 0
	for i := 0; i < len(text) && n < 2; i++ {
		if '0' <= text[i] && text[i] <= '9' {
			n++
		}
	}
	return n == 2
}

// looksLikeRow: a file name, and two more cells of a row; or a name against
// several dates or versions.
func looksLikeRow(text string) bool {
	if !couldBeRow(text) {
		return false
	}
	words := strings.Fields(text)
	if len(words) > 16 {
		return false
	}
	names, typed := 0, 0
	const prose = 6 // words that are no cell; a sentence has more
	for _, w := range words {
		w = strings.Trim(w, "(),;|")
		switch {
		case values.Is(values.Date, w), values.Is(values.Time, w), values.Is(values.Size, w) && len(w) > 3,
			values.Is(values.Version, w) && strings.Count(w, ".") > 1:
			typed++
		case values.Is(values.Name, w) && !strings.HasSuffix(w, "."):
			names++
		}
	}
	bare := names == 0 && typed >= 3 && len(words) <= 7 // the name has no extension
	return (names == 1 && typed >= 2 || bare) && len(words)-names-typed <= prose
}

// cellsOfRow: delimited cells of which one is a file name and another one is
// plainly a version, a size or a date.
func cellsOfRow(l *lines.Line) bool {
	names, typed := 0, 0
	for _, c := range l.Cells {
		switch {
		case values.Is(values.Date, c), sure(values.Size, c), values.Is(values.Version, c) && values.Digits(c) > 0:
			typed++
		case values.Is(values.Name, c):
			names++
		}
	}
	return names == 1 && typed > 0
}

var (
	// dateAndTime: a date and a time of day without anything between them.
	dateAndTime = pattern.New(`\d[-/.年][\p{L}\d]{1,12}\.?[-/.月]\d{1,4}日?\d\d?:\d\d|\d, \d{4}\d\d?:\d\d`)
	// letters is what a name in a row that runs together has.
	letters = pattern.New(`[A-Za-z]{2}`)
)

// gluedRow: a line that looks like a row whose columns run together.
func gluedRow(text string) bool {
	return couldBeRow(text) && dateAndTime().MatchString(text) && letters().MatchString(text)
}

// dates counts the words of a line that are dates.
func dates(text string) int {
	n := 0
	for _, w := range strings.Fields(text) {
		if values.Is(values.Date, w) {
			n++
		}
	}
	return n
}
