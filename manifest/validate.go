package manifest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"kbverify/pecheck/visible"
)

// Validate reports everything that keeps m from being a manifest that can be
// judged by, as a Problems, or nil. A manifest without such faults comes back
// from its Encode through Parse as it was.
func (m *Manifest) Validate() error {
	if ps := m.problems(); len(ps) > 0 {
		return ps
	}
	return nil
}

// checker collects the faults of one manifest.
type checker struct {
	problems Problems
	rows     map[string]bool // NameKey of every file
}

func (m *Manifest) problems() Problems {
	c := &checker{rows: m.rowNames()}
	c.manifest(m)
	for i, r := range m.Relations {
		c.relation(fmt.Sprintf("relations[%d]", i), r, m)
	}
	tables := map[string]bool{}
	for i := range m.Tables {
		at, key := fmt.Sprintf("tables[%d]", i), NameKey(m.Tables[i].Name)
		c.table(at, &m.Tables[i], m)
		c.want(!tables[key], at, "name", "table %s is there already", m.Tables[i].Name)
		tables[key] = true
	}
	return c.problems.capped()
}

// rowNames lists what relations can name.
func (m *Manifest) rowNames() map[string]bool {
	names := map[string]bool{}
	for _, t := range m.Tables {
		for i := range t.Files {
			if len(m.Relations) > 0 {
				names[NameKey(t.Files[i].Name)] = true
			}
		}
	}
	return names
}

// want adds a fault at at.key unless ok. The values are quoted in the text.
func (c *checker) want(ok bool, at, key, format string, values ...string) {
	if ok || len(c.problems) > maxFaults {
		return
	}
	quoted := make([]any, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	place := strings.Trim(at+"."+key, ".")
	c.problems = append(c.problems, Problem{Place: place, Text: fmt.Sprintf(format, quoted...)})
}

// validID reports a letter, and up to 63 letters, digits, dots, hyphens and underscores.
func validID(id string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return id != "" && len(id) <= 64 && strings.ContainsRune(letters, rune(id[0])) &&
		strings.Trim(id, letters+"0123456789._-") == ""
}

func (c *checker) manifest(m *Manifest) {
	c.want(validID(m.ID), "", "id", "id %s: want a letter, then letters, digits, dots, hyphens, such as %s",
		m.ID, "KB977203")
	c.want(m.Title != "", "", "title", "no title")
	c.want(m.Product != "", "", "product", "no product")
	c.want(len(m.Tables) > 0, "", "tables", "no tables")
	c.line("", "title", m.Title, 200)
	c.line("", "product", m.Product, 200)
	c.line("source", "url", m.Source.URL, 500)
	for i, tag := range m.Source.Languages {
		c.language("source", fmt.Sprintf("languages[%d]", i), tag)
	}
	for i, note := range m.Notes {
		c.want(note != "", "", fmt.Sprintf("notes[%d]", i), "empty")
		c.line("", fmt.Sprintf("notes[%d]", i), note, 1000)
	}
}

// line wants one line of clean text of at most n bytes.
func (c *checker) line(at, key, text string, n int) {
	if text == "" {
		return
	}
	if len(text) > n {
		c.want(false, at, key, fmt.Sprintf("%d bytes long, want at most %d", len(text), n))
	}
	c.want(clean(text), at, key, "has a control or invisible formatting character: %s", text)
	c.want(strings.TrimSpace(text) == text, at, key, "blank at the start or the end: %s", text)
}

// clean reports that text is fit to be shown, and has nothing that was lost in a
// conversion, which stands as U+FFFD.
func clean(text string) bool {
	return visible.IsClean(text) && !strings.ContainsRune(text, utf8.RuneError)
}

// maxTag is the length that BCP 47, section 4.4.1, names as enough for any tag.
const maxTag = 35

func (c *checker) language(at, key, text string) {
	if len(text) > maxTag {
		c.want(false, at, key, "%s is not a language tag such as %s", text, "zh-CN")
		return
	}
	tag, err := language.Parse(text)
	c.want(err == nil, at, key, "%s is not a language tag such as %s", text, "zh-CN")
	c.want(err != nil || tag.String() == text, at, key, "%s is spelled %s here", text, tag.String())
}

func (c *checker) relation(at string, r Relation, m *Manifest) {
	if !slices.Contains(RelationKinds, r.Kind) {
		c.want(false, at, "kind", "kind %s: the kinds are "+fmt.Sprintf("%v", RelationKinds), string(r.Kind))
	}
	c.want((r.ID == "") != (r.Product == ""), at, "", "want an id or a product, one of the two")
	c.want(r.ID == "" || validID(r.ID), at, "id", "id %s: want one such as %s", r.ID, "KB977203")
	c.want(r.ID == "" || IDKey(r.ID) != IDKey(m.ID), at, "id", "points at its own manifest")
	c.line(at, "product", r.Product, 200)
	c.line(at, "scope", r.Scope, 200)
	for i, name := range r.Files {
		if !c.rows[NameKey(name)] {
			c.want(false, at, fmt.Sprintf("files[%d]", i), "no table has a file %s", name)
		}
	}
}

func (c *checker) table(at string, t *Table, m *Manifest) {
	c.want(t.Name != "" || len(m.Tables) == 1, at, "name", "no name, and it is not the only table")
	c.want(!strings.ContainsAny(t.Name, `/\,`), at, "name", "name %s: no slash, backslash or comma, -k ID/NAME takes it",
		t.Name)
	c.want(len(t.Files) > 0, at, "files", "no files")
	c.line(at, "name", t.Name, 64)
	c.line(at, "applies_to", t.AppliesTo, 200)
	c.line(at, "reference", t.Reference, 200)
	c.want(!t.Component || t.Reference == "", at, "component", "a table that is not judged by is no part of an update")
	if t.Language != "" {
		c.language(at, "language", t.Language)
	}
	c.exactness(at, t)
	for i := range t.Files {
		c.file(fmt.Sprintf("%s.files[%d]", at, i), &t.Files[i])
	}
}

// exactness checks what says how a table is matched.
func (c *checker) exactness(at string, t *Table) {
	c.want(t.Match == OrLater || t.Match == Exactly, at, "match", "match %s: want %s, or no such key", string(t.Match),
		string(Exactly))
	c.want(!t.Complete || t.Match == Exactly, at, "complete", "a complete table is matched exactly")
	c.want(t.LeftOut >= 0 && t.LeftOut <= maxLeftOut, at, "left_out", "want a number of files")
	c.want(len(t.Excluded) == 0 || t.Complete, at, "excluded", "only a complete table has to say what it knows nothing of")
	for i, pattern := range t.Excluded {
		c.line(at, fmt.Sprintf("excluded[%d]", i), pattern, maxExcluded)
	}
	for i := range t.Files {
		if t.Complete && t.Files[i].Path == "" {
			c.want(false, at, fmt.Sprintf("files[%d]", i), "no path: in a complete table every file has its place")
		}
	}
}

// maxExcluded is the longest pattern that --exclude takes.
const maxExcluded = 4096
