package pecheck

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// RecordOptions name the manifest that is made of an inventory.
type RecordOptions struct {
	ID      string // what -k calls it
	Product string // "" is "Recorded root"
}

// Gap is something under a recorded root for which the manifest cannot speak.
type Gap struct {
	Path string // "." for the root as a whole
	Text string // what is missing, and why
}

// ErrNothingToRecord says that no file of an inventory can be recorded.
var ErrNothingToRecord = errors.New("no file of the inventory can be recorded")

// Record makes a manifest of a root that is known to be good: a row for each
// file with its place, exact size, and version, processor and digests where it has
// them, to be matched exactly. The same root verifies as installed; a file that is
// changed, removed or moved is found, and so is one that is added, where the
// inventory lists every file. What the manifest cannot answer for is in the gaps:
// files that could not be read or whose place a manifest cannot state, contents of
// which there is no digest, and everything that the inventory itself does not know.
func Record(inv *inventory.Inventory, o RecordOptions) (*manifest.Manifest, []Gap, error) {
	r := recorder{places: map[string]string{}}
	r.whole(inv)
	var files []manifest.File
	contents := 0 // without a digest
	for i := range inv.Files {
		if row, ok := r.row(&inv.Files[i]); ok {
			files = append(files, row)
			if row.SHA256 == "" && row.MD5 == "" {
				contents++
			}
		}
	}
	if contents > 0 {
		r.gap(".", "the contents of %s are not recorded, since the inventory has no digests of them: a change that keeps "+
			"version and size will not be seen; scan --hash takes them", manifest.Counted(contents, "file", "files"))
	}
	if len(files) == 0 {
		return nil, r.gaps, ErrNothingToRecord
	}
	excluded, complete := r.excluded(inv)
	m := &manifest.Manifest{
		ID: o.ID, Product: o.Product, Title: "Recorded root, " + manifest.Counted(len(files), "file", "files"),
		Tables: []manifest.Table{{Match: manifest.Exactly, Complete: complete, Excluded: excluded, Files: files}},
	}
	if m.Product == "" {
		m.Product = "Recorded root"
	}
	m.Notes = notesOf(inv, len(r.gaps))
	if err := m.Validate(); err != nil {
		return nil, r.gaps, err
	}
	if n := len(m.Encode()); n > manifest.MaxBytes {
		return nil, r.gaps, fmt.Errorf("the manifest would have %d bytes, at most %d are read: record a part of the root "+
			"at a time", n, manifest.MaxBytes)
	}
	return m, r.gaps, nil
}

// notesOf says in the manifest itself where it comes from.
func notesOf(inv *inventory.Inventory, gaps int) []string {
	const longest = 500 // of a root's name; a note may have 1,000 bytes
	root := inv.Root
	if len(root) > longest {
		root = strings.ToValidUTF8(root[:longest], "") + "…"
	}
	notes := []string{strings.TrimSpace("Recorded from an inventory of " + root)}
	if gaps > 0 {
		notes = append(notes, fmt.Sprintf("It cannot answer for everything there: the gaps that the import named are %d.",
			gaps))
	}
	return notes
}

// recorder collects what cannot be recorded.
type recorder struct {
	gaps   []Gap
	blind  []string          // paths at which there is something that is not recorded
	places map[string]string // path by its key: Windows takes two that differ by case for one
}

func (r *recorder) gap(path, format string, args ...any) {
	r.gaps = append(r.gaps, Gap{path, fmt.Sprintf(format, args...)})
}

// whole reports what the inventory does not know.
func (r *recorder) whole(inv *inventory.Inventory) {
	if !inv.All {
		r.gap(".", "the inventory lists only the files that were looked for; scan with --all records every file")
	}
	for _, pattern := range inv.Excluded {
		r.gap(".", "paths that match %s were left out of the inventory", visible.Quote(pattern))
	}
	for _, f := range inv.Faults {
		r.gap(f.Path, "could not be looked into: %s", f.Error)
		r.blind = append(r.blind, f.Path)
	}
	for _, l := range inv.Links {
		if !l.Inside { // what one inside leads to is recorded where it is
			r.gap(l.Path, "a link that was not followed")
		}
	}
}

// excluded gives the paths at which the manifest knows nothing, so that what is
// there will not be extra, and whether it knows everything else.
func (r *recorder) excluded(inv *inventory.Inventory) (patterns []string, complete bool) {
	switch {
	case !inv.All:
		return nil, false
	case len(inv.Excluded)+len(r.blind) > inventory.MaxExcludes:
		r.gap(".", "more than %d places are not recorded, so files that are added will not be seen",
			inventory.MaxExcludes)
		return nil, false
	case slices.Contains(r.blind, "."):
		return nil, false
	}
	patterns = slices.Clone(inv.Excluded)
	for _, p := range r.blind {
		patterns = append(patterns, "/"+plainPattern(p))
	}
	return patterns, true
}

// plainPattern is a pattern that matches the path itself.
func plainPattern(path string) string {
	raw, err := visible.Raw(path)
	if err != nil {
		raw = path
	}
	return strings.Map(func(c rune) rune {
		if c == '*' || c == ':' || c == '\\' || c == utf8.RuneError || !visible.IsClean(string(c)) {
			return '?'
		}
		return c
	}, raw)
}

// row is the manifest's row for one file.
func (r *recorder) row(f *inventory.File) (manifest.File, bool) {
	row := manifest.File{Name: path.Base(f.Path), Path: f.Path, Size: manifest.ExactSize(f.Size), Platform: f.Platform(),
		SHA256: f.SHA256}
	if f.SHA256 == "" {
		row.MD5 = f.MD5
	}
	if f.Ending == pefile.Versioned {
		row.Version = manifest.PrintedOf(f.Version)
	}
	if !f.Modified.IsZero() {
		row.Modified = f.Modified.UTC().Format("2006-01-02T15:04:05")
	}
	if why := r.whyNot(f, &row); why != "" {
		r.gap(f.Path, "left out: %s", why)
		r.blind = append(r.blind, f.Path)
		return row, false
	}
	r.places[manifest.NameKey(f.Path)] = f.Path
	return row, true
}

// whyNot says what keeps a row from being recorded. The last question is the
// judge's own: a file that does not pass its own row would never verify.
func (r *recorder) whyNot(f *inventory.File, row *manifest.File) string {
	if f.Ending == pefile.Unreadable || f.Ending == pefile.Damaged && row.MD5+row.SHA256 == "" {
		return "it cannot be read: " + f.Detail
	}
	if other, taken := r.places[manifest.NameKey(f.Path)]; taken {
		return fmt.Sprintf("%s differs from it by case alone, which Windows does not tell apart", visible.Quote(other))
	}
	alone := manifest.Manifest{ID: "X", Title: "x", Product: "x", Tables: []manifest.Table{{Files: []manifest.File{*row}}}}
	var problems manifest.Problems
	if errors.As(alone.Validate(), &problems) {
		return problems[0].Text
	}
	if j := compareExactly(row, &claim{file: f}, true); j.verdict.Class() >= result.Fail {
		return result.Words(append([]result.Reason{result.Said(string(j.verdict))}, j.notes...), ": ")
	}
	return ""
}
