package cfb_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"kbverify/internal/cfb"
	"kbverify/internal/msitest"
)

func noise(n int) []byte {
	out := make([]byte, n)
	r := rand.New(rand.NewPCG(uint64(n), 3))
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}

// tree has streams of every kind of size, and storages in storages.
func tree(sizes ...int) msitest.Storage {
	s := msitest.Storage{Storages: []msitest.Storage{{Name: "inner",
		Streams:  []msitest.Stream{{Name: "x", Data: noise(70)}},
		Storages: []msitest.Storage{{Name: "innermost"}}}}}
	for i, n := range sizes {
		s.Streams = append(s.Streams, msitest.Stream{Name: fmt.Sprintf("stream %d", i), Data: noise(n)})
	}
	return s
}

// walk reads everything; it gives the streams by path.
func walk(tb testing.TB, f *cfb.File, e *cfb.Entry, at string, out map[string][]byte) {
	tb.Helper()
	for _, c := range e.Children {
		if c.Storage {
			walk(tb, f, c, at+c.Name+"/", out)
			continue
		}
		data, err := f.ReadAll(c, 1<<30)
		if err != nil {
			tb.Fatal(err)
		}
		out[at+c.Name] = data
	}
}

func open(data []byte) (*cfb.File, error) { return cfb.Open(bytes.NewReader(data), int64(len(data))) }

// What was written is read, in both versions, in sectors and mini sectors, and with
// more FAT sectors than the header has room for.
func TestStreamsAreReadAsTheyWereWritten(t *testing.T) {
	for _, version := range []int{3, 4} {
		s := tree(0, 1, 63, 64, 65, 4095, 4096, 4097, 100000, 8<<20)
		f, err := open(msitest.CompoundFile(s, version))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]byte{}
		walk(t, f, f.Root, "", got)
		for _, stream := range s.Streams {
			if !bytes.Equal(got[stream.Name], stream.Data) {
				t.Errorf("version %d: %s of %d bytes differs", version, stream.Name, len(stream.Data))
			}
		}
		if !bytes.Equal(got["inner/x"], noise(70)) || len(got) != len(s.Streams)+1 {
			t.Errorf("version %d: %d streams", version, len(got))
		}
	}
}

// A stream is read at any offset, several readers side by side.
func TestReadAt(t *testing.T) {
	f, err := open(msitest.CompoundFile(tree(100000, 3000), 3))
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range []int{100000, 3000} {
		s, want := f.Stream(f.Root.Child(fmt.Sprintf("stream %d", i))), noise(n)
		for _, at := range []int{0, 1, 511, 512, 513, n - 1} {
			b := make([]byte, min(700, n-at))
			if got, err := s.ReadAt(b, int64(at)); got != len(b) || err != nil || !bytes.Equal(b, want[at:at+len(b)]) {
				t.Errorf("stream of %d bytes at %d: %d, %v", n, at, got, err)
			}
		}
		if got, err := s.ReadAt(make([]byte, 10), int64(n-4)); got != 4 || err != io.EOF {
			t.Errorf("at the end: %d, %v", got, err)
		}
		if got, err := s.ReadAt(make([]byte, 10), int64(n)); got != 0 || err != io.EOF {
			t.Errorf("after the end: %d, %v", got, err)
		}
		if _, err := s.ReadAt(make([]byte, 10), -1); err == nil {
			t.Error("before the beginning: no error")
		}
	}
	if f.Root.Child("gone") != nil {
		t.Error("a child that there is not")
	}
}

// layout finds the parts of a small file of version 3.
type layout struct{ fat, directory, miniFAT int }

func find(data []byte) layout {
	at := func(offset int) int { return (int(binary.LittleEndian.Uint32(data[offset:])) + 1) * 512 }
	return layout{fat: at(76), directory: at(48), miniFAT: at(60)}
}

// directoryRing makes the directory's first sector follow itself.
func directoryRing(b []byte) {
	l := find(b)
	binary.LittleEndian.PutUint32(b[l.fat+4*(l.directory/512-1):], uint32(l.directory/512-1))
}

// Each way in which a file can contradict itself is an error that names the place.
func TestDamage(t *testing.T) {
	le := binary.LittleEndian
	put32 := func(at func(layout) int, v uint32) func([]byte) {
		return func(b []byte) { le.PutUint32(b[at(find(b)):], v) }
	}
	header := func(offset int) func(layout) int { return func(layout) int { return offset } }
	fat := func(sector int) func(layout) int { return func(l layout) int { return l.fat + 4*sector } }
	mini := func(sector int) func(layout) int { return func(l layout) int { return l.miniFAT + 4*sector } }
	entry := func(n, offset int) func(layout) int {
		return func(l layout) int { return l.directory + 128*n + offset }
	}
	tests := map[string]struct {
		change func([]byte)
		want   string
	}{
		"byte order":            {func(b []byte) { b[28] = 0 }, "byte order"},
		"version 5":             {func(b []byte) { b[26] = 5 }, "version 5"},
		"version 3 of 4,096":    {func(b []byte) { b[30] = 12 }, "sector shift 12"},
		"mini sector shift":     {func(b []byte) { b[32] = 9 }, "mini sector shift"},
		"cutoff":                {put32(header(56), 100), "cutoff"},
		"FAT sectors":           {put32(header(44), 0xffffff), "number of FAT sectors"},
		"FAT sectors unlisted":  {put32(header(44), 3), "FAT sector"},
		"FAT sector beyond":     {put32(header(76), 0xfffff0), "FAT sector 0"},
		"FAT sector listed":     {put32(header(80), 1), "DIFAT"},
		"DIFAT without end":     {put32(header(68), 1), "DIFAT"},
		"DIFAT of nothing":      {put32(header(72), 2), "DIFAT"},
		"directory beyond":      {put32(header(48), 0xffffff), "directory"},
		"directory loops":       {directoryRing, "directory"},
		"stream loops":          {put32(fat(0), 0), `stream "stream 0"`},
		"stream ends early":     {put32(fat(0), 0xfffffffe), `stream "stream 0": 5000 bytes, its sectors have 512`},
		"stream goes on":        {put32(fat(9), 10), `stream "stream`},
		"stream in free sector": {put32(fat(0), 0xffffffff), "marked 0xffffffff"},
		"stream beyond":         {put32(fat(0), 0xfffff), "beyond the end of the file"},
		"streams share sectors": {put32(entry(2, 116), 0), "belongs to something else"},
		"mini stream beyond":    {put32(mini(0), 0xffff), "beyond the mini stream"},
		"mini stream loops":     {put32(mini(0), 0), "belongs to something else"},
		"mini FAT sectors":      {put32(header(64), 9), "mini FAT"},
		"mini stream too long":  {put32(entry(0, 120), 5000), "mini stream"},
		"stream of 4 GB":        {put32(entry(1, 120), 0xffffffff), "the whole file has"},
		"root is a stream":      {func(b []byte) { b[entry(0, 66)(find(b))] = 2 }, "directory entry 0"},
		"second root":           {func(b []byte) { b[entry(1, 66)(find(b))] = 5 }, "object type 5"},
		"name of 66 bytes":      {func(b []byte) { b[entry(1, 64)(find(b))] = 66 }, "name length"},
		"odd name":              {func(b []byte) { b[entry(1, 64)(find(b))] = 17 }, "name length"},
		"short name":            {func(b []byte) { b[entry(1, 64)(find(b))] = 8 }, "does not end"},
		"names out of order":    {func(b []byte) { b[entry(1, 0)(find(b))] = 'z' }, "wrong place among its siblings"},
		"sibling ring":          {func(b []byte) { put32(entry(1, 68), 1)(b) }, "part of a ring"},
		"sibling beyond":        {put32(entry(1, 68), 0xffffff), "the directory has"},
		"child is the root":     {put32(entry(0, 76), 0), "two places"},
		"child is a parent":     {put32(entry(4, 76), 4), "two places"},
		"lost children":         {put32(entry(0, 76), 0xffffffff), "no storage holds it"},
		"free sibling":          {func(b []byte) { b[entry(1, 66)(find(b))] = 0 }, "not in use"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data := msitest.CompoundFile(tree(5000, 4096, 100), 3)
			test.change(data)
			_, err := open(data)
			damage := (*cfb.DamageError)(nil)
			if !errors.As(err, &damage) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want damage with %q", err, test.want)
			}
		})
	}
}

func TestNoCompoundFile(t *testing.T) {
	for _, data := range []string{"", "MZ", strings.Repeat("x", 1000)} {
		if _, err := open([]byte(data)); !errors.Is(err, cfb.ErrSignature) {
			t.Errorf("%.10q: %v", data, err)
		}
	}
}

// A disk that fails is no damage: the error is the disk's.
func TestDiskErrors(t *testing.T) {
	data := msitest.CompoundFile(tree(5000), 3)
	for n := range len(data) / 512 {
		failing := failsAt{bytes.NewReader(data), int64(n * 512)}
		f, err := cfb.Open(failing, int64(len(data)))
		if err == nil {
			_, err = f.ReadAll(f.Root.Child("stream 0"), 1<<20)
		}
		if err != nil && !errors.Is(err, errDisk) {
			t.Errorf("sector %d: %v", n, err)
		}
	}
}

var errDisk = errors.New("the disk fails")

type failsAt struct {
	*bytes.Reader
	at int64
}

func (r failsAt) ReadAt(b []byte, off int64) (int, error) {
	if off <= r.at && r.at < off+int64(len(b)) {
		return 0, errDisk
	}
	return r.Reader.ReadAt(b, off)
}

// A file that shrinks while it is read is cut off, and not taken for zeros.
func TestFileShrinks(t *testing.T) {
	data := msitest.CompoundFile(tree(5000), 3)
	_, err := cfb.Open(bytes.NewReader(data[:2000]), int64(len(data)))
	if err == nil || !strings.Contains(err.Error(), "ends at byte") {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(msitest.CompoundFile(tree(5000, 4096, 100), 3))
	f.Add(msitest.CompoundFile(tree(5000, 100), 4))
	f.Add([]byte(cfb.Signature))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := open(data)
		if err != nil {
			return
		}
		total := map[string][]byte{}
		for _, c := range file.Root.Children {
			if !c.Storage {
				got, err := file.ReadAll(c, 1<<20)
				if err != nil {
					t.Errorf("%q: opened, and not read: %v", c.Name, err)
				}
				total[c.Name] = got
			}
		}
		sum := 0
		for _, got := range total {
			sum += len(got)
		}
		if sum > len(data) {
			t.Errorf("%d bytes of streams in a file of %d", sum, len(data))
		}
	})
}

func BenchmarkStream(b *testing.B) {
	data := msitest.CompoundFile(tree(95<<20), 3)
	f, err := open(data)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(95 << 20)
	for b.Loop() {
		s := f.Stream(f.Root.Child("stream 0"))
		if _, err := io.Copy(io.Discard, io.NewSectionReader(s, 0, s.Size())); err != nil {
			b.Fatal(err)
		}
	}
}
