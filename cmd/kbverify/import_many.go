package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kbverify/internal/patience"
	"kbverify/manifest"
	"kbverify/manifest/kb"
	"kbverify/manifest/msi"
	"kbverify/pecheck"
	"kbverify/pecheck/result"
)

// articleNames are the endings of the files that are taken out of a folder.
var articleNames = []string{".csv", ".htm", ".html", ".markdown", ".md", ".mht", ".mhtml", ".tsv", ".txt"}

// many reports that the arguments are more than one article, or go into a folder:
// several, a folder, a pattern that the shell did not expand, or -o DIR.
func (a *importAction) many(args []string) bool {
	if a.base != "" {
		return false
	}
	return len(args) > 1 || isFolder(a.file) || len(args) == 1 && (isFolder(args[0]) || isGlob(args[0]))
}

func isFolder(path string) bool {
	if path == "" || path == "-" {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isGlob reports a pattern; a file that is named like one is that file.
func isGlob(path string) bool {
	_, err := os.Lstat(path) // of a pattern Windows says that it is no name
	return isPattern(path) && err != nil
}

// batch is the import of several articles into one folder.
type batch struct {
	a       *importAction
	s       *session
	format  kb.Format
	taken   map[string]string // by the key of a hotfix: the article that it was made of
	written int
	without int // articles without a file table
	refused int // by --strict
	failed  int // not read, or not written
	doubts  int // findings of all
}

// runMany writes a manifest for each article, and sums up. What is wrong with one
// does not keep the others.
func (a *importAction) runMany(s *session, args []string, format kb.Format) (result.Exit, error) {
	switch {
	case a.toStdout():
		return 0, usagef("several articles, or a folder of them, want -o DIR: a manifest for each is written there " +
			"(patches go with --base PACKAGE)")
	case a.id != "":
		return 0, usagef("--id names one hotfix, and these are several articles")
	}
	if strings.EqualFold(filepath.Ext(a.file), ".json") && !isFolder(a.file) {
		return 0, usagef("-o %s: want a folder for several articles: each becomes a file there, named by its hotfix",
			quote(a.file))
	}
	b := &batch{a: a, s: s, format: format, taken: map[string]string{}}
	paths := b.expand(args)
	if len(paths) > 0 {
		if err := os.MkdirAll(a.file, 0o755); err != nil {
			return 0, fmt.Errorf("-o %s: %w", quote(a.file), cause(err))
		}
	}
	for _, path := range paths {
		if err := b.one(path); err != nil {
			return 0, err
		}
	}
	b.total()
	switch {
	case b.failed > 0:
		return result.ExitTrouble, nil
	case b.without+b.refused > 0:
		return result.ExitFail, nil
	}
	return result.ExitPass, nil
}

// expand gives the files that the arguments mean, each once.
func (b *batch) expand(args []string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(path string) {
		if !seen[path] {
			seen[path] = true
			out = append(out, path)
		}
	}
	for _, arg := range args {
		found := []string{arg}
		var err error
		switch {
		case arg == "-":
		case isFolder(arg):
			found, err = articlesIn(arg)
		case isGlob(arg):
			found = matches(arg)
		}
		if err != nil {
			b.fail("%s: %s", quote(arg), cause(err))
		} else if len(found) == 0 {
			b.fail("%s: no article is there", quote(arg))
		}
		for _, path := range found {
			if path == arg || !isFolder(path) {
				add(path)
			}
		}
	}
	return out
}

// articlesIn gives the articles below a folder, in the order of their names; what
// a browser saved beside a page (page_files) is part of it.
func articlesIn(folder string) (out []string, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != folder && strings.HasSuffix(path, "_files"):
			return fs.SkipDir
		case d.Type().IsRegular() && slices.Contains(articleNames, strings.ToLower(filepath.Ext(path))):
			out = append(out, path)
		}
		return nil
	})
	return out, err
}

func (b *batch) fail(format string, args ...any) {
	b.failed++
	b.s.note("import: "+format, args...)
}

// one imports an article; the error ends the whole.
func (b *batch) one(path string) error {
	got, err := patience.Wait(b.s.ctx, func() (*imported, error) { return b.a.read(b.s, []string{path}, b.format) }, nil)
	if b.s.ctx.Err() != nil {
		return errInterrupted
	}
	none := errors.Is(err, kb.ErrNoTable) || errors.Is(err, pecheck.ErrNothingToRecord) || errors.Is(err, msi.ErrNoFiles)
	switch {
	case none:
		b.without++
		b.note("%s", err)
	case err != nil:
		b.fail("%s", err)
	case b.a.strict && got.refused() > 0:
		b.refused++
		b.refusals(path, got)
		b.s.note("import: %s: --strict refuses %s; nothing is written", path, counted(got.refused(), "finding", "findings"))
	default:
		b.write(path, got)
	}
	return nil
}

// refusals names the first of what --strict refuses in an article.
func (b *batch) refusals(path string, got *imported) {
	const most = 3
	left := most
	for _, f := range got.findings {
		if f.strict && left > 0 {
			left--
			b.note("%s: %s", f.place, f.text)
		}
	}
	if more := got.refused() - most; more > 0 {
		b.note("%s: and %d more that --strict refuses", path, more)
	}
}

// note says what -q leaves out.
func (b *batch) note(format string, args ...any) {
	if !b.a.quiet {
		b.s.note("import: "+format, args...)
	}
}

// write writes the manifest of an article, under the name of its hotfix.
func (b *batch) write(path string, got *imported) {
	m := got.manifest
	key := manifest.IDKey(m.ID)
	if other, there := b.taken[key]; there {
		b.fail("%s: is %s like %s, whose manifest is kept", path, m.ID, other)
		return
	}
	target := outputFlags{file: filepath.Join(b.a.file, m.ID+".json")}
	if err := b.a.writeTo(b.s, &target, m); err != nil {
		b.fail("%s: %s", path, err)
		return
	}
	b.taken[key] = path
	b.written++
	b.doubts += len(got.findings)
	b.note("%s: %s", path, inOneLine(got))
}

// total sums up.
func (b *batch) total() {
	parts := []string{counted(b.written, "manifest", "manifests") + " written"}
	for _, p := range []struct {
		n    int
		text string
	}{{b.without, "without a file table"}, {b.refused, "refused by --strict"}, {b.failed, "not imported"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	text := strings.Join(parts, ", ")
	if b.doubts > 0 {
		text += "; import of one article alone names its findings"
	}
	b.note("%s: %s", filepath.Clean(b.a.file), text)
}
