package main

import (
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/report"
)

// showTable writes a hotfix for people: what it is, then its tables.
func showTable(out *output, m *manifest.Manifest) error {
	l := report.NewListing(out, look(out.terminal), 0, "FILE", "VERSION", "SIZE", "MODIFIED", "PLATFORM")
	l.Line(m.ID + ": " + m.Title)
	l.Detail(m.Product)
	l.Detail(m.Source.URL)
	for _, r := range m.Relations {
		l.Detail(relation(r))
	}
	for _, n := range m.Notes {
		l.Detail("Note: " + n)
	}
	for i := range m.Tables {
		t := &m.Tables[i]
		var rows [][]string
		for _, f := range t.Files {
			rows = append(rows, []string{strings.Join(append([]string{f.Name}, remarks(&f)...), "\n"),
				f.Version.String(), f.Size.String(), strings.Replace(f.Modified, "T", " ", 1), string(f.Platform)})
		}
		l.Group(heading(m, t), rows)
	}
	return l.Err()
}

// heading names a table, and says what it is for.
func heading(m *manifest.Manifest, t *manifest.Table) string {
	text := strings.TrimSpace(m.ID + " " + t.Name)
	if t.AppliesTo != "" {
		text += ", for " + t.AppliesTo
	}
	if t.Language != "" {
		text += ", language " + t.Language
	}
	if t.Reference != "" {
		text += " (not judged by: " + t.Reference + ")"
	}
	return text
}

// relation puts a relation into words: "superseded by KB977384 (client files)".
func relation(r manifest.Relation) string {
	text := strings.ReplaceAll(string(r.Kind), "-", " ") + " " + r.ID + r.Product
	if r.Kind == manifest.Independent {
		text = "independent of " + r.ID + r.Product
	}
	var about []string
	if r.Scope != "" {
		about = append(about, r.Scope)
	}
	about = append(about, r.Files...)
	if len(about) > 0 {
		text += " (" + strings.Join(about, "; ") + ")"
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// remarks say what else is known of a row.
func remarks(f *manifest.File) []string {
	var parts []string
	if f.Path != "" {
		parts = append(parts, "at "+f.Path)
	}
	if f.Pattern != "" {
		parts = append(parts, "also as "+f.Pattern)
	}
	if f.Note != "" {
		parts = append(parts, f.Note)
	}
	for _, cell := range oddCells(f.AsPrinted) {
		parts = append(parts, "printed as "+cell)
	}
	return parts
}

// oddCells lists what stands in the article and could not be taken as it is.
func oddCells(p manifest.AsPrinted) []string {
	return slices.DeleteFunc([]string{p.Name, p.Version, p.Size, p.Modified, p.Platform}, func(cell string) bool { return cell == "" })
}
