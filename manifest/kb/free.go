package kb

import (
	"strings"

	"kbverify/manifest"
)

// fitFree reads a row whose columns nobody named: by what its cells are. All
// of it must be understood, and nothing may come twice.
func fitFree(l *line, learnt map[string]bool) ([]rawRow, bool) {
	if len(l.cells) > 1 {
		return freeCells(l.cells)
	}
	words := strings.Fields(l.text)
	if len(words) < 2 || len(words) > 16 || strings.IndexByte(l.text, '.') < 0 {
		return nil, false
	}
	var row rawRow
	for w := 0; w < len(words); {
		k, n := freeCell(words[w:], &row.cells, learnt)
		if k == noKind {
			return nil, false
		}
		row.cells[k] = strings.Join(words[w:w+n], " ")
		w += n
	}
	return []rawRow{row}, complete(&row.cells)
}

// freeOrder: the kinds that can hardly be anything else come first.
var freeOrder = []kind{dateKind, timeKind, sizeKind, versionKind, nameKind, platformKind}

// freeCell tells what the first words are, and how many of them.
func freeCell(words []string, taken *cells, learnt map[string]bool) (kind, int) {
	for _, k := range freeOrder {
		if taken[k] != "" {
			continue
		}
		for n := min(widest[k], len(words)); n > 0; n-- {
			text := strings.Join(words[:n], " ")
			q := quality(k, text)
			if q == plainCost || emptyCell(k, text, learnt) || k == sizeKind && q == unusualCost {
				return k, n
			}
		}
	}
	return noKind, 0
}

// complete: without a header, a row must say more than a sentence would.
func complete(c *cells) bool {
	n := 0
	for _, k := range []kind{dateKind, timeKind, sizeKind, versionKind, platformKind} {
		if c[k] != "" {
			n++
		}
	}
	return n >= 2 && enough(c)
}

func freeCells(cs []string) ([]rawRow, bool) {
	var row rawRow
	for _, c := range cs {
		if c == "" || isNotApplicable(c) {
			continue
		}
		k, n := freeCell([]string{c}, &row.cells, nil)
		if k == noKind || n != 1 {
			return nil, false
		}
		row.cells[k] = c
	}
	return []rawRow{row}, complete(&row.cells)
}

// headless reads a table without a header that begins at line i.
func (r *reader) headless(i int) int {
	l := &r.lines[i]
	if !couldBeRow(l.text) {
		return i
	}
	t := &rawTable{first: i, context: r.context}
	if _, ok := r.fit(i, t); !ok {
		if t.cols = r.gluedOrder(i); t.cols == nil {
			return i
		}
		t.fromText = true
	}
	return r.bodyUnder(t, i, r.headingAbove(i))
}

// headingAbove is the platform that stands alone over line i, or "".
func (r *reader) headingAbove(i int) string {
	const most = 3 // lines: a rule and an empty line between them
	for j := i - 1; j >= 0 && j >= i-most && j >= r.context; j-- {
		if text := strings.Trim(r.lines[j].text, " :"); manifest.ParsePlatform(text).Known() {
			return text
		} else if text != "" {
			break
		}
	}
	return ""
}

// couldBeRow is a quick look: a dot and two digits.
func couldBeRow(text string) bool {
	if len(text) < 10 || len(text) > maxLine || strings.IndexByte(text, '.') < 0 {
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

// gluedOrders are the orders in which columns run together without a header.
var gluedOrders = [][]kind{
	{nameKind, versionKind, sizeKind, dateKind, timeKind, platformKind},
	{dateKind, timeKind, versionKind, sizeKind, nameKind, platformKind},
	{nameKind, versionKind, sizeKind, dateKind, timeKind},
	{nameKind, versionKind, dateKind, timeKind, sizeKind, platformKind},
}

// gluedOrder finds the order of columns that run together from line i on: it
// must fit the first line and the next one that is not empty.
func (r *reader) gluedOrder(i int) []column {
	text := r.lines[i].text
	if r.budget <= 0 {
		return nil
	}
	if strings.Count(text, " ") > 4 || strings.IndexByte(text, ':') < 0 || len(text) > 300 || r.lines[i].cells != nil {
		return nil
	}
	next := i + 1
	for next < len(r.lines) && next < i+4 && r.lines[next].text == "" {
		next++
	}
	learnt := r.learn(i)
	for _, order := range gluedOrders {
		var cols []column
		for _, k := range order {
			cols = append(cols, column{kind: k})
		}
		if len(r.split(i, cols, learnt)) == 0 {
			continue
		}
		if next < len(r.lines) && len(r.split(next, cols, learnt)) > 0 {
			return cols
		}
	}
	return nil
}
