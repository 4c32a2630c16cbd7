package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// importers gives, for each import path of the project's code without its
// tests, the files that import it, relative to the module.
func importers(t *testing.T) map[string][]string {
	t.Helper()
	const module = "../.."
	found := map[string][]string{}
	err := filepath.WalkDir(module, func(file string, e fs.DirEntry, err error) error {
		name := e.Name()
		switch {
		case err != nil:
			return err
		case e.IsDir() && (name == "testdata" || name == ".ci" || name == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(module, file)
		for _, spec := range parsed.Imports {
			of, _ := strconv.Unquote(spec.Path.Value)
			found[of] = append(found[of], filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestImportsRunOneWay(t *testing.T) {
	// Each package, and the folders that may import it.
	allowed := map[string][]string{
		"kbverify/manifest":         {"manifest/catalog", "manifest/kb", "manifest/kb/tables", "manifest/kb/values", "pecheck", "pecheck/petest", "pecheck/report", "cmd/kbverify"},
		"kbverify/manifest/catalog": {"cmd/kbverify"},
		"kbverify/manifest/kb":      {"cmd/kbverify"},
		// The stages of an import, the last one first.
		"kbverify/manifest/kb/tables":   {"manifest/kb"},
		"kbverify/manifest/kb/cells":    {"manifest/kb", "manifest/kb/tables"},
		"kbverify/manifest/kb/lines":    {"manifest/kb", "manifest/kb/cells", "manifest/kb/tables"},
		"kbverify/manifest/kb/headings": {"manifest/kb/cells", "manifest/kb/lines", "manifest/kb/tables"},
		"kbverify/manifest/kb/values": {"manifest/kb", "manifest/kb/cells", "manifest/kb/headings", "manifest/kb/lines",
			"manifest/kb/tables"},
		"kbverify/manifest/kb/findings": {"manifest/kb", "manifest/kb/cells", "manifest/kb/values"},
		"kbverify/manifest/kb/pattern":  {"manifest/kb/cells", "manifest/kb/lines", "manifest/kb/tables", "manifest/kb/values"},
		"kbverify/manifests":            {"cmd/kbverify"},
		"kbverify/pecheck":              {"pecheck/report", "cmd/kbverify"},
		"kbverify/pecheck/estate":       {"cmd/kbverify"},
		"kbverify/pecheck/petest":       {"cmd/kbverify"},
		"kbverify/pecheck/report":       {"cmd/kbverify"},
		"github.com/saferwall/pe":       {"pecheck"},
		"github.com/spf13/pflag":        {"cmd/kbverify"},
	}
	seen := 0
	for of, files := range importers(t) {
		folders, known := allowed[of]
		if !known && strings.HasPrefix(of, "kbverify/") {
			t.Errorf("%s is imported by %s, and no rule names it", of, files)
		}
		for _, file := range files {
			if known && !slices.Contains(folders, path.Dir(file)) {
				t.Errorf("%s imports %s", file, of)
			}
		}
		if known {
			seen++
		}
	}
	if seen != len(allowed) {
		t.Errorf("%d of %d rules have something to say", seen, len(allowed))
	}
}

func TestOneFileKnowsTablewriter(t *testing.T) {
	var files []string
	for of, by := range importers(t) {
		if strings.HasPrefix(of, "github.com/olekukonko/tablewriter") {
			files = append(files, by...)
		}
	}
	slices.Sort(files)
	if files = slices.Compact(files); len(files) != 1 {
		t.Errorf("imported by %q, want one file", files)
	}
}
