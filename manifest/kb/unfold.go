package kb

import "strings"

// longLine is the length in bytes from which a line of text may hold a whole
// table: copies of pages that lost their line breaks.
const longLine = 150

// unfold gives lines that lost their line breaks back: where the headings of a
// table stand inside a long line, the headings, every row and the text around
// them become lines of their own, all with the number of the source line. A row
// begins wherever a cell of the first column does.
func unfold(lines []line) []line {
	var out []line
	for i := range lines {
		if l := &lines[i]; l.cells == nil && len(l.text) >= longLine {
			out = append(out, unfoldLine(l)...)
		} else {
			out = append(out, *l)
		}
	}
	return out
}

func unfoldLine(l *line) []line {
	var out []line
	text := l.text
	const most = 20 // tables of one page; each looks through what is left of it
	for tables := 0; ; tables++ {
		at, n := innerHeader(text)
		if n == 0 || tables == most {
			return append(out, line{no: l.no, text: text, head: l.head && len(out) == 0})
		}
		heading := text[at : at+n]
		rows, rest := innerRows(text[at+n:], textHeader(heading))
		if len(rows) == 0 {
			out = append(out, line{no: l.no, text: text[:at+n]})
		} else {
			out = append(out, line{no: l.no, text: strings.TrimSpace(text[:at])}, line{no: l.no}, line{no: l.no, text: heading, unfolded: true})
			for _, row := range rows {
				out = append(out, line{no: l.no, text: row})
			}
			out = append(out, line{no: l.no})
		}
		text = strings.TrimSpace(rest)
	}
}

// innerHeader finds the first headings of a table inside text, at a blank: the
// offset and the length; 0 when there are none. At least three headings count.
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
			if n := chain(lower[at:]); n > 0 && textHeader(text[at:at+n]) != nil {
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
		start := end
		for start < len(text) && text[start] == ' ' {
			start++
		}
		n := heading(text[start:])
		if n == 0 {
			break
		}
		end, count = start+n, count+1
	}
	if count < 3 {
		return 0
	}
	return end
}

// heading is the length of the longest heading that text begins with and that
// ends with a word.
func heading(text string) int {
	const longest = 20 // of the English headings that stand over such tables
	for n := min(longest, len(text)); n > 2; n-- {
		if n < len(text) && text[n] != ' ' {
			continue
		}
		if _, known := headerWords[text[:n]]; known {
			return n
		}
	}
	return 0
}

// innerRows takes the rows off the front of text: each begins with a cell of
// the first column. The last one ends where its cells do.
func innerRows(text string, cols []column) (rows []string, rest string) {
	words := strings.Fields(text)
	first := 0
	for first < len(words) && isRule(words[first]) {
		first++
	}
	words = words[first:]
	for len(words) > 1 {
		n := innerRow(words, cols)
		if n == 0 {
			break
		}
		rows = append(rows, strings.Join(words[:n], " "))
		words = words[n:]
	}
	const unread = 8 // words of a row that cannot be read: enough to be reported as one
	if len(rows) > 0 && begins(words, cols[0].kind) {
		n := min(unread, len(words))
		rows = append(rows, strings.Join(words[:n], " "))
		words = words[n:]
	}
	return rows, strings.Join(words, " ")
}

// innerRow is the number of words that make a row: up to the next one that
// begins, or else as many as fit without a rest.
func innerRow(words []string, cols []column) int {
	const most = 14 // words of a row with every cell at its widest
	limit, last := min(len(words), most), true
	for n := 2; n < limit; n++ {
		if begins(words[n:], cols[0].kind) {
			limit, last = n, false
			break
		}
	}
	for n := limit; n > 1; n-- {
		rows, ok := fitWords(strings.Join(words[:n], " "), cols, nil)
		if ok && (!last || rows[len(rows)-1].tail == "" && platformQuality(rows[0].cells[platformKind]) < strangeCost) {
			return n
		}
	}
	return 0
}

// begins: the words begin with a cell of kind k.
func begins(words []string, k kind) bool {
	for n := min(widest[k], len(words)); n > 0; n-- {
		if quality(k, strings.Join(words[:n], " ")) == plainCost {
			return true
		}
	}
	return false
}
