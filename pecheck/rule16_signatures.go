package pecheck

import (
	"slices"
	"time"

	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// bySignature is rule 16: a copy whose content is not what its signer signed is
// changed, whatever its version and size say. The other answers are shown, and change
// no verdict.
func (f *finding) bySignature(file *inventory.File) {
	s := file.Signature
	if s == nil || s.Status != authenticode.DigestDiffers || f.verdict.Class() == result.Trouble {
		return
	}
	f.changed(result.NotAsSigned)
}

// signatureOf shows the signature of a file.
func signatureOf(f *inventory.File) (r result.Signature) {
	s := f.Signature
	if s == nil {
		return r
	}
	r = result.Signature{Status: result.SignatureStatus(s.Status), Cause: string(s.Cause), Detail: s.Detail,
		Algorithm: s.Algorithm, Signer: s.Signer, Stamped: s.Stamped, Trust: string(s.Trust), Distrust: s.Distrust}
	if !s.Time.IsZero() {
		r.Time = s.Time.UTC().Format(time.RFC3339)
	}
	return r
}

// countSignatures counts those of the copies of a table.
func (t *judged) countSignatures() {
	if !t.judge.inv.Signatures {
		return
	}
	t.Signatures = &result.SignatureCounts{}
	seen := map[string]bool{}
	for i := range t.Rows {
		for _, c := range t.Rows[i].Copies {
			if c.Verdict != result.Unreadable && !seen[c.Path] {
				seen[c.Path] = true
				t.Signatures.Count(c.Signature)
			}
		}
	}
}

// unsigned says for rule 11 what was asked about signatures and the inventory cannot
// answer: it was taken without them, or without asking whom to trust.
func (s Scope) unsigned(inv *inventory.Inventory, root *result.RootResult) {
	root.NoSignatures = s.Signatures && !inv.Signatures
	root.NoTrust = s.Trust && inv.Signatures && slices.ContainsFunc(inv.Files, func(f inventory.File) bool {
		return f.Signature.TrustUnasked()
	})
}
