package kb

import (
	"slices"
	"strings"
)

// fitCells reads delimited cells by the headings above them. A row whose cells
// are not what their headings say is read by what they are, and reported.
func fitCells(l *line, cols []column, fs *findings) ([]rawRow, bool) {
	var rows []rawRow
	at := 0
	for _, pane := range panes(cols) {
		var row rawRow
		misfits := 0
		for _, c := range pane {
			if at >= len(l.cells) {
				break
			}
			text := l.cells[at]
			at++
			if text != "" && quality(c.kind, text) == noFit && !isNotApplicable(text) && c.kind != versionKind && c.kind != platformKind {
				misfits++
			}
			row.set(c, text)
		}
		if misfits > 0 {
			if shifted, ok := freeCells(l.cells); ok {
				row = shifted[0]
				fs.add(l.no, Odd, true, "%s: the cells do not stand under their headings; read by what they are", quote(l.text))
			} else if nameQuality(row.cells[nameKind]) == noFit {
				continue
			}
		}
		if enough(&row.cells) || onlyName(&row, l, cols) || nameAndVersion(&row.cells) {
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 && at < len(l.cells) {
		rows[len(rows)-1].tail = strings.TrimSpace(strings.Join(l.cells[at:], " "))
	}
	return rows, len(rows) > 0
}

// onlyName: a row of which only the name says something, in a table of names
// and versions. Such a file has to be there, even if nothing of it can be
// compared. A table that also prints sizes or dates has them for every file.
func onlyName(row *rawRow, l *line, cols []column) bool {
	name := row.cells[nameKind]
	more := slices.ContainsFunc(cols, func(c column) bool { return c.kind == sizeKind || c.kind == dateKind })
	return !more && len(l.cells) > 1 && nameQuality(name) == plainCost && row.cells == cells{nameKind: name}
}

// nameAndVersion: a name without an extension beside a version in its own cell.
func nameAndVersion(c *cells) bool {
	v := c[versionKind]
	return nameQuality(c[nameKind]) == noExtCost && versionQuality(v) == plainCost && digits(v) > 0
}
