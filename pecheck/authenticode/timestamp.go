package authenticode

import (
	"bytes"
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// signedBy is the certificate of a timestamping authority, and those beside it.
type signedBy struct {
	certificate *x509.Certificate
	others      []cryptobyte.String
}

// signedAt gives when the message was signed: by an RFC 3161 timestamp, by the
// countersignature of PKCS #9, which are checked, else by the signer's own signingTime.
// The error says why a timestamp that is there does not count.
func (m *message) signedAt() (at time.Time, stamped bool, authority *signedBy, err error) {
	for _, kind := range []struct {
		id   string
		read func(value cryptobyte.String) (time.Time, *signedBy, error)
	}{{oidTimestampRFC3161, m.timestamp}, {oidCounterSignature, m.counterSignature}} {
		values := m.signer.unauthenticated[kind.id]
		for _, value := range values[:min(len(values), maxStamps)] {
			at, authority, why := kind.read(value)
			if why == nil {
				return at, true, authority, nil
			}
			err = why
		}
	}
	if own, ok := m.signer.signingTime(); ok {
		at = own
	}
	return at, false, nil, err
}

// counterSignature checks a SignerInfo over the signer's encryptedDigest.
func (m *message) counterSignature(value cryptobyte.String) (at time.Time, by *signedBy, err error) {
	var si signerInfo
	if err := si.parse(&value); err != nil {
		return at, nil, err
	}
	c, err := m.check(&si, oidData, m.signer.encryptedDigest)
	if err != nil {
		return at, nil, err
	}
	at, ok := si.signingTime()
	if !ok {
		return at, nil, damaged("the countersignature has no signingTime")
	}
	return at, &signedBy{c, m.certificates}, nil
}

// timestamp checks a TimeStampToken (RFC 3161 2.4.2) over the signer's encryptedDigest.
func (m *message) timestamp(value cryptobyte.String) (at time.Time, by *signedBy, err error) {
	var d signedData
	if err := d.parse(&value); err != nil {
		return at, nil, err
	}
	if d.contentType != oidTSTInfo {
		return at, nil, damaged("TimeStampToken: content of the type %s", d.contentType)
	}
	c, err := d.check(&d.signer, oidTSTInfo, d.content)
	if err != nil {
		return at, nil, err
	}
	in := d.content
	var info, imprint, digest, when cryptobyte.String
	if !in.ReadASN1(&info, sequence) || !info.SkipASN1(tag.INTEGER) || !info.SkipASN1(tag.OBJECT_IDENTIFIER) ||
		!info.ReadASN1(&imprint, sequence) || !info.SkipASN1(tag.INTEGER) || !info.ReadASN1(&when, tag.GeneralizedTime) {
		return at, nil, damaged("TSTInfo: malformed")
	}
	algorithm, ok := readAlgorithm(&imprint)
	if !ok || !imprint.ReadASN1(&digest, tag.OCTET_STRING) {
		return at, nil, damaged("TSTInfo.messageImprint: malformed")
	}
	known, ok := hashes[algorithm]
	if !ok {
		return at, nil, unsupported("TSTInfo.messageImprint: %s", algorithm)
	}
	if !bytes.Equal(digest, sumOf(known.hash, m.signer.encryptedDigest)) {
		return at, nil, causeError{mismatch, "it is of another signature"}
	}
	// genTime may have fractions of a second.
	whole, _, _ := strings.Cut(strings.TrimSuffix(string(when), "Z"), ".")
	if at, err = time.Parse("20060102150405", whole); err != nil || at.Year() == 0 {
		return at, nil, damaged("TSTInfo.genTime: malformed")
	}
	return at, &signedBy{c, d.certificates}, nil
}

// signingTime is the attribute of that name; zero where there is none.
func (s *signerInfo) signingTime() (at time.Time, ok bool) {
	value, found, err := s.authenticated.one(oidSigningTime)
	if err != nil || !found {
		return at, false
	}
	if value.PeekASN1Tag(tag.UTCTime) {
		ok = value.ReadASN1UTCTime(&at)
	} else {
		ok = value.ReadASN1GeneralizedTime(&at)
	}
	return at.UTC().Truncate(time.Second), ok && at.Year() > 0
}

// signerName is what a certificate calls its owner.
func signerName(c *x509.Certificate) string {
	for _, names := range [][]string{{c.Subject.CommonName}, c.Subject.Organization, c.Subject.OrganizationalUnit} {
		if len(names) > 0 && strings.TrimSpace(names[0]) != "" {
			return text(names[0])
		}
	}
	return text(cmp.Or(c.Subject.String(), "nameless"))
}

// trust asks whether the signer's certificate leads to one of the roots, when it was
// signed if a trusted authority says so, else now.
func (m *message) trust(signer *x509.Certificate, authority *signedBy, at time.Time, o Options) (Trust, string) {
	when, note := o.Now, ""
	switch {
	case authority == nil || slices.ContainsFunc(signer.UnknownExtKeyUsage, isLifetimeSigning):
	case chain(authority.certificate, authority.others, at, x509.ExtKeyUsageTimeStamping, o.Roots) != nil:
		note = "; its timestamp is not trusted"
	default:
		when = at
	}
	err := chain(signer, m.certificates, when, x509.ExtKeyUsageCodeSigning, o.Roots)
	if isExpired(err) != nil { // which is the reason only if the roots would vouch for it otherwise
		err = cmp.Or(chain(signer, m.certificates, signer.NotBefore, x509.ExtKeyUsageCodeSigning, o.Roots), err)
	}
	if err != nil {
		return NotTrusted, text(whyNotTrusted(err) + note)
	}
	return Trusted, ""
}

// whyNotTrusted says it without the time of the check, which says nothing of the file.
func whyNotTrusted(err error) string {
	if c := isExpired(err); c != nil {
		const day = "2006-01-02"
		return fmt.Sprintf("the certificate is valid from %s to %s", c.NotBefore.Format(day), c.NotAfter.Format(day))
	}
	return strings.TrimPrefix(err.Error(), "x509: ")
}

// isExpired gives the certificate of a chain that is not valid at the time, where that
// is the error.
func isExpired(err error) *x509.Certificate {
	if invalid := (x509.CertificateInvalidError{}); errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return invalid.Cert
	}
	return nil
}

// isLifetimeSigning reports the usage by which a certificate's own end is final.
func isLifetimeSigning(id asn1.ObjectIdentifier) bool { return id.String() == oidLifetimeSigning }

// chain checks a certificate as of a time. crypto/x509 caps how many signatures it
// checks, and here is capped how long one takes.
func chain(c *x509.Certificate, others []cryptobyte.String, at time.Time, usage x509.ExtKeyUsage,
	roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, der := range others {
		one, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		if key, is := one.PublicKey.(*rsa.PublicKey); !is || key.N.BitLen() <= maxKeyBits {
			between.AddCert(one)
		}
	}
	_, err := c.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{usage}})
	return err
}
