package manifest

import (
	"bytes"
	"encoding/json"
)

// Encode gives the canonical JSON text: two-space indent, one file a line, keys
// in a fixed order, absent values left out. Equal manifests give equal bytes.
func (m *Manifest) Encode() []byte {
	e := &encoder{}
	e.raw("{\n  \"schema\": ")
	e.value(Schema)
	e.field(",\n  ", "id", m.ID)
	e.field(",\n  ", "title", m.Title)
	e.field(",\n  ", "product", m.Product)
	e.source(m.Source)
	e.list("relations", len(m.Relations), func(i int) { e.relation(m.Relations[i]) })
	e.list("notes", len(m.Notes), func(i int) { e.value(m.Notes[i]) })
	e.raw(",\n  \"tables\": [")
	for i := range m.Tables {
		e.separate(i, "\n    ")
		e.table(&m.Tables[i])
	}
	e.raw("\n  ]\n}\n")
	return e.Bytes()
}

// encoder writes JSON whose line breaks encoding/json would not choose. Every
// value still goes through encoding/json.
type encoder struct{ bytes.Buffer }

func (e *encoder) raw(text string) { e.WriteString(text) }

// value writes a text or a number.
func (e *encoder) value(v any) {
	enc := json.NewEncoder(&e.Buffer)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)       // into memory: cannot fail
	e.Truncate(e.Len() - 1) // the line end
}

// field writes before, the key and a text, or nothing when the text is empty.
func (e *encoder) field(before, key, text string) {
	if text == "" {
		return
	}
	e.raw(before)
	e.value(key)
	e.raw(": ")
	e.value(text)
}

func (e *encoder) separate(i int, indent string) {
	if i > 0 {
		e.raw(",")
	}
	e.raw(indent)
}

// list writes a list with one entry a line, or nothing when it is empty.
func (e *encoder) list(key string, n int, write func(i int)) {
	if n == 0 {
		return
	}
	e.raw(",\n  ")
	e.value(key)
	e.raw(": [")
	for i := range n {
		e.separate(i, "\n    ")
		write(i)
	}
	e.raw("\n  ]")
}

func (e *encoder) texts(texts []string) {
	e.raw("[")
	for i, t := range texts {
		if i > 0 {
			e.raw(", ")
		}
		e.value(t)
	}
	e.raw("]")
}

func (e *encoder) source(s Source) {
	if s.URL == "" && len(s.Languages) == 0 {
		return
	}
	e.raw(",\n  \"source\": {")
	f := fields{e: e}
	f.text("url", s.URL)
	f.texts("languages", s.Languages)
	e.raw("}")
}

func (e *encoder) relation(r Relation) {
	e.raw("{")
	f := fields{e: e}
	f.text("kind", string(r.Kind))
	f.text("id", r.ID)
	f.text("product", r.Product)
	f.text("scope", r.Scope)
	f.texts("files", r.Files)
	e.raw("}")
}

func (e *encoder) table(t *Table) {
	e.raw("{")
	f := fields{e: e}
	f.text("name", t.Name)
	f.text("applies_to", t.AppliesTo)
	f.text("language", t.Language)
	f.text("reference", t.Reference)
	if t.Component {
		f.key("component")
		e.value(true)
	}
	f.text("match", string(t.Match))
	if t.Complete {
		f.key("complete")
		e.value(true)
	}
	if t.LeftOut > 0 {
		f.key("left_out")
		e.value(t.LeftOut)
	}
	f.texts("excluded", t.Excluded)
	f.key("files")
	e.raw("[")
	for i := range t.Files {
		e.separate(i, "\n      ")
		e.file(&t.Files[i])
	}
	e.raw("\n    ]}")
}

func (e *encoder) file(file *File) {
	e.raw("{")
	f := fields{e: e}
	f.text("name", file.Name)
	f.text("path", file.Path)
	f.text("pattern", file.Pattern)
	f.text("version", file.Version.String())
	if n, exact := file.Size.Exact(); exact {
		f.key("size")
		e.value(n)
	}
	f.text("size", file.Size.Text())
	f.text("md5", file.MD5)
	f.text("sha256", file.SHA256)
	f.text("modified", file.Modified)
	f.text("platform", string(file.Platform))
	f.text("note", file.Note)
	if file.AsPrinted != (AsPrinted{}) {
		f.key("as_printed")
		e.asPrinted(file.AsPrinted)
	}
	e.raw("}")
}

func (e *encoder) asPrinted(p AsPrinted) {
	e.raw("{")
	f := fields{e: e}
	f.text("name", p.Name)
	f.text("version", p.Version)
	f.text("size", p.Size)
	f.text("modified", p.Modified)
	f.text("platform", p.Platform)
	e.raw("}")
}

// fields writes the members of an object on one line.
type fields struct {
	e     *encoder
	wrote bool
}

func (f *fields) key(key string) {
	if f.wrote {
		f.e.raw(", ")
	}
	f.wrote = true
	f.e.value(key)
	f.e.raw(": ")
}

func (f *fields) text(key, text string) {
	if text != "" {
		f.key(key)
		f.e.value(text)
	}
}

func (f *fields) texts(key string, texts []string) {
	if len(texts) > 0 {
		f.key(key)
		f.e.texts(texts)
	}
}
