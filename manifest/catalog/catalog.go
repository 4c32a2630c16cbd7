// Package catalog finds hotfixes: in the catalogue that is embedded in the
// program, PRODUCT/ID.json beside an index, and in the user's own folders.
//
// A command pays for what it uses: Find reads one embedded manifest, Entries
// and Names read the index alone, and only All reads every manifest. The user's
// own manifests are read, all of them, when the catalogue is opened.
package catalog

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"kbverify/internal/parallel"
	"kbverify/manifest"
)

// Catalog is the embedded hotfixes and the user's own.
type Catalog struct {
	embedded fs.FS
	hotfixes map[string]hotfix // by manifest.IDKey
	ids      []string          // of all of them: the embedded ones by path, then the user's
}

// hotfix says where the facts of one hotfix are.
type hotfix struct {
	path string             // PRODUCT/ID.json of an embedded one
	file string             // the user's file: the folder as given and the path below
	own  *manifest.Manifest // what the user's file says; nil for an embedded hotfix
}

// Open takes the embedded manifests and reads those in dirs, with the folders
// below: every file whose name ends in .json or .json.gz, but for names that begin with a
// dot and an index.json at the top, which is what a copy of the embedded
// catalogue holds. Links are not followed out of a folder.
//
// The error is a manifest.Problems with every fault of every file. One of them
// is a hotfix that is there already, embedded or in another file, and says
// something else: which of the two is meant cannot be known. The same facts
// twice are no fault. To judge by facts other than the embedded ones, Load them.
func Open(embedded fs.FS, dirs []string) (*Catalog, error) {
	paths, err := manifestPaths(embedded)
	if err != nil {
		return nil, err
	}
	c := &Catalog{embedded: embedded, hotfixes: make(map[string]hotfix, len(paths))}
	for _, path := range paths {
		c.add(idOf(path), hotfix{path: path})
	}
	if err := c.addOwn(dirs); err != nil {
		return nil, err
	}
	return c, nil
}

// manifestPaths lists the manifests of the embedded catalogue.
func manifestPaths(embedded fs.FS) ([]string, error) { return fs.Glob(embedded, "*/*.json") }

// idOf gives the id that an embedded file is named after.
func idOf(file string) string { return strings.TrimSuffix(path.Base(file), ".json") }

func (c *Catalog) add(id string, h hotfix) {
	c.hotfixes[manifest.IDKey(id)] = h
	c.ids = append(c.ids, id)
}

// own lists the user's hotfixes, ordered by id.
func (c *Catalog) own() []hotfix {
	var own []hotfix
	for _, h := range c.hotfixes {
		if h.own != nil {
			own = append(own, h)
		}
	}
	slices.SortFunc(own, func(a, b hotfix) int { return compareIDs(a.own.ID, b.own.ID) })
	return own
}

// NotFoundError says that no hotfix has the id.
type NotFoundError struct {
	ID      string
	Nearest []string // ids of the catalogue that look like it, the likeliest first
}

func (e *NotFoundError) Error() string {
	if len(e.Nearest) == 0 {
		return fmt.Sprintf("no hotfix %q in the catalogue", e.ID)
	}
	return fmt.Sprintf("no hotfix %q in the catalogue; nearest: %s", e.ID, strings.Join(e.Nearest, ", "))
}

// maxNearest is how many ids a NotFoundError offers: more are not read.
const maxNearest = 5

// Find gives the hotfix of that id in any spelling ("977203", "kb977203",
// "Q977203"). It reads one embedded manifest, or none for the user's own. The
// error is a *NotFoundError where there is no such hotfix.
func (c *Catalog) Find(id string) (*manifest.Manifest, error) {
	h, ok := c.hotfixes[manifest.IDKey(id)]
	if !ok {
		return nil, &NotFoundError{ID: id, Nearest: manifest.Nearest(id, c.ids, maxNearest)}
	}
	if h.own != nil {
		return h.own, nil
	}
	data, err := fs.ReadFile(c.embedded, h.path)
	if err != nil {
		return nil, err
	}
	return manifest.Parse(h.path, data)
}

// Has reports whether there is a hotfix of that id.
func (c *Catalog) Has(id string) bool {
	_, ok := c.hotfixes[manifest.IDKey(id)]
	return ok
}

// All gives every hotfix, ordered by id. It reads every manifest, on all processors.
func (c *Catalog) All() ([]*manifest.Manifest, error) {
	ids := slices.SortedFunc(slices.Values(c.ids), compareIDs)
	all, faults := make([]*manifest.Manifest, len(ids)), make([]error, len(ids))
	parallel.Each(len(ids), func(i int) { all[i], faults[i] = c.Find(ids[i]) })
	if i := slices.IndexFunc(faults, func(err error) bool { return err != nil }); i >= 0 {
		return nil, faults[i]
	}
	return all, nil
}

// releasesPath is where the facts about releases stand in the embedded catalogue.
const releasesPath = "releases.json"

// Releases gives what is known of the products' releases.
func (c *Catalog) Releases() (manifest.Releases, error) {
	data, err := fs.ReadFile(c.embedded, releasesPath)
	if err != nil {
		return nil, err
	}
	all, err := manifest.ParseReleases(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", releasesPath, err)
	}
	return all, nil
}

// Sharing gives the hotfixes that deliver a file of one of the names, ordered by
// id. Of the embedded ones it reads those alone.
func (c *Catalog) Sharing(names []string) ([]*manifest.Manifest, error) {
	wanted := make(map[string]bool, len(names))
	for _, n := range names {
		wanted[manifest.NameKey(n)] = true
	}
	entries, err := c.Entries()
	if err != nil {
		return nil, err
	}
	var all []*manifest.Manifest
	for _, e := range entries {
		if !slices.ContainsFunc(e.Names, func(n string) bool { return wanted[manifest.NameKey(n)] }) {
			continue
		}
		m, err := c.Find(e.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}
