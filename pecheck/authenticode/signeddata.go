package authenticode

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// signedData is SignedData (PKCS #7 9.1, RFC 5652 5.1) of one signer, in DER. The
// libraries for it take BER by recursion, which a message of some megabytes turns into
// an overflow of the stack that ends the program; this reads a level at a time.
type signedData struct {
	contentType  string
	content      cryptobyte.String   // the value of the content, without its tag and length
	certificates []cryptobyte.String // each whole
	signer       signerInfo
}

// parse reads one ContentInfo with SignedData off in.
func (d *signedData) parse(in *cryptobyte.String) error {
	var info, explicit, body, signers cryptobyte.String
	var id asn1.ObjectIdentifier
	if !in.ReadASN1(&info, sequence) || !info.ReadASN1ObjectIdentifier(&id) || !info.ReadASN1(&explicit, field0) ||
		!info.Empty() || !explicit.ReadASN1(&body, sequence) || !explicit.Empty() {
		return damaged("ContentInfo: malformed")
	}
	if id.String() != oidSignedData {
		return damaged("ContentInfo.contentType: %s where SignedData is expected", id)
	}
	var content, certificates cryptobyte.String
	if !body.SkipASN1(tag.INTEGER) || !body.SkipASN1(tag.SET) || !body.ReadASN1(&content, sequence) ||
		!body.ReadOptionalASN1(&certificates, nil, field0) || !body.SkipOptionalASN1(field1) ||
		!body.ReadASN1(&signers, tag.SET) || !body.Empty() {
		return damaged("SignedData: malformed")
	}
	for !certificates.Empty() {
		var one cryptobyte.String
		if !certificates.ReadAnyASN1Element(&one, new(tag.Tag)) {
			return damaged("SignedData.certificates: malformed")
		}
		if d.certificates = append(d.certificates, one); len(d.certificates) > maxCertificates {
			return damaged("SignedData.certificates: more than %d", maxCertificates)
		}
	}
	if !content.ReadASN1ObjectIdentifier(&id) || !content.ReadASN1(&explicit, field0) || !content.Empty() ||
		!explicit.ReadAnyASN1(&d.content, new(tag.Tag)) || !explicit.Empty() {
		return damaged("SignedData.contentInfo: malformed")
	}
	d.contentType = id.String()
	if err := d.signer.parse(&signers); err != nil {
		return err
	}
	if !signers.Empty() {
		return damaged("SignedData.signerInfos: more than one signer")
	}
	return nil
}

// signerInfo is SignerInfo (PKCS #7 9.2, RFC 5652 5.3).
type signerInfo struct {
	issuer, serial  cryptobyte.String // of the certificate: Name and INTEGER, each whole
	keyID           cryptobyte.String // instead: its SubjectKeyIdentifier
	digestAlgorithm string
	attributes      cryptobyte.String // authenticatedAttributes as they are signed
	authenticated   attributes
	algorithm       string // digestEncryptionAlgorithm
	encryptedDigest cryptobyte.String
	unauthenticated attributes
}

// parse reads one SignerInfo off in.
func (s *signerInfo) parse(in *cryptobyte.String) error {
	var body, id, unauthenticated cryptobyte.String
	fine := in.ReadASN1(&body, sequence) && body.SkipASN1(tag.INTEGER)
	switch {
	case !fine:
	case body.PeekASN1Tag(keyID):
		fine = body.ReadASN1(&s.keyID, keyID)
	default:
		fine = body.ReadASN1(&id, sequence) && id.ReadASN1Element(&s.issuer, sequence) &&
			id.ReadASN1Element(&s.serial, tag.INTEGER) && id.Empty()
	}
	if fine {
		s.digestAlgorithm, fine = readAlgorithm(&body)
	}
	if fine && body.PeekASN1Tag(field0) {
		fine = body.ReadASN1Element(&s.attributes, field0)
	}
	if fine {
		s.algorithm, fine = readAlgorithm(&body)
	}
	if !fine || !body.ReadASN1(&s.encryptedDigest, tag.OCTET_STRING) ||
		!body.ReadOptionalASN1(&unauthenticated, nil, field1) || !body.Empty() {
		return damaged("SignerInfo: malformed")
	}
	if len(s.attributes) > 0 {
		// What is signed has the tag of a SET OF in place of the field's.
		s.attributes = append(cryptobyte.String{byte(tag.SET)}, s.attributes[1:]...)
		var values cryptobyte.String
		whole := s.attributes
		if !whole.ReadASN1(&values, tag.SET) {
			return damaged("SignerInfo.authenticatedAttributes: malformed")
		}
		if err := s.authenticated.parse(values); err != nil {
			return err
		}
	}
	return s.unauthenticated.parse(unauthenticated)
}

// attributes is a SET OF Attribute: for each type the values, each whole.
type attributes map[string][]cryptobyte.String

// maxAttributes caps the values of one set; signers write three to ten.
const maxAttributes = 100

func (a *attributes) parse(in cryptobyte.String) error {
	*a = attributes{}
	for n := 0; !in.Empty(); {
		var one, values cryptobyte.String
		var id asn1.ObjectIdentifier
		if !in.ReadASN1(&one, sequence) || !one.ReadASN1ObjectIdentifier(&id) || !one.ReadASN1(&values, tag.SET) ||
			!one.Empty() {
			return damaged("Attribute: malformed")
		}
		for !values.Empty() {
			var value cryptobyte.String
			if !values.ReadAnyASN1Element(&value, new(tag.Tag)) {
				return damaged("Attribute %s: malformed", id)
			}
			if n++; n > maxAttributes {
				return damaged("Attribute: more than %d", maxAttributes)
			}
			(*a)[id.String()] = append((*a)[id.String()], value)
		}
	}
	return nil
}

// one gives the only value of an attribute.
func (a attributes) one(id string) (value cryptobyte.String, found bool, err error) {
	switch len(a[id]) {
	case 0:
		return nil, false, nil
	case 1:
		return a[id][0], true, nil
	}
	return nil, false, damaged("Attribute %s: %d values, want one", id, len(a[id]))
}

// check gives the certificate with which si signed content, of that type. The error
// has the cause mismatch where everything can be read and the signature is not true.
func (d *signedData) check(si *signerInfo, contentType string, content []byte) (*x509.Certificate, error) {
	known, ok := hashes[si.digestAlgorithm]
	if !ok {
		return nil, unsupported("SignerInfo.digestAlgorithm: %s", si.digestAlgorithm)
	}
	if err := si.checkAttributes(known.hash, contentType, content); err != nil {
		return nil, err
	}
	c, err := d.certificateOf(si)
	if err != nil {
		return nil, err
	}
	return c, si.checkSignature(c, known.hash)
}

// checkAttributes holds the authenticated attributes against what they are about.
func (s *signerInfo) checkAttributes(h crypto.Hash, contentType string, content []byte) error {
	if s.attributes == nil {
		return damaged("SignerInfo: no authenticatedAttributes")
	}
	value, found, err := s.authenticated.one(oidContentType)
	if err != nil {
		return err
	}
	var id asn1.ObjectIdentifier
	switch {
	case !found && contentType != oidData: // which countersignatures leave out
		return damaged("SignerInfo.authenticatedAttributes: no contentType")
	case found && (!value.ReadASN1ObjectIdentifier(&id) || id.String() != contentType):
		return causeError{mismatch, "the signature is of content of another type"}
	}
	value, found, err = s.authenticated.one(oidMessageDigest)
	var digest cryptobyte.String
	switch {
	case err != nil:
		return err
	case !found || !value.ReadASN1(&digest, tag.OCTET_STRING) || !value.Empty():
		return damaged("SignerInfo.authenticatedAttributes: no messageDigest")
	case !bytes.Equal(digest, sumOf(h, content)):
		return causeError{mismatch, "the digest in the signature is not the one that was signed"}
	}
	return nil
}

func sumOf(h crypto.Hash, content []byte) []byte {
	sum := h.New()
	sum.Write(content)
	return sum.Sum(nil)
}

// checkSignature checks encryptedDigest with the certificate's key.
func (s *signerInfo) checkSignature(c *x509.Certificate, h crypto.Hash) error {
	digest, fits := sumOf(h, s.attributes), false
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minKeyBits || bits > maxKeyBits {
			return unsupported("an RSA key of %d bits", bits)
		}
		if !strings.HasPrefix(s.algorithm, prefixRSA) || s.algorithm == oidRSASSAPSS {
			return unsupported("SignerInfo.digestEncryptionAlgorithm: %s with an RSA key", s.algorithm)
		}
		// Symantec's countersignatures have the bare digest where DigestInfo should stand.
		fits = rsa.VerifyPKCS1v15(key, h, digest, s.encryptedDigest) == nil ||
			rsa.VerifyPKCS1v15(key, 0, digest, s.encryptedDigest) == nil
	case *ecdsa.PublicKey:
		if !strings.HasPrefix(s.algorithm, prefixECDSA) && !strings.HasPrefix(s.algorithm, prefixECDSASecondary) {
			return unsupported("SignerInfo.digestEncryptionAlgorithm: %s with an ECDSA key", s.algorithm)
		}
		fits = ecdsa.VerifyASN1(key, digest, s.encryptedDigest)
	default:
		return unsupported("a key of the type %s", c.PublicKeyAlgorithm)
	}
	if !fits {
		return causeError{mismatch, "the signature was not made with the signer's key"}
	}
	return nil
}

// certificateOf finds the signer's certificate.
func (d *signedData) certificateOf(si *signerInfo) (*x509.Certificate, error) {
	for _, der := range d.certificates {
		if si.keyID == nil && !isOf(der, si) {
			continue
		}
		c, err := x509.ParseCertificate(der)
		switch {
		case err != nil && si.keyID == nil:
			return nil, unsupported("the signer's certificate: %v", err)
		case err == nil && (si.keyID == nil || bytes.Equal(c.SubjectKeyId, si.keyID)):
			return c, nil
		}
	}
	return nil, damaged("SignedData.certificates: none is the signer's")
}

// isOf reports a certificate with the issuer and serial number that si names. Others
// need not be understood: a strange one beside the signer's does no harm.
func isOf(der cryptobyte.String, si *signerInfo) bool {
	var c, tbs, serial, issuer cryptobyte.String
	return der.ReadASN1(&c, sequence) && c.ReadASN1(&tbs, sequence) && tbs.SkipOptionalASN1(field0) &&
		tbs.ReadASN1Element(&serial, tag.INTEGER) && tbs.SkipASN1(sequence) && tbs.ReadASN1Element(&issuer, sequence) &&
		bytes.Equal(serial, si.serial) && bytes.Equal(issuer, si.issuer)
}
