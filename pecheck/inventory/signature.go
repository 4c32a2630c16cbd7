package inventory

import (
	"errors"
	"io"
	"time"

	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/pefile"
)

// checkSignature asks for the signature of a PE file, and does nothing of other files.
func (w *walk) checkSignature(f *File, r io.ReaderAt) {
	if w.signatures == nil || f.Format != pefile.PE || f.Ending == pefile.Unreadable {
		return
	}
	o := *w.signatures
	o.Onward = w.goesOn
	s := authenticode.Check(r, f.Size, o)
	f.Signature = &s
}

// appendSignature writes a File's Signature as JSON.
func appendSignature(b []byte, s *authenticode.Signature) []byte {
	b = appendText(b, `,"signature":{"status":`, string(s.Status))
	for _, field := range []struct{ key, text string }{
		{`,"cause":`, string(s.Cause)}, {`,"detail":`, s.Detail}, {`,"algorithm":`, s.Algorithm}, {`,"signer":`, s.Signer},
	} {
		if field.text != "" {
			b = appendText(b, field.key, field.text)
		}
	}
	if !s.Time.IsZero() {
		b = append(s.Time.UTC().AppendFormat(append(b, `,"time":"`...), time.RFC3339), '"')
	}
	if s.Stamped {
		b = append(b, `,"stamped":true`...)
	}
	if s.Trust != "" {
		b = appendText(b, `,"trust":`, string(s.Trust))
	}
	if s.Distrust != "" {
		b = appendText(b, `,"distrust":`, s.Distrust)
	}
	return append(b, '}')
}

var (
	statuses = []authenticode.Status{authenticode.ValidDigest, authenticode.DigestDiffers, authenticode.NotSigned,
		authenticode.NotChecked}
	causes = []authenticode.Cause{authenticode.NotPE, authenticode.Unsupported, authenticode.Damaged}
	trusts = []authenticode.Trust{authenticode.Trusted, authenticode.NotTrusted}
)

// signature reads a file's signature, and checks that its fields agree.
func (d *decoder) signature() *authenticode.Signature {
	s := &authenticode.Signature{}
	for key := range d.Members {
		switch string(key) {
		case "status":
			s.Status = oneOf(d, "status", statuses)
		case "cause":
			s.Cause = oneOf(d, "cause", causes)
		case "detail":
			s.Detail = d.text()
		case "algorithm":
			s.Algorithm = d.text()
		case "signer":
			s.Signer = d.text()
		case "time":
			s.Time = d.time("time")
		case "stamped":
			s.Stamped = d.yes()
		case "trust":
			s.Trust = oneOf(d, "trust", trusts)
		case "distrust":
			s.Distrust = d.text()
		default:
			d.want(false, badKey)
		}
	}
	d.check(checkSignature(s))
	return s
}

// checkSignature says what in the fields of a signature does not agree.
func checkSignature(s *authenticode.Signature) error {
	valid := s.Status == authenticode.ValidDigest
	read := s.Algorithm+s.Signer != "" || !s.Time.IsZero()
	switch {
	case s.Status == "":
		return errors.New("a signature without a status")
	case (s.Cause != "") != (s.Status == authenticode.NotChecked) || s.Cause != "" && s.Detail == "":
		return errors.New("a cause, a detail and the status \"not-checked\" go together")
	case valid && (s.Algorithm == "" || s.Signer == ""):
		return errors.New("a valid digest without an algorithm or a signer")
	case read && !valid && s.Status != authenticode.DigestDiffers:
		return errors.New("a signer of a file whose signature was not read")
	case s.Stamped && s.Time.IsZero():
		return errors.New("a timestamp without a time")
	case s.Trust != "" && !valid || (s.Distrust != "") != (s.Trust == authenticode.NotTrusted):
		return errors.New("trust in a digest that is not valid, or distrust without a reason")
	}
	return nil
}
