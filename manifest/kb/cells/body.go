package cells

import (
	"slices"
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/values"
)

// body reads rows from line i on as long as they fit the table. A row that is
// only a title closes the table and opens another one with the same columns.
// under is the platform heading above, which holds for rows that name none.
func (r *reader) body(t *draft, i int, under string) int {
	const few = 4           // lines between the header and the first row
	apart := true           // an empty line stands between the last row and this line
	var early []*lines.Line // lines that look like rows, between the header and the first that is one
	for ; i < len(r.page) && r.rows <= lines.MaxRows && len(r.tables) <= MaxTables; i++ {
		l := &r.page[i]
		if l.Text == "" {
			apart = apart || !l.Rule
			continue
		}
		if r.header(i) != nil {
			break
		}
		rows, readings := r.fit(i, t)
		if len(rows) == 0 && t.Cols == nil {
			rows = r.fitOdd(i, t, apart)
		}
		first := i
		if len(readings) == 0 && (len(rows) == 0 || len(rows) == 1 && incomplete(&rows[0], t.Cols)) {
			if whole := r.joined(i, t); whole != nil && (len(rows) == 0 || !incomplete(&whole[0], t.Cols)) {
				rows = whole
				i++
			}
		}
		switch heading := strings.Trim(l.Text, " :"); {
		case len(rows) > 0:
			if len(readings) > 0 {
				t.glued = append(t.glued, &contest{row: len(t.Rows), readings: readings})
			}
			if mark := r.marks[first]; mark != "" {
				rows[len(rows)-1].Notes = append(rows[len(rows)-1].Notes, mark)
			}
			r.add(t, l, rows, under)
			apart, t.last = false, i
			for _, l := range early {
				r.reportLost(l, t)
			}
			early = nil
		case values.Processor(heading):
			if apart || !r.ownPlatform(t, i, heading) {
				under = heading
			}
		case !apart && r.wrapped(t, i):
		case sectionTitle(l, t) && (len(t.Rows) > 0 || r.misses > 0):
			if r.finish(t, i); len(t.Rows) == 0 {
				r.miss(l)
			}
			t = &draft{Table: Table{Cols: t.Cols, First: i, Context: i, Title: l.Text}, own: t.own, fromText: t.fromText,
				asked: true, decoy: r.ask(t)}
		case r.misses > 0 && !apart && r.reportLost(l, t):
		case r.misses > 0 && len(t.Rows) == 0 && t.Cols != nil && len(early) < few && lost(l, t) != "":
			early = append(early, l)
		case r.misses <= 0 || !r.goesOn(t, i, under != ""):
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
		if len(t.Rows) == cap(t.Rows) { // doubled: append alone copies a long table five times
			t.Rows = slices.Grow(t.Rows, len(t.Rows)+1)
		}
		t.Rows = append(t.Rows, row)
		r.rows++
	}
}

// finish closes a table before line i.
func (r *reader) finish(t *draft, i int) {
	if len(t.Rows) == 0 || r.directory(t, i) || r.pass(t, i) {
		return
	}
	t.glued.settle(t.Rows, r.fs)
	t.Empty = t.own.with(t.Rows)
	r.tables = append(r.tables, &t.Table)
	r.end, r.anchor = i, i-1
	for r.page[r.anchor].Text == "" {
		r.anchor--
	}
}

// fit reads one line as rows of t: one whose columns run together is without
// cells, and comes with its readings.
func (r *reader) fit(i int, t *draft) ([]values.Row, []reading) {
	l := &r.page[i]
	switch {
	case len(l.Text) > lines.LongestRow:
		return nil, nil
	case t.Cols == nil:
		rows, shape := free(l, t.own)
		if rows == nil && t.own == nil && hasTime(l.Text) {
			t.own = r.learn(t.First)
			rows, shape = free(l, t.own)
		}
		if rows == nil {
			rows, shape = r.loose(i, t)
		}
		if rows == nil && (len(t.Rows) == 0 || len(t.shape) == 2) {
			rows, shape = r.pair(i, t)
		}
		if len(shape) > 0 {
			if len(t.Rows) > 0 && i > r.turned && turned(t.shape, shape) {
				r.turned = i
				r.fs.Add(l.No, findings.Odd, true, "%s: its cells stand in another order than those of the row above; "+
					"the lines may not be rows", findings.Quote(l.Text))
			}
			t.shape = shape
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
	if !gluedRow(l.Text) && len(t.glued) == 0 {
		if rows := r.fitOdd(i, t, len(t.Rows) > 0 && i-t.last > 2); rows != nil {
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

// turned: cells of two rows stand in another order, as where a page broke the lines
// anywhere.
func turned(a, b []headings.Column) bool {
	last := -1
	for _, c := range a {
		if at := slices.IndexFunc(b, func(d headings.Column) bool { return d.Kind == c.Kind }); at >= 0 {
			if at < last {
				return true
			}
			last = at
		}
	}
	return false
}

// maxOddSteps caps what an article may cost whose lines look like rows with odd
// cells: words times columns of some thousand lines.
const maxOddSteps = 100_000

// fitOdd reads a line as a row of t that has odd cells: one of running text, under
// headings or in the order of the row above it.
func (r *reader) fitOdd(i int, t *draft, apart bool) []values.Row {
	l, cols := &r.page[i], t.Cols
	if len(l.Cells) > 1 && !t.fromText || len(t.glued) > 0 || len(l.Text) > lines.LongestRow {
		return nil
	}
	if cols == nil {
		if cols = t.shape; apart || len(cols) < 3 {
			return nil
		}
	}
	words := len(strings.Fields(l.Text))
	if r.odd <= 0 || words > 100 || !saysOne(l.Text) {
		return nil
	}
	if r.odd -= min(words+1, maxOddWords) * len(cols); r.odd <= 0 {
		r.fs.Add(l.No, findings.NotTaken, true, "from here on no row with an odd cell is read: there are too many above")
	}
	return fitOdd(l.Text, cols, t.own, apart && len(t.Rows) > 0 && !r.rowAhead(i, t))
}

// joined reads line i and the few words of the next one as one row: a page that was
// set narrower broke it. All of it must be plain.
func (r *reader) joined(i int, t *draft) []values.Row {
	const few, cost = 3, 50 // words of the next line; steps
	if i+1 == len(r.page) || t.Cols == nil || !t.fromText || len(t.glued) > 0 || r.odd <= 0 {
		return nil
	}
	l, next := &r.page[i], &r.page[i+1]
	if l.Cells != nil || next.Cells != nil || next.Text == "" || len(l.Text) > lines.LongestRow || !saysOne(l.Text) ||
		len(strings.Fields(next.Text)) > few || r.header(i+1) != nil {
		return nil
	}
	r.odd -= cost
	rows := fitWords(l.Text+" "+next.Text, t.Cols, t.own)
	if len(rows) != 1 || rows[0].Tail != "" || rows[0].Rivals > 0 || !plainEnough(&rows[0], true) {
		return nil
	}
	return rows
}

// incomplete: the row leaves a column empty, so that the rest of it may stand in the
// next line.
func incomplete(row *values.Row, cols []headings.Column) bool {
	return slices.ContainsFunc(cols, func(c headings.Column) bool {
		return c.Kind <= values.Platform && row.Cells[c.Kind] == ""
	})
}

// ownPlatform takes a processor that stands alone directly below a row as the
// platform of that row, which has none under its heading.
func (r *reader) ownPlatform(t *draft, i int, processor string) bool {
	if len(t.Rows) == 0 || headings.Count(t.Cols)[values.Platform] == 0 {
		return false
	}
	cell := &t.Rows[len(t.Rows)-1].Cells[values.Platform]
	if *cell != "" {
		return false
	}
	*cell = processor
	return true
}

// rowAhead: one of the next lines is a row of t.
func (r *reader) rowAhead(i int, t *draft) bool {
	const near = 3
	for n := 0; n < near; n++ {
		if i = r.page.next(i); i == len(r.page) || r.header(i) != nil {
			return false
		}
		if rows := fitWords(r.page[i].Text, t.Cols, t.own); len(rows) > 0 {
			return true
		}
	}
	return false
}

// saysOne: a word is a date, a size or a version and can be nothing else.
func saysOne(text string) bool {
	for w := range strings.FieldsSeq(text) {
		if w[0] <= '9' && (values.Is(values.Date, w) || numbered(w) ||
			sure(values.Size, w)) || w[0] > '9' && strings.Count(w, "-") == 2 && values.Is(values.Date, w) {
			return true
		}
	}
	return false
}

// wrapped takes line i as the rest of cells of the row above it: words that stand
// below its last cell, or below the beginning of another one, or in a row of cells
// without a name, and are nothing else. Words far to the right between two rows are
// a note on the one above, wherever they stand, and so are those below a processor.
func (r *reader) wrapped(t *draft, i int) bool {
	const most, near = 8, 4 // words, and lines of one cell
	l, above := &r.page[i], &r.page[t.last]
	if len(t.Rows) == 0 || i-t.last > near || saysOne(l.Text) {
		return false
	}
	row := &t.Rows[len(t.Rows)-1]
	few := len(strings.Fields(l.Text)) <= most
	if l.Cells != nil {
		same := len(l.Cells) == len(t.Cols) && len(above.Cells) == len(l.Cells)
		return few && !t.fromText && same && goOn(row, t.Cols, l.Cells)
	}
	if above.Cells != nil {
		return false
	}
	at := l.Indent - above.Indent
	below := at >= right && few && !strings.HasSuffix(l.Text, ":")
	if below {
		if cell := cellAbove(row, t.Cols, above, at); cell != nil {
			*cell += " " + l.Text
			return true
		}
	}
	if !below && !aside(l.Text) || !r.rowAhead(i, t) {
		return false
	}
	row.Tail = strings.TrimSpace(row.Tail + " " + l.Text)
	return true
}

// right is how many blanks a line is set in that goes on with a cell: a paragraph is
// not set so far in.
const right = 8

// cellAbove is the cell of a row that begins at so many blanks, or that ends its line
// and begins in front of them; nil where it is none that can go on below.
func cellAbove(row *values.Row, cols []headings.Column, above *lines.Line, at int) *string {
	for _, cell := range wrapping(row) {
		text := *cell
		for _, c := range cols {
			if c.Kind == values.Note {
				text = strings.TrimPrefix(text, c.Label+" ")
			}
		}
		first, _, _ := strings.Cut(text, " ")
		begins := strings.LastIndex(above.Text, first)
		last := begins >= 0 && strings.HasPrefix(text, above.Text[begins:]) // the cell that ends the line
		if first != "" && begins >= right && (at == begins || last && at > begins-2) {
			if cell == &row.Cells[values.Platform] && values.Is(values.Platform, text) {
				return nil
			}
			return cell
		}
	}
	return nil
}

// aside: words that are said of a row and are no title: in parentheses, a sentence, a
// path, or what calls itself a note.
func aside(text string) bool {
	const longest = 200 // bytes
	opens, closes := strings.HasPrefix(text, "("), strings.HasSuffix(text, ")")
	note := len(text) > 5 && strings.EqualFold(text[:4], "note")
	return len(text) <= longest && (opens || closes && !strings.Contains(text, "(") || strings.HasSuffix(text, ".") ||
		strings.Contains(text, `\`) || note)
}

// wrapping are the cells of a row that can go on below it.
func wrapping(row *values.Row) []*string {
	out := []*string{&row.Tail}
	if n := len(row.Notes); n > 0 {
		out = append(out, &row.Notes[n-1])
	}
	for _, k := range []values.Kind{values.Platform, values.Version, values.Date} {
		out = append(out, &row.Cells[k])
	}
	return out
}

// goOn appends the cells of a row without a name, a size or a date to those of the
// row above it.
func goOn(row *values.Row, cols []headings.Column, cells []string) bool {
	for c, text := range cells {
		switch cols[c].Kind {
		case values.Name, values.Size, values.Date, values.Time, values.Hash:
			if text != "" {
				return false
			}
		}
	}
	for c, text := range cells {
		switch k := cols[c].Kind; {
		case text == "":
		case k == values.Platform, k == values.Version:
			row.Cells[k] = strings.TrimSpace(row.Cells[k] + " " + text)
		default:
			row.Notes = append(row.Notes, text)
		}
	}
	return true
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
	if next == len(r.page) || r.header(next) != nil {
		return false
	}
	if rows, _ := r.fit(next, t); len(rows) == 0 {
		return false
	}
	if row {
		r.miss(l)
		r.fs.Add(l.No, findings.NotTaken, true, "%s stands between rows and does not fit the columns",
			findings.Quote(l.Text))
	}
	return true
}
