package manifest

import "strconv"

// The keys of each object, in the canonical order, and where their values go.
var (
	manifestFields = map[string]reader[Manifest]{
		"schema":    readSchema,
		"id":        text(func(m *Manifest) *string { return &m.ID }),
		"title":     text(func(m *Manifest) *string { return &m.Title }),
		"product":   text(func(m *Manifest) *string { return &m.Product }),
		"source":    readSource,
		"relations": list(func(m *Manifest) *[]Relation { return &m.Relations }, object(relationFields)),
		"notes":     texts(func(m *Manifest) *[]string { return &m.Notes }),
		"tables":    list(func(m *Manifest) *[]Table { return &m.Tables }, object(tableFields)),
	}
	sourceFields = map[string]reader[Source]{
		"url":       text(func(s *Source) *string { return &s.URL }),
		"languages": texts(func(s *Source) *[]string { return &s.Languages }),
	}
	relationFields = map[string]reader[Relation]{
		"kind":    text(func(r *Relation) *RelationKind { return &r.Kind }),
		"id":      text(func(r *Relation) *string { return &r.ID }),
		"product": text(func(r *Relation) *string { return &r.Product }),
		"scope":   text(func(r *Relation) *string { return &r.Scope }),
		"files":   texts(func(r *Relation) *[]string { return &r.Files }),
	}
	tableFields = map[string]reader[Table]{
		"name":       text(func(t *Table) *string { return &t.Name }),
		"applies_to": text(func(t *Table) *string { return &t.AppliesTo }),
		"language":   text(func(t *Table) *string { return &t.Language }),
		"reference":  text(func(t *Table) *string { return &t.Reference }),
		"files":      list(func(t *Table) *[]File { return &t.Files }, object(fileFields)),
	}
	fileFields = map[string]reader[File]{
		"name":       text(func(f *File) *string { return &f.Name }),
		"path":       text(func(f *File) *string { return &f.Path }),
		"pattern":    text(func(f *File) *string { return &f.Pattern }),
		"version":    readVersion,
		"size":       readSize,
		"modified":   text(func(f *File) *string { return &f.Modified }),
		"platform":   text(func(f *File) *Platform { return &f.Platform }),
		"note":       text(func(f *File) *string { return &f.Note }),
		"as_printed": readAsPrinted,
	}
	asPrintedFields = map[string]reader[AsPrinted]{
		"name":     text(func(p *AsPrinted) *string { return &p.Name }),
		"version":  text(func(p *AsPrinted) *string { return &p.Version }),
		"size":     text(func(p *AsPrinted) *string { return &p.Size }),
		"modified": text(func(p *AsPrinted) *string { return &p.Modified }),
		"platform": text(func(p *AsPrinted) *string { return &p.Platform }),
	}
)

func readSource(d *decoder, n *node, m *Manifest) { object(sourceFields)(d, n, &m.Source) }

func readAsPrinted(d *decoder, n *node, f *File) { object(asPrintedFields)(d, n, &f.AsPrinted) }

func readVersion(d *decoder, n *node, f *File) {
	if n.kind != textNode {
		d.unreadable(n, "want a version as text")
		return
	}
	var err error
	if f.Version, err = ParsePrinted(n.text); err != nil {
		d.unreadable(n, "%v", err)
	}
}

func readSize(d *decoder, n *node, f *File) {
	switch n.kind {
	case numberNode:
		bytes, err := strconv.ParseInt(n.text, 10, 64)
		if err != nil || bytes < 0 || bytes > MaxSize {
			d.unreadable(n, "size %s: want a whole number of bytes from 0 to %d", shorten(n.text), int64(MaxSize))
		}
		f.Size = ExactSize(bytes)
	case textNode:
		var err error
		if f.Size, err = ParseSize(n.text); err != nil {
			d.unreadable(n, "%v", err)
		}
	default:
		d.unreadable(n, "want a number of bytes, or a rounded size as text")
	}
}
