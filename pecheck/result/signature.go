package result

import (
	"fmt"
	"strings"
)

// SignatureStatus is what a file's own signature says of its content.
type SignatureStatus string

// The states.
const (
	ValidDigest   SignatureStatus = "valid-digest"   // the content is the one that was signed
	DigestDiffers SignatureStatus = "digest-differs" // it is not
	NotSigned     SignatureStatus = "not-signed"     // no signature in the file; it may stand in a catalogue
	NotChecked    SignatureStatus = "not-checked"
)

// Signature is what the signature in a file says. It is zero where nobody asked, and
// for files that can have none.
type Signature struct {
	Status    SignatureStatus `json:"status"`
	Cause     string          `json:"cause,omitempty"`  // of NotChecked: "unsupported", "damaged"
	Detail    string          `json:"detail,omitempty"` // why it was not checked, or what differs beside the content
	Algorithm string          `json:"algorithm,omitempty"`
	Signer    string          `json:"signer,omitempty"`
	Time      string          `json:"time,omitempty"`    // UTC, RFC 3339, whole seconds
	Stamped   bool            `json:"stamped,omitempty"` // by a timestamping authority, not by the signer
	Trust     string          `json:"trust,omitempty"`   // "trusted", "not-trusted"
	Distrust  string          `json:"distrust,omitempty"`
}

// IsZero reports that nothing is said.
func (s Signature) IsZero() bool { return s == Signature{} }

// OfOtherType is what is said of a file that can have no such signature, where that is asked.
var OfOtherType = Signature{Status: NotChecked, Cause: "not-pe", Detail: "no PE file, and only those have one"}

// Untrusted reports a signer that leads to none of the certificates that were given.
func (s Signature) Untrusted() bool { return s.Distrust != "" }

// Fails reports what somebody has to look at.
func (s Signature) Fails() bool {
	return s.Status == DigestDiffers || s.Status == NotChecked && s != OfOtherType || s.Untrusted()
}

// Exit gives what the signature of a file contributes to the exit code.
func (s Signature) Exit() Exit {
	switch {
	case !s.Fails():
		return ExitPass
	case s.Status == NotChecked:
		return ExitTrouble
	}
	return ExitFail
}

// String is "valid digest, signed by Contoso on 2010-01-25 (SHA-1)".
func (s Signature) String() string {
	text := strings.ReplaceAll(string(s.Status), "-", " ")
	if s.Status == NotChecked && s.Cause == "damaged" {
		text += ": damaged signature"
	}
	if s.Detail != "" && s.Status != ValidDigest {
		text += ": " + s.Detail
	}
	if s.Signer != "" {
		text += ", signed by " + s.Signer
		if day, _, dated := strings.Cut(s.Time, "T"); dated {
			text += " on " + day
			if !s.Stamped {
				text += " by its own clock"
			}
		}
		text += fmt.Sprintf(" (%s)", s.Algorithm)
	}
	switch {
	case s.Untrusted():
		text += ", not trusted: " + s.Distrust
	case s.Trust != "":
		text += ", " + s.Trust
	}
	if s.Detail != "" && s.Status == ValidDigest {
		text += "; " + s.Detail
	}
	return text
}

// SignatureCounts says how the copies of a table are signed, each file once.
type SignatureCounts struct {
	ValidDigest   int `json:"valid_digest"`
	DigestDiffers int `json:"digest_differs"`
	NotSigned     int `json:"not_signed"`
	NotChecked    int `json:"not_checked"` // damaged, or of an algorithm that is unknown here
	OtherType     int `json:"other_type"`  // files that are no PE files, which have no such signature
	Trusted       int `json:"trusted,omitempty"`
	NotTrusted    int `json:"not_trusted,omitempty"`
}

// Count adds the signature of one file.
func (n *SignatureCounts) Count(s Signature) {
	switch s.Status {
	case ValidDigest:
		n.ValidDigest++
	case DigestDiffers:
		n.DigestDiffers++
	case NotSigned:
		n.NotSigned++
	case NotChecked:
		n.NotChecked++
	default:
		n.OtherType++
	}
	switch {
	case s.Untrusted():
		n.NotTrusted++
	case s.Trust != "":
		n.Trusted++
	}
}
