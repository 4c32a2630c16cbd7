package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

var scanCommand = command{
	name:    "scan",
	args:    "[FLAGS] ROOT",
	summary: "write an inventory of a folder, to be judged elsewhere",
	about: "Writes down what is found under ROOT: path, size, version and processor of each\n" +
		"file that a hotfix of the catalogue delivers, or with --all of every file. The\n" +
		"other commands take the inventory wherever they take a ROOT, and judge it as\n" +
		"they would judge the folder itself. A package (.msi, .cab, self-extracting .exe)\n" +
		"is read as the folder that it unpacks to. With --hash the inventory records\n" +
		"contents too, and import makes of it a manifest by which every later change is\n" +
		"found.",
	new: func() action { return &scanAction{} },
}

type scanAction struct {
	catalogFlag
	signatureFlags
	walkFlags
	outputFlags
	files []string
	all   bool
	hash  bool
}

func (a *scanAction) flags(fs *pflag.FlagSet) {
	fs.BoolVar(&a.all, "all", false, "list every file, so that a hotfix can be judged that is not known today")
	fs.BoolVar(&a.hash, "hash", false, "list every file with the MD5 and the SHA-256 of its content")
	fs.StringArrayVarP(&a.files, "manifest", "m", nil, "look for the files of the manifest, or the installer "+
		"package, in `FILE` too; repeatable")
	a.catalogFlag.flags(fs)
	a.signatureFlags.flags(fs, "record what the signatures in the listed files say of their contents")
	a.walkFlags.flags(fs, "no progress and no notes")
	a.outputFlags.fileFlag(fs)
}

func (a *scanAction) run(s *session, roots []string) (result.Exit, error) {
	if err := a.walkFlags.check(); err != nil {
		return 0, err
	}
	roots, err := expand(s, roots)
	if err != nil {
		return 0, err
	}
	if len(roots) != 1 {
		return 0, usagef("want one ROOT, found %d; an inventory is that of one folder", len(roots))
	}
	signatures, err := a.signatureFlags.options()
	if err != nil {
		return 0, err
	}
	names, err := a.names(s)
	if err != nil {
		return 0, err
	}
	a.outputFlags.inside = true
	out, err := a.outputFlags.create(s, roots)
	if err != nil {
		return 0, err
	}
	defer out.discard()
	src := newSource(s, &a.walkFlags, names)
	src.signatures = signatures
	if a.hash {
		src.digests = inventory.Digests{MD5: true, SHA256: true} // packages state MD5s
	}
	inv, err := src.write(roots[0], a.all || a.hash, out)
	if err != nil {
		return 0, err
	}
	if err := out.commit(); err != nil {
		return 0, err
	}
	src.idle.note(s, a.quiet)
	return a.sayWhatIsMissing(s, inv), nil
}

// names lists what the catalogue and the user's manifests ask about.
func (a *scanAction) names(s *session) ([]string, error) {
	c, err := a.openCatalog(s)
	if err != nil {
		return nil, err
	}
	own, err := loadAll(s, a.files)
	if err != nil {
		return nil, err
	}
	names, err := c.Names()
	for _, m := range own {
		names = append(names, manifestNames(m)...)
	}
	return names, err
}

// maxFaultNotes is how many unreadable places are named; the inventory has all.
const maxFaultNotes = 5

// sayWhatIsMissing notes what the inventory could not look into, which is trouble.
func (a *scanAction) sayWhatIsMissing(s *session, inv *inventory.Inventory) result.Exit {
	if !a.quiet {
		s.note("scan: %s seen, links not followed: %d", manifest.Counted(inv.Seen, "file", "files"), len(inv.Links))
	}
	var missing []string
	if n := len(inv.Faults); n > 0 {
		missing = append(missing, counted(n, "place", "places"))
	}
	if n := int(inv.Unreadable); n > 0 {
		missing = append(missing, counted(n, "file", "files"))
	}
	if missing == nil {
		return result.ExitPass
	}
	for _, f := range inv.Faults[:min(len(inv.Faults), maxFaultNotes)] {
		s.note("scan: %s: %s", f.Path, f.Error)
	}
	s.note("scan: %s could not be read, and the inventory says so; --exclude leaves out what does not matter",
		strings.Join(missing, " and "))
	return result.ExitTrouble
}

// write takes the inventory of a folder straight to out.
func (r *source) write(root string, all bool, out *output) (*inventory.Inventory, error) {
	if why := unnameable(root); why != "" {
		return nil, fmt.Errorf("root %s: %s", quote(root), why)
	}
	is, err := r.isInventory(r.s.ctx, root)
	if err != nil {
		return nil, interrupted(root)
	}
	if is {
		return nil, fmt.Errorf("root %s: is an inventory already; name a folder or a package", quote(root))
	}
	at := r.progress.begin(root)
	defer at.end()
	o := r.options(at)
	o.All, o.Own = all, out.own()
	o.Tool = "kbverify " + toolVersion()
	inv, err := inventory.ScanTo(r.s.ctx, root, o, out)
	if err != nil {
		return nil, r.whyNot(r.s.ctx, root, err)
	}
	r.idle.read(inv)
	return inv, nil
}
