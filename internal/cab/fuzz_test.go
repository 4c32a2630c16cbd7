package cab

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"kbverify/internal/cabtest"
)

// fuzzOutput caps what one fuzz input unpacks: zeros pack to little.
const fuzzOutput = 4 << 20

// readBounded reads up to fuzzOutput bytes, and fails where a file is longer or
// shorter than the directory says, without an error.
func readBounded(t *testing.T, c *Cabinet) {
	total := int64(0)
	_ = c.Read(context.Background(), func(int) bool { return true }, func(files []int, r io.Reader) error {
		n, err := io.Copy(io.Discard, io.LimitReader(r, fuzzOutput-total))
		if total += n; total >= fuzzOutput {
			return io.ErrShortBuffer
		}
		for _, i := range files {
			if err == nil && n != c.Files[i].Size {
				t.Errorf("%q: %d bytes of %d, and no error", c.Files[i].Name, n, c.Files[i].Size)
			}
		}
		return nil
	})
}

func FuzzCabinet(f *testing.F) {
	b, _ := small(f)
	f.Add(b)
	files, err := filepath.Glob("testdata/*.cab")
	if err != nil || len(files) == 0 {
		f.Fatal("no cabinets in testdata")
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	parts, _ := split(f)
	f.Add(parts[0])
	f.Fuzz(func(t *testing.T, b []byte) {
		places, err := Find(context.Background(), bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range places {
			n := int64(len(b)) - p.At
			if c, err := Open(io.NewSectionReader(bytes.NewReader(b), p.At, n), n); err == nil {
				readBounded(t, c)
			}
		}
	})
}

// fuzzFrames unpacks a fuzzed first frame, with a good one behind it.
func fuzzFrames(t *testing.T, method uint16, data []byte, size int, then cabtest.Frame) {
	data = data[:min(len(data), 1<<16-1)]
	size = min(max(size, 0), maxBlock)
	f := cabtest.Folder{Method: method, Files: []cabtest.File{{Name: "a", Size: size + then.Size}},
		Frames: []cabtest.Frame{frame(data, size), then}}
	b := cabtest.Cabinet{Folders: []cabtest.Folder{f}}.Bytes()
	if c, err := Open(bytes.NewReader(b), int64(len(b))); err == nil {
		readBounded(t, c)
	}
}

func FuzzMSZIP(f *testing.F) {
	frames := cabtest.PackMSZIP(text(1, 40_000))
	for _, x := range frames {
		f.Add(x.Data, x.Size)
	}
	f.Fuzz(func(t *testing.T, data []byte, size int) { fuzzFrames(t, methodMSZIP, data, size, frames[1]) })
}

func FuzzLZX(f *testing.F) {
	then := cabtest.PackLZX(text(1, 40_000), 16, 0, 1, 2, 3)[1]
	for kind := 1; kind <= 3; kind++ {
		for _, size := range []int{40, 1000, maxBlock} {
			x := cabtest.PackLZX(text(2, size), 16, 1<<20, kind)[0]
			f.Add(x.Data, x.Size)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, size int) { fuzzFrames(t, methodLZX|16<<8, data, size, then) })
}
