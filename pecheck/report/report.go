// Package report writes a result for people and for programs. JSON is the
// lossless form; every other format is made from the same pecheck.Report.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"kbverify/internal/nearest"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// Format is how a result is written.
type Format string

// The formats.
const (
	Table Format = "table" // for people
	JSON  Format = "json"  // everything, for programs
	CSV   Format = "csv"   // one line a copy, for spreadsheets
	JSONL Format = "jsonl" // one line of JSON a root, and one at the end
	HTML  Format = "html"  // one page, to be handed on

	JUnit  Format = "junit"  // test cases, for build servers
	Nagios Format = "nagios" // a state, for monitoring systems
)

// Formats lists those of every result, as help texts and messages do.
var Formats = []Format{Table, JSON, CSV}

// RootFormats lists those of a result about roots.
var RootFormats = append(slices.Clone(Formats), JSONL, HTML, JUnit, Nagios)

// ParseFormat reads the name of one of the formats.
func ParseFormat(name string, formats []Format) (Format, error) {
	if f := Format(name); slices.Contains(formats, f) {
		return f, nil
	}
	return "", fmt.Errorf("no format %q%s; the formats are %s", visible.Text(name), nearest.Hint(name, formats),
		Names(formats))
}

// Names joins words for a message.
func Names[S ~string](words []S) string {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	return strings.Join(names, ", ")
}

// Options say how the table and the page look. Programs' formats do not depend on them.
type Options struct {
	Width   int  // terminal columns; 0 is no terminal: DefaultWidth, and no path is broken
	Color   bool // colour besides words, never instead of them
	Verbose bool // all rows, not only those that need attention
	Quiet   bool // the summary lines alone
	Many    bool // there are several roots: a matrix first, and a summary line alone names its own
	// Detect says that roots whose result does not say what was asked of them were
	// asked what is there, and not about each hotfix: what left no trace is counted.
	Detect bool
	// Hosts says that the roots are of several hosts: what people read names that of each.
	Hosts bool
	// Known are the ids of the hotfixes that a detection knows, for a verbose report.
	Known []string
	// Run is the beginning of the run; a root whose files were read before it, or
	// elsewhere, says so.
	Run result.Taken

	whole bool // no path is broken
}

// sized are the options with a width.
func (o Options) sized() Options {
	if o.Width == 0 {
		o.Width, o.whole = DefaultWidth, true
	}
	o.Width = max(o.Width, narrowest)
	return o
}

// DefaultWidth is what every terminal has, and a mail or a ticket keeps.
const DefaultWidth = 80

// Writer takes results root by root, so that a report of a thousand roots
// needs no more memory than one.
type Writer interface {
	// Root writes the result of one root.
	Root(r result.RootResult) error
	// Close ends the report; taken is when and where the run was, exit the code that it
	// ends with.
	Close(taken result.Taken, exit result.Exit) error
}

// New starts a report.
func New(w io.Writer, f Format, tool result.Tool, o Options) (Writer, error) {
	rw, err := newWriter(w, f, tool, o)
	if o.Hosts && !slices.Contains(hostFormats, f) && err == nil {
		rw = hostWriter{rw}
	}
	return rw, err
}

// hostFormats have the host of each root in a place of its own.
var hostFormats = []Format{JSON, JSONL, CSV}

// hostWriter names the host before each root.
type hostWriter struct{ Writer }

func (h hostWriter) Root(r result.RootResult) error {
	if host := r.Taken.Host; host != "" {
		r.Root = host + ": " + r.Root
		if r.Error != "" {
			r.Error = host + ": " + r.Error
		}
	}
	return h.Writer.Root(r)
}

// newWriter starts a report whose roots are named apart.
func newWriter(w io.Writer, f Format, tool result.Tool, o Options) (Writer, error) {
	o = o.sized()
	tool = cleaned(tool)
	switch f {
	case Table:
		if o.Many && !o.Quiet {
			return newMatrixWriter(w, tool, o), nil
		}
		return &tableWriter{w: w, tool: tool, Options: o}, nil
	case JSON:
		return newJSONWriter(w, tool, "roots", result.Document)
	case JSONL:
		return &jsonlWriter{w: w, tool: tool}, nil
	case CSV:
		return newCSVWriter(w, tool)
	case HTML:
		return newHTMLWriter(w, tool, o), nil
	case JUnit:
		return newJUnitWriter(w, tool, o)
	case Nagios:
		return &nagiosWriter{Options: o, w: w, tool: tool}, nil
	}
	_, err := ParseFormat(string(f), RootFormats)
	return nil, err
}

// detected reports that a root was asked what is there.
func (o *Options) detected(r *result.RootResult) bool {
	return r.Taken.Command == result.Detect || r.Taken.Command == "" && o.Detect
}

// Write writes a whole report.
func Write(w io.Writer, f Format, r *result.Result, o Options) error {
	if o.Run.IsZero() {
		o.Run = r.Taken
	}
	rw, err := New(w, f, r.Tool, o)
	if err != nil {
		return err
	}
	for _, root := range r.Roots {
		if err := rw.Root(root); err != nil {
			return err
		}
	}
	return rw.Close(r.Taken, r.Exit)
}
