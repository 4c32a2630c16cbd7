package report

import (
	"fmt"
	"io"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// tableWriter writes what an administrator reads first: a line a hotfix, then
// the rows that need attention.
type tableWriter struct {
	Options
	w     io.Writer
	tool  result.Tool
	wrote bool
}

func (t *tableWriter) Root(r result.RootResult) error {
	r = cleaned(r)
	p := &printer{w: t.w, width: t.Width}
	if t.wrote && !t.Quiet {
		p.line("")
	}
	t.wrote = true
	if r.Error != "" {
		p.hang(t.paint("1;"+magenta, "NOT CHECKED")+": "+r.Error, "  ")
		return p.err
	}
	for i := range r.Tables {
		if i > 0 && !t.Quiet {
			p.line("")
		}
		t.hotfix(p, &r, &r.Tables[i])
	}
	if !t.Quiet {
		t.places(p, &r)
	}
	return p.err
}

// Close names what judged, for whoever finds the report in a ticket.
func (t *tableWriter) Close(result.Exit) error {
	if t.Quiet {
		return nil
	}
	p := &printer{w: t.w, width: t.Width}
	p.line("")
	p.line(t.paint(dim, fmt.Sprintf("%s %s, catalogue %s", t.tool.Name, t.tool.Version, t.tool.Catalog)))
	return p.err
}

// hotfix writes the summary line of one table, and what is behind it.
func (t *tableWriter) hotfix(p *printer, r *result.RootResult, table *result.TableResult) {
	ink, sentence := stateInk(table.State), Sentence(table)
	if n := len(r.Faults); n > 0 { // they may hide a stale copy, and -q shows this line alone
		ink = "1;" + magenta
		sentence += ", but " + plural(n, "place") + " could not be read"
	}
	head := title(table) + ": " + t.paint(ink, StateWord(table.State))
	if t.Quiet && t.Many {
		head = r.Root + ": " + head
	}
	p.hang(head+", "+sentence, "  ")
	if t.Quiet {
		return
	}
	p.text("  ", fmt.Sprintf("Root %s, %s seen", r.Root, plural(int(r.Seen), "file")))
	if len(table.Reason) > 0 && !saysWhy(table) {
		p.text("  ", capital(table.Reason.String()))
	}
	t.grid(p, items(table, t.Verbose))
	t.remarks(p, table)
}

// remarks says aloud what the rows above do not show.
func (t *tableWriter) remarks(p *printer, table *result.TableResult) {
	var lines []string
	lines = append(lines, notApplicable(table)...)
	lines = append(lines, t.unlisted(table)...)
	for _, r := range table.Remarks {
		lines = append(lines, capital(r.String()))
	}
	lines = append(lines, t.notes(table)...)
	if len(lines) > 0 {
		p.line("")
	}
	for _, l := range lines {
		p.text("  ", l)
	}
}

// notes are the manifest's: in full with -v, else a hint where something is wrong.
func (t *tableWriter) notes(table *result.TableResult) []string {
	var lines []string
	switch {
	case t.Verbose:
		for _, n := range table.Notes {
			lines = append(lines, "Note: "+n)
		}
	case len(table.Notes) > 0 && table.Exit() != result.ExitPass:
		lines = append(lines, plural(len(table.Notes), "note")+" on this hotfix, which -v shows")
	}
	return lines
}

// notApplicable counts the rows that do not apply, by reason.
func notApplicable(table *result.TableResult) []string {
	type group struct {
		platform manifest.Platform
		reason   string
	}
	var order []group
	rows := map[group]int{}
	for _, r := range table.Rows {
		if r.Verdict != result.NotApplicable {
			continue
		}
		g := group{r.Platform, r.Reason.String()}
		if rows[g] == 0 {
			order = append(order, g)
		}
		rows[g]++
	}
	var lines []string
	for _, g := range order {
		text := plural(rows[g], "row")
		if g.platform != "" {
			text += " for " + string(g.platform)
		}
		if rows[g] == 1 {
			text += " does"
		} else {
			text += " do"
		}
		lines = append(lines, text+" not apply here: "+g.reason)
	}
	return lines
}
