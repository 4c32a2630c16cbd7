// Package visible makes text from outside - names on a disk, messages of the
// operating system, words of an article - safe to show in a terminal, a log and
// every format, and reversibly where it is a name.
package visible

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name gives the form in which a name from the disk is kept and shown:
// printable UTF-8, and reversible. A backslash becomes \\, a byte
// that is no UTF-8 becomes \xHH, and a character that moves a cursor, breaks a
// line, reorders text or cannot be seen becomes \uHHHH or \UHHHHHHHH. Windows
// allows no backslash in a name, so only odd names look different from the disk's.
func Name(name string) string {
	if IsPlain(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, name[i])
		case r == '\\':
			b.WriteString(`\\`)
		default:
			writeClean(&b, r)
		}
		i += size
	}
	return b.String()
}

// Text makes a text from the disk or the operating system fit to be shown:
// like Name, but backslashes stay, as in "C:\SMS". It is not reversible.
func Text(text string) string {
	if IsClean(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, text[i])
		} else {
			writeClean(&b, r)
		}
		i += size
	}
	return b.String()
}

// Lines is Text for a message of several lines, whose line breaks stay.
func Lines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Text(line)
	}
	return strings.Join(lines, "\n")
}

func writeClean(b *strings.Builder, r rune) {
	switch {
	case !isUnsafe(r):
		b.WriteRune(r)
	case r < 0x80:
		fmt.Fprintf(b, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// isUnsafe reports a character that must not reach a terminal or a file as it
// is: control characters, line and paragraph separators, and format characters,
// which hold the bidirectional controls and the invisible ones.
func isUnsafe(r rune) bool {
	if r < 0x80 {
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// IsPlain reports that a name is ASCII and shown as it is.
func IsPlain(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c < ' ' || c >= 0x7f || c == '\\' {
			return false
		}
	}
	return true
}

// IsClean reports that text is valid UTF-8 without unsafe characters.
func IsClean(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, isUnsafe) < 0
}

// Raw gives back the name that Name was given. It refuses what Name would not
// have written.
func Raw(escaped string) (string, error) {
	if IsPlain(escaped) {
		return escaped, nil
	}
	if strings.IndexByte(escaped, '\\') < 0 {
		if !IsClean(escaped) {
			return "", fmt.Errorf("name %q holds a character that has to be escaped", escaped)
		}
		return escaped, nil
	}
	var b strings.Builder
	for rest := escaped; rest != ""; {
		cut := strings.IndexByte(rest, '\\')
		if cut < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:cut])
		text, after, ok := unescapeOne(rest[cut:])
		if !ok {
			return "", fmt.Errorf("name %q: a backslash begins no escape that is known", escaped)
		}
		b.WriteString(text)
		rest = after
	}
	if raw := b.String(); Name(raw) == escaped {
		return raw, nil
	}
	return "", fmt.Errorf("name %q is escaped in a way that is not the usual one", escaped)
}

// unescapeOne reads the escape that text begins with.
func unescapeOne(text string) (raw, rest string, ok bool) {
	if strings.HasPrefix(text, `\\`) {
		return `\`, text[2:], true
	}
	if len(text) < 2 {
		return "", "", false
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[1]]
	if digits == 0 || len(text) < 2+digits {
		return "", "", false
	}
	n, err := strconv.ParseUint(text[2:2+digits], 16, 32)
	if err != nil {
		return "", "", false
	}
	if digits == 2 {
		return string([]byte{byte(n)}), text[4:], true
	}
	return string(rune(n)), text[2+digits:], true
}

// Quote puts a text from outside into quotation marks, cleaned. Unlike %q it leaves
// the backslashes of Windows paths single.
func Quote(text string) string { return `"` + Text(text) + `"` }

// maxShort is how much of a text is enough to know it by, in bytes.
const maxShort = 80

// Short is Text for a message that repeats a value, which is cut off if it is long.
func Short(text string) string {
	if len(text) > maxShort {
		text = strings.ToValidUTF8(text[:maxShort], "") + "…"
	}
	return Text(text)
}
