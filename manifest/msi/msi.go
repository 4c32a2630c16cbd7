// Package msi reads a Windows Installer package into a manifest: what an image that
// was extracted from it has to hold, exactly, or what it installs.
package msi

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kbverify/internal/msi"
	"kbverify/internal/nearest"
	"kbverify/manifest"
	"kbverify/pecheck/visible"
)

// Layout says which files the manifest is to describe.
type Layout string

// The layouts.
const (
	// Image is an administrative image, as msiexec /a extracts it: every file has its
	// place, and is matched exactly.
	Image Layout = "image"
	// Installed is a computer on which the package was installed. Folders are
	// wherever the computer and the user put them, and later files are as good.
	Installed Layout = "installed"
)

// Layouts lists every layout.
var Layouts = []Layout{Image, Installed}

// ParseLayout reads the name of a layout; the error lists those there are.
func ParseLayout(name string) (Layout, error) {
	for _, l := range Layouts {
		if strings.EqualFold(name, string(l)) {
			return l, nil
		}
	}
	return "", fmt.Errorf("no layout %s%s; the layouts are %s and %s", visible.Quote(visible.Short(name)),
		nearest.Hint(name, Layouts), Image, Installed)
}

// Options says what the package does not.
type Options struct {
	ID      string // the hotfix; "" takes a KB number that the package names, else its file name
	Product string // "" takes the package's product name
	Name    string // the package's file name without folders
	Layout  Layout // "" is Image
}

// Finding is one doubt about the package.
type Finding struct {
	Place  string // the row of a table: "File.Key1"
	Text   string
	Strict bool // a strict import refuses it: the manifest would not be the whole package
}

// The reasons for which a package gives no manifest.
var (
	// ErrNoFiles: the package installs no files.
	ErrNoFiles = msi.ErrNoFiles
	// ErrPatchAlone: a patch says nothing without the package that it is for.
	ErrPatchAlone = errors.New("a patch alone tells neither the places of its files nor those that it leaves unchanged; " +
		"name the package that it is for with --base")
	// ErrNoID: nothing gives the manifest a name.
	ErrNoID = errors.New("neither the package nor its file name gives an id; say with --id what it is to be called")
)

// Input is a package or a patch to be read.
type Input struct {
	Name string // for messages
	io.ReaderAt
	Size int64 // in bytes
}

// SniffBytes is how much of a file's beginning Sniff wants to see.
const SniffBytes = msi.SniffBytes

// Sniff reports that a file which begins with head can be a package. Read knows.
func Sniff(head []byte) bool { return msi.Sniff(head) }

func (in Input) open() (*msi.Package, error) {
	p, err := msi.Open(in, in.Size)
	if err != nil {
		return nil, in.wrap(err)
	}
	return p, nil
}

func (in Input) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", visible.Quote(in.Name), err)
}

// Read makes a manifest of a package, after the patches, which it lays over the
// package in their order. The manifest is valid. Errors name the input; the findings
// come with an error, too.
func Read(in Input, patches []Input, o Options) (*manifest.Manifest, []Finding, error) {
	p, err := in.open()
	if err != nil {
		return nil, nil, err
	}
	switch p.Kind() {
	case msi.KindPackage:
	case msi.KindPatch:
		return nil, nil, in.wrap(patchAlone(p))
	default:
		return nil, nil, in.wrap(fmt.Errorf("an %s is no package: it says only what it changes", p.Kind()))
	}
	r := &reader{p: p, o: o}
	for _, patch := range patches {
		opened, err := patch.open()
		if err != nil {
			return nil, nil, err
		}
		if err := p.Apply(opened); err != nil {
			return nil, nil, patch.wrap(err)
		}
		r.patches = append(r.patches, opened)
	}
	m, err := r.read()
	return m, r.found(), in.wrap(err)
}

// patchAlone says what a patch tells of itself.
func patchAlone(p *msi.Package) error {
	targets := "no product that it names"
	if codes := p.Targets(); len(codes) > 0 {
		const most = 5
		if n := len(codes); n > most {
			codes = append(codes[:most:most], fmt.Sprintf("and %d more", n-most))
		}
		targets = "product " + visible.Text(strings.Join(codes, ", "))
	}
	inside := ""
	if streams := p.Streams(); len(streams) > 0 {
		inside = ", with its files in stream " + visible.Quote(visible.Short(streams[0]))
	}
	return fmt.Errorf("a patch for %s%s: %w", targets, inside, ErrPatchAlone)
}

// reader makes the manifest of one package.
type reader struct {
	p        *msi.Package
	patches  []*msi.Package
	o        Options
	findings []Finding
	counts
}

// counts are of files.
type counts struct {
	left       int // out of the manifest
	sizeOnly   int // of which nothing but the size is known
	companions int // whose version is another file's
	unversions int // with a version that the file itself cannot have
	sameNames  int // installed under the name of another, in another folder
}

func (r *reader) note(place, format string, args ...any) {
	r.findings = append(r.findings, Finding{place, fmt.Sprintf(format, args...), false})
}

func (r *reader) refuse(place, format string, args ...any) {
	r.findings = append(r.findings, Finding{place, fmt.Sprintf(format, args...), true})
}

// strict reports a finding that a strict import refuses.
func (r *reader) strict() bool {
	return slices.ContainsFunc(r.findings, func(f Finding) bool { return f.Strict })
}

func (r *reader) read() (*manifest.Manifest, error) {
	files, doubts, err := r.p.Files()
	if err != nil {
		return nil, err
	}
	for _, d := range doubts {
		r.findings = append(r.findings, Finding{d.Place, d.Text, d.Damage})
	}
	rows := r.rows(files)
	r.sumUp(len(files))
	switch {
	case len(rows) > 0:
		return r.manifest(rows)
	case len(files) > 0 || len(doubts) > 0:
		return nil, errors.New("no file of the package can be stated in a manifest")
	}
	return nil, ErrNoFiles
}

// sumUp reports what is true of many files once.
func (r *reader) sumUp(files int) {
	of := " of " + manifest.Counted(files, "file", "files")
	if r.left > 0 {
		r.refuse("File", "%s%s left out of the manifest", manifest.Commas(int64(r.left)), of)
	}
	if r.companions > 0 {
		r.note("File", "%s%s: the version is that of another file, which the row's note names, and is not compared",
			manifest.Commas(int64(r.companions)), of)
	}
	if r.unversions > 0 {
		r.note("File", "%s%s: the version is not compared, such files have no version resource",
			manifest.Commas(int64(r.unversions)), of)
	}
	if r.sameNames > 0 {
		r.note("File", "%s%s: another file has the same name in another folder, and a copy passes that is either",
			manifest.Commas(int64(r.sameNames)), of)
	}
	if r.sizeOnly > 0 {
		r.note("File", "%s%s: neither a version nor a hash is stated, only the size is compared",
			manifest.Commas(int64(r.sizeOnly)), of)
	}
}

// maxFindings caps what is said about one package, of which every row may be bad.
const maxFindings = 1000

// found gives the findings up to the cap, those that a strict import refuses first.
func (r *reader) found() []Finding {
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		switch {
		case a.Strict == b.Strict:
			return 0
		case a.Strict:
			return -1
		}
		return 1
	})
	if n := len(r.findings) - maxFindings; n > 0 {
		more := Finding{"package", fmt.Sprintf("%s more findings are not listed", manifest.Commas(int64(n))),
			r.findings[maxFindings].Strict}
		return append(r.findings[:maxFindings:maxFindings], more)
	}
	return r.findings
}

// manifest puts the rows and what the package says of itself together.
func (r *reader) manifest(rows []manifest.File) (*manifest.Manifest, error) {
	id, err := r.id()
	if err != nil {
		return nil, err
	}
	table := manifest.Table{Files: rows, AppliesTo: r.appliesTo(), LeftOut: r.left}
	what := "Files that %s installs"
	if r.o.Layout != Installed {
		table.Match = manifest.Exactly
		what = "Administrative image of %s"
	}
	product := firstLine(r.o.Product, r.p.Property("ProductName"), r.p.Summary().Subject, "Windows Installer package")
	name := firstLine(r.p.Property("ProductName"), r.p.Summary().Subject, r.o.Name)
	name = strings.TrimSpace(name + " " + firstLine(r.p.Property("ProductVersion")))
	m := &manifest.Manifest{ID: id, Product: product, Title: line(fmt.Sprintf(what, name), maxTitle),
		Notes: r.notes(len(rows)), Tables: []manifest.Table{table}}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if n := len(m.Encode()); n > manifest.MaxBytes {
		return nil, fmt.Errorf("the manifest of %s would have %d bytes, at most %d are read",
			manifest.Counted(len(rows), "file", "files"), n, manifest.MaxBytes)
	}
	return m, nil
}

// appliesTo gives what the package's template says of the processor.
func (r *reader) appliesTo() string {
	platform, _, _ := strings.Cut(r.p.Summary().Template, ";")
	if platform = line(platform, maxTitle); platform == "" {
		return ""
	}
	return line("package for "+platform, maxTitle)
}

// notes say where the manifest comes from, and how much it knows.
func (r *reader) notes(rows int) []string {
	facts := "Read from a Windows Installer package"
	add := func(label, value string) {
		if value = line(value, maxTitle); value != "" {
			facts += ", " + label + " " + value
		}
	}
	add("product code", r.p.ProductCode())
	add("version", r.p.Property("ProductVersion"))
	add("package code", r.p.Summary().Revision)
	notes := []string{facts}
	for _, patch := range r.patches {
		code, _, _ := strings.Cut(patch.Summary().Revision, "}")
		notes = append(notes, line("After patch "+code+"}", maxTitle))
	}
	if r.strict() {
		notes = append(notes, "It cannot answer for the whole package, which is damaged or names what cannot be used: see "+
			"what its import said.")
	}
	if r.sizeOnly > 0 {
		notes = append(notes, fmt.Sprintf("For %s of %s the package states neither a version nor a hash: only their size is "+
			"compared.", manifest.Commas(int64(r.sizeOnly)), manifest.Counted(rows, "file", "files")))
	}
	return notes
}

// maxTitle is the length of a title or product in a manifest, in bytes.
const maxTitle = 200

// line makes a text fit for one line of a manifest, of at most n bytes.
func line(text string, n int) string {
	text = strings.TrimSpace(visible.Text(strings.ReplaceAll(text, "\ufffd", "?")))
	if len(text) > n {
		text = strings.TrimSpace(strings.ToValidUTF8(text[:n-len("…")], "")) + "…"
	}
	return text
}

// firstLine gives the first text that is not empty, as a line.
func firstLine(texts ...string) string {
	for _, text := range texts {
		if text = line(text, maxTitle); text != "" {
			return text
		}
	}
	return ""
}
