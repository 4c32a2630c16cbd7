package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"kbverify/pecheck/result"
)

// utf16LE writes a text as Windows PowerShell redirects it.
func utf16LE(text string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(u), byte(u >> 8)})
	}
	return b.String()
}

func TestReadRoots(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
		err        string
	}{
		{"lines", "one\ntwo", []string{"one", "two"}, ""},
		{"comments and blank lines", "# estate\n\n  \none\n  # indented\n", []string{"one"}, ""},
		{"blanks around and Windows line ends", " one \r\ntwo words\r\n", []string{"one", "two words"}, ""},
		{"a number sign in a name", "C#/bin\n", []string{"C#/bin"}, ""},
		{"twice is twice", "one\none\n", []string{"one", "one"}, ""},
		{"byte order mark", "\xef\xbb\xbfone\n", []string{"one"}, ""},
		{"UTF-16", utf16LE("\\\\SITE01\\SMS\r\n# é\r\n\\\\SITE02\\SMS\r\n"), []string{`\\SITE01\SMS`, `\\SITE02\SMS`}, ""},
		{"a name that is not UTF-8 is that of the disk", "caf\xe9\n", []string{"caf\xe9"}, ""},
		{"nothing", "", nil, ""},
		{"no text", "one\nMZ\x00\x00\n", nil, "line 2: holds a zero byte; this is no list of roots"},
		{"a line without end", strings.Repeat("x", maxRootLine+1), nil, "a line of more than 65536 bytes"},
		{"too many", strings.Repeat("x\n", maxRoots+1), nil, "line 100001: more than 100000 roots"},
	} {
		got, err := readRoots(strings.NewReader(c.text))
		if c.err == "" && (err != nil || !slices.Equal(got, c.want)) || c.err != "" && (err == nil || err.Error() != c.err) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

// What is interrupted before it begins is a whole document that says so.
func TestInterruptedAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	for _, args := range [][]string{{"detect", "-f", "json", dir, dir}, {"verify", "-k", "KB977203", "-f", "json", dir}, {"identify", "-f", "json", dir, dir}} {
		var stdout, stderr bytes.Buffer
		code := run(ctx, args, nil, &stdout, &stderr)
		var doc struct {
			Roots, Files []struct{ Error string }
			Exit         result.Exit
		}
		if err := json.Unmarshal(stdout.Bytes(), &doc); err != nil || code != int(result.ExitTrouble) || doc.Exit != result.ExitTrouble {
			t.Errorf("%v: exit code %d, %v in %s", args, code, err, stdout.String())
		}
		if n := len(args) - 3 - 2*strings.Count(strings.Join(args, " "), "-k"); len(doc.Roots)+len(doc.Files) != n {
			t.Errorf("%v: %d results, want %d", args, len(doc.Roots)+len(doc.Files), n)
		}
		for _, r := range append(doc.Roots, doc.Files...) {
			if !strings.Contains(r.Error, "interrupted") {
				t.Errorf("%v: %q", args, r.Error)
			}
		}
	}
}
