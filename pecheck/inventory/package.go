package inventory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kbverify/internal/cab"
	"kbverify/internal/msi"
	"kbverify/pecheck/visible"
)

// pack is a package in place of a root: a cabinet, a program with cabinets in it, or a
// Windows Installer package, and the files that it unpacks to.
type pack struct {
	path    string
	file    *os.File
	size    int64
	beside  *beside
	members []member
	sources []*packSource
	faults  []Fault
}

// member is a file that a package unpacks to.
type member struct {
	names  []string    // raw elements of its path
	path   string      // the same, escaped
	source *packSource // nil where it is loose, or cannot be read
	index  int         // in the source's files
	loose  []string    // path of the file beside the package that it is
	size   int64
	time   time.Time
	why    string // why it cannot be read, "" where it can be tried
}

// packSource is a cabinet, or a spanned set of cabinets, with members in it.
type packSource struct {
	*cab.Cabinet
	name string // in messages
}

const (
	// maxMembers caps the files of a package: the largest known have 100,000.
	maxMembers = 500_000
	// maxParts caps the cabinets of a spanned set: those that were made for floppies have
	// some dozen.
	maxParts = 200
)

// SniffPackage reports that Scan takes the file at path for a root: it is a cabinet, a
// program with cabinets in it, or a Windows Installer package, damaged or not.
func SniffPackage(ctx context.Context, path string) bool {
	file, size, head, err := OpenHead(path, msi.SniffBytes)
	if err != nil {
		return false
	}
	defer file.Close()
	switch {
	case cab.Begins(head):
		return true
	case msi.Sniff(head):
		p, err := msi.Open(file, size)
		return err == nil && p.Kind() == msi.KindPackage || err != nil && !errors.Is(err, msi.ErrNotInstaller)
	case isProgram(head):
		places, err := cab.Find(ctx, file, size)
		return len(places) > 0 || err != nil
	}
	return false
}

func isProgram(head []byte) bool { return bytes.HasPrefix(head, []byte("MZ")) }

// nameAnother is what to do where a file is named as a root and is none.
const nameAnother = "; name the folder that holds the files, an inventory written by scan, or a package"

var (
	errNoPackage = errors.New("begins as no cabinet, program or Windows Installer package does (a web page that was " +
		"saved under this name? cut off?)" + nameAnother)
	errNoCabinets = errors.New("a program without a cabinet in it" + nameAnother)
)

// openPack opens the package at path and lists it; nil, without an error, where
// there is no file.
func openPack(ctx context.Context, path string) (*pack, error) {
	file, size, head, err := OpenHead(path, msi.SniffBytes)
	if errors.Is(err, ErrNoFile) || errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &pack{path: path, file: file, size: size, beside: newBeside(path)}
	switch {
	case cab.Begins(head):
		err = p.openCabinet()
	case msi.Sniff(head):
		err = p.openInstaller(ctx)
	case isProgram(head):
		err = p.openProgram(ctx)
	default:
		err = errNoPackage
	}
	if err == nil && len(p.members) > maxMembers {
		err = fmt.Errorf("more than %d files in one package", maxMembers)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	p.sort()
	return p, nil
}

func (p *pack) close() {
	p.file.Close()
	p.beside.close()
}

func (p *pack) fault(format string, args ...any) {
	p.faults = append(p.faults, Fault{".", visible.Text(fmt.Sprintf(format, args...))})
}

// openCabinet lists a cabinet, with the others of its set that lie beside it.
func (p *pack) openCabinet() error {
	c, err := cab.Open(p.file, p.size)
	if err != nil {
		return fmt.Errorf("cabinet: %w", err)
	}
	set, _, why := joinSet(c, filepath.Base(p.path), p.beside.cabinet)
	if why != "" {
		p.fault("%s", why)
	}
	p.add(&packSource{set, ""})
	return nil
}

// openProgram lists the cabinets in a program.
func (p *pack) openProgram(ctx context.Context) error {
	places, err := cab.Find(ctx, p.file, p.size)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return errNoCabinets
	}
	for _, at := range places {
		n := min(at.Size, p.size-at.At)
		name := fmt.Sprintf("cabinet at byte %d", at.At)
		c, err := cab.Open(io.NewSectionReader(p.file, at.At, n), n)
		if err != nil {
			p.fault("%s: %v", name, err)
			continue
		}
		set, _, why := joinSet(c, "", p.beside.cabinet)
		if why != "" {
			p.fault("%s: %s", name, why)
		}
		if p.add(&packSource{set, name}); len(p.members) > maxMembers {
			return nil
		}
	}
	return nil
}

// add lists every file of a cabinet under its own name.
func (p *pack) add(s *packSource) {
	p.sources = append(p.sources, s)
	for i := range s.Files {
		f := &s.Files[i]
		m := member{source: s, index: i, size: f.Size, time: f.Modified}
		if err := m.place(f.Name); err != nil {
			p.fault("%s", s.say(fmt.Sprintf("file %s is not listed: %v", visible.Quote(f.Name), err)))
			continue
		}
		p.members = append(p.members, m)
	}
}

// say puts the cabinet's name before a message.
func (s *packSource) say(text string) string {
	if s.name == "" {
		return text
	}
	return s.name + ": " + text
}

// place takes a stored path. Separators before it and "." in it say nothing; what
// would lead out of the folder that it is unpacked to is no path.
func (m *member) place(stored string) error {
	m.names = m.names[:0]
	for name := range strings.SplitSeq(stored, "/") {
		switch {
		case name == "" || name == ".":
			continue
		case name == "..":
			return errors.New("its name leads out of the folder")
		case strings.ContainsRune(name, ':'):
			return errors.New("its name holds a colon, as that of a drive or a stream does")
		}
		m.names = append(m.names, name)
	}
	var escaped []string
	for _, name := range m.names {
		escaped = append(escaped, visible.Name(name))
	}
	m.path = strings.Join(escaped, "/")
	_, err := rawNames(nil, m.path)
	return err
}

// sort puts the members in path order. Of several with one path, such as the editions
// between which conditions of an installer choose, unpacking leaves the last.
func (p *pack) sort() {
	slices.SortStableFunc(p.members, func(a, b member) int { return comparePaths(a.path, b.path) })
	kept := p.members[:0]
	for i := range p.members {
		m := &p.members[i]
		if n := len(kept); n > 0 && kept[n-1].path == m.path {
			kept[n-1] = *m
			continue
		}
		kept = append(kept, *m)
	}
	p.members = kept
}

// joinSet opens the neighbours of a cabinet in its spanned set, as far as find has
// them, and gives all as one, with the names of the parts. why is what is missing.
func joinSet(c *cab.Cabinet, name string, find func(string) (*cab.Cabinet, error)) (set *cab.Cabinet, names []string,
	why string) {
	parts, names := []*cab.Cabinet{c}, []string{name}
	follow := func(next string, to func(*cab.Cabinet)) bool {
		if next == "" || why != "" {
			return false
		}
		if len(parts) == maxParts || slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, next) }) {
			why = fmt.Sprintf("cabinet %s: the spanned set does not end", next)
			return false
		}
		part, err := find(next)
		if err != nil {
			why = fmt.Sprintf("cabinet %s of the spanned set: %v", next, err)
			return false
		}
		names = append(names, next)
		to(part)
		return true
	}
	for follow(parts[0].Previous, func(part *cab.Cabinet) { parts = slices.Insert(parts, 0, part) }) {
	}
	missing := why
	why = ""
	for follow(parts[len(parts)-1].Next, func(part *cab.Cabinet) { parts = append(parts, part) }) {
	}
	if missing != "" {
		why = strings.TrimSuffix(missing+"; "+why, "; ")
	}
	set, err := cab.Join(parts)
	if err != nil {
		return c, names, fmt.Sprintf("the spanned set: %v", err)
	}
	return set, names, why
}
