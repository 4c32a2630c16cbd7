package inventory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kbverify/internal/patience"
	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/visible"
)

// unpacked is what was found in a package.
type unpacked struct {
	inv   *Inventory
	files []File
}

// scanPackage takes the inventory of a package as that of the folder that it unpacks
// to. It is nil, without an error, where root is no file.
func (w *walk) scanPackage(ctx context.Context, root string, inv *Inventory, progress func(Progress)) (
	*unpacked, error) {
	w.job.L, w.turn.L = &w.mu, &w.mu
	defer context.AfterFunc(ctx, w.stop)()
	stopProgress := w.report(progress)
	defer stopProgress()
	got, err := patience.Wait(ctx, func() (u *unpacked, err error) {
		defer func() {
			if r := recover(); r != nil {
				u, err = nil, errors.New(internalError(r))
			}
		}()
		p, err := openPack(ctx, root)
		if p == nil || err != nil {
			return nil, err
		}
		defer p.close()
		files, err := w.unpack(ctx, p)
		u = &unpacked{inv, files}
		p.aside(w, inv)
		return u, err
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("root %s: %w", visible.Quote(root), cleanError{err})
	}
	return got, nil
}

// deliver hands over what was found as a walk would.
func (u *unpacked) deliver(to fileSink, err error) (*Inventory, error) {
	if err != nil {
		return nil, err
	}
	if err := to.begin(u.inv); err != nil {
		return u.inv, err
	}
	a := &asides{fileSink: to, inv: u.inv}
	for i := range u.files {
		if err := a.file(&u.files[i]); err != nil {
			return u.inv, fmt.Errorf("root %s: %w", visible.Quote(u.inv.Root), err)
		}
	}
	return u.inv, nil
}

// aside fills in what an inventory has besides files.
func (p *pack) aside(w *walk, inv *Inventory) {
	a := &asides{inv: inv}
	for _, s := range p.sources {
		for _, text := range s.Damage {
			p.fault("%s", s.say(text))
		}
	}
	slices.SortStableFunc(p.faults, func(a, b Fault) int {
		return comparePaths(strings.TrimPrefix(a.Path, "."), strings.TrimPrefix(b.Path, "."))
	})
	for _, f := range p.faults {
		a.fault(f)
	}
	var above []string
	for i := range p.members {
		m := &p.members[i]
		folders := m.names[:len(m.names)-1]
		same := 0
		for same < min(len(above), len(folders)) && above[same] == folders[same] {
			same++
		}
		for n := same; n < len(folders); n++ {
			if w.exclude.within(folders[:n+1]) {
				break
			}
			if platform, ok := manifest.FolderPlatform(folders[n]); ok {
				a.folder(Folder{joinNames(folders[:n+1]), platform})
			}
		}
		above = folders
	}
	inv.Seen = w.seen.Load()
}

func joinNames(names []string) string {
	path := ""
	for _, name := range names {
		path = joinPath(path, visible.Name(name))
	}
	return path
}

// unpack reads every member that matters, in one pass over each cabinet.
func (w *walk) unpack(ctx context.Context, p *pack) ([]File, error) {
	wanted := w.wanted(p)
	files := make([]*File, len(p.members))
	in := map[*packSource]map[int][]int{} // members by the file of the source that they are
	for _, i := range wanted {
		switch m := &p.members[i]; {
		case m.why != "":
			files[i] = unpackedNot(m, m.why)
		case m.source == nil:
			files[i] = w.readLoose(p.beside, m)
		default:
			if in[m.source] == nil {
				in[m.source] = map[int][]int{}
			}
			in[m.source][m.index] = append(in[m.source][m.index], i)
		}
	}
	c := &capture{onward: w.goesOn, hold: maxHeld}
	if w.signatures != nil {
		c.hold = maxHeldSigned
	}
	for _, s := range p.sources {
		want := func(i int) bool { return len(in[s][i]) > 0 }
		err := s.Read(ctx, want, func(same []int, r io.Reader) error {
			var numbers []int
			var members []*member
			for _, i := range same {
				for _, n := range in[s][i] {
					numbers, members = append(numbers, n), append(members, &p.members[n])
				}
			}
			for i, f := range w.readMembers(c, s, members, r) {
				files[numbers[i]] = f
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	if info, err := p.file.Stat(); err != nil || info.Size() != p.size {
		p.fault("the package changed while it was read")
	}
	out := make([]File, 0, len(wanted))
	for _, i := range wanted {
		files[i].Path = p.members[i].path
		out = append(out, *files[i])
	}
	return out, nil
}

// wanted lists the members that matter, and counts those that a walk would pass.
func (w *walk) wanted(p *pack) (wanted []int) {
	for i := range p.members {
		names := p.members[i].names
		if len(names) > 1 && w.exclude.within(names[:len(names)-1]) {
			continue
		}
		w.seen.Add(1)
		if w.names.wants([]byte(names[len(names)-1])) && !w.exclude.path(names) {
			wanted = append(wanted, i)
		}
	}
	return wanted
}

func unpackedNot(m *member, why string) *File {
	return &File{Size: m.size, Modified: wholeSeconds(m.time),
		Image: pefile.Image{Ending: pefile.Unreadable, Detail: visible.Text(why)}}
}

// readMembers reads members that are the same bytes, to their end: only there it is
// known that all of them are right.
func (w *walk) readMembers(c *capture, s *packSource, members []*member, r io.Reader) []*File {
	looks := make([]lookInto, len(members))
	var all lookInto
	for i, m := range members {
		looks[i] = w.lookAt(m.names[len(m.names)-1])
		all.image = all.image || looks[i].image
		all.digest = all.digest || looks[i].digest
	}
	c.reset(r, members[0].size)
	if all.digest {
		c.sums = w.digests.begin()
	}
	image := File{Size: members[0].size}
	failed := w.readCaptured(&image, c, all.image)
	files := make([]*File, len(members))
	for i, m := range members {
		if err := cmp.Or(failed, c.err); err != nil {
			files[i] = unpackedNot(m, s.say(err.Error()))
			continue
		}
		f := &File{Size: m.size, Modified: wholeSeconds(m.time)}
		switch look := looks[i]; {
		case look.image:
			f.Image, f.Strings, f.Signature = image.Image, image.Strings, image.Signature
		case look.signature != "":
			f.NoSignature = !c.beginsWith(look.signature)
		}
		if looks[i].digest && f.Ending != pefile.Unreadable {
			c.sums.keep(f)
		}
		files[i] = f
	}
	return files
}

// readCaptured reads the image, where one is wanted, the signature of one, and then all
// the rest. A panic costs these files alone.
func (w *walk) readCaptured(f *File, c *capture, image bool) (failed error) {
	defer func() {
		if r := recover(); r != nil {
			failed = errors.New(internalError(r))
		}
	}()
	if image {
		readImage(f, c, w.strings)
		w.checkSignature(f, c)
		if s := f.Signature; s != nil && s.Cause == authenticode.Unreadable {
			if c.size <= int64(c.hold) {
				return errors.New(s.Detail)
			}
			*s = authenticode.Signature{Status: authenticode.NotChecked, Cause: authenticode.Unsupported, Detail: tooLong}
		}
	}
	c.finish()
	return nil
}

const (
	// maxHeld is how much of a file's beginning is kept while it is read: nearly all
	// executables are shorter, and are read as from a disk.
	maxHeld = 4 << 20
	// maxHeldSigned is the same where signatures are asked for: they stand at the end of a
	// file, and are of what is before them.
	maxHeldSigned = 64 << 20
	// maxRecent is how much is kept of what was read last, behind that: a version
	// resource, and the directory that leads to it.
	maxRecent = 1 << 20
)

var tooLong = fmt.Sprintf("longer than %d MB, in a package: unpack it to have the signature checked", maxHeldSigned>>20)

// capture lets a stream be read as an io.ReaderAt: forward, and back to what it keeps.
// It reads no further than it is asked.
type capture struct {
	r        io.Reader
	size     int64
	at       int64  // read so far
	held     []byte // from the start, at most hold
	hold     int
	recent   []byte // the latest bytes behind held
	keep     bool
	sums     *sums // nil: of no content
	err      error
	onward   func(bytes int) bool
	block    []byte
	recentAt int64
}

const captureBlock = 64 << 10

func (c *capture) reset(r io.Reader, size int64) {
	if c.block == nil {
		c.block = make([]byte, captureBlock)
	}
	*c = capture{r: r, size: size, held: c.held[:0], recent: c.recent[:0], keep: true, hold: c.hold, onward: c.onward,
		block: c.block}
}

var errBehind = errors.New("its version stands before what leads to it, in a file too large to be kept; " +
	"unpack the package")

// ReadAt implements io.ReaderAt.
func (c *capture) ReadAt(p []byte, off int64) (int, error) {
	end := min(off+int64(len(p)), c.size)
	for c.at < end {
		if err := c.pull(); err != nil {
			return 0, err
		}
	}
	n := 0
	if off < int64(len(c.held)) {
		n = copy(p, c.held[off:])
	}
	if at := off + int64(n); at < end {
		if at < c.recentAt {
			return n, errBehind
		}
		n += copy(p[n:], c.recent[at-c.recentAt:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// pull reads some more, and keeps it while there is room.
func (c *capture) pull() error {
	if c.err != nil {
		return c.err
	}
	n, err := c.r.Read(c.block)
	b := c.block[:n]
	hashed := 0
	if c.sums != nil {
		c.sums.write(b)
		hashed = n
	}
	c.at += int64(n)
	if c.keep {
		room := min(c.hold-len(c.held), len(b))
		c.held = append(c.held, b[:room]...)
		if b = b[room:]; len(b) > 0 {
			if len(c.recent)+len(b) > 2*maxRecent {
				c.recent = slices.Delete(c.recent, 0, len(c.recent)-maxRecent)
			}
			c.recent = append(c.recent, b...)
		}
		c.recentAt = c.at - int64(len(c.recent))
	}
	switch {
	case !c.onward(hashed):
		c.err = errStopped
	case errors.Is(err, io.EOF) && c.at < c.size:
		c.err = io.ErrUnexpectedEOF
	case err != nil && !errors.Is(err, io.EOF):
		c.err = err
	}
	return c.err
}

// finish reads to the end, of which nothing more is kept but the first bytes.
func (c *capture) finish() {
	if c.at == 0 && c.size > 0 {
		_ = c.pull()
	}
	c.keep = false
	for c.at < c.size && c.pull() == nil {
	}
	if c.at == c.size && c.size == 0 {
		_ = c.pull() // what cannot be read says so, also where it is empty
	}
}

func (c *capture) beginsWith(signature string) bool {
	return len(c.held) >= len(signature) && string(c.held[:len(signature)]) == signature
}
