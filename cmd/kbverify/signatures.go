package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/pflag"

	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/inventory"
)

// signatureFlags ask for the signatures in files, and whom to trust.
type signatureFlags struct {
	signatures bool
	trust      string
}

func (f *signatureFlags) flags(fs *pflag.FlagSet, signatures string) {
	fs.BoolVar(&f.signatures, "signatures", false, signatures)
	fs.StringVar(&f.trust, "trust", "", "say of each signer whether the certificates in `FILE` (PEM or DER) vouch for "+
		"it; implies --signatures")
}

// options gives how signatures are checked; nil where nobody asked.
func (f *signatureFlags) options() (*authenticode.Options, error) {
	switch {
	case f.trust != "":
		roots, err := readCertificates(f.trust)
		return &authenticode.Options{Roots: roots}, err
	case f.signatures:
		return &authenticode.Options{}, nil
	}
	return nil, nil
}

// maxCertificateFile caps a file of certificates: all that Windows trusts take less than 1 MB.
const maxCertificateFile = 16 << 20

// readCertificates reads the certificates in a file: each in PEM, or all in DER.
func readCertificates(path string) (*x509.CertPool, error) {
	fail := func(err error) (*x509.CertPool, error) {
		if of := (*fs.PathError)(nil); errors.As(err, &of) { // which would name the file again
			err = of.Err
		}
		return nil, fmt.Errorf("--trust %s: %w", quote(path), err)
	}
	file, err := inventory.OpenFile(path)
	if err != nil {
		return fail(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxCertificateFile))
	if err != nil {
		return fail(err)
	}
	var der []byte
	block, rest := pem.Decode(text)
	if block == nil {
		der = text
	}
	for ; block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			der = append(der, block.Bytes...)
		}
	}
	certificates, err := x509.ParseCertificates(der)
	switch {
	case err != nil:
		return fail(fmt.Errorf("not a file of certificates: %w", err))
	case len(certificates) == 0:
		return fail(errors.New("no certificate in it"))
	}
	roots := x509.NewCertPool()
	for _, c := range certificates {
		roots.AddCert(c)
	}
	return roots, nil
}
