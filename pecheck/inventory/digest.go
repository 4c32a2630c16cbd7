package inventory

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync"

	"kbverify/manifest"
)

// Digests says which digests a scan takes of contents, and of which files. The
// zero value takes none.
type Digests struct {
	MD5, SHA256 bool
	Names       []string // file names, case ignored; none: every file that is listed
}

// digester takes digests of contents for the jobs of one walk.
type digester struct {
	Digests
	names   *selection // nil: every file
	buffers sync.Pool
}

// digestBlock is read at once: few calls over a slow share, little memory a job.
const digestBlock = 256 << 10

func newDigester(d Digests) *digester {
	if !d.MD5 && !d.SHA256 {
		return nil
	}
	g := &digester{Digests: d}
	if len(d.Names) > 0 {
		g.names = newSelection(d.Names, false)
	}
	g.buffers.New = func() any { return new([digestBlock]byte) }
	return g
}

// wants reports that the content of a file of that name is asked for.
func (g *digester) wants(name string) bool {
	return g != nil && (g.names == nil || g.names.names[manifest.NameKey(name)])
}

var errStopped = errors.New("the run was interrupted")

// take reads the content of f to its size, and keeps what is asked of it in f.
// onward is asked before each block, and told its bytes.
func (g *digester) take(f *File, r io.ReaderAt, onward func(bytes int) bool) error {
	sums := g.begin()
	block := g.buffers.Get().(*[digestBlock]byte)
	defer g.buffers.Put(block)
	for at := int64(0); at < f.Size; {
		n, err := r.ReadAt(block[:min(f.Size-at, digestBlock)], at)
		sums.write(block[:n])
		at += int64(n)
		switch {
		case !onward(n):
			return errStopped
		case n == 0 && (err == nil || errors.Is(err, io.EOF)):
			return errors.New("changed while it was read")
		case err != nil && !errors.Is(err, io.EOF):
			return err
		}
	}
	sums.keep(f)
	return nil
}

// sums are the digests of one content while it is read; nil is one that nobody asked for.
type sums struct{ md5, sha256 hash.Hash }

func (g *digester) begin() *sums {
	s := &sums{}
	if g.MD5 {
		s.md5 = md5.New()
	}
	if g.SHA256 {
		s.sha256 = sha256.New()
	}
	return s
}

func (s *sums) write(block []byte) {
	for _, sum := range []hash.Hash{s.md5, s.sha256} {
		if sum != nil {
			sum.Write(block)
		}
	}
}

// keep keeps in f what the content has come to.
func (s *sums) keep(f *File) {
	text := func(sum hash.Hash) string {
		if sum == nil {
			return ""
		}
		return hex.EncodeToString(sum.Sum(nil))
	}
	f.MD5, f.SHA256 = text(s.md5), text(s.sha256)
}
