package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	w.Close()
	return b.String()
}

// A saved result gives every report as the run itself did, byte for byte, however it
// was saved.
func TestReportsAreThoseOfTheRun(t *testing.T) {
	t.Chdir(t.TempDir())
	roots := append(testRoots(t), "nowhere")
	for n, args := range [][]string{
		{"verify", "-k", "KB977203", "-k", "Q252717", "-k", "KB977384/SP2"},
		{"detect"},
		{"detect", "-k", "Q252717", "-k", "977203"},
	} {
		asked := append(slices.Clone(args), roots...)
		asJSON, _ := commandLine(t, append(asked, "-f", "json")...)
		asLines, _ := commandLine(t, append(asked, "-f", "jsonl")...)
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(asJSON)); err != nil {
			t.Fatal(err)
		}
		for kind, text := range map[string]string{
			"json": asJSON, "json.gz": gzipped(asJSON), "jsonl": asLines, "compact.json": compact.String(),
			"jsonl.gz": gzipped(utf16LE(asLines)), "utf16.json": utf16LE(asJSON), "utf16bare.json": utf16LE(asJSON)[2:],
			"bom.json": "\xef\xbb\xbf" + asJSON, "crlf.jsonl": strings.ReplaceAll(asLines, "\n", "\r\n"),
		} {
			saved := fmt.Sprintf("saved%d.%s", n, kind)
			if err := os.WriteFile(saved, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if got, code := commandLine(t, "report", "-f", "json", saved); got != asJSON || code != 2 {
				t.Errorf("%v as %s: exit code %d\n%s", args, kind, code, firstLines(cmp.Diff(asJSON, got)))
			}
		}
		for _, format := range report.RootFormats {
			for _, look := range [][]string{nil, {"-v"}, {"-q"}} {
				if format != report.Table && look != nil {
					continue // they look the same
				}
				shown := append([]string{"-f", string(format)}, look...)
				want, wantCode := commandLine(t, append(slices.Clone(asked), shown...)...)
				got, code := commandLine(t, append([]string{"report", fmt.Sprintf("saved%d.jsonl", n)}, shown...)...)
				if got != want || code != wantCode {
					t.Errorf("%v %v: exit codes %d and %d\n%s", args, shown, wantCode, code, firstLines(cmp.Diff(want, got)))
				}
			}
		}
	}
}

// nightly is a result of one root of one host, read on a day of February 2010.
func nightly(host, root string, day int, state result.State, hotfixes ...string) *result.Result {
	at := result.Taken{Command: result.Verify, Host: host, Start: time.Date(2010, 2, day, 3, 0, 0, 0, time.UTC)}
	at.End = at.Start.Add(time.Minute)
	r := result.RootResult{Root: root, Taken: at, Seen: 1}
	for _, id := range hotfixes {
		verdict, version := result.OK, manifest.Version{2, 0, 1380, 1125}
		if state == result.Partial {
			verdict, version = result.Older, manifest.Version{2, 0, 1380, 1000}
		}
		r.Tables = append(r.Tables, result.TableResult{Hotfix: id, State: state, Counts: map[result.Verdict]int{verdict: 1},
			Rows: []result.RowResult{{Name: "Ccm.dll", Version: exactly(manifest.Version{2, 0, 1380, 1125}), Verdict: verdict, Copies: []result.CopyResult{
				{Path: "bin/Ccm.dll", Version: exactly(version), Size: 9, Verdict: verdict, Notes: []result.Reason{}}}}}})
	}
	return &result.Result{Tool: result.Tool{Name: "kbverify", Version: "1.2.3", Catalog: "x"}, Roots: []result.RootResult{r}, Taken: at, Exit: r.Code()}
}

func exactly(v manifest.Version) result.Version {
	printed, err := manifest.ParsePrinted(v.String())
	if err != nil {
		panic(err)
	}
	return printed
}

// unread is a result of a root that could not be read.
func unread(r *result.Result, hotfixes ...string) *result.Result {
	r.Roots[0].Error, r.Roots[0].Tables, r.Roots[0].Asked, r.Exit = "root gone", nil, hotfixes, result.ExitTrouble
	return r
}

// save writes a result as a run would.
func save(t *testing.T, path string, r *result.Result) {
	t.Helper()
	format := report.JSON
	if strings.HasSuffix(path, ".jsonl") {
		format = report.JSONL
	}
	var b bytes.Buffer
	if err := report.Write(&b, format, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// summary gives the hosts, days and states of a report as JSON.
func summary(t *testing.T, text string) string {
	t.Helper()
	var r result.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	var lines []string
	for _, root := range r.Roots {
		line := fmt.Sprintf("%s %d", root.Taken.Host, root.Taken.Start.Day())
		for _, table := range root.Tables {
			line += fmt.Sprintf(" %s %s", table.Hotfix, table.State)
		}
		if root.Error != "" {
			line += " unread"
		}
		if root.Older > 0 {
			line += fmt.Sprintf(" +%d", root.Older)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

// Of a root the newest result counts that answers at least the same question.
func TestNewest(t *testing.T) {
	const in, half = result.Installed, result.Partial
	for name, tt := range map[string]struct {
		saved []*result.Result
		want  string
		all   string
		code  int
	}{
		"nights": {[]*result.Result{nightly("A", "r", 1, half, "KB1"), nightly("A", "r", 3, in, "KB1"), nightly("A", "r", 2, half, "KB1")},
			"A 3 KB1 installed +2", "A 1 KB1 partial; A 3 KB1 installed; A 2 KB1 partial", 0},
		"another host is another root": {[]*result.Result{nightly("A", "r", 1, half, "KB1"), nightly("B", "r", 3, in, "KB1")},
			"A 1 KB1 partial; B 3 KB1 installed", "", 1},
		"another root": {[]*result.Result{nightly("A", "r", 1, half, "KB1"), nightly("A", "s", 3, in, "KB1")},
			"A 1 KB1 partial; A 3 KB1 installed", "", 1},
		"another question": {[]*result.Result{nightly("A", "r", 1, half, "KB1"), nightly("A", "r", 3, in, "KB2")},
			"A 1 KB1 partial; A 3 KB2 installed", "", 1},
		"a question of more": {[]*result.Result{nightly("A", "r", 1, half, "KB1"), nightly("A", "r", 3, in, "KB2", "KB1")},
			"A 3 KB2 installed KB1 installed +1", "A 1 KB1 partial; A 3 KB2 installed KB1 installed", 0},
		"a question of less": {[]*result.Result{nightly("A", "r", 1, half, "KB1", "KB2"), nightly("A", "r", 3, in, "KB2")},
			"A 1 KB1 partial KB2 partial; A 3 KB2 installed", "", 1},
		"a failure counts": {[]*result.Result{nightly("A", "r", 1, in, "KB1"), unread(nightly("A", "r", 2, in), "KB1")},
			"A 2 unread +1", "A 1 KB1 installed; A 2 unread", 2},
		"a failure of another question": {[]*result.Result{nightly("A", "r", 1, in, "KB1"), unread(nightly("A", "r", 2, in), "KB2")},
			"A 1 KB1 installed; A 2 unread", "", 2},
		"a failure is over": {[]*result.Result{unread(nightly("A", "r", 1, in), "KB1"), nightly("A", "r", 2, in, "KB1")},
			"A 2 KB1 installed +1", "A 1 unread; A 2 KB1 installed", 0},
		"Windows' names": {[]*result.Result{nightly("a", `D:\sms\`, 1, half, "KB1"), nightly("A", `D:\SMS`, 2, in, "KB1")},
			"A 2 KB1 installed +1", "a 1 KB1 partial; A 2 KB1 installed", 0},
		"the same file twice": {[]*result.Result{nightly("A", "r", 1, half, "KB1"), nightly("A", "r", 1, half, "KB1")},
			"A 1 KB1 partial", "A 1 KB1 partial", 1},
		"one second, two results": {[]*result.Result{nightly("A", "r", 1, half, "KB1"), nightly("A", "r", 1, in, "KB1")},
			"A 1 KB1 partial; A 1 KB1 installed", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for i, r := range tt.saved {
				save(t, fmt.Sprintf("%d.json", i), r)
			}
			text, code := commandLine(t, "report", "-f", "json", ".")
			if got := summary(t, text); got != tt.want || code != tt.code {
				t.Errorf("%s, exit code %d; want %s, %d", got, code, tt.want, tt.code)
			}
			if tt.all == "" {
				tt.all = tt.want
			}
			if text, _ := commandLine(t, "report", "--all", "-f", "json", "."); summary(t, text) != tt.all {
				t.Errorf("--all: %s, want %s", summary(t, text), tt.all)
			}
			for range 2 { // a report among what it is made of changes nothing
				if _, again := commandLine(t, "report", "-f", "json", "-o", "all.json", "."); again != tt.code {
					t.Errorf("exit code %d of the report in its own folder", again)
				}
			}
			both, code := commandLine(t, "report", "-f", "json", ".")
			if got := regexp.MustCompile(` \+\d`).ReplaceAllString(summary(t, both), ""); len(strings.Split(got, ";")) !=
				len(strings.Split(tt.want, ";")) || code != tt.code {
				t.Errorf("beside its report: %s, exit code %d; want %s", got, code, tt.want)
			}
		})
	}
}

// One root name on several hosts is told apart in every format.
func TestHostsAreToldApart(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("in", 0o755); err != nil {
		t.Fatal(err)
	}
	save(t, "in/1.json", nightly("SITE1", `D:\SMS`, 1, result.Installed, "KB1"))
	save(t, "in/2.jsonl", nightly("SITE2", `D:\SMS`, 2, result.Partial, "KB1"))
	save(t, "in/3.json", unread(nightly("SITE3", `D:\SMS`, 2, result.Partial), "KB1"))
	for _, format := range report.RootFormats {
		for _, look := range []string{"-v", "-q"} {
			text, code := commandLine(t, "report", look, "-f", string(format), "in")
			for i := 1; i <= 3; i++ {
				if !strings.Contains(text, fmt.Sprintf("SITE%d", i)) || code != 2 {
					t.Errorf("-f %s %s: exit code %d, and no SITE%d in\n%s", format, look, code, i, text)
				}
			}
		}
	}
	if err := os.WriteFile("all.json", []byte(standardText(t, "report", "-f", "json", "in")), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"table", "csv", "json"} { // the report of a report is that report
		want, _ := commandLine(t, "report", "-f", format, "in")
		if got, code := commandLine(t, "report", "-f", format, "all.json"); got != want || code != 2 {
			t.Errorf("-f %s: exit code %d\n%s", format, code, cmp.Diff(want, got))
		}
	}
}

func standardText(t *testing.T, args ...string) string {
	t.Helper()
	text, _ := commandLine(t, args...)
	return text
}

// No root is lost silently: what cannot be read stands in the report, beside what can.
func TestNothingIsLost(t *testing.T) {
	good := func(t *testing.T) (whole, lines string) {
		save(t, "x", nightly("A", "r", 1, result.Installed, "KB1"))
		save(t, "x.jsonl", nightly("A", "r", 1, result.Installed, "KB1"))
		a, err := os.ReadFile("x")
		b, errLines := os.ReadFile("x.jsonl")
		if err != nil || errLines != nil {
			t.Fatal(err, errLines)
		}
		return string(a), string(b)
	}
	t.Chdir(t.TempDir())
	whole, lines := good(t)
	first, last, _ := strings.Cut(lines, "\n")
	for name, tt := range map[string]struct {
		file, text, want string
		roots            int // that are read
	}{
		"nothing":                 {"a.json", "", `result "a.json": is empty`, 0},
		"blanks":                  {"a.json", " \r\n", `result "a.json": is empty`, 0},
		"cut off":                 {"a.json", whole[:len(whole)-3], `line 52: cut off here`, 1},
		"cut off within the root": {"a.json", whole[:300], `roots[0]: cut off here`, 0},
		"no last line":            {"a.jsonl", first + "\n", `result "a.jsonl": is cut off: the last line is missing`, 1},
		"half a last line":        {"a.jsonl", lines[:len(lines)-9], `line 2: cut off here`, 1},
		"half a line":             {"a.jsonl", first[:100], `line 1: cut off here`, 0},
		"a line too few":          {"a.jsonl", last, `its last line counts 1 before it, and there are 0`, 0},
		"a line lost":             {"a.jsonl", first + "\n" + strings.Replace(last, `"count":1`, `"count":2`, 1), `its last line counts 2 before it, and there are 1`, 1},
		"two in one file":         {"a.jsonl", lines + lines, `line 3: something follows the last line`, 1},
		"something behind":        {"a.json", whole + "x", `something follows the closing brace`, 1},
		"two keys":                {"a.json", strings.Replace(whole, `"seen": 1,`, `"seen": 1, "seen": 2,`, 1), `the key "seen" stands here twice`, 0},
		"a schema to come":        {"a.json", strings.Replace(whole, `"schema": 1`, `"schema": 2`, 1), `line 2, schema: schema 2: this program reads schema 1`, 0},
		"a state to come":         {"a.json", strings.Replace(whole, `"installed"`, `"in\u0073ane"`, 1), `roots[0]: tables[0]: no state "insane" is known here: a newer kbverify wrote it`, 0},
		"a verdict to come":       {"a.json", strings.Replace(whole, `"verdict": "ok"`, `"verdict": "fine"`, 1), `roots[0]: tables[0]: no verdict "fine" is known here`, 0},
		"a command to come":       {"a.json", strings.Replace(whole, `"command": "verify"`, `"command": "x"`, 1), `no command "x" is known here`, 0},
		"a lie":                   {"a.json", strings.Replace(whole, `"verdict": "ok"`, `"verdict": "older"`, 1), `says that the hotfix is installed, and that "Ccm.dll" is older`, 0},
		"another exit code":       {"a.json", strings.Replace(whole, `"exit": 0`, `"exit": 2`, 1), `says exit code 2, and its roots come to 0`, 1},
		"an exit code of nobody":  {"a.json", strings.Replace(whole, `"exit": 0`, `"exit": 3`, 1), `exit: no exit code`, 1},
		"a number that is none":   {"a.json", strings.Replace(whole, `"seen": 1`, `"seen": "1"`, 1), `roots[0]: json: cannot unmarshal string`, 0},
		"no name":                 {"a.json", strings.Replace(whole, `"root": "r"`, `"root": ""`, 1), `no root is named`, 0},
		"no JSON":                 {"a.json", "kbverify: root: no such file", `line 1: invalid character 'k'`, 0},
		"no text":                 {"a.json", "\xff\xff\xff", `neither UTF-8 nor UTF-16 text`, 0},
		"no gzip":                 {"a.json.gz", "\x1f\x8b\x08", `the compressed text is cut off`, 0},
		"half a gzip":             {"a.json.gz", gzipped(whole)[:200], `roots[0]: the compressed text is cut off`, 0},
		"a control character":     {"\x1b[31m.json", "x", `result "\x1b[31m.json": line 1`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if runtime.GOOS == "windows" && strings.Contains(tt.file, "\x1b") {
				return
			}
			save(t, "good.json", nightly("B", "r", 1, result.Installed, "KB1"))
			if err := os.WriteFile(tt.file, []byte(tt.text), 0o644); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			code := run(context.Background(), []string{"report", "-f", "json", "."}, nil, &stdout, &stderr)
			var r result.Result
			if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			failed := 0
			for _, root := range r.Roots {
				if root.Error != "" {
					failed++
					if !strings.Contains(root.Error, tt.want) {
						t.Errorf("%s, want %s", root.Error, tt.want)
					}
				}
			}
			if code != 2 || failed != 1 || len(r.Roots) != tt.roots+2 || !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("exit code %d, %d of %d roots failed, want 1 of %d; on stderr: %s", code, failed, len(r.Roots), tt.roots+2, &stderr)
			}
			if strings.Contains(stdout.String()+stderr.String(), "\x1b") {
				t.Error("a control character came through")
			}
		})
	}
}

// What names no result is an answer of its own, and a folder's other files are passed over.
func TestNoResults(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"sub/inventory.json": `{"schema":1,"kind":"kbverify-inventory","root":"x"}`,
		"sub/package.json": `{"name": "x", "version": "1"}`, "sub/list.json": `[1, 2]`, "sub/manifest.json": exampleManifest, "sub/notes.txt": "x", "none/notes.txt": "x"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	save(t, "sub/good.json", nightly("A", "r", 1, result.Installed, "KB1"))
	for arg, want := range map[string]struct {
		code   int
		stderr string
	}{
		"sub":                          {0, `"` + filepath.Join("sub", "inventory.json") + `": is no result: its kind is "kbverify-inventory", passed over`},
		filepath.Join("sub", "*.json"): {2, `is no result: its kind is "kbverify-inventory"`},
		"sub/g*.json":                  {0, ""},
		"none":                         {2, `result "none": no .json, .jsonl, .json.gz, .jsonl.gz in this folder`},
		"n*.json":                      {2, `result "n*.json": no file has such a name`},
		"gone":                         {2, `result "gone": `},
		"-":                            {2, `result "standard input": is empty`},
	} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), []string{"report", "-q", arg}, strings.NewReader(""), &stdout, &stderr)
		if code != want.code || !strings.Contains(stderr.String(), want.stderr) {
			t.Errorf("%s: exit code %d\n%s%s", arg, code, &stdout, &stderr)
		}
	}
	for _, args := range [][]string{{"report"}, {"report", "-f", "xml", "sub"}} {
		if text, code := commandLine(t, args...); code != 2 || text != "" {
			t.Errorf("%v: exit code %d, %s", args, code, text)
		}
	}
}

// Results of the first edition say neither schema nor kind, nor what was asked, when and
// where.
func TestFirstEdition(t *testing.T) {
	t.Chdir(t.TempDir())
	detection := nightly("", "r", 1, result.NotInstalled, "KB1")
	detection.Roots[0].Tables[0].Rows[0].Verdict = result.Older
	detection.Roots[0].Absent, detection.Exit = 5, 0
	narrow := nightly("", "s", 1, result.NotInstalled, "KB1")
	narrow.Roots[0].Tables[0].Rows[0].Verdict, narrow.Exit = result.Older, 0
	verification := nightly("", "v", 1, result.NotInstalled, "KB1")
	verification.Roots[0].Tables[0].Rows[0].Verdict = result.Older
	for name, r := range map[string]*result.Result{"1.json": detection, "2.json": narrow, "3.json": verification} {
		type plain result.Result
		r.Taken, r.Roots[0].Taken = result.Taken{}, result.Taken{}
		text, err := json.Marshal((*plain)(r))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, code := commandLine(t, "report", "-f", "json", ".")
	var r result.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	var commands []result.Command
	for _, root := range r.Roots {
		commands = append(commands, root.Taken.Command)
	}
	if want := []result.Command{result.Detect, result.Detect, result.Verify}; !slices.Equal(commands, want) || code != 1 {
		t.Errorf("%v, exit code %d", commands, code)
	}
}

// Keys that a later minor version adds change nothing.
func TestUnknownKeys(t *testing.T) {
	t.Chdir(t.TempDir())
	save(t, "a.json", nightly("A", "r", 1, result.Partial, "KB1"))
	text, err := os.ReadFile("a.json")
	if err != nil {
		t.Fatal(err)
	}
	more := regexp.MustCompile(`"(schema|root|hotfix|name|path)":`).ReplaceAllString(string(text), `"new_$1": {"x": [1, null]}, "$1":`)
	if err := os.WriteFile("b.json", []byte(strings.Replace(more, `"new_schema": {"x": [1, null]}, "schema": 1`, `"schema": 1, "new": 7`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	want, wantCode := commandLine(t, "report", "-f", "json", "a.json")
	if got, code := commandLine(t, "report", "-f", "json", "b.json"); got != want || code != wantCode || code != 1 {
		t.Errorf("exit code %d\n%s", code, cmp.Diff(want, got))
	}
}

// estateLines is a result as JSON lines of many roots of many rows, one line at a time.
type estateLines struct {
	roots, at int
	row       string // of each root, with the number of its host in it
	rest      []byte
	watch     *heapWatch
}

func newEstateLines(t *testing.T, roots, rows int, w *heapWatch) *estateLines {
	r := nightly("HOST00000", `D:\SMS`, 1, result.Partial, "KB1")
	table := &r.Roots[0].Tables[0]
	for i := range rows - 1 {
		row := table.Rows[0]
		row.Name = fmt.Sprintf("File%d.dll", i)
		row.Copies = slices.Clone(row.Copies)
		row.Copies[0].Path = "bin/i386/" + row.Name
		if i > 0 { // of a root with one bad file in a hundred
			row.Verdict, row.Copies[0].Verdict = result.OK, result.OK
		}
		table.Rows = append(table.Rows, row)
	}
	text, err := json.Marshal(r.Roots[0])
	if err != nil {
		t.Fatal(err)
	}
	return &estateLines{roots: roots, row: string(text) + "\n", watch: w}
}

func (e *estateLines) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		switch {
		case e.at < e.roots:
			e.rest = []byte(strings.Replace(e.row, "HOST00000", fmt.Sprintf("HOST%05d", e.at), 1))
		case e.at == e.roots:
			e.rest = fmt.Appendf(nil, `{"schema":1,"kind":"kbverify-result","tool":{"name":"kbverify","version":"1","catalog":"x"},"count":%d,`+
				`"taken":{"command":"report"},"exit":1}`, e.roots)
		default:
			return 0, io.EOF
		}
		e.at++
		_, _ = e.watch.Write(e.rest)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// KBVERIFY_RESULTS=10000 takes so many results instead of a few hundred.
const resultsAsked = "KBVERIFY_RESULTS"

// Results need the memory of a few and a line for each, whatever the format.
func TestReportForgets(t *testing.T) {
	if raceDetector {
		t.Skip("memory is not measured with the race detector on")
	}
	roots := serversNumber(t, resultsAsked, 600)
	runtime.GC()
	var before runtime.MemStats // what other tests have left
	runtime.ReadMemStats(&before)
	most := before.HeapAlloc + uint64(6<<20+roots*512)
	for _, format := range report.RootFormats {
		w := &heapWatch{next: 1}
		in := newEstateLines(t, roots, 100, w)
		begun := time.Now()
		args := []string{"report", "-v", "-f", string(format), "-"}
		code := run(context.Background(), args, in, w, io.Discard)
		if code == 0 || in.at != roots+1 {
			t.Fatalf("%s: exit code %d, %d roots read", format, code, in.at)
		}
		if w.peak > most {
			t.Errorf("%s: %d KB in use, want at most %d", format, w.peak>>10, most>>10)
		}
		t.Logf("%s: %d results of 100 rows, %d MB read and written, at most %d KB in use, %v", format, roots, w.written>>20, w.peak>>10,
			time.Since(begun).Round(time.Millisecond))
	}
}

// What changed since, of roots that are found again by host, root and what was asked.
func TestSince(t *testing.T) {
	const in, half = result.Installed, result.Partial
	for name, tt := range map[string]struct {
		was, now []*result.Result
		want     string // the first line of the table
		code     int
	}{
		"nothing":    {[]*result.Result{nightly("A", "r", 1, in, "KB1")}, []*result.Result{nightly("A", "r", 2, in, "KB1")}, "1 root, nothing changed", 0},
		"still half": {[]*result.Result{nightly("A", "r", 1, half, "KB1")}, []*result.Result{nightly("A", "r", 2, half, "KB1")}, "1 root, nothing changed", 0},
		"worse":      {[]*result.Result{nightly("A", "r", 1, in, "KB1")}, []*result.Result{nightly("A", "r", 2, half, "KB1")}, "1 root: 1 worse, 0 as before", 1},
		"better":     {[]*result.Result{nightly("A", "r", 1, half, "KB1")}, []*result.Result{nightly("A", "r", 2, in, "KB1")}, "1 root: 1 better, 0 as before", 0},
		"each newest": {[]*result.Result{nightly("A", "r", 1, half, "KB1"), nightly("A", "r", 2, in, "KB1")},
			[]*result.Result{nightly("A", "r", 3, half, "KB1"), nightly("A", "r", 4, in, "KB1")}, "1 root, nothing changed", 0},
		"two hosts": {[]*result.Result{nightly("A", "r", 1, in, "KB1"), nightly("B", "r", 1, half, "KB1")},
			[]*result.Result{nightly("B", "r", 2, half, "KB1"), nightly("A", "r", 2, in, "KB1")}, "2 roots, nothing changed", 0},
		"another host":            {[]*result.Result{nightly("A", "r", 1, in, "KB1")}, []*result.Result{nightly("B", "r", 2, in, "KB1")}, "2 roots: 1 new, 1 gone, 0 as before", 2},
		"a share":                 {[]*result.Result{nightly("A", `\\S\x`, 1, in, "KB1")}, []*result.Result{nightly("B", `\\s\X`, 2, in, "KB1")}, "1 root, nothing changed", 0},
		"a host that was unknown": {[]*result.Result{nightly("", "r", 1, in, "KB1")}, []*result.Result{nightly("B", "r", 2, in, "KB1")}, "1 root, nothing changed", 0},
		"two questions": {[]*result.Result{nightly("A", "r", 1, in, "KB1"), nightly("A", "r", 1, half, "KB2")},
			[]*result.Result{nightly("A", "r", 2, half, "KB2"), nightly("A", "r", 2, in, "KB1")}, "2 roots, nothing changed", 0},
		"asked more":  {[]*result.Result{nightly("A", "r", 1, in, "KB1")}, []*result.Result{nightly("A", "r", 2, in, "KB1", "KB2")}, "1 root: 1 changed otherwise, 0 as before", 0},
		"not checked": {[]*result.Result{nightly("A", "r", 1, in, "KB1")}, []*result.Result{unread(nightly("A", "r", 2, in), "KB1")}, "1 root: 1 worse, 0 as before", 2},
		"gone":        {[]*result.Result{nightly("A", "r", 1, in, "KB1"), nightly("A", "s", 1, in, "KB1")}, []*result.Result{nightly("A", "s", 2, in, "KB1")}, "2 roots: 1 gone, 1 as before", 2},
		"new":         {[]*result.Result{nightly("A", "r", 1, in, "KB1")}, []*result.Result{nightly("A", "r", 2, in, "KB1"), nightly("A", "s", 2, half, "KB1")}, "2 roots: 1 new, 1 as before", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for dir, results := range map[string][]*result.Result{"old": tt.was, "new": tt.now} {
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				for i, r := range results {
					save(t, fmt.Sprintf("%s/%d.json", dir, i), r)
				}
			}
			for _, look := range []string{"-v", "-q"} {
				text, code := commandLine(t, "report", look, "--since", "old", "new")
				if first, _, _ := strings.Cut(text, "\n"); first != tt.want || code != tt.code {
					t.Errorf("%s: %s, exit code %d; want %s, %d\n%s", look, first, code, tt.want, tt.code, text)
				}
			}
			var doc struct {
				Kind      string
				Roots     []struct{ Change string }
				Unchanged int
				Exit      int
			}
			text, code := commandLine(t, "report", "-f", "json", "--since", "old", "new")
			if err := json.Unmarshal([]byte(text), &doc); err != nil || doc.Exit != tt.code || code != tt.code || doc.Kind != "kbverify-changes" {
				t.Errorf("exit code %d, %v in %s", code, err, text)
			}
			if n, _, _ := strings.Cut(tt.want, " "); n != fmt.Sprint(len(doc.Roots)+doc.Unchanged) {
				t.Errorf("%d roots changed and %d did not, want %s", len(doc.Roots), doc.Unchanged, n)
			}
		})
	}
}

// A name from a hostile disk is text in what changed, too.
func TestSinceIsClean(t *testing.T) {
	t.Chdir(t.TempDir())
	const evil = "\x1b[31m\u202eevil"
	was, now := nightly("A"+evil, "r"+evil, 1, result.Installed, "KB1"+evil), nightly("A"+evil, "r"+evil, 2, result.Partial, "KB1"+evil)
	for i, r := range []*result.Result{was, now} {
		root := &r.Roots[0]
		row := &root.Tables[0].Rows[0]
		row.Name, row.Copies[0].Path, row.Copies[0].Platform = evil, evil, evil+fmt.Sprint(i)
		root.Faults = []result.FaultResult{{Path: evil, Error: evil + fmt.Sprint(i)}}
		r.Exit = root.Code()
		text, err := json.Marshal(r)
		if err == nil {
			err = os.WriteFile(fmt.Sprintf("%d.json", i), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"report", "-v", "--since", "0.json", "1.json"}, {"report", "-f", "json", "--since", "0.json", "1.json"},
		{"report", "-v", "--all", "0.json", "1.json"}, {"report", "-f", "csv", "--all", "0.json", "1.json"}, {"report", "-f", "jsonl", "--all", "0.json", "1.json"}} {
		text, _ := commandLine(t, args...)
		if strings.ContainsAny(text, "\x1b\u202e") || !strings.Contains(text, "evil") {
			t.Errorf("%v: %q", args, text)
		}
	}
	for _, args := range [][]string{{"report", "--all", "--since", "0.json", "1.json"}, {"report", "-f", "csv", "--since", "0.json", "1.json"}, {"report", "--since", "0.json"}} {
		if text, code := commandLine(t, args...); code != 2 || text != "" {
			t.Errorf("%v: exit code %d, %s", args, code, text)
		}
	}
}
