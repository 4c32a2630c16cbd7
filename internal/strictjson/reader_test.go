package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// value reads any value as encoding/json does.
func value(r *Reader) any {
	switch r.Kind() {
	case Object:
		m := map[string]any{}
		for key := range r.Members {
			k := string(key)
			m[k] = value(r)
		}
		return m
	case List:
		l := []any{}
		for range r.Items {
			l = append(l, value(r))
		}
		return l
	case Text:
		s, _ := r.String()
		return s
	case Number:
		n, _ := r.Number()
		return json.Number(n)
	case Bool:
		b, _ := r.Bool()
		return b
	}
	r.skip()
	return nil
}

func whole(r *Reader) (any, error) {
	v := value(r)
	if stop := r.End(); stop != nil {
		return v, stop
	}
	return v, nil
}

func TestErrors(t *testing.T) {
	limits := Limits{Value: 64, Values: 100}
	for _, tt := range []struct{ text, want string }{
		{`{"a": {"b": [1, true, null, "x"]}}`, ""},
		{" \t\r\n7 \n", ""},
		{"", `1 : unexpected end of JSON input`},
		{"{\n\"a\": 1\n\n", `2 : unexpected end of JSON input`},
		{"[\n\"abc", `2 [0]: unexpected end of JSON input`},
		{`["\`, `1 [0]: unexpected end of JSON input`},
		{`["\u00`, `1 [0]: unexpected end of JSON input`},
		{`[-`, `1 [0]: unexpected end of JSON input`},
		{`[1.`, `1 [0]: unexpected end of JSON input`},
		{`[tr`, `1 [0]: unexpected end of JSON input`},
		{`{"a"`, `1 a: unexpected end of JSON input`},
		{"[1,\n]", `1 [1]: invalid character ',' at start of value`},
		{`[1 2]`, `1 [1]: invalid character '2' after array element (expecting ',' or ']')`},
		{`{"a" 1}`, `1 a: invalid character '1' after object name (expecting ':')`},
		{`{"a": 1 "b"}`, `1 : invalid character '"' after object value (expecting ',' or '}')`},
		{`{'a': 1}`, `1 : invalid character '\'' at start of value`},
		{`{"a": 1,}`, `1 : invalid character ',' at start of value`},
		{`[01]`, `1 [1]: invalid character '1' after array element (expecting ',' or ']')`},
		{`[-x]`, `1 [0]: invalid character 'x' in number (expecting digit)`},
		{`[1.x]`, `1 [0]: invalid character 'x' in number (expecting digit)`},
		{`[1e+x]`, `1 [0]: invalid character 'x' in number (expecting digit)`},
		{`[trie]`, `1 [0]: invalid character 'i' in literal true (expecting 'u')`},
		{"[\"a\tb\"]", `1 [0]: invalid character '\t' in string (expecting non-control character)`},
		{`["\q"]`, "1 [0]: invalid escape sequence `\\q` in string"},
		{`["\u00ag"]`, "1 [0]: invalid escape sequence `\\u00ag` in string"},
		{`7 8`, `1 : something follows the closing brace`},
		{`é`, `1 : invalid character 'é' at start of value`},
		{"\xff", `1 : not UTF-8 text`},
		{"[\"\xff\"]", `1 [0]: not UTF-8 text`},
		{"[\"\xff", `1 [0]: not UTF-8 text`},
		{`{"a": 1, "a": 2}`, `1 a: the key stands here twice`},
		{`{"a": 1, "\u0061": 2}`, `1 a: the key stands here twice`},
		{`{"a": {"b": 1}, "b": {"a": 1, "b": 2, "b": 3}}`, `1 b.b: the key stands here twice`},
		{`{"\u001b[2J": [7, x]}`, `1 \x1b[2J[1]: invalid character 'x' at start of value`},
		{"[\n" + strings.Repeat(" ", 100) + "1]", `1 [0]: a value longer than the limit`},
		{`["` + strings.Repeat("x", 100) + `"]`, `1 [0]: a value longer than the limit`},
		{"[" + strings.Repeat("1,", 98) + "1]", ""},
		{"[" + strings.Repeat("1,", 99) + "1]", `1 [99]: more values than the limit`},
	} {
		_, err := whole(New(iotest.OneByteReader(strings.NewReader(tt.text)), limits))
		got := ""
		if f := (*Fault)(nil); errors.As(err, &f) {
			got = fmt.Sprintf("%d %s: %v", f.Line, f.Place, f)
		}
		if got != tt.want {
			t.Errorf("%.100q: got %.100q, want %.100q", tt.text, got, tt.want)
		}
	}
}

// A fault stands where it is, however much of the text came at once.
func TestPlaceOfWhatFollows(t *testing.T) {
	for text, want := range map[string]int64{"7,,\n:8": 1, "7 \n:": 3, "7 \n, 8": 3, "[1]\n]": 4, "{}\n\n8": 4} {
		for _, src := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
			r := New(src, Limits{})
			fault := r.End()
			line := 1 + strings.Count(text[:want], "\n")
			if fault == nil || fault.Err != ErrAfterEnd || fault.Offset != want || fault.Line != line {
				t.Errorf("%q: got %#v, want offset %d in line %d", text, fault, want, line)
			}
		}
	}
}

func TestDeepNesting(t *testing.T) {
	_, err := whole(New(strings.NewReader(strings.Repeat("[", 20_000)), Limits{}))
	if err == nil || err.Error() != "exceeded max depth" {
		t.Errorf("error %v", err)
	}
}

func TestSourceErrors(t *testing.T) {
	for _, src := range []io.Reader{iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("[1]"))),
		iotest.ErrReader(errors.ErrUnsupported)} {
		if _, err := whole(New(src, Limits{})); !errors.Is(err, iotest.ErrTimeout) && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("error %v", err)
		} else if text := err.Error(); text != iotest.ErrTimeout.Error() && text != errors.ErrUnsupported.Error() {
			t.Errorf("it says more than the source: %s", text)
		}
	}
}

func TestFaultsAreCollected(t *testing.T) {
	r := New(strings.NewReader(
		`{"n": 1.5, "t": [7, "x", null], "o": true, "b": 1, "x": {"y": [1]}, "z": 1}`), Limits{Faults: 7})
	var texts []string
	for key := range r.Members {
		switch string(key) {
		case "n":
			r.Int()
		case "t":
			for range r.Items {
				s, _ := r.String()
				texts = append(texts, s)
			}
		case "o":
			for range r.Members {
				t.Error("a member of true")
			}
		case "b":
			r.Bool()
		default:
			r.Fault(&UnknownKey{string(key), []string{"b", "n"}})
		}
	}
	stop := r.End()
	var got []string
	for _, f := range r.Faults() {
		got = append(got, fmt.Sprintf("%d %s: %v", f.Offset, f.Place, f.Err))
	}
	want := []string{"9 n: want a whole number", "17 t[0]: want text", "25 t[2]: want text", "37 o: want an object",
		"48 b: want true or false",
		`56 x: unknown key "x"; the keys here are b, n`, `73 z: unknown key "z"; the keys here are b, n`}
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(texts, []string{"", "x", ""}) || stop != nil {
		t.Errorf("faults %q, texts %q, error %v", got, texts, stop)
	}
}

// What the reader does not keep takes no memory, however long the text is.
func TestMemoryStaysFlat(t *testing.T) {
	text := `{"path": "folder/file.dll", "size": 4711, "all": true},`
	src := io.MultiReader(strings.NewReader("["), &repeated{text: text, n: 20_000}, strings.NewReader("{}]"))
	r := New(src, Limits{Value: 1 << 20})
	n := 0
	allocs := testing.AllocsPerRun(1, func() {
		for range r.Items {
			for key := range r.Members {
				switch string(key) {
				case "path":
					r.Text()
				case "size":
					r.Int()
				}
			}
			n++
		}
	})
	if n != 20_001 || r.End() != nil || allocs > 100 {
		t.Errorf("%d items, error %v, %v allocations", n, r.End(), allocs)
	}
}

// repeated is a text n times.
type repeated struct {
	text string
	n    int
}

func (s *repeated) Read(p []byte) (int, error) {
	if s.n == 0 {
		return 0, io.EOF
	}
	s.n--
	return copy(p, s.text), nil
}

// FuzzReader holds the reader against encoding/json: what one takes the other
// takes, with the same values, but for what is refused here alone.
func FuzzReader(f *testing.F) {
	for _, text := range []string{`{"a": [1, -2.5e+3, true, null, "\\\""]}`, " \r\n\t7 ", `"\u00e4\ud83d\ude00\ud800"`,
		`{"a":{"b":1,"c":[]},"d":{}}`,
		`[01]`, `{"a":1,}`, "\"\xff\"", `[tru]`, `["\x"]`, `{"a" 1}`, `[-]`, `1.e`, "[\"\x01\"]"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := whole(New(bytes.NewReader(data), Limits{}))
		streamed, streamErr := whole(New(iotest.HalfReader(bytes.NewReader(data)), Limits{Value: math.MaxInt}))
		if !reflect.DeepEqual(err, streamErr) || err == nil && !reflect.DeepEqual(got, streamed) {
			t.Errorf("of a text %v, %v; of a stream %v, %v", got, err, streamed, streamErr)
		}
		var want any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		theirs := json.Unmarshal(data, new(json.RawMessage))
		var repeated *RepeatedKey
		switch {
		case errors.Is(err, ErrUTF8), errors.As(err, &repeated):
			return
		case (err == nil) != (theirs == nil):
			t.Errorf("error %v, want %v", err, theirs)
		case err == nil:
			if err := d.Decode(&want); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("read %v, want %v, %v", got, want, err)
			}
		}
	})
}

// Of JSON lines every line is a text, read as it is written, and the first that is
// broken ends the reading.
func TestLines(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", `: 1 : unexpected end of JSON input`},
		{`{"a": [1, {"b": 2}]}`, `{"a": [1, {"b": 2}]}`},
		{"{}\n\n {\"a\":1}\r\n", `{} {"a":1}`},
		{"{}\n{", `{}: 2 : unexpected end of JSON input`},
		{"{}\n{\"a\":1,\n\"a\":2}", `{}: 3 : the key stands here twice`},
		{"{}\n7", `{}: 2 : want an object`},
		{"{}\nx", `{}: 2 : invalid character 'x' at start of value`},
		{"{}\n\xff", `{}: 1 : not UTF-8 text`},
		{"{}\n{\"a\": \"" + strings.Repeat("x", 200) + `"}`, `{}: 2 : a value longer than the limit`},
	} {
		r := New(iotest.OneByteReader(strings.NewReader(tt.text)), Limits{Value: 64})
		var lines []string
		for more := true; more; more = r.More() {
			if line, ok := r.Raw(); ok {
				lines = append(lines, string(line))
			}
		}
		got := strings.Join(lines, " ")
		if stop := r.End(); stop != nil {
			got += fmt.Sprintf(": %d %s: %s", stop.Line, stop.Place, stop)
		}
		if got != tt.want {
			t.Errorf("%q: %s, want %s", tt.text, got, tt.want)
		}
	}
}
