package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNamesThatWindowsHasNot(t *testing.T) {
	for name, want := range map[string]string{
		`C:\SMS`: "", `\\SITE01\SMS_S01`: "", `SMS`: "", `C:`: "", `C:SMS`: "", `\\?\C:\SMS`: "", `\\?\UNC\srv\s`: "",
		`C:\console\nullable`: "", `C:\COM`: "", `COM10`: "", `LPT0`: "", `lpt1s`: "", `con\x`: "", `..`: "",
		`NUL`: "a device", `nul`: "a device", `C:\out\con`: "a device", `aux.txt`: "a device", `C:/x/Com1.json`: "a device",
		`\\.\NUL`: "a device", `conin$`: "a device", `lpt9 .log`: "a device",
		`out.txt:x`: "a stream", `C:\SMS:x`: "a stream", `C:\a\b.txt:x:$DATA`: "a stream",
		`C:\SMS"`: `write "C:\SMS" without`, `C:\SMS" -f json`: `write "C:\SMS" without`, `"`: "quotation mark",
	} {
		if got := notOnWindows(name); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestUnquoted(t *testing.T) {
	for line, want := range map[string]string{
		`"C:\Program Files"`: `C:\Program Files`, `"x`: `"x`, `x"`: `x"`, `"`: `"`, `""`: ``, ``: ``, `x`: `x`, `a"b"`: `a"b"`,
	} {
		if got := unquoted(line); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// A small file can hold a text of any length; it is read to the cap of what it is taken for.
func TestCompressedBombs(t *testing.T) {
	if raceDetector {
		t.Skip("takes minutes with the race detector; every other run has it")
	}
	bomb := filepath.Join(t.TempDir(), "bomb.json.gz")
	file, err := os.Create(bomb)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, _ := gzip.NewWriterLevel(file, gzip.BestSpeed)
	blanks := bytes.Repeat([]byte("\n"), 1<<20)
	_, err = w.Write([]byte("{\"schema\": 1, \"kind\": \"kbverify-inventory\",\n"))
	for n := 0; n <= maxList && err == nil; n += len(blanks) {
		_, err = w.Write(blanks)
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"a value of more than", []string{"verify", "-k", "KB977203", bomb}},
		{"67108864 bytes of them", []string{"list", "--catalog", filepath.Dir(bomb)}},
		{"more than 67108864 bytes; this is no list of roots", []string{"verify", "-k", "KB977203", "--roots-from", bomb}},
		{"a value of more than", []string{"import", "--id", "x", bomb}},
		{"at most", []string{"import", "--as", "text", bomb}},
	} {
		if code, _, stderr := runHere(t, c.args...); code != 2 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit code %d, %q, want %q", c.args, code, stderr, c.want)
		}
	}
}
