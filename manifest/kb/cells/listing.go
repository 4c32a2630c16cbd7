package cells

import (
	"regexp"
	"slices"
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// phrase is what the text around rows without a header says of them. Such a row
// needs it when it is the output of a command, or words stand between its cells.
type phrase int

const (
	// listed are the marks of what dir, ls and ftp print.
	listed phrase = iota
	// installs is how articles say that files are installed, or what a product
	// comes with.
	installs
	// delivers is how articles introduce the files of a fix or a download.
	delivers
	// attributes are the words that introduce the files of a fix and nothing else.
	attributes
	phrases // how many there are
)

// wording is how texts say something. One of parts, in lower case, stands in every
// text that the pattern can match, and spares the others the look; without a pattern
// they are the words themselves.
type wording struct {
	parts   []string
	pattern func() *regexp.Regexp
}

// wordings are the phrases.
var wordings = [phrases]wording{
	listed: {
		[]string{"volume ", "directory of", "<dir>", "file(s)", "bytes free", ">dir", "> dir", ">ls", "> ls"},
		pattern.New(`^(?i)volume (?:in drive|serial number)\b|^directory of\b|<dir>|^\d+ file\(s\)|\bbytes free\b|` +
			`^\S{0,60}> ?(?:dir|ls)\b`),
	},
	installs: {
		[]string{"install", "contain", "contents of", "listing"},
		pattern.New(`(?i)\bfiles? (?:that )?(?:is |are |gets? )?installed\b|\binstalls\b|\bfiles installed\b|` +
			`\binstalled (?:by|with|on)\b|\bcontains? the following(?: \w+)? (?:files|(?:sub)?directories)\b|` +
			`\bfiles contained in\b|\bcontents of\b|\b(?:directory|file) listing (?:of|for) the\b`),
	},
	delivers: {
		[]string{"install", "should ", "fix", "update", "file ", "following ", "extract"},
		pattern.New(`(?i)\binstall(?:s|ed)\b|\bshould (?:have|receive)\b|\bfix\b|\bhotfix\b|\bupdated? file|` +
			`\bfile (?:attributes|information)\b|\bfollowing (?:updated |new )?files? |\bextracts? `),
	},
	attributes: {parts: []string{"file attributes", "following attributes", "following time stamp",
		"following file time stamp", "version of this fix", "version of this hotfix", "version of this update",
		"version of this file"}},
}

// in: the text says it.
func (p phrase) in(text string) bool { return wordings[p].in(text, strings.ToLower(text)) }

// in: the text says it; lower is the text in lower case.
func (w *wording) in(text, lower string) bool {
	return slices.ContainsFunc(w.parts, func(part string) bool {
		return strings.Contains(lower, part) && (w.pattern != nil || hasWords(lower, part))
	}) && (w.pattern == nil || w.pattern().MatchString(text))
}

// hasWords: the words stand in text, with no letter or digit directly beside them.
func hasWords(text, words string) bool {
	in := func(i int) bool {
		if i < 0 || i >= len(text) {
			return false
		}
		c := text[i]
		return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
	}
	for from := 0; ; {
		at := strings.Index(text[from:], words)
		if at < 0 {
			return false
		}
		if at += from; !in(at-1) && !in(at+len(words)) {
			return true
		}
		from = at + 1
	}
}

// said is what is known of a line.
type said byte

const (
	notAsked said = iota
	yes
	no
)

// says: line i says it. Many lines look at the same lines above them, so that each
// is read once.
func (r *reader) says(p phrase, i int) bool {
	if r.said[p] == nil {
		r.said[p] = make([]said, len(r.page))
	}
	known := &r.said[p][i]
	if *known == notAsked {
		if *known = no; p.in(r.page[i].Text) {
			*known = yes
		}
	}
	return *known == yes
}

// saidAbove: the text over line i, as far as the table before it, says it in its
// last lines.
func (r *reader) saidAbove(i int, p phrase, most int) bool {
	for n := 0; i > r.end && n < most; {
		if i--; r.page[i].Text != "" {
			if n++; r.says(p, i) {
				return true
			}
		}
	}
	return false
}

// directory takes a table without a header back that is a directory listing, and
// reports it: whoever printed it shows what a command says, not what to install.
func (r *reader) directory(t *draft, end int) bool {
	const above, below = 6, 3 // lines
	if t.Cols != nil || len(t.Rows) == 0 {
		return false
	}
	found := r.saidAbove(t.First, listed, above)
	for i, n := r.page.says(t.First, len(r.page)), 0; i < len(r.page) && n < below && !found; i = r.page.next(i) {
		if i >= end-1 {
			n++
		}
		found = r.says(listed, i)
	}
	if !found || r.installed(t.First) {
		return false
	}
	first, last := t.Rows[0].Line, t.Rows[len(t.Rows)-1].Line
	r.fs.AddMany(first, last, len(t.Rows), findings.NotTaken, false,
		"%s and what follows, %d lines up to line %d, "+
			"is a directory listing, and the article does not say that these files are installed",
		findings.Quote(t.Rows[0].Text), len(t.Rows), last)
	r.rows -= len(t.Rows)
	return true
}

// installed: the title of the article, or a line of text in front of line i, says
// that files are installed.
func (r *reader) installed(i int) bool {
	for ; r.read < i && !r.installs; r.read++ {
		text := r.page[r.read].Text // a sentence may go on in the next line
		if next := r.read + 1; text != "" && next < len(r.page) && len(text)+len(r.page[next].Text) < lines.LongestRow {
			text += " " + r.page[next].Text
		}
		r.installs = len(text) < lines.LongestRow && installs.in(text)
	}
	return r.installs
}

// pair reads a line that has a file name and a version or a size, and nothing
// else. Alone that is what any sentence might end with: several must follow one
// another, and the text above must say that the files are installed; or it stands
// directly below the words that introduce the files of a fix.
func (r *reader) pair(i int, t *draft) ([]values.Row, []headings.Column) {
	const above, directly = 6, 3 // lines
	l := &r.page[i]
	if l.Cells != nil || len(l.Text) > 100 || !couldBeRow(l.Text) {
		return nil, nil
	}
	begins := len(t.Rows) == 0
	introduced := begins && r.saidAbove(i, attributes, directly)
	if begins && !introduced && !r.installed(i) && !r.saidAbove(i, delivers, above) {
		return nil, nil
	}
	row, shape := pairRow(l.Text)
	if row == nil && (introduced || !begins) { // "Widget.dll (1.2.3.4)"
		row, shape = pairRow(parted.Replace(l.Text))
	}
	if row == nil {
		return nil, nil
	}
	if begins {
		if next := r.page.says(i+1, i+3); !introduced {
			if next == len(r.page) {
				return nil, nil
			}
			if another, _ := pairRow(r.page[next].Text); another == nil {
				return nil, nil
			}
		}
	} else if len(t.shape) != len(shape) || t.shape[0] != shape[0] || t.shape[1] != shape[1] {
		return nil, nil
	}
	return []values.Row{*row}, shape
}

func pairRow(text string) (*values.Row, []headings.Column) {
	words := strings.Fields(text)
	if len(words) < 2 || len(words) > 4 {
		return nil, nil
	}
	var row values.Row
	var shape []headings.Column
	for len(words) > 0 {
		k, n := freeCell(words, &row.Cells, nil)
		if k == values.None || len(shape) == 2 {
			return nil, nil
		}
		row.Cells[k] = strings.Join(words[:n], " ")
		shape = append(shape, headings.Column{Kind: k})
		words = words[n:]
	}
	if len(shape) != 2 || !pairOf(&row.Cells) {
		return nil, nil
	}
	return &row, shape
}

// between are words that stand between the cells of a file in a sentence.
var between = map[string]bool{"dated": true, "date": true, "size": true, "version": true, "and": true, "bytes": true,
	"-": true, "–": true}

// loose reads a line that names a file and says its cells in words or in
// parentheses: "Widget.dll (165,136 bytes, dated 6-15-95)". What stands in
// parentheses behind the cells and is none is the row's note. The text above must
// say that such files are delivered.
func (r *reader) loose(i int, t *draft) ([]values.Row, []headings.Column) {
	const above = 12 // lines
	l := &r.page[i]
	if l.Cells != nil || len(l.Text) > lines.LongestRow || len(t.Rows) == 0 && !wordy(l.Text) || r.odd <= 0 {
		return nil, nil
	}
	r.odd -= 50
	rows, shape := looseRow(l.Text, t.own)
	if rows == nil || len(t.Rows) == 0 &&
		!r.saidAbove(i, delivers, above) {
		return nil, nil
	}
	return rows, shape
}

// wordy: the line has a parenthesis or a word between cells.
func wordy(text string) bool {
	return strings.IndexByte(text, '(') >= 0 || slices.ContainsFunc(strings.Fields(text), func(w string) bool {
		return between[strings.ToLower(strings.Trim(w, ":,"))]
	})
}

// parted sets the cells of a sentence apart.
var parted = strings.NewReplacer("(", " ", ")", " ", ", ", " ", ": ", " ")

func looseRow(text string, own emptyWords) ([]values.Row, []headings.Column) {
	read := func(text string) ([]values.Row, []headings.Column) {
		words := strings.Fields(parted.Replace(text))
		words = slices.DeleteFunc(words, func(w string) bool { return between[strings.ToLower(w)] })
		for i := range words {
			words[i] = strings.Trim(words[i], ",;")
		}
		return free(&lines.Line{Text: strings.Join(words, " ")}, own)
	}
	if rows, shape := read(text); rows != nil {
		return rows, shape
	}
	front, note, found := strings.Cut(text, "(")
	if note = strings.TrimSpace(note); !found || !strings.HasSuffix(note, ")") || strings.ContainsAny(note, "0123456789") {
		return nil, nil
	}
	rows, shape := read(front)
	if rows != nil {
		rows[0].Notes = append(rows[0].Notes, strings.TrimSuffix(note, ")"))
	}
	return rows, shape
}
