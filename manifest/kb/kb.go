// Package kb reads a Knowledge Base article, as the administrator has it, into
// a manifest: saved HTML, Markdown, plain text, a paste, or Microsoft's CSV.
//
// An article passes through stages, each a package with one way in and a plain
// value out:
//
//	lines   bytes → lines, with their cells where the format delimits them
//	cells   lines → tables of cells
//	tables  lines and tables → what the article and each table are about
//	values  cells → names, versions, sizes, dates, platforms
//
// Here they are joined into a manifest. Everything that can be read in two ways
// or does not fit is a Finding: never silently wrong.
package kb

import (
	"bytes"
	"errors"
	"fmt"

	"kbverify/manifest"
	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/tables"
	"kbverify/manifest/kb/values"
)

// Caps on what one article may hold.
const (
	MaxBytes  = lines.MaxBytes
	MaxLines  = lines.MaxLines
	MaxRows   = lines.MaxRows
	MaxTables = cells.MaxTables
)

// Format is the form in which an article was saved.
type Format = lines.Format

// Formats lists every format.
var Formats = lines.Formats

// ParseFormat reads the name of a format; the error lists those there are.
func ParseFormat(name string) (Format, error) { return lines.ParseFormat(name) }

// Finding is one doubt about the reading of the article.
type Finding = findings.Finding

// Options says what the article does not.
type Options struct {
	ID      string // the hotfix, "KB977203"; "" reads it from the article
	Product string // "" reads it from the article
	Format  Format // "" recognises it
	// Known gives the manifest of a hotfix that is known already, or nil. An
	// article with exactly its rows becomes that manifest, with the title,
	// relations and notes that people wrote; see Result.Findings.
	Known func(id string) *manifest.Manifest
}

// Result is an article that was read.
type Result struct {
	Manifest *manifest.Manifest
	Format   Format
	// Lines gives for Manifest.Tables[i].Files[j] its 1-based source line, as
	// Lines[i][j].
	Lines    [][]int
	Findings []Finding
}

// The reasons for which an article gives no manifest.
var (
	// ErrNoTable: nothing in the article is a table of files.
	ErrNoTable = errors.New("no file table found")
	// ErrNoID: the article does not say which hotfix it is about.
	ErrNoID = errors.New("the article names no KB number; say which hotfix it is with --id")
	// ErrNotText: the article is in a form that holds no text, such as a PDF.
	ErrNotText = errors.New("not text")
	// ErrTooLarge: the article is beyond MaxBytes, MaxLines, MaxTables or MaxRows.
	ErrTooLarge = lines.ErrTooLarge
)

// Error says which article could not be read, where, and why. It wraps one of
// the errors above, or the fault of the text itself.
type Error struct {
	Name string // as given to Read
	Line int    // 1-based; 0 for the article as a whole
	Err  error
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %v", e.Name, e.Line, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.Name, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Read reads one article. name is its file name, which may tell the format and
// the hotfix. The manifest is valid, and its tables hold at least one row; where
// the article has none, the error wraps ErrNoTable and Result still holds the
// findings that say why. Read does not keep data.
func Read(name string, data []byte, o Options) (*Result, error) {
	if what := notText(data); what != "" {
		return &Result{}, &Error{name, 0, fmt.Errorf("%w: %s; save the article as text, HTML or CSV, and import that",
			ErrNotText, what)}
	}
	ls, format, err := lines.Read(name, data, o.Format)
	res := &Result{Format: format}
	if err != nil {
		return res, &Error{name, 0, err}
	}
	var fs findings.List
	in, line, err := cells.Read(ls, &fs)
	if err == nil && len(in.Tables) > 0 {
		err = res.assemble(tables.Read(name, in, o.ID, o.Product), in, &fs)
	}
	if err == nil && res.Manifest != nil && o.Known != nil {
		res.meet(o.Known(res.Manifest.ID), &fs)
	}
	res.Findings = fs.All()
	if err == nil && res.Manifest == nil {
		err = noTable(res.Findings)
		if len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")))) == 0 {
			err = fmt.Errorf("%w: the file is empty; save the article again, as text, HTML or CSV", ErrNoTable)
		}
	}
	if err != nil {
		return res, &Error{name, line, err}
	}
	return res, nil
}

// notText says what a file is that is read in no format, by how it begins; else "".
func notText(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return "a PDF"
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		for _, kind := range []struct{ part, what string }{{"word/", "a Word file"}, {"xl/", "an Excel file"}} {
			if bytes.Contains(data, []byte(kind.part)) { // the names in a ZIP are not compressed
				return kind.what
			}
		}
		return "a ZIP file"
	}
	return ""
}

// noTable gives the reason why nothing was found: that of most lines that look
// like rows.
func noTable(all []Finding) error {
	switch f, n := findings.Main(all, findings.NotTaken); {
	case n == 1:
		return fmt.Errorf("%w; line %d: %s", ErrNoTable, f.Line, f.Text)
	case n > 1 && f.Count == 1:
		return fmt.Errorf("%w; %d lines have the reason of the first, line %d: %s", ErrNoTable, n, f.Line, f.Text)
	case n > 1:
		return fmt.Errorf("%w; from line %d on: %s", ErrNoTable, f.Line, f.Text)
	}
	return fmt.Errorf("%w: no line has a file name beside a version, a size or a date", ErrNoTable)
}

// assemble makes the manifest of what the stages found; none where no table has
// a file.
func (r *Result) assemble(a *tables.Article, in cells.Article, fs *findings.List) error {
	var printed []values.Printed
	for _, t := range in.Tables {
		printed = append(printed, t.Printed)
	}
	read, notes := values.Read(printed, a.English(), fs)
	m := &manifest.Manifest{Notes: notes}
	var kept []*cells.Table
	for i, t := range read {
		if len(t.Files) > 0 {
			kept = append(kept, in.Tables[i])
			m.Tables = append(m.Tables, manifest.Table{Files: t.Files})
			r.Lines = append(r.Lines, t.Lines)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	a.Describe(m, kept)
	for i := range m.Tables {
		if why := m.Tables[i].Reference; why != "" {
			fs.Add(r.Lines[i][0], findings.Note, false,
				"the table is marked as a reference (%s); nothing is judged by it", why)
		}
	}
	for i := range m.Tables {
		checkTwins(&m.Tables[i], r.Lines[i], fs)
	}
	if m.ID == "" {
		return ErrNoID
	}
	r.Manifest = m
	if err := m.Validate(); err != nil {
		return fmt.Errorf("the manifest is not valid: %w", err)
	}
	return nil
}
