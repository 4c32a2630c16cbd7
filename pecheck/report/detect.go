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
var detectOrder = []result.State{
	result.Partial, result.Undecidable, result.Installed, result.Superseded, result.NotInstalled, result.Absent,
}

// verifyOrder is the same where each hotfix was asked for: one that is not here fails.
var verifyOrder = []result.State{
	result.Partial, result.Undecidable, result.NotInstalled, result.Absent, result.Installed, result.Superseded,
}

func (d *detectWriter) root(p *printer, r *result.RootResult) {
	found, others := traces(r)
	if d.Quiet {
		d.summary(p, r, found)
		return
	}
	p.hang(fmt.Sprintf("Root %s: %s%s", r.Root, d.stateCounts(found), notLookedAt(r)), "  ")
	d.found(p, found)
	d.gone(p, r, others)
	d.places(p, r)
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
		p.hang(before+noTrace+notLookedAt(r), "  ")
	}
	for _, t := range found {
		p.hang(before+title(t)+": "+d.paint(stateInk(t.State), stateWord(t))+", "+evidenceOf(t)+notLookedAt(r), "  ")
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

// narrowEvidence is what the evidence needs beside the hotfixes, on a terminal of less
// than DefaultWidth: a file with its platform or version, indented.
const narrowEvidence = 40

func (d *detectWriter) found(p *printer, found []*result.TableResult) {
	if len(found) == 0 || p.err != nil {
		return
	}
	header := []string{"STATE", "HOTFIX", "EVIDENCE"}
	var rows [][]string
	for _, t := range found {
		rows = append(rows, []string{d.paint(stateInk(t.State), stateWord(t)), title(t), ""})
	}
	p.line("")
	room := d.Width - width(header[:2], rows) - gap
	if room < narrowEvidence && d.Width < DefaultWidth {
		const indent = "    "
		for i, t := range found {
			p.text("  ", rows[i][0]+" "+rows[i][1])
			for _, line := range d.evidence(t, d.Width-len(indent)) {
				p.line(indent + line)
			}
		}
		return
	}
	room = max(room, narrowest)
	for i, t := range found {
		rows[i][2] = strings.Join(d.evidence(t, room), "\n")
	}
	if p.err == nil {
		p.err = Grid(p.w, header, rows)
	}
}

// gone says what was looked for and is not here.
func (d *detectWriter) gone(p *printer, r *result.RootResult, others []*result.TableResult) {
	seen := plural(int(r.Seen), "file") + " seen" + d.scanned(r)
	text := strings.Join(append([]string{seen}, goneTexts(r, others)...), "; ")
	if r.Absent+len(others) > 0 && !d.Verbose {
		text += " (-v lists them)"
	}
	p.line("")
	p.text("  ", text)
	if d.Verbose {
		for _, line := range d.names(r, others) {
			p.text("  ", line)
		}
	}
}

// goneTexts counts the hotfixes that left no trace, by what is here of them.
func goneTexts(r *result.RootResult, others []*result.TableResult) (texts []string) {
	if r.Absent > 0 {
		texts = append(texts, "nothing is here of "+plural(r.Absent, "known hotfix", "known hotfixes"))
	}
	silent := slices.DeleteFunc(slices.Clone(others),
		func(t *result.TableResult) bool { return t.State != result.Undecidable })
	if n := len(others) - len(silent); n > 0 {
		texts = append(texts, "only other versions are here of "+plural(n, "known hotfix", "known hotfixes"))
	}
	if len(silent) > 0 {
		texts = append(texts, plural(len(silent), "known hotfix prints", "known hotfixes print")+
			" nothing that can be compared with what is here")
	}
	return texts
}

// names gives the same by name, as far as they are known.
func (o *Options) names(r *result.RootResult, others []*result.TableResult) (lines []string) {
	here := map[string]bool{}
	for i := range r.Tables {
		here[manifest.IDKey(r.Tables[i].Hotfix)] = true
	}
	var absent, other []string
	known := o.Known
	switch {
	case r.Asked != nil:
		known = r.Asked
	case r.Judge.Catalog != "": // another catalogue, or nearly
		known = nil
	}
	for _, id := range known {
		if !here[manifest.IDKey(id)] {
			absent = append(absent, visible.Text(id))
		}
	}
	var silent []string
	for _, t := range others {
		if t.State == result.Undecidable {
			silent = append(silent, title(t))
		} else {
			other = append(other, title(t))
		}
	}
	if len(absent) > 0 {
		lines = append(lines, "Nothing of "+strings.Join(absent, ", "))
	}
	if len(other) > 0 {
		lines = append(lines, "Other versions of "+strings.Join(other, ", "))
	}
	if len(silent) > 0 {
		lines = append(lines, "Nothing to compare of "+strings.Join(silent, ", "))
	}
	return lines
}

// maxWrong is how many wrong files of one hotfix stand below it without -v.
const maxWrong = 12

// evidence gives the lines beside one hotfix: what speaks for its state, where
// it is partial or undecidable what is wrong, and what others have to do with it.
func (d *detectWriter) evidence(t *result.TableResult, width int) []string {
	lines := d.fold().wrapText(evidenceOf(t), width)
	add := func(text string) {
		const indent = "  "
		for i, line := range d.fold().wrapText(text, width-len(indent)) {
			if i > 0 {
				line = indent + line
			}
			lines = append(lines, line)
		}
	}
	for i, step := range t.Next {
		text := "Next: " + step.String()
		if i == len(t.Next)-1 && t.Article != "" {
			text += "; " + t.Article
		}
		add(text)
	}
	if t.State == result.Partial || t.State == result.Undecidable || d.Verbose {
		wrong := items(t, false)
		shown := wrong
		if len(wrong) > maxWrong && !d.Verbose {
			shown = wrong[:maxWrong]
		}
		for _, it := range shown {
			add(wrongLine(it))
		}
		if more := len(wrong) - len(shown); more > 0 {
			add(fmt.Sprintf("and %d more; -v lists them", more))
		}
	}
	for _, r := range t.Remarks {
		add(capital(r.String()))
	}
	return lines
}

// evidenceOf is one sentence: "11 of 13 files in place, Ccm.dll 2.0.1380.1125".
func evidenceOf(t *result.TableResult) string {
	sentence := Sentence(t)
	for _, why := range t.Reason {
		switch {
		case t.State == result.NotInstalled && (why.Kind == result.NotItsOwn || why.Kind == result.OtherVersions):
			return why.String()
		case why.Kind == result.UnpackedToo:
			sentence += "; " + why.String()
		}
	}
	if w := witness(t); w != nil && !firstRemarkIsOn(t, w) {
		sentence += ", " + w.String()
	}
	return sentence
}

// witness is the first versioned file that is as the table prints it, else one
// that is newer.
func witness(t *result.TableResult) *fileVersion {
	for _, v := range []result.Verdict{result.OK, result.Newer} {
		for i := range t.Rows {
			for _, c := range t.Rows[i].Copies {
				if t.Rows[i].Verdict == v && c.Verdict == v && !c.Version.IsZero() {
					return &fileVersion{t.Rows[i].Name, c.Version}
				}
			}
		}
	}
	return nil
}

// fileVersion is a file that was found.
type fileVersion struct {
	name    string
	version result.Version
}

func (f *fileVersion) String() string { return f.name + " " + f.version.String() }

// firstRemarkIsOn reports that the line below begins with the same file.
func firstRemarkIsOn(t *result.TableResult, f *fileVersion) bool {
	return len(t.Remarks) > 0 && t.Remarks[0].Kind == result.IsFrom &&
		t.Remarks[0].Name == f.name && t.Remarks[0].Version == f.version
}

// wrongLine says in one sentence what is wrong with one file: "older: Ccm.dll
// (x86) 2.0.1380.1000, expected 2.0.1380.1125 (bin/i386/Ccm.dll)".
func wrongLine(it item) string {
	text := it.fault() + ": " + it.name
	switch it.verdict {
	case result.Missing:
	case result.WrongSize:
		text += " " + it.hasSize + ", expected " + it.wantSize
	case result.WrongPlatform:
		text += " for " + it.hasPlatform
	case result.Older:
		text += " " + it.hasVersion + ", expected " + it.wantVersion
	}
	if it.path != "" {
		text += " (" + it.path + ")"
	}
	if it.verdict == result.Unreadable || it.verdict == result.Unverified || !needsAttention(it.verdict) {
		text += ": " + strings.Join(it.notes, "; ")
	}
	return text
}
