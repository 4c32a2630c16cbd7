package pefile

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
	"kbverify/pecheck/visible"
)

// maxAlloc is what one file may make the reader allocate, whatever it holds.
const maxAlloc = 16 << 20

// counting counts the reads of a file, and can fail or end early.
type counting struct {
	r     io.ReaderAt
	reads int
	bytes int64
	fail  int // the read that fails, from 1; 0 for none
	err   error
}

func (c *counting) ReadAt(b []byte, off int64) (int, error) {
	c.reads++
	c.bytes += int64(len(b))
	if c.reads == c.fail {
		return 0, c.err
	}
	return c.r.ReadAt(b, off)
}

// readBounded reads a file and fails the test when that costs more than the
// caps, or when the reading had to be caught.
func readBounded(t *testing.T, name string, file []byte) Image {
	t.Helper()
	c := &counting{r: bytes.NewReader(file)}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	im := Read(c, int64(len(file)))
	runtime.ReadMemStats(&after)
	if c.reads > maxReads || c.bytes > maxBytes {
		t.Errorf("%s: %d reads of %d bytes, want at most %d of %d", name, c.reads, c.bytes, maxReads, maxBytes)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > maxAlloc {
		t.Errorf("%s: allocated %d bytes", name, n)
	}
	checkImage(t, name, im)
	checkStrings(t, name, file)
	return im
}

// checkImage holds for every file.
func checkImage(t *testing.T, name string, im Image) {
	t.Helper()
	if strings.HasPrefix(im.Detail, gaveUp) {
		t.Errorf("%s: panicked: %s", name, im.Detail)
	}
	if im.Ending == NotOpened || (im.Ending == Damaged || im.Ending == Unreadable) != (im.Detail != "") {
		t.Errorf("%s: ending %q with detail %q", name, im.Ending, im.Detail)
	}
	if im.Ending != Versioned && (im.Version != manifest.Version{} || im.StringVersion != "") {
		t.Errorf("%s: ending %q with version %v %q", name, im.Ending, im.Version, im.StringVersion)
	}
	if s := im.StringVersion + im.Detail; !visible.IsClean(s) || len(s) > 1000+10*maxText {
		t.Errorf("%s: text that is not clean, or too long: %q", name, s)
	}
}

func checkStrings(t *testing.T, name string, file []byte) {
	t.Helper()
	c := &counting{r: bytes.NewReader(file)}
	s, err := ReadStrings(c, int64(len(file)))
	if c.reads > maxReads || c.bytes > maxBytes+maxVersionInfo {
		t.Errorf("%s: strings took %d reads of %d bytes", name, c.reads, c.bytes)
	}
	if err != nil && strings.HasPrefix(err.Error(), gaveUp) {
		t.Errorf("%s: reading strings panicked: %v", name, err)
	}
	if all := s.FileVersion + s.CompanyName; !visible.IsClean(all) || len(all) > 2*10*maxText {
		t.Errorf("%s: strings %q", name, all)
	}
}

var testVersion = manifest.Version{4, 0, 6487, 2111}

// subjects are the files that are damaged: each kind that is read differently.
var subjects = map[string]petest.Spec{
	"x86":    {Version: testVersion},
	"x64":    {Version: testVersion, Machine: 0x8664},
	"anycpu": {Version: testVersion, AnyCPU: true},
	"ne":     {Version: testVersion, NE: true},
}
