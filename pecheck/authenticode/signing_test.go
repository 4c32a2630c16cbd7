package authenticode

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// When the certificates below are valid, and what is signed with them is signed.
var (
	validFrom = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	signedOn  = time.Date(2024, 3, 4, 5, 6, 7, 0, time.UTC)
	stampedOn = time.Date(2024, 3, 5, 5, 6, 7, 0, time.UTC)
	validTo   = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
)

// signing is a folder with keys and certificates in PEM: those of an authority
// ("ca"), of a signer with its certificate ("sign"), and of a timestamping authority ("tsa").
type signing struct {
	dir   string
	roots *x509.CertPool
}

func newSigning(tb testing.TB) *signing {
	tb.Helper()
	s := &signing{dir: tb.TempDir(), roots: x509.NewCertPool()}
	authority, key := s.certificate(tb, "ca", "kbverify test authority", nil, nil)
	s.roots.AddCert(authority)
	s.certificate(tb, "sign", "kbverify test signer", authority, key, x509.ExtKeyUsageCodeSigning)
	s.certificate(tb, "tsa", "kbverify test clock", authority, key, x509.ExtKeyUsageTimeStamping)
	s.certificate(tb, "mail", "kbverify test letters", authority, key, x509.ExtKeyUsageEmailProtection)
	return s
}

func (s *signing) certificate(tb testing.TB, name, owner string, by *x509.Certificate, byKey *rsa.PrivateKey,
	usage ...x509.ExtKeyUsage) (*x509.Certificate, *rsa.PrivateKey) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		tb.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(int64(len(owner))), Subject: pkix.Name{CommonName: owner},
		NotBefore: validFrom, NotAfter: validTo, ExtKeyUsage: usage, KeyUsage: x509.KeyUsageDigitalSignature}
	if len(usage) == 1 && usage[0] == x509.ExtKeyUsageTimeStamping { // RFC 3161 2.3 wants it critical
		c.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true,
			Value: []byte("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x08")}}
	}
	if by == nil {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
		by, byKey = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, byKey)
	if err != nil {
		tb.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		tb.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	for ending, block := range map[string]*pem.Block{
		".crt": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		testtool.WriteFile(tb, filepath.Join(s.dir, name+ending), string(pem.EncodeToMemory(block)))
	}
	return c, key
}

// sign signs a file with osslsigncode and gives what it wrote.
func (s *signing) sign(tb testing.TB, file []byte, args ...string) []byte {
	tb.Helper()
	return s.signAs(tb, "sign", file, args...)
}

func (s *signing) signAs(tb testing.TB, who string, file []byte, args ...string) []byte {
	tb.Helper()
	testtool.Need(tb, "osslsigncode")
	out := filepath.Join(s.dir, "out.exe")
	os.Remove(out)
	testtool.WriteFile(tb, filepath.Join(s.dir, "in.exe"), string(file))
	testtool.Run(tb, s.dir, "osslsigncode", append(append([]string{"sign", "-certs", who + ".crt", "-key", who + ".key",
		"-time", unix(signedOn)}, args...), "-in", "in.exe", "-out", "out.exe")...)
	b, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func unix(at time.Time) string { return big.NewInt(at.Unix()).String() }

// stamp are the arguments by which osslsigncode makes a timestamp of its own.
func stamp() []string {
	return []string{"-TSA-certs", "tsa.crt", "-TSA-key", "tsa.key", "-TSA-time", unix(stampedOn)}
}

// unsigned is a small PE file.
func unsigned(spec petest.Spec) []byte {
	spec.Version = manifest.Version{2, 0, 1493, 2152}
	return petest.Must(spec.Bytes())
}

func check(file []byte, o Options) Signature {
	return Check(bytes.NewReader(file), int64(len(file)), o)
}
