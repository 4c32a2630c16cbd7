package kb

import (
	"fmt"
	"strings"
)

// features is what a reading can have in common with other rows.
func (r *reading) features() []string {
	var out []string
	if v := r.cells[versionKind]; v != "" {
		out = append(out, "version "+v)
	}
	if name := r.cells[nameKind]; name != "" {
		out = append(out, "extension "+strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]))
	}
	if d := r.cells[dateKind]; d != "" {
		out = append(out, "date "+d)
		if cut := strings.LastIndexAny(d, "-/. "); cut > 0 {
			out = append(out, "year "+d[cut+1:])
		}
	}
	if p := r.cells[platformKind]; p != "" {
		out = append(out, "platform "+fold(p))
	}
	if strings.Contains(r.cells[sizeKind], ",") {
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
