package cab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kbverify/internal/cabtest"
)

func entry(name string, content []byte) cabtest.Entry {
	return cabtest.Entry{Name: name, Content: content}
}

func frame(data []byte, size int) cabtest.Frame { return cabtest.Frame{Data: data, Size: size} }

// everything reads a whole cabinet: contents, or errors, by name.
func everything(tb testing.TB, c *Cabinet) (contents map[string][]byte, faults map[string]error) {
	tb.Helper()
	contents, faults = map[string][]byte{}, map[string]error{}
	visits := 0
	err := c.Read(context.Background(), func(int) bool { return true }, func(files []int, r io.Reader) error {
		b, err := io.ReadAll(r)
		for _, i := range files {
			visits++
			if err != nil {
				faults[c.Files[i].Name] = err
			} else {
				contents[c.Files[i].Name] = b
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	if visits != len(c.Files) {
		tb.Fatalf("%d of %d files visited", visits, len(c.Files))
	}
	return contents, faults
}

func open(tb testing.TB, b []byte) *Cabinet {
	tb.Helper()
	c, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// text is n bytes that pack well, with calls of x86 in them.
func text(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	words := []string{"hotfix ", "\xe8\x10\x20\x00\x00", "server", "\x00\x00\x00", "kernel32.dll\x00", "\xe8\xff\xff\xff\xff"}
	b := make([]byte, 0, n+20)
	for len(b) < n {
		switch {
		case r.IntN(3) == 0:
			b = append(b, byte(r.Uint32()))
		case r.IntN(40) == 0 && len(b) > 1000:
			from := r.IntN(len(b) - 500)
			b = append(b, b[from:from+r.IntN(400)]...)
		default:
			b = append(b, words[r.IntN(len(words))]...)
		}
	}
	return b[:n]
}

// methods are those that are read.
var methods = []uint16{methodStored, methodMSZIP, methodLZX | 15<<8, methodLZX | 18<<8, methodLZX | 21<<8}

// sample is a cabinet with one folder of each method.
func sample(tb testing.TB) (cabtest.Cabinet, map[string][]byte) {
	var p cabtest.Cabinet
	want := map[string][]byte{}
	for i, m := range methods {
		var files []cabtest.Entry
		for j, size := range []int{0, 1, 40_000, 32_768, 100_003, 5} {
			e := entry(fmt.Sprintf("%d/folder/file %d.dll", i, j), text(uint64(j), size))
			files = append(files, e)
			want[e.Name] = e.Content
		}
		p.Folders = append(p.Folders, cabtest.Pack(m, files...))
	}
	return p, want
}

func TestReadsEveryMethodAndReserve(t *testing.T) {
	p, want := sample(t)
	for _, reserve := range [][3]int{{}, {20, 0, 0}, {0, 3, 0}, {0, 0, 5}, {1, 2, 255}} {
		for _, kind := range []cabtest.Sums{cabtest.SumsOfData, cabtest.SumsWithReserve, cabtest.NoSums} {
			p.Reserve, p.Sums = reserve, kind
			c := open(t, p.Bytes())
			got, faults := everything(t, c)
			if len(faults) > 0 || len(c.Damage) > 0 {
				t.Fatalf("reserve %v, sums %v: %v %q", reserve, kind, faults, c.Damage)
			}
			for name, content := range want {
				if !bytes.Equal(got[name], content) {
					t.Errorf("reserve %v, sums %v: %s differs", reserve, kind, name)
				}
			}
		}
	}
}

func TestDirectorySaysWhatIsStored(t *testing.T) {
	p := cabtest.Cabinet{Folders: []cabtest.Folder{cabtest.Pack(methodStored, entry(`bin\i386\A.dll`, []byte("abc")))}}
	f := open(t, p.Bytes()).Files[0]
	if f.Name != "bin/i386/A.dll" || f.Size != 3 || f.Attributes != 0x20 ||
		!f.Modified.Equal(time.Date(2009, 1, 1, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", f)
	}
	if !dosTime(0, 0).IsZero() || !dosTime(0x3a00|2<<5|31, 0).IsZero() {
		t.Error("a date of no calendar is a time")
	}
}

func TestTranslatedCalls(t *testing.T) {
	// A call at byte 100 whose absolute target is 0x1234, and one that was negative.
	b := bytes.Repeat([]byte{'.'}, 400)
	copy(b[100:], "\xe8\x34\x12\x00\x00")
	copy(b[200:], "\xe8\xf6\xff\xff\xff")       // -10
	copy(b[300:], "\xe8\x00\x00\x01\x00")       // beyond the Size: stays
	copy(b[len(b)-9:], "\xe8\x34\x12\x00\x00.") // in the last 10 bytes: stays
	f := cabtest.Folder{Method: methodLZX | 15<<8, Files: []cabtest.File{{Name: "a", Size: len(b)}},
		Frames: cabtest.PackLZX(b, 15, 0x10000, cabtest.Verbatim)}
	want := slices.Clone(b)
	le.PutUint32(want[101:], 0x1234-100)
	le.PutUint32(want[201:], 0x10000-10)
	got, faults := everything(t, open(t, cabtest.Cabinet{Folders: []cabtest.Folder{f}}.Bytes()))
	if !bytes.Equal(got["a"], want) {
		t.Errorf("%v\n%q\n%q", faults, got["a"], want)
	}
}

// Whatever is not wanted is not handed over, and does not disturb what is.
func TestReadsOnlyWhatIsWanted(t *testing.T) {
	p, want := sample(t)
	c := open(t, p.Bytes())
	var got []string
	err := c.Read(context.Background(), func(i int) bool { return strings.HasSuffix(c.Files[i].Name, "4.dll") },
		func(files []int, r io.Reader) error {
			name := c.Files[files[0]].Name
			got = append(got, name)
			if b, err := io.ReadAll(r); err != nil || !bytes.Equal(b, want[name]) {
				t.Errorf("%s: %v, or it differs", name, err)
			}
			return nil
		})
	if err != nil || len(got) != len(methods) || len(c.Damage) > 0 {
		t.Errorf("%v %q %q", err, got, c.Damage)
	}
}

// Many folders are read with the memory of one.
func TestManyFolders(t *testing.T) {
	var p cabtest.Cabinet
	f := cabtest.Pack(methodLZX|21<<8, entry("a", text(1, 100)))
	for range 5_000 {
		p.Folders = append(p.Folders, f)
	}
	c := open(t, p.Bytes())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := c.Read(context.Background(), func(int) bool { return true }, func(_ []int, r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; err != nil || used > 64<<20 {
		t.Errorf("%v, %d MB", err, used>>20)
	}
}

// Folders that share their blocks would make a small cabinet unpack without end.
func TestFoldersThatShareBlocks(t *testing.T) {
	p := cabtest.Cabinet{Folders: []cabtest.Folder{cabtest.Pack(methodMSZIP, entry("a", text(1, 50_000)))}}
	for range 9 {
		p.Folders = append(p.Folders, cabtest.Folder{Method: methodMSZIP, Files: p.Folders[0].Files})
	}
	b := p.Bytes()
	for i := range p.Folders {
		copy(b[headerSize+folderSize*i:], b[headerSize:headerSize+folderSize])
	}
	for _, wanted := range []bool{false, true} {
		c, faults := open(t, b), 0
		err := c.Read(context.Background(), func(int) bool { return wanted }, func(_ []int, r io.Reader) error {
			if _, err := io.Copy(io.Discard, r); err != nil {
				faults++
			}
			return nil
		})
		if faults += len(c.Damage); err != nil || faults < 8 {
			t.Errorf("wanted %v: %v, %d faults, %q", wanted, err, faults, c.Damage)
		}
	}
}

// A file that the directory has lost is missed, also where nothing is wanted.
func TestLostFileIsMissed(t *testing.T) {
	f := cabtest.Pack(methodMSZIP, entry("a", text(1, 70_000)), entry("b", text(2, 70_000)))
	f.Files = f.Files[:1]
	for _, wanted := range []bool{false, true} {
		c := open(t, cabtest.Cabinet{Folders: []cabtest.Folder{f}}.Bytes())
		err := c.Read(context.Background(), func(int) bool { return wanted }, func(_ []int, r io.Reader) error {
			_, err := io.Copy(io.Discard, r)
			return err
		})
		if err != nil || len(c.Damage) != 1 || !strings.Contains(c.Damage[0], "bytes 70000 to 140000 are of no file") {
			t.Errorf("wanted %v: %v %q", wanted, err, c.Damage)
		}
	}
}

func TestSameBytesUnderSeveralNames(t *testing.T) {
	f := cabtest.Pack(methodMSZIP, entry("a", []byte("first")), entry("b", []byte("second")))
	f.Files = append(f.Files, cabtest.File{Name: "c", Size: 6, Offset: 5})
	c := open(t, cabtest.Cabinet{Folders: []cabtest.Folder{f}}.Bytes())
	got, faults := everything(t, c)
	if string(got["c"]) != "second" || string(got["b"]) != "second" || len(faults) > 0 || len(c.Damage) > 0 {
		t.Errorf("%q %v %q", got, faults, c.Damage)
	}
}

// What is wrong is said, by whom it concerns.
func TestDamageIsNamed(t *testing.T) {
	one := func(change func(*cabtest.Folder)) []byte {
		f := cabtest.Pack(methodMSZIP, entry("a", text(1, 40_000)), entry("b", text(2, 100)))
		change(&f)
		return cabtest.Cabinet{Folders: []cabtest.Folder{f}}.Bytes()
	}
	cut := func(n int) []byte { b := one(func(*cabtest.Folder) {}); return b[:len(b)-n] }
	for _, test := range []struct {
		name    string
		b       []byte
		a, file string // errors of files a and b
		damage  string
	}{
		{"quantum", one(func(f *cabtest.Folder) { f.Method = methodQuantum }), "Quantum", "Quantum", ""},
		{"unknown method", one(func(f *cabtest.Folder) { f.Method = 7 }), "method 7", "method 7", ""},
		{"window", one(func(f *cabtest.Folder) { f.Method = methodLZX | 22<<8 }), "22 bits", "22 bits", ""},
		{"overlap", one(func(f *cabtest.Folder) { f.Files[1].Offset-- }), "", "is in file", "bytes 40000 to 40100"},
		{"gap", one(func(f *cabtest.Folder) { f.Files[0].Size-- }), "", "", "bytes 39999 to 40000 of folder 1 are of no file"},
		{"a file less", one(func(f *cabtest.Folder) { f.Files = f.Files[:1] }), "", "", "bytes 40000 to 40100 are of no file"},
		{"cut off", cut(1), "reaches to byte", "reaches to byte", "cut off"},
		{"block missing", one(func(f *cabtest.Folder) { f.Frames = f.Frames[:1] }), "after 1 blocks", "after 1 blocks", ""},
		{"no CK", one(func(f *cabtest.Folder) { f.Frames[0].Data = []byte("XX") }), "CK", "CK", ""},
		{"too long", one(func(f *cabtest.Folder) { f.Frames[1].Size-- }), "does not end", "does not end", ""},
		{"too short", one(func(f *cabtest.Folder) { f.Frames[1].Size++ }), "EOF", "EOF", ""},
		{"block too large", one(func(f *cabtest.Folder) { f.Frames[0].Size++ }), "at most 32768", "at most 32768", ""},
		{"goes on", one(func(f *cabtest.Folder) { f.Files[1].Index = toNext }), "", "", ""},
		{"begins before", one(func(f *cabtest.Folder) { f.Files[0].Index = fromPrevious }), "not here", "not here", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := open(t, test.b)
			_, faults := everything(t, c)
			for name, want := range map[string]string{"a": test.a, "b": test.file} {
				if got := fmt.Sprint(faults[name]); want == "" && faults[name] != nil || !strings.Contains(got, want) {
					t.Errorf("%s: %s, want %q", name, got, want)
				}
			}
			if got := strings.Join(c.Damage, "; "); !strings.Contains(got, test.damage) || test.damage == "" && got != "" {
				t.Errorf("damage %q, want %q", got, test.damage)
			}
		})
	}
}

func TestBadDirectories(t *testing.T) {
	good := cabtest.Cabinet{Folders: []cabtest.Folder{cabtest.Pack(methodStored, entry("a", []byte("a")))}}
	for _, test := range []struct {
		name   string
		change func(b []byte) []byte
		want   string
	}{
		{"nothing", func([]byte) []byte { return nil }, "no cabinet"},
		{"web page", func([]byte) []byte { return []byte("<html><body>The file was not found on this server") }, "no cabinet"},
		{"version", func(b []byte) []byte { b[24] = 4; return b }, "version: 1.4"},
		{"no folders", func(b []byte) []byte { b[26] = 0; return b }, "cFolders: 0"},
		{"no files", func(b []byte) []byte { b[28] = 0; return b }, "cFiles: 0"},
		{"more files", func(b []byte) []byte { b[28] = 9; return b }, "CFFILE 2: cut off"},
		{"files in the header", func(b []byte) []byte { b[16] = 8; return b }, "coffFiles: byte 8"},
		{"data in the directory", func(b []byte) []byte { b[36]--; return b }, "coffCabStart 1"},
		{"folder number", func(b []byte) []byte { b[44+8] = 1; return b }, "folder 2 of 1"},
		{"reserve", func(b []byte) []byte { b[30] = 4; b[36], b[37] = 255, 255; return b }, "cbCFHeader: 65535"},
	} {
		b := test.change(slices.Clone(good.Bytes()))
		if _, err := Open(bytes.NewReader(b), int64(len(b))); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// small is a cabinet of every method with contents of a few bytes.
func small(tb testing.TB) ([]byte, map[string][]byte) {
	var p cabtest.Cabinet
	want := map[string][]byte{}
	for i, m := range methods[:4] {
		e := entry(strings.Repeat("name", i+1), text(uint64(i), 150))
		want[e.Name] = e.Content
		p.Folders = append(p.Folders, cabtest.Pack(m, e))
	}
	return p.Bytes(), want
}

func TestCutAtEveryByte(t *testing.T) {
	b, _ := small(t)
	for n := range b {
		c, err := Open(bytes.NewReader(b[:n]), int64(n))
		if err != nil {
			continue
		}
		if everything(t, c); len(c.Damage) == 0 {
			t.Errorf("cut at byte %d of %d: nothing said", n, len(b))
		}
	}
}

// A flipped bit of the data never passes: it costs the file it is in.
func TestFlippedBitsNeverPass(t *testing.T) {
	b, want := small(t)
	data := int(le.Uint32(b[headerSize:])) // the first CFDATA
	for i := data; i < len(b); i++ {
		for bit := range 8 {
			b[i] ^= 1 << bit
			c := open(t, b)
			got, faults := everything(t, c)
			if len(faults) == 0 && len(c.Damage) == 0 {
				t.Fatalf("bit %d of byte %d: nothing said", bit, i)
			}
			for name, content := range got {
				if !bytes.Equal(content, want[name]) {
					t.Fatalf("bit %d of byte %d: %s is another and passes", bit, i, name)
				}
			}
			b[i] ^= 1 << bit
		}
	}
}

// A flipped bit of the directory never makes files fewer, or shorter, unsaid.
func TestFlippedBitsOfTheDirectory(t *testing.T) {
	b, want := small(t)
	data := int(le.Uint32(b[headerSize:]))
	for i := range data {
		for bit := range 8 {
			flipped := slices.Clone(b)
			flipped[i] ^= 1 << bit
			c, err := Open(bytes.NewReader(flipped), int64(len(b)))
			if err != nil {
				continue
			}
			got, faults := everything(t, c)
			total := 0
			for _, content := range got {
				total += len(content)
			}
			if len(faults) == 0 && len(c.Damage) == 0 && total != 4*150 {
				t.Errorf("bit %d of byte %d: %d files of %d, %d bytes, nothing said", bit, i, len(got), len(want), total)
			}
		}
	}
}

// split makes a spanned set of three cabinets: a file that goes through all, with the
// blocks at the borders cut in two, and a file of its own in each.
func split(tb testing.TB) (parts [][]byte, want map[string][]byte) {
	long, first, last := text(1, 100_000), text(2, 10), text(3, 20)
	f := cabtest.Pack(methodMSZIP, entry("first", first), entry("long", long), entry("last", last))
	frames := f.Frames
	half := func(i int) (a, b cabtest.Frame) {
		n := len(frames[i].Data) / 2
		return frame(frames[i].Data[:n], 0), frame(frames[i].Data[n:], frames[i].Size)
	}
	a, b := half(1)
	c, d := half(2)
	file := func(i int, index uint16) cabtest.File { g := f.Files[i]; g.Index = index; return g }
	for _, p := range []cabtest.Cabinet{
		{Next: "2.cab", Folders: []cabtest.Folder{{Method: f.Method, Files: []cabtest.File{f.Files[0], file(1, toNext)}, Frames: []cabtest.Frame{frames[0], a}}}},
		{Previous: "1.cab", Next: "3.cab", Folders: []cabtest.Folder{{Method: f.Method, Files: []cabtest.File{file(1, throughWhole)}, Frames: []cabtest.Frame{b, c}}}},
		{Previous: "2.cab", Folders: []cabtest.Folder{{Method: f.Method, Files: []cabtest.File{file(1, fromPrevious), f.Files[2]},
			Frames: append([]cabtest.Frame{d}, frames[3:]...)}, cabtest.Pack(methodStored, entry("other", first))}},
	} {
		parts = append(parts, p.Bytes())
	}
	return parts, map[string][]byte{"first": first, "long": long, "last": last, "other": first}
}

func TestSpannedSets(t *testing.T) {
	parts, want := split(t)
	var set []*Cabinet
	for _, b := range parts {
		set = append(set, open(t, b))
	}
	if set[0].Next != "2.cab" || set[1].Previous != "1.cab" || set[1].Next != "3.cab" {
		t.Errorf("neighbours %q, %q and %q", set[0].Next, set[1].Previous, set[1].Next)
	}
	c, err := Join(set)
	if err != nil {
		t.Fatal(err)
	}
	got, faults := everything(t, c)
	for name, content := range want {
		if !bytes.Equal(got[name], content) {
			t.Errorf("%s: %v, or it differs", name, faults[name])
		}
	}
	if len(c.Files) != len(want) || len(c.Damage) > 0 {
		t.Errorf("%d files, damage %q", len(c.Files), c.Damage)
	}
}

func TestMissingPartsAreNamed(t *testing.T) {
	parts, want := split(t)
	c, err := Join([]*Cabinet{open(t, parts[0]), open(t, parts[1])})
	if err != nil {
		t.Fatal(err)
	}
	got, faults := everything(t, c)
	if !bytes.Equal(got["first"], want["first"]) || !strings.Contains(fmt.Sprint(faults["long"]), "3.cab") {
		t.Errorf("%v", faults)
	}
	joined, err := Join([]*Cabinet{open(t, parts[0]), open(t, parts[2])})
	if err != nil {
		t.Fatal(err)
	}
	if _, faults := everything(t, joined); faults["long"] == nil {
		t.Error("a set without its middle part is read")
	}
	_, faults = everything(t, open(t, parts[2]))
	if !strings.Contains(fmt.Sprint(faults["long"]), "2.cab") || !strings.Contains(fmt.Sprint(faults["last"]), "2.cab") ||
		faults["other"] != nil {
		t.Errorf("%v", faults)
	}
}

func TestFindsCabinetsInPrograms(t *testing.T) {
	b, _ := small(t)
	stub := []byte("MZ" + strings.Repeat("MSCF and so on. ", 20_000) + "MSCFMSCF\x00\x00\x00\x00MSCF")
	file := slices.Concat(stub, b, []byte("between MSC"), b, []byte("MSCF"))
	second := int64(len(stub) + len(b) + 11)
	got, err := Find(context.Background(), bytes.NewReader(file), int64(len(file)))
	if want := []Place{{int64(len(stub)), int64(len(b))}, {second, int64(len(b))}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, err, want)
	}
	// A cabinet that is cut off is still found, so that it can be said.
	short := file[:len(stub)+len(b)-10]
	if got, err := Find(context.Background(), bytes.NewReader(short), int64(len(short))); err != nil || len(got) != 1 {
		t.Errorf("%v %v", got, err)
	}
	// Wherever the border of two reads falls, none is missed.
	for shift := range 50 {
		file := slices.Concat(make([]byte, findChunk-40+shift), b)
		if got, _ := Find(context.Background(), bytes.NewReader(file), int64(len(file))); len(got) != 1 {
			t.Errorf("shift %d: %v", shift, got)
		}
	}
}

func TestReadEndsWithTheContext(t *testing.T) {
	p, _ := sample(t)
	ctx, cancel := context.WithCancel(context.Background())
	c := open(t, p.Bytes())
	err := c.Read(ctx, func(int) bool { return true }, func(_ []int, r io.Reader) error {
		cancel()
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
