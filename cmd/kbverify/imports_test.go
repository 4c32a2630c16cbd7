package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// house is the import graph of the project: for each folder with code, what of
// the project it may import. Ways that are not here are not allowed.
var house = map[string][]string{
	"cmd/kbverify": {
		"internal/nearest", "internal/patience", "internal/textfile", "manifest", "manifest/catalog", "manifest/kb", "manifest/msi",
		"manifests", "pecheck", "pecheck/authenticode", "pecheck/estate",
		"pecheck/inventory",
		"pecheck/change", "pecheck/petest", "pecheck/report", "pecheck/result", "pecheck/saved", "pecheck/visible",
	},
	"internal/cab":        {},
	"internal/cabtest":    {},
	"internal/cfb":        {},
	"internal/msi":        {"internal/cfb", "pecheck/visible"},
	"internal/msitest":    {"internal/testtool"},
	"internal/nearest":    {},
	"internal/parallel":   {},
	"internal/patience":   {},
	"internal/spool":      {},
	"internal/strictjson": {"pecheck/visible"},
	"internal/testtool":   {},
	"internal/textfile":   {},
	"manifest":            {"internal/nearest", "internal/strictjson", "pecheck/visible"},
	"manifest/catalog":    {"internal/parallel", "internal/strictjson", "internal/textfile", "manifest"},
	"manifest/kb": {
		"manifest", "manifest/kb/cells", "manifest/kb/findings", "manifest/kb/lines", "manifest/kb/tables", "manifest/kb/values",
	},
	"manifest/kb/cells": {
		"manifest/kb/findings", "manifest/kb/headings", "manifest/kb/lines", "manifest/kb/pattern", "manifest/kb/values",
	},
	"manifest/kb/findings": {},
	"manifest/kb/headings": {"manifest/kb/pattern", "manifest/kb/values"},
	"manifest/kb/lines":    {"internal/nearest", "manifest/kb/headings", "manifest/kb/pattern", "manifest/kb/values"},
	"manifest/kb/pattern":  {},
	"manifest/kb/tables": {
		"manifest", "manifest/kb/cells", "manifest/kb/headings", "manifest/kb/lines", "manifest/kb/pattern", "manifest/kb/values",
	},
	"manifest/kb/values": {"manifest", "manifest/kb/findings", "manifest/kb/pattern"},
	"manifest/msi":       {"internal/msi", "internal/nearest", "manifest", "pecheck/visible"},
	"manifests":          {},
	"pecheck": {
		"internal/parallel", "manifest", "pecheck/authenticode", "pecheck/inventory", "pecheck/pefile", "pecheck/result",
		"pecheck/visible",
	},
	"pecheck/authenticode": {"pecheck/visible"},
	"pecheck/change":       {"manifest", "pecheck/result"},
	"pecheck/estate":       {},
	"pecheck/inventory": {
		"internal/cab", "internal/msi", "internal/patience", "internal/strictjson", "internal/textfile", "manifest", "pecheck/authenticode",
		"pecheck/pefile", "pecheck/visible",
	},
	"pecheck/pefile":  {"manifest", "pecheck/visible"},
	"pecheck/petest":  {"manifest"},
	"pecheck/report":  {"internal/nearest", "manifest", "pecheck/change", "pecheck/result", "pecheck/visible"},
	"pecheck/result":  {"manifest"},
	"pecheck/saved":   {"internal/spool", "internal/strictjson", "internal/textfile", "pecheck/result", "pecheck/visible"},
	"pecheck/visible": {},
}

// rooms gives the only folders that may import a package of others, or one that
// reaches the disk: the rules, the readers of bytes and the results never do.
var rooms = map[string][]string{
	"github.com/go-json-experiment/json": {"internal/strictjson"},
	"github.com/olekukonko/tablewriter":  {"pecheck/report"},
	"github.com/saferwall/pe":            {"pecheck/pefile"},
	"github.com/spf13/pflag":             {"cmd/kbverify"},
	"golang.org/x/crypto":                {"pecheck/authenticode"},
	"os": {"cmd/kbverify", "internal/msitest", "internal/spool", "internal/testtool", "manifest/catalog",
		"pecheck/inventory", "pecheck/petest"},
	"path/filepath": {
		"cmd/kbverify", "internal/msitest", "internal/spool", "manifest/catalog", "manifest/kb/lines", "manifest/kb/tables",
		"pecheck/inventory", "pecheck/petest",
	},
}

// imports gives, for each folder of the project's code without its tests, what
// it imports.
func imports(t *testing.T) map[string]map[string]bool {
	t.Helper()
	const module = "../.."
	found := map[string]map[string]bool{}
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
		rel, err := filepath.Rel(module, filepath.Dir(file))
		folder := filepath.ToSlash(rel)
		if found[folder] == nil {
			found[folder] = map[string]bool{}
		}
		for _, spec := range parsed.Imports {
			of, _ := strconv.Unquote(spec.Path.Value)
			found[folder][of] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestImportsRunOneWay(t *testing.T) {
	found := imports(t)
	for folder, ways := range house {
		for _, way := range ways {
			if !found[folder]["kbverify/"+way] {
				t.Errorf("%s may import %s, and does not: the way is to be closed", folder, way)
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(found)) {
		ways, known := house[folder]
		if !known {
			t.Errorf("%s is no room of the house", folder)
		}
		for of := range found[folder] {
			if of, ours := strings.CutPrefix(of, "kbverify/"); ours && !slices.Contains(ways, of) {
				t.Errorf("%s imports %s", folder, of)
			}
			for room, folders := range rooms {
				if (of == room || strings.HasPrefix(of, room+"/")) && !slices.Contains(folders, folder) {
					t.Errorf("%s imports %s", folder, of)
				}
			}
		}
	}
}

// The table's layout comes from a library of others, which one file may know.
func TestOneFileKnowsTablewriter(t *testing.T) {
	files, err := filepath.Glob("../../pecheck/report/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of the report: %v", err)
	}
	var knowing []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(parsed.Imports, func(spec *ast.ImportSpec) bool {
			return strings.Contains(spec.Path.Value, "github.com/olekukonko/tablewriter")
		}) {
			knowing = append(knowing, path.Base(filepath.ToSlash(file)))
		}
	}
	if len(knowing) != 1 {
		t.Errorf("imported by %q, want one file", knowing)
	}
}
