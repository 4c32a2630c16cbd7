package report

import (
	"fmt"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// maxPlaces is how many places are listed without -v: what is behind a long
// list is one cause, and the summary lines must not scroll away.
const maxPlaces = 5

// places says what could not be looked into.
func (t *tableWriter) places(p *printer, r *result.RootResult) {
	var faults, links []string
	for _, f := range r.Faults {
		faults = append(faults, f.Path+": "+f.Error)
	}
	for _, l := range r.Links {
		links = append(links, strings.Join(nonEmpty(l.Path, l.Target), " -> "))
	}
	t.list(p, plural(len(faults), "place")+" could not be read, so files may have been missed (--exclude PATTERN leaves out what does not matter):", faults)
	t.list(p, plural(len(links), "link")+" not followed:", links)
	t.list(p, "Left out by --exclude, and not judged:", r.Excluded)
}

// unlisted names the copies that stand for no row.
func (t *tableWriter) unlisted(table *result.TableResult) []string {
	var lines []string
	for i, c := range table.Unlisted {
		if more := len(table.Unlisted) - i; i == maxPlaces && !t.Verbose {
			return append(lines, fmt.Sprintf("Not judged: %s more; -v lists them all", manifest.Commas(int64(more))))
		}
		lines = append(lines, fmt.Sprintf("Not judged: %s (%s)", c.Path, result.Words(c.Notes, "; ")))
	}
	return lines
}

func (t *tableWriter) list(p *printer, head string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.line("")
	p.text("  ", head)
	shown := lines
	if !t.Verbose && len(lines) > maxPlaces {
		shown = lines[:maxPlaces]
	}
	for _, l := range shown {
		p.text("    ", l)
	}
	if more := len(lines) - len(shown); more > 0 {
		p.text("    ", fmt.Sprintf("and %s more; -v lists them all", manifest.Commas(int64(more))))
	}
}
