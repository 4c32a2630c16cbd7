package manifest

import (
	"strings"
	"testing"
)

// TestHostileManifestsAreBounded has texts on which work or memory that grows
// with the square of the text would outlast any test run.
func TestHostileManifestsAreBounded(t *testing.T) {
	const n, size = 200_000, 16 << 20
	rows := `{"tables": [{"files": [` + strings.TrimSuffix(strings.Repeat(`{"name":"a"},`, n),
		",") + `]}], "relations": [` +
		strings.TrimSuffix(strings.Repeat(`{"files":["b","a"]},`, n), ",") + `]}`
	for name, text := range map[string]string{
		"tables of one name":     `{"tables": [` + strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, n), ",") + `]}`,
		"relations to many rows": rows,
		"a long key above the rest": `{"` + strings.Repeat("k", 4<<20) + `": [` + strings.TrimSuffix(strings.Repeat(`1,`, n),
			",") + `]}`,
		"long keys, all unknown": `{"tables": [` + strings.TrimSuffix(strings.Repeat(`{"`+strings.Repeat("k",
			1000)+`":1},`, 10_000), ",") + `]}`,
		"repeated keys":      `{` + strings.TrimSuffix(strings.Repeat(`"id":"x",`, n), ",") + `}`,
		"a pattern of stars": strings.Replace(base, "setup*.msi", strings.Repeat("*a", 2<<20), 1),
		"a name of letters": strings.Replace(strings.Replace(base, `setup*.msi`, "*"+strings.Repeat("a", 2<<20)+"b",
			1), "Setup.msi", strings.Repeat("a", 4<<20), 1),
		"a path of slashes":     strings.Replace(base, "bin/i386/", strings.Repeat("/", 8<<20), 1),
		"a version of dots":     strings.Replace(base, "2.00.1380", strings.Repeat(".", 8<<20), 1),
		"a language of hyphens": strings.Replace(base, `"en"`, `"`+strings.Repeat("en-", 2<<20)+`"`, 1),
		"brackets":              strings.Repeat("[", size),
		"numbers":               "[" + strings.TrimSuffix(strings.Repeat("1,", size/2-1), ",") + "]",
		"a size of digits":      strings.Replace(base, "1662464", strings.Repeat("9", 8<<20), 1),
		"larger than any":       strings.Repeat(" ", MaxBytes+1),
		"line ends":             strings.Repeat("\n", size),
		"control characters":    strings.Replace(base, `"A title"`, `"`+strings.Repeat(`\u0001`, 2<<20)+`"`, 1),
	} {
		_, err := Parse("m.json", []byte(text))
		ps, ok := err.(Problems)
		if !ok || len(ps) == 0 || len(ps) > maxFaults+1 {
			t.Errorf("%s: %d faults, error of type %T", name, len(ps), err)
			continue
		}
		if n := len(err.Error()); n > 100_000 {
			t.Errorf("%s: a message of %d bytes", name, n)
		}
		for _, p := range ps {
			if len(p.String()) > 2000 {
				t.Errorf("%s: a line of %d bytes", name, len(p.String()))
			}
		}
	}
}

func TestProblemsAreCapped(t *testing.T) {
	text := `{"schema": 1, "tables": [{"files": [` + strings.TrimSuffix(strings.Repeat("{\"name\":7},\n", 3000),
		",\n") + `]}]}`
	_, err := Parse("m.json", []byte(text))
	ps, ok := err.(Problems)
	if !ok || len(ps) != maxFaults+1 {
		t.Fatalf("%d faults, want %d", len(ps), maxFaults+1)
	}
	if got, want := ps[maxFaults].Text, "more than 1000 faults, the others are not listed"; got != want {
		t.Errorf("the last is %q, want %q", got, want)
	}
	lines := strings.Split(err.Error(), "\n")
	if got, want := lines[len(lines)-1], "and 901 more"; got != want || len(lines) != maxProblems+1 {
		t.Errorf("%d lines, the last is %q, want %q", len(lines), got, want)
	}
}

func TestFaultsAreNotCollectedWithoutEnd(t *testing.T) {
	c := &checker{}
	for range 3 * maxFaults {
		c.want(false, "", "id", "bad")
	}
	if len(c.problems) > maxFaults+1 {
		t.Errorf("%d faults are kept", len(c.problems))
	}
}

func TestValuesAreCounted(t *testing.T) {
	for n, want := range map[int]string{
		2<<20 - 2: "m.json:1: notes[0]: want text", // the object and the list are two
		2<<20 - 1: "m.json:1: not a manifest: more values than any manifest",
	} {
		_, err := Parse("m.json", []byte(`{"notes": [`+strings.Repeat("1,", n-1)+`1]}`))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d values: %.200v", n, err)
		}
	}
}

func TestProblemString(t *testing.T) {
	for _, tt := range []struct {
		p    Problem
		want string
	}{
		{Problem{"a.json", 3, "id", "bad"}, "a.json:3: id: bad"},
		{Problem{"a.json", 0, "", "bad"}, "a.json: bad"},
		{Problem{"", 3, "id", "bad"}, "3: id: bad"},
		{Problem{"", 0, "id", "bad"}, "id: bad"},
		{Problem{"", 0, "", "bad"}, "bad"},
		{Problem{"größe\x1b[2J\n.json", 1, "", "bad"}, `größe\x1b[2J\x0a.json:1: bad`},
		{Problem{"a\u202Egpj.json", 1, "", "bad"}, `a\u202egpj.json:1: bad`},
		{Problem{"\xff.json", 1, "", "bad"}, `\xff.json:1: bad`},
	} {
		if got := tt.p.String(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// FuzzParse wants of any text: no panic, and what loads is valid and comes back
// from its canonical form as it was.
func FuzzParse(f *testing.F) {
	f.Add([]byte(base))
	f.Add([]byte(`{"schema": 1, "id": "a", "title": "\ud800", "product": "p", "tables": [{"files": [{"name": "a", "size": 0}]}]}`))
	f.Add([]byte(`{"schema": 1, "id": "a", "title": "<&>\u2028", "product": "p", "tables": [{"files": [{"name": "a", "version": "*.1", "path": "a"}]}]}`))
	f.Add([]byte(`{"a":[{"b":"\"\\"}],"c":-1e5}`))
	f.Add([]byte("[1,2 , \"\\u0041\"\t,\r\n{}]"))
	f.Add([]byte(`{"tables": [{"files": [{"as_printed": {"name": 7}}, 8]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse("m.json", data)
		if err != nil {
			for _, p := range err.(Problems) {
				if !clean(strings.ReplaceAll(p.String(), "\uFFFD", "")) {
					t.Errorf("the message %q drives a terminal", p)
				}
			}
			return
		}
		if err := m.Validate(); err != nil {
			t.Errorf("loaded, and not valid: %v", err)
		}
		roundTrip(t, m)
	})
}

// roundTrip wants m back from its canonical form, and the form back from that.
func roundTrip(t *testing.T, m *Manifest) {
	t.Helper()
	text := m.Encode()
	again, err := Parse("encoded", text)
	if err != nil {
		t.Fatalf("the canonical form does not load: %v\n%s", err, text)
	}
	if diff := diffManifests(m, again); diff != "" {
		t.Errorf("(-manifest +read back)\n%s", diff)
	}
	if second := again.Encode(); string(second) != string(text) {
		t.Errorf("encoded twice:\n%s\n%s", text, second)
	}
}
