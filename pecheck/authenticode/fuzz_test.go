package authenticode

import (
	"testing"

	"kbverify/pecheck/petest"
)

// FuzzCheck gives whole files to the check.
func FuzzCheck(f *testing.F) {
	file, roots := fixture(f)
	f.Add(file)
	f.Add(unsigned(petest.Spec{}))
	f.Add(unsigned(petest.Spec{Machine: 0x8664}))
	f.Fuzz(func(t *testing.T, file []byte) {
		s := check(file, Options{Roots: roots, Now: signedOn})
		holds(t, s)
		if s.Trust == Trusted && (s.Signer != fixtureSays.Signer || s.Stamped && s.Time != fixtureSays.Time) {
			t.Errorf("trusted: %+v", s)
		}
	})
}

// FuzzPKCS7 gives messages to the check, as the signature of one file.
func FuzzPKCS7(f *testing.F) {
	file, roots := fixture(f)
	im, err := openImage(newReader(file), int64(len(file)))
	if err != nil {
		f.Fatal(err)
	}
	bare := unsigned(petest.Spec{})
	f.Add(file[im.table+certificateStart:])
	f.Add(newForger(f, bare, rsaKey(f, 1024), "1.2.840.113549.1.1.1").message())
	f.Fuzz(func(t *testing.T, message []byte) {
		if len(message) == 0 || len(message) > 1<<20 {
			return
		}
		s := check(attach(t, bare, message), Options{Roots: roots, Now: signedOn})
		holds(t, s)
		if s.Status == NotSigned || s.Cause == NotPE || s.Cause == Unreadable {
			t.Errorf("got %+v", s)
		}
	})
}

// holds checks what is true of every answer.
func holds(t *testing.T, s Signature) {
	t.Helper()
	if (s.Status == NotChecked) != (s.Cause != "") || s.Status == NotChecked && s.Detail == "" ||
		s.Trust != "" && s.Status != ValidDigest || (s.Trust == NotTrusted) != (s.Distrust != "") ||
		s.Stamped && s.Time.IsZero() || s.Status == ValidDigest && (s.Algorithm == "" || s.Signer == "") {
		t.Errorf("got %+v", s)
	}
}
