package saved

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"kbverify/pecheck/result"
)

// document of one root that holds what is given.
func documentOf(root string) string {
	return `{"schema":1,"kind":"kbverify-result","tool":{"name":"kbverify","version":"1","catalog":"x"},"roots":[{"root":"r",` + root +
		`}],"exit":2}`
}

// What is made of a text is bounded, not only the text.
func TestHostileRoots(t *testing.T) {
	for name, tt := range map[string]struct{ root, want string }{
		"brackets":  {`"tables":[` + strings.Repeat(`{},`, maxRootParts/2+1) + `{}]`, "roots[0]: more than 1048576 values in one root"},
		"tables":    {`"tables":[` + strings.Repeat(`{},`, maxRootParts/2-20) + `{}]`, `roots[0]: tables[0]: no hotfix is named`},
		"a text":    {`"error":"` + strings.Repeat("x", maxRootBytes) + `"`, "a root of more than 64 MiB"},
		"blanks":    {`"error":` + strings.Repeat(" ", 3*maxRootBytes) + `"x"`, "a root of more than 64 MiB"},
		"depth":     {`"tables":` + strings.Repeat("[", 20_000), "line 1, roots[0]: "},
		"a number":  {`"seen":-1`, "the number -1 is none of files or results"},
		"no number": {`"older":1e99`, "roots[0]: json: cannot unmarshal number"},
		"a size":    {`"tables":[{"hotfix":"K","state":"partial","rows":[{"verdict":"ok","copies":[{"verdict":"ok","size":-1}]}]}]`, "a size of -1 bytes"},
		"signature": {`"tables":[{"hotfix":"K","state":"partial","unlisted":[{"verdict":"ok","signature":{"status":"fine"}}]}]`, `no signature "fine" is known here`},
	} {
		t.Run(name, func(t *testing.T) {
			if raceDetector && len(tt.root) > 16<<20 {
				t.Skip("takes minutes with the race detector; every other run has it")
			}
			var s Set
			defer s.Close()
			if err := s.Add("a.json", strings.NewReader(documentOf(tt.root))); err != nil {
				t.Fatal(err)
			}
			r, err := s.Root(0)
			if err != nil || !strings.Contains(r.Error, tt.want) || s.Exit() != result.ExitTrouble {
				t.Errorf("%.200s, %v, exit code %d; want %s", r.Error, err, s.Exit(), tt.want)
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			t.Logf("%d MB taken from the system", m.Sys>>20)
		})
	}
}

// An endless text ends.
func TestEndless(t *testing.T) {
	if raceDetector {
		t.Skip("takes minutes with the race detector; every other run has it")
	}
	var s Set
	if err := s.Add("a", io.MultiReader(strings.NewReader("{"), endless{})); err != nil || s.Len() != 1 {
		t.Errorf("%d roots, %v", s.Len(), err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// Whatever stands in a file, each root of it can be shown, and if anything is wrong the
// exit code says so.
func FuzzAdd(f *testing.F) {
	lines := `{"root":"r","taken":{"command":"detect","host":"h","start":"2010-02-03T04:05:06Z"},"tables":[]}` + "\n"
	f.Add([]byte(lines + `{"schema":1,"kind":"kbverify-result","tool":{},"count":1,"exit":0}`))
	f.Add([]byte(lines))
	f.Add([]byte(documentOf(`"tables":[{"hotfix":"K","table":"T","state":"partial","counts":{"ok":1},"rows":[{"name":"a","version":"1.2.3.4",` +
		`"size":"143 KB","verdict":"ok","copies":[{"path":"p","size":1,"verdict":"ok","notes":["x"],"reasons":[{"kind":"text","said":"x"}]}]}]}]`)))
	f.Add([]byte("\x1f\x8b"))
	f.Add([]byte("{\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Set
		defer s.Close()
		for _, name := range []string{"a", "b"} {
			if err := s.Add(name, bytes.NewReader(text)); err != nil {
				if s.Len() > 0 {
					t.Fatalf("%v, and %d roots", err, s.Len())
				}
				return
			}
		}
		if s.Len() == 0 {
			t.Fatal("nothing was added, and nothing said")
		}
		s.Newest()
		code, shown := result.ExitPass, 0
		for i := range s.Len() {
			r, err := s.Root(i)
			if err != nil {
				t.Fatal(err)
			}
			if r != nil {
				shown++
				code = max(code, r.Code())
				_ = fmt.Sprint(r)
			}
		}
		if shown == 0 || shown != s.Roots() || code != s.Exit() {
			t.Fatalf("%d of %d roots shown, exit codes %d and %d", shown, s.Roots(), code, s.Exit())
		}
	})
}
