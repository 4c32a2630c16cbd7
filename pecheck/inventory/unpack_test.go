package inventory

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"kbverify/internal/cabtest"
	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/petest"
)

func newCapture(r io.Reader, size int64) *capture {
	c := &capture{onward: func(int) bool { return true }, hold: maxHeld}
	c.reset(r, size)
	return c
}

// farVersion is an executable whose resources begin behind gap bytes more.
func farVersion(tb testing.TB, gap int) []byte {
	tb.Helper()
	b := petest.Must(petest.Spec{Version: manifest.Version{5, 6, 7, 8}, Strings: map[string]string{"ProductName": "P"}}.Bytes())
	i := bytes.Index(b, []byte(".rsrc\x00\x00\x00"))
	if i < 0 {
		tb.Fatal("no .rsrc")
	}
	at := binary.LittleEndian.Uint32(b[i+20:]) // IMAGE_SECTION_HEADER.PointerToRawData
	binary.LittleEndian.PutUint32(b[i+20:], at+uint32(gap))
	return append(append(bytes.Clone(b[:at]), make([]byte, gap)...), b[at:]...)
}

// An image is read from a stream as from a file, wherever its version stands.
func TestImageFromAStream(t *testing.T) {
	for _, gap := range []int{0, 4096, maxHeld - 2048, maxHeld, maxHeld + 4096, maxHeld + 5*maxRecent} {
		for _, tail := range []int{0, 3 * maxRecent} {
			b := append(farVersion(t, gap), make([]byte, tail)...)
			got, want := File{Size: int64(len(b))}, File{Size: int64(len(b))}
			c := newCapture(iotest.HalfReader(bytes.NewReader(b)), got.Size)
			readImage(&got, c, true)
			readImage(&want, bytes.NewReader(b), true)
			if got.Ending != pefile.Versioned || got.Version.String() != want.Version.String() ||
				*got.Strings != *want.Strings {
				t.Errorf("gap %d, tail %d: %+v, want %+v", gap, tail, got, want)
			}
			if c.finish(); c.at != got.Size || c.err != nil || len(c.held) > maxHeld || len(c.recent) > 2*maxRecent {
				t.Errorf("gap %d: %d of %d bytes, %v; %d and %d held", gap, c.at, got.Size, c.err, len(c.held), len(c.recent))
			}
		}
	}
}

// What is no longer held is an error, never other bytes.
func TestCaptureNeverGivesOtherBytes(t *testing.T) {
	const size = maxHeld + 6*maxRecent
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i >> 12)
	}
	c := newCapture(bytes.NewReader(b), size)
	p := make([]byte, 8192)
	behind := 0
	for _, off := range []int64{0, maxHeld - 100, size - 5000, maxHeld - 8192, 17, maxHeld + 100, size - 8192, maxHeld - 10} {
		n, err := c.ReadAt(p, off)
		if errors.Is(err, errBehind) {
			behind++
			continue
		}
		if want := int(min(8192, size-off)); n != want || !bytes.Equal(p[:n], b[off:off+int64(n)]) {
			t.Errorf("at %d: %d bytes of %d, %v", off, n, want, err)
		}
	}
	if behind == 0 {
		t.Error("nothing was left behind: the case is not tested")
	}
}

// cabinetOf writes a cabinet of files that are stored, and gives its path.
func cabinetOf(tb testing.TB, files ...cabtest.Entry) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "x.cab")
	c := cabtest.Cabinet{Folders: []cabtest.Folder{cabtest.Pack(cabtest.MSZIP, files...)}}
	testtool.WriteFile(tb, path, string(c.Bytes()))
	return path
}

func entry(name, content string) cabtest.Entry {
	return cabtest.Entry{Name: name, Content: []byte(content)}
}

func describeAll(inv *Inventory) (files, faults string) {
	for _, f := range inv.Files {
		files += fmt.Sprintf("%s %d %s;", f.Path, f.Size, f.Ending)
	}
	for _, f := range inv.Faults {
		faults += f.Path + ": " + f.Error + ";"
	}
	return files, faults
}

// Names that are no paths below a folder are said, and lead nowhere.
func TestNamesInPackages(t *testing.T) {
	for _, test := range []struct{ name, files, fault string }{
		{`bin\a.txt`, "bin/a.txt 1 ;", ""},
		{`\\bin\.\a.txt`, "bin/a.txt 1 ;", ""},
		{`..\a.txt`, "", "leads out of the folder"},
		{`bin\..\..\a.txt`, "", "leads out of the folder"},
		{`C:\a.txt`, "", "a colon"},
		{`a.txt:stream`, "", "a colon"},
		{"", "", "names below the root"},
		{"a\x1b[31m\n.txt", `a\x1b[31m\x0a.txt 1 ;`, ""},
		{"latin\xe4.txt", `latin\xe4.txt 1 ;`, ""},
		{strings.Repeat(`a\`, 120) + "a.txt", strings.Repeat("a/", 120) + "a.txt 1 ;", ""},
	} {
		inv := scanned(t, cabinetOf(t, entry(test.name, "x")), Options{All: true})
		files, faults := describeAll(inv)
		if files != test.files || !strings.Contains(faults, test.fault) || test.fault == "" && faults != "" {
			t.Errorf("%q: %q, faults %q", test.name, files, faults)
		}
		var b bytes.Buffer
		if err := inv.Encode(&b); err != nil {
			t.Errorf("%q: %v", test.name, err)
		} else if _, err := Read(&b, "x.json", Keep{}); err != nil {
			t.Errorf("%q: %v", test.name, err)
		}
	}
}

// Of several files of one path, as editions are, the last is what unpacking leaves.
func TestSeveralFilesOfOnePath(t *testing.T) {
	inv := scanned(t, cabinetOf(t, entry("a.txt", "first"), entry("a.txt", "second"), entry("b.txt", "")), Options{All: true})
	files, faults := describeAll(inv)
	if files != "a.txt 6 ;b.txt 0 ;" || faults != "" {
		t.Errorf("%q, faults %q", files, faults)
	}
}

// A flipped bit costs the files that it touches, and those only.
func TestDamagedCabinetAsRoot(t *testing.T) {
	c := cabtest.Cabinet{Folders: []cabtest.Folder{
		cabtest.Pack(cabtest.LZX|16<<8, entry("a.dll", strings.Repeat("a", 40_000)), entry("b.dll", "b")),
		cabtest.Pack(cabtest.Quantum, entry("q.dll", "q")),
		cabtest.Pack(cabtest.Stored, entry("s.dll", "s")),
	}}
	f := c.Folders[0].Frames
	b := c.Bytes()
	i := bytes.Index(b, f[1].Data)
	b[i+3] ^= 4
	path := filepath.Join(t.TempDir(), "x.exe.txt")
	testtool.WriteFile(t, path, string(b))
	inv := scanned(t, path, allOptions())
	files, faults := describeAll(inv)
	if files != "a.dll 40000 unreadable;b.dll 1 unreadable;q.dll 1 unreadable;s.dll 1 no-version;" || faults != "" ||
		inv.Unreadable != 3 {
		t.Errorf("%q, faults %q", files, faults)
	}
	for i, want := range []string{"CFDATA 2 of folder 1: csum", "CFDATA 2 of folder 1: csum", "Quantum"} {
		if !strings.Contains(inv.Files[i].Detail, want) || inv.Files[i].MD5 != "" {
			t.Errorf("%s: %q, want %q", inv.Files[i].Path, inv.Files[i].Detail, want)
		}
	}
	// Also where none of the damaged files matters, a lost file is told.
	c.Folders[2].Files[0].Size = 0
	testtool.WriteFile(t, path, string(c.Bytes()))
	inv = scanned(t, path, Options{Names: []string{"other.dll"}})
	if _, faults := describeAll(inv); !strings.Contains(faults, "are of no file") || inv.Seen != 4 {
		t.Errorf("%d seen, faults %q", inv.Seen, faults)
	}
}

func TestSpannedSetAsRoot(t *testing.T) {
	dir := t.TempDir()
	whole := cabtest.Pack(cabtest.MSZIP, entry("long.dll", strings.Repeat("long", 20_000)), entry("last.dll", "last"))
	first, second := whole, whole
	first.Files, first.Frames = []cabtest.File{whole.Files[0]}, whole.Frames[:1]
	first.Files[0].Index = 0xfffe // ifoldCONTINUED_TO_NEXT
	second.Files, second.Frames = []cabtest.File{whole.Files[0], whole.Files[1]}, whole.Frames[1:]
	second.Files[0].Index = 0xfffd // ifoldCONTINUED_FROM_PREV
	testtool.WriteFile(t, filepath.Join(dir, "1.cab"),
		string(cabtest.Cabinet{Next: "2.CAB", Folders: []cabtest.Folder{first}}.Bytes()))
	testtool.WriteFile(t, filepath.Join(dir, "2.cab"),
		string(cabtest.Cabinet{Previous: "1.CAB", Folders: []cabtest.Folder{second}}.Bytes()))
	for _, name := range []string{"1.cab", "2.cab"} {
		files, faults := describeAll(scanned(t, filepath.Join(dir, name), Options{All: true}))
		if files != "last.dll 4 no-version;long.dll 80000 no-version;" || faults != "" {
			t.Errorf("%s: %q, faults %q", name, files, faults)
		}
	}
	if err := os.Remove(filepath.Join(dir, "1.cab")); err != nil {
		t.Fatal(err)
	}
	inv := scanned(t, filepath.Join(dir, "2.cab"), Options{All: true})
	if _, faults := describeAll(inv); inv.Unreadable != 2 || !strings.Contains(faults, "cabinet 1.CAB of the spanned set") {
		t.Errorf("%d unreadable, faults %q", inv.Unreadable, faults)
	}
}

// A set whose parts name each other in a ring ends.
func TestRingOfCabinets(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		f := cabtest.Pack(cabtest.Stored, entry(fmt.Sprintf("%d.dll", i), "x"))
		testtool.WriteFile(t, filepath.Join(dir, fmt.Sprintf("%d.cab", i)), string(cabtest.Cabinet{
			Next: fmt.Sprintf("%d.cab", (i+1)%3), Folders: []cabtest.Folder{f}}.Bytes()))
	}
	inv := scanned(t, filepath.Join(dir, "0.cab"), Options{All: true})
	if files, faults := describeAll(inv); len(inv.Files) != 3 || !strings.Contains(faults, "does not end") {
		t.Errorf("%q, faults %q", files, faults)
	}
}

func TestTimesInPackages(t *testing.T) {
	inv := scanned(t, cabinetOf(t, entry("a.txt", "x")), Options{All: true})
	if want := time.Date(2009, 1, 1, 12, 0, 0, 0, time.UTC); !inv.Files[0].Modified.Equal(want) {
		t.Errorf("%v, want %v", inv.Files[0].Modified, want)
	}
}

func TestPackageScanEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	inv, err := Scan(ctx, cabinetOf(t, entry("a.txt", "x")), Options{All: true})
	if !errors.Is(err, context.Canceled) || inv != nil {
		t.Errorf("%v %v", inv, err)
	}
}

// What unpacks to very much is read, and nothing of it is kept.
func TestPackageOfZeros(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks 512 MB")
	}
	zeros := make([]byte, 32<<10)
	frame := cabtest.PackMSZIP(append(zeros, zeros...))[1]
	first := cabtest.PackMSZIP(zeros)[0]
	f := cabtest.Folder{Method: cabtest.MSZIP, Frames: []cabtest.Frame{first}}
	for range 16_383 {
		f.Frames = append(f.Frames, frame)
	}
	size := len(f.Frames) * len(zeros)
	f.Files = []cabtest.File{{Name: "zeros.dll", Size: size}}
	path := filepath.Join(t.TempDir(), "x.cab")
	testtool.WriteFile(t, path, string(cabtest.Cabinet{Folders: []cabtest.Folder{f}}.Bytes()))
	used := testing.AllocsPerRun(1, func() {
		inv := scanned(t, path, Options{All: true})
		if inv.Files[0].Size != int64(size) || inv.Files[0].Ending != pefile.Damaged {
			t.Errorf("%+v", inv.Files[0])
		}
	})
	if used > math.MaxUint16 {
		t.Errorf("%v allocations", used)
	}
}

func TestSniffPackage(t *testing.T) {
	dir := t.TempDir()
	good := string(cabtest.Cabinet{Folders: []cabtest.Folder{cabtest.Pack(cabtest.Stored, entry("a", "a"))}}.Bytes())
	for name, test := range map[string]struct {
		content string
		want    bool
	}{
		"cabinet": {good, true}, "cut off": {good[:20], true}, "program": {"MZ" + strings.Repeat(".", 100), false},
		"setup": {"MZ" + strings.Repeat(".", 100) + good, true}, "page": {"<html>", false}, "empty": {"", false},
		"compound": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), true}, // damaged
	} {
		path := filepath.Join(dir, name)
		testtool.WriteFile(t, path, test.content)
		if got := SniffPackage(context.Background(), path); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if SniffPackage(context.Background(), dir) || SniffPackage(context.Background(), filepath.Join(dir, "none")) {
		t.Error("a folder, or nothing, is a package")
	}
}

// BenchmarkCabinetAsRoot scans a cabinet of 400 executables; "ratio" is the time against
// that of cabextract -t in the same run, which reads the same bytes.
func BenchmarkCabinetAsRoot(b *testing.B) {
	cabextract := testtool.Need(b, "cabextract")
	image := petest.Must(petest.Spec{Version: manifest.Version{1, 2, 3, 4}}.Bytes())
	random := rand.New(rand.NewPCG(1, 2))
	for name, method := range map[string]uint16{"MSZIP": cabtest.MSZIP, "LZX": cabtest.LZX | 21<<8} {
		b.Run(name, func(b *testing.B) {
			var files []cabtest.Entry
			for i := range 400 {
				content := bytes.Clone(image)
				for len(content) < 100_000 {
					content = fmt.Appendf(content, "%d words of a file; ", random.Uint32N(1<<20))
				}
				files = append(files, cabtest.Entry{Name: fmt.Sprintf("bin/%d.dll", i), Content: content})
			}
			path := filepath.Join(b.TempDir(), "x.cab")
			testtool.WriteFile(b, path, string(cabtest.Cabinet{Folders: []cabtest.Folder{cabtest.Pack(method, files...)}}.Bytes()))
			var ours, theirs time.Duration
			for b.Loop() {
				start := time.Now()
				scanned(b, path, Options{All: true})
				between := time.Now()
				testtool.Run(b, ".", cabextract, "-t", path)
				ours, theirs = ours+between.Sub(start), theirs+time.Since(between)
			}
			b.ReportMetric(float64(ours)/float64(theirs), "ratio")
		})
	}
}
