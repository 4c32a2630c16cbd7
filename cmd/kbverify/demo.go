package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/petest"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// The hotfix of the demo: it has two service packs, three platforms, and files
// in several places.
const (
	demoHotfix = "KB977203"
	demoTable  = "SP2"
)

var demoCommand = command{
	name:    "demo",
	args:    "[FLAGS] [DIR]",
	summary: "build a sample root with planted faults and verify it",
	about: "Builds a sample of an SMS root on which " + demoHotfix + " was installed and four\n" +
		"files went wrong, says which, and verifies it. DIR has to be empty or new, and\n" +
		"is kept; without it a temporary folder is used and removed. The exit code is 1,\n" +
		"as the sample is at fault.",
	new: func() action { return &demoAction{} },
}

type demoAction struct{ verify verifyAction }

func (d *demoAction) flags(fs *pflag.FlagSet) {
	d.verify.outputFlags.flagsOf(fs, report.RootFormats)
	fs.BoolVarP(&d.verify.quiet, "quiet", "q", false, "of the table, the summary lines alone")
	fs.BoolVarP(&d.verify.verbose, "verbose", "v", false, "all rows, not only those that need attention")
}

func (d *demoAction) run(s *session, args []string) (result.Exit, error) {
	if len(args) > 1 {
		return 0, usagef("want one DIR at most, found %d", len(args))
	}
	if err := d.verify.outputFlags.byEnding(); err != nil {
		return 0, err
	}
	dir, clean, err := demoFolder(args)
	if err != nil {
		return 0, err
	}
	defer clean()
	planted, err := buildDemo(dir)
	if err != nil {
		return 0, fmt.Errorf("build the sample: %w", err)
	}
	if err := d.explain(s, dir, planted); err != nil {
		return 0, err
	}
	d.verify.ids = []string{demoHotfix}
	return d.verify.run(s, []string{dir})
}

// demoFolder gives an empty folder, and what removes it if it is a temporary one.
func demoFolder(args []string) (dir string, clean func(), err error) {
	if len(args) == 0 {
		dir, err = os.MkdirTemp("", "kbverify-demo-")
		return dir, func() { os.RemoveAll(dir) }, err
	}
	dir = args[0]
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(dir, 0o755)
	case err == nil && len(entries) > 0:
		err = errors.New("is not empty, and nothing in it is touched; name a new folder")
	}
	if err != nil {
		return "", nil, fmt.Errorf("folder %s: %w", quote(dir), cause(err))
	}
	return dir, func() {}, nil
}

// explain says what was planted: before a table, which is for people too, and
// on stderr beside a result for programs.
func (d *demoAction) explain(s *session, dir string, planted []string) error {
	if d.verify.quiet {
		return nil
	}
	text := fmt.Sprintf("A sample root with four planted faults, built in %s:\n  %s", dir, strings.Join(planted, "\n  "))
	if d.verify.format.format != report.Table {
		s.note("%s", text)
		return nil
	}
	return writeError(s.print(visible.Lines(text + fmt.Sprintf("\n\nWhat kbverify verify -k %s %s says:\n\n",
		demoHotfix, dir))))
}

// demoPlaces says where the files of the table lie on a site server. The others
// lie in bin, below the folder of their platform.
var demoPlaces = map[string]string{
	"Ccmcertfix.exe":                  "Logs/KB977203",
	"Ccmsetup.exe":                    "Client/i386",
	"Ccmsetup-sup.cab":                "Client/i386",
	"Ccmsetup.msi":                    "Client/i386",
	"Sccm2007ac-sp2-kb977203-x86.msp": "Client/i386/hotfix/KB977203",
}

var demoFolders = map[manifest.Platform]string{"": "bin/i386", manifest.X86: "bin/i386", manifest.X64: "bin/x64",
	manifest.IA64: "bin/ia64"}

// demoFault is one planted fault.
type demoFault struct {
	path  string
	what  string
	spoil func(*sampleFile) bool // false: leave the file out
}

var demoFaults = []demoFault{
	{"bin/i386/Mp.msi", "cut off: 4,194,304 of 9,180,672 bytes",
		func(f *sampleFile) bool { f.spec.Size = 4 << 20; return true }},
	{"bin/i386/Smpmgr.dll", "not there", func(*sampleFile) bool { return false }},
	{"bin/x64/Ccmgencert.dll", "still of version 4.0.6487.2000",
		func(f *sampleFile) bool { f.spec.Version[3] = 2000; return true }},
	{"bin/x64/Mcsisapip.dll", "the x86 build, in the folder for x64", func(f *sampleFile) bool {
		f.spec.Machine, f.spec.Size = petest.MachineOf(manifest.X86), 206696
		return true
	}},
}

// buildDemo writes the sample, and says what is wrong with it.
func buildDemo(dir string) (planted []string, err error) {
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		return nil, err
	}
	m, err := c.Find(demoHotfix)
	if err != nil {
		return nil, err
	}
	for i := range m.Table(demoTable).Files {
		row := &m.Table(demoTable).Files[i]
		f := sampleOf(demoPath(row), row)
		keep := true
		for _, fault := range demoFaults {
			if fault.path == f.path {
				keep = fault.spoil(&f)
			}
		}
		if keep {
			err = errors.Join(err, f.write(dir))
		}
	}
	for _, fault := range demoFaults {
		planted = append(planted, fmt.Sprintf("%-23s %s", fault.path, fault.what))
	}
	return planted, err
}

func demoPath(row *manifest.File) string {
	if place := demoPlaces[row.Name]; place != "" {
		return place + "/" + row.Name
	}
	return demoFolders[row.Platform] + "/" + row.Name
}

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
