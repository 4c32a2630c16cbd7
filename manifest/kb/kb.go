package kb

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kbverify/manifest"
)

// Caps on what one article may hold. The largest known ones have 600 rows in a
// page and some 10,000 in a CSV.
const (
	// MaxBytes caps the text of one article.
	MaxBytes = 32 << 20
	// MaxRows caps the rows of one article; the manifest of so many stays
	// below manifest.MaxBytes.
	MaxRows = 50_000
	// MaxLines caps the lines of one article: a line costs a hundred bytes
	// although it may be empty.
	MaxLines = 1_000_000
	// MaxTables caps the tables of one article; the largest CSV has a hundred.
	MaxTables = 1_000
	// maxFindings caps the findings that are kept; the rest are counted.
	maxFindings = 1_000
	// maxLine caps the bytes of a line that can be a row. The longest names of
	// Windows manifests, 150 bytes, leave room to spare.
	maxLine = 2_000
)

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

// Strict is the findings that a strict import refuses.
func (r *Result) Strict() []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if f.Strict {
			out = append(out, f)
		}
	}
	return out
}

// FindingKind says what sort of doubt a Finding is.
type FindingKind string

// The kinds of findings.
const (
	Ambiguous FindingKind = "ambiguous" // two readings are possible; one was taken; always strict
	Odd       FindingKind = "odd"       // does not fit its table; kept as printed
	NotTaken  FindingKind = "not-taken" // looks like a row, or is another kind of table
	Note      FindingKind = "note"      // no doubt, but worth knowing
)

// Finding is one doubt about the reading of the article.
type Finding struct {
	Line   int // 1-based source line
	Kind   FindingKind
	Text   string // what stands there, the reading taken, and why
	Strict bool   // a strict import refuses
}

func (f Finding) String() string { return fmt.Sprintf("line %d: %s: %s", f.Line, f.Kind, f.Text) }

// The reasons for which an article gives no manifest.
var (
	// ErrNoTable: nothing in the article is a table of files.
	ErrNoTable = errors.New("no file table found")
	// ErrNoID: the article does not say which hotfix it is about.
	ErrNoID = errors.New("the article names no KB number; say which hotfix it is with --id")
	// ErrTooLarge: the article is beyond MaxBytes, MaxLines, MaxTables or MaxRows.
	ErrTooLarge = errors.New("larger than any article")
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
	fail := func(line int, err error) (*Result, error) { return &Result{}, &Error{name, line, err} }
	if len(data) > MaxBytes {
		return fail(0, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(data), MaxBytes))
	}
	text, err := decode(data)
	if err != nil {
		return fail(0, err)
	}
	format := o.Format
	if format == "" {
		format = recognise(name, text)
	}
	if n := strings.Count(text, "\n"); n > MaxLines {
		return fail(0, fmt.Errorf("%w: %d lines, at most %d", ErrTooLarge, n, MaxLines))
	}
	lines, err := readLines(format, text)
	if err == nil && len(lines) > MaxLines {
		err = fmt.Errorf("%w: %d lines, at most %d", ErrTooLarge, len(lines), MaxLines)
	}
	if err != nil {
		return &Result{Format: format}, &Error{name, 0, err}
	}
	r := newReader(name, lines, o)
	res := &Result{Format: format}
	found, err := r.read(res)
	res.Findings = r.findings.list()
	if err != nil {
		return res, &Error{name, r.at, err}
	}
	if !found {
		return res, &Error{name, 0, noTable(res.Findings)}
	}
	return res, nil
}

// noTable gives the reason why nothing was found, as far as one is known.
func noTable(findings []Finding) error {
	for _, f := range findings {
		if f.Kind == NotTaken {
			return fmt.Errorf("%w; line %d: %s", ErrNoTable, f.Line, f.Text)
		}
	}
	return fmt.Errorf("%w: no line has a file name beside a version, a size or a date", ErrNoTable)
}

// findings collects doubts up to the cap.
type findings struct {
	all  []Finding
	more int
	last int
}

func (fs *findings) add(line int, kind FindingKind, strict bool, format string, args ...any) {
	if len(fs.all) >= maxFindings {
		fs.more++
		fs.last = line
		return
	}
	fs.all = append(fs.all, Finding{line, kind, fmt.Sprintf(format, args...), strict})
}

// list gives the findings in the order of the text.
func (fs *findings) list() []Finding {
	slices.SortStableFunc(fs.all, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	if fs.more == 0 {
		return fs.all
	}
	return append(fs.all, Finding{fs.last, Odd, fmt.Sprintf("and %d more findings", fs.more), true})
}

// quote shortens a piece of the article for a finding.
func quote(text string) string {
	const longest = 120
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
