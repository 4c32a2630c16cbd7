// Package authenticode says what the Authenticode signature in a PE file says
// of the file's content.
//
// What goes in is a file's bytes, by io.ReaderAt, and their number; what comes
// out is a Signature, whatever the bytes are, and never an error or a panic. The
// digest of the file is computed here and compared with the signed one ("Windows
// Authenticode Portable Executable Signature Format"), and the signer's signature
// is checked with the certificate beside it. That certificate is trusted only
// where Options.Roots are given. A file whose signature stands in a catalogue
// (.cat) has none in itself, and is NotSigned here; packages and cabinets are
// signed in other ways, and are no PE files.
package authenticode

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"kbverify/pecheck/visible"
)

// Status is what was found out about a file by its signature.
type Status string

// The states.
const (
	ValidDigest   Status = "valid-digest"   // the content is the one that the signer signed
	DigestDiffers Status = "digest-differs" // it is not, or what stands there is not what the signer signed
	NotSigned     Status = "not-signed"     // the file has no signature in itself
	NotChecked    Status = "not-checked"    // Cause says why
)

// Cause is why a file was not checked.
type Cause string

// The causes.
const (
	NotPE       Cause = "not-pe"      // no file that can have such a signature
	Unreadable  Cause = "unreadable"  // the operating system refused, or the check was stopped
	Unsupported Cause = "unsupported" // an algorithm or a key that is not known here
	Damaged     Cause = "damaged"     // the signature contradicts its format, or is cut off
)

// Trust is whether a signature leads to one of Options.Roots.
type Trust string

// The answers; "" where nobody asked, or the digest is not valid.
const (
	Trusted    Trust = "trusted"
	NotTrusted Trust = "not-trusted"
)

// Signature is what the signatures in one file come to. All texts are cleaned
// for display, at most maxText characters each.
type Signature struct {
	Status Status
	Cause  Cause // of NotChecked alone
	// Detail is why it was not checked; with DigestDiffers what differs, where that is not the
	// content; with ValidDigest what the signature leaves open.
	Detail string
	// Algorithm names the digests of the file that were compared: "SHA-1, SHA-256".
	Algorithm string
	Signer    string // the common name of the first signer's certificate
	// Time is when it was signed, in UTC to the second, zero where nothing says so.
	Time time.Time
	// Stamped marks a Time that a timestamping authority signed; else it is the signer's own word.
	Stamped  bool
	Trust    Trust
	Distrust string // why it is NotTrusted
}

// TrustUnasked reports a valid digest whose signer nobody has looked for among those
// trusted; nil is no signature.
func (s *Signature) TrustUnasked() bool { return s != nil && s.Status == ValidDigest && s.Trust == "" }

// Options says how to check.
type Options struct {
	// Roots are the certificates that are trusted; nil: whom to trust is not asked.
	Roots *x509.CertPool
	// Now is when certificates have to be valid that no timestamp speaks for; zero: the clock's time.
	Now time.Time
	// Onward, where it is set, is told the bytes of each block that was read, and ends the
	// check by false.
	Onward func(bytes int) bool
}

// Caps. A file's own content is read in blocks whatever its size.
const (
	// maxSignatures caps the signatures of one file: signtool makes two, firmware has three.
	maxSignatures = 16
	// maxMessage caps the PKCS#7 messages of one file, together. Page hashes take 36 bytes for each 4 KB of the
	// file: this is enough for files of 450 MB that have them.
	maxMessage = 4 << 20
	// maxCertificates caps those of one message; signers send chains of two to six.
	maxCertificates = 100
	// maxStamps caps the timestamps of each kind that are tried for one signature; signers ask for one.
	maxStamps = 4
	// maxKeyBits caps RSA keys, whose use takes time by the square of their length.
	maxKeyBits = 16 << 10
	// minKeyBits is what crypto/rsa takes.
	minKeyBits = 1024
	maxText    = 200
)

// Check says of the file r, of size bytes, what its signatures say. It makes a few
// small reads, one for each signature, and, where the file is signed, reads it once
// from its beginning to its signature.
func Check(r io.ReaderAt, size int64, o Options) (s Signature) {
	defer func() {
		if fault := recover(); fault != nil {
			s = failed(damaged("the check of this file failed: %v", fault))
		}
	}()
	im, err := openImage(r, size)
	if err != nil {
		return failed(err)
	}
	if im.table == 0 {
		return Signature{Status: NotSigned}
	}
	messages, err := im.messages()
	if err != nil {
		return failed(err)
	}
	sums := map[crypto.Hash]hash.Hash{}
	for _, m := range messages {
		if m.err == nil {
			sums[m.imageHash] = m.imageHash.New()
		}
	}
	if err := im.digest(sums, o.Onward); err != nil {
		return failed(err)
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	each := make([]Signature, 0, len(messages))
	for _, m := range messages {
		each = append(each, m.judge(sums, o))
	}
	s = sum(each)
	if im.trailing > 0 {
		s.Status, s.Cause, s.Trust, s.Distrust = DigestDiffers, "", "", ""
		s.Detail = fmt.Sprintf("%d bytes follow the signature, which does not cover them", im.trailing)
	}
	return s
}

// failed is what an error of the check comes to.
func failed(err error) Signature {
	s := Signature{Status: NotChecked, Cause: Unreadable, Detail: text(err.Error())}
	if why := (causeError{}); errors.As(err, &why) {
		s.Cause = why.cause
		if s.Cause == mismatch {
			s.Status, s.Cause = DigestDiffers, ""
		}
	}
	return s
}

// mismatch is the cause of a signature that is well-formed and not true.
const mismatch Cause = "mismatch"

type causeError struct {
	cause  Cause
	detail string
}

func (e causeError) Error() string { return e.detail }

func damaged(format string, args ...any) error {
	return causeError{Damaged, fmt.Sprintf(format, args...)}
}

func unsupported(format string, args ...any) error {
	return causeError{Unsupported, fmt.Sprintf(format, args...)}
}

func text(s string) string { return visible.Text(string([]rune(s)[:min(len([]rune(s)), maxText)])) }

// sum makes one answer of those of several signatures. What differs outweighs all,
// then what is damaged; one that is only unknown here does not weaken a valid one.
func sum(each []Signature) Signature {
	rank := func(s Signature) int {
		switch {
		case s.Status == DigestDiffers:
			return 0
		case s.Cause == Damaged:
			return 1
		case s.Status == ValidDigest && s.Trust == Trusted:
			return 2
		case s.Status == ValidDigest:
			return 3
		}
		return 4
	}
	best := slices.MinFunc(each, func(a, b Signature) int { return rank(a) - rank(b) })
	if best.Status == ValidDigest {
		var names []string
		for _, s := range each {
			if s.Status == ValidDigest && !slices.Contains(names, s.Algorithm) {
				names = append(names, s.Algorithm)
			}
			if s.Status == NotChecked && best.Detail == "" {
				best.Detail = text("a further signature was not checked: " + s.Detail)
			}
		}
		best.Algorithm = strings.Join(names, ", ")
	}
	return best
}
