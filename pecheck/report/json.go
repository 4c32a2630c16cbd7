package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"kbverify/pecheck/result"
)

// jsonWriter writes what encoding/json makes of a pecheck.Report, root by root,
// or of another result that is a list.
type jsonWriter struct {
	w     io.Writer
	wrote bool // a root
}

// newJSONWriter begins the document, up to the list under key; it has a schema where it
// has a kind.
func newJSONWriter(w io.Writer, tool result.Tool, key, kind string) (*jsonWriter, error) {
	text, err := marshal(tool, "  ")
	if err != nil {
		return nil, err
	}
	j := &jsonWriter{w: w}
	begin := "{\n"
	if kind != "" {
		begin += fmt.Sprintf("  \"schema\": %d,\n  \"kind\": %q,\n", result.Schema, kind)
	}
	return j, j.write(begin+"  \"tool\": ", text, ",\n  \""+key+"\": [")
}

func (j *jsonWriter) Root(r result.RootResult) error { return writeElement(j, r) }

// writeElement writes one element of the list.
func writeElement[T any](j *jsonWriter, v T) error {
	text, err := marshal(cleaned(v), "    ")
	if err != nil {
		return err
	}
	separator := "\n    "
	if j.wrote {
		separator = ",\n    "
	}
	j.wrote = true
	return j.write(separator, text)
}

func (j *jsonWriter) Close(taken result.Taken, exit result.Exit) error { return j.end(taken, exit, "") }

// end closes the list, with further members of the document behind it.
func (j *jsonWriter) end(taken result.Taken, exit result.Exit, more string) error {
	text, err := marshal(exit, "")
	if err != nil {
		return err
	}
	end := "]"
	if j.wrote {
		end = "\n  ]"
	}
	end += more
	if !taken.IsZero() {
		when, err := marshal(cleaned(taken), "  ")
		if err != nil {
			return err
		}
		end += ",\n  \"taken\": " + when
	}
	return j.write(end, ",\n  \"exit\": ", text, "\n}\n")
}

func (j *jsonWriter) write(parts ...string) error {
	for _, p := range parts {
		if _, err := io.WriteString(j.w, p); err != nil {
			return err
		}
	}
	return nil
}

// marshal gives v as indented JSON whose further lines begin with prefix.
func marshal(v any, prefix string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(b.Bytes(), "\n")), nil
}

// WriteJSON writes any other value in the same style, its texts cleaned.
func WriteJSON[T any](w io.Writer, v T) error {
	text, err := marshal(cleaned(v), "")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text+"\n")
	return err
}

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
	Schema int          `json:"schema"`
	Kind   string       `json:"kind"`
	Tool   result.Tool  `json:"tool"`
	Count  int          `json:"count"` // of the lines before
	Taken  result.Taken `json:"taken,omitzero"`
	Exit   result.Exit  `json:"exit"`
}

func (j *jsonlWriter) Root(r result.RootResult) error {
	j.roots++
	return j.line(cleaned(r))
}

func (j *jsonlWriter) Close(taken result.Taken, exit result.Exit) error {
	return j.line(jsonlEnd{result.Schema, result.Document, j.tool, j.roots, cleaned(taken), exit})
}

func (j *jsonlWriter) line(v any) error {
	e := json.NewEncoder(j.w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
