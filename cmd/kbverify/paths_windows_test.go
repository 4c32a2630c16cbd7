package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbverify/manifest/catalog"
	"kbverify/manifests"
)

// buildRoot builds a root on which Q252717 is installed, and takes one file out
// for each name given, a path below the root with "/".
func buildRoot(t *testing.T, without ...string) string {
	t.Helper()
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := findTable("Q252717/SP1", nil, c)
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "SMS")
	for _, f := range healthy(&m.Tables[0]) {
		if err := f.write(root); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range without {
		if err := os.Remove(filepath.Join(root, filepath.FromSlash(path))); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func share(path string) string { return `\\localhost\` + path[:1] + `$` + path[2:] }

// spellings are names that Windows has for one path.
var spellings = map[string]func(path string) string{
	"drive letter":          func(path string) string { return path },
	"other case":            strings.ToUpper,
	"forward slashes":       filepath.ToSlash,
	"extended-length":       func(path string) string { return `\\?\` + path },
	"administrative share":  share,
	"extended-length share": func(path string) string { return `\\?\UNC` + share(path)[1:] },
}

// However Windows spells the root and the file, no result is written below the root.
func TestWindowsOutputBelowTheRoot(t *testing.T) {
	root := buildRoot(t)
	for name, spelled := range spellings {
		for other, respelled := range spellings {
			output := respelled(filepath.Join(root, "bin", "result.txt"))
			code, stdout, stderr := runHere(t, "verify", "-k", "Q252717", "-o", output, spelled(root))
			if code != 2 || stdout != "" || !strings.Contains(stderr, "belongs to the root") {
				t.Errorf("root: %s, output: %s: exit %d, stdout %q, stderr %q", name, other, code, stdout, stderr)
			}
		}
	}
	if found, err := filepath.Glob(filepath.Join(root, "bin", "*.txt")); err != nil || len(found) > 0 {
		t.Errorf("%q, %v", found, err)
	}
}

// However Windows spells the root, the verdict is the same, and paths in it have "/".
func TestWindowsVerify(t *testing.T) {
	good, bad := buildRoot(t), buildRoot(t, "bin/alpha/Ccm.dll")
	for name, spelled := range spellings {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := runHere(t, "verify", "-k", "Q252717", spelled(good))
			if code != 0 || !strings.Contains(stdout, "Q252717 SP1: INSTALLED") {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			code, stdout, stderr = runHere(t, "verify", "-k", "Q252717", "-f", "json", spelled(bad))
			if code != 1 || !strings.Contains(stdout, `"verdict": "missing"`) || !strings.Contains(stdout, `"path": "bin/i386/Ccm.dll"`) {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
		})
	}
}

// A platform folder alone is a root, also with what the command line of Windows
// leaves behind it.
func TestWindowsPlatformFolder(t *testing.T) {
	root := buildRoot(t)
	for _, folder := range []string{`\bin\i386`, `\bin\I386\`, `/bin/i386/`} {
		code, stdout, stderr := runHere(t, "verify", "-k", "Q252717", root+folder)
		if code != 0 || !strings.Contains(stdout, "INSTALLED") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", folder, code, stdout, stderr)
		}
	}
}

// What is excluded and where results go is written as Windows writes it.
func TestWindowsArguments(t *testing.T) {
	root := buildRoot(t, "bin/alpha/Ccm.dll")
	stale := filepath.Join(root, "Backup", "bin", "alpha", "Ccm.dll")
	if err := os.MkdirAll(filepath.Dir(stale), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stale, []byte("MZ"), 0o666); err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(t.TempDir(), "report.json")
	code, stdout, stderr := runHere(t, "verify", "-k", "Q252717", "-f", "json", "-o", output, "--exclude", `backup\bin`, root)
	report, err := os.ReadFile(output)
	if code != 1 || err != nil || stdout != "" || !strings.Contains(string(report), `"verdict": "missing"`) {
		t.Errorf("exit %d, %v, stdout %q, stderr %q, report %q", code, err, stdout, stderr, report)
	}
	if code, _, stderr = runHere(t, "verify", "-k", "Q252717", root); code != 2 {
		t.Errorf("with the damaged copy in the backup: exit %d, stderr %q, want 2", code, stderr)
	}
}

// An inventory taken on Windows gives the verdict of the root it was taken of.
func TestWindowsInventory(t *testing.T) {
	root := buildRoot(t, "bin/alpha/Ccm.dll")
	file := filepath.Join(t.TempDir(), "inventory.json")
	if code, stdout, stderr := runHere(t, "scan", "-o", file, root); code != 0 {
		t.Fatalf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	code, stdout, stderr := runHere(t, "verify", "-k", "Q252717", "-q", file)
	if want := "Q252717 SP1: PARTIAL, 5 of 6 files in place"; code != 1 || !strings.Contains(stdout, want) {
		t.Errorf("exit %d, stdout %q, stderr %q, want %q", code, stdout, stderr, want)
	}
}

// Names that Windows has for devices and streams, and what it makes of a backslash before
// a quotation mark, are answered in the user's words; NUL takes a result that nobody wants.
func TestWindowsNames(t *testing.T) {
	root := buildRoot(t)
	dir := t.TempDir()
	for _, c := range []struct {
		want string
		args []string
	}{
		{"is a device of Windows", []string{"verify", "-k", "Q252717", "-o", "con", root}},
		{"is a device of Windows", []string{"verify", "-k", "Q252717", "-o", filepath.Join(dir, "COM1.txt"), root}},
		{"names a stream within a file", []string{"verify", "-k", "Q252717", "-o", filepath.Join(dir, "a.txt:x"), root}},
		{"names a stream within a file", []string{"scan", "-o", root + ":x", root}},
		{"write \"" + dir + "\" without the backslash", []string{"verify", "-k", "Q252717", "-o", dir + `"`, root}},
		{"is a device of Windows", []string{"verify", "-k", "Q252717", "NUL"}},
		{"is a device of Windows", []string{"scan", `C:\nul`}},
		{"is a device of Windows", []string{"identify", "aux"}},
		{"names a stream within a file", []string{"detect", root + ":x"}},
		{"write \"" + root + "\" without the backslash", []string{"verify", "-k", "Q252717", root + `" -q`}},
		{"write \"" + root + "\" without the backslash", []string{"scan", root + `"`}},
		{"nothing matches it", []string{"verify", "-k", "Q252717", filepath.Join(dir, "srv*")}},
	} {
		if code, _, stderr := runHere(t, c.args...); code != 2 || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: exit %d, stderr %q, want %q", c.args, code, stderr, c.want)
		}
	}
	if code, stdout, stderr := runHere(t, "verify", "-q", "-k", "Q252717", "-o", "NUL", root); code != 0 || stdout+stderr != "" {
		t.Errorf("-o NUL: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	code, stdout, stderr := runHere(t, "verify", "-q", "-k", "Q252717", filepath.Join(filepath.Dir(root), "SM?"))
	if code != 0 || !strings.Contains(stdout, "INSTALLED") {
		t.Errorf("pattern: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// An inventory in the root is the one that was taken to another place, however the two
// names of its folder are spelled.
func TestWindowsInventoryInTheRoot(t *testing.T) {
	root := buildRoot(t)
	outside := filepath.Join(t.TempDir(), "site.json")
	if code, _, stderr := runHere(t, "scan", "-q", "--all", "-o", outside, root); code != 0 {
		t.Fatal(stderr)
	}
	want, err := os.ReadFile(outside)
	if err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(root, "bin", "site.json")
	for name, spelled := range spellings {
		code, _, stderr := runHere(t, "scan", "-q", "--all", "-o", spelled(inside), root)
		got, err := os.ReadFile(inside)
		if code != 0 || err != nil || string(got) != string(want) {
			t.Errorf("%s: exit %d, %v, stderr %q, inventory\n%s", name, code, err, stderr, got)
		}
	}
}
