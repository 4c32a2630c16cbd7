package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/cabtest"
	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/petest"
)

// project is the folder that the documents stand in, seen from this package's tests.
const project = "../.."

// documents gives the text of README.md and of every page in docs, by path
// below the project.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(project, "docs", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages in docs: %v", len(pages), err)
	}
	texts := map[string]string{}
	for _, path := range append(pages, filepath.Join(project, "README.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(project, path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.ToSlash(rel)] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	return texts
}

var (
	// transcripts begin with a command, and show what the commands in them print.
	transcripts = regexp.MustCompile("(?ms)^```text\n(> kbverify .*?)^```$")
	// examples are files that the commands below them read, named behind the kind.
	examples = regexp.MustCompile("(?ms)^```json ?(\\S*)\n(.*?)^```$")
)

// The transcripts of every document show what the program prints, each document
// in a folder of its own. -update writes them anew.
func TestDocsTranscripts(t *testing.T) {
	place, err := filepath.Abs(project)
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for path, text := range documents(t) {
		shown := len(regexp.MustCompile(`(?m)^\s*> kbverify`).FindAllString(text, -1))
		all += shown
		t.Run(path, func(t *testing.T) {
			t.Chdir(t.TempDir())
			sampleRoots(t)
			writeExamples(t, text)
			now, ran := rerun(text)
			if shown != ran {
				t.Errorf("%d commands are shown and %d were run: a transcript is a block of text that begins with a command", shown, ran)
			}
			if *update {
				if err := os.WriteFile(filepath.Join(place, path), []byte(now), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(text, now); d != "" {
				t.Errorf("%s (-update writes it anew):\n%s", path, d)
			}
		})
	}
	if all < 20 {
		t.Errorf("%d commands in all transcripts", all)
	}
}

// writeExamples writes the files that a document shows in full. One that no
// command reads would be tested by nothing.
func writeExamples(t *testing.T, text string) {
	t.Helper()
	for _, block := range examples.FindAllStringSubmatch(text, -1) {
		name, content := block[1], block[2]
		id := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		if name == "" || !regexp.MustCompile(`(?m)^> kbverify .*`+regexp.QuoteMeta(id)).MatchString(text) {
			t.Errorf("the example %q is read by no command of its document", name)
			continue
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// rerun gives the text with what the commands of its transcripts print now, and
// how many were run. "echo %ERRORLEVEL%" shows the exit code of the one before.
func rerun(text string) (now string, ran int) {
	now = transcripts.ReplaceAllStringFunc(text, func(block string) string {
		out, code := "```text\n", 0
		for line := range strings.Lines(block) {
			if command, ok := strings.CutPrefix(line, "> kbverify "); ok {
				var printed string
				printed, code = transcript(strings.TrimSpace(command))
				out += line + printed
				ran++
			} else if line == "> echo %ERRORLEVEL%\n" {
				out += fmt.Sprintf("%s%d\n", line, code)
			}
		}
		return out + "```"
	})
	return now, ran
}

// local gives the place below the current folder that stands for a Windows root
// in the documents, of the same length: D:\SMS is D_/SMS, \\SITE01\SMS is __SITE01/SMS.
func local(text string) string {
	text = regexp.MustCompile(`\\\\([A-Z])`).ReplaceAllString(text, "__$1")
	return strings.ReplaceAll(regexp.MustCompile(`\b([CD]):\\`).ReplaceAllString(text, "${1}_/"), `\`, "/")
}

// transcript runs a command line of a document, and gives what a terminal shows
// and the exit code.
func transcript(command string) (string, int) {
	var shown bytes.Buffer
	code := run(context.Background(), strings.Fields(local(command)), nil, &shown, &shown)
	text := catalogueVersion.ReplaceAllString(shown.String(), "catalogue 0123456789ab")
	text = regexp.MustCompile(`"catalog": "[0-9a-f+]*"`).ReplaceAllString(text, `"catalog": "0123456789ab"`)
	backslash := `\`
	if strings.HasPrefix(text, "{") { // JSON
		backslash = `\\`
	}
	for _, word := range strings.Fields(command) {
		if strings.Contains(word, `\`) {
			text = strings.ReplaceAll(text, local(word), strings.ReplaceAll(word, `\`, backslash))
		}
	}
	return text, code
}

// sampleRoots builds, below the current folder, the roots that the documents are about.
func sampleRoots(t *testing.T) {
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
	certificates := healthy(tableOf(t, c, "KB977203/SP2"))
	certificates = append(certificates, backedUp(certificates[:3], "backup/KB977203")...)
	writeRoot(t, local(`\\SITE03\SMS_S03`), append(certificates, backedUp(certificates[3:5], "$NtUninstallKB977203$")...))
	writeRoot(t, local(`D:\SMS12`), halfOfPlatforms(tableOf(t, c, "Q226891/")))
	image := healthy(power)
	for i := range image {
		image[i].path = "Program Files/Configuration Manager/" + filepath.Base(image[i].path)
	}
	modified := time.Date(2010, 1, 25, 6, 27, 0, 0, time.UTC)
	writeRoot(t, local(`C:\image`), append(image,
		sampleFile{path: "Example.dll", spec: exampleSpec, modified: modified}, sampleFile{path: "Sample.dll", spec: articleSpec, modified: modified}))
	hotfix := packageOf(t, "Configuration Manager 2007 R3 prerequisites KB977384", local(`C:\image`), cabtest.MSZIP, below("Program Files"))
	if err := os.WriteFile("hotfix.msi", hotfix, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("own", 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{"own/KB900001.json": exampleManifest, "KB900009.txt": exampleArticle,
		"KB900010.csv": exampleCSV} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sampleDrop(t)
}

// sampleDrop is a share on which servers drop their results, of last night and of the
// night before: one became worse, and the copy of one was cut off.
func sampleDrop(t *testing.T) {
	t.Helper()
	atHost, atTime := hostname, now
	defer func() { hostname, now = atHost, atTime }()
	for _, night := range []struct {
		drop  string
		day   int
		roots []string // of SITE01 and the next, below each of which the same is asked
	}{
		{`\\FILES\drop.old`, 2, []string{`\\SITE01\SMS_S01`, `\\SITE01\SMS_S01`, `D:\SMS`}},
		{`\\FILES\drop`, 3, []string{`\\SITE01\SMS_S01`, `\\SITE02\SMS_S02`, `D:\SMS`}},
	} {
		if err := os.MkdirAll(local(night.drop), 0o755); err != nil {
			t.Fatal(err)
		}
		now = func() time.Time { return time.Date(2010, 2, night.day, 3, 0, 0, 0, time.UTC) }
		for i, root := range night.roots {
			host := fmt.Sprintf("SITE%02d", i+1)
			hostname = func() string { return host }
			text := string(standardOutput("verify -k KB977384 -f json " + root))
			text = strings.ReplaceAll(text, fmt.Sprintf("%q", local(root)), `"D:\\SMS"`)
			if i == 2 && night.day == 3 {
				text = text[:len(text)/2]
			}
			if err := os.WriteFile(filepath.Join(local(night.drop), host+".json"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// backedUp are the files that a hotfix replaced, as an installer keeps them.
func backedUp(files []sampleFile, folder string) (old []sampleFile) {
	for _, f := range files {
		f.path = folder + "/" + filepath.Base(f.path)
		f.spec.Version[3] = 2000
		f.spec.Size -= 512
		old = append(old, f)
	}
	return old
}

// halfOfPlatforms are the files of a table for x86, in the layout of SMS 1.2,
// beside an Alpha folder that holds something else.
func halfOfPlatforms(table *manifest.Table) (files []sampleFile) {
	for _, f := range healthy(table) {
		if strings.HasPrefix(f.path, "bin/i386/") {
			f.path = "site.srv/x86.bin/" + filepath.Base(f.path)
			files = append(files, f)
		}
	}
	return append(files, sampleFile{path: "site.srv/alpha.bin/Smsexec.exe", spec: petest.Spec{Machine: petest.MachineOf(manifest.Alpha), Size: 4096}})
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

// The first file of the example article, and the only one that is taken.
var articleSpec = petest.Spec{Version: manifest.Version{4, 0, 6487, 2100}, Size: 12345}

// A page as a browser saves it as text.
const exampleArticle = `Article ID: 900009
A sample article for System Center Configuration Manager 2007 SP2.

File name    File version    File size   Date          Time   Platform
Sample.dll   4.0.6487.2100   12,345      01-Feb-2010   13:40  x86
             4.0.6487.2100   23,456      01-Feb-2010   13:40  x64
`

// What an update's page has as its file information.
const exampleCSV = `File name,File version,File size,Date,Time,Platform
Other.dll,4.0.6487.2200,"34,567",01-Mar-2010,13:40,x86
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
