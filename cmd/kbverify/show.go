package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/manifest"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

var showCommand = command{
	name:    "show",
	args:    "[FLAGS] KB[/TABLE]",
	summary: "one hotfix's tables, as its article prints them",
	about: "Shows what is known of one hotfix: its tables, its notes, and how it relates to\n" +
		"other hotfixes. As JSON it is a manifest, as -m FILE and --catalog DIR take it.",
	new: func() action { return &showAction{} },
}

type showAction struct {
	catalogFlag
	outputFlags
}

func (a *showAction) flags(fs *pflag.FlagSet) {
	a.catalogFlag.flags(fs)
	a.outputFlags.flags(fs)
}

func (a *showAction) run(s *session, args []string) (result.Exit, error) {
	if len(args) != 1 {
		return 0, usagef("want one hotfix, such as KB977203 or KB977203/SP2; found %d arguments", len(args))
	}
	c, err := a.openCatalog(s)
	if err != nil {
		return 0, err
	}
	m, table, err := findTable(args[0], nil, c)
	if err != nil {
		return 0, err
	}
	if table != nil {
		m = alone(m, table)
	}
	out, err := a.outputFlags.create(s, nil)
	if err != nil {
		return 0, err
	}
	defer out.discard()
	if err := a.write(out, m); err != nil {
		return 0, writeError(err)
	}
	return result.ExitPass, out.commit()
}

func (a *showAction) write(out *output, m *manifest.Manifest) error {
	switch a.format.format {
	case report.JSON:
		_, err := out.Write(m.Encode())
		return err
	case report.CSV:
		return showCSV(out, m)
	}
	return showTable(out, m, a.look(out.terminal))
}

// alone is the hotfix with one of its tables, and the relations of its files.
func alone(m *manifest.Manifest, table *manifest.Table) *manifest.Manifest {
	one := *m
	one.Tables = []manifest.Table{*table}
	one.Relations = nil
	for _, r := range m.Relations {
		all := len(r.Files) == 0
		r.Files = slices.DeleteFunc(slices.Clone(r.Files), func(name string) bool {
			return !slices.ContainsFunc(table.Files,
				func(f manifest.File) bool { return manifest.NameKey(f.Name) == manifest.NameKey(name) })
		})
		if all || len(r.Files) > 0 {
			one.Relations = append(one.Relations, r)
		}
	}
	return &one
}

func showCSV(out *output, m *manifest.Manifest) error {
	header := []string{
		"hotfix", "table", "applies_to", "language", "reference", "name", "path", "pattern", "version", "size", "modified",
		"platform", "note", "printed_name", "printed_version", "printed_size", "printed_modified", "printed_platform",
	}
	var rows [][]string
	for _, t := range m.Tables {
		for _, f := range t.Files {
			p := f.AsPrinted
			rows = append(rows, []string{m.ID, t.Name, t.AppliesTo, t.Language, t.Reference, f.Name, f.Path, f.Pattern,
				f.Version.String(), sizeCell(f.Size),
				f.Modified, string(f.Platform), f.Note, p.Name, p.Version, p.Size, p.Modified, p.Platform})
		}
	}
	return report.WriteCSV(out, header, rows)
}

// sizeCell is a size as programs read it: digits, or the rounded text.
func sizeCell(s manifest.Size) string {
	if _, exact := s.Exact(); exact {
		return strings.ReplaceAll(s.String(), ",", "")
	}
	return s.Text()
}

// showTable writes a hotfix for people: what it is, then its tables.
func showTable(out *output, m *manifest.Manifest, look report.Options) error {
	l := report.NewListing(out, look, 0, "FILE", "VERSION", "SIZE", "MODIFIED", "PLATFORM")
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
		parts = append(parts, "at "+report.Path(f.Path))
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
	return slices.DeleteFunc([]string{p.Name, p.Version, p.Size, p.Modified, p.Platform},
		func(cell string) bool { return cell == "" })
}
