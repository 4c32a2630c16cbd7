package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/petest"
)

const readme = "../../README.md"

// Every block of the README that begins with a command shows what that command prints.
func TestReadme(t *testing.T) {
	path, err := filepath.Abs(readme)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	readmeRoots(t)
	blocks := regexp.MustCompile("(?ms)^```text\n(> kbverify .*?)^```$")
	shown := blocks.ReplaceAllFunc(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), func(block []byte) []byte {
		var out strings.Builder
		out.WriteString("```text\n")
		for line := range strings.Lines(string(block)) {
			if command, ok := strings.CutPrefix(line, "> kbverify "); ok {
				out.WriteString(line + transcript(t, strings.TrimSpace(command)))
			}
		}
		return []byte(out.String() + "```")
	})
	if n := len(blocks.FindAll(text, -1)); n < 10 {
		t.Fatalf("%d transcripts found", n)
	}
	if *update {
		if err := os.WriteFile(path, shown, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(text), string(shown)); d != "" {
		t.Errorf("README.md (-update writes it anew):\n%s", d)
	}
}

// local gives the place below the current folder that stands for a Windows root
// in the README, of the same length: D:\SMS is D_/SMS, \\SITE01\SMS is __SITE01/SMS.
func local(text string) string {
	text = regexp.MustCompile(`\\\\([A-Z])`).ReplaceAllString(text, "__$1")
	return strings.ReplaceAll(regexp.MustCompile(`\b([CD]):\\`).ReplaceAllString(text, "${1}_/"), `\`, "/")
}

// transcript runs a command line of the README and gives what a terminal shows.
func transcript(t *testing.T, command string) string {
	t.Helper()
	var shown bytes.Buffer
	run(context.Background(), strings.Fields(local(command)), nil, &shown, &shown)
	text := catalogueVersion.ReplaceAllString(shown.String(), "catalogue 0123456789ab")
	text = regexp.MustCompile(`"catalog": "[0-9a-f+]*"`).ReplaceAllString(text, `"catalog": "0123456789ab"`)
	for _, word := range strings.Fields(command) {
		if strings.Contains(word, `\`) {
			text = strings.ReplaceAll(text, local(word), strings.ReplaceAll(word, `\`, jsonBackslash(command)))
		}
	}
	return text
}

func jsonBackslash(command string) string {
	if strings.Contains(command, "-f json") {
		return `\\`
	}
	return `\`
}

// readmeRoots builds the roots that the README's examples are about.
func readmeRoots(t *testing.T) {
	t.Helper()
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	power, ccm := tableOf(t, c, "KB977384/SP2"), tableOf(t, c, "Q252717/SP1")
	if _, err := buildDemo(local(`D:\SMS`)); err != nil {
		t.Fatal(err)
	}
	writeRoot(t, local(`D:\SMS`), healthy(power))
	writeRoot(t, local(`\\SITE01\SMS_S01`), healthy(power))
	stale := healthy(power)
	for i := range stale[:9] {
		stale[i].spec.Version[3] = 2000
	}
	writeRoot(t, local(`\\SITE02\SMS_S02`), stale)
	old := healthy(ccm)
	old[1].spec.Version[3] = 1000
	writeRoot(t, local(`D:\SMS20`), old)
	image := healthy(power)
	for i := range image {
		image[i].path = "Program Files/Configuration Manager/" + filepath.Base(image[i].path)
	}
	writeRoot(t, local(`C:\image`), append(image, sampleFile{path: "Example.dll", spec: exampleSpec, modified: time.Date(2010, 1, 25, 6, 27, 0, 0, time.UTC)}))
	if err := os.Mkdir("own", 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{"KB900001.json": exampleManifest, "own/KB900001.json": exampleManifest, "KB900009.txt": exampleArticle} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func tableOf(t *testing.T, c *catalog.Catalog, name string) *manifest.Table {
	t.Helper()
	_, table, err := findTable(name, nil, c)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func writeRoot(t *testing.T, root string, files []sampleFile) {
	t.Helper()
	for _, f := range files {
		if err := f.write(root); err != nil {
			t.Fatal(err)
		}
	}
}

// The hotfix of the example manifest, with one file.
var exampleSpec = petest.Spec{Version: manifest.Version{1, 0, 2345, 6}, Size: 4096}

// A page as a browser saves it as text.
const exampleArticle = `Article ID: 900009
A sample article for System Center Configuration Manager 2007 SP2.

File name    File version    File size   Date          Time   Platform
Sample.dll   4.0.6487.2100   12,345      01-Feb-2010   13:40  x86
Other.exe    4.0.6487.2100   23,456      2010          13:40  x64
`

const exampleManifest = `{
  "schema": 1,
  "id": "KB900001",
  "title": "An example",
  "product": "Example product",
  "tables": [
    {"files": [
      {"name": "Example.dll", "version": "1.0.2345.6", "size": 4096, "platform": "x86"}
    ]}
  ]
}
`
