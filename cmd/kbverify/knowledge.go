package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/internal/patience"
	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck"
	"kbverify/pecheck/report"
)

// catalogFlag says which catalogue to use.
type catalogFlag struct{ dirs []string }

func (f *catalogFlag) flags(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.dirs, "catalog", nil, "add the manifests in folder `DIR` to the embedded ones, and to those "+
		"in the folders of "+catalogVariable+"; repeatable")
}

// catalogVariable holds folders for every command, separated as those of PATH are.
const catalogVariable = "KBVERIFY_CATALOG"

func (f *catalogFlag) openCatalog(s *session) (*catalog.Catalog, error) {
	ours := filepath.SplitList(os.Getenv(catalogVariable))
	ours = slices.DeleteFunc(ours, func(dir string) bool { return dir == "" }) // as between two separators
	if len(ours)+len(f.dirs) == 0 {
		// Nothing is waited for, so an interrupted run still gives the results that it has.
		return catalog.Open(manifests.FS, nil)
	}
	named := "--catalog"
	switch {
	case len(f.dirs) == 0:
		named = catalogVariable
	case len(ours) > 0:
		named += " and " + catalogVariable
	}
	dirs := append(ours, f.dirs...)
	c, err := patience.Wait(s.ctx, func() (*catalog.Catalog, error) { return catalog.Open(manifests.FS, dirs) }, nil)
	switch {
	case s.ctx.Err() != nil:
		return nil, errInterrupted
	case err != nil:
		return nil, fmt.Errorf("%s: %w", named, err)
	}
	return c, nil
}

// askedFlags say which hotfixes to judge by.
type askedFlags struct {
	catalogFlag
	ids        idsFlag
	files      []string
	ownPackage bool // judge each root by the package in it
}

func (f *askedFlags) flags(fs *pflag.FlagSet) {
	fs.VarP(&f.ids, "kb", "k", "judge by hotfix `KB[/TABLE]`; repeatable, or several with commas")
	fs.StringArrayVarP(&f.files, "manifest", "m", nil, "judge by the manifest, or the installer package, in `FILE`; "+
		ownPackageWord+" is the package that each root itself holds; repeatable")
	choose(fs, "manifest", ownPackageWord)
	f.catalogFlag.flags(fs)
}

// requests turns the flags into what Verify takes, or reports everything that
// is wrong with them. A hotfix named with -k is looked for among the files of -m
// first, so that -m FILE -k KB/TABLE names a table there.
func (f *askedFlags) requests(s *session) ([]pecheck.Request, *catalog.Catalog, error) {
	c, err := f.openCatalog(s)
	if err != nil {
		return nil, nil, err
	}
	f.ownPackage = slices.Contains(f.files, ownPackageWord)
	f.files = slices.DeleteFunc(f.files, func(file string) bool { return file == ownPackageWord })
	own, faults := loadAll(s, f.files)
	requests, err := f.resolve(own, c)
	err = errors.Join(faults, err)
	if err == nil {
		f.sayWhichManifest(requests, own, c)
	}
	if err == nil && len(requests) == 0 && !f.ownPackage {
		err = usagef("no hotfix is named: -k KB977203, or -m FILE; kbverify list shows those that are known")
	}
	return requests, c, err
}

func (f *askedFlags) resolve(own []*manifest.Manifest, c *catalog.Catalog) ([]pecheck.Request, error) {
	var requests []pecheck.Request
	var faults []error
	for _, id := range f.ids {
		r, err := request(id, own, c)
		if err != nil {
			faults = append(faults, err)
		} else if !slices.ContainsFunc(requests, func(q pecheck.Request) bool {
			return q.Manifest.ID == r.Manifest.ID && q.Table == r.Table
		}) {
			requests = append(requests, r)
		}
	}
	for _, m := range own {
		if !slices.ContainsFunc(requests, func(r pecheck.Request) bool { return r.Manifest == m }) {
			requests = append(requests, pecheck.Request{Manifest: m})
		}
	}
	return requests, errors.Join(faults...)
}

// sayWhichManifest names the user's file in the requests in which it stands for a
// hotfix that the catalogue has too.
func (f *askedFlags) sayWhichManifest(requests []pecheck.Request, own []*manifest.Manifest, c *catalog.Catalog) {
	for i := range requests {
		r := &requests[i]
		if at := slices.Index(own, r.Manifest); at >= 0 && c.Has(r.Manifest.ID) {
			r.File = f.files[at]
		}
	}
}

// knownBeside is what verify knows besides the hotfixes asked for: those that
// share a file name with them. A manifest of the user's own takes the place of
// the catalogue's.
func knownBeside(c *catalog.Catalog, requests []pecheck.Request) (pecheck.Known, error) {
	return knownOf(c, func() ([]*manifest.Manifest, error) {
		known, err := c.Sharing(namesOf(requests))
		for _, r := range requests {
			known = slices.DeleteFunc(known, func(m *manifest.Manifest) bool {
				return manifest.IDKey(m.ID) == manifest.IDKey(r.Manifest.ID)
			})
		}
		for _, r := range requests {
			if !slices.Contains(known, r.Manifest) {
				known = append(known, r.Manifest)
			}
		}
		return known, err
	})
}

func knownOf(c *catalog.Catalog, hotfixes func() ([]*manifest.Manifest, error)) (k pecheck.Known, err error) {
	if k.Releases, err = c.Releases(); err != nil {
		return k, err
	}
	k.Hotfixes, err = hotfixes()
	return k, err
}

func loadAll(s *session, files []string) ([]*manifest.Manifest, error) {
	var own []*manifest.Manifest
	var faults []error
	for _, file := range files {
		m, err := patience.Wait(s.ctx, func() (*manifest.Manifest, error) { return loadManifest(file) }, nil)
		switch {
		case s.ctx.Err() != nil:
			return nil, errInterrupted
		case err != nil:
			faults = append(faults, err)
			continue
		}
		own = append(own, m)
	}
	return own, errors.Join(faults...)
}

// request finds the hotfix and table that KB[/TABLE] names.
func request(name string, own []*manifest.Manifest, c *catalog.Catalog) (pecheck.Request, error) {
	m, table, err := findTable(name, own, c)
	r := pecheck.Request{Manifest: m}
	if err != nil {
		return r, err
	}
	if table != nil {
		r.Table = table.Name
		if table.Reference != "" {
			return r, fmt.Errorf("table %q of %s is not one of installed files: %s", table.Name, m.ID, table.Reference)
		}
	}
	return r, nil
}

// findTable finds the hotfix, and the table where the name has one.
func findTable(name string, own []*manifest.Manifest, c *catalog.Catalog) (*manifest.Manifest, *manifest.Table, error) {
	id, tableName, named := strings.Cut(name, "/")
	m, err := findHotfix(id, own, c)
	if err != nil || !named {
		return m, nil, err
	}
	table := m.Table(tableName)
	if table == nil {
		return nil, nil, fmt.Errorf("%s has no table %q; %s", m.ID, tableName, tableList(m))
	}
	return m, table, nil
}

func findHotfix(id string, own []*manifest.Manifest, c *catalog.Catalog) (*manifest.Manifest, error) {
	for _, m := range own {
		if manifest.IDKey(m.ID) == manifest.IDKey(id) {
			return m, nil
		}
	}
	m, err := c.Find(id)
	if nf := (*catalog.NotFoundError)(nil); errors.As(err, &nf) {
		err = fmt.Errorf("%w; kbverify list shows all", err)
	}
	return m, err
}

func tableList(m *manifest.Manifest) string {
	var names []string
	for _, t := range m.Tables {
		names = append(names, t.Name)
	}
	if len(names) == 1 && names[0] == "" {
		return "it has one table, without a name: -k " + m.ID
	}
	return "its tables are " + report.Names(names)
}

func manifestsOf(requests []pecheck.Request) (ms []*manifest.Manifest) {
	for _, r := range requests {
		ms = append(ms, r.Manifest)
	}
	return ms
}

// namesOf lists the file names and patterns that the requests ask about.
func namesOf(requests []pecheck.Request) []string {
	var names []string
	for _, r := range requests {
		names = append(names, manifestNames(r.Manifest)...)
	}
	return names
}

func manifestNames(m *manifest.Manifest) []string {
	var names []string
	for _, t := range m.Tables {
		for _, f := range t.Files {
			names = append(names, f.Name)
			if f.Pattern != "" {
				names = append(names, f.Pattern)
			}
		}
	}
	return names
}

// knownIDs lists the hotfixes of a catalogue.
func knownIDs(c *catalog.Catalog) (ids []string, err error) {
	entries, err := c.Entries()
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids, err
}
