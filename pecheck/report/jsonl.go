package report

import (
	"encoding/json"
	"io"

	"kbverify/pecheck/result"
)

// jsonlWriter writes one line of JSON for each root, as the element of "roots"
// in the JSON format, and a last one that names the tool and the exit code. A
// report without that last line is cut off.
type jsonlWriter struct {
	w     io.Writer
	tool  result.Tool
	roots int
}

// jsonlEnd is the last line.
type jsonlEnd struct {
	Tool  result.Tool `json:"tool"`
	Count int         `json:"count"` // of the lines before
	Exit  result.Exit `json:"exit"`
}

func (j *jsonlWriter) Root(r result.RootResult) error {
	j.roots++
	return j.line(cleaned(r))
}

func (j *jsonlWriter) Close(exit result.Exit) error { return j.line(jsonlEnd{j.tool, j.roots, exit}) }

func (j *jsonlWriter) line(v any) error {
	e := json.NewEncoder(j.w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
