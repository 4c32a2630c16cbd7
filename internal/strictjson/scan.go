package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// fill reads more of the text behind what is still needed of buf. It is false at
// the end of the text, and when the reading is over.
func (r *Reader) fill() bool {
	switch {
	case r.stop != nil || r.src == nil:
		return false
	case r.limits.Value > 0 && r.base+int64(len(r.buf))-r.mark >= int64(r.limits.Value):
		return r.fail(ErrTooLong, r.last)
	}
	r.base += int64(r.at)
	r.buf, r.at = r.buf[:copy(r.buf, r.buf[r.at:])], 0
	if len(r.buf) == cap(r.buf) {
		r.buf = append(make([]byte, 0, 2*cap(r.buf)), r.buf...)
	}
	for range 100 { // as bufio does, lest a source that gives nothing keep us for good
		n, err := r.src.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
		switch {
		case n > 0:
			return true
		case errors.Is(err, io.EOF):
			r.src = nil
			return false
		case err != nil:
			return r.fail(err, r.last)
		}
	}
	return r.fail(io.ErrNoProgress, r.last)
}

// has reports that the text goes on at least n bytes from here.
func (r *Reader) has(n int) bool { return len(r.buf)-r.at >= n || r.need(n) }

func (r *Reader) need(n int) bool {
	for len(r.buf)-r.at < n {
		if !r.fill() {
			return false
		}
	}
	return true
}

// blanks passes over blanks, and is false at the end of the text.
func (r *Reader) blanks() bool {
	for {
		for ; r.at < len(r.buf); r.at++ {
			switch r.buf[r.at] {
			case '\n':
				r.line++
			case ' ', '\t', '\r':
			default:
				return r.stop == nil
			}
		}
		if !r.fill() {
			return false
		}
	}
}

// first gives the first byte of what follows; that nothing does ends the reading.
func (r *Reader) first() (byte, bool) {
	if !r.blanks() {
		return 0, r.fail(ErrCutOff, r.last)
	}
	return r.buf[r.at], true
}

// more goes on to the next member or item, and is false behind the last.
func (r *Reader) more(end byte, isFirst bool) bool {
	c, ok := r.first()
	switch {
	case !ok:
		return false
	case c == end:
		r.pass(1)
		return false
	case isFirst:
		return true
	case c == ',':
		r.pass(1)
		return true
	case end == '}':
		return r.invalid("after object key:value pair")
	}
	return r.invalid("after array element")
}

// pass ends a token, n bytes from here.
func (r *Reader) pass(n int) {
	r.at += n
	r.last, r.mark = r.line, r.Offset()
}

// key reads a key and its colon.
func (r *Reader) key() ([]byte, bool) {
	if c, ok := r.first(); !ok || c != '"' {
		return nil, r.invalid("looking for beginning of object key string")
	}
	raw, plain, ok := r.text()
	if !ok {
		return nil, false
	}
	if !plain {
		raw = unescape(raw)
	}
	r.latest = append(r.latest[:0], raw...) // reading on moves the buffer
	if c, ok := r.first(); !ok || c != ':' {
		return nil, r.invalid("after object key")
	}
	r.pass(1)
	return r.latest, true
}

// text reads the text at whose quotation mark the reader stands, and gives what
// is between its marks. It is plain where it has no escapes.
func (r *Reader) text() (raw []byte, plain, ok bool) {
	for n, c := range r.buf[r.at+1:] { // the usual text: here, ASCII and without escapes
		if c == '"' {
			raw = r.buf[r.at+1:][:n]
			r.pass(n + 2)
			return raw, true, true
		}
		if c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			break
		}
	}
	ascii := true
	plain = true
	for n := 1; r.has(n + 1); n++ {
		switch c := r.buf[r.at+n]; {
		case c == '"':
			if raw = r.buf[r.at+1 : r.at+n]; !ascii && !utf8.Valid(raw) {
				return nil, false, r.fail(ErrUTF8, r.line)
			}
			r.pass(n + 1)
			return raw, plain, true
		case c == '\\':
			plain = false
			size, ok := r.escape(n)
			if !ok {
				return nil, false, false
			}
			n += size - 1
		case c < ' ':
			return nil, false, r.invalidAt(n, "in string literal")
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	if !utf8.Valid(r.buf[r.at:]) {
		return nil, false, r.fail(ErrUTF8, r.line)
	}
	return nil, false, r.fail(ErrCutOff, r.line)
}

// escape checks the escape n bytes from here, and gives its length.
func (r *Reader) escape(n int) (size int, ok bool) {
	if !r.has(n + 2) {
		return 0, r.fail(ErrCutOff, r.line)
	}
	switch r.buf[r.at+n+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, true
	case 'u':
		for i := n + 2; i < n+6; i++ {
			if !r.has(i + 1) {
				return 0, r.fail(ErrCutOff, r.line)
			}
			if strings.IndexByte("0123456789abcdefABCDEF", r.buf[r.at+i]) < 0 {
				return 0, r.invalidAt(i, `in \u hexadecimal character escape`)
			}
		}
		return 6, true
	}
	return 0, r.invalidAt(n+1, "in string escape code")
}

// unescape gives a text without its escapes, which are in order.
func unescape(raw []byte) []byte {
	var text string
	quoted := append(append([]byte{'"'}, raw...), '"')
	if err := json.Unmarshal(quoted, &text); err != nil {
		panic(err) // the scanner let pass what is no JSON
	}
	return []byte(text)
}

// number reads the number that begins here.
func (r *Reader) number() ([]byte, bool) {
	n := 0
	if r.buf[r.at] == '-' {
		n++
	}
	if r.has(n+1) && r.buf[r.at+n] == '0' {
		n++
	} else if !r.digits(&n, "in numeric literal") {
		return nil, false
	}
	if r.has(n+1) && r.buf[r.at+n] == '.' {
		n++
		if !r.digits(&n, "after decimal point in numeric literal") {
			return nil, false
		}
	}
	if r.has(n+1) && r.buf[r.at+n]|0x20 == 'e' {
		n++
		if r.has(n+1) && (r.buf[r.at+n] == '+' || r.buf[r.at+n] == '-') {
			n++
		}
		if !r.digits(&n, "in exponent of numeric literal") {
			return nil, false
		}
	}
	text := r.buf[r.at : r.at+n]
	r.pass(n)
	return text, r.stop == nil
}

// digits passes over one digit or more, n bytes from here.
func (r *Reader) digits(n *int, where string) bool {
	begin := *n
	for r.has(*n+1) && '0' <= r.buf[r.at+*n] && r.buf[r.at+*n] <= '9' {
		*n++
	}
	switch {
	case *n > begin:
		return true
	case !r.has(*n + 1):
		return r.fail(ErrCutOff, r.line)
	}
	return r.invalidAt(*n, where)
}

// word reads true, false or null.
func (r *Reader) word(word string) bool {
	for i := range len(word) {
		if !r.has(i + 1) {
			return r.fail(ErrCutOff, r.line)
		}
		if r.buf[r.at+i] != word[i] {
			return r.invalidAt(i, fmt.Sprintf("in literal %s (expecting %q)", word, word[i]))
		}
	}
	r.pass(len(word))
	return true
}

// invalid ends the reading at the next byte, which JSON does not have there.
func (r *Reader) invalid(where string) bool { return r.invalidAt(0, where) }

// invalidAt is invalid for the byte that is n bytes from here.
func (r *Reader) invalidAt(n int, where string) bool {
	if r.stop != nil {
		return false
	}
	r.has(n + utf8.UTFMax)
	c, size := utf8.DecodeRune(r.buf[r.at+n:])
	if c == utf8.RuneError && size == 1 {
		return r.fail(ErrUTF8, r.line)
	}
	return r.fail(&SyntaxError{c, where}, r.line)
}
