package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// identities are files of every sort.
func identities() []result.Identity {
	ccm := result.Identity{Path: `D:\SMS\bin\i386\Ccm.dll`, Size: 146704, Modified: "1999-12-20T16:42:00Z", Format: "PE", Platform: "x86",
		Version: printed("2.0.1380.1125"), StringVersion: "2.00.1380", Product: "SMS", Company: "Example", Description: "Client configuration",
		Matches: []result.Match{
			{Hotfix: "Q252717", Table: "SP1", How: result.ByEverything, Name: "Ccm.dll", Platform: "x86", Version: printed("2.0.1380.1125"), Size: rounded("143 KB"), Verdict: result.OK},
			{Hotfix: "Q252717", Table: "SP1", How: result.ByVersion, Name: "Ccm.dll", Platform: "Alpha", Version: printed("2.0.1380.1125"), Size: rounded("205 KB"), Verdict: result.WrongPlatform, Notes: []result.Reason{{Kind: result.ForOther, Machine: "x86", Platform: manifest.Alpha}}},
			{Hotfix: "Q100001", Reference: "lists the previous version", How: result.ByVersion, Name: "Ccm.dll", Version: printed("2.0.1380.1125"), Verdict: result.OK},
			{Hotfix: "Q252717", Table: "SP2", How: result.ByName, Name: "Ccm.dll", Version: printed("2.0.1380.9"), Verdict: result.Newer},
		}}
	for i := range 7 {
		ccm.Matches = append(ccm.Matches, result.Match{Hotfix: fmt.Sprintf("Q30000%d", i), How: result.ByName, Name: "Ccm.dll", Version: printed("2.0.1493.1"), Verdict: result.Older})
	}
	none := []result.Match{}
	signature := result.Signature{Status: result.ValidDigest, Algorithm: "SHA-256", Signer: "Contoso", Time: "2010-01-25T06:27:00Z", Stamped: true}
	differs := signature
	differs.Status = result.DigestDiffers
	return []result.Identity{ccm,
		{Path: "signed.exe", Size: 30, Format: "PE", Platform: "x86", Signature: signature, Matches: none},
		{Root: `D:\SMS`, Path: "changed.exe", Size: 30, Format: "PE", Platform: "x86", Signature: differs, Matches: none},
		{Path: "setup.exe", Size: 30, Format: "NE", Platform: "16-bit", Matches: none},
		{Path: "nowhere", Error: `file "nowhere": no such file or directory`, Matches: none},
		{Root: `D:\SMS`, Path: "bin/odd\x1b[31m.dll", Size: 3, Error: "IMAGE_FILE_HEADER is cut off", Matches: none},
		{Root: `D:\SMS`, Path: "bin/readme.txt", Size: 10, Matches: none},
		{Root: `D:\SMS`, Path: "bin/=1+1", Matches: none},
	}
}

func writeIdentities(f Format, o Options, to *bytes.Buffer) error {
	w, err := NewIdentities(to, f, sample().Tool, o)
	for _, id := range identities() {
		err = errors.Join(err, w.File(id))
	}
	return errors.Join(err, w.Close(result.Taken{}, result.ExitTrouble))
}

func TestIdentities(t *testing.T) {
	for _, c := range []struct {
		file   string
		format Format
		o      Options
	}{
		{"identify.txt", Table, Options{}},
		{"identify-verbose.txt", Table, Options{Verbose: true}},
		{"identify.json", JSON, Options{}},
		{"identify.csv", CSV, Options{}},
	} {
		t.Run(c.file, func(t *testing.T) {
			var b bytes.Buffer
			if err := writeIdentities(c.format, c.o, &b); err != nil {
				t.Fatal(err)
			}
			golden(t, c.file, b.Bytes())
			if strings.Contains(b.String(), "\x1b") {
				t.Error("a control character passes through")
			}
		})
	}
}

// The list that is written file by file is the JSON of the whole.
func TestIdentitiesAsJSON(t *testing.T) {
	var got, want bytes.Buffer
	if err := writeIdentities(JSON, Options{}, &got); err != nil {
		t.Fatal(err)
	}
	e := json.NewEncoder(&want)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(cleaned(struct {
		Tool  result.Tool       `json:"tool"`
		Files []result.Identity `json:"files"`
		Exit  result.Exit       `json:"exit"`
	}{sample().Tool, identities(), result.ExitTrouble}))
	if d := cmp.Diff(want.String(), got.String()); d != "" || err != nil {
		t.Error(err, d)
	}
}
