package report

import (
	"encoding/json"
	"io"

	"kbverify/pecheck"
)

// jsonlWriter writes one line of JSON for each root, as the element of "roots"
// in the JSON format, and a last one that names the tool and the exit code. A
// report without that last line is cut off.
type jsonlWriter struct {
	w     io.Writer
	tool  pecheck.Tool
	roots int
}

// jsonlEnd is the last line.
type jsonlEnd struct {
	Tool  pecheck.Tool `json:"tool"`
	Count int          `json:"count"` // of the lines before
	Exit  pecheck.Exit `json:"exit"`
}

func (j *jsonlWriter) Root(r pecheck.RootResult) error {
	j.roots++
	return j.line(cleaned(r))
}

func (j *jsonlWriter) Close(exit pecheck.Exit) error { return j.line(jsonlEnd{j.tool, j.roots, exit}) }

func (j *jsonlWriter) line(v any) error {
	e := json.NewEncoder(j.w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
