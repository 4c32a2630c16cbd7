package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/internal/patience"
	"kbverify/internal/textfile"
	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifest/kb"
	"kbverify/manifest/msi"
	"kbverify/manifests"
	"kbverify/pecheck"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

var importCommand = command{
	name:    "import",
	args:    "[FLAGS] ARTICLE|INVENTORY|PACKAGE|PATCH...|-",
	summary: "an article, a package or a known-good root becomes a manifest",
	about: "Makes a manifest of a Knowledge Base article: a saved HTML page or web archive,\n" +
		"Markdown, plain text, rows copied from a browser, or Microsoft's CSV. Given an\n" +
		"inventory written by scan --hash it records that root: a manifest of every file,\n" +
		"its place and its content, by which verify finds whatever was changed, added or\n" +
		"removed. Given a Windows Installer package (.msi), alone or with the patches for\n" +
		"it (.msp), it says what an administrative image of it has to hold, or what it\n" +
		"installs. The manifest goes to standard output; those of several articles, of a\n" +
		"folder or a pattern go into the folder -o DIR, which --catalog takes. What can\n" +
		"be read in two ways, does not fit, or was left out goes to standard error, with\n" +
		"its line, the reading taken, and why. - reads standard input. Exit code 1 says\n" +
		"that no table of files was found, or that --strict refuses the reading.",
	new: func() action { return &importAction{} },
}

type importAction struct {
	id, product string
	as          string
	base        string
	layout      string
	hash        bool
	strict      bool
	quiet       bool
	outputFlags
}

func (a *importAction) flags(fs *pflag.FlagSet) {
	fs.StringVar(&a.id, "id", "", "the hotfix is `KB`, such as KB977203 (default: what the article says; for an "+
		"inventory, its file name)")
	fs.StringVar(&a.product, "product", "", "the files are those of `PRODUCT` (default: what the article says)")
	fs.StringVar(&a.as, "as", "", "read the article as `FORMAT`: html, markdown, text, csv or paste (default: what it "+
		"looks like)")
	choose(fs, "as", kb.Formats...)
	fs.StringVar(&a.base, "base", "", "apply the patches to the installer package in `FILE`, and describe that")
	fs.StringVar(&a.layout, "layout", string(msi.Image), "of a package, describe the `LAYOUT`: image, exactly as "+
		"msiexec /a extracts it, or installed, without places")
	choose(fs, "layout", msi.Image, msi.Installed)
	fs.BoolVar(&a.hash, "hash", false, "of a package, read the files in it and state the SHA-256 of each")
	fs.BoolVar(&a.strict, "strict", false, "refuse what can be read in two ways or does not fit, of an "+
		"inventory any gap, and of a package any damage, in its cabinets too")
	fs.BoolVarP(&a.quiet, "quiet", "q", false, "no findings and no notes, only errors")
	a.outputFlags.fileFlag(fs)
}

// imported is a manifest and the doubts about it.
type imported struct {
	manifest *manifest.Manifest
	findings []finding
	recorded bool   // of an inventory
	name     string // of what was read
}

// finding is one doubt: where, and what was made of it.
type finding struct {
	place  string // "article.txt:12", or a path below a recorded root
	text   string
	strict bool // --strict refuses it
}

// refused counts the findings that --strict refuses.
func (got *imported) refused() int {
	n := 0
	for _, f := range got.findings {
		if f.strict {
			n++
		}
	}
	return n
}

func (a *importAction) run(s *session, args []string) (result.Exit, error) {
	if len(args) == 0 {
		return 0, usagef("want an ARTICLE, an inventory, a package, or - for standard input " +
			"(several go into a folder, -o DIR; patches go with --base PACKAGE)")
	}
	format, err := a.format()
	if err != nil {
		return 0, err
	}
	if a.many(args) {
		return a.runMany(s, args, format)
	}
	got, err := patience.Wait(s.ctx, func() (*imported, error) { return a.read(s, args, format) }, nil)
	if s.ctx.Err() != nil {
		return 0, errInterrupted
	}
	if got != nil {
		a.report(s, got)
	}
	if errors.Is(err, kb.ErrNoTable) || errors.Is(err, pecheck.ErrNothingToRecord) || errors.Is(err, msi.ErrNoFiles) {
		s.note("import: %s", err)
		return result.ExitFail, nil
	}
	if err != nil {
		return 0, err
	}
	if a.strict && got.refused() > 0 {
		s.note("import: %s: --strict refuses %s; nothing is written", inputName(args[0]),
			counted(got.refused(), "finding", "findings"))
		return result.ExitFail, nil
	}
	return result.ExitPass, a.write(s, got.manifest)
}

func (a *importAction) read(s *session, args []string, format kb.Format) (*imported, error) {
	if a.base != "" {
		return a.packages(s, args)
	}
	path := args[0]
	in, err := openInput(s, path)
	if err != nil {
		return nil, err
	}
	defer in.close()
	switch {
	case format != "": // it is an article, whatever it looks like
	case in.pack && in.path == "":
		return nil, fmt.Errorf("%s: a package cannot be read from a stream; name its file", in.name)
	case in.pack:
		return a.packages(s, args)
	case isPackageName(path) && !in.inventory:
		return nil, fmt.Errorf("%s: named as a Windows Installer package, and is none; --as reads it as an article",
			quote(path))
	}
	if format == "" && in.inventory {
		return a.inventory(in)
	}
	return a.article(in, format)
}

func (a *importAction) format() (kb.Format, error) {
	if a.as == "" {
		return "", nil
	}
	format, err := kb.ParseFormat(a.as)
	if err != nil {
		return "", usagef("--as: %w", err)
	}
	return format, nil
}

// article reads a page.
func (a *importAction) article(in *input, format kb.Format) (*imported, error) {
	id, err := articleID(a.id)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(in, kb.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.name, cause(err))
	}
	r, err := kb.Read(in.name, data, kb.Options{ID: id, Product: a.product, Format: format, Known: a.known})
	got := &imported{manifest: r.Manifest}
	for _, f := range r.Findings {
		got.findings = append(got.findings, finding{fmt.Sprintf("%s:%d", in.name, f.Line),
			strings.ReplaceAll(string(f.Kind), "-", " ") + ": " + f.Text, f.Strict})
	}
	return got, err
}

// articleID is the --id of an article in its usual spelling: 977203 and kb977203 are
// KB977203, q176544 is Q176544. A recorded root and a package may have any name.
func articleID(id string) (string, error) {
	number := manifest.IDKey(id)
	const fewest, most = 5, 7 // digits
	switch {
	case id == "":
		return "", nil
	case len(number) < fewest, len(number) > most, strings.Trim(number, "0123456789") != "":
		return "", usagef("--id %s: want a KB number, five to seven digits, such as KB977203", quote(id))
	}
	return strings.ToUpper(strings.TrimSpace(id)), nil // kb.Read sets KB in front of a bare number
}

// known finds a hotfix in the embedded catalogue: an article with its very rows
// becomes that manifest, unless the user says what product it is of.
func (a *importAction) known(id string) *manifest.Manifest {
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil || a.product != "" {
		return nil
	}
	m, err := c.Find(id)
	if err != nil {
		return nil // not known
	}
	return m
}

// inventory records a root.
func (a *importAction) inventory(in *input) (*imported, error) {
	id := a.id
	if id == "" && in.path != "" {
		id = filepath.Base(in.path)
		if filepath.Ext(id) == ".gz" {
			id = strings.TrimSuffix(id, ".gz")
		}
		id = strings.TrimSuffix(id, filepath.Ext(id))
	}
	if id == "" {
		return nil, usagef("say with --id what the recorded root is to be called")
	}
	inv, err := inventory.Read(in, in.name, inventory.Keep{})
	if err != nil {
		return nil, err
	}
	m, gaps, err := pecheck.Record(inv, pecheck.RecordOptions{ID: id, Product: a.product})
	got := &imported{manifest: m, recorded: true, name: in.name}
	for _, g := range gaps {
		got.findings = append(got.findings, finding{g.Path, g.Text, true})
	}
	if problems := (manifest.Problems{}); errors.As(err, &problems) && a.id == "" {
		err = fmt.Errorf("%w; --id gives it another name", err)
	}
	return got, err
}

// report names the doubts, and sums up.
func (a *importAction) report(s *session, got *imported) {
	if a.quiet {
		if got.recorded && got.refused() > 0 { // a manifest that looks whole, and is not
			s.note("import: %s: not everything there is recorded: %s, which import without -q names", got.name,
				counted(got.refused(), "gap", "gaps"))
		}
		return
	}
	for _, f := range got.findings {
		s.note("import: %s: %s", f.place, f.text)
	}
	if got.manifest == nil {
		return
	}
	s.note("import: %s", inOneLine(got))
}

// inOneLine is a manifest in one line.
func inOneLine(got *imported) string {
	files := 0
	for _, t := range got.manifest.Tables {
		files += len(t.Files)
	}
	doubts := "no findings"
	if n := len(got.findings); n > 0 {
		doubts = fmt.Sprintf("%s, %d of which --strict refuses", counted(n, "finding", "findings"), got.refused())
	}
	return fmt.Sprintf("%s: %s with %s; %s", got.manifest.ID,
		counted(len(got.manifest.Tables), "table", "tables"), counted(files, "file", "files"), doubts)
}

func (a *importAction) write(s *session, m *manifest.Manifest) error {
	return a.writeTo(s, &a.outputFlags, m)
}

func (a *importAction) writeTo(s *session, to *outputFlags, m *manifest.Manifest) error {
	out, err := to.create(s, nil)
	if err != nil {
		return err
	}
	defer out.discard()
	if _, err := out.Write(m.Encode()); err != nil {
		return writeError(err)
	}
	return out.commit()
}

// input is what is imported.
type input struct {
	*bufio.Reader
	path      string // "" for standard input
	name      string // for messages, and what it may tell about the article
	inventory bool
	pack      bool // an installer package or patch
	file      *os.File
}

// openInput opens the file, or takes standard input, and looks at its beginning.
func openInput(s *session, path string) (*input, error) {
	if path == "-" {
		in := &input{Reader: bufio.NewReader(textfile.Unpacked(s.stdin)), name: inputName(path)}
		return in, in.look()
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quote(path), cause(err))
	}
	in := &input{Reader: bufio.NewReader(textfile.Unpacked(file)), path: path, name: path, file: file}
	if err := in.look(); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", quote(path), cause(err))
	}
	return in, nil
}

func inputName(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

func (in *input) look() error {
	head, err := in.Peek(inventory.SniffBytes)
	in.inventory, in.pack = inventory.Sniff(head), msi.Sniff(head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	return nil
}

func (in *input) close() {
	if in.file != nil {
		in.file.Close()
	}
}
