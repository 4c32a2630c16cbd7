// Package strictjson reads JSON from outside piece by piece, and trusts nothing.
//
// What goes in is a text of any length and from anywhere, what comes out are its
// keys and values in their order, each with its line and its place. Of an object
// no key stands twice; what the caller does not ask for it refuses itself
// (UnknownKey, WrongType). A text that is no JSON, not UTF-8, or larger in some
// way than the caller's Limits ends the reading, and so does the first Fault
// unless the caller wants all of them. Nothing of the text is kept. This package
// knows no file, and not what the keys mean. The grammar is that of jsontext.
package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"

	"kbverify/pecheck/visible"
)

// Limits say how large a text may be; what is zero has no limit.
type Limits struct {
	Value  int // bytes of one text or number, with the blanks before it, give or take one read
	Values int // that are asked for, of the whole text
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

var kinds = map[jsontext.Kind]Kind{
	jsontext.KindNull: Null, jsontext.KindTrue: Bool, jsontext.KindFalse: Bool, jsontext.KindNumber: Number,
	jsontext.KindString: Text, jsontext.KindBeginArray: List, jsontext.KindBeginObject: Object,
}

// Reader reads one JSON text. Whatever ends the reading, its methods say that
// there is nothing more, and End says why.
type Reader struct {
	json    *jsontext.Decoder
	src     source
	limits  Limits
	values  int
	pending bool   // the next value has not been read
	text    []byte // the latest, a key or a value
	faults  []Fault
	stop    *Fault // what ended the reading
}

// source counts what the decoder took of the text.
type source struct {
	io.Reader
	r     *Reader
	bytes int64
	lines int   // ended
	err   error // why it could not be read on
}

func (s *source) Read(p []byte) (int, error) {
	if most := s.r.limits.Value; most > 0 && s.bytes-s.r.json.InputOffset() >= int64(most) {
		return 0, ErrTooLong
	}
	n, err := s.Reader.Read(p)
	s.bytes += int64(n)
	s.lines += bytes.Count(p[:n], []byte{'\n'})
	if err != nil && s.err == nil {
		s.err = err
	}
	return n, err
}

// New reads the text that src gives.
func New(src io.Reader, limits Limits) *Reader {
	r := &Reader{limits: limits, values: 1, pending: true}
	r.src = source{Reader: transform.NewReader(src, encoding.UTF8Validator), r: r}
	r.json = jsontext.NewDecoder(&r.src, jsontext.AllowInvalidUTF8(true)) // of which there is none left
	return r
}

// Kind gives the type of the next value.
func (r *Reader) Kind() Kind {
	if !r.pending || r.stop != nil {
		return None
	}
	kind, ok := kinds[r.json.PeekKind()]
	if !ok {
		_, err := r.json.ReadToken()
		r.broken(err)
	}
	return kind
}

// is reports that the next value is of that kind, else WrongType is a fault.
func (r *Reader) is(want Kind) bool {
	found := r.Kind()
	if found != None && found != want {
		r.Fault(&WrongType{Want: want, Found: found})
	}
	return found == want
}

// Members gives the keys of the next value, an object, for a loop: in it, the next
// value is that of the key, and where the loop does not read it, it is skipped. A
// key is good until its value was read. The loop is not to be left early.
func (r *Reader) Members(yield func(key []byte) bool) {
	if !r.is(Object) || !r.token() {
		return
	}
	for r.json.PeekKind() != jsontext.KindEndObject {
		if !r.unquote() || !r.begin() || !yield(r.text) || !r.skip() {
			return
		}
	}
	r.token()
}

// Items gives the numbers of the items of the next value, a list, for a loop as
// Members does.
func (r *Reader) Items(yield func(i int) bool) {
	if !r.is(List) || !r.token() {
		return
	}
	for i := 0; r.json.PeekKind() != jsontext.KindEndArray; i++ {
		if !r.begin() || !yield(i) || !r.skip() {
			return
		}
	}
	r.token()
}

// begin makes the next value wait to be read.
func (r *Reader) begin() bool {
	r.pending = true
	r.json.PeekKind() // for Offset: all that lies before the value
	if r.values++; r.values > r.limits.Values && r.limits.Values > 0 {
		r.fail(ErrLimit, r.Offset())
	}
	return r.Kind() != None
}

// skip passes over the next value, if it has not been read.
func (r *Reader) skip() bool {
	if r.pending && r.stop == nil {
		r.read(r.json.SkipValue())
	}
	return r.stop == nil
}

// read ends a value, or the reading.
func (r *Reader) read(err error) bool {
	if err != nil {
		r.broken(err)
		return false
	}
	r.pending = false
	return true
}

// token reads a bracket.
func (r *Reader) token() bool {
	_, err := r.json.ReadToken()
	return r.read(err)
}

// unquote reads a key or a text into r.text.
func (r *Reader) unquote() bool {
	quoted, err := r.json.ReadValue()
	if err == nil {
		r.text, _ = jsontext.AppendUnquote(r.text[:0], quoted) // the error is for half a surrogate pair
	}
	return r.read(err)
}

// Text reads the next value, a text. The bytes are good until the next call.
func (r *Reader) Text() (text []byte, ok bool) {
	if !r.is(Text) || !r.unquote() {
		return nil, false
	}
	return r.text, true
}

// String is Text as a string.
func (r *Reader) String() (text string, ok bool) {
	b, ok := r.Text()
	return string(b), ok
}

// Number reads the next value, a number, as it is written. The bytes are good
// until the next call.
func (r *Reader) Number() (text []byte, ok bool) {
	if !r.is(Number) {
		return nil, false
	}
	text, err := r.json.ReadValue()
	return text, r.read(err)
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
	if !r.is(Bool) {
		return false, false
	}
	token, err := r.json.ReadToken()
	return token.Kind() == jsontext.KindTrue, r.read(err)
}

// Raw reads the next value, an object, as it is written: it is well-formed, no longer
// than the limit, and no key stands in it twice. The bytes are good until the next call.
func (r *Reader) Raw() (text []byte, ok bool) {
	if !r.is(Object) {
		return nil, false
	}
	text, err := r.json.ReadValue()
	return text, r.read(err)
}

// More goes on to a further text behind this one, as in JSON lines, and reports
// whether there is any.
func (r *Reader) More() bool {
	if !r.skip() {
		return false
	}
	if r.json.PeekKind() == jsontext.KindInvalid {
		if _, err := r.json.ReadToken(); errors.Is(err, io.EOF) {
			return false
		}
	}
	r.pending = true
	return r.Kind() != None
}

// End wants that nothing follows. It gives what ended the reading before, or nil.
func (r *Reader) End() *Fault {
	if !r.skip() {
		return r.stop
	}
	r.pending = true
	kind := r.json.PeekKind()
	at := r.Offset()
	_, err := r.json.ReadToken()
	switch syntax := (*jsontext.SyntacticError)(nil); {
	case kind != jsontext.KindInvalid, errors.As(err, &syntax):
		r.fail(ErrAfterEnd, at)
	case !errors.Is(err, io.EOF):
		r.broken(err)
	}
	return r.stop
}

// Line is the line in which the reading stands, from 1.
func (r *Reader) Line() int { return r.line(r.Offset()) }

// line gives the line of a place that the reading has not passed.
func (r *Reader) line(offset int64) int {
	ahead := r.json.UnreadBuffer()
	ahead = ahead[min(max(0, offset-r.json.InputOffset()), int64(len(ahead))):]
	return 1 + r.src.lines - bytes.Count(ahead, []byte{'\n'})
}

// Offset is where in the text the reading stands. In a loop over members or items
// that is the beginning of the value.
func (r *Reader) Offset() int64 {
	if !r.pending {
		return r.json.InputOffset()
	}
	ahead := bytes.TrimLeft(r.json.UnreadBuffer(), blanks)
	if len(ahead) > 0 && r.json.StackDepth() > 0 && (ahead[0] == ',' || ahead[0] == ':') {
		ahead = bytes.TrimLeft(ahead[1:], blanks)
	}
	return r.json.InputOffset() + int64(len(r.json.UnreadBuffer())-len(ahead))
}

// blanks are what JSON calls whitespace, RFC 8259, 2.
const blanks = " \t\r\n"

// here gives the way to the value that is being read, fit to be shown:
// "tables[0].files[3].version".
func (r *Reader) here() string { return r.place(r.json.StackPointer(), r.json.StackDepth()) }

// place is here for another pointer, or fewer of its steps.
func (r *Reader) place(pointer jsontext.Pointer, depth int) string {
	var b strings.Builder
	tokens := slices.Collect(pointer.Tokens())
	for i := 1; i <= depth; i++ {
		kind, n := r.json.StackIndex(i)
		isObject := kind == jsontext.KindBeginObject
		if r.pending && i == r.json.StackDepth() && !isObject {
			n++
		}
		switch {
		case n == 0:
		case isObject:
			b.WriteString("." + visible.Short(tokens[i-1]))
		default:
			fmt.Fprintf(&b, "[%d]", n-1)
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}

// fail ends the reading.
func (r *Reader) fail(err error, offset int64) {
	if r.stop == nil {
		r.stop = &Fault{Line: r.line(offset), Offset: offset, Place: r.here(), Err: err}
	}
}

// broken ends the reading for an error of the decoder, or of the source.
func (r *Reader) broken(err error) {
	pointer, depth := r.json.StackPointer(), r.json.StackDepth()
	if !r.pending {
		depth-- // between values
	}
	at := r.Offset()
	if at == r.src.bytes { // but for blanks nothing follows
		at = r.json.InputOffset()
	}
	syntax := (*jsontext.SyntacticError)(nil)
	switch isSyntax := errors.As(err, &syntax); {
	case errors.Is(err, ErrTooLong):
		err = ErrTooLong
	case errors.Is(err, encoding.ErrInvalidUTF8):
		err = ErrUTF8
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = ErrCutOff
	case r.src.err != nil && errors.Is(err, r.src.err): // in its own words
		err = r.src.err
	case isSyntax && errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		pointer, depth = syntax.JSONPointer, r.json.StackDepth()
		err, at = &RepeatedKey{pointer.LastToken()}, syntax.ByteOffset
	case isSyntax:
		err, at = &SyntaxError{syntax.Err}, syntax.ByteOffset
	}
	r.fail(err, at)
	r.stop.Place = r.place(pointer, depth)
}

// Fault says that something is wrong at the value that is being read. It ends the
// reading unless faults are collected.
func (r *Reader) Fault(err error) {
	switch at := r.Offset(); {
	case r.limits.Faults == 0:
		r.fail(err, at)
	case r.stop == nil && len(r.faults) < r.limits.Faults:
		r.faults = append(r.faults, Fault{Line: r.line(at), Offset: at, Place: r.here(), Err: err})
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
	ErrCutOff   = errors.New("unexpected end of JSON input")
	ErrAfterEnd = errors.New("something follows the closing brace")
	ErrUTF8     = errors.New("not UTF-8 text")
	ErrTooLong  = errors.New("a value longer than the limit")
	ErrLimit    = errors.New("more values than the limit")
)

// SyntaxError is what JSON does not have at its place.
type SyntaxError struct{ error }

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
