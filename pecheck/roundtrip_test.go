package pecheck

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/petest"
	"kbverify/pecheck/result"
)

// Judged from an inventory, wherever it comes from, a root gets the verdicts that
// it gets live.
func TestInventoryGivesTheVerdictsOfTheRoot(t *testing.T) {
	root := t.TempDir()
	for _, path := range []string{"bin/i386/data.ini", "bin/i386/hotfix/kb1-de.msp", "bin/x64/broken.dll", "backup/bin/i386/ccm.dll"} {
		plantFile(t, root, path)
	}
	for path, s := range map[string]petest.Spec{
		"bin/i386/ccm.dll": {Version: manifest.Version{4, 0, 6487, 2111}, StringVersion: "4.0.6487.2000 (RTM)"},
		"bin/x64/ccm.dll":  {Version: manifest.Version{4, 0, 6487, 2000}, Machine: 0x8664},
		"bin/i386/any.dll": {Version: manifest.Version{1, 0, 0, 0}, AnyCPU: true},
		"bin/i386/old.exe": {Version: manifest.Version{1, 0, 0, 1}, NE: true},
	} {
		plantFile(t, root, path)
		if err := s.WriteFile(filepath.Join(root, filepath.FromSlash(path))); err != nil {
			t.Fatal(err)
		}
	}
	m, err := manifest.Parse("test", []byte(`{"schema": 1, "id": "KB1", "title": "t", "product": "p", "tables": [{"files": [
		{"name": "Ccm.dll", "version": "4.0.6487.2111", "platform": "x86"}, {"name": "ccm.dll", "version": "4.0.6487.2111", "platform": "x64"},
		{"name": "any.dll", "version": "1.0.0.0", "platform": "x86"}, {"name": "old.exe", "version": "1.0.0.1", "platform": "x86"},
		{"name": "data.ini", "size": 9}, {"name": "gone.dll", "version": "1.0.0.0"}, {"name": "broken.dll", "version": "1.0.0.0", "platform": "x64"},
		{"name": "kb1-en.msp", "pattern": "kb1-*.msp", "size": 1}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range m.Tables[0].Files {
		names = append(names, f.Name)
		if f.Pattern != "" {
			names = append(names, f.Pattern)
		}
	}
	exclude := []string{"backup"}
	before := petest.Fingerprint(root)
	live, err := inventory.Scan(t.Context(), root, inventory.Options{Names: names, Exclude: exclude})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, petest.Fingerprint(root)); diff != "" {
		t.Errorf("the root has changed (-before +after):\n%s", diff)
	}
	want := Detect(live, Known{Hotfixes: []*manifest.Manifest{m}}, Scope{})
	if len(want.Tables) != 1 || want.Tables[0].State != result.Partial {
		t.Fatalf("not what was planted: %+v", want)
	}
	for name, o := range map[string]inventory.Options{
		"same names": {Names: names, Exclude: exclude}, "more names": {Names: append(slices.Clone(names), "bro*", "x.dll"), Exclude: exclude},
		"all": {All: true, Exclude: exclude}, "all, excluded later": {All: true},
	} {
		for _, k := range []inventory.Keep{{Exclude: exclude}, {Names: names, Exclude: exclude}} {
			var text bytes.Buffer
			if _, err := inventory.ScanTo(context.Background(), root, o, &text); err != nil {
				t.Fatal(err)
			}
			inv, err := inventory.Read(&text, name, k)
			if err != nil {
				t.Fatal(err)
			}
			got := Detect(inv, Known{Hotfixes: []*manifest.Manifest{m}}, Scope{})
			got.Seen = want.Seen // counts what was excluded later
			if diff := cmp.Diff(want, got, typed); diff != "" {
				t.Errorf("%s, kept %v (-root +inventory):\n%s", name, k.Names, diff)
			}
		}
	}
}

// plantFile writes a file with its name as contents.
func plantFile(t *testing.T, root, path string) {
	t.Helper()
	full := filepath.Join(root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	testtool.WriteFile(t, full, filepath.Base(path))
}
