package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// README.md fits on three screens; what is longer stands in docs.
func TestReadmeIsShort(t *testing.T) {
	if n := strings.Count(documents(t)["README.md"], "\n"); n > 200 {
		t.Errorf("%d lines, want at most 200: the long parts go to docs", n)
	}
}

func TestDocsLinesAreShort(t *testing.T) {
	for name, text := range documents(t) {
		for i, line := range strings.Split(blocks.ReplaceAllStringFunc(text, blank), "\n") {
			if n := utf8.RuneCountInString(line); n > 120 && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d: %d columns, want at most 120", name, i+1, n)
			}
		}
	}
}

// blocks are what stands between fences: no prose, no headings, no links.
var blocks = regexp.MustCompile("(?ms)^```.*?^```$")

// blank keeps the line breaks alone.
func blank(text string) string { return strings.Repeat("\n", strings.Count(text, "\n")) }

// Every relative link leads to a file, and where it names a heading, to that.
func TestDocsLinks(t *testing.T) {
	texts := documents(t)
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	links := 0
	for name, text := range texts {
		for _, found := range link.FindAllStringSubmatch(blocks.ReplaceAllStringFunc(text, blank), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			links++
			to, anchor, _ := strings.Cut(found[1], "#")
			target := name
			if to != "" {
				target = path.Join(path.Dir(name), to)
			}
			if _, err := os.Stat(filepath.Join(project, target)); err != nil {
				t.Errorf("%s: link to %s: %v", name, found[1], err)
			}
			if anchor != "" && !slices.Contains(anchors(texts[target]), anchor) {
				t.Errorf("%s: link to %s: no such heading", name, found[1])
			}
		}
	}
	if links < 10 {
		t.Errorf("%d links found", links)
	}
}

// anchors lists what the headings of a page are called in links: in small
// letters, without punctuation, with hyphens for blanks.
func anchors(text string) (all []string) {
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(blocks.ReplaceAllStringFunc(text, blank), -1) {
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
				return unicode.ToLower(r)
			}
			return -1
		}, heading[1]))
	}
	return all
}

// docs/architecture.md has a paragraph for each package: it begins with the
// package's folder, or with a folder and "/…" for all below it.
func TestDocsNameEveryPackage(t *testing.T) {
	text := documents(t)["docs/architecture.md"]
	said := map[string]bool{}
	for _, found := range regexp.MustCompile("(?m)^\\*\\*`([^`]+)`\\*\\*").FindAllStringSubmatch(text, -1) {
		said[found[1]] = true
	}
	for folder := range house {
		found := said[folder]
		for above := path.Dir(folder); above != "."; above = path.Dir(above) {
			found = found || said[above+"/…"]
		}
		if !found {
			t.Errorf("docs/architecture.md has no paragraph that begins with **`%s`**", folder)
		}
	}
}

// docs/examples holds reports of the demo, each what the program writes into a file of that name.
func TestDocsExamples(t *testing.T) {
	place, err := filepath.Abs(filepath.Join(project, "docs", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if _, err := buildDemo("sample"); err != nil {
		t.Fatal(err)
	}
	property := regexp.MustCompile(`(name="catalog" value)="[0-9a-f+]*"`)
	for name, format := range map[string]string{"demo.html": "html", "demo.junit.xml": "junit", "demo.nagios.txt": "nagios"} {
		args := []string{"verify", "-f", format, "-o", name, "-k", demoHotfix, "sample"}
		run(context.Background(), args, nil, io.Discard, io.Discard)
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got = catalogueVersion.ReplaceAll(got, []byte("catalogue 0123456789ab"))
		got = property.ReplaceAll(got, []byte(`$1="0123456789ab"`))
		if *update {
			if err := os.WriteFile(filepath.Join(place, name), got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(filepath.Join(place, name))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), string(got)); d != "" {
			t.Errorf("%s (-update writes it anew):\n%s", name, d)
		}
	}
}

// fieldCommands write every kind of field that there is, as JSON.
var fieldCommands = []string{
	`verify -v -f json -k KB977203 -k Q252717/SP1 -k KB900001 --catalog own --exclude old D:\SMS D:\SMS20 C:\image D:\none`,
	`verify -f json -k KB977203 \\SITE03\SMS_S03`,
	`verify -f json -k KB977203 --exclude * D:\SMS`,
	`detect -v -f json D:\SMS D:\SMS20 C:\image`,
	`identify -f json --strings D:\SMS20`,
	`scan -q D:\SMS20`,
	`verify -f json --signatures -k KB977203 D:\SMS`,
	`list -f json`,
	`show -f json Q252717`,
	`report -f json \\FILES\drop`,
	`report -f json --since \\FILES\drop.old \\FILES\drop`,
}

// columnCommands write every kind of line that there is, as CSV.
var columnCommands = []string{
	`verify -f csv -k KB977203 D:\SMS`, `detect -f csv D:\SMS`, `identify -f csv D:\SMS20`, `show -f csv Q252717`, `list -f csv Q252717`,
}

// docs/formats.md names every field that the program writes.
func TestDocsNameEveryField(t *testing.T) {
	text := documents(t)["docs/formats.md"]
	t.Chdir(t.TempDir())
	sampleRoots(t)
	said := map[string]string{} // name of a field or column: a command that writes it
	for _, command := range fieldCommands {
		var value any
		if err := json.Unmarshal(standardOutput(command), &value); err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		for _, key := range keys(value) {
			said[key] = command
		}
	}
	for _, command := range columnCommands {
		header, _, _ := bytes.Cut(standardOutput(command), []byte("\n"))
		for column := range strings.SplitSeq(string(header), ",") {
			said[column] = command
		}
	}
	for name, command := range said {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/formats.md does not name `%s`, which kbverify %s writes", name, command)
		}
	}
	if len(said) < 70 {
		t.Errorf("%d fields and columns found", len(said))
	}
}

func standardOutput(command string) []byte {
	var stdout bytes.Buffer
	run(context.Background(), strings.Fields(local(command)), nil, &stdout, io.Discard)
	return stdout.Bytes()
}

// keys lists the keys of all objects in a value of JSON, but for "counts", whose
// keys are verdicts.
func keys(value any) (all []string) {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			all = append(all, key)
			if key != "counts" {
				all = append(all, keys(below)...)
			}
		}
	case []any:
		for _, below := range v {
			all = append(all, keys(below)...)
		}
	}
	return all
}
