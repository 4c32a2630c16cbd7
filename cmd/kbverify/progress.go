package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
)

// progress shows on a terminal's stderr how far the scans have come, on one line
// that is wiped when they end. Redirected or silenced it shows nothing.
type progress struct {
	s     *session
	on    bool
	width int // of the terminal
	since time.Time
	total int // roots that will be read; 0 and 1 are not counted out loud

	mu    sync.Mutex
	files int64 // seen under all roots
	bytes int64 // of contents read
	done  int   // roots
	shown int   // columns on the line now
}

// rootProgress is the part of one root.
type rootProgress struct {
	p     *progress
	root  string
	files int64 // counted in p.files
	bytes int64 // counted in p.bytes
}

func newProgress(s *session, quiet bool) *progress {
	p := &progress{s: s, width: report.DefaultWidth, since: time.Now()}
	if file, terminal := terminalOf(s.stderr); terminal && !quiet {
		p.on, p.width = true, min(widthOf(file), p.width)
	}
	return p
}

func (p *progress) begin(root string) *rootProgress { return &rootProgress{p: p, root: root} }

// report is called by the scan of a root, from one goroutine at a time.
func (r *rootProgress) report(at inventory.Progress) {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	r.p.files += at.Files - r.files
	r.files = at.Files
	r.p.bytes += at.Bytes - r.bytes
	r.bytes = at.Bytes
	r.p.update(r.root)
}

func (r *rootProgress) end() {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	r.p.done++
	if r.p.total > 1 {
		r.p.update(r.root)
	} else {
		r.p.wipe()
	}
}

func (p *progress) update(root string) {
	if !p.on {
		return
	}
	text := fmt.Sprintf("%s files seen", manifest.Commas(p.files))
	if p.bytes > 0 {
		text += fmt.Sprintf(", %s MB of contents read", manifest.Commas(p.bytes/1e6))
	}
	if seconds := time.Since(p.since).Seconds(); seconds >= 1 {
		text += fmt.Sprintf(", %s a second", manifest.Commas(int64(float64(p.files)/seconds)))
	}
	if p.total > 1 {
		text = fmt.Sprintf("%d of %d roots read, %s", p.done, p.total, text)
	} else {
		text += " under " + root
	}
	p.show(report.Clip(text, p.width-1))
}

// clear makes room for a result on the same terminal.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

func (p *progress) wipe() {
	if p.on && p.shown > 0 {
		p.show("")
		fmt.Fprint(p.s.stderr, "\r")
	}
}

// show replaces the line; blanks wipe what was longer before.
func (p *progress) show(text string) {
	width := report.Columns(text)
	fmt.Fprint(p.s.stderr, "\r"+text+strings.Repeat(" ", max(p.shown-width, 0)))
	p.shown = width
}
