package cells

import (
	"slices"
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/headings"
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
		if len(rows) == 0 && t.Cols == nil {
			rows = r.fitOdd(i, t, apart)
		}
		switch heading := strings.Trim(l.Text, " :"); {
		case len(rows) > 0:
			if len(readings) > 0 {
				t.glued = append(t.glued, &contest{row: len(t.Rows), readings: readings})
			}
			r.add(t, l, rows, under)
			apart, t.last = false, i
		case values.Processor(heading):
			under = heading
		case !apart && r.page.wrapped(t, i):
		case sectionTitle(l, t) && (len(t.Rows) > 0 || r.misses > 0):
			if r.finish(t, i); len(t.Rows) == 0 {
				r.miss(l)
			}
			t = &draft{Table: Table{Cols: t.Cols, First: i, Context: i, Title: l.Text}, own: t.own, fromText: t.fromText}
		case r.misses > 0 && !apart && r.reportLost(l, t):
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
	if len(t.Rows) == 0 || r.directory(t, i) {
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

// rowAhead: one of the next lines is a row of t.
func (r *reader) rowAhead(i int, t *draft) bool {
	const near = 3
	for n := 0; n < near; n++ {
		if i = r.page.next(i); i == len(r.page) || header(&r.page[i]) != nil {
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
		if w[0] <= '9' && (values.Is(values.Date, w) || values.Is(values.Version, w) && values.Digits(w) > 0 ||
			sure(values.Size, w)) || w[0] > '9' && strings.Count(w, "-") == 2 && values.Is(values.Date, w) {
			return true
		}
	}
	return false
}

// wrapped takes line i as the rest of cells of the row above it: words that stand
// below its last cell, or below the beginning of another one, or in a row of cells
// without a name, and are nothing else.
func (p page) wrapped(t *draft, i int) bool {
	const most, near = 8, 4 // words, and lines of one cell
	l, above := &p[i], &p[t.last]
	if len(t.Rows) == 0 || i-t.last > near || len(strings.Fields(l.Text)) > most || saysOne(l.Text) {
		return false
	}
	row := &t.Rows[len(t.Rows)-1]
	if l.Cells != nil {
		return !t.fromText && len(l.Cells) == len(t.Cols) && len(above.Cells) == len(l.Cells) && goOn(row, t.Cols, l.Cells)
	}
	const right = 8 // blanks: a paragraph is not set so far in
	at := l.Indent - above.Indent
	if above.Cells != nil || at < right {
		return false
	}
	for _, cell := range wrapping(row) {
		text := *cell
		for _, c := range t.Cols {
			if c.Kind == values.Note {
				text = strings.TrimPrefix(text, c.Label+" ")
			}
		}
		first, _, _ := strings.Cut(text, " ")
		begins := strings.LastIndex(above.Text, first)
		last := begins >= 0 && strings.HasPrefix(text, above.Text[begins:]) // the cell that ends the line
		if first != "" && begins >= right && (at == begins || last && at > begins-2) {
			*cell += " " + l.Text
			return true
		}
	}
	return false
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

// reportLost reports a line directly under a row that is a row and cannot be read;
// false where it is none.
func (r *reader) reportLost(l *lines.Line, t *draft) bool {
	why := lost(l, t)
	if why != "" {
		r.miss(l)
		r.fs.Add(l.No, findings.NotTaken, true, "%s "+why, findings.Quote(l.Text))
	}
	return why != ""
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
		r.miss(l)
		r.fs.Add(l.No, findings.NotTaken, true, "%s stands between rows and does not fit the columns",
			findings.Quote(l.Text))
	}
	return true
}

// stray reports a line that looks like a row and belongs to no table.
func (r *reader) stray(i int) {
	l := &r.page[i]
	glued := r.budget > 0 && gluedRow(l.Text)
	if !glued && !cellsOfRow(l) {
		switch like := likeRow(l.Text); {
		case like == lonely:
			r.lone.add(l)
			return
		case like != whole:
			return
		}
	}
	why := "has a file name and cells of a row, and belongs to no table"
	if glued {
		why = "looks like a row whose columns run together; it takes a header that is known, or several rows, to split it"
	} else if dates(l.Text) > 1 {
		why = "sets several dates against one file: a comparison, no table to install"
	}
	r.fs.Add(l.No, findings.NotTaken, glued || r.beside(i), "%s "+why, findings.Quote(l.Text))
}

// beside: line i stands behind a table and not far from it, and has a version or a
// size in groups, so that it may be a row of it that is lost.
func (r *reader) beside(i int) bool {
	const near = 6 // lines
	if len(r.tables) == 0 || i-r.end >= near || dates(r.page[i].Text) > 1 {
		return false
	}
	return slices.ContainsFunc(strings.Fields(r.page[i].Text), func(w string) bool {
		return strings.Contains(w, ",") && values.Is(values.Size, w) || values.Is(values.Version, w) && values.Digits(w) > 0
	})
}

// lone is the lines that name a file beside one version, size or date, and that
// nothing takes for rows.
type lone struct {
	n           int
	first, last int // source lines
	text        string
}

func (o *lone) add(l *lines.Line) {
	if o.n++; o.n == 1 {
		o.first, o.text = l.No, l.Text
	}
	o.last = l.No
}

func (o *lone) report(fs *findings.List) {
	const why = "a file name beside one version, size or date is no row unless the text says that such files are installed"
	if o.n == 1 {
		fs.Add(o.first, findings.NotTaken, false, "%s: "+why, findings.Quote(o.text))
	} else if o.n > 1 {
		fs.AddMany(o.first, o.last, o.n, findings.NotTaken, false, "%s and %d more lines like it, the last on line %d: "+why,
			findings.Quote(o.text), o.n-1, o.last)
	}
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

// likeness says how much a line of text looks like a row.
type likeness int

const (
	unlike likeness = iota
	lonely          // a file name beside one version, size or date, and hardly anything else
	whole           // a file name, and two more cells of a row; or a name against several dates or versions
)

func likeRow(text string) likeness {
	names, typed, rest, ok := wordsByKind(text)
	const prose = 6                               // words that are no cell; a sentence has more
	bare := names == 0 && typed >= 3 && rest <= 4 // the name has no extension, or stands elsewhere
	switch {
	case ok && (names == 1 && typed >= 2 || bare) && rest <= prose:
		return whole
	case ok && names == 1 && typed == 1 && rest <= 1:
		return lonely
	}
	return unlike
}

func looksLikeRow(text string) bool { return likeRow(text) == whole }

// wordsByKind counts the names of a line, its cells that are typed, and the other
// words; ok says that it can be a row at all.
func wordsByKind(text string) (names, typed, rest int, ok bool) {
	if !couldBeRow(text) {
		return 0, 0, 0, false
	}
	words := strings.Fields(text)
	if len(words) > 16 {
		return 0, 0, 0, false
	}
	for i := 0; i < len(words); i++ {
		w := strings.Trim(words[i], "(),;|")
		switch {
		case values.Is(values.Date, w), values.Is(values.Time, w), sure(values.Size, w) && len(w) > 3 && !year(w),
			values.Is(values.Version, w) && strings.Count(w, ".") > 1:
			typed++
		case i+2 < len(words) && dateOf(words[i:i+3]):
			typed++
			i += 2
		case values.Is(values.Name, w) && !strings.HasSuffix(w, "."):
			names++
		default:
			rest++
		}
	}
	return names, typed, rest, true
}

// dateOf: the words are a date together, with what sets it apart around it.
func dateOf(words []string) bool {
	const marks = "(),;|"
	return values.Ends(values.Date, strings.TrimRight(words[len(words)-1], marks)) &&
		values.Is(values.Date, strings.Trim(strings.Join(words, " "), marks))
}

// year: a number that a sentence has for a year.
func year(w string) bool {
	return len(w) == 4 && (strings.HasPrefix(w, "19") || strings.HasPrefix(w, "20"))
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
	return couldBeRow(text) && strings.IndexByte(text, ':') > 0 && dateAndTime().MatchString(text) &&
		letters().MatchString(text)
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
