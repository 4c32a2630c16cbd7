package kb

import (
	"fmt"
	"strings"
)

// agree chooses among the readings of the rows that run together. A reading is
// good as far as other rows can be read the same way: with the same version,
// build, date, kind of file and platform. What every row of a table can agree on
// is what was printed; what only fits one row is chance. Readings that stay
// equal are reported.
func agree(rows []rawRow, fs *findings) {
	support := map[string]int{}
	for i := range rows {
		possible := map[string]bool{}
		for _, r := range rows[i].readings {
			for _, f := range r.features() {
				possible[f] = true
			}
		}
		for f := range possible {
			support[f]++
		}
	}
	for i := range rows {
		if len(rows[i].readings) > 0 {
			choose(&rows[i], support, len(rows), fs)
		}
	}
}

func choose(row *rawRow, support map[string]int, rows int, fs *findings) {
	best, rival, bestScore := 0, -1, 0
	for i, r := range row.readings {
		score := -r.cost * (rows + 1)
		for _, f := range r.features() {
			score += support[f]
		}
		switch {
		case i == 0 || score > bestScore:
			best, rival, bestScore = i, -1, score
		case score == bestScore && len(r.cells[versionKind]) > len(row.readings[best].cells[versionKind]):
			best, rival = i, best // most revisions have as many digits as there is room for
		case score == bestScore:
			rival = i
		}
	}
	row.cells = row.readings[best].cells
	if rival >= 0 {
		fs.add(row.line, Ambiguous, true, "the columns run together and the table does not settle where they part: read as %s; %s is as good",
			row.readings[best].cells.difference(&row.readings[rival].cells), row.readings[rival].cells.difference(&row.readings[best].cells))
	}
	row.readings = nil
}

// features is what a reading can have in common with other rows.
func (r *reading) features() []string {
	var out []string
	if v := r.cells[versionKind]; v != "" {
		out = append(out, "version "+v)
		if cut := strings.LastIndexByte(v, '.'); cut > 0 {
			out = append(out, "product "+v[:cut], "build"+v[cut:])
		}
	}
	if name := r.cells[nameKind]; name != "" {
		out = append(out, "extension "+strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]))
	}
	if d := r.cells[dateKind]; d != "" {
		out = append(out, "date "+d, fmt.Sprint("date length ", len(d)))
		if cut := strings.LastIndexAny(d, "-/. "); cut > 0 {
			out = append(out, "year "+d[cut+1:])
		}
	}
	if p := r.cells[platformKind]; p != "" {
		out = append(out, "platform "+fold(p))
	}
	if s := r.cells[sizeKind]; s != "" && (strings.Contains(s, ",") || len(s) <= 3) {
		out = append(out, "grouped size")
	}
	return out
}

// difference describes the cells of c that differ from those of o.
func (c *cells) difference(o *cells) string {
	var parts []string
	for k := range c {
		if c[k] != o[k] {
			parts = append(parts, fmt.Sprintf("%s %q", kind(k), c[k]))
		}
	}
	return strings.Join(parts, ", ")
}
