package kb

import "strings"

// textHeader reads a line of running text as column headings, with or without
// blanks between them; nil when it says anything else. The line must hold the
// file name and one more column.
func textHeader(text string) []column {
	const longest = 400 // bytes; two tables side by side in any language
	if len(text) < 8 || len(text) > longest {
		return nil
	}
	s := fold(text)
	dead := map[int]bool{} // offsets from which no reading leads to the end
	var path []column
	var walk func(at int) bool
	walk = func(at int) bool {
		for at < len(s) && (s[at] == ' ' || s[at] == '|') {
			at++
		}
		if at == len(s) {
			return true
		}
		if dead[at] {
			return false
		}
		for n := min(longestHeader, len(s)-at); n > 0; n-- {
			w, known := headerWords[s[at:at+n]]
			if !known {
				continue
			}
			path = append(path, column{w.kind, s[at : at+n]})
			if walk(at + n) {
				return true
			}
			path = path[:len(path)-1]
		}
		dead[at] = true
		return false
	}
	if !walk(0) {
		return nil
	}
	return usable(path)
}

// maxColumns caps the columns of a table; two tables side by side have twelve.
const maxColumns = 40

// cellHeader reads delimited cells as column headings. Headings that are not
// known stand for columns that become notes.
func cellHeader(cells []string) []column {
	if len(cells) > maxColumns {
		return nil
	}
	cols := make([]column, len(cells))
	known := 0
	for i, c := range cells {
		f := fold(strings.ReplaceAll(c, string(cellBreak), " "))
		if len(f) > longestHeader+20 {
			return nil
		}
		w, ok := headerWords[f]
		if ok {
			known++
			cols[i] = column{w.kind, c}
			continue
		}
		if strings.ContainsAny(f, "0123456789") && f != "" {
			return nil // a row, not headings
		}
		cols[i] = column{noteKind, c}
	}
	if known < 2 {
		return nil
	}
	return usable(cols)
}

// usable wants a name and at least one column that can be compared or shown.
func usable(cols []column) []column {
	has := map[kind]bool{}
	for _, c := range cols {
		has[c.kind] = true
	}
	if has[nameKind] && (has[versionKind] || has[sizeKind] || has[dateKind] || has[timeKind] || has[hashKind]) {
		return cols
	}
	return nil
}

// header reads a line as column headings, by its cells where it has cells.
func header(l *line) []column {
	if l.cells != nil {
		return cellHeader(l.cells)
	}
	return textHeader(l.text)
}

// panes splits the columns of tables that stand side by side: a new one begins
// where a kind comes again.
func panes(cols []column) [][]column {
	var out [][]column
	start := 0
	seen := map[kind]bool{}
	for i, c := range cols {
		if seen[c.kind] && c.kind == cols[0].kind && c.kind != noteKind {
			out = append(out, cols[start:i])
			start, seen = i, map[kind]bool{}
		}
		seen[c.kind] = true
	}
	return append(out, cols[start:])
}

// headerLanguage gives the language of the headings, "" when they are shared.
func headerLanguage(cols []column) string {
	votes, best := map[string]int{}, ""
	for _, c := range cols {
		if w, ok := headerWords[fold(c.label)]; ok && w.lang != "" {
			votes[w.lang]++
			if best == "" || votes[w.lang] > votes[best] {
				best = w.lang
			}
		}
	}
	return best
}
