package inventory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/petest"
)

// signedFile is a PE file with a signature.
func signedFile(t *testing.T) string {
	t.Helper()
	file, err := os.ReadFile("../authenticode/testdata/dual.exe")
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

// A scan says of each PE file what its signature says, if it is asked to, and of
// others nothing; what it wrote is read back.
func TestScanOfSignatures(t *testing.T) {
	root, file := t.TempDir(), signedFile(t)
	plain := petest.Must(petest.Spec{Version: manifest.Version{1}}.Bytes())
	changed := []byte(file)
	changed[0x300] ^= 1
	for name, text := range map[string]string{
		"signed.exe": file, "changed.dll": string(changed), "cut.dll": file[:len(file)-8], "plain.dll": string(plain),
		"none.exe": "text", "data.txt": file, "old.exe": string(petest.Must(petest.Spec{NE: true}.Bytes())),
	} {
		testtool.WriteFile(t, filepath.Join(root, name), text)
	}
	want := map[string]authenticode.Status{
		"signed.exe": authenticode.ValidDigest, "changed.dll": authenticode.DigestDiffers,
		"cut.dll": authenticode.NotChecked, "plain.dll": authenticode.NotSigned,
	}
	inv := mustScan(t, root, Options{All: true, Signatures: &authenticode.Options{}})
	for _, f := range inv.Files {
		if (f.Signature != nil) != (want[f.Path] != "") || f.Signature != nil && f.Signature.Status != want[f.Path] {
			t.Errorf("%s: %+v, want %q", f.Path, f.Signature, want[f.Path])
		}
		one, err := ReadFile(t.Context(), filepath.Join(root, f.Path), &authenticode.Options{})
		if err != nil || (one.Signature != nil) != (f.Signature != nil) ||
			f.Signature != nil && *one.Signature != *f.Signature {
			t.Errorf("%s by itself: %+v, %v", f.Path, one, err)
		}
	}
	if len(inv.Files) != 7 || !inv.Signatures {
		t.Errorf("%d files, signatures %v", len(inv.Files), inv.Signatures)
	}
	checkReadsBack(t, inv)

	inv = mustScan(t, root, Options{All: true})
	for _, f := range inv.Files {
		if f.Signature != nil {
			t.Errorf("nobody asked for the signature of %s", f.Path)
		}
	}
	if text := encoded(t, inv); strings.Contains(text, `"signature`) {
		t.Error("an inventory without signatures speaks of them")
	}
}

// What is known of a signature is lost with the file.
func TestSignatureOfAFileThatCannotBeRead(t *testing.T) {
	reads := 0
	disk := &fakeDisk{tree: fakeFolder().add("a.dll", fakeFile(signedFile(t))), before: func(op, path string) error {
		if op == "read" {
			if reads++; reads > 3 {
				return os.ErrPermission
			}
		}
		return nil
	}}
	inv := mustScan(t, "root", Options{All: true, Signatures: &authenticode.Options{}, disk: disk})
	if f := inv.Files[0]; f.Signature != nil || f.Ending != "unreadable" || inv.Unreadable != 1 {
		t.Errorf("%+v, %d unreadable", f, inv.Unreadable)
	}
}

func TestReadRefusesSignatures(t *testing.T) {
	const head = `{"schema": 1, "kind": "kbverify-inventory", "root": "r", "all": true, `
	const tail = `], "names": [], "folders": [], "faults": [], "links": [], "seen": 1, "complete": true}`
	const image = `{"path":"a.dll","size":1,"format":"PE","machine":"0x014c","ending":"no-version"`
	const asked = `"signatures": true, `
	const good = `"status":"valid-digest","algorithm":"SHA-1","signer":"Contoso"`
	for _, tt := range []struct{ name, before, file, want string }{
		{"good", asked, image + `,"signature":{` + good + `}}`, ""},
		{"all of it", asked, image + `,"signature":{` + good + `,"detail":"odd","time":"2008-12-01T01:40:00Z",` +
			`"stamped":true,"trust":"not-trusted","distrust":"why"}}`, ""},
		{"not asked for", ``, image + `,"signature":{` + good + `}}`, "a file has a signature where the inventory says so"},
		{"left out", asked, image + `}`, "a file has a signature where the inventory says so"},
		{"of no PE file", asked, `{"path":"a.dll","size":1,"signature":{` + good + `}}`, "and it is a PE file"},
		{"of an unreadable file", asked, `{"path":"a.dll","size":1,"format":"PE","ending":"unreadable",` + `"signature":{` +
			good + `}}`, "that could be read"},
		{"null", asked, image + `,"signature":null}`, badKey},
		{"asked, and not", `"signatures": false, `, image + `}`, "left out instead"},
		{"empty", asked, image + `,"signature":{}}`, "without a status"},
		{"unknown key", asked, image + `,"signature":{` + good + `,"x":1}}`, badKey},
		{"unknown status", asked, image + `,"signature":{"status":"fine"}}`, `status "fine" is unknown`},
		{"unknown cause", asked, image + `,"signature":{"status":"not-checked","cause":"x","detail":"y"}}`,
			`cause "x" is unknown`},
		{"a cause of nothing", asked, image + `,"signature":{` + good + `,"cause":"damaged"}}`, "go together"},
		{"no cause", asked, image + `,"signature":{"status":"not-checked","detail":"x"}}`, "go together"},
		{"no signer", asked, image + `,"signature":{"status":"valid-digest","algorithm":"SHA-1"}}`, "or a signer"},
		{"a signer of nothing", asked, image + `,"signature":{"status":"not-signed","signer":"x"}}`, "was not read"},
		{"a stamp of nothing", asked, image + `,"signature":{` + good + `,"stamped":true}}`, "without a time"},
		{"time", asked, image + `,"signature":{` + good + `,"time":"now"}}`, `time "now": want a time`},
		{"trusted, and differs", asked, image + `,"signature":{"status":"digest-differs","trust":"trusted"}}`,
			"trust in a digest"},
		{"distrust without a reason", asked, image + `,"signature":{` + good + `,"trust":"not-trusted"}}`,
			"without a reason"},
		{"control character", asked, image + `,"signature":{` + good + `,"detail":"\u001b"}}`, "control characters"},
	} {
		_, err := Read(strings.NewReader(head+tt.before+`"files": [`+tt.file+tail), "i.json", Keep{})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	late := head + `"files": [` + strings.Replace(tail, `"seen"`, `"signatures": true, "seen"`, 1)
	if _, err := Read(strings.NewReader(late), "i.json", Keep{}); err == nil ||
		!strings.Contains(err.Error(), "after the files") {
		t.Errorf("said too late: %v", err)
	}
}
