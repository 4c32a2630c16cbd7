// Package saved reads results that runs have written, of any number of runs and
// computers, and gives each root once: it checks everything, keeps nothing in memory
// but a line for each root, and loses none. It knows no file and no format but JSON.
package saved

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"

	"kbverify/internal/strictjson"
	"kbverify/internal/textfile"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

const (
	// maxRootBytes caps the JSON of one root.
	maxRootBytes = 64 << 20
	// maxRootParts caps the values in it: those of seventy thousand rows, each with a copy.
	// What is made of a text of nothing but brackets still fits into memory: the largest,
	// a table, takes some 600 bytes.
	maxRootParts = 1 << 20
	// maxBytes caps a document, unpacked: a hundred thousand roots of a hundred rows.
	maxBytes = 16 << 30
	// maxDocumentText caps the other texts of a document.
	maxDocumentText = 64 << 10
)

// document is what a saved result says beside its roots.
type document struct {
	tool  result.Tool
	taken result.Taken
	exit  result.Exit
	count int64 // of lines, or -1
}

// Other says that a text is well-formed JSON and no result. It cannot be one that was
// cut off.
type Other struct{ Kind string }

func (e *Other) Error() string {
	if e.Kind != "" {
		return "is no result: its kind is " + visible.Quote(visible.Short(e.Kind))
	}
	return "is no result"
}

// reader reads one document.
type reader struct {
	*strictjson.Reader
	document
	seen  map[string]bool
	roots int
	root  func(n int, raw []byte) error // gets every root as JSON, in order
	err   error                         // of root
}

// read reads a document: JSON or JSON lines, UTF-8 or UTF-16, packed by gzip or not.
func read(src io.Reader, root func(n int, raw []byte) error) (document, error) {
	text := transform.NewReader(&capped{textfile.UTF8(src), maxBytes}, encoding.UTF8Validator)
	in := bufio.NewReaderSize(text, maxDocumentText)
	r := &reader{seen: map[string]bool{}, root: root, document: document{count: -1}}
	head, _ := in.Peek(maxDocumentText)
	r.Reader = strictjson.New(in, strictjson.Limits{Value: maxRootBytes})
	if key := firstKey(head); slices.Contains(documentKeys, key) {
		r.whole()
	} else {
		r.lines()
	}
	stop := r.End()
	switch {
	case len(bytes.TrimLeft(head, " \t\r\n")) == 0 && stop != nil && stop.Err == strictjson.ErrCutOff:
		return r.document, errors.New("is empty")
	case r.err != nil:
		return r.document, r.err
	case stop != nil:
		return r.document, problem(stop)
	}
	return r.document, r.check()
}

// capped is a source that may not go on for ever.
type capped struct {
	io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, fmt.Errorf("more than %d GiB, no result has so many", maxBytes>>30)
	}
	return n, err
}

// documentKeys are those by whose first a document is told from JSON lines, whose
// first line is a root.
var documentKeys = []string{"schema", "kind", "tool", "roots", "exit"}

// firstKey is that of the object with which a text begins, or "".
func firstKey(head []byte) string {
	head, object := bytes.CutPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
	quoted, text := bytes.CutPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(`"`))
	key, _, closed := bytes.Cut(quoted, []byte(`"`))
	if !object || !text || !closed {
		return ""
	}
	return string(key)
}

// whole reads a document that is one object.
func (r *reader) whole() {
	for key := range r.Members {
		r.member(string(key))
	}
}

// member reads one of a document. Keys of later minor versions are passed over.
func (r *reader) member(key string) {
	switch r.seen[key] = true; key {
	case "schema":
		if n, ok := r.Int(); ok && n != result.Schema {
			r.Fault(fmt.Errorf("schema %d: this program reads schema %d; take the newer kbverify that wrote it",
				n, result.Schema))
		}
	case "kind":
		if kind, ok := r.String(); ok && kind != result.Document {
			r.Fault(&Other{kind})
		}
	case "tool":
		r.value(&r.tool)
	case "taken":
		r.value(&r.taken)
	case "exit":
		n, _ := r.Int()
		if r.exit = result.Exit(n); n < 0 || n > int64(result.ExitTrouble) {
			r.Fault(errors.New("no exit code"))
		}
	case "count":
		r.count, _ = r.Int()
	case "roots":
		for range r.Items {
			r.element()
		}
	}
}

// value reads a small object.
func (r *reader) value(to any) {
	raw, ok := r.Raw()
	if !ok {
		return
	}
	err := errors.New("a longer text than any result has")
	if len(raw) <= maxDocumentText {
		err = json.Unmarshal(raw, to)
	}
	if err != nil {
		r.Fault(err)
	}
}

func (r *reader) element() {
	if raw, ok := r.Raw(); ok {
		r.give(raw)
	}
}

func (r *reader) give(raw []byte) {
	r.roots++
	if r.err == nil {
		r.err = r.root(r.roots-1, raw)
	}
	if r.err != nil {
		r.Fault(r.err)
	}
}

// lines reads JSON lines: roots, and behind them a line of a document's other keys.
func (r *reader) lines() {
	if kind := r.Kind(); kind != strictjson.Object && kind != strictjson.None {
		r.Fault(&Other{})
		return
	}
	for more := true; more; more = r.More() {
		raw, ok := r.Raw()
		switch {
		case !ok:
			return
		case r.seen["exit"]:
			r.Fault(errors.New("something follows the last line; each result needs a file of its own"))
		case hasKey(raw, "exit") && !hasKey(raw, "root"):
			r.end(raw)
		case r.roots == 0 && !hasKey(raw, "root"):
			r.Fault(&Other{})
			return
		default:
			r.give(raw)
		}
	}
}

// hasKey reports that an object has a key. The last line of a result has its exit
// code and names no root.
func hasKey(object []byte, name string) (has bool) {
	if !bytes.Contains(object, []byte(name)) {
		return false
	}
	for key := range strictjson.New(bytes.NewReader(object), strictjson.Limits{}).Members {
		has = has || string(key) == name
	}
	return has
}

// end reads the last line.
func (r *reader) end(raw []byte) {
	line := &reader{seen: r.seen, document: r.document, root: r.root,
		Reader: strictjson.New(bytes.NewReader(raw), strictjson.Limits{})}
	line.whole()
	if stop := line.End(); stop != nil {
		r.Fault(stop.Err)
	}
	r.document = line.document
}

// check says what a well-formed text lacks to be a result, or a whole one.
func (r *reader) check() error {
	switch {
	case !r.seen["exit"] && r.roots > 0 && !r.seen["roots"]: // JSON lines
		return errors.New("is cut off: the last line is missing")
	case !r.seen["exit"] || !r.seen["tool"] || !r.seen["roots"] && r.count < 0:
		return &Other{}
	case r.count >= 0 && r.count != int64(r.roots):
		return fmt.Errorf("its last line counts %d before it, and there are %d: lines are lost", r.count, r.roots)
	case r.roots == 0:
		return errors.New("holds no root")
	}
	return nil
}

// problem says in a result's words what ended its reading.
func problem(stop *strictjson.Fault) error {
	if other := (*Other)(nil); errors.As(stop.Err, &other) {
		return other
	}
	text := stop.Error()
	switch repeated := (*strictjson.RepeatedKey)(nil); {
	case stop.Err == strictjson.ErrCutOff:
		text = "is cut off here, or was still being written: copy it whole"
	case stop.Err == strictjson.ErrUTF8:
		text = "neither UTF-8 nor UTF-16 text"
	case stop.Err == strictjson.ErrTooLong:
		text = errTooLong.Error()
	case errors.As(stop.Err, &repeated):
		text = fmt.Sprintf("the key %s stands here twice", visible.Quote(visible.Short(repeated.Key)))
	}
	place := fmt.Sprintf("line %d", stop.Line)
	if stop.Place != "" {
		place += ", " + stop.Place
	}
	return fmt.Errorf("%s: %s", place, strings.TrimPrefix(text, "is "))
}
