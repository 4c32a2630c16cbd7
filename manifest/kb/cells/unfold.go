package cells

import (
	"cmp"
	"strings"

	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/values"
)

// longLine is the length in bytes from which a line of text may hold a whole
// table: copies of pages that lost their line breaks.
const longLine = 150

// unfold gives lines that lost their line breaks back: where the headings of a
// table stand inside a long line, the headings, every row and the text around
// them become lines of their own, all with the number of the source line. A row
// begins wherever a cell of the first column does. folded are such headings.
func unfold(ls []lines.Line) (out page, folded map[int]bool) {
	out, folded = make(page, 0, len(ls)), map[int]bool{}
	for i := range ls {
		if ls[i].Cells == nil && len(ls[i].Text) >= longLine {
			out = unfoldLine(&ls[i], out, folded)
		} else {
			out = append(out, ls[i])
		}
	}
	return out, folded
}

// footnotes takes the marks of footnotes off lines that could be rows, in front and
// behind, and gives them by line.
func (p page) footnotes() map[int]string {
	marks := map[int]string{}
	const kinds = "*†‡"
	for i := range p {
		text := strings.TrimRight(strings.TrimPrefix(p[i].Text, "* "), kinds)
		if p[i].Cells != nil || len(text) == len(p[i].Text) || !couldBeRow(p[i].Text) {
			continue
		}
		behind := p[i].Text[len(strings.TrimRight(p[i].Text, kinds)):]
		marks[i] = cmp.Or(behind, "*")
		p[i].Text = strings.TrimSpace(text)
	}
	return marks
}

func unfoldLine(l *lines.Line, out page, folded map[int]bool) page {
	add := func(text string, head bool) { out = append(out, lines.Line{No: l.No, Text: text, Head: head}) }
	text, before := l.Text, len(out)
	const most = 20 // tables of one page; each looks through what is left of it
	for range most {
		at, n := innerHeader(text)
		if n == 0 {
			break
		}
		heading := text[at : at+n]
		rows, rest := innerRows(text[at+n:], headings.InText(heading))
		if len(rows) == 0 {
			add(text[:at+n], false)
		} else {
			add(strings.TrimSpace(text[:at]), false)
			add("", false)
			folded[len(out)] = true
			for _, row := range append([]string{heading}, rows...) {
				add(row, false)
			}
			add("", false)
		}
		text = strings.TrimSpace(rest)
	}
	add(text, l.Head && len(out) == before)
	return out
}

// innerHeader finds the first headings of a table inside text, at a blank: the
// offset and the length; 0 when there are none.
func innerHeader(text string) (at, n int) {
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		return 0, 0 // letters whose case changes their length: no English headings
	}
	for at := 0; at < len(text); at++ {
		if at > 0 && text[at-1] != ' ' {
			continue
		}
		switch lower[at] {
		case 'd', 'f', 'n', 's', 'v', 't':
			if n := chain(lower[at:]); n > 0 && headings.InText(text[at:at+n]) != nil {
				return at, n
			}
		}
	}
	return 0, 0
}

// chain is the length of the headings that text begins with, if there are at
// least three of them.
func chain(text string) int {
	end, count := 0, 0
	for end < len(text) && end < 200 {
		blanks := len(text[end:]) - len(strings.TrimLeft(text[end:], " "))
		n := headings.Leading(text[end+blanks:])
		if n == 0 {
			break
		}
		end, count = end+blanks+n, count+1
	}
	if count < 3 {
		return 0
	}
	return end
}

// innerRows takes the rows off the front of text: each begins with a cell of
// the first column. The last one ends where its cells do.
func innerRows(text string, cols []headings.Column) (rows []string, rest string) {
	words := strings.Fields(text)
	for len(words) > 0 && lines.IsRule(words[0]) {
		words = words[1:]
	}
	for len(words) > 1 {
		n := innerRow(words, cols)
		if n == 0 {
			break
		}
		rows = append(rows, strings.Join(words[:n], " "))
		words = words[n:]
	}
	const unread = 8 // words of a row that cannot be read: enough to be reported as one
	if len(rows) > 0 && begins(words, cols[0].Kind) {
		n := min(unread, len(words))
		rows = append(rows, strings.Join(words[:n], " "))
		words = words[n:]
	}
	return rows, strings.Join(words, " ")
}

// innerRow is the number of words that make a row: up to the next one that
// begins, or else as many as fit without a rest.
func innerRow(words []string, cols []headings.Column) int {
	const most = 14 // words of a row with every cell at its widest
	limit, last := min(len(words), most), true
	for n := 2; n < limit; n++ {
		if begins(words[n:], cols[0].Kind) {
			limit, last = n, false
			break
		}
	}
	for n := limit; n > 1; n-- {
		rows := fitWords(strings.Join(words[:n], " "), cols, nil)
		if rows == nil {
			continue
		}
		platform := values.Quality(values.Platform, rows[0].Cells[values.Platform])
		if !last || rows[len(rows)-1].Tail == "" && platform < values.Strange {
			return n
		}
	}
	return 0
}

// begins: the words begin with a cell of kind k.
func begins(words []string, k values.Kind) bool {
	for n := min(widest[k], len(words)); n > 0; n-- {
		if values.Is(k, strings.Join(words[:n], " ")) {
			return true
		}
	}
	return false
}
