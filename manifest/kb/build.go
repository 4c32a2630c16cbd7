package kb

import (
	"fmt"
	"strings"

	"kbverify/manifest"
)

// build turns the tables into a manifest with everything that can be derived
// from the article.
func (r *reader) build(res *Result) (bool, error) {
	a := r.article()
	dayFirst := dateOrder(r.tables, a.english(), &r.findings)
	notes := &noteSet{}
	m := &manifest.Manifest{ID: a.id, Product: a.product}
	var facets []facet
	for _, t := range r.tables {
		v := &valuer{fs: &r.findings, dayFirst: dayFirst, notes: notes, empty: emptyWordsOf(t)}
		v.clockOf(t)
		v.vague = v.vague && a.english() // elsewhere the day has 24 hours
		table, lines := v.table(t)
		if len(table.Files) == 0 {
			continue
		}
		f := r.facets(t, a)
		f.platform = onePlatform(&table)
		facets = append(facets, f)
		m.Tables = append(m.Tables, table)
		res.Lines = append(res.Lines, lines)
	}
	if len(m.Tables) == 0 {
		return false, nil
	}
	nameTables(m.Tables, facets)
	for i := range m.Tables {
		facets[i].describe(&m.Tables[i], a.product)
		if why := facets[i].reason; why != "" {
			r.findings.add(res.Lines[i][0], Note, false, "the table is marked as a reference (%s); nothing is judged by it", why)
		}
	}
	check(m, res.Lines, &r.findings)
	if m.ID == "" {
		if m.ID = idFromFiles(m); m.ID == "" {
			m.ID = a.mention
		}
	}
	if m.ID == "" {
		return false, ErrNoID
	}
	m.Source = a.source(m.ID)
	m.Title = title(m)
	m.Relations = a.relations(m)
	m.Notes = notes.all
	patterns(m, a)
	res.Manifest = m
	if err := m.Validate(); err != nil {
		return false, fmt.Errorf("the manifest is not valid: %w", err)
	}
	r.meet(res)
	return true, nil
}

func (v *valuer) table(t *rawTable) (manifest.Table, []int) {
	var out manifest.Table
	var lines []int
	for i := range t.rows {
		if f, ok := v.file(&t.rows[i]); ok {
			out.Files = append(out.Files, f)
			lines = append(lines, t.rows[i].line)
		}
	}
	v.thousands(&out, lines)
	return out, lines
}

// emptyWordsOf learns the table's words for an empty cell: text without a
// digit that stands for the version and the platform of one row, or for the
// version of several.
func emptyWordsOf(t *rawTable) map[string]bool {
	words := map[string]bool{}
	count := map[string]int{}
	for w := range t.learnt {
		words[w] = true
	}
	for i := range t.rows {
		v := fold(t.rows[i].cells[versionKind])
		if v == "" || strings.ContainsAny(v, "0123456789") {
			continue
		}
		if count[v]++; count[v] > 1 || v == fold(t.rows[i].cells[platformKind]) {
			words[v] = true
		}
	}
	return words
}

// thousands takes sizes back that are all whole thousands: they were rounded,
// and nobody says how.
func (v *valuer) thousands(t *manifest.Table, lines []int) {
	const fewest = 3 // two whole thousands can be chance
	n := 0
	for i := range t.Files {
		size, exact := t.Files[i].Size.Exact()
		if t.Files[i].Size.IsZero() {
			continue
		}
		if !exact || size == 0 || size%1000 != 0 {
			return
		}
		n++
	}
	if n < fewest {
		return
	}
	for i := range t.Files {
		if size, exact := t.Files[i].Size.Exact(); exact {
			t.Files[i].AsPrinted.Size = manifest.Commas(size)
			t.Files[i].Size = manifest.Size{}
		}
	}
	v.notes.add(noteThousands)
	v.fs.add(lines[0], Odd, true, "every size of the table is a whole number of thousands, so they were rounded; kept as printed, and not compared")
}

// onePlatform is the platform that all rows share, or "".
func onePlatform(t *manifest.Table) manifest.Platform {
	var p manifest.Platform
	for _, f := range t.Files {
		if f.Platform == "" {
			continue
		}
		if p != "" && f.Platform != p {
			return ""
		}
		p = f.Platform
	}
	return p
}
