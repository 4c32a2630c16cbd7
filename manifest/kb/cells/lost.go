package cells

import (
	"slices"
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// Lines that look like rows and are taken for none. Each is reported: a row that is
// lost is a file that nobody checks.

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
	full := len(l.Cells) == len(t.Cols)
	switch {
	case t.Cols != nil && t.fromText && gluedRow(l.Text):
		return "stands in the table, and its columns cannot be parted"
	case t.Cols != nil && !t.fromText && (full && (len(l.Cells) > 2 || printsCells(l)) || cellsOfRow(l)):
		return "stands in the table and is no row: it lacks a name, or all of version, size and date"
	case t.Cols != nil && l.Cells == nil && onlyFile(l.Text):
		return "stands in the table, and nothing is said of that file"
	case t.Cols != nil && t.fromText && l.Cells == nil && onlyCells(l.Text):
		return "stands in the table and is no row: cells of one, without a name"
	case looksLikeRow(l.Text):
		return "stands under the rows and does not fit the columns"
	}
	return ""
}

// onlyFile: a file name and nothing else.
func onlyFile(text string) bool {
	return strings.IndexByte(text, ' ') < 0 && strings.IndexByte(text, '.') > 0 && values.Is(values.Name, text) &&
		!strings.HasSuffix(text, ":")
}

// onlyCells: a few words, each of which is a cell of a row and no name.
func onlyCells(text string) bool {
	const most = 4
	words := strings.Fields(text)
	return len(words) <= most && saysOne(text) && !slices.ContainsFunc(words, func(w string) bool {
		return !values.Processor(w) && !sure(values.Size, w) && !values.Is(values.Date, w) && !values.Is(values.Time, w) &&
			!values.Is(values.Version, w)
	})
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
		case like == whole:
		case i-r.anchor <= context && printsCells(l) && !r.says(listed, i):
			const near = 2 // lines behind a row
			r.fs.Add(l.No, findings.NotTaken, i-r.anchor <= near && r.beside(i),
				"%s prints cells of a row and belongs to no table", findings.Quote(l.Text))
			return
		default:
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

// context is how many lines behind a header, a row or the words that introduce
// files a line may be a row that is lost, whatever it looks like.
const context = 30

// nowhere is an anchor that no line stands behind.
const nowhere = -context - 1

// anchored keeps where files were announced last: at a header, or by words. A
// heading of a section ends it.
func (r *reader) anchored(i int, announced bool) {
	switch {
	case announced || r.says(attributes, i) || strings.HasSuffix(r.page[i].Text, ":") && r.says(delivers, i):
		r.anchor = i
	case r.page.section(i):
		r.anchor = nowhere
	}
}

// total is what a listing ends with: "104 files, 4,464,913 bytes".
var total = pattern.New(`^\d+ (?i:files?)\b`)

// printsCells: of the cells of a line, or of its words, two can be those of a row,
// one of them nothing else, and hardly another word stands beside them. Where cells
// are delimited, one is enough.
func printsCells(l *lines.Line) bool {
	const most, prose = 12, 3
	if len(l.Text) > lines.LongestRow || !strings.ContainsAny(l.Text, "0123456789") {
		return false
	}
	parts, enough := l.Cells, 1
	if parts == nil {
		parts, enough = strings.Fields(l.Text), 2
	}
	sure, other, rest, moment, sentence := 0, 0, 0, 0, false // a sentence begins with a word
	for _, text := range parts {
		switch text = strings.Trim(text, "(),;*|"); {
		case text == "", values.Processor(text), values.Meridiem(text):
		case values.Is(values.Time, text):
			moment = 1
		case values.Is(values.Date, text), strings.ContainsAny(text, ", ") && values.Is(values.Size, text),
			numbered(text):
			sure++
		case values.Is(values.Name, text), values.Digits(text) > 0 && values.Quality(values.Version, text) != values.NoFit,
			values.Digits(text) == len(text) && len(text) >= 3:
			other++
		default:
			rest++
			sentence = sentence || sure+other+moment == 0 && l.Cells == nil && values.Digits(text) == 0
		}
		if rest > prose || sure+other+rest > most {
			return false
		}
	}
	some := sure > 0 && sure+other >= enough && (sure > 1 || !sentence)
	timed := moment > 0 && sure+other > 0 && rest < 2 // words before a date and a time say when something was
	return (some || timed) && !total().MatchString(l.Text)
}

// beside: line i stands behind a table and not far from it, and has a version or a
// size in groups, so that it may be a row of it that is lost.
func (r *reader) beside(i int) bool {
	const near = 6 // lines
	if len(r.tables) == 0 || i-r.end >= near || dates(r.page[i].Text) > 1 {
		return false
	}
	return slices.ContainsFunc(strings.Fields(r.page[i].Text), func(w string) bool {
		return strings.Contains(w, ",") && values.Is(values.Size, w) || numbered(w)
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
		case values.Is(values.Date, c), sure(values.Size, c), numbered(c):
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

// maxMisses caps what an article may cost whose lines look like rows and are none:
// some ten thousand lines. The largest articles have a hundred.
const maxMisses = 2 << 20

// miss counts a line that is no row, if it could have been one.
func (r *reader) miss(l *lines.Line) {
	const each = 64
	if r.misses <= 0 || !couldBeRow(l.Text) {
		return
	}
	if r.misses -= len(l.Text) + each; r.misses <= 0 {
		r.fs.Add(l.No, findings.NotTaken, true,
			"from here on only rows directly under headings are read: too many lines above look like rows and are none")
	}
}
