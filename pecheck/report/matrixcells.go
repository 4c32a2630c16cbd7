package report

import (
	"cmp"
	"strings"

	"kbverify/pecheck/result"
)

// stateShort are the states in a matrix, where a column is as wide as an id.
var stateShort = map[result.State]string{
	result.Installed: "yes", result.Superseded: "newer", result.Partial: "PARTIAL",
	result.NotInstalled: "no", result.Absent: "-", result.Undecidable: "?",
}

// notRead stands in every cell of a root that could not be read.
const notRead = "ERROR"

// someUnread marks a root of which parts could not be read.
const someUnread = " *"

// widestColumn is what a cell takes: "PARTIAL", or the hotfix above it.
func widestColumn(columns []string) int {
	widest := len(stateShort[result.Partial])
	for _, c := range columns {
		widest = max(widest, textWidth(c))
	}
	return gap + widest
}

// rootWidth is what the names of the roots get: what they need, up to a half.
func (m *matrixWriter) rootWidth() int {
	widest := len("ROOT")
	for i := range m.roots {
		widest = max(widest, textWidth(m.roots[i].label()))
	}
	return min(widest, m.Width/2)
}

// blocks parts the columns so that each part fits beside the roots' names.
func (m *matrixWriter) blocks(columns []string) [][]string {
	fit := max((m.Width-gap-m.rootWidth())/widestColumn(columns), 1)
	var blocks [][]string
	for len(columns) > fit {
		blocks = append(blocks, columns[:fit:fit])
		columns = columns[fit:]
	}
	if len(columns) > 0 {
		blocks = append(blocks, columns)
	}
	return blocks
}

func (r *matrixRow) label() string {
	if r.parts {
		return r.root + someUnread
	}
	return r.root
}

func (m *matrixWriter) cells(columns []string) [][]string {
	var rows [][]string
	for i := range m.roots {
		r := &m.roots[i]
		row := []string{strings.Join(wrapName(r.label(), m.rootWidth()), "\n")}
		for _, c := range columns {
			if r.failed {
				row = append(row, m.paint("1;"+magenta, notRead))
			} else {
				row = append(row, m.paint(shortInk(r.state(c)), stateShort[r.state(c)]))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// shortInk leaves what is not there uncoloured: it is most of a matrix.
func shortInk(s result.State) ink {
	if s == result.Absent || s == result.NotInstalled {
		return plain
	}
	return stateInk(s)
}

// legend explains the words that the matrix uses.
func (m *matrixWriter) legend() string {
	used := map[result.State]bool{}
	failed, parts := false, false
	for i := range m.roots {
		failed, parts = failed || m.roots[i].failed, parts || m.roots[i].parts
		for _, c := range m.columns {
			if m.roots[i].failed {
				break
			}
			used[m.roots[i].state(c)] = true
		}
	}
	var texts []string
	for _, s := range detectOrder {
		if used[s] {
			texts = append(texts, stateShort[s]+" = "+strings.Replace(word(result.Verdict(s)), "partial", "half there", 1))
		}
	}
	if failed {
		texts = append(texts, notRead+" = not checked, see below")
	}
	if parts {
		texts = append(texts, "* = parts could not be read")
	}
	return strings.Join(texts, ", ")
}

// compareTitles orders hotfixes by number.
func compareTitles(a, b string) int {
	number := func(s string) string { return strings.TrimLeft(s, "KBQ") }
	return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a, b))
}
