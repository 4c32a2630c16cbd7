package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
)

// everyKind is an inventory that holds something of every kind.
func everyKind() *Inventory {
	at := time.Date(2008, 12, 1, 1, 40, 30, 0, time.UTC)
	return &Inventory{
		Root: `C:\SMS`, Tool: "kbverify 1.0", All: true, Names: []string{"a-*.msp", "ccm.dll"},
		Excluded: []string{"**/backup"}, Unasked: []string{"**/backup"}, // by Read, as it is called here
		Folders: []Folder{{".", manifest.X86}, {"bin/x64", manifest.X64}},
		Files: []File{
			{Path: "a/z.msi", Size: 1 << 40, Modified: at, NoSignature: true},
			{Path: "a-b", Size: 0},
			{Path: "b/any.dll", Size: 9, Modified: at, Image: pefile.Image{Format: pefile.PE, Machine: pefile.MachineI386,
				AnyCPU: true, Ending: pefile.Versioned,
				Version: manifest.Version{4, 0, 6221, 1193}, StringVersion: "4.0 \"RTM\" \\ <é>"}},
			{Path: "b/damaged.dll", Size: 9, Modified: at, Image: pefile.Image{Format: pefile.PE, Machine: 0x1234,
				Ending: pefile.Damaged, Detail: "cut off"}},
			{Path: "b/dos.com", Size: 9, Modified: at, Image: pefile.Image{Format: pefile.MZ, Ending: pefile.NoVersion}},
			{Path: "b/fixed.dll", Size: 9, Modified: at, Image: pefile.Image{Format: pefile.PE, Machine: pefile.MachineAMD64,
				Ending: pefile.NoFixedInfo}},
			{Path: "b/le.vxd", Size: 9, Modified: at, Image: pefile.Image{Format: pefile.LE, Ending: pefile.NoVersion}},
			{Path: "b/lx.exe", Size: 9, Modified: at, Image: pefile.Image{Format: pefile.LX, Ending: pefile.NoVersion}},
			{Path: "b/ne.exe", Size: 9, Modified: at, Image: pefile.Image{Format: pefile.NE, Ending: pefile.Versioned,
				Version: manifest.Version{0, 0, 0, 65535}}},
			{Path: "b/secret.dll", Image: pefile.Image{Ending: pefile.Unreadable, Detail: "permission denied"}},
			{Path: `b/x\\y\x1b\xff\u202e\U000e0001.dll`, Size: 2, Modified: at, Image: pefile.Image{Ending: pefile.NoVersion}},
			{Path: "b/\U0001f4be 文件 é", Size: 2, Modified: at, Image: pefile.Image{Ending: pefile.NoVersion}},
		},
		Faults: []Fault{{".", "gone"}, {"c/d", "permission denied"}},
		Links:  []Link{{Path: "l", Target: "/etc"}, {Path: "m"}, {Path: "n", Target: ".", Inside: true}},
		Seen:   4711, Unreadable: 1,
	}
}

func encoded(t testing.TB, inv *Inventory) string {
	t.Helper()
	var b bytes.Buffer
	if err := inv.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestInventoryIsASCII(t *testing.T) {
	text := encoded(t, everyKind())
	for i, c := range []byte(text) {
		if c >= 0x7f || c < ' ' && c != '\n' {
			t.Fatalf("byte %d is %#x", i, c)
		}
	}
}

func TestScanToWritesWhatScanFinds(t *testing.T) {
	root := t.TempDir()
	plant(t, root, "i386/a.dll", "b/a.dll", "b/c.txt", "x64/é.dll")
	for _, o := range []Options{{All: true}, {Names: []string{"a.dll", "*.txt"}, Tool: "kbverify", Host: "SITE\x1b1",
		Now:     func() time.Time { return time.Date(2010, 2, 3, 4, 5, 6, 7, time.FixedZone("", 3600)) },
		Exclude: []string{"b/a*"}}} {
		var b bytes.Buffer
		inv, err := ScanTo(context.Background(), root, o, &b)
		if err != nil {
			t.Fatal(err)
		}
		want := mustScan(t, root, o)
		if diff := cmp.Diff(encoded(t, want), b.String()); diff != "" {
			t.Errorf("streamed (-encoded +streamed):\n%s", diff)
		}
		want.Files = nil
		if diff := cmp.Diff(want, inv); diff != "" {
			t.Errorf("inventory without files (-want +got):\n%s", diff)
		}
	}
}

// failing refuses everything after some bytes, like a full disk.
type failing struct{ left int }

var errFull = errors.New("no space left on device")

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteErrorsAreReported(t *testing.T) {
	root := t.TempDir()
	plant(t, root, "a.dll")
	size := len(encoded(t, mustScan(t, root, Options{All: true})))
	for left := range size {
		if _, err := ScanTo(context.Background(), root, Options{All: true}, &failing{left}); !errors.Is(err, errFull) {
			t.Fatalf("room for %d of %d bytes: %v", left, size, err)
		}
	}
}

// fileRecord is what stands on a file's line, with its keys in their order.
type fileRecord struct {
	Path        string        `json:"path"`
	Size        int64         `json:"size"`
	Modified    string        `json:"modified,omitempty"`
	Format      pefile.Format `json:"format,omitempty"`
	Machine     string        `json:"machine,omitempty"` // IMAGE_FILE_HEADER.Machine as "0x014c"
	AnyCPU      bool          `json:"any_cpu,omitempty"`
	Ending      pefile.Ending `json:"ending,omitempty"`
	Version     string        `json:"version,omitempty"`
	Text        string        `json:"string_version,omitempty"`
	Detail      string        `json:"detail,omitempty"`
	NoSignature bool          `json:"no_signature,omitempty"`
	MD5         string        `json:"md5,omitempty"`
	SHA256      string        `json:"sha256,omitempty"`
}

func recordOf(f *File) *fileRecord {
	r := &fileRecord{Path: f.Path, Size: f.Size, Format: f.Format, AnyCPU: f.AnyCPU, Ending: f.Ending,
		Text: f.StringVersion, Detail: f.Detail, NoSignature: f.NoSignature, MD5: f.MD5, SHA256: f.SHA256}
	if !f.Modified.IsZero() {
		r.Modified = f.Modified.UTC().Format(time.RFC3339)
	}
	if f.Machine != 0 {
		r.Machine = fmt.Sprintf("0x%04x", uint16(f.Machine))
	}
	if f.Ending == pefile.Versioned {
		r.Version = f.Version.String()
	}
	return r
}

// A file's line is what encoding/json makes of the record, in ASCII.
func TestFileLines(t *testing.T) {
	texts := []string{"", "a.dll", `odd\x0a"<&>.txt`, "größe/\U0001F4BE.txt", "~ !"}
	for i := range 2000 {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		text := func() string { return texts[r.IntN(len(texts))] }
		f := File{Path: text(), Size: r.Int64N(1 << 40), NoSignature: r.IntN(2) == 0, MD5: text(), SHA256: text()}
		f.Format, f.Machine = formats[r.IntN(len(formats))], pefile.Machine(r.IntN(3)*0x14c)
		f.Ending, f.AnyCPU = endings[r.IntN(len(endings))], r.IntN(2) == 0
		f.Version, f.StringVersion, f.Detail = manifest.Version{1, 2, 3, uint16(i)}, text(), text()
		if r.IntN(2) == 0 {
			f.Modified = time.Unix(r.Int64N(1<<33), 0)
		}
		want, err := json.Marshal(recordOf(&f))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(appendASCII(nil, string(want))), string(appendFile(nil, &f))); d != "" {
			t.Fatal(d)
		}
	}
}
