package authenticode

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"kbverify/pecheck/petest"
)

// forger makes a signature as the specification has it, but for what a test changes.
type forger struct {
	key         crypto.Signer
	certificate []byte

	digestOID, signerOID, keyOID string
	digest                       []byte // of the file
	contentType                  string // the attribute
	messageDigest                []byte
	twice                        bool // messageDigest
	withoutAttributes            bool
	signers, certificates        int
	unauthenticated              cryptobyte.BuilderContinuation
}

const oidSHA256 = "2.16.840.1.101.3.4.2.1"

func newForger(tb testing.TB, file []byte, key crypto.Signer, keyOID string) *forger {
	tb.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{Organization: []string{"Contoso \x1b[31m"}}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	im, sums := image{}, sumOf(crypto.SHA256, nil)
	if file != nil {
		im = *openUnsigned(tb, file)
		sums = sumOf(crypto.SHA256, slices.Concat(file[:im.checksum], file[im.checksum+4:im.security],
			file[im.security+directorySize:]))
	}
	return &forger{key: key, certificate: der, digestOID: oidSHA256, signerOID: oidSHA256, keyOID: keyOID, digest: sums,
		contentType: oidSpcIndirectData, signers: 1, certificates: 1}
}

func id(b *cryptobyte.Builder, oid string) {
	var parts asn1.ObjectIdentifier
	for part := range strings.SplitSeq(oid, ".") {
		n, _ := new(big.Int).SetString(part, 10)
		parts = append(parts, int(n.Int64()))
	}
	b.AddASN1ObjectIdentifier(parts)
}

func algorithm(b *cryptobyte.Builder, oid string) {
	b.AddASN1(sequence, func(b *cryptobyte.Builder) { id(b, oid); b.AddASN1NULL() })
}

func attribute(b *cryptobyte.Builder, oid string, value cryptobyte.BuilderContinuation) {
	b.AddASN1(sequence, func(b *cryptobyte.Builder) { id(b, oid); b.AddASN1(tag.SET, value) })
}

func (f *forger) content(b *cryptobyte.Builder) {
	b.AddASN1(sequence, func(b *cryptobyte.Builder) { id(b, "1.3.6.1.4.1.311.2.1.15") })
	b.AddASN1(sequence, func(b *cryptobyte.Builder) {
		algorithm(b, f.digestOID)
		b.AddASN1OctetString(f.digest)
	})
}

func (f *forger) attributes(b *cryptobyte.Builder) {
	if f.contentType != "" {
		attribute(b, oidContentType, func(b *cryptobyte.Builder) { id(b, f.contentType) })
	}
	digest := f.messageDigest
	if digest == nil {
		digest = sumOf(crypto.SHA256, build(f.content))
	}
	attribute(b, oidMessageDigest, func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(digest)
		if f.twice {
			b.AddASN1OctetString(digest)
		}
	})
}

func build(parts ...cryptobyte.BuilderContinuation) []byte {
	var b cryptobyte.Builder
	for _, part := range parts {
		part(&b)
	}
	return b.BytesOrPanic()
}

func (f *forger) signerInfo(b *cryptobyte.Builder) {
	certificate, _ := x509.ParseCertificate(f.certificate)
	signed := build(func(b *cryptobyte.Builder) { b.AddASN1(tag.SET, f.attributes) })
	digest := sumOf(crypto.SHA256, signed)
	var o crypto.SignerOpts = crypto.SHA256
	if _, pure := f.key.(ed25519.PrivateKey); pure {
		digest, o = signed, crypto.Hash(0)
	}
	signature, err := f.key.Sign(rand.Reader, digest, o)
	if err != nil {
		panic(err)
	}
	b.AddASN1(sequence, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(sequence, func(b *cryptobyte.Builder) {
			b.AddBytes(certificate.RawIssuer)
			b.AddASN1BigInt(certificate.SerialNumber)
		})
		algorithm(b, f.signerOID)
		if !f.withoutAttributes {
			b.AddASN1(field0, f.attributes)
		}
		algorithm(b, f.keyOID)
		b.AddASN1OctetString(signature)
		if f.unauthenticated != nil {
			b.AddASN1(field1, f.unauthenticated)
		}
	})
}

// message gives the PKCS#7 message.
func (f *forger) message() []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(sequence, func(b *cryptobyte.Builder) {
			id(b, oidSignedData)
			b.AddASN1(field0, func(b *cryptobyte.Builder) { b.AddASN1(sequence, f.signedData) })
		})
	})
}

func (f *forger) signedData(b *cryptobyte.Builder) {
	b.AddASN1Int64(1)
	b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { algorithm(b, f.signerOID) })
	b.AddASN1(sequence, func(b *cryptobyte.Builder) {
		id(b, oidSpcIndirectData)
		b.AddASN1(field0, func(b *cryptobyte.Builder) { b.AddASN1(sequence, f.content) })
	})
	b.AddASN1(field0, func(b *cryptobyte.Builder) {
		for range f.certificates {
			b.AddBytes(f.certificate)
		}
	})
	b.AddASN1(tag.SET, func(b *cryptobyte.Builder) {
		for range f.signers {
			f.signerInfo(b)
		}
	})
}

func openUnsigned(tb testing.TB, file []byte) *image {
	tb.Helper()
	im, err := openImage(newReader(file), int64(len(file)))
	if err != nil || im.table != 0 {
		tb.Fatal(im, err)
	}
	return im
}

// attach appends an attribute certificate table with those messages to a file
// whose size is a multiple of 8.
func attach(tb testing.TB, file []byte, messages ...[]byte) []byte {
	tb.Helper()
	im := openUnsigned(tb, file)
	var table []byte
	for _, m := range messages {
		table = le.AppendUint32(table, uint32(certificateStart+len(m)))
		table = append(table, 0, 2, 2, 0)
		table = append(table, m...)
		table = append(table, make([]byte, -len(table)&7)...)
	}
	signed := slices.Concat(file, table)
	le.PutUint32(signed[im.security:], uint32(len(file)))
	le.PutUint32(signed[im.security+4:], uint32(len(table)))
	return signed
}

func rsaKey(tb testing.TB, bits int) crypto.Signer {
	tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// TestForged changes one thing of a signature that is right otherwise.
func TestForged(t *testing.T) {
	const oidRSA, oidECDSA, oidEd25519 = "1.2.840.113549.1.1.1", "1.2.840.10045.4.3.2", "1.3.101.112"
	file := unsigned(petest.Spec{})
	key := rsaKey(t, 1024)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	nest := func(n int) func(*forger) {
		return func(f *forger) {
			inner := *f
			f.unauthenticated = func(b *cryptobyte.Builder) {
				attribute(b, oidNestedSignature, func(b *cryptobyte.Builder) {
					for range n {
						b.AddBytes(inner.message())
					}
				})
			}
		}
	}
	for _, tt := range []struct {
		name   string
		key    crypto.Signer
		keyOID string
		change func(*forger)
		status Status
		cause  Cause
		detail string
	}{
		{"nothing", key, oidRSA, func(*forger) {}, ValidDigest, "", ""},
		{"another name of the algorithm", key, "1.2.840.113549.1.1.11", func(*forger) {}, ValidDigest, "", ""},
		{"ECDSA", curve, oidECDSA, func(*forger) {}, ValidDigest, "", ""},
		{"ECDSA named by its curve", curve, "1.2.840.10045.3.1.7", func(*forger) {}, ValidDigest, "", ""},
		{"Ed25519", edwards, oidEd25519, func(*forger) {}, NotChecked, Unsupported, "Ed25519"},
		{"RSASSA-PSS", key, oidRSASSAPSS, func(*forger) {}, NotChecked, Unsupported, "digestEncryptionAlgorithm"},
		{"ECDSA with an RSA key", key, oidECDSA, func(*forger) {}, NotChecked, Unsupported, "digestEncryptionAlgorithm"},
		{"RSA with a curve's key", curve, oidRSA, func(*forger) {}, NotChecked, Unsupported, "digestEncryptionAlgorithm"},
		{"a digest of the file unknown here", key, oidRSA, func(f *forger) { f.digestOID = "2.16.840.1.101.3.4.2.4" },
			NotChecked, Unsupported, "DigestInfo.digestAlgorithm"},
		{"a digest of the signer unknown here", key, oidRSA, func(f *forger) { f.signerOID = "2.16.840.1.101.3.4.2.4" },
			NotChecked, Unsupported, "SignerInfo.digestAlgorithm"},
		{"a short digest", key, oidRSA, func(f *forger) { f.digest = f.digest[:31] }, NotChecked, Damaged, "31 bytes"},
		{"no digest", key, oidRSA, func(f *forger) { f.digest = nil }, NotChecked, Damaged, "0 bytes"},
		{"another digest", key, oidRSA, func(f *forger) { f.digest = sumOf(crypto.SHA256, nil) }, DigestDiffers, "", ""},
		{"another digest of the message", key, oidRSA, func(f *forger) { f.messageDigest = f.digest }, DigestDiffers, "",
			"the digest in the signature"},
		{"two digests of the message", key, oidRSA, func(f *forger) { f.twice = true }, NotChecked, Damaged, "2 values"},
		{"content of another type", key, oidRSA, func(f *forger) { f.contentType = oidData }, DigestDiffers, "",
			"another type"},
		{"content of no type", key, oidRSA, func(f *forger) { f.contentType = "" }, NotChecked, Damaged, "no contentType"},
		{"no attributes", key, oidRSA, func(f *forger) { f.withoutAttributes = true }, NotChecked, Damaged,
			"no authenticatedAttributes"},
		{"another key", key, oidRSA, func(f *forger) { f.key = rsaKey(t, 1024) }, DigestDiffers, "", "the signer's key"},
		{"no signer", key, oidRSA, func(f *forger) { f.signers = 0 }, NotChecked, Damaged, "SignerInfo: malformed"},
		{"two signers", key, oidRSA, func(f *forger) { f.signers = 2 }, NotChecked, Damaged, "more than one signer"},
		{"no certificate", key, oidRSA, func(f *forger) { f.certificates = 0 }, NotChecked, Damaged, "none is the signer's"},
		{"many certificates", key, oidRSA, func(f *forger) { f.certificates = maxCertificates + 1 }, NotChecked, Damaged,
			"more than 100"},
		{"nested", key, oidRSA, nest(1), ValidDigest, "", ""},
		{"nested in a nested one", key, oidRSA, func(f *forger) { nest(1)(f); nest(1)(f) }, ValidDigest, "", ""},
		{"many nested", key, oidRSA, nest(maxSignatures), NotChecked, Damaged, "more than 16 signatures"},
		{"nested, of other content", key, oidRSA, func(f *forger) {
			right := f.digest
			f.digest = sumOf(crypto.SHA256, nil)
			nest(1)(f)
			inner := f.unauthenticated
			f.digest, f.unauthenticated = right, inner
		}, DigestDiffers, "", ""},
		{"nested nonsense", key, oidRSA, func(f *forger) {
			f.unauthenticated = func(b *cryptobyte.Builder) {
				attribute(b, oidNestedSignature, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
			}
		}, NotChecked, Damaged, "ContentInfo: malformed"},
		{"a timestamp that is nonsense", key, oidRSA, func(f *forger) {
			f.unauthenticated = func(b *cryptobyte.Builder) {
				attribute(b, oidTimestampRFC3161, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
			}
		}, ValidDigest, "", "its timestamp does not count"},
		{"more timestamps than are tried", key, oidRSA, func(f *forger) {
			f.unauthenticated = func(b *cryptobyte.Builder) {
				for range maxAttributes {
					attribute(b, oidCounterSignature, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
				}
			}
		}, ValidDigest, "", "its timestamp does not count"},
		{"many attributes", key, oidRSA, func(f *forger) {
			f.unauthenticated = func(b *cryptobyte.Builder) {
				for range maxAttributes + 1 {
					attribute(b, oidSigningTime, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
				}
			}
		}, NotChecked, Damaged, "Attribute: more than 100"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newForger(t, file, tt.key, tt.keyOID)
			tt.change(f)
			got := check(attach(t, file, f.message()), Options{})
			if got.Status != tt.status || got.Cause != tt.cause || !strings.Contains(got.Detail, tt.detail) {
				t.Errorf("got %+v", got)
			}
			if got.Status == ValidDigest && (got.Signer != `Contoso \x1b[31m` || tt.detail == "" && got.Detail != "") {
				t.Errorf("signer %q, detail %q", got.Signer, got.Detail)
			}
		})
	}
}
