package pefile

import (
	"bytes"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
	"kbverify/pecheck/visible"
)

var sp2 = manifest.Version{4, 0, 6487, 2111}

func TestRead(t *testing.T) {
	type test struct {
		name string
		spec petest.Spec
		want Image
	}
	tests := []test{
		{"no version", petest.Spec{NoVersion: true}, Image{Format: PE, Machine: MachineI386, Ending: NoVersion}},
		{"no fixed info", petest.Spec{NoFixedInfo: true}, Image{Format: PE, Machine: MachineI386, Ending: NoFixedInfo}},
		{"any CPU", petest.Spec{AnyCPU: true, Version: sp2}, Image{Format: PE, Machine: MachineI386, AnyCPU: true,
			Ending: Versioned, Version: sp2}},
		{"16-bit", petest.Spec{NE: true, Version: sp2}, Image{Format: NE, Ending: Versioned, Version: sp2}},
		{"16-bit, no version", petest.Spec{NE: true, NoVersion: true}, Image{Format: NE, Ending: NoVersion}},
		{"16-bit, no fixed info", petest.Spec{NE: true, NoFixedInfo: true}, Image{Format: NE, Ending: NoFixedInfo}},
		{"16-bit, other string", petest.Spec{NE: true, Version: sp2, StringVersion: "3.10\x1b[2J"},
			Image{Format: NE, Ending: Versioned, Version: sp2, StringVersion: `3.10\x1b[2J`}},
		{"other string", petest.Spec{Version: sp2, StringVersion: "4.0.6487.2000 (\u202eRTM)\r\n"},
			Image{Format: PE, Machine: MachineI386, Ending: Versioned, Version: sp2,
				StringVersion: `4.0.6487.2000 (\u202eRTM)`}},
	}
	for _, p := range manifest.Platforms {
		m := petest.MachineOf(p)
		tests = append(tests, test{string(p), petest.Spec{Machine: m, Version: sp2, Size: 17768},
			Image{Format: PE, Machine: Machine(m), Ending: Versioned, Version: sp2}})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read(petest.Must(tt.spec.Bytes()))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestReadStrings(t *testing.T) {
	want := Strings{FileVersion: "2.00.1493", ProductVersion: "4.0.6487.2111", ProductName: "A & B",
		CompanyName: "Café", FileDescription: "Agent", OriginalFilename: "ccm.dll", InternalName: "ccm"}
	for _, ne := range []bool{false, true} {
		file := petest.Must(petest.Spec{NE: ne, Version: sp2, StringVersion: want.FileVersion, Strings: map[string]string{
			"ProductName": want.ProductName, "CompanyName": want.CompanyName, "FileDescription": want.FileDescription,
			"OriginalFilename": want.OriginalFilename, "InternalName": want.InternalName}}.Bytes())
		got, err := ReadStrings(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("NE %v: -want +got\n%s", ne, diff)
		}
	}
}

// TestReadConcurrently reads different files at once with shared buffers.
func TestReadConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		v := manifest.Version{uint16(i), 1, 2, 3}
		file := petest.Must(petest.Spec{Version: v, NE: i%2 == 0, StringVersion: "9.9"}.Bytes())
		wg.Go(func() {
			for range 200 {
				if im := read(file); im.Version != v || im.StringVersion != "9.9" {
					t.Errorf("got %+v, want %v", im, v)
				}
			}
		})
	}
	wg.Wait()
}

// TestLongVersionResource: strings beyond the first window are shown, but not
// compared, since that would take another read of every such file.
func TestLongVersionResource(t *testing.T) {
	spec := manyResources
	spec.Version, spec.StringVersion = sp2, "1.2.3.4"
	file := petest.Must(spec.Bytes())
	if im := read(file); im.Ending != Versioned || im.Version != sp2 || im.StringVersion != "" {
		t.Errorf("got %+v", im)
	}
	s, err := ReadStrings(bytes.NewReader(file), int64(len(file)))
	if err != nil || s.FileVersion != "1.2.3.4" {
		t.Errorf("got %+v, %v", s, err)
	}
}

// TestProbeCaps asks for more than honest and hostile files have been found to.
func TestProbeCaps(t *testing.T) {
	c := &counting{r: zeroTail(nil)}
	p := openProbe(c, 1<<40)
	defer p.close()
	var err error
	for i := int64(0); err == nil && i < 100; i++ {
		_, err = p.at(i<<20, 16, "test")
	}
	if err == nil || !strings.Contains(err.Error(), "places") || c.reads != maxReads {
		t.Errorf("%d reads, then %v", c.reads, err)
	}
	for _, at := range []int64{-1, 1<<40 - 15, 1 << 62} {
		if _, err := p.at(at, 16, "test"); err == nil || !strings.Contains(err.Error(), "beyond the end") {
			t.Errorf("at %d: %v", at, err)
		}
	}
}

// TestBuffersAreNotMixed reads a large file and then a small one with the same
// buffers: nothing of the first may be seen in the second.
func TestBuffersAreNotMixed(t *testing.T) {
	good := petest.Must(petest.Spec{Version: testVersion, Size: 1 << 20}.Bytes())
	for range 10 {
		if im := read(good); im.Ending != Versioned {
			t.Fatalf("got %+v", im)
		}
		if im := Read(bytes.NewReader(good[:0x300]), 0x300); im.Ending != Damaged {
			t.Fatalf("got %+v", im)
		}
	}
	if !slices.Equal(good, petest.Must(petest.Spec{Version: testVersion, Size: 1 << 20}.Bytes())) {
		t.Error("the file was changed")
	}
}

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
	broken := im.Ending == Damaged || im.Ending == Unreadable
	if im.Ending == NotOpened || broken && im.Detail == "" || !broken && im.Detail != "" && !strings.Contains(im.Detail, "Security") {
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

func read(file []byte) Image { return Read(bytes.NewReader(file), int64(len(file))) }
