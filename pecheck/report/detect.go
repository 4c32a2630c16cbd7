package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// detectWriter writes a line for each hotfix that left a trace, what needs
// attention first, and counts the others.
type detectWriter struct{ *tableWriter }

// detectOrder is what a reader wants to see first.
var detectOrder = []result.State{result.Partial, result.Undecidable, result.Installed, result.Superseded, result.NotInstalled, result.Absent}

func (d *detectWriter) Root(r result.RootResult) error {
	if r.Error != "" {
		return d.tableWriter.Root(r)
	}
	r = cleaned(r)
	p := &printer{w: d.w, width: d.Width}
	if d.wrote && !d.Quiet {
		p.line("")
	}
	d.wrote = true
	found, others := traces(&r)
	if d.Quiet {
		d.summary(p, &r, found)
		return p.err
	}
	p.hang(fmt.Sprintf("Root %s: %s", r.Root, d.stateCounts(found)), "  ")
	d.found(p, found)
	d.gone(p, &r, others)
	d.places(p, &r)
	return p.err
}

// traces parts the hotfixes that are worth a line from those that are not.
func traces(r *result.RootResult) (found, others []*result.TableResult) {
	for i := range r.Tables {
		if t := &r.Tables[i]; t.Trace() {
			found = append(found, t)
		} else {
			others = append(others, t)
		}
	}
	slices.SortStableFunc(found, func(a, b *result.TableResult) int {
		return cmp.Compare(slices.Index(detectOrder, a.State), slices.Index(detectOrder, b.State))
	})
	return found, others
}

// summary is a line for each hotfix with a trace.
func (d *detectWriter) summary(p *printer, r *result.RootResult, found []*result.TableResult) {
	before := ""
	if d.Many {
		before = r.Root + ": "
	}
	if len(found) == 0 {
		p.hang(before+noTrace, "  ")
	}
	for _, t := range found {
		p.hang(before+title(t)+": "+d.paint(stateInk(t.State), StateWord(t.State))+", "+evidenceOf(t), "  ")
	}
}

const noTrace = "no hotfix left a trace"

// stateCounts is "1 partial, 3 installed".
func (d *detectWriter) stateCounts(found []*result.TableResult) string {
	n := map[result.State]int{}
	for _, t := range found {
		n[t.State]++
	}
	var parts []string
	for _, s := range detectOrder {
		if n[s] > 0 {
			parts = append(parts, d.paint(stateInk(s), fmt.Sprintf("%d %s", n[s], word(result.Verdict(s)))))
		}
	}
	if len(parts) == 0 {
		return noTrace
	}
	return strings.Join(parts, ", ")
}

func (d *detectWriter) found(p *printer, found []*result.TableResult) {
	if len(found) == 0 || p.err != nil {
		return
	}
	header := []string{"STATE", "HOTFIX", "EVIDENCE"}
	var rows [][]string
	for _, t := range found {
		rows = append(rows, []string{d.paint(stateInk(t.State), StateWord(t.State)), title(t), ""})
	}
	room := max(d.Width-width(header[:2], rows)-gap, narrowest)
	for i, t := range found {
		rows[i][2] = strings.Join(d.evidence(t, room), "\n")
	}
	p.line("")
	if p.err == nil {
		p.err = Grid(p.w, header, rows)
	}
}

// gone says what was looked for and is not here.
func (d *detectWriter) gone(p *printer, r *result.RootResult, others []*result.TableResult) {
	text := plural(int(r.Seen), "file") + " seen"
	if r.Absent > 0 {
		text += fmt.Sprintf("; nothing is here of %s", plural(r.Absent, "known hotfix", "known hotfixes"))
	}
	if len(others) > 0 {
		text += fmt.Sprintf("; only other versions are here of %s", plural(len(others), "known hotfix", "known hotfixes"))
	}
	if r.Absent+len(others) > 0 && !d.Verbose {
		text += " (-v lists them)"
	}
	p.line("")
	p.text("  ", text)
	if d.Verbose {
		d.names(p, r, others)
	}
}

func (d *detectWriter) names(p *printer, r *result.RootResult, others []*result.TableResult) {
	here := map[string]bool{}
	for i := range r.Tables {
		here[manifest.IDKey(r.Tables[i].Hotfix)] = true
	}
	var absent, other []string
	for _, id := range d.Known {
		if !here[manifest.IDKey(id)] {
			absent = append(absent, visible.Text(id))
		}
	}
	for _, t := range others {
		other = append(other, title(t))
	}
	if len(absent) > 0 {
		p.text("  ", "Nothing of "+strings.Join(absent, ", "))
	}
	if len(other) > 0 {
		p.text("  ", "Other versions of "+strings.Join(other, ", "))
	}
}
