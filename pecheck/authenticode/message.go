package authenticode

import (
	"bytes"
	"crypto"
	_ "crypto/md5" // signatures of the nineties
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/asn1"
	"hash"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// Tags of fields that are told apart by their numbers.
var (
	field0   = tag.Tag(0).ContextSpecific().Constructed()
	field1   = tag.Tag(1).ContextSpecific().Constructed()
	keyID    = tag.Tag(0).ContextSpecific() // SignerIdentifier.subjectKeyIdentifier
	sequence = tag.SEQUENCE
)

// The object identifiers that matter, as they are printed.
const (
	oidData              = "1.2.840.113549.1.7.1"
	oidSignedData        = "1.2.840.113549.1.7.2"
	oidContentType       = "1.2.840.113549.1.9.3"
	oidMessageDigest     = "1.2.840.113549.1.9.4"
	oidSigningTime       = "1.2.840.113549.1.9.5"
	oidCounterSignature  = "1.2.840.113549.1.9.6"
	oidTSTInfo           = "1.2.840.113549.1.9.16.1.4"
	oidSpcIndirectData   = "1.3.6.1.4.1.311.2.1.4"
	oidNestedSignature   = "1.3.6.1.4.1.311.2.4.1"
	oidTimestampRFC3161  = "1.3.6.1.4.1.311.3.3.1"
	oidLifetimeSigning   = "1.3.6.1.4.1.311.10.3.13"
	prefixRSA            = "1.2.840.113549.1.1."
	oidRSASSAPSS         = "1.2.840.113549.1.1.10"
	prefixECDSA          = "1.2.840.10045."
	prefixECDSASecondary = "1.3.132.0."
)

var hashes = map[string]struct {
	hash crypto.Hash
	name string
}{
	"1.2.840.113549.2.5":     {crypto.MD5, "MD5"},
	"1.3.14.3.2.26":          {crypto.SHA1, "SHA-1"},
	"2.16.840.1.101.3.4.2.1": {crypto.SHA256, "SHA-256"},
	"2.16.840.1.101.3.4.2.2": {crypto.SHA384, "SHA-384"},
	"2.16.840.1.101.3.4.2.3": {crypto.SHA512, "SHA-512"},
}

// message is one signature: a PKCS#7 message with SpcIndirectDataContent.
type message struct {
	signedData
	err         error // what hinders the use of all that follows
	imageHash   crypto.Hash
	algorithm   string // its name
	imageDigest []byte
	nested      []cryptobyte.String // messages in the unauthenticated attributes
	rest        int                 // bytes after the message that are more than filling
}

// parseMessage reads a message and the filling after it, and nothing is checked.
func parseMessage(b cryptobyte.String) *message {
	m := &message{}
	if m.err = m.signedData.parse(&b); m.err != nil {
		return m
	}
	if len(b) >= alignment || !zero(b) {
		m.rest = len(b)
	}
	if m.contentType != oidSpcIndirectData {
		m.err = damaged("ContentInfo.contentType: %s where SpcIndirectDataContent is expected", m.contentType)
		return m
	}
	if m.err = m.indirectData(); m.err != nil {
		return m
	}
	m.nested = m.signer.unauthenticated[oidNestedSignature]
	return m
}

// indirectData reads SpcIndirectDataContent: what is signed, and its digest.
func (m *message) indirectData() error {
	in := m.content
	var data, info, digest cryptobyte.String
	// SpcAttributeTypeAndOptionalValue.type is not asked: pesign writes another one than the specification's.
	if !in.ReadASN1(&data, sequence) || !data.SkipASN1(tag.OBJECT_IDENTIFIER) || !in.ReadASN1(&info, sequence) ||
		!in.Empty() {
		return damaged("SpcIndirectDataContent: malformed")
	}
	algorithm, ok := readAlgorithm(&info)
	if !ok || !info.ReadASN1(&digest, tag.OCTET_STRING) || !info.Empty() {
		return damaged("DigestInfo: malformed")
	}
	known, ok := hashes[algorithm]
	if !ok {
		return unsupported("DigestInfo.digestAlgorithm: %s", algorithm)
	}
	if len(digest) != known.hash.Size() {
		return damaged("DigestInfo.digest: %d bytes, %s has %d", len(digest), known.name, known.hash.Size())
	}
	m.imageHash, m.algorithm, m.imageDigest = known.hash, known.name, digest
	return nil
}

// readAlgorithm reads an AlgorithmIdentifier, whose parameters do not matter here.
func readAlgorithm(in *cryptobyte.String) (string, bool) {
	var algorithm cryptobyte.String
	var id asn1.ObjectIdentifier
	ok := in.ReadASN1(&algorithm, sequence) && algorithm.ReadASN1ObjectIdentifier(&id)
	return id.String(), ok
}

// judge says what the message says of a file with those digests.
func (m *message) judge(sums map[crypto.Hash]hash.Hash, o Options) Signature {
	if m.err != nil {
		return failed(m.err)
	}
	if !bytes.Equal(sums[m.imageHash].Sum(nil), m.imageDigest) {
		s := failed(causeError{cause: mismatch})
		if signer, err := m.check(&m.signer, oidSpcIndirectData, m.content); err == nil {
			s.Signer, s.Algorithm = signerName(signer), m.algorithm
			s.Time, s.Stamped, _, _ = m.signedAt()
		}
		return s
	}
	signer, err := m.check(&m.signer, oidSpcIndirectData, m.content)
	if err != nil {
		return failed(err)
	}
	s := Signature{Status: ValidDigest, Algorithm: m.algorithm, Signer: signerName(signer)}
	var authority *signedBy
	if s.Time, s.Stamped, authority, err = m.signedAt(); err != nil {
		s.Detail = text("its timestamp does not count: " + err.Error())
	}
	if m.rest > 0 {
		s.Detail = text(joined(s.Detail, "data stands beside the signature, which does not cover it"))
	}
	if o.Roots != nil {
		s.Trust, s.Distrust = m.trust(signer, authority, s.Time, o)
	}
	return s
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}
