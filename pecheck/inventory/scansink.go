package inventory

import (
	"context"
	"fmt"
	"kbverify/pecheck/visible"
	"time"
)

const (
	// maxAsides caps the platform folders, the faults and the links of an Inventory
	// each. A tree with more of them is out of order, and they have said so.
	maxAsides = 10_000
	// maxKept caps the memory of one Inventory's files, in bytes of text: two
	// million files with paths of the usual length.
	maxKept = 512 << 20
)

// fileSink takes the files of a scan in path order.
type fileSink interface {
	// begin comes first, with what was asked.
	begin(*Inventory) error
	file(File) error
}

// collector keeps the files.
type collector struct {
	files []File
	bytes int
}

func (c *collector) begin(*Inventory) error { return nil }

func (c *collector) file(f File) error {
	const fixed = 160 // of a File, besides its texts
	c.bytes += fixed + len(f.Path) + len(f.Detail) + len(f.StringVersion)
	if v := f.Strings; v != nil {
		c.bytes += fixed + len(v.FileVersion) + len(v.ProductVersion) + len(v.ProductName) + len(v.CompanyName) +
			len(v.FileDescription) + len(v.OriginalFilename) + len(v.InternalName)
	}
	if c.bytes > maxKept {
		return fmt.Errorf("more than %d files of interest, no memory for more; check a part of the root at a time", len(c.files))
	}
	c.files = append(c.files, f)
	return nil
}

// asides puts into an Inventory what a walk finds besides files.
type asides struct {
	fileSink
	inv *Inventory
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
	if len(a.inv.Links) < maxAsides {
		a.inv.Links = append(a.inv.Links, l)
	}
}

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
	done := make(chan error, 1)
	go func() { done <- w.disk.check() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// report calls progress until the function that it returns is called.
func (w *walk) report(progress func(Progress)) (stop func()) {
	if progress == nil {
		return func() {}
	}
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(ProgressEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				progress(Progress{w.seen.Load(), w.folders.Load()})
			case <-over:
				return
			}
		}
	}()
	return func() { close(over); <-ended }
}
