package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// shortHash is enough to tell the catalogues of all releases apart.
func shortHash(sum []byte) string { return hex.EncodeToString(sum[:6]) }

// Version names the state of the catalogue: twelve hexadecimal digits of the
// SHA-256 of every embedded manifest, and after a "+" those of the user's own
// manifests where there are any. The same version means the same facts.
func (c *Catalog) Version() (string, error) {
	version, err := c.embeddedVersion()
	if own := c.own(); len(own) > 0 {
		sum := sha256.New()
		for _, h := range own {
			sum.Write(h.own.Encode())
		}
		version += "+" + shortHash(sum.Sum(nil))
	}
	return version, err
}

// embeddedVersion reads the first member of the index and stops there.
func (c *Catalog) embeddedVersion() (string, error) {
	f, err := c.embedded.Open(indexPath)
	if err != nil {
		return "", err
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	for _, want := range []json.Token{json.Delim('{'), "version"} {
		if token, err := dec.Token(); err != nil || token != want {
			return "", fmt.Errorf("%s: want %v, found %v (%v)", indexPath, want, token, err)
		}
	}
	var version string
	if err := dec.Decode(&version); err != nil {
		return "", fmt.Errorf("%s: %w", indexPath, err)
	}
	return version, nil
}
