package kb

import (
	"fmt"

	"kbverify/manifest"
)

// meet compares what was read with what is known of the same hotfix already.
// Equal rows mean the same article, perhaps in another language: then what
// people wrote about it - title, relations, notes - is taken over. Other rows
// are reported, and nothing is taken over.
func (r *reader) meet(res *Result) {
	if r.o.Known == nil {
		return
	}
	known := r.o.Known(res.Manifest.ID)
	if known == nil {
		return
	}
	line := res.Lines[0][0]
	if t, f, why := firstDifference(known, res.Manifest); why != "" {
		if t < len(res.Lines) && f < len(res.Lines[t]) {
			line = res.Lines[t][f]
		}
		r.findings.add(line, Note, false, "%s is known already, with other rows: %s; nothing is taken over from there", known.ID, why)
		return
	}
	r.findings.add(line, Note, false, "%s is known already, with the same rows; its title, relations and notes are taken over", known.ID)
	res.Manifest = known
}

// firstDifference gives the table and the row from which on got differs from
// known, and how; "" when every row is the same. Names of tables and patterns
// are what people write.
func firstDifference(known, got *manifest.Manifest) (table, row int, why string) {
	if len(known.Tables) != len(got.Tables) {
		return 0, 0, fmt.Sprintf("%d tables there, %d here", len(known.Tables), len(got.Tables))
	}
	for t := range known.Tables {
		there, here := known.Tables[t].Files, got.Tables[t].Files
		for i := range max(len(there), len(here)) {
			if i >= len(there) || i >= len(here) {
				return t, i, fmt.Sprintf("table %s has %d rows there, %d here", known.Tables[t].Name, len(there), len(here))
			}
			a, b := there[i], here[i]
			a.Pattern, b.Pattern = "", ""
			if a != b {
				return t, i, fmt.Sprintf("%s of table %s differs", a.Name, known.Tables[t].Name)
			}
		}
	}
	return 0, 0, ""
}
