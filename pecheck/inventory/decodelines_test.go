package inventory

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/pefile"
)

// slowly is the text with a blank that no file on a line is taken behind.
func slowly(text string) string { return strings.Replace(text, `"files": [`, `"files" : [`, 1) }

// linesOf is an inventory of n files, plain ones and some that are not.
func linesOf(r *rand.Rand, n int) *Inventory {
	inv := &Inventory{Root: "root", All: true, Seen: int64(n), Signatures: r.IntN(3) == 0}
	for i := range n {
		f := File{Path: fmt.Sprintf("d%02d/e/a%05d.dll", i/10, i), Size: r.Int64N(1 << 40)}
		if r.IntN(4) > 0 {
			f.Modified = time.Unix(r.Int64N(1<<32), 0).UTC()
		}
		switch r.IntN(6) {
		case 0:
			f.Image = pefile.Image{Format: pefile.PE, Machine: 0x14c, Ending: pefile.Versioned,
				Version: manifest.Version{uint16(r.IntN(65536)), 0, 65535, uint16(i)}}
		case 1:
			f.Image = pefile.Image{Format: pefile.PE, Machine: 0x8664, AnyCPU: true, Ending: pefile.Versioned, StringVersion: "1.0 (x)"}
		case 2:
			f.Image = pefile.Image{Ending: pefile.Unreadable, Detail: "permission denied"}
		case 3:
			f.MD5, f.SHA256 = strings.Repeat("0f", 16), strings.Repeat("a9", 32)
		}
		if r.IntN(8) == 0 {
			f.Path += []string{"größe.dll", `\x0a`, "x.msi", " ", "."}[r.IntN(5)]
		}
		if inv.Signatures && f.Format == pefile.PE {
			f.Signature = &authenticode.Signature{Status: authenticode.NotSigned}
		}
		f.NoSignature = f.Ending == "" && strings.HasSuffix(f.Path, ".msi")
		inv.Files = append(inv.Files, f)
	}
	return inv
}

// reads gives what comes of a text: the inventory, or what is wrong.
func reads(text string, k Keep) (*Inventory, string) {
	inv, err := Read(strings.NewReader(text), "i.json", k)
	if err != nil {
		return nil, err.Error()
	}
	return inv, ""
}

// Files that are taken line by line are those that the JSON reader reads, whichever
// stand among them, and whatever is asked for.
func TestLinesAreReadAsJSON(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		text := encoded(t, linesOf(r, r.IntN(40)))
		if r.IntN(3) == 0 {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		for _, k := range []Keep{{}, {Names: []string{"a00001.dll", "*.msi"}}, {Exclude: []string{"d00", "d01/**/*9.dll"}}} {
			want, _ := reads(slowly(text), k)
			got, wrong := reads(text, k)
			if d := cmp.Diff(want, got); d != "" || wrong != "" {
				t.Fatalf("seed %d, %+v: %s\n%s", seed, k, wrong, d)
			}
		}
	}
}

// Whatever is done to a text, what is taken is no other than what the JSON reader
// reads, and what is wrong is said of the same place.
func TestBrokenLinesAreReadAsJSON(t *testing.T) {
	refused := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 6))
		text := []byte(encoded(t, linesOf(r, 12)))
		if r.IntN(3) == 0 {
			text = []byte(strings.Replace(string(text), `"names": [`, `"signatures": true,`+"\n"+`"names": [`, 1))
		}
		files := strings.Index(string(text), "[\n{")
		for range 1 + r.IntN(2) {
			at := files + r.IntN(len(text)-files)
			switch r.IntN(5) {
			case 0:
				text[at] = "{}[],:\"\\\n 0a"[r.IntN(12)]
			case 1:
				text = append(text[:at:at], text[at+1:]...)
			case 2:
				lines := strings.SplitAfter(string(text), "\n")
				i, j := r.IntN(len(lines)), r.IntN(len(lines))
				lines[i], lines[j] = lines[j], lines[i]
				text = []byte(strings.Join(lines, ""))
			case 3:
				text = []byte(strings.Replace(string(text), "},\n{", "}\n{", 1))
			default:
				text = []byte(strings.Replace(string(text), "}\n]", "},\n]", 1))
			}
		}
		if strings.Count(string(text), `"files": [`) != 1 {
			continue
		}
		want, wantWrong := reads(slowly(string(text)), Keep{})
		got, wrong := reads(string(text), Keep{})
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("seed %d: %s; %s\n%s\n%s", seed, wrong, wantWrong, d, text)
		}
		var line, wantLine int
		fmt.Sscanf(wrong, "i.json:%d", &line)
		fmt.Sscanf(wantWrong, "i.json:%d", &wantLine)
		if line-wantLine < -1 || line-wantLine > 1 { // a comma too many is found one line on
			t.Fatalf("seed %d: %q, want %q\n%s", seed, wrong, wantWrong, text)
		}
		if wrong != "" {
			refused++
		}
	}
	if refused < 500 {
		t.Errorf("only %d texts were refused", refused)
	}
}
