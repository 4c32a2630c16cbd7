package inventory

import (
	"cmp"
	"fmt"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/visible"
)

// sink takes what a walk finds, in path order, in one goroutine.
type sink interface {
	file(*File) error // who keeps it makes a copy
	folder(Folder)
	fault(Fault)
	link(Link)
}

// deliver hands everything to the sink in path order: by path elements, bytes
// compared, so that "a/z" comes before "a-b". It ends early, without an error,
// when the walk was stopped.
func (w *walk) deliver(to sink) error {
	paths := []string{""} // of the folders down to w.at
	for {
		slots, more := w.collect()
		n := w.at
		for i, s := range slots {
			if s.child != nil {
				break
			}
			name, _ := n.entries.entry(n.given - len(slots) + i)
			if err := give(to, joinPath(paths[len(paths)-1], string(name)), s.found); err != nil {
				return err
			}
		}
		switch {
		case !more:
			return nil
		case len(slots) > 0 && slots[len(slots)-1].child != nil:
			child := slots[len(slots)-1].child
			path := joinPath(paths[len(paths)-1], visible.Name(child.name))
			paths = append(paths, path)
			w.moveTo(child)
			enterFolder(to, path, child)
		case len(slots) == 0:
			if n.parent == nil {
				return nil
			}
			paths = paths[:len(paths)-1]
			w.moveTo(n.parent)
		}
	}
}

func (w *walk) moveTo(n *node) {
	w.mu.Lock()
	w.at = n
	w.mu.Unlock()
}

// collect waits for the next entries of the folder where the sink stands and
// takes those that are done, up to the first folder. None: the folder is at its
// end. more is false when the walk was stopped.
func (w *walk) collect() (slots []slot, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.at
	for !w.stopped && n.given < n.entries.len() && (len(n.slots) == 0 || !n.slots[0].done) {
		if len(n.slots) == 0 {
			w.job.Broadcast() // this entry may be taken whatever else is held back
		}
		w.turn.Wait()
	}
	if w.stopped {
		return nil, false
	}
	count := 0
	for count < len(n.slots) && n.slots[count].done {
		count++
		if n.slots[count-1].child != nil {
			break
		}
	}
	slots = n.slots[:count:count]
	n.slots = n.slots[count:]
	n.given += count
	if w.ahead >= maxAhead {
		w.job.Broadcast()
	}
	w.ahead -= count
	return slots, true
}

func give(to sink, path string, f finding) error {
	if f.link != nil {
		f.link.Path = path
		to.link(*f.link)
	}
	if f.fault != "" {
		to.fault(Fault{path, f.fault})
	}
	if f.file == nil {
		return nil
	}
	f.file.Path = path
	return to.file(f.file)
}

func enterFolder(to sink, path string, n *node) {
	if p, ok := manifest.FolderPlatform(n.name); ok {
		to.folder(Folder{path, p})
	}
	if n.fault != "" {
		to.fault(Fault{path, n.fault})
	}
}

func joinPath(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// comparePaths orders paths as a walk delivers them: "/" comes before every byte
// that can stand in an escaped name.
func comparePaths[A, B ~string | ~[]byte](a A, b B) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		switch x, y := a[i], b[i]; {
		case x == y:
		case x == '/':
			return -1
		case y == '/':
			return 1
		case x < y:
			return -1
		default:
			return 1
		}
	}
	return cmp.Compare(len(a), len(b))
}

// fileSink takes the files of a scan in path order.
type fileSink interface {
	// begin comes first, with what was asked.
	begin(*Inventory) error
	file(*File) error // who keeps it makes a copy
}

// eachFile hands each file on.
type eachFile func(*File) error

func (each eachFile) begin(*Inventory) error { return nil }

func (each eachFile) file(f *File) error {
	own := *f
	return each(&own)
}

// collector keeps the files.
type collector struct {
	files []File
	bytes int
}

func (c *collector) begin(*Inventory) error { return nil }

func (c *collector) file(f *File) error {
	const fixed = 192 // of a File, besides its texts
	c.bytes += fixed + len(f.Path) + len(f.Detail) + len(f.StringVersion) + len(f.MD5) + len(f.SHA256)
	if v := f.Strings; v != nil {
		c.bytes += fixed + len(v.FileVersion) + len(v.ProductVersion) + len(v.ProductName) + len(v.CompanyName) +
			len(v.FileDescription) + len(v.OriginalFilename) + len(v.InternalName)
	}
	if s := f.Signature; s != nil {
		c.bytes += fixed + len(s.Detail) + len(s.Algorithm) + len(s.Signer) + len(s.Distrust)
	}
	if c.bytes > maxKept {
		return fmt.Errorf("more than %d files of interest, no memory for more; check a part of the root at a time",
			len(c.files))
	}
	c.files = append(c.files, *f)
	return nil
}

// asides puts into an Inventory what a walk finds besides files.
type asides struct {
	fileSink
	inv     *Inventory
	nowhere string // path of the latest link that is Inside
}

func (a *asides) file(f *File) error {
	if f.Ending == pefile.Unreadable && f.Path != a.nowhere {
		a.inv.Unreadable++
	}
	return a.fileSink.file(f)
}

// folder keeps the first of each platform whatever the number: the platforms in
// scope depend on it.
func (a *asides) folder(f Folder) {
	if len(a.inv.Folders) < maxAsides {
		a.inv.Folders = append(a.inv.Folders, f)
		return
	}
	for _, known := range a.inv.Folders {
		if known.Platform == f.Platform {
			return
		}
	}
	a.inv.Folders = append(a.inv.Folders, f)
}

func (a *asides) fault(f Fault) {
	if len(a.inv.Faults) < maxAsides {
		a.inv.Faults = append(a.inv.Faults, f)
	}
}

func (a *asides) link(l Link) {
	if l.Inside {
		a.nowhere = l.Path
	}
	if len(a.inv.Links) < maxAsides {
		a.inv.Links = append(a.inv.Links, l)
	}
}
