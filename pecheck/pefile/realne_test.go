package pefile

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kbverify/internal/testtool"
	"kbverify/manifest"
)

// TestReal16BitFile reads a library of 16-bit Windows that comes with the
// module of saferwall/pe, among its own test files, and compares with wrestool.
func TestReal16BitFile(t *testing.T) {
	tool := testtool.Need(t, "wrestool")
	out, err := exec.Command(testtool.Need(t, "go"), "list", "-m", "-f", "{{.Dir}}", "github.com/saferwall/pe").Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(strings.TrimSpace(string(out)), "test", "_setup.dll")
	if _, err := os.Stat(path); err != nil {
		t.Skip("this version of the module does not have the file: ", err)
	}
	resource, err := exec.Command(tool, "--extract", "--raw", "--type=16", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, f, found := bytes.Cut(resource, []byte("\xbd\x04\xef\xfe")) // VS_FIXEDFILEINFO.dwSignature
	if !found {
		t.Fatalf("wrestool gives %q", resource)
	}
	f = f[fileVersionMS-4:]
	want := manifest.Version{le.Uint16(f[2:]), le.Uint16(f), le.Uint16(f[6:]), le.Uint16(f[4:])}
	if im := openImage(t, path); im.Format != NE || im.Ending != Versioned || im.Version != want {
		t.Errorf("got %+v, want %v", im, want)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := ReadStrings(bytes.NewReader(whole), int64(len(whole))); err != nil || s.FileVersion == "" || s.CompanyName == "" {
		t.Errorf("strings %+v, %v", s, err)
	}
	for n := 2; n < len(whole)-512; n += 61 { // the file ends within a unit
		if im := read(whole[:n]); im.Ending != Damaged {
			t.Errorf("cut to %d bytes: %+v", n, im)
		}
	}
}
