package report

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a text from a file name, a manifest or the operating system fit
// to be shown: what moves a cursor, breaks a line, reverses the direction of
// writing, cannot be seen or is not UTF-8 becomes a visible escape (\x1b,
// \u202e). Backslashes stay, as in C:\SMS.
func Clean(text string) string {
	if isClean(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case !unsafe(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}

// CleanLines cleans a message of several lines and keeps its line breaks.
func CleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}

func isClean(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, unsafe) < 0
}

// unsafe holds for control characters, separators of lines and paragraphs, and
// format characters, among them the bidirectional controls.
func unsafe(r rune) bool {
	if r < 0x80 {
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// cleaned gives a copy of v in which every text is clean, whatever fields the
// type has or gets: the one place through which results pass on their way out.
func cleaned[T any](v T) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	copyClean(out, reflect.ValueOf(&v).Elem())
	return out.Interface().(T)
}

func copyClean(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(Clean(from.String()))
	case reflect.Struct:
		for i := range from.NumField() {
			copyClean(to.Field(i), from.Field(i))
		}
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyClean(to.Index(i), from.Index(i))
		}
	case reflect.Interface:
		if s, ok := from.Interface().(string); ok {
			to.Set(reflect.ValueOf(Clean(s)))
			return
		}
		to.Set(from)
	default: // numbers, and maps with verdicts as keys
		to.Set(from)
	}
}
