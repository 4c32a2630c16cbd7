package inventory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"time"

	"kbverify/internal/patience"
	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/visible"
)

// ReadFile describes the file at path, with its strings and, unless signatures is nil,
// its signature, as a scan of its folder would: it never waits for a pipe's other
// end, and what cannot be read is a File with that Ending. Unlike a scan it follows a
// link, because the user has named it. The error is for a path at which nothing is, a
// folder, and the end of ctx. File.Path is the last element of path, escaped like all
// paths.
func ReadFile(ctx context.Context, path string, signatures *authenticode.Options) (*File, error) {
	f, err := patience.Wait(ctx, func() (*File, error) { return readNamed(newDisk(), path, signatures) }, nil)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", visible.Quote(path), cleanError{err})
	}
	return f, nil
}

func readNamed(d disk, path string, signatures *authenticode.Options) (*File, error) {
	if path == "" {
		return nil, fmt.Errorf("no name")
	}
	place, err := filepath.EvalSymlinks(path)
	if err != nil { // also where Windows cannot resolve a path that it can open
		place = path
	}
	dir, err := d.root(filepath.Dir(place))
	if err != nil {
		return nil, err
	}
	defer dir.close()
	name := filepath.Base(place)
	s, err := dir.stat(name)
	if err != nil {
		return nil, err
	}
	if s.mode.IsDir() {
		return nil, fmt.Errorf("is a folder")
	}
	w := &walk{strings: true, signatures: signatures, names: newSelection(nil, true), disk: dir}
	found := w.inspect(&node{dir: dir}, name, kindOf(s.mode))
	if found.file == nil {
		return nil, fmt.Errorf("a link that leads nowhere")
	}
	found.file.Path = visible.Name(filepath.Base(path))
	return found.file, nil
}

// finding is what one entry came to. A link that could not be followed is both a
// link and, where its name matters, a file that could not be read.
type finding struct {
	file  *File // without its Path
	link  *Link // without its Path
	fault string
}

// inspect looks at one file, link or special file. A panic costs this file alone.
func (w *walk) inspect(n *node, name string, kind entryKind) (found finding) {
	defer func() {
		if r := recover(); r != nil {
			found = finding{file: unreadable(stat{}, internalError(r))}
		}
	}()
	switch kind {
	case folderLinkEntry:
		path := strings.Join(append(n.elements(), name), "/")
		return finding{link: &Link{Target: target(n.dir, name), Inside: w.disk.inside(path)}}
	case linkEntry:
		return w.inspectLink(n, name)
	case specialEntry:
		return finding{file: sized(n.dir.stat(name))}
	}
	look := w.lookAt(name)
	if !look.opens() {
		return finding{file: sized(n.dir.stat(name))}
	}
	h, err := withRoom(w, func() (handle, error) { return n.dir.open(name) })
	if err != nil {
		s, _ := n.dir.stat(name)
		return finding{file: unreadable(s, whyNot(err))}
	}
	return finding{file: w.read(h, look)}
}

// lookInto is what is looked at in a file of some name.
type lookInto struct {
	image     bool
	signature string // that it has to begin with, in a package or a cabinet
	digest    bool
}

func (l lookInto) opens() bool { return l.image || l.signature != "" || l.digest }

// lookAt says what is looked at in a file of that name: in those that may be
// executables, the image; in packages and cabinets that were asked for by a pattern
// alone, or because every file is listed, the signature. Others are known by their
// size, and none of them is opened unless a digest is wanted.
func (w *walk) lookAt(name string) lookInto {
	look := lookInto{image: !manifest.NamesData(name), digest: w.digests.wants(name)}
	if !look.image && w.names.byPattern(name) {
		look.signature = signatureOf(name)
	}
	return look
}

// read gives what matters of an open file, and closes it. The size is the one that
// the open file had.
func (w *walk) read(h handle, look lookInto) *File {
	defer h.close()
	before, err := h.stat()
	if err != nil {
		return unreadable(before, whyNot(err))
	}
	if kindOf(before.mode) != fileEntry {
		return unreadable(before, "it became a "+describe(before.mode)+" during the run")
	}
	f := sized(before, nil)
	switch {
	case before.size == 0 && look == lookInto{image: true}:
		readImage(f, h, w.strings)
		return f // nothing was read that could have changed
	case look.image:
		readImage(f, h, w.strings)
	case look.signature != "":
		if err := readSignature(f, h, look.signature); err != nil {
			return unreadable(before, whyNot(err))
		}
	}
	if look.digest && f.Ending != pefile.Unreadable {
		if err := w.digests.take(f, h, w.goesOn); err != nil {
			return unreadable(before, whyNot(err))
		}
	}
	if w.checkSignature(f, h); f.Signature != nil && f.Signature.Cause == authenticode.Unreadable {
		return unreadable(before, f.Signature.Detail)
	}
	after, err := h.stat()
	if err != nil {
		return unreadable(before, whyNot(err))
	}
	if after.size != before.size || !after.modified.Equal(before.modified) {
		return unreadable(after, "changed while it was read")
	}
	return f
}

// signatureOf gives the first bytes of every file whose name ends like that one:
// Header Signature of a compound file ([MS-CFB] 2.2) for packages, signature of
// CFHEADER ([MS-CAB] 2.1) for cabinets.
func signatureOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".msi", ".msp":
		return "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	case ".cab":
		return "MSCF"
	}
	return ""
}

// readSignature looks at the first bytes of a file of which they are known.
func readSignature(f *File, h handle, signature string) error {
	first := make([]byte, 8)
	n, err := h.ReadAt(first, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	f.NoSignature = !strings.HasPrefix(string(first[:n]), signature)
	return nil
}

// readImage reads an open file's image, and its strings where they are wanted.
func readImage(f *File, r io.ReaderAt, strings bool) {
	image := pefile.Read(r, f.Size)
	image.StringVersion, image.Detail = visible.Text(image.StringVersion), visible.Text(image.Detail)
	f.Image = image
	if strings && (image.Ending == pefile.Versioned || image.Ending == pefile.NoFixedInfo) {
		if s, err := pefile.ReadStrings(r, f.Size); err == nil {
			f.Strings = &s
		}
	}
}

// sized is a file that is not opened, or what stands in place of one.
func sized(s stat, err error) *File {
	switch {
	case err != nil:
		return unreadable(s, whyNot(err))
	case kindOf(s.mode) != fileEntry:
		return unreadable(s, "a "+describe(s.mode)+", not a file")
	}
	return &File{Size: s.size, Modified: wholeSeconds(s.modified)}
}

func unreadable(s stat, detail string) *File {
	f := &File{Image: pefile.Image{Ending: pefile.Unreadable, Detail: detail}}
	if s.mode.IsRegular() {
		f.Size, f.Modified = s.size, wholeSeconds(s.modified)
	}
	return f
}

// wholeSeconds is the precision and range in which an Inventory keeps times; what no
// calendar holds is kept as the zero time.
func wholeSeconds(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Second)
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t
}
