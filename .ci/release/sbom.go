package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// module is what is linked into a program, as the program itself says.
type module struct {
	path, version string
	sum           string            // SHA-256 of its files, in hexadecimal digits
	license       string            // SPDX
	licenses      map[string][]byte // the texts, by their files' names
}

// linked lists the modules of a program: Go's own library, and those of others.
func linked(info *buildinfo.BuildInfo) ([]module, error) {
	own := module{path: "std", version: strings.TrimPrefix(info.GoVersion, "go")}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err == nil {
		err = own.readLicenses(strings.TrimSpace(string(root)))
	}
	if err != nil {
		return nil, err
	}
	modules := []module{own}
	for _, dep := range info.Deps {
		m := module{path: dep.Path, version: dep.Version}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(dep.Sum, "h1:"))
		if err != nil || dep.Replace != nil {
			return nil, fmt.Errorf("module %s: sum %q, replaced by %v", dep.Path, dep.Sum, dep.Replace)
		}
		m.sum = fmt.Sprintf("%x", sum)
		out, err := exec.Command("go", "mod", "download", "-json", dep.Path+"@"+dep.Version).Output()
		if err != nil {
			return nil, fmt.Errorf("module %s: %w", dep.Path, err)
		}
		var at struct{ Dir string }
		if err := json.Unmarshal(out, &at); err != nil {
			return nil, err
		}
		if err := m.readLicenses(at.Dir); err != nil {
			return nil, err
		}
		modules = append(modules, m)
	}
	return modules, nil
}

var licenseName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|patents)([.-].*)?$`)

// readLicenses reads the texts in the module's folder. A module without one that is
// known is not handed on.
func (m *module) readLicenses(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	m.licenses = map[string][]byte{}
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) == ".go" || !licenseName.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		m.licenses[e.Name()] = text
		if id := licenseID(string(text)); id != "" {
			m.license = id
		}
	}
	if m.license == "" {
		return fmt.Errorf("module %s: no licence that is known in %s", m.path, dir)
	}
	return nil
}

// licenseID gives the SPDX identifier of a text, by what only that licence says.
func licenseID(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	has := func(words string) bool { return strings.Contains(text, words) }
	switch {
	case has("Apache License") && has("Version 2.0"):
		return "Apache-2.0"
	case has("Permission is hereby granted, free of charge") && has("without restriction"):
		return "MIT"
	case has("Redistribution and use in source and binary forms") && has("Neither the name"):
		return "BSD-3-Clause"
	case has("Redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	}
	return ""
}

// The parts of a CycloneDX 1.6 document that are needed here.
type (
	bom struct {
		Schema       string       `json:"$schema"`
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Timestamp string    `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		PURL       string     `json:"purl,omitempty"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Licenses   []license  `json:"licenses,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	hash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	license struct {
		License struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn,omitempty"`
	}
)

// sbom lists what is linked into a program as CycloneDX: the modules with their
// versions, sums and licences.
func sbom(version string, program []byte, info *buildinfo.BuildInfo, modules []module, at time.Time) ([]byte, error) {
	sum := sha256.Sum256(program)
	id := slices.Clone(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // a UUID of version 8, made of the program
	b := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", Spec: "1.6", Version: 1,
		Serial: fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]),
	}
	b.Metadata.Timestamp = at.Format(time.RFC3339)
	b.Metadata.Component = component{Type: "application", Ref: "kbverify", Name: "kbverify", Version: version,
		Hashes: []hash{{"SHA-256", fmt.Sprintf("%x", sum)}}}
	for _, s := range info.Settings {
		if slices.Contains([]string{"CGO_ENABLED", "GOARCH", "GOOS"}, s.Key) {
			b.Metadata.Component.Properties = append(b.Metadata.Component.Properties, property{"go:" + s.Key, s.Value})
		}
	}
	uses := dependency{Ref: "kbverify"}
	for _, m := range modules {
		purl := "pkg:golang/" + m.path + "@" + m.version
		c := component{Type: "library", Ref: purl, Name: m.path, Version: m.version, PURL: purl, Licenses: make([]license, 1)}
		if c.Licenses[0].License.ID = m.license; m.sum != "" {
			c.Hashes = []hash{{"SHA-256", m.sum}}
		}
		b.Components = append(b.Components, c)
		uses.DependsOn = append(uses.DependsOn, purl)
	}
	b.Dependencies = []dependency{uses}
	if len(modules) < 2 {
		return nil, errors.New("no modules in the program, made by " + runtime.Version())
	}
	text, err := json.MarshalIndent(b, "", "  ")
	return append(text, '\n'), err
}
