package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Validate reports everything that keeps m from being a manifest that can be
// judged by, as a Problems, or nil.
func (m *Manifest) Validate() error {
	if ps := m.problems(); len(ps) > 0 {
		return ps
	}
	return nil
}

var validID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,63}$`)

// checker collects faults by place.
type checker struct{ problems Problems }

func (c *checker) want(ok bool, place, format string, args ...any) {
	if !ok {
		c.problems = append(c.problems, Problem{Place: place, Text: fmt.Sprintf(format, args...)})
	}
}

func (m *Manifest) problems() Problems {
	c := &checker{}
	c.want(validID.MatchString(m.ID), "id", "id %q: want a letter, then letters, digits, dots, hyphens: %q", m.ID, "KB977203")
	c.line("title", m.Title, 200)
	c.line("product", m.Product, 200)
	c.line("source.url", m.Source.URL, 500)
	c.want(m.Title != "", "title", "no title")
	c.want(m.Product != "", "product", "no product")
	for i, tag := range m.Source.Languages {
		c.language(fmt.Sprintf("source.languages[%d]", i), tag)
	}
	for i, r := range m.Relations {
		c.relation(fmt.Sprintf("relations[%d]", i), r, m)
	}
	for i, note := range m.Notes {
		c.line(fmt.Sprintf("notes[%d]", i), note, 1000)
	}
	c.want(len(m.Tables) > 0, "tables", "no tables")
	for i := range m.Tables {
		c.table(fmt.Sprintf("tables[%d]", i), &m.Tables[i], m)
		for j := range i {
			c.want(NameKey(m.Tables[i].Name) != NameKey(m.Tables[j].Name), fmt.Sprintf("tables[%d].name", i),
				"table %q is there already", m.Tables[i].Name)
		}
	}
	return c.problems
}

// line wants one line of clean text of at most n bytes.
func (c *checker) line(place, text string, n int) {
	c.want(len(text) <= n, place, "%d bytes long, want at most %d", len(text), n)
	c.want(clean(text), place, "has a control or invisible formatting character")
	c.want(strings.TrimSpace(text) == text, place, "blank at the start or the end")
}

// clean reports that text has nothing that could move a cursor, reverse the
// direction of writing or break a line.
func clean(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) {
			return false
		}
	}
	return true
}

func (c *checker) language(place, tag string) {
	_, err := language.Parse(tag)
	c.want(tag == "" || err == nil, place, "%q is not a language tag such as \"zh-CN\"", tag)
}

func (c *checker) relation(place string, r Relation, m *Manifest) {
	kinds := make([]string, len(RelationKinds))
	for i, k := range RelationKinds {
		kinds[i] = string(k)
	}
	c.want(slices.Contains(RelationKinds, r.Kind), place+".kind", "kind %q: the kinds are %s", r.Kind, strings.Join(kinds, ", "))
	c.want((r.ID == "") != (r.Product == ""), place, "want an id or a product, one of the two")
	c.want(r.ID == "" || validID.MatchString(r.ID), place+".id", "id %q: want one such as %q", r.ID, "KB977203")
	c.want(r.ID == "" || IDKey(r.ID) != IDKey(m.ID), place+".id", "points at its own manifest")
	c.line(place+".product", r.Product, 200)
	c.line(place+".scope", r.Scope, 200)
	for i, name := range r.Files {
		c.want(m.hasRow(name), fmt.Sprintf("%s.files[%d]", place, i), "no table has a file %q", name)
	}
}

func (m *Manifest) hasRow(name string) bool {
	for _, t := range m.Tables {
		for _, f := range t.Files {
			if NameKey(f.Name) == NameKey(name) {
				return true
			}
		}
	}
	return false
}

func (c *checker) table(place string, t *Table, m *Manifest) {
	c.line(place+".name", t.Name, 64)
	c.line(place+".applies_to", t.AppliesTo, 200)
	c.line(place+".reference", t.Reference, 200)
	c.language(place+".language", t.Language)
	c.want(t.Name != "" || len(m.Tables) == 1, place+".name", "no name, and it is not the only table")
	c.want(!strings.ContainsAny(t.Name, `/\,`), place+".name", "name %q: no slash, backslash or comma, -k ID/NAME takes it", t.Name)
	c.want(len(t.Files) > 0, place+".files", "no files")
	for i := range t.Files {
		c.file(fmt.Sprintf("%s.files[%d]", place, i), &t.Files[i])
	}
}

func (c *checker) file(place string, f *File) {
	c.want(f.Name != "", place+".name", "no name")
	c.name(place+".name", f.Name)
	c.name(place+".pattern", strings.NewReplacer("*", "x", "?", "x").Replace(f.Pattern))
	c.path(place+".path", f)
	c.want(f.Pattern == "" || MatchPattern(f.Pattern, f.Name), place+".pattern", "pattern %q does not match its own name %q", f.Pattern, f.Name)
	size, exact := f.Size.Exact()
	c.want(!exact || size >= 0 && size <= MaxSize, place+".size", "size %d: want from 0 to %d bytes", size, int64(MaxSize))
	c.want(f.Modified == "" || ValidModified(f.Modified), place+".modified", "%q: want a date such as 2010-02-01 or 2010-02-01T13:40", f.Modified)
	c.line(place+".platform", string(f.Platform), 64)
	c.want(ParsePlatform(string(f.Platform)) == f.Platform, place+".platform", "%q is spelled %q here", f.Platform, ParsePlatform(string(f.Platform)))
	c.line(place+".note", f.Note, 500)
	for _, cell := range []struct{ key, text string }{
		{"name", f.AsPrinted.Name}, {"version", f.AsPrinted.Version}, {"size", f.AsPrinted.Size},
		{"modified", f.AsPrinted.Modified}, {"platform", f.AsPrinted.Platform},
	} {
		c.line(place+".as_printed."+cell.key, cell.text, 200)
	}
}

// name wants one element of a Windows path: no separator, none of the
// characters that Windows forbids, no "." or "..".
func (c *checker) name(place, name string) {
	c.line(place, name, 255)
	c.want(!strings.ContainsAny(name, `/\:*?"<>|`), place, "%q: a file name has none of / \\ : * ? \" < > |", name)
	c.want(name == "" || strings.Trim(name, ". ") != "", place, "%q is not a file name", name)
}

// path wants a path below the root whose last element is the file's name.
func (c *checker) path(place string, f *File) {
	if f.Path == "" {
		return
	}
	elements := strings.Split(f.Path, "/")
	for _, e := range elements {
		c.want(e != "" && e != "." && e != "..", place, "%q leads out of the root, or is not written with single slashes", f.Path)
		c.name(place, e)
	}
	c.want(NameKey(elements[len(elements)-1]) == NameKey(f.Name), place, "%q does not end with the name %q", f.Path, f.Name)
}
