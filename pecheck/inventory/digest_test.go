package inventory

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/testtool"
)

// plantTexts writes files of all lengths around a block, of every sort that a scan
// looks at in its own way.
func plantTexts(t *testing.T, root string) (texts map[string]string) {
	t.Helper()
	plantImages(t, root, "a.dll")
	image, err := os.ReadFile(filepath.Join(root, "a.dll"))
	if err != nil {
		t.Fatal(err)
	}
	texts = map[string]string{"a.dll": string(image), "empty.txt": "", "pkg.msi": "no package", "odd.exe": "MZ cut off"}
	for _, n := range []int{1, digestBlock - 1, digestBlock, digestBlock + 1, 3*digestBlock + 5} {
		texts[fmt.Sprintf("of%d.ini", n)] = strings.Repeat("x", n)
	}
	for name, text := range texts {
		testtool.WriteFile(t, filepath.Join(root, name), text)
	}
	return texts
}

// The digests are those of the whole content, of files of every sort and length.
func TestDigestsOfContents(t *testing.T) {
	root := t.TempDir()
	texts := plantTexts(t, root)
	all := func(string) bool { return true }
	for _, tt := range []struct {
		name string
		asks Digests
		of   func(name string) bool
	}{
		{"none", Digests{}, func(string) bool { return false }},
		{"both", Digests{MD5: true, SHA256: true}, all},
		{"SHA-256 alone", Digests{SHA256: true}, all},
		{"MD5 of some", Digests{MD5: true, Names: []string{"A.DLL", "of1.ini"}}, func(name string) bool {
			return name == "a.dll" || name == "of1.ini"
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := mustScan(t, root, Options{All: true, Digests: tt.asks})
			if len(inv.Files) != len(texts) {
				t.Fatalf("%d files, want %d", len(inv.Files), len(texts))
			}
			for _, f := range inv.Files {
				want := File{}
				if text := texts[f.Path]; tt.of(f.Path) {
					if tt.asks.MD5 {
						want.MD5 = fmt.Sprintf("%x", md5.Sum([]byte(text)))
					}
					if tt.asks.SHA256 {
						want.SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
					}
				}
				if f.MD5 != want.MD5 || f.SHA256 != want.SHA256 {
					t.Errorf("%s: md5 %q, sha256 %q, want %q, %q", f.Path, f.MD5, f.SHA256, want.MD5, want.SHA256)
				}
			}
			checkReadsBack(t, inv)
		})
	}
}

// checkReadsBack wants the inventory back from its JSON.
func checkReadsBack(t *testing.T, inv *Inventory) {
	t.Helper()
	var text strings.Builder
	if err := inv.Encode(&text); err != nil {
		t.Fatal(err)
	}
	back, err := Read(strings.NewReader(text.String()), "inventory.json", Keep{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(inv.Files, back.Files); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

// A file that cannot be read to its end has no digest, and says why.
func TestContentsThatCannotBeRead(t *testing.T) {
	disk := &fakeDisk{tree: fakeFolder().add("d/a.txt", fakeFile("text")), before: func(op, path string) error {
		if op == "read" && path == "d/a.txt" {
			return errors.New("data error")
		}
		return nil
	}}
	inv := mustScan(t, "root", Options{All: true, Digests: Digests{SHA256: true}, disk: disk})
	if f := inv.Files[0]; f.SHA256 != "" || f.Ending != "unreadable" || f.Detail != "data error" || inv.Unreadable != 1 {
		t.Errorf("%+v, %d unreadable", f, inv.Unreadable)
	}
}

// A run that is interrupted does not read a large file to its end.
func TestInterruptedInALargeFile(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	reads := 0
	disk := &fakeDisk{tree: fakeFolder().add("large.bin", fakeFile(strings.Repeat("x", 64*digestBlock)))}
	disk.before = func(op, path string) error {
		if op == "read" {
			if reads++; reads == 2 {
				interrupt()
				<-ctx.Done()
			}
		}
		return nil
	}
	_, err := Scan(ctx, "root", Options{All: true, Digests: Digests{SHA256: true}, Jobs: 1, disk: disk})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	for disk.leaked() > 0 { // the job ends by itself
		runtime.Gosched()
	}
	if reads > 60 {
		t.Errorf("%d blocks were read", reads)
	}
}
