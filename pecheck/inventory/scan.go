package inventory

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"kbverify/internal/patience"
	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/visible"
)

// Options says what a scan looks for, and how.
type Options struct {
	// Names are file names and patterns ("a-*.msp") of interest, as manifests spell
	// them; case does not count. Files of other names are counted, not looked at.
	Names []string
	// All lists every file, and reads those that may be executables.
	All bool
	// Strings asks for File.Strings too, which costs one more read a file.
	Strings bool
	// Digests asks for digests of contents, each file read once from end to end.
	Digests Digests
	// Signatures asks for File.Signature, and says whom to trust; nil: of no file. Files
	// that are signed are read from end to end.
	Signatures *authenticode.Options
	// Exclude holds patterns of paths to leave out. A pattern without a separator
	// matches any element of a path, another one matches from the root on: * is any
	// run of characters within an element, ? is one, ** is any number of elements.
	// Case does not count, / and \ both separate. A folder goes with all below it.
	Exclude []string
	// Own are files that the scan itself is written to.
	Own *Own
	// FollowLinks enters the folders out of the root to which links lead, each once, as
	// if they were folders, and reads files out there to which links lead.
	FollowLinks bool
	// Jobs is how many files and folders are worked on at once; 0 is DefaultJobs, and up
	// to MostJobs where each takes long.
	Jobs int
	// GrowTo lets Jobs grow where each takes long; 0 does not.
	GrowTo int
	// OpenFiles is how many files the scan may have open at once; 0 is what the system
	// allows the process. Scans side by side share it.
	OpenFiles int
	// Progress, where it is set, is called by one goroutine every progressEvery.
	Progress func(Progress)

	// Tool is kept as Inventory.Tool.
	Tool string
	// Host is kept as Inventory.Host, and Now, where it is set, gives the times of its
	// beginning and end.
	Host string
	Now  func() time.Time

	disk disk // nil: the operating system's
}

// DefaultJobs is what a walk begins with: on a local disk it costs nothing. On a
// share, where every call takes milliseconds, it grows to MostJobs, which hide all
// but a sixty-fourth of that.
const (
	DefaultJobs = 16
	MostJobs    = 64
)

const maxJobs = 1024 // each holds an operating system thread while a share keeps it waiting

// Progress is how far a scan has come.
type Progress struct {
	Files   int64 // files passed
	Folders int64 // folders listed
	Bytes   int64 // of contents read for their digests
}

// progressEvery is the time between two calls of Options.Progress.
const progressEvery = 200 * time.Millisecond

// Scan takes the Inventory of root in one walk. Only files whose names matter
// are opened, links are followed out of the root only where o.FollowLinks says
// so, and nothing is written. What cannot be read costs a Fault, or that File's Ending; the error
// is for a root that cannot be read at all, options that make no sense, and the
// end of ctx: then the Inventory is what was known so far, and proves nothing.
func Scan(ctx context.Context, root string, o Options) (*Inventory, error) {
	c := &collector{}
	inv, err := scan(ctx, root, o, c)
	if inv != nil {
		inv.Files = c.files
	}
	return inv, err
}

// ScanEach takes the Inventory of root like Scan, and hands over each file as it is
// found, in path order, in place of keeping it. An error of each ends the scan.
func ScanEach(ctx context.Context, root string, o Options, each func(*File) error) (*Inventory, error) {
	return scan(ctx, root, o, eachFile(each))
}

// ScanTo takes the inventory of root like Scan, and writes it as Encode would, file
// by file as they are found. It gives the Inventory without its Files. After an
// error what was written is not complete, and Read refuses it.
func ScanTo(ctx context.Context, root string, o Options, w io.Writer) (*Inventory, error) {
	e := &inventoryWriter{out: bufio.NewWriter(w)}
	inv, err := scan(ctx, root, o, e)
	if err != nil {
		return inv, err
	}
	return inv, e.end(inv)
}

// now is the time in UTC, in whole seconds, or zero.
func (o *Options) now() time.Time {
	if o.Now == nil {
		return time.Time{}
	}
	return o.Now().UTC().Truncate(time.Second)
}

// scan walks root and gives the Inventory but for its files, which go to the
// collector.
func scan(ctx context.Context, root string, o Options, to fileSink) (*Inventory, error) {
	if root == "" {
		return nil, errors.New("no root: name the folder to look into")
	}
	exclude, err := parseExcludes(o.Exclude)
	if err != nil {
		return nil, err
	}
	names := uniqueNames(o.Names)
	inv := &Inventory{Root: visible.Text(root), Tool: visible.Text(o.Tool), All: o.All, Names: names, Excluded: o.Exclude,
		Signatures: o.Signatures != nil, Host: visible.Text(o.Host), Start: o.now()}
	defer func() { inv.End, inv.Idle = o.now(), exclude.idlePatterns() }()
	own, err := o.Own.files()
	if err != nil {
		return nil, fmt.Errorf("root %s: %w", visible.Quote(root), cleanError{err})
	}
	wanted, digests := newSelection(names, o.All), newDigester(o.Digests)
	newWalk := func() *walk {
		return &walk{names: wanted, exclude: exclude, own: own, strings: o.Strings, follow: o.FollowLinks, digests: digests,
			signatures: o.Signatures}
	}
	if o.disk == nil {
		found, err := newWalk().scanPackage(ctx, root, inv, o.Progress)
		if err != nil || found != nil {
			return found.deliver(to, err)
		}
	}
	w, err := openRoot(ctx, root, o.disk, newWalk())
	if err != nil {
		return nil, err
	}
	if p, ok := rootPlatform(root); ok {
		inv.Folders = append(inv.Folders, Folder{".", p})
	}
	if err := to.begin(inv); err != nil {
		w.disk.close()
		return nil, err
	}
	files := o.OpenFiles
	if files <= 0 {
		files = OpenFilesAllowed()
	}
	jobs, most := JobCounts(o.Jobs)
	w.mayGrow, w.mayHold = openLimits(files, min(max(o.GrowTo, most), maxJobs))
	w.start(ctx, min(jobs, w.mayGrow))
	return inv, w.into(ctx, inv, to, o.Progress)
}

// JobCounts gives how many jobs begin where so many are asked for, and how many there
// may be where each takes long; 0 asks for DefaultJobs, which grow.
func JobCounts(asked int) (jobs, most int) {
	if asked <= 0 {
		return DefaultJobs, MostJobs
	}
	return asked, asked
}

// openRoot opens and lists the root, without waiting for a dead share longer
// than ctx does.
func openRoot(ctx context.Context, root string, d disk, w *walk) (*walk, error) {
	if d == nil {
		d = newDisk()
	}
	open := func() (*walk, error) { return w, w.open(ctx, d, root) }
	opened, err := patience.Wait(ctx, open, func(late *walk) { late.disk.close() })
	if err != nil {
		return nil, rootError(root, err)
	}
	return opened, nil
}

// rootError says what is wrong with the root, and what to do about it.
func rootError(root string, err error) error {
	hint := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = "; check the spelling, and that the drive or share is connected"
	case errors.Is(err, fs.ErrPermission):
		hint = "; run as a user who may list it"
	case errors.Is(err, syscall.ENOTDIR) || strings.HasSuffix(err.Error(), "not a directory"):
		hint = "; name the folder that holds the files, or an inventory written by scan"
	}
	return fmt.Errorf("root %s: %w%s", visible.Quote(root), cleanError{err}, hint)
}

// rootPlatform gives the platform that the root's own name stands for.
func rootPlatform(root string) (manifest.Platform, bool) {
	abs, err := filepath.Abs(root)
	if err != nil {
		abs = root
	}
	abs = strings.TrimRight(abs, `/\`)
	return manifest.FolderPlatform(abs[strings.LastIndexAny(abs, `/\`)+1:])
}

const (
	// maxAsides caps the platform folders, the faults and the links of an Inventory
	// each. A tree with more of them is out of order, and they have said so.
	maxAsides = 10_000
	// maxKept caps the memory of one Inventory's files, in bytes of text: two
	// million files with paths of the usual length.
	maxKept = 512 << 20
)

// into delivers the walk into inv and to, to its end or that of ctx.
func (w *walk) into(ctx context.Context, inv *Inventory, to fileSink, progress func(Progress)) error {
	root := w.at
	defer w.forget()
	defer w.stop() // jobs that a dead share holds are left to themselves
	stopProgress := w.report(progress)
	err := w.deliver(&asides{fileSink: to, inv: inv})
	stopProgress()
	inv.Seen = w.seen.Load()
	gone := w.check(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("root %s: %w", visible.Quote(inv.Root), err)
	}
	fault := root.fault
	if gone != nil {
		fault = "the root could not be found again at the end of the run: " + reason(gone)
	}
	if fault != "" {
		inv.Faults = append([]Fault{{".", fault}}, inv.Faults...)
	}
	w.stop()
	w.wait()
	return nil
}

// check asks whether the root is still there, as long as ctx lets it.
func (w *walk) check(ctx context.Context) error {
	_, err := patience.Wait(ctx, func() (any, error) { return nil, w.disk.check() }, nil)
	return err
}

// report calls progress until the function that it returns is called.
func (w *walk) report(progress func(Progress)) (stop func()) {
	if progress == nil {
		return func() {}
	}
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				progress(Progress{w.seen.Load(), w.folders.Load(), w.hashed.Load()})
			case <-over:
				return
			}
		}
	}()
	return func() { close(over); <-ended }
}
