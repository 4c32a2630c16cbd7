package lines

import (
	"html"
	"strings"

	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// textLines reads plain text, Markdown and pastes: they differ only in what
// Markdown escapes. Quoting in front (tabs, block quotes, list marks before a
// pipe) is taken off; pipes, box drawings and tabs inside a line make cells.
func textLines(text string, markdown bool) ([]Line, error) {
	out := make([]Line, 0, strings.Count(text, "\n")+1)
	left := maxSpanned
	tables := 0 // offset up to which a closing table tag can still be found
	if markdown {
		tables = strings.LastIndex(strings.ToLower(text), tableEnd)
	}
	no, skipTo, at := 0, 0, 0
	for raw := range strings.Lines(text) {
		no++
		start := at
		at += len(raw)
		if no < skipTo {
			continue
		}
		if start <= tables && strings.Contains(strings.ToLower(raw), "<table") {
			rows, n, err := embeddedTable(text[start:], no, &left)
			if err != nil {
				return nil, err
			}
			out = append(out, rows...)
			skipTo = no + n
			continue
		}
		out = append(out, textLine(no, raw, markdown))
	}
	unprint(out)
	return out, nil
}

// footer is what a browser prints at the end of each page.
var footer = pattern.New(`^https?://\S+ +\d{1,4}/\d{1,4}$|^(?i)page \d{1,4} of \d{1,4}$`)

func isFooter(text string) bool {
	return len(text) <= LongestRow && strings.IndexByte("hHpP", text[0]) >= 0 && footer().MatchString(text)
}

// unprint empties the lines that a browser prints on each page of its own: the
// address and the number below, and the first line of the first page above. The
// last address stays: it says where the page comes from.
func unprint(ls []Line) {
	top, below := "", false
	var last *Line
	var address Line
	for i := range ls {
		l := &ls[i]
		switch {
		case l.Text == "":
		case top == "":
			top = l.Text
		case below && l.Text == top, isFooter(l.Text):
			if below = l.Text != top; below {
				last, address = l, *l
			}
			*l = Line{No: l.No}
		default:
			below = false
		}
	}
	if last != nil {
		*last = address
	}
}

const tableEnd = "</table>"

// embeddedTable reads the HTML table at the start of Markdown text, and says
// how many lines it takes. The caller knows that the table ends somewhere.
func embeddedTable(text string, no int, left *int) ([]Line, int, error) {
	end := 0
	for end+len(tableEnd) < len(text) && !strings.EqualFold(text[end:end+len(tableEnd)], tableEnd) {
		end++
	}
	piece := text[:min(len(text), end+len(tableEnd))]
	rows, err := htmlLines(piece, left)
	for i := range rows {
		rows[i].No += no - 1
	}
	return rows, strings.Count(piece, "\n") + 1, err
}

var lineBreakTag = pattern.New(`(?i) *<br ?/?> *`)

var (
	boxDrawing = strings.NewReplacer("│", "|", "┃", "|", "║", "|", "─", "-", "━", "-", "═", "=",
		"┌", "+", "┐", "+", "└", "+", "┘", "+", "├", "+", "┤", "+", "┬", "+", "┴", "+", "┼", "+",
		"╔", "+", "╗", "+", "╚", "+", "╝", "+", "╠", "+", "╣", "+", "╦", "+", "╩", "+", "╬", "+")
	escaped = pattern.New(`\\([-_~*.#|\[\]()!>{}+\\` + "`" + `])`)
)

// longestLine caps what is kept of one line: pages with everything on one line
// name the hotfix at the beginning, if anywhere.
const longestLine = 64 << 10

func textLine(no int, raw string, markdown bool) Line {
	t := raw
	if !values.ASCII(t) {
		t = boxDrawing.Replace(t)
	}
	if markdown && strings.IndexByte(t, '<') >= 0 {
		t = lineBreakTag().ReplaceAllString(t, string(values.Break))
	}
	if markdown && strings.IndexByte(t, '&') >= 0 {
		t = html.UnescapeString(t)
	}
	if len(t) > longestLine {
		t = strings.ToValidUTF8(t[:longestLine], "") // no row is so long, and nothing else is read of it
	}
	t = tidy(strings.TrimRight(t, "\r\n"))
	t, indent := unquote(t)
	l := Line{No: no, Text: t, Indent: indent}
	switch {
	case t == "":
	case IsRule(t):
		l.Rule, l.Text = true, ""
	case strings.Count(t, "|") > 1 && (markdown || t[0] == '|'), strings.Count(t, " | ") > 1:
		l = cellsLine(no, pipeCells(t, markdown))
		l.Rule = l.Text == ""
	case strings.IndexByte(t, '\t') >= 0:
		l = cellsLine(no, tabCells(t))
	case markdown && strings.HasPrefix(t, "#"):
		l.Head, l.Text = true, strings.TrimSpace(strings.Trim(t, "# "))
	}
	return l
}

// tabCells splits a row at its tabs. A spreadsheet puts quotes around cells with a
// comma.
func tabCells(t string) []string {
	cells := strings.Split(t, "\t")
	for i, c := range cells {
		if c = strings.TrimSpace(c); len(c) > 1 && c[0] == '"' && c[len(c)-1] == '"' {
			cells[i] = strings.ReplaceAll(c[1:len(c)-1], `""`, `"`)
		}
	}
	return cells
}

// listMark is the mark of a list item in front of a table. A date or a size
// before a pipe is a cell.
var listMark = pattern.New(`^(?:[-*+•]|\d{1,3}[.)]) +\|`)

// unquote takes off block quote marks, and a list mark before a pipe; indent is the
// number of blanks in front of what they leave.
func unquote(t string) (text string, indent int) {
	for {
		text = strings.TrimLeft(t, " \t")
		indent = len(t) - len(text)
		if !strings.HasPrefix(text, ">") {
			break
		}
		t = text[1:]
	}
	if text = strings.TrimSpace(text); strings.IndexByte(text, '|') >= 0 {
		text = listMark().ReplaceAllString(text, "|")
	}
	return text, indent
}

// IsRule reports rules, borders and fences: nothing but the marks they are
// drawn with.
func IsRule(t string) bool {
	if strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") {
		return true
	}
	marks := strings.Trim(t, "-=_+|:*~ ") == ""
	return marks && strings.Trim(t, "| ") != ""
}

// pipeCells splits a row at its pipes; a pipe behind a backslash is text.
func pipeCells(t string, markdown bool) []string {
	const hidden = "\x00"
	if markdown {
		t = strings.ReplaceAll(t, `\|`, hidden)
	}
	t = strings.TrimSuffix(strings.TrimPrefix(t, "|"), "|")
	cells := strings.Split(t, "|")
	for i, c := range cells {
		c = strings.TrimSpace(strings.ReplaceAll(c, hidden, "|"))
		if markdown {
			c = unmark(c)
		}
		cells[i] = c
	}
	return cells
}

// unmark takes Markdown's marks off a cell: escapes, code and bold.
func unmark(c string) string {
	if strings.IndexByte(c, '\\') >= 0 {
		c = escaped().ReplaceAllString(c, "$1")
	}
	c = strings.Trim(c, "`")
	if strings.HasPrefix(c, "**") && strings.HasSuffix(c, "**") && len(c) > 4 {
		c = c[2 : len(c)-2]
	}
	return strings.TrimSpace(c)
}
