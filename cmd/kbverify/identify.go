package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"kbverify/internal/patience"
	"kbverify/manifest/catalog"
	"kbverify/pecheck"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

var identifyCommand = command{
	name:    "identify",
	args:    "[FLAGS] FILE...",
	summary: "what a file is, and which hotfixes deliver it",
	about: "Says of each FILE its size, processor, version and product, and which rows of\n" +
		"known hotfixes it matches: exactly, by name and version, or by the name alone.\n" +
		"A FILE can be a folder or an inventory written by scan; then every file in it\n" +
		"is looked up. Of a package (.msi, .cab, self-extracting .exe) that is done after\n" +
		"the package itself. A file that no hotfix delivers is no fault: exit code 2 says\n" +
		"that something could not be read, 0 that everything was.",
	new: func() action { return &identifyAction{} },
}

type identifyAction struct {
	catalogFlag
	signatureFlags
	walkFlags
	outputFlags
	strings bool
	verbose bool

	known *pecheck.Identifier
	out   *output
	w     report.IdentityWriter
	exit  result.Exit
}

func (a *identifyAction) flags(fs *pflag.FlagSet) {
	fs.BoolVar(&a.strings, "strings", false, "read product and company of a folder's files too (those of a named file "+
		"are always read; an inventory has none)")
	a.catalogFlag.flags(fs)
	a.signatureFlags.flags(fs, "check the signatures in files; exit code 1 where a content is not what was signed")
	a.walkFlags.flags(fs, "no progress, and no line about the catalogue")
	a.outputFlags.flags(fs)
	fs.BoolVarP(&a.verbose, "verbose", "v", false, "every row that a file matches, and the files that nobody knows")
}

func (a *identifyAction) run(s *session, files []string) (result.Exit, error) {
	if err := a.walkFlags.check(); err != nil {
		return 0, err
	}
	files, err := expand(s, files)
	if err != nil {
		return 0, err
	}
	if len(files) == 0 {
		return 0, usagef("no FILE: name a file, a folder, an inventory or a package")
	}
	signatures, err := a.signatureFlags.options()
	if err != nil {
		return 0, err
	}
	c, err := a.openCatalog(s)
	if err != nil {
		return 0, err
	}
	begun := taken("identify")
	out, err := a.outputFlags.create(s, files)
	if err != nil {
		return 0, err
	}
	defer out.discard()
	if err := a.begin(c, out); err != nil {
		return 0, err
	}
	src := newSource(s, &a.walkFlags, nil)
	src.strings, src.all, src.signatures = a.strings, true, signatures
	for _, file := range files {
		if err := a.identify(s, src, file); err != nil {
			return 0, writeError(err)
		}
	}
	if err := a.w.Close(ended(begun), a.exit); err != nil {
		return 0, writeError(err)
	}
	src.idle.note(s, a.quiet)
	return a.exit, out.commit()
}

func (a *identifyAction) begin(c *catalog.Catalog, out *output) error {
	t, err := tool(c)
	if err != nil {
		return err
	}
	all, err := c.All()
	if err != nil {
		return err
	}
	a.out, a.known = out, pecheck.NewIdentifier(all)
	o := a.outputFlags.look(out.terminal)
	o.Verbose, o.Quiet = a.verbose, a.quiet
	a.w, err = report.NewIdentities(out, a.format.format, t, o)
	return err
}

// identify writes what is known about one file, and about those of a folder, an
// inventory or a package. What cannot be read is a result of its own; the error is the
// output's.
func (a *identifyAction) identify(s *session, src *source, name string) error {
	many, err := patience.Wait(s.ctx, func() (bool, error) { return isMany(name), nil }, nil)
	if err != nil {
		return a.failed(s, name, interrupted(name))
	}
	if many {
		return a.root(s, src, name)
	}
	if err := a.file(s, src, name); err != nil {
		return err
	}
	pack, err := patience.Wait(s.ctx, func() (bool, error) { return inventory.SniffPackage(s.ctx, name), nil }, nil)
	if err != nil || !pack {
		return nil // interrupted: file has said so, or the next one does
	}
	return a.root(s, src, name)
}

// file writes what is known about one file.
func (a *identifyAction) file(s *session, src *source, name string) error {
	if why := unnameable(name); why != "" {
		return a.failed(s, name, fmt.Errorf("file %s: %s", quote(name), why))
	}
	f, err := inventory.ReadFile(s.ctx, name, src.signatures)
	if s.ctx.Err() != nil {
		err = interrupted(name)
	}
	if err != nil {
		if why := whyNotThere(name, err); why != nil {
			err = fmt.Errorf("file %w", why)
		}
		return a.failed(s, name, err)
	}
	id := a.known.Identify(f)
	id.Path = name
	return a.write(id)
}

// isMany reports a folder or an inventory.
func isMany(name string) bool {
	info, err := os.Stat(name)
	return name == standardInput || err == nil && info.IsDir() || inventory.SniffFile(name)
}

// root looks up every file of a folder or an inventory.
func (a *identifyAction) root(s *session, src *source, root string) error {
	var full error // the output's
	trustUnasked := false
	inv, err := src.each(s.ctx, root, func(f *inventory.File) error {
		id := a.known.Identify(f)
		id.Root = root
		trustUnasked = trustUnasked || a.trust != "" && f.Signature.TrustUnasked()
		src.progress.clear()
		full = a.write(id)
		return full
	})
	switch {
	case full != nil:
		return full
	case err != nil:
		src.idle.read(nil)
		return a.failed(s, root, src.whyNot(s.ctx, root, err))
	}
	src.progress.clear()
	faults := inv.Faults
	if src.signatures != nil && !inv.Signatures {
		faults = append(faults, inventory.Fault{Path: ".", Error: report.NoSignatures})
	} else if trustUnasked {
		faults = append(faults, inventory.Fault{Path: ".", Error: report.NoTrust})
	}
	for _, f := range faults {
		if err := a.write(result.Identity{Root: root, Path: f.Path, Error: f.Error, Matches: []result.Match{}}); err != nil {
			return err
		}
	}
	return nil
}

func (a *identifyAction) write(id result.Identity) error {
	if id.Error != "" {
		a.exit = result.ExitTrouble
	}
	if asked := a.signatures || a.trust != ""; asked && id.Error == "" && id.Format != "PE" {
		id.Signature = result.OfOtherType
	}
	a.exit = max(a.exit, id.Signature.Exit())
	return a.w.File(id)
}

// failed is for a name at which nothing could be read.
func (a *identifyAction) failed(s *session, name string, err error) error {
	if !a.out.seen(s, a.format.format) {
		s.note("identify: %s", err)
	}
	return a.write(result.Identity{Path: name, Error: err.Error(), Matches: []result.Match{}})
}
