package pecheck

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// Judged from an inventory, wherever it comes from, a root gets the verdicts that
// it gets live.
func TestInventoryGivesTheVerdictsOfTheRoot(t *testing.T) {
	root := t.TempDir()
	plant(t, root, "bin/i386/data.ini", "bin/i386/hotfix/kb1-de.msp", "bin/x64/broken.dll", "backup/bin/i386/ccm.dll")
	for path, s := range map[string]petest.Spec{
		"bin/i386/ccm.dll": {Version: manifest.Version{4, 0, 6487, 2111}, StringVersion: "4.0.6487.2000 (RTM)"},
		"bin/x64/ccm.dll":  {Version: manifest.Version{4, 0, 6487, 2000}, Machine: 0x8664},
		"bin/i386/any.dll": {Version: manifest.Version{1, 0, 0, 0}, AnyCPU: true},
		"bin/i386/old.exe": {Version: manifest.Version{1, 0, 0, 1}, NE: true},
	} {
		plant(t, root, path)
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
	live := mustScan(t, root, ScanOptions{Names: names, Exclude: exclude})
	want := Detect(live, []*manifest.Manifest{m}, Scope{})
	if len(want.Tables) != 1 || want.Tables[0].State != Partial {
		t.Fatalf("not what was planted: %+v", want)
	}
	for name, o := range map[string]ScanOptions{
		"same names": {Names: names, Exclude: exclude}, "more names": {Names: append(slices.Clone(names), "bro*", "x.dll"), Exclude: exclude},
		"all": {All: true, Exclude: exclude}, "all, excluded later": {All: true},
	} {
		for _, k := range []Keep{{Exclude: exclude}, {Names: names, Exclude: exclude}} {
			var text bytes.Buffer
			if _, err := ScanTo(context.Background(), root, o, &text); err != nil {
				t.Fatal(err)
			}
			inv, err := ReadInventory(&text, name, k)
			if err != nil {
				t.Fatal(err)
			}
			got := Detect(inv, []*manifest.Manifest{m}, Scope{})
			got.Seen = want.Seen // counts what was excluded later
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, kept %v (-root +inventory):\n%s", name, k.Names, diff)
			}
		}
	}
}
