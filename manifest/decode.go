package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// MaxBytes caps the text of one manifest: forty times the largest that
// Microsoft's longest article makes.
const MaxBytes = 16 << 20

// Parse reads a manifest from JSON text. It is strict: unknown and repeated
// keys, wrong types and everything that Validate objects to are faults. file
// names the text in messages. The error is a Problems with all of them.
func Parse(file string, data []byte) (*Manifest, error) {
	d := &decoder{file: file, lines: map[string]int{}}
	if len(data) > MaxBytes {
		return nil, Problems{{File: file, Text: fmt.Sprintf("larger than %d bytes, no manifest is", MaxBytes)}}
	}
	if at := invalidUTF8(data); at >= 0 {
		line := 1 + bytes.Count(data[:at], []byte{'\n'})
		return nil, Problems{{File: file, Line: line, Text: "not UTF-8 text"}}
	}
	root, line, err := readNodes(data)
	if err != nil {
		return nil, Problems{{File: file, Line: line, Text: "not a manifest: " + err.Error()}}
	}
	m := d.manifest(root)
	for _, p := range m.problems() {
		if !d.blamed[p.Place] {
			d.problems = append(d.problems, Problem{file, d.lineOf(p.Place), p.Place, p.Text})
		}
	}
	if len(d.problems) > 0 {
		sort.SliceStable(d.problems, func(i, j int) bool { return d.problems[i].Line < d.problems[j].Line })
		return nil, d.problems
	}
	return m, nil
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// decoder turns nodes into a Manifest and collects what does not fit.
type decoder struct {
	file     string
	problems Problems
	lines    map[string]int  // place to line, for the faults that Validate finds
	blamed   map[string]bool // places whose value could not be read: one fault is enough
}

// lineOf gives the line of a place, or of the nearest value around it.
func (d *decoder) lineOf(place string) int {
	for {
		if line, ok := d.lines[place]; ok {
			return line
		}
		cut := strings.LastIndexAny(place, ".[")
		if cut < 0 {
			return 1
		}
		place = place[:cut]
	}
}

func (d *decoder) fault(n *node, format string, args ...any) {
	if d.blamed == nil {
		d.blamed = map[string]bool{}
	}
	d.blamed[n.place] = true
	d.problems = append(d.problems, Problem{d.file, n.line, n.place, fmt.Sprintf(format, args...)})
}

// object hands each member of n to the reader of its key.
func (d *decoder) object(n *node, readers map[string]func(*node)) {
	d.lines[n.place] = n.line
	if n.kind != objectNode {
		d.fault(n, "want an object")
		return
	}
	seen := map[string]bool{}
	for _, m := range n.members {
		read, known := readers[m.key]
		switch {
		case !known:
			d.fault(m.value, "unknown key %q; the keys here are %s", m.key, strings.Join(slices.Sorted(maps.Keys(readers)), ", "))
		case seen[m.key]:
			d.fault(m.value, "the key stands here twice")
		default:
			seen[m.key] = true
			d.lines[m.value.place] = m.value.line
			read(m.value)
		}
	}
}

func (d *decoder) array(n *node, read func(*node)) {
	if n.kind != arrayNode {
		d.fault(n, "want a list")
		return
	}
	for _, item := range n.items {
		d.lines[item.place] = item.line
		read(item)
	}
}

func (d *decoder) text(to *string) func(*node) {
	return func(n *node) {
		s, ok := n.scalar.(string)
		if !ok {
			d.fault(n, "want text")
			return
		}
		if s == "" {
			d.fault(n, "empty: leave the key out instead")
		}
		*to = s
	}
}

func (d *decoder) texts(to *[]string) func(*node) {
	return func(n *node) {
		d.array(n, func(item *node) {
			var s string
			d.text(&s)(item)
			*to = append(*to, s)
		})
	}
}

func (d *decoder) manifest(n *node) *Manifest {
	m := &Manifest{}
	d.object(n, map[string]func(*node){
		"schema":  d.schema,
		"id":      d.text(&m.ID),
		"title":   d.text(&m.Title),
		"product": d.text(&m.Product),
		"source": func(n *node) {
			d.object(n, map[string]func(*node){"url": d.text(&m.Source.URL), "languages": d.texts(&m.Source.Languages)})
		},
		"relations": func(n *node) {
			d.array(n, func(item *node) { m.Relations = append(m.Relations, d.relation(item)) })
		},
		"notes": d.texts(&m.Notes),
		"tables": func(n *node) {
			d.array(n, func(item *node) { m.Tables = append(m.Tables, d.table(item)) })
		},
	})
	if n.kind == objectNode && !slices.ContainsFunc(n.members, func(m member) bool { return m.key == "schema" }) {
		d.fault(n, "no schema: want \"schema\": %d", Schema)
	}
	return m
}

func (d *decoder) schema(n *node) {
	if n.scalar != json.Number(fmt.Sprint(Schema)) {
		d.fault(n, "schema %v: this program reads schema %d", n.scalar, Schema)
	}
}

func (d *decoder) relation(n *node) (r Relation) {
	d.object(n, map[string]func(*node){
		"kind":    d.text((*string)(&r.Kind)),
		"id":      d.text(&r.ID),
		"product": d.text(&r.Product),
		"scope":   d.text(&r.Scope),
		"files":   d.texts(&r.Files),
	})
	return r
}

func (d *decoder) table(n *node) (t Table) {
	d.object(n, map[string]func(*node){
		"name":       d.text(&t.Name),
		"applies_to": d.text(&t.AppliesTo),
		"language":   d.text(&t.Language),
		"reference":  d.text(&t.Reference),
		"files": func(n *node) {
			d.array(n, func(item *node) { t.Files = append(t.Files, d.row(item)) })
		},
	})
	return t
}

func (d *decoder) row(n *node) (f File) {
	d.object(n, map[string]func(*node){
		"name":     d.text(&f.Name),
		"path":     d.text(&f.Path),
		"pattern":  d.text(&f.Pattern),
		"version":  func(n *node) { f.Version = d.version(n) },
		"size":     func(n *node) { f.Size = d.size(n) },
		"modified": d.text(&f.Modified),
		"platform": d.text((*string)(&f.Platform)),
		"note":     d.text(&f.Note),
		"as_printed": func(n *node) {
			p := &f.AsPrinted
			d.object(n, map[string]func(*node){
				"name": d.text(&p.Name), "version": d.text(&p.Version), "size": d.text(&p.Size),
				"modified": d.text(&p.Modified), "platform": d.text(&p.Platform),
			})
		},
	})
	return f
}

func (d *decoder) version(n *node) Printed {
	var text string
	if d.text(&text)(n); text == "" {
		return Printed{}
	}
	p, err := ParsePrinted(text)
	if err != nil {
		d.fault(n, "%v", err)
	}
	return p
}

func (d *decoder) size(n *node) Size {
	switch v := n.scalar.(type) {
	case json.Number:
		bytes, err := v.Int64()
		if err != nil || bytes < 0 || bytes > MaxSize {
			d.fault(n, "size %v: want a whole number of bytes from 0 to %d", v, int64(MaxSize))
		}
		return ExactSize(bytes)
	case string:
		s, err := ParseSize(v)
		if err != nil {
			d.fault(n, "%v", err)
		}
		return s
	}
	d.fault(n, "want a number of bytes, or a rounded size as text")
	return Size{}
}
