package main

import (
	"fmt"
	"strings"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck"
	"kbverify/pecheck/report"
)

// progress shows on a terminal's stderr how far a scan has come, on one line
// that is wiped when the scan ends. Redirected or silenced it shows nothing.
type progress struct {
	s     *session
	on    bool
	root  string
	since time.Time
	shown int // columns on the line now
}

func newProgress(s *session, quiet bool) *progress {
	_, terminal := terminalOf(s.stderr)
	return &progress{s: s, on: terminal && !quiet}
}

func (p *progress) begin(root string) { p.root, p.since = root, time.Now() }

// report is called by the scan, from one goroutine at a time.
func (p *progress) report(at pecheck.Progress) {
	if !p.on {
		return
	}
	text := fmt.Sprintf("%s files seen", manifest.Commas(at.Files))
	if seconds := time.Since(p.since).Seconds(); seconds >= 1 {
		text += fmt.Sprintf(", %s a second", manifest.Commas(int64(float64(at.Files)/seconds)))
	}
	p.show(report.Clip(text+" under "+p.root, report.DefaultWidth-1))
}

func (p *progress) end() {
	if p.on && p.shown > 0 {
		p.show("")
		fmt.Fprint(p.s.stderr, "\r")
	}
}

// show replaces the line; blanks wipe what was longer before.
func (p *progress) show(text string) {
	width := len([]rune(text))
	fmt.Fprint(p.s.stderr, "\r"+text+strings.Repeat(" ", max(p.shown-width, 0)))
	p.shown = width
}
