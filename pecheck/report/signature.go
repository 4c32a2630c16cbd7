package report

import (
	"fmt"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// What an inventory cannot answer.
const (
	NoSignatures = "no signature was checked: the inventory was taken without scan --signatures"
	NoTrust      = "no signer was held against --trust: the inventory was taken without scan --trust"
)

// signatures counts what the signatures of a table's copies say: "Signatures: 11 valid
// digests, 1 digest differs, 3 files not signed". "" where nobody asked.
func signatures(t *result.TableResult) string {
	n := t.Signatures
	if n == nil {
		return ""
	}
	var parts []string
	for _, part := range []struct {
		n         int
		one, more string
	}{
		{n.DigestDiffers, "digest differs", "digests differ"}, {n.NotChecked, "not checked", "not checked"},
		{n.ValidDigest, "valid digest", "valid digests"}, {n.Trusted, "of them trusted", "of them trusted"},
		{n.NotTrusted, "of them not trusted", "of them not trusted"}, {n.NotSigned, "file not signed", "files not signed"},
		{n.OtherType, "file of a type without signatures", "files of types without signatures"},
	} {
		if part.n > 0 {
			parts = append(parts, manifest.Counted(int64(part.n), part.one, part.more))
		}
	}
	if len(parts) == 0 {
		return "Signatures: no file to check"
	}
	return "Signatures: " + strings.Join(parts, ", ")
}

// signatureFaults is what the first line says of signatures: what makes the exit code
// and shows in no verdict.
func signatureFaults(t *result.TableResult) (text string) {
	if t.Signatures == nil {
		return ""
	}
	if n := t.Signatures.NotChecked; n > 0 {
		text += fmt.Sprintf(", %s not checked", plural(n, "signature"))
	}
	if n := t.Signatures.NotTrusted; n > 0 {
		text += fmt.Sprintf(", %s not trusted", plural(n, "signer"))
	}
	return text
}
