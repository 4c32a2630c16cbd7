package main

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"kbverify/internal/testtool"
)

// The archives that .ci/build has made are taken as somebody does who has downloaded
// them, with the tools that are there. KBVERIFY_DIST names their folder.
const version = "1.2.3"

func dist(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("KBVERIFY_DIST")
	if dir == "" {
		t.Skip("KBVERIFY_DIST names no folder")
	}
	return dir
}

var platforms = []string{
	"darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-386", "windows-amd64", "windows-arm64",
}

// unpack gives the folder of an unpacked archive.
func unpack(t *testing.T, dir, platform string) string {
	t.Helper()
	name, into := filepath.Join(dir, "kbverify-"+version+"-"+platform), t.TempDir()
	if strings.HasPrefix(platform, "windows") {
		testtool.Run(t, into, testtool.Need(t, "7z"), "x", "-bd", name+".zip")
	} else {
		testtool.Run(t, into, testtool.Need(t, "tar"), "xzf", name+".tar.gz")
	}
	return filepath.Join(into, filepath.Base(name))
}

func TestArchives(t *testing.T) {
	dir := dist(t)
	archives, err := filepath.Glob(filepath.Join(dir, "kbverify-*"))
	if err != nil || len(archives) != 2*len(platforms) {
		t.Errorf("programs and archives are %q, %v", archives, err)
	}
	for _, platform := range platforms {
		t.Run(platform, func(t *testing.T) {
			folder := unpack(t, dir, platform)
			program := filepath.Join(folder, "kbverify")
			if strings.HasPrefix(platform, "windows") {
				program += ".exe"
			}
			checkProgram(t, platform, program)
			for _, name := range []string{
				"README.md", "CHANGELOG.md", "docs/rules.md", "docs/manifest.schema.json", "man/man1/kbverify.1",
				"man/man1/kbverify-verify.1", "man/man1/kbverify-version.1",
				"completions/kbverify.bash", "completions/_kbverify", "completions/kbverify.fish", "completions/kbverify.ps1",
			} {
				if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() < 500 {
					t.Errorf("%s: %v", name, err)
				}
			}
			checkSBOM(t, folder, program)
		})
	}
}

// checkProgram says what is wrong with the program: it is the one for the platform,
// of that version, and needs no library of the system.
func checkProgram(t *testing.T, platform, program string) {
	t.Helper()
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if got := settings["GOOS"] + "-" + settings["GOARCH"]; got != platform || settings["CGO_ENABLED"] != "0" {
		t.Errorf("built for %s, with CGO_ENABLED=%s", got, settings["CGO_ENABLED"])
	}
	if strings.HasPrefix(platform, "linux") {
		f, err := elf.Open(program)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
			t.Error("not static")
		}
	}
	if platform != "linux-amd64" {
		return
	}
	out, err := exec.Command(program, "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "kbverify "+version+", ") {
		t.Errorf("version: %v, %s", err, out)
	}
	man := exec.Command(testtool.Need(t, "man"), "-M", filepath.Join(filepath.Dir(program), "man"), "kbverify-verify")
	man.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANPAGER=cat")
	if out, err := man.CombinedOutput(); err != nil || !strings.Contains(string(out), "kbverify "+version) {
		t.Errorf("man: %v, %s", err, out)
	}
}

// checkSBOM wants the list of the archive to be a CycloneDX document, with what the
// program itself says is linked in, and with a licence of each in the archive.
func checkSBOM(t *testing.T, folder, program string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "sbom.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var listed struct {
		Components []struct {
			Name, Version string
			Licenses      []struct{ License struct{ ID string } }
		}
	}
	if err := json.Unmarshal(text, &listed); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range listed.Components {
		got = append(got, c.Name+" "+c.Version)
		texts, err := os.ReadDir(filepath.Join(folder, "licenses", filepath.FromSlash(c.Name)))
		if err != nil || len(texts) == 0 || len(c.Licenses) != 1 || c.Licenses[0].License.ID == "" {
			t.Errorf("licence of %s: %v, %v", c.Name, c.Licenses, err)
		}
	}
	// go version -m, and not the library that the list was made with.
	out, err := exec.Command("go", "version", "-m", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"std " + strings.TrimPrefix(strings.Fields(string(out))[1], "go")}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Fields(line); fields[0] == "dep" {
			want = append(want, fields[1]+" "+fields[2])
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(want) < 10 {
		t.Errorf("listed %q, linked in %q", got, want)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := cycloneDX(t).Validate(doc); err != nil {
		t.Error(err)
	}
}

// cycloneDX is the schema that CycloneDX publishes. KBVERIFY_CYCLONEDX names its folder.
func cycloneDX(t *testing.T) *jsonschema.Schema {
	t.Helper()
	folder := os.Getenv("KBVERIFY_CYCLONEDX")
	if folder == "" {
		t.Skip("KBVERIFY_CYCLONEDX names no folder")
	}
	compiler := jsonschema.NewCompiler()
	const base = "http://cyclonedx.org/schema/"
	for id, name := range map[string]string{
		"bom-1.6.schema.json": "bom-1.6.schema.json", "spdx.schema.json": "spdx.schema.json",
		"jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil {
			err = compiler.AddResource(base+id, doc)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	compiler.AssertFormat()
	schema, err := compiler.Compile(base + "bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestChecksums(t *testing.T) {
	dir := dist(t)
	testtool.Run(t, dir, "sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS")
	text, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n != 2*len(platforms) {
		t.Errorf("%d checksums:\n%s", n, text)
	}
}

// Made again, of the same programs, an archive has the same bytes.
func TestArchivesComeOutTheSame(t *testing.T) {
	dir, again := dist(t), t.TempDir()
	t.Chdir("../..")
	common, err := documents(filepath.Join(dir, "kbverify-"+version+"-linux-amd64"))
	if err != nil {
		t.Fatal(err)
	}
	for program, packed := range map[string]string{
		"linux-arm64": "linux-arm64.tar.gz", "windows-386.exe": "windows-386.zip",
	} {
		was, err := os.ReadFile(filepath.Join(dir, "kbverify-"+version+"-"+packed))
		if err != nil {
			t.Fatal(err)
		}
		at := timeOf(t, dir, packed)
		if err := archive(filepath.Join(dir, "kbverify-"+version+"-"+program), version, again, common, at); err != nil {
			t.Fatal(err)
		}
		is, err := os.ReadFile(filepath.Join(again, "kbverify-"+version+"-"+packed))
		if err != nil || !bytes.Equal(was, is) {
			t.Errorf("%s: other bytes, %v", packed, err)
		}
	}
}

// timeOf is the time of an archive's list, which is that of all its files.
func timeOf(t *testing.T, dir, packed string) time.Time {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(unpack(t, dir, packed[:strings.Index(packed, ".")]), "sbom.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var listed struct{ Metadata struct{ Timestamp time.Time } }
	if err := json.Unmarshal(text, &listed); err != nil {
		t.Fatal(err)
	}
	return listed.Metadata.Timestamp
}

func TestLicences(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n   Version 2.0, January 2004":                                         "Apache-2.0",
		"Permission is hereby granted, free\nof charge, to deal in it without restriction, …":  "MIT",
		"Redistribution and use in source and binary forms …\n* Neither the name of Google":    "BSD-3-Clause",
		"Redistribution and use in source and binary forms, with or without modification, are": "BSD-2-Clause",
		"All rights reserved.": "",
	} {
		if got := licenseID(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	dir := t.TempDir()
	testtool.WriteFile(t, filepath.Join(dir, "README"), "nothing")
	if err := (&module{path: "m"}).readLicenses(dir); err == nil {
		t.Error("a module without a licence is handed on")
	}
	const mit = "Permission is hereby granted, free of charge … without restriction"
	testtool.WriteFile(t, filepath.Join(dir, "LICENSE.txt"), mit)
	testtool.WriteFile(t, filepath.Join(dir, "license.go"), "package m")
	m := module{path: "m"}
	if err := m.readLicenses(dir); err != nil || m.license != "MIT" || len(m.licenses) != 1 {
		t.Errorf("%+v, %v", m, err)
	}
}
