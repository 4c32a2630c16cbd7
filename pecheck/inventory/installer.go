package inventory

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"kbverify/internal/cab"
	"kbverify/internal/msi"
	"kbverify/manifest"
	"kbverify/pecheck/visible"
)

// openInstaller lists the files of a Windows Installer package where an
// administrative installation (msiexec /a) puts them.
func (p *pack) openInstaller(ctx context.Context) error {
	db, err := msi.Open(p.file, p.size)
	if err != nil {
		return err
	}
	files, findings, err := db.Files()
	if err != nil {
		return err
	}
	for _, f := range findings {
		if f.Damage {
			p.fault("%s: %s", f.Place, f.Text)
		}
	}
	media := &media{p: p, sets: map[string]*mediaSet{}}
	for i := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := &files[i]
		m := member{size: max(f.Size, 0)}
		if f.Source == "" { // a finding has said why
			continue
		}
		if err := m.place(f.Source); err != nil {
			p.fault("File.%s: %s is not listed: %v", f.Key, visible.Quote(f.Source), err)
			continue
		}
		if f.Compressed {
			media.find(&m, f)
		} else {
			m.loose = m.names
		}
		p.members = append(p.members, m)
	}
	return nil
}

// media opens the cabinets of a package when a file in them is asked for.
type media struct {
	p    *pack
	sets map[string]*mediaSet // by name, in lower case; external ones with "/" before it
}

// mediaSet is a cabinet, or the spanned set that it is part of.
type mediaSet struct {
	source *packSource
	byKey  map[string]int // of the files in it, which are named by keys of table File
	why    string         // why it cannot be read
}

// find says where in a cabinet the file is.
func (d *media) find(m *member, f *msi.File) {
	set := d.open(f.Cabinet)
	if set.why != "" {
		m.why = set.why
		return
	}
	i, there := set.byKey[f.Key]
	if !there {
		m.why = set.source.say(fmt.Sprintf("it has no file %s", visible.Quote(f.Key)))
		return
	}
	m.source, m.index = set.source, i
	m.size, m.time = set.source.Files[i].Size, set.source.Files[i].Modified
}

func mediaKey(name string, external bool) string {
	if external {
		return "/" + strings.ToLower(name)
	}
	return name
}

func (d *media) open(at msi.Cabinet) *mediaSet {
	key := mediaKey(at.Name, at.External)
	if set := d.sets[key]; set != nil {
		return set
	}
	find := func(name string) (*cab.Cabinet, error) { return openStream(at.In, name) }
	if at.External {
		find = d.p.beside.cabinet
	}
	name := "cabinet " + at.Name
	set := &mediaSet{}
	d.sets[key] = set
	c, err := find(at.Name)
	if err != nil {
		set.why = visible.Text(fmt.Sprintf("%s: %v", name, err))
		return set
	}
	// Other media say of the parts that are missing: only files that need them fail.
	joined, parts, _ := joinSet(c, at.Name, find)
	for _, part := range parts {
		d.sets[mediaKey(part, at.External)] = set
	}
	set.source = &packSource{joined, name}
	set.byKey = make(map[string]int, len(joined.Files))
	for i := range joined.Files {
		set.byKey[joined.Files[i].Name] = i
	}
	d.p.sources = append(d.p.sources, set.source)
	return set
}

// openStream opens a cabinet that is a stream of the package.
func openStream(db *msi.Package, name string) (*cab.Cabinet, error) {
	r, size, err := db.Stream(name)
	if err != nil {
		return nil, err
	}
	return cab.Open(r, size)
}

// beside reads what lies beside a package: external cabinets and loose files.
type beside struct {
	path string // of the package
	root folder
	err  error // why root could not be opened
	open []handle
	// listed holds folders that were listed, by their paths: entries by manifest.NameKey.
	listed map[string]map[string]besideEntry
	names  int // in listed
}

type besideEntry struct {
	spelled string
	kind    entryKind
}

// maxBeside caps the names of listed folders: more than any package has files.
const maxBeside = 1_000_000

func newBeside(path string) *beside {
	return &beside{path: path, listed: map[string]map[string]besideEntry{}}
}

func (b *beside) close() {
	for _, h := range b.open {
		h.close()
	}
	if b.root != nil {
		b.root.close()
	}
}

// folder is the one that the package lies in.
func (b *beside) folder() (folder, error) {
	if b.root == nil && b.err == nil {
		var root rootFolder
		if root, b.err = newDisk().root(filepath.Dir(b.path)); b.err == nil {
			b.root = root
		}
	}
	return b.root, b.err
}

var errNotBeside = errors.New("it does not lie beside the package")

// cabinet opens a cabinet by its name, whose case may differ.
func (b *beside) cabinet(name string) (*cab.Cabinet, error) {
	if strings.ContainsAny(name, `/\:`) || name == ".." || name == "." {
		return nil, errors.New("its name is none of a file beside the package")
	}
	h, err := b.find([]string{name})
	if err != nil {
		return nil, err
	}
	b.open = append(b.open, h)
	s, err := h.stat()
	if err != nil {
		return nil, errors.New(whyNot(err))
	}
	c, err := cab.Open(h, s.size)
	if err != nil && !errors.Is(err, cab.ErrNoCabinet) {
		err = fmt.Errorf("%s", reason(err))
	}
	return c, err
}

// find opens the file at a path below the package's folder. Links are not followed.
func (b *beside) find(names []string) (handle, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, errors.New(whyNot(err))
	}
	above := ""
	for i, name := range names {
		spelled, kind, err := b.lookUp(dir, above, name)
		above += "/" + spelled
		last := i == len(names)-1
		var next folder
		var h handle
		switch {
		case err != nil:
		case last && kind != fileEntry:
			err = errors.New("it is no file, or a link, which is not followed")
		case last:
			h, err = dir.open(spelled)
		default:
			next, err = dir.enter(spelled)
		}
		if i > 0 {
			dir.close()
		}
		if err != nil {
			if next != nil {
				next.close()
			}
			return nil, errors.New(whyNotBeside(err))
		}
		if last {
			return h, nil
		}
		dir = next
	}
	return nil, errNotBeside
}

func whyNotBeside(err error) string {
	if errors.Is(err, errNotBeside) {
		return err.Error()
	}
	return whyNot(err)
}

// lookUp finds an entry of a folder whose name may differ in case.
func (b *beside) lookUp(dir folder, path, name string) (spelled string, kind entryKind, err error) {
	if s, err := dir.stat(name); err == nil {
		return name, kindOf(s.mode), nil
	}
	entries, is := b.listed[path]
	if !is {
		entries = map[string]besideEntry{}
		err := dir.list(func(entry []byte, k entryKind) bool {
			entries[manifest.NameKey(string(entry))] = besideEntry{string(entry), k}
			return len(entries)+b.names < maxBeside
		})
		if err != nil {
			return "", 0, err
		}
		b.listed[path] = entries
		b.names += len(entries)
	}
	if e, is := entries[manifest.NameKey(name)]; is {
		return e.spelled, e.kind, nil
	}
	return "", 0, errNotBeside
}

// readLoose reads a file that lies beside the package.
func (w *walk) readLoose(b *beside, m *member) *File {
	h, err := b.find(m.loose)
	if err != nil {
		return unpackedNot(m, err.Error())
	}
	return w.read(h, w.lookAt(m.names[len(m.names)-1]))
}
