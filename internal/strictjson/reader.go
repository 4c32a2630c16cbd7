// Package strictjson reads JSON from outside piece by piece, and trusts nothing.
//
// What goes in is a text of any length and from anywhere, what comes out are its
// keys and values in their order, each with its line and its place. Of an object
// no key stands twice; what the caller does not ask for it refuses itself
// (UnknownKey, WrongType). A text that is no JSON, not UTF-8, or larger in some
// way than the caller's Limits ends the reading, and so does the first Fault
// unless the caller wants all of them. Nothing of the text is kept. This package
// knows no file, and not what the keys mean.
package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kbverify/pecheck/visible"
)

// Limits say how large a text may be; what is zero has no limit.
type Limits struct {
	Value  int // bytes of one text or number, with the blanks before it
	Depth  int // lists and objects around one value
	Values int // of the whole text
	Keys   int // of one object
	Faults int // kept; the first ends the reading where it is 0
}

// Kind is the type of a value, as messages say it.
type Kind string

// The kinds. None is none at all: the text is at its end, or no more can be read.
const (
	None   Kind = ""
	Null   Kind = "null"
	Bool   Kind = "true or false"
	Number Kind = "a number"
	Text   Kind = "text"
	List   Kind = "a list"
	Object Kind = "an object"
)

// Reader reads one JSON text. Whatever ends the reading, its methods say that
// there is nothing more, and End says why.
type Reader struct {
	src    io.Reader // nil when buf holds everything
	whole  string    // the text, where it was given as one
	buf    []byte    // what was read of it
	at     int       // the next byte of buf
	base   int64     // offset of buf[0] in the text
	line   int       // of the next byte
	last   int       // line in which the last token ended
	mark   int64     // offset at which it ended, from which Limits.Value counts
	limits Limits
	values int

	pending bool // the next value has not been read
	deepest int  // of what was skipped, the lists and objects around it
	path    []step
	ends    []int  // in keys, of each key of the objects in path
	keys    []byte // of the objects in path
	latest  []byte // key

	faults []Fault
	stop   *Fault // what ended the reading
}

// step is one list or object on the way to a value.
type step struct {
	object bool
	index  int // of the item, or of the key in ends; -1 before and between them
}

// New reads the text that src gives.
func New(src io.Reader, limits Limits) *Reader {
	return &Reader{src: src, buf: make([]byte, 0, 64<<10), line: 1, last: 1, limits: limits, values: 1, pending: true}
}

// NewText reads a text that is in memory.
func NewText(data []byte, limits Limits) *Reader {
	return &Reader{whole: string(data), buf: data, line: 1, last: 1, limits: limits, values: 1, pending: true}
}

// Kind gives the type of the next value.
func (r *Reader) Kind() Kind {
	if !r.pending {
		return None
	}
	c, ok := r.first()
	if !ok {
		return None
	}
	switch {
	case c == '{':
		return Object
	case c == '[':
		return List
	case c == '"':
		return Text
	case c == '-' || '0' <= c && c <= '9':
		return Number
	case c == 't' || c == 'f':
		return Bool
	case c == 'n':
		return Null
	}
	r.invalid("looking for beginning of value")
	return None
}

// take begins to read the next value where it is of that kind, else WrongType is
// a fault.
func (r *Reader) take(want Kind) bool {
	switch found := r.Kind(); found {
	case None:
		return false
	case want:
		r.pending = false
		return true
	default:
		r.Fault(&WrongType{Want: want, Found: found})
		return false
	}
}

// Members gives the keys of the next value, an object, for a loop: in it, the next
// value is that of the key, and where the loop does not read it, it is skipped. A
// key is good until its value was read. The loop is not to be left early.
func (r *Reader) Members(yield func(key []byte) bool) {
	at, first, start := len(r.path), len(r.ends), len(r.keys)
	for more := r.open(Object); more; more = r.more('}', false) {
		key, ok := r.key()
		if !ok {
			return
		}
		known := r.known(first, key)
		r.path[at].index = len(r.ends)
		r.keys = append(r.keys, key...)
		r.ends = append(r.ends, len(r.keys))
		if !r.within(len(r.ends)-first, r.limits.Keys) || !r.begin() {
			return
		}
		if known {
			r.Fault(&RepeatedKey{string(key)})
		} else if !yield(r.keyAt(len(r.ends) - 1)) {
			return
		}
		if r.end(); r.stop == nil {
			r.path[at].index = -1
		}
	}
	if r.stop == nil && at < len(r.path) {
		r.path, r.ends, r.keys = r.path[:at], r.ends[:first], r.keys[:start]
	}
}

// Items gives the numbers of the items of the next value, a list, for a loop as
// Members does.
func (r *Reader) Items(yield func(i int) bool) {
	at := len(r.path)
	for more := r.open(List); more; more = r.more(']', false) {
		if r.path[at].index++; !r.begin() || !yield(r.path[at].index) {
			return
		}
		r.end()
	}
	if r.stop == nil && at < len(r.path) {
		r.path = r.path[:at]
	}
}

// maxNesting is where encoding/json gives up, too.
const maxNesting = 10_000

// open begins to read the next value, an object or a list, and reports that there
// is something in it.
func (r *Reader) open(kind Kind) bool {
	switch {
	case !r.take(kind):
		return false
	case len(r.path) >= maxNesting:
		return r.invalid("exceeded max depth")
	}
	end := r.buf[r.at] + 2 // in ASCII the brackets of a pair are 2 apart
	r.pass(1)
	r.path = append(r.path, step{object: kind == Object, index: -1})
	return r.more(end, true)
}

// begin makes the next value wait to be read.
func (r *Reader) begin() bool {
	r.values++
	r.deepest = max(r.deepest, len(r.path))
	r.pending = true
	return r.within(r.values, r.limits.Values) && r.Kind() != None
}

// end ends the member or item that begin began.
func (r *Reader) end() {
	r.skip()
	r.within(r.deepest, r.limits.Depth)
}

// Text reads the next value, a text. The bytes are good until the next call.
func (r *Reader) Text() (text []byte, ok bool) {
	if !r.take(Text) {
		return nil, false
	}
	text, plain, ok := r.text()
	if ok && !plain {
		text = unescape(text)
	}
	return text, ok
}

// String is Text as a string.
func (r *Reader) String() (text string, ok bool) {
	start := r.at + 1
	b, ok := r.Text()
	if end := start + len(b); ok && r.whole != "" && end+1 == r.at { // without escapes, a part of the whole
		return r.whole[start:end], true
	}
	return string(b), ok
}

// Number reads the next value, a number, as it is written. The bytes are good
// until the next call.
func (r *Reader) Number() (text []byte, ok bool) {
	if !r.take(Number) {
		return nil, false
	}
	return r.number()
}

// Int reads the next value, a whole number.
func (r *Reader) Int() (n int64, ok bool) {
	text, ok := r.Number()
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		r.Fault(&WrongType{Want: Number, Found: Number, Number: string(text)})
	}
	return n, err == nil
}

// Bool reads the next value, true or false.
func (r *Reader) Bool() (value, ok bool) {
	if !r.take(Bool) {
		return false, false
	}
	if r.buf[r.at] == 't' {
		return true, r.word("true")
	}
	return false, r.word("false")
}

// skip passes over the next value, if it has not been read.
func (r *Reader) skip() {
	switch r.Kind() {
	case Object:
		for range r.Members {
		}
	case List:
		for range r.Items {
		}
	case Text:
		r.Text()
	case Number:
		r.Number()
	case Bool:
		r.Bool()
	case Null:
		r.pending = false
		r.word("null")
	}
}

// End wants that nothing follows. It gives what ended the reading before, or nil.
func (r *Reader) End() *Fault {
	if r.skip(); r.blanks() {
		r.invalid(AfterEnd)
	}
	return r.stop
}

// within ends the reading where there is more than a limit allows.
func (r *Reader) within(n, most int) bool {
	if n > most && most > 0 {
		r.fail(ErrLimit, r.line)
	}
	return r.stop == nil
}

// keyAt gives the i-th key of ends.
func (r *Reader) keyAt(i int) []byte {
	if i == 0 {
		return r.keys[:r.ends[0]]
	}
	return r.keys[r.ends[i-1]:r.ends[i]]
}

// known reports that the object has that key already.
func (r *Reader) known(first int, key []byte) bool {
	for i := first; i < len(r.ends); i++ {
		if bytes.Equal(r.keyAt(i), key) {
			return true
		}
	}
	return false
}

// Line is the line in which the reading stands, from 1.
func (r *Reader) Line() int { return r.line }

// Offset is where in the text the reading stands. In a loop over members or items
// that is the beginning of the value.
func (r *Reader) Offset() int64 { return r.base + int64(r.at) }

// place gives the way to the value that is being read, fit to be shown:
// "tables[0].files[3].version".
func (r *Reader) place() string {
	var b strings.Builder
	for _, s := range r.path {
		switch {
		case s.index < 0:
		case s.object:
			b.WriteString("." + visible.Short(string(r.keyAt(s.index))))
		default:
			fmt.Fprintf(&b, "[%d]", s.index)
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}

// fail ends the reading.
func (r *Reader) fail(err error, line int) bool {
	if r.stop == nil {
		r.stop = &Fault{Line: line, Offset: r.Offset(), Place: r.place(), Err: err}
	}
	return false
}

// Fault says that something is wrong at the value that is being read. It ends the
// reading unless faults are collected.
func (r *Reader) Fault(err error) {
	switch {
	case r.limits.Faults == 0:
		r.fail(err, r.line)
	case r.stop == nil && len(r.faults) < r.limits.Faults:
		r.faults = append(r.faults, Fault{Line: r.line, Offset: r.Offset(), Place: r.place(), Err: err})
	}
}

// Faults gives those that were collected, in the order of the text.
func (r *Reader) Faults() []Fault { return r.faults }

// Fault is something that is wrong with the text.
type Fault struct {
	Line   int   // from 1
	Offset int64 // in the text
	Place  string
	Err    error // one of this package's, or the caller's
}

func (f *Fault) Error() string { return f.Err.Error() }
func (f *Fault) Unwrap() error { return f.Err }

// What ends a reading, besides SyntaxError, the faults below and what the source
// says.
var (
	ErrCutOff  = errors.New("unexpected end of JSON input")
	ErrUTF8    = errors.New("not UTF-8 text")
	ErrTooLong = errors.New("a value longer than the limit")
	ErrLimit   = errors.New("more keys or values, or deeper, than the limit")
)

// SyntaxError is a character that JSON does not have at its place.
type SyntaxError struct {
	Char  rune
	Where string // "looking for beginning of value"
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("invalid character %q %s", e.Char, e.Where) }

// AfterEnd is the Where of what follows the text's value.
const AfterEnd = "after top-level value"

// WrongType is a value of another type than is wanted.
type WrongType struct {
	Want, Found Kind
	Number      string // where it is a number, but not a whole one within 64 bits
}

func (e *WrongType) Error() string {
	if e.Number != "" {
		return "want a whole number"
	}
	return "want " + string(e.Want)
}

// RepeatedKey is a key that stands twice in an object.
type RepeatedKey struct{ Key string }

func (e *RepeatedKey) Error() string { return "the key stands here twice" }

// UnknownKey is a key that the caller does not know.
type UnknownKey struct {
	Key   string
	Known []string
}

func (e *UnknownKey) Error() string {
	return fmt.Sprintf("unknown key %s; the keys here are %s", visible.Quote(visible.Short(e.Key)), strings.Join(e.Known,
		", "))
}
