//go:build unix

package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// hostileNames are what terminals, spreadsheets and readers of lines act on.
var hostileNames = []string{
	"escape\x1b[31m", "csi\u009b31m", "title\x1b]0;x\a", "line\nbreak", "return\rover", "tab\tand\vmore", "back\b\b\x7f",
	"bidi\u202egnp", "isolate\u2066x\u2069", "mark\u200f", "separator\u2028\u2029", "bom\ufeff", "zero\u200bwidth", "tag\U000e0041",
	"latin\xe4", "surrogate\xed\xa0\x80", "overlong\xc0\xaf", "=1+1", "+1", "-1", "@sum", "|pipe", `"quoted",`,
}

// plantHostile builds a root with every hostile name: of folders, files, links,
// what links lead to, and in resources.
func plantHostile(t *testing.T, root string) {
	t.Helper()
	for i, name := range hostileNames {
		spec := petest.Spec{Version: manifest.Version{2, 0, 1380, uint16(i)}, Strings: map[string]string{"ProductName": name, "CompanyName": name, "FileVersion": name}}
		for _, path := range []string{name + "/Ccm.dll", "Ccm" + name + ".dll", name + ".dll"} {
			path = filepath.Join(root, "bin", path)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), spec.WriteFile(path)); err != nil {
				t.Fatal(err)
			}
		}
		folder := filepath.Join(root, fmt.Sprint(i))
		if err := errors.Join(os.Mkdir(folder, 0o755), os.Symlink("no"+name, folder+"/Ccm.dll"), os.Symlink("../bin", folder+"/"+name)); err != nil {
			t.Fatal(err)
		}
	}
}

// plantManifests writes two manifests, whose texts begin like formulas and hold
// what JSON can hold.
func plantManifests(t *testing.T) {
	t.Helper()
	for name, text := range map[string]string{"formula": "=1+1", "control": "x\x1b[31m\u202e\nx"} {
		cell, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		manifest := strings.ReplaceAll(`{"schema": 1, "id": "KB999999", "title": X, "product": X, "notes": [X],
			"tables": [{"name": X, "applies_to": X, "files": [{"name": X, "version": "1.2.3.4", "as_printed": {"size": X}}]}]}`, "X", string(cell))
		if err := errors.Join(os.Mkdir(name, 0o755), os.WriteFile(name+"/m.json", []byte(manifest), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// Nothing from a name, a resource or a message reaches a terminal, a
// spreadsheet or a reader of lines raw: of no command, in no format.
func TestNothingReachesTheOutputRaw(t *testing.T) {
	t.Chdir(t.TempDir())
	plantManifests(t)
	for _, name := range []string{strings.Join(hostileNames[:len(hostileNames)-6], ""), "=1+1", "@sum"} {
		root := name
		plantHostile(t, root)
		inventory := name + ".json"
		for _, args := range [][]string{
			{"scan", "--all", root}, {"scan", root}, {"scan", "-o", inventory, "--all", root}, {"scan", root + "/none"},
			{"verify", "-k", "Q252717", root}, {"verify", "-v", "-k", "Q252717", root, inventory}, {"verify", "-q", "-k", "Q252717", root, root + "x"},
			{"verify", "-k", "Q252717", "-f", "json", root, root + "x"}, {"verify", "-k", "Q252717", "-f", "jsonl", root, root + "x"}, {"verify", "-k", "Q252717", "-f", "csv", root, root + "x"},
			{"detect", root}, {"detect", "-v", root, inventory, root + "x"}, {"detect", "-q", root, root + "x"},
			{"detect", "-f", "json", root, root + "x"}, {"detect", "-f", "jsonl", root}, {"detect", "-f", "csv", root, root + "x"},
			{"verify", "-k", "Q252717", "-f", "junit", root, root + "x"}, {"verify", "-k", "Q252717", "-f", "nagios", root, root + "x"}, {"verify", "-k", name, "-f", "nagios", root},
			{"detect", "-f", "junit", root, root + "x"}, {"detect", "-f", "nagios", root, root + "x"}, {"detect", "-f", "nagios", "--" + name},
			{"identify", "-v", "--strings", root, inventory, root + "x"}, {"identify", root + "/bin/" + hostileNames[0] + ".dll"},
			{"identify", "-f", "json", "--strings", root, root + "x"}, {"identify", "-f", "csv", "--strings", root, root + "x"}, {"identify", "-f", "csv", root + "/bin/" + hostileNames[0] + ".dll"},
			{"import", inventory}, {"import", "--id", "KB1", inventory}, {"import", root}, {"import", root + "/bin/" + hostileNames[0] + ".dll"}, {"import", "--product", name, "--id", "KB1", inventory},
			{"list", "--catalog", root}, {"list", name}, {"show", name}, {"show", "--catalog", root + "x", "KB977203"}, {"verify", "-m", inventory, root},
			{"list", "--catalog", "formula", "-f", "csv"}, {"show", "--catalog", "formula", "-f", "csv", "KB999999"}, {"show", "--catalog", "formula", "KB999999"}, {"list", "--catalog", "formula"},
			{"verify", "-m", "formula/m.json", "-f", "csv", root}, {"verify", "-m", "control/m.json", root}, {"list", "--catalog", "control"}, {"identify", "--catalog", "formula", "-f", "csv", root},
			{"verify", "-k", "Q252717", "--roots-from", inventory}, {"verify", "-k", "Q252717", "-o", root + "/x", root}, {"verify", "-k", "Q252717", "-o", root, "none"},
			{"verify", "-k", "Q252717", "--exclude", name, root}, {name}, {"demo", root}, {"help", name},
		} {
			code, stdout, stderr := runHere(t, args...)
			where := fmt.Sprintf("%q: exit %d", args, code)
			wantClean(t, where+", stderr", stderr)
			wantClean(t, where+", stdout", stdout)
			if strings.Contains(strings.Join(args, " "), "-f csv") {
				wantNoFormula(t, where, stdout)
			}
			for line := range strings.Lines(stdout) {
				if len(line) > 2000 && !strings.Contains(strings.Join(args, " "), "jsonl") {
					t.Errorf("%s: a line of %d bytes", where, len(line))
				}
			}
		}
	}
}

func wantClean(t *testing.T, where, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: invalid UTF-8: %q", where, text)
	}
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			t.Errorf("%s: holds %U: %q", where, r, text)
			return
		}
	}
}

func wantNoFormula(t *testing.T, where, text string) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil && text != "" {
		t.Errorf("%s: %v", where, err)
	}
	for _, record := range records {
		for _, cell := range record {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%s: the cell %q", where, cell)
			}
		}
	}
}
