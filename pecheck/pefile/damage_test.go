package pefile

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kbverify/pecheck/petest"
)

// undetectable lists the places of a file from petest where a changed byte
// makes another valid file: those where RT_VERSION stands among the types, and
// those of the version itself. Nothing but a checksum of the file tells.
func undetectable(spec petest.Spec, file []byte) (kind, version []int) {
	fixed := bytes.Index(file, []byte("\xbd\x04\xef\xfe")) // VS_FIXEDFILEINFO.dwSignature
	for i := range 8 {
		version = append(version, fixed+fileVersionMS+i)
	}
	if spec.NE {
		at := bytes.Index(file, []byte{0x10, 0x80, 1, 0}) // TYPEINFO.rtTypeID, and a count of 1
		return []int{at, at + 1}, version
	}
	at := 0x400 + directorySize // the first entry of the first level, in .rsrc
	return []int{at, at + 1, at + 2, at + 3}, version
}

// TestBitFlips flips every single bit of files that have a version. The file
// is found damaged, or nothing that matters changed; but for undetectable.
func TestBitFlips(t *testing.T) {
	for name, spec := range subjects {
		t.Run(name, func(t *testing.T) {
			file := petest.Must(spec.Bytes())
			kind, version := undetectable(spec, file)
			for i := range len(file) * 8 {
				at, bit := i/8, i%8
				file[at] ^= 1 << bit
				im := read(file)
				file[at] ^= 1 << bit
				checkImage(t, name, im)
				switch {
				case im.Ending == Damaged, im.Ending == Versioned && im.Version == testVersion:
				case im.Ending == NoVersion && slices.Contains(kind, at):
				case im.Ending == Versioned && slices.Contains(version, at) && im.StringVersion != "":
				default:
					t.Errorf("byte 0x%x bit %d: %+v", at, bit, im)
				}
			}
		})
	}
}

// TestTruncations cuts files off at every length. Up to the last byte that is
// loaded (the version resource stands last) the file is damaged; after that
// only filling is missing. What is left of less than two bytes is no executable.
func TestTruncations(t *testing.T) {
	for name, spec := range subjects {
		t.Run(name, func(t *testing.T) {
			whole := petest.Must(spec.Bytes())
			needed := len(bytes.TrimRight(whole, "\x00"))
			for n := 2; n < len(whole); n++ {
				im := read(whole[:n:n])
				checkImage(t, name, im)
				switch {
				case im.Ending == Damaged:
				case n >= needed && im.Ending == Versioned && im.Version == testVersion:
				default:
					t.Errorf("cut to %d of %d bytes: %+v", n, len(whole), im)
				}
			}
		})
	}
}

// TestShortFile reads files that end before the size that the file system gave.
func TestShortFile(t *testing.T) {
	for name, spec := range subjects {
		whole := petest.Must(spec.Bytes())
		for n := range len(whole) {
			im := Read(bytes.NewReader(whole[:n]), int64(len(whole)))
			if im.Ending != Damaged {
				t.Errorf("%s: ends at %d of %d bytes: %+v", name, n, len(whole), im)
			}
		}
	}
}

// mutants is how many damaged files are made; the same ones every time.
const mutants = 10_000

// TestMutants damages files in several places at once. Reading stays within
// its bounds, and a file whose damage spares the undetectable places is never
// read as one without a version, or with another version.
func TestMutants(t *testing.T) {
	random := rand.New(rand.NewPCG(252717, 977203))
	names := []string{"anycpu", "ne", "x64", "x86"}
	files := map[string][]byte{}
	for _, name := range names {
		files[name] = petest.Must(subjects[name].Bytes())
	}
	endings := map[Ending]int{}
	for i := range mutants {
		name := names[i%len(names)]
		m := mutant{original: files[name], file: bytes.Clone(files[name])}
		for range 1 + random.IntN(8) {
			m.damage(random)
		}
		im := readBounded(t, fmt.Sprint("mutant ", i, " of ", name), m.file)
		endings[im.Ending]++
		kind, version := undetectable(subjects[name], files[name])
		switch {
		case im.Ending == Damaged, im.Ending == Versioned && im.Version == testVersion:
		case im.Ending == NoVersion && (m.touched(kind) || m.touched([]int{0, 1})):
		case im.Ending == NoVersion && m.hidden(im.Format):
		case im.Ending == Versioned && m.touched(version):
		case im.Ending == NoFixedInfo && m.touched([]int{version[0] - fileVersionMS - 38, version[0] - fileVersionMS - 18}):
		default:
			t.Errorf("mutant %d of %s, damaged at %x: %+v", i, name, m.at, im)
		}
	}
	if endings[Damaged] < mutants/4 || endings[Versioned] < mutants/20 {
		t.Errorf("the mutants do not try the reader: %v", endings)
	}
}

// hidden reports damage in two places that leaves a valid file of another kind:
// the new header lost together with what announces it, or the slot of the
// resource directory together with the header of the section that it leads to.
func (m *mutant) hidden(format Format) bool {
	rsrc := bytes.Index(m.original, []byte(".rsrc\x00\x00\x00"))
	switch format {
	case MZ:
		return m.touched(span(0x80, 4)) && (m.touched(span(eLfanew, 4)) || m.touched(span(eLfarlc, 2)))
	case PE:
		return m.touched(span(rsrc, sectionHeaderSize)) && (m.touched(span(directories+16, 8)) ||
			m.touched(span(directories+16+16, 8)))
	}
	return false
}

func span(at, n int) (places []int) {
	for i := range n {
		places = append(places, at+i)
	}
	return places
}

// mutant is a file and the places where it was changed.
type mutant struct {
	original, file []byte
	at             []int
}

func (m *mutant) touched(places []int) bool {
	return slices.ContainsFunc(m.at, func(at int) bool { return slices.Contains(places, at) })
}

func (m *mutant) set(at int, b byte) {
	if at < len(m.file) {
		m.file[at] = b
		m.at = append(m.at, at)
	}
}

// damage changes something: a bit, a byte, a field to an extreme, a run of
// zeros, a piece copied from elsewhere.
func (m *mutant) damage(random *rand.Rand) {
	at := random.IntN(len(m.file))
	switch random.IntN(5) {
	case 0:
		m.set(at, m.file[at]^1<<random.IntN(8))
	case 1:
		m.set(at, byte(random.Uint32()))
	case 2:
		extreme := []byte{0x00, 0xff, 0x7f, 0x80}[random.IntN(4)]
		for i := range 1 << random.IntN(3) {
			m.set(at+i, extreme)
		}
	case 3:
		for i := range random.IntN(64) {
			m.set(at+i, 0)
		}
	case 4:
		from := m.file[random.IntN(len(m.file)):]
		for i, b := range from[:min(len(from), 1+random.IntN(32))] {
			m.set(at+i, b)
		}
	}
}

// TestReadErrors makes each read of a file fail in turn: the answer is
// Unreadable with the reason, whatever was read before.
func TestReadErrors(t *testing.T) {
	reason := errors.New("input/output error\x1b[31m")
	scattered := petest.Must(petest.Spec{Version: testVersion, Size: 1 << 20}.Bytes())
	copy(scattered[0x80000:], scattered[types:types+0x200])
	copy(scattered[rsrcHeader+20:], le.AppendUint32(nil, 0x80000))
	for fail := 1; fail <= 2; fail++ {
		c := &counting{r: bytes.NewReader(scattered), fail: fail, err: reason}
		im := Read(c, int64(len(scattered)))
		if im.Ending != Unreadable || im.Detail != `input/output error\x1b[31m` || c.reads != fail {
			t.Errorf("read %d failed: %+v after %d reads", fail, im, c.reads)
		}
		if _, err := ReadStrings(&counting{r: bytes.NewReader(scattered), fail: fail, err: reason},
			int64(len(scattered))); !errors.Is(err, reason) {
			t.Errorf("read %d failed: strings say %v", fail, err)
		}
	}
	if im := read(scattered); im.Ending != Versioned {
		t.Errorf("without a failure: %+v", im)
	}
}

// TestReadsDoNotGrow reads one file at sizes from 20 KB to 2 GB.
func TestReadsDoNotGrow(t *testing.T) {
	content := petest.Must(petest.Spec{Version: testVersion, Size: 20 << 10}.Bytes())
	for _, size := range []int64{20 << 10, 20 << 20, 2 << 30} {
		c := &counting{r: zeroTail(content)}
		if im := Read(c, size); im.Ending != Versioned || c.reads != 1 || c.bytes != headBytes {
			t.Errorf("%d bytes: %+v with %d reads of %d bytes", size, im, c.reads, c.bytes)
		}
	}
}

// zeroTail is a file followed by zeros without an end.
type zeroTail []byte

func (z zeroTail) ReadAt(b []byte, off int64) (int, error) {
	clear(b)
	if off < int64(len(z)) {
		copy(b, z[off:])
	}
	return len(b), nil
}

// TestPanicIsCaught: a fault of the reading costs one file, not the run.
func TestPanicIsCaught(t *testing.T) {
	im := Read(nil, 100)
	if im.Ending != Damaged || !strings.HasPrefix(im.Detail, gaveUp) {
		t.Errorf("got %+v", im)
	}
	if _, err := ReadStrings(nil, 100); err == nil {
		t.Error("no error")
	}
}
