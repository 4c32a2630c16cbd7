package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// sampleFile is one file of a sample root: an executable as petest builds it,
// or a data file that is nothing but its size.
type sampleFile struct {
	path     string // below the root, with "/"
	spec     petest.Spec
	data     bool
	modified time.Time // zero: now
}

// sampleOf is the file that a row asks for.
func sampleOf(path string, row *manifest.File) sampleFile {
	f := sampleFile{path: path, data: row.Version.IsZero()}
	f.spec.Machine = petest.MachineOf(row.Platform)
	f.spec.Version, _ = row.Version.Version()
	f.spec.Size, _ = row.Size.Exact()
	f.modified, _ = time.Parse("2006-01-02T15:04", row.Modified)
	return f
}

// write builds the file below root.
func (f sampleFile) write(root string) error {
	path := filepath.Join(root, filepath.FromSlash(f.path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := f.fill(path); err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	if f.modified.IsZero() {
		return nil
	}
	return os.Chtimes(path, f.modified, f.modified)
}

// fill writes the content; data files are holes where the disk allows it, so
// that a sample of 20 MB takes no time.
func (f sampleFile) fill(path string) error {
	if !f.data {
		return f.spec.WriteFile(path)
	}
	if err := os.WriteFile(path, []byte("sample data"), 0o644); err != nil { // all zeros are a sign of damage
		return err
	}
	return os.Truncate(path, f.spec.Size)
}
