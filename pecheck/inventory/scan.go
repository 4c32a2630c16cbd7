package inventory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"kbverify/manifest"
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
	// Exclude holds patterns of paths to leave out. A pattern without a separator
	// matches any element of a path, another one matches from the root on: * is any
	// run of characters within an element, ? is one, ** is any number of elements.
	// Case does not count, / and \ both separate. A folder goes with all below it.
	Exclude []string
	// Jobs is how many files and folders are worked on at once; 0 is DefaultJobs.
	Jobs int
	// Progress, where it is set, is called by one goroutine every ProgressEvery.
	Progress func(Progress)

	// Tool is kept as Inventory.Tool.
	Tool string

	disk disk // nil: the operating system's
}

// DefaultJobs suits local disks and shares alike: on a share it hides fifteen
// sixteenths of the latency, on a local disk it costs nothing.
const DefaultJobs = 16

const maxJobs = 1024 // each holds an operating system thread while a share keeps it waiting

// Progress is how far a scan has come.
type Progress struct {
	Files   int64 // files passed
	Folders int64 // folders listed
}

// ProgressEvery is the time between two calls of Options.Progress.
const ProgressEvery = 200 * time.Millisecond

// Scan takes the Inventory of root in one walk. Only files whose names matter
// are opened, links are never followed out of the root, and nothing under it is
// written. What cannot be read costs a Fault, or that File's Ending; the error
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
	w, err := openRoot(ctx, root, o.disk, &walk{names: newSelection(names, o.All), exclude: exclude, strings: o.Strings})
	if err != nil {
		return nil, err
	}
	inv := &Inventory{Root: visible.Text(root), Tool: visible.Text(o.Tool), All: o.All, Names: names, Excluded: o.Exclude}
	if p, ok := rootPlatform(root); ok {
		inv.Folders = append(inv.Folders, Folder{".", p})
	}
	if err := to.begin(inv); err != nil {
		w.disk.close()
		return nil, err
	}
	w.start(ctx, jobCount(o.Jobs))
	return inv, w.into(ctx, inv, to, o.Progress)
}

func jobCount(jobs int) int {
	if jobs <= 0 {
		return DefaultJobs
	}
	return min(jobs, maxJobs)
}

// openRoot opens and lists the root, without waiting for a dead share longer
// than ctx does.
func openRoot(ctx context.Context, root string, d disk, w *walk) (*walk, error) {
	if d == nil {
		d = newDisk()
	}
	done := make(chan error, 1)
	go func() { done <- w.open(ctx, d, root) }()
	select {
	case err := <-done:
		if err != nil {
			return nil, rootError(root, err)
		}
		return w, nil
	case <-ctx.Done():
		go func() {
			if <-done == nil {
				w.disk.close()
			}
		}()
		return nil, rootError(root, ctx.Err())
	}
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

// cleanError shows an error of package os without the raw path in it.
type cleanError struct{ err error }

func (e cleanError) Error() string { return reason(e.err) }
func (e cleanError) Unwrap() error { return e.err }

// rootPlatform gives the platform that the root's own name stands for.
func rootPlatform(root string) (manifest.Platform, bool) {
	abs, err := filepath.Abs(root)
	if err != nil {
		abs = root
	}
	abs = strings.TrimRight(abs, `/\`)
	return manifest.FolderPlatform(abs[strings.LastIndexAny(abs, `/\`)+1:])
}
