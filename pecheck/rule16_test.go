package pecheck

import (
	"strings"
	"testing"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

var (
	validSignature = authenticode.Signature{Status: authenticode.ValidDigest, Algorithm: "SHA-1", Signer: "Contoso",
		Time: time.Unix(1e9, 0)}
	differsSignature = authenticode.Signature{Status: authenticode.DigestDiffers, Signer: "Contoso"}
	damagedSignature = authenticode.Signature{Status: authenticode.NotChecked, Cause: authenticode.Damaged,
		Detail: "cut off"}
	trustedSignature = authenticode.Signature{Status: authenticode.ValidDigest, Algorithm: "SHA-1", Signer: "Contoso",
		Trust: authenticode.Trusted}
	strangeSignature = authenticode.Signature{Status: authenticode.ValidDigest, Algorithm: "SHA-1", Signer: "Eve",
		Trust: authenticode.NotTrusted, Distrust: "unknown authority"}
	noSignature = authenticode.Signature{Status: authenticode.NotSigned}
)

// What the signature of one of two files does to a table that is here whole.
func TestSignatures(t *testing.T) {
	const earlier, same, later = "a.dll 1.0.0.0 5 x86", "a.dll 1.0.0.1 5 x86", "a.dll 1.0.0.2 5 x86"
	asked, trust := Scope{Signatures: true}, Scope{Signatures: true, Trust: true}
	for _, tt := range []struct {
		name      string
		row       string // of a.dll; b.dll is ok
		signature *authenticode.Signature
		scope     Scope
		verdict   result.Verdict
		state     result.State
		exit      result.Exit
	}{
		{"valid", same, &validSignature, asked, result.OK, result.Installed, result.ExitPass},
		{"not signed", same, &noSignature, asked, result.OK, result.Installed, result.ExitPass},
		{"differs", same, &differsSignature, asked, result.Changed, result.Partial, result.ExitFail},
		{"differs in a newer file", earlier, &differsSignature, asked, result.Changed, result.Partial, result.ExitFail},
		{"differs in an older file", later, &differsSignature, asked, result.Changed, result.Partial, result.ExitFail},
		{"differs, as the inventory knows without being asked", same, &differsSignature, Scope{}, result.Changed,
			result.Partial, result.ExitFail},
		{"damaged", same, &damagedSignature, asked, result.OK, result.Installed, result.ExitTrouble},
		{"damaged in an older file", later, &damagedSignature, asked, result.Older, result.Partial, result.ExitTrouble},
		{"trusted", same, &trustedSignature, trust, result.OK, result.Installed, result.ExitPass},
		{"not trusted", same, &strangeSignature, trust, result.OK, result.Installed, result.ExitFail},
		{"nobody knows whether it is trusted", same, &validSignature, trust, result.OK, result.Installed,
			result.ExitTrouble},
		{"unsigned, whom to trust", same, &noSignature, trust, result.OK, result.Installed, result.ExitPass},
		{"not taken", same, nil, asked, result.OK, result.Installed, result.ExitTrouble},
		{"not taken, not asked", same, nil, Scope{}, result.OK, result.Installed, result.ExitPass},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := inventoryOf(t, same, "b.dll 1.0.0.1 5 x86", "c.ini - 5 data")
			if inv.Files[0].Signature = tt.signature; tt.signature != nil {
				inv.Signatures, inv.Files[1].Signature = true, &noSignature
			}
			m := &manifest.Manifest{ID: "Q1", Tables: []manifest.Table{table(t, "", tt.row, "b.dll 1.0.0.1 5 x86", "c.ini - 5 -")}}
			r := Verify(inv, []Request{{Manifest: m}}, tt.scope, Known{})
			got := &r.Tables[0]
			if got.Rows[0].Verdict != tt.verdict || got.State != tt.state || r.Exit() != tt.exit {
				t.Errorf("%s, %s, exit %d, want %s, %s, %d", got.Rows[0].Verdict, got.State, r.Exit(), tt.verdict, tt.state, tt.exit)
			}
			if n := got.Signatures; (n != nil) != inv.Signatures || n != nil && (n.OtherType != 1 ||
				n.ValidDigest+n.DigestDiffers+n.NotSigned+n.NotChecked != 2) {
				t.Errorf("counts %+v", n)
			}
			if c := got.Rows[0].Copies[0]; c.Signature.IsZero() != (tt.signature == nil) || tt.verdict == result.Changed &&
				!result.Why(c.Notes).Has(result.NotAsSigned) {
				t.Errorf("copy %+v", c)
			}
		})
	}
}

// A signature that differs outweighs what was recorded, and no trouble.
func TestSignatureOfARecordedFile(t *testing.T) {
	m := &manifest.Manifest{ID: "Q1", Tables: []manifest.Table{table(t, "", "a.dll 1.0.0.1 5 x86")}}
	m.Tables[0].Match, m.Tables[0].Files[0].SHA256 = manifest.Exactly, strings.Repeat("0", 64)
	for file, want := range map[string]result.Verdict{
		"a.dll 1.0.0.1 5 x86": result.Changed, "a.dll - 5 damaged": result.Unreadable, "a.dll - 5 unreadable": result.Unreadable,
	} {
		inv := inventoryOf(t, file)
		inv.Signatures, inv.Files[0].Signature = true, &differsSignature
		if want == result.Changed {
			inv.Files[0].SHA256 = m.Tables[0].Files[0].SHA256
		}
		if r := Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{}); r.Tables[0].Rows[0].Verdict != want {
			t.Errorf("%s: %s, want %s", file, r.Tables[0].Rows[0].Verdict, want)
		}
	}
}

func TestIdentifyTellsTheSignature(t *testing.T) {
	f := inventory.File{Path: "a.dll", Signature: &strangeSignature}
	want := "valid digest, signed by Eve (SHA-1), not trusted: unknown authority"
	if id := NewIdentifier(nil).Identify(&f); id.Signature.String() != want || id.Signature.Exit() != result.ExitFail {
		t.Errorf("%q, exit %d", id.Signature, id.Signature.Exit())
	}
}
