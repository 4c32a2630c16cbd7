package manifest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"kbverify/internal/strictjson"
	"kbverify/pecheck/visible"
)

// document is a manifest while it is read.
type document struct {
	Manifest
	schema bool // was there
}

// problems are those of the manifest, and of what only its text has.
func (d *document) problems() Problems {
	ps := d.Manifest.problems()
	if !d.schema {
		ps = append(Problems{{Place: "schema", Text: fmt.Sprintf("no schema: want \"schema\": %d", Schema)}}, ps...)
	}
	return ps
}

// The keys of each object, in the canonical order, and where their values go.
var (
	documentFields = map[string]reader[document]{
		"schema":    readSchema,
		"id":        text(func(d *document) *string { return &d.ID }),
		"title":     text(func(d *document) *string { return &d.Title }),
		"product":   text(func(d *document) *string { return &d.Product }),
		"source":    readSource,
		"relations": list(func(d *document) *[]Relation { return &d.Relations }, object(relationFields)),
		"notes":     texts(func(d *document) *[]string { return &d.Notes }),
		"tables":    list(func(d *document) *[]Table { return &d.Tables }, object(tableFields)),
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
		"component":  yes(func(t *Table) *bool { return &t.Component }),
		"match":      text(func(t *Table) *Match { return &t.Match }),
		"complete":   yes(func(t *Table) *bool { return &t.Complete }),
		"left_out":   readLeftOut,
		"excluded":   texts(func(t *Table) *[]string { return &t.Excluded }),
		"files":      list(func(t *Table) *[]File { return &t.Files }, object(fileFields)),
	}
	fileFields = map[string]reader[File]{
		"name":       text(func(f *File) *string { return &f.Name }),
		"path":       text(func(f *File) *string { return &f.Path }),
		"pattern":    text(func(f *File) *string { return &f.Pattern }),
		"version":    readVersion,
		"size":       readSize,
		"md5":        text(func(f *File) *string { return &f.MD5 }),
		"sha256":     text(func(f *File) *string { return &f.SHA256 }),
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

// reader reads the next value into its place in a T. What does not fit there is a
// fault.
type reader[T any] func(r *strictjson.Reader, to *T)

// object reads each member of an object with the reader of its key.
func object[T any](known map[string]reader[T]) reader[T] {
	return func(r *strictjson.Reader, to *T) {
		for key := range r.Members {
			if read, ok := known[string(key)]; ok {
				read(r, to)
			} else {
				r.Fault(&strictjson.UnknownKey{Key: string(key), Known: slices.Sorted(maps.Keys(known))})
			}
		}
	}
}

// list reads each item of a list.
func list[T, E any](items func(*T) *[]E, read reader[E]) reader[T] {
	return func(r *strictjson.Reader, to *T) {
		var all []E
		for range r.Items {
			all = append(all, *new(E))
			read(r, &all[len(all)-1])
		}
		*items(to) = all
	}
}

// text reads a text that is not empty.
func text[T any, S ~string](value func(*T) *S) reader[T] {
	return func(r *strictjson.Reader, to *T) {
		s, ok := r.String()
		if ok && s == "" {
			r.Fault(errors.New("empty: leave the key out instead"))
		}
		*value(to) = S(s)
	}
}

// texts reads a list of texts.
func texts[T any](value func(*T) *[]string) reader[T] {
	return list(value, text(func(s *string) *string { return s }))
}

func readSchema(r *strictjson.Reader, d *document) {
	d.schema = true
	if r.Kind() == strictjson.Number {
		if n, ok := r.Number(); !ok || string(n) == strconv.Itoa(Schema) {
			return
		}
	}
	r.Fault(fmt.Errorf("want %d: this program reads no other schema", Schema))
}

// yes reads a mark that is true wherever it stands.
func yes[T any](value func(*T) *bool) reader[T] {
	return func(r *strictjson.Reader, to *T) {
		var ok bool
		if *value(to), ok = r.Bool(); ok && !*value(to) {
			r.Fault(errors.New("false: leave the key out instead"))
		}
	}
}

func readLeftOut(r *strictjson.Reader, t *Table) {
	n, ok := r.Int()
	if ok && (n < 1 || n > maxLeftOut) {
		r.Fault(fmt.Errorf("%d: want a number of files, or leave the key out", n))
	}
	t.LeftOut = int(n)
}

// maxLeftOut is more files than any package or root has.
const maxLeftOut = 1 << 30

func readSource(r *strictjson.Reader, d *document) { object(sourceFields)(r, &d.Source) }

func readAsPrinted(r *strictjson.Reader, f *File) { object(asPrintedFields)(r, &f.AsPrinted) }

func readVersion(r *strictjson.Reader, f *File) {
	if r.Kind() != strictjson.Text {
		r.Fault(errors.New("want a version as text"))
		return
	}
	var err error
	text, _ := r.String()
	if f.Version, err = ParsePrinted(text); err != nil {
		r.Fault(err)
	}
}

func readSize(r *strictjson.Reader, f *File) {
	switch r.Kind() {
	case strictjson.Number:
		text, _ := r.Number()
		bytes, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil || bytes < 0 || bytes > MaxSize {
			r.Fault(fmt.Errorf("size %s: want a whole number of bytes from 0 to %d", visible.Short(string(text)),
				int64(MaxSize)))
		}
		f.Size = ExactSize(bytes)
	case strictjson.Text:
		var err error
		text, _ := r.String()
		if f.Size, err = ParseSize(text); err != nil {
			r.Fault(err)
		}
	default:
		r.Fault(errors.New("want a number of bytes, or a rounded size as text"))
	}
}
