package inventory

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"kbverify/manifest"
	"kbverify/pecheck/visible"
)

func TestInventoryRoundTrip(t *testing.T) {
	for _, inv := range []*Inventory{everyKind(), {Root: "r"}} {
		text := encoded(t, inv)
		utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		for name, form := range map[string]string{
			"as written": text, "CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "UTF-16": utf16, "BOM": "\ufeff" + text,
		} {
			got, err := Read(strings.NewReader(form), "i.json", Keep{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(inv, got); diff != "" {
				t.Errorf("%s: reading back (-want +got):\n%s", name, diff)
			}
			if again := encoded(t, got); again != text {
				t.Errorf("%s: written again:\n%s", name, cmp.Diff(text, again))
			}
		}
	}
}

// Every byte of an inventory counts: without its end it proves nothing.
func TestCutInventoryIsRefused(t *testing.T) {
	text := strings.TrimSuffix(encoded(t, everyKind()), "\n")
	for i := range len(text) {
		if _, err := Read(strings.NewReader(text[:i]), "i.json", Keep{}); err == nil {
			t.Fatalf("the first %d of %d bytes were taken for an inventory", i, len(text))
		}
	}
}

func TestReadKeeps(t *testing.T) {
	all := &Inventory{Root: "r", All: true, Seen: 4, Files: []File{
		{Path: "a/ccm.dll"}, {Path: "a/other.dll"}, {Path: "b/CCM.DLL"}, {Path: "kb-1.msp"},
	}, Folders: []Folder{{"b/x64", manifest.X64}}, Faults: []Fault{{"b", "no"}}, Links: []Link{{Path: "b/l"}}}
	some := *all
	some.All, some.Names = false, []string{"CCM.dll", "kb-*.msp"}
	tests := []struct {
		name  string
		inv   *Inventory
		keep  Keep
		files []string
		names []string
		all   bool
	}{
		{"everything", all, Keep{}, paths(all.Files), nil, true},
		{"names of a whole inventory", all, Keep{Names: []string{"ccm.dll"}}, []string{"a/ccm.dll", "b/CCM.DLL"},
			[]string{"ccm.dll"}, false},
		{"only names that were looked for", &some, Keep{Names: []string{"ccm.dll", "other.dll"}}, []string{"a/ccm.dll",
			"a/other.dll", "b/CCM.DLL"}, []string{"ccm.dll"}, false},
		{"patterns", &some, Keep{Names: []string{"KB-*.msp", "k*"}}, []string{"kb-1.msp"}, []string{"KB-*.msp"}, false},
		{"exclude", &some, Keep{Exclude: []string{"B"}}, []string{"a/ccm.dll", "a/other.dll", "kb-1.msp"}, some.Names, false},
	}
	for _, tt := range tests {
		got, err := Read(strings.NewReader(encoded(t, tt.inv)), "i.json", tt.keep)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.files, paths(got.Files)); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.names, got.Names); diff != "" || got.All != tt.all {
			t.Errorf("%s: all %v, names (-want +got):\n%s", tt.name, got.All, diff)
		}
		if left := len(got.Folders) + len(got.Faults) + len(got.Links); left != 3 && tt.keep.Exclude == nil || left != 0 &&
			tt.keep.Exclude != nil {
			t.Errorf("%s: %d of 3 folders, faults and links", tt.name, left)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	text := encoded(t, everyKind())
	edit := func(old, new string) string {
		t.Helper()
		if strings.Count(text, old) == 0 {
			t.Fatalf("nothing to edit: %s", old)
		}
		return strings.Replace(text, old, new, 1)
	}
	tests := []struct{ name, text, want string }{
		{"nothing", "", "i.json:1: the inventory is cut off: take it again, and copy it whole"},
		{"no JSON", "MZ", "i.json:1: not an inventory: invalid character 'M' at start of value"},
		{"not UTF-8", "{\"\xff", "i.json:1: not an inventory: neither UTF-8 nor UTF-16 text"},
		{"other JSON", `{"id": "KB1"}`, `i.json:1: not an inventory: begins with the key "id", want "schema"`},
		{"a list", `[]`, `i.json:1: want "{", found "["`},
		{"newer schema", edit(`"schema": 1`, `"schema": 2`), `i.json:1: schema: schema 2: this program reads schema 1`},
		{"other kind", edit(`y-inventory`, `y-report`), `i.json:2: kind: kind "kbverify-report": want "kbverify-inventory"`},
		{"key twice", edit(`"seen"`, `"all": true, "seen"`), `i.json:35: the key "all" stands here twice`},
		{"no time", edit(`"seen"`, `"end": "today", "seen"`),
			`i.json:35: end: end "today": want a time like "2008-12-01T01:40:00Z"`},
		{"host not clean", edit(`"seen"`, `"host": "a\u001bb", "seen"`), `i.json:35: host: a text with control characters`},
		{"unknown key", edit(`"seen"`, `"sawn": 1, "seen"`), `i.json:35: sawn: unknown key`},
		{"key missing", edit(`"all": true,`, ``), `i.json:36: no "all": not an inventory, or not a complete one`},
		{"not complete", edit(`"complete": true`, `"complete": false`),
			`i.json:36: complete: the scan did not come to its end`},
		{"more follows", text + "{}", `i.json:37: something follows the inventory's closing brace`},
		{"null", edit(`"root": "C:\\SMS"`, `"root": null`), `i.json:4: root: null: want a value`},
		{"wrong type", edit(`"all": true`, `"all": 1`), `i.json:5: all: a number does not fit here`},
		{"control character", edit(`C:\\SMS`, `C:\u001bSMS`), `i.json:4: root: a text with control characters`},
		{"bidi control", edit(`cut off`, `cut\u202eoff`), `i.json:15: files[3]: a text with control characters`},
		{"seen too few", edit(`"seen": 4711`, `"seen": 3`), `i.json:36: says that 3 files were seen, and lists 12`},
		{"seen negative", edit(`"seen": 4711`, `"seen": -3`), `i.json:35: seen: a negative number`},
		{"no size", edit(`,"size":0`, ``), `i.json:13: files[1]: a file has a path and a size`},
		{"negative size", edit(`"size":0`, `"size":-1`),
			`i.json:13: files[1]: size -1: want bytes from 0 to 9223372036854775807`},
		{"fraction", edit(`"size":0`, `"size":0.5`), `i.json:13: files[1]: a number 0.5 does not fit here`},
		{"too large", edit(`"size":0`, `"size":9223372036854775808`),
			`i.json:13: files[1]: a number 9223372036854775808 does not fit here`},
		{"key of a file twice", edit(`"size":0`, `"size":0,"size":0`),
			`i.json:13: files[1]: holds a key that is unknown, stands twice, or is null`},
		{"unknown key of a file", edit(`"size":0`, `"size":0,"owner":"x"`),
			`i.json:13: files[1]: holds a key that is unknown, stands twice, or is null`},
		{"null in a file", edit(`"size":0`, `"size":0,"detail":null`),
			`i.json:13: files[1]: holds a key that is unknown, stands twice, or is null`},
		{"order", edit(`a-b`, `a/a`), `i.json:13: files[1]: path "a/a": files have to be in order, each once`},
		{"same path", edit(`a-b`, `a/z.msi`), `i.json:13: files[1]: path "a/z.msi": files have to be in order, each once`},
		{"absolute path", edit(`a/z.msi`, `/z.msi`),
			`i.json:12: files[0]: path "/z.msi": want names below the root with / between them`},
		{"path out of the root", edit(`a/z.msi`, `a/../z`),
			`i.json:12: files[0]: path "a/../z": want names below the root with / between them`},
		{"escaped separator", edit(`a/z.msi`, `a\\x2fz`),
			`i.json:12: files[0]: name "a\\x2fz" is escaped in a way that is not the usual one`},
		{"bad escape", edit(`a/z.msi`, `a\\q`),
			`i.json:12: files[0]: name "a\\q": a backslash begins no escape that is known`},
		{"path with a control character", edit(`a/z.msi`, `a\u001b`),
			`i.json:12: files[0]: name "a\x1b" holds a character that has to be escaped`},
		{"path with NUL", edit(`a/z.msi`, `a\\x00`),
			`i.json:12: files[0]: path "a\x00": want names below the root with / between them`},
		{"deep path", edit(`a/z.msi`, strings.Repeat("a/", 501)+"b"), `i.json:12: files[0]: path "` + strings.Repeat("a/",
			50) + `": more than 500 folders deep`},
		{"long path", edit(`a/z.msi`, strings.Repeat("a", 1<<17)), `i.json:12: files[0]: a path of more than 69633 bytes`},
		{"time", edit(`2008-12-01T01:40:30Z`, `2008-13-01T01:40:30Z`),
			`i.json:12: files[0]: modified "2008-13-01T01:40:30Z": want a time like "2008-12-01T01:40:00Z"`},
		{"time zone", edit(`2008-12-01T01:40:30Z`, `2008-12-01T01:40:30+01:00`),
			`i.json:12: files[0]: modified "2008-12-01T01:40:30+01:00": want a time like "2008-12-01T01:40:00Z"`},
		{"format", edit(`"NE"`, `"ELF"`), `i.json:20: files[8]: format "ELF" is unknown`},
		{"ending", edit(`"damaged"`, `"fine"`), `i.json:15: files[3]: ending "fine" is unknown`},
		{"machine", edit(`0x1234`, `x86`), `i.json:15: files[3]: machine "x86": want four hexadecimal digits like "0x014c"`},
		{"machine of no PE", edit(`"LE"`, `"LE","machine":"0x014c"`),
			`i.json:18: files[6]: a machine type without the format PE`},
		{"version", edit(`0.0.0.65535`, `0.0.0.65536`),
			`i.json:20: files[8]: version "0.0.0.65536": want up to four numbers from 0 to 65535 with dots between, * for a leading part that is not known`},
		{"version with zeros", edit(`0.0.0.65535`, `0.0.00.65535`),
			`i.json:20: files[8]: version "0.0.00.65535": want "0.0.0.65535"`},
		{"version missing", edit(`,"version":"0.0.0.65535"`, ``),
			`i.json:20: files[8]: a version and the ending "version" go together`},
		{"version of a file without one", edit(`"no-version"`, `"no-version","version":"1.0.0.0"`),
			`i.json:16: files[4]: a version and the ending "version" go together`},
		{"string version alone", edit(`"no-version"`, `"no-version","string_version":"1"`),
			`i.json:16: files[4]: a string version without a version`},
		{"format of an unopened file", edit(`"size":0`, `"size":0,"format":"PE"`),
			`i.json:13: files[1]: a format of a file that was not opened`},
		{"platform", edit(`"x64"}`, `"IA-64"}`), `i.json:27: folders[1]: no platform folder, or another platform's`},
		{"folder", edit(`bin/x64`, `bin/x46`), `i.json:27: folders[1]: no platform folder, or another platform's`},
		{"fault without error", edit(`"error":"gone"`, `"error":""`), `i.json:29: faults[0]: an empty text`},
		{"link out of the root", edit(`"path":"l"`, `"path":".."`),
			`i.json:32: links[0]: path "..": want names below the root with / between them`},
		{"link that is not inside", edit(`"inside":true`, `"inside":false`), `i.json:34: links[2]: false: left out instead`},
		{"signature of a file without", edit(`"size":0`, `"size":0,"no_signature":true`),
			`i.json:13: files[1]: no_signature of a file of another type, or one that was read as an executable`},
		{"signature of a file that was read", edit(`a/z.msi",`, `a/z.msi","ending":"no-version",`),
			`i.json:12: files[0]: no_signature of a file of another type, or one that was read as an executable`},
		{"digest cut off", edit(`"size":0`, `"size":0,"md5":"d41d8cd9"`),
			`i.json:13: files[1]: digest "d41d8cd9": want 32 hexadecimal digits, lower case`},
		{"digest of a file that was not read", edit(`"size":0`, `"size":0,"ending":"unreadable","md5":"`+strings.Repeat("0", 32)+`"`),
			`i.json:13: files[1]: a digest of a file that could not be read`},
		{"exclude pattern", edit(`**/backup`, `../x`),
			`i.json:10: excluded[0]: exclude pattern "../x": holds the element ".."; want names, with *, ? and ** at will`},
		{"long name", edit(`ccm.dll`, strings.Repeat("x", 1025)), `i.json:8: names[1]: a name of more than 1024 bytes`},
		{"endless text", edit(`C:\\SMS`, strings.Repeat("x", 3<<20)),
			`i.json:4: root: a value of more than 1048576 bytes, no inventory has one`},
		{"endless blank", edit(`"root"`, strings.Repeat(" ", 3<<20)+`"root"`),
			`i.json:3: a value of more than 1048576 bytes, no inventory has one`},
		{"deep nesting", edit(`"size":0`, `"size":`+strings.Repeat("[", 20000)),
			`i.json:13: files[1]: a list does not fit here`},
	}
	for _, tt := range tests {
		_, err := Read(strings.NewReader(tt.text), "i.json", Keep{})
		if err == nil {
			t.Errorf("%s: accepted", tt.name)
			continue
		}
		if !errors.As(err, &manifest.Problems{}) {
			t.Errorf("%s: a %T", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// What an inventory was taken without is told from what its reader leaves out.
func TestReadTellsWhatNobodyAskedToLeaveOut(t *testing.T) {
	inv := &Inventory{Root: "r", Excluded: []string{"Bin/Old", "backup", "*.bak"}}
	for _, tt := range []struct{ exclude, excluded, unasked []string }{
		{nil, inv.Excluded, inv.Excluded},
		{[]string{`bin\old`, "new"}, append(inv.Excluded[:3:3], "new"), inv.Excluded[1:]},
		{[]string{"BACKUP", "*.bak", "bin/old"}, inv.Excluded, nil},
	} {
		got, err := Read(strings.NewReader(encoded(t, inv)), "i.json", Keep{Exclude: tt.exclude})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.excluded, got.Excluded); diff != "" {
			t.Errorf("%q: excluded (-want +got):\n%s", tt.exclude, diff)
		}
		if diff := cmp.Diff(tt.unasked, got.Unasked); diff != "" {
			t.Errorf("%q: unasked (-want +got):\n%s", tt.exclude, diff)
		}
	}
	if inv := mustScan(t, t.TempDir(), Options{Exclude: []string{"backup"}}); inv.Unasked != nil {
		t.Errorf("a scan has unasked %q", inv.Unasked)
	}
}

func TestReadCapsLists(t *testing.T) {
	many := everyKind()
	many.Links = make([]Link, maxAsides+1)
	for i := range many.Links {
		many.Links[i].Path = "l"
	}
	_, err := Read(strings.NewReader(encoded(t, many)), "i.json", Keep{})
	if err == nil || !strings.Contains(err.Error(), "links[10000]: more than 10000 entries") {
		t.Errorf("%d links: %v", len(many.Links), err)
	}
}

func TestSniffFile(t *testing.T) {
	dir := t.TempDir()
	text := encoded(t, everyKind())
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		text string
		want bool
	}{"plain": {text, true}, "utf16": {utf16, true}, "manifest": {`{"schema": 1, "id": "KB1"}`, false}, "empty": {"",
		false}} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := SniffFile(path); got != tt.want {
			t.Errorf("SniffFile(%s) = %v", name, got)
		}
		if _, err := Load(path, Keep{}); (err == nil) != tt.want {
			t.Errorf("Load(%s): %v", name, err)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "none")} {
		if SniffFile(path) {
			t.Errorf("%s is taken for an inventory", path)
		}
		if _, err := Load(path, Keep{}); err == nil {
			t.Errorf("%s was loaded", path)
		}
	}
}

func FuzzRead(f *testing.F) {
	text := encoded(f, everyKind())
	f.Add([]byte(text))
	f.Add([]byte(encoded(f, &Inventory{Root: "r"})))
	f.Add([]byte(encoded(f, linesOf(rand.New(rand.NewPCG(1, 1)), 5))))
	f.Add([]byte(text[:len(text)/2]))
	f.Add([]byte("\xff\xfe{\x00"))
	f.Add([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	f.Fuzz(func(t *testing.T, data []byte) {
		inv, err := Read(bytes.NewReader(data), "fuzz", Keep{})
		if text := string(data); strings.Count(text, `"files": [`) == 1 {
			slow, slowErr := Read(strings.NewReader(slowly(text)), "fuzz", Keep{})
			if diff := cmp.Diff(slow, inv); diff != "" || (err == nil) != (slowErr == nil) {
				t.Errorf("line by line: %v, as JSON: %v\n%s", err, slowErr, diff)
			}
		}
		if err != nil {
			if !visible.IsClean(strings.ReplaceAll(err.Error(), "\n", "")) {
				t.Errorf("the error is not clean: %q", err)
			}
			return
		}
		again, err := Read(strings.NewReader(encoded(t, inv)), "again", Keep{})
		if err != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
		if diff := cmp.Diff(inv, again); diff != "" {
			t.Errorf("round trip (-first +second):\n%s", diff)
		}
	})
}
