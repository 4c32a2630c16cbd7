package report

import (
	"fmt"
	"io"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// tableWriter writes what an administrator reads first: a line a hotfix, then
// the rows that need attention; of a detection what detectWriter says.
type tableWriter struct {
	Options
	w     io.Writer
	tool  result.Tool
	wrote bool
}

func (t *tableWriter) Root(r result.RootResult) error {
	r = t.cleaned(r)
	p := t.printer(t.w)
	if t.wrote && !t.Quiet {
		p.line("")
	}
	t.wrote = true
	if r.Error != "" {
		p.hang(t.paint("1;"+magenta, "NOT CHECKED")+": "+r.Error, "  ")
		return p.err
	}
	if t.detected(&r) {
		(&detectWriter{t}).root(p, &r)
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
func (t *tableWriter) Close(taken result.Taken, _ result.Exit) error {
	if t.Quiet {
		return nil
	}
	p := t.printer(t.w)
	p.line("")
	if text := when(cleaned(taken)); text != "" {
		p.hang(t.paint(dim, "Taken "+text), "  ")
	}
	p.hang(t.paint(dim, fmt.Sprintf("%s %s, catalogue %s", t.tool.Name, t.tool.Version, t.tool.Catalog)), "  ")
	return p.err
}

// hotfix writes the summary line of one table, and what is behind it.
func (t *tableWriter) hotfix(p *printer, r *result.RootResult, table *result.TableResult) {
	ink, sentence := stateInk(table.State), Sentence(table)+ownManifest(table)+notLookedAt(r)
	if r.Unseen() { // it may hide a stale copy, and -q shows this line alone
		ink = "1;" + magenta
	}
	head := title(table) + ": " + t.paint(ink, StateWord(table.State))
	if t.Quiet && t.Many {
		head = r.Root + ": " + head
	}
	p.hang(head+", "+sentence, "  ")
	if t.Quiet {
		return
	}
	p.text("  ", fmt.Sprintf("Root %s, %s seen%s", r.Root, plural(int(r.Seen), "file"), t.scanned(r)))
	if len(table.Reason) > 0 && !saysWhy(table) {
		p.text("  ", capital(table.Reason.String()))
	}
	if text := signatures(table); text != "" {
		p.text("  ", text)
	}
	for _, line := range setAside(table) {
		p.text("  ", line)
	}
	t.next(p, table)
	t.grid(p, items(table, t.Verbose), table)
	t.remarks(p, table)
}

// setAside counts the files that are no copies, wherever they lie.
func setAside(table *result.TableResult) (lines []string) {
	for _, s := range table.SetAside {
		if s.Package == table.Hotfix && table.Reason.Has(result.UnpackedToo) {
			continue // the reason says it
		}
		why := ", where Windows keeps files that it replaced"
		if s.Package != "" {
			why = ", the unpacked package of " + s.Package
		}
		lines = append(lines, fmt.Sprintf("Set aside: %s in %s%s", plural(s.Files, "file"), s.Path, why))
	}
	return lines
}

// next says what to do about a hotfix that is not here whole, and where its
// article is.
func (t *tableWriter) next(p *printer, table *result.TableResult) {
	for i, step := range table.Next {
		text := capital(step.String())
		if i == len(table.Next)-1 && table.Article != "" {
			text += "; article: " + table.Article
		}
		p.text("  ", text)
	}
}

// ownManifest says whose facts were judged by, where the catalogue has others.
func ownManifest(table *result.TableResult) string {
	if table.Manifest == "" {
		return ""
	}
	return ", by " + table.Manifest + " in place of the catalogue's table"
}

// notLookedAt says what may hide a stale copy or a missing one, and that the user
// left something out.
func notLookedAt(r *result.RootResult) string {
	var unseen []string
	if n := len(r.Faults); n > 0 {
		unseen = append(unseen, plural(n, "place")+" could not be read")
	}
	outside := 0
	for _, l := range r.Links {
		if !l.Inside {
			outside++
		}
	}
	if outside > 0 {
		unseen = append(unseen, plural(outside, "link")+" out of the root "+wasOrWere(outside)+" not followed")
	}
	if len(r.Unasked) > 0 {
		unseen = append(unseen, "the scan left out "+strings.Join(r.Unasked, ", "))
	}
	var text string
	if r.NoSignatures {
		unseen = append(unseen, NoSignatures)
	}
	if r.NoTrust {
		unseen = append(unseen, NoTrust)
	}
	if r.Emptied {
		unseen = append(unseen, "--exclude left nothing to judge")
	} else if len(r.Excluded) > len(r.Unasked) {
		text = ", without what --exclude leaves out"
	}
	if len(unseen) > 0 {
		text += ", but " + strings.Join(unseen, " and ")
	}
	return text
}

func wasOrWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
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

// item is what the table shows of one copy, or of a row without copies.
type item struct {
	verdict                   result.Verdict
	name                      string
	wantVersion, wantSize     string
	hasVersion, hasSize       string
	path                      string
	notes                     []string // in words
	wantPlatform, hasPlatform string   // where they contradict each other
}

// items lists what is to be shown of a table: what needs attention, or
// everything. That none of its files is here is said in one line.
func items(t *result.TableResult, all bool) []item {
	if t.State == result.Absent && !all {
		return nil
	}
	var out []item
	for i := range t.Rows {
		r := &t.Rows[i]
		if len(r.Copies) == 0 && (all || needsAttention(r.Verdict)) {
			out = append(out, missingItem(r))
		}
		if len(r.Copies) > 0 && r.Reason.Has(result.NameNotSought) {
			out = append(out, missingItem(r))
		}
		for j := range r.Copies {
			if all || needsAttention(r.Copies[j].Verdict) || r.Copies[j].Signature.Fails() {
				out = append(out, copyItem(r, &r.Copies[j]))
			}
		}
	}
	return out
}

func needsAttention(v result.Verdict) bool {
	return v == result.Unverified || v.Class() == result.Fail || v.Class() == result.Trouble
}

// fault says what needs attention: the verdict, or the signature of a file that is else in order.
func (it *item) fault() string {
	if needsAttention(it.verdict) {
		return word(it.verdict)
	}
	return "signature"
}

func rowItem(r *result.RowResult) item {
	it := item{verdict: r.Verdict, name: r.Name, path: r.Path, wantVersion: r.Version.String(), wantSize: sizeText(r.Size)}
	if r.Platform != "" {
		it.name += " (" + string(r.Platform) + ")"
	}
	for _, a := range r.Alternatives {
		it.notes = append(it.notes, "or "+strings.Join(nonEmpty(a.Version.String(), sizeText(a.Size)), ", "))
	}
	return it
}

func missingItem(r *result.RowResult) item {
	it := rowItem(r)
	if r.Verdict != result.NotApplicable {
		it.hasVersion = "nothing"
	}
	for _, why := range r.Reason {
		if why.Kind != result.BroughtIn { // which is said of the whole table
			it.notes = append(it.notes, why.String())
		}
	}
	return it
}

func copyItem(r *result.RowResult, c *result.CopyResult) item {
	it := rowItem(r)
	it.verdict, it.path = c.Verdict, c.Path
	for _, n := range c.Notes {
		it.notes = append(it.notes, n.String())
	}
	if !c.Signature.IsZero() {
		it.notes = append(it.notes, c.Signature.String())
	}
	for _, why := range r.Reason {
		if why.Kind == result.GoodElsewhere && c.Verdict.Class() == result.Fail {
			it.notes = append(it.notes, "ok in "+why.Folder)
		}
	}
	it.hasVersion, it.hasSize = c.Version.String(), manifest.Counted(c.Size, "byte", "bytes")
	switch {
	case c.Verdict == result.Extra:
		it.wantVersion = "nothing"
	case c.Verdict == result.Unreadable:
		it.hasVersion = "unreadable"
	case it.hasVersion == "" && it.wantVersion != "":
		it.hasVersion = "no version"
	case c.Verdict == result.WrongPlatform:
		it.wantPlatform, it.hasPlatform = string(r.Platform), c.Platform
	}
	return it
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// maxPlaces is how many places are listed without -v: what is behind a long
// list is one cause, and the summary lines must not scroll away.
const maxPlaces = 5

// places says what could not be looked into.
func (t *tableWriter) places(p *printer, r *result.RootResult) {
	for _, l := range placesOf(r) {
		if t.Verbose || !l.harmless {
			t.list(p, l.head+":", l.lines)
		}
	}
}

// placeList are places that were not looked into for one reason.
type placeList struct {
	head     string
	lines    []string
	harmless bool // it hides nothing
}

func placesOf(r *result.RootResult) []placeList {
	var faults, links, inside []string
	for _, f := range r.Faults {
		faults = append(faults, f.Path+": "+f.Error)
	}
	for _, l := range r.Links {
		if text := strings.Join(nonEmpty(l.Path, l.Target), " -> "); l.Inside {
			inside = append(inside, text)
		} else {
			links = append(links, text)
		}
	}
	return []placeList{
		{plural(len(faults), "place") + " could not be read, so files may have been missed (--exclude PATTERN leaves " +
			"out what does not matter)", faults, false},
		{plural(len(links), "link") + " out of the root not followed (--follow-links enters them, --exclude PATTERN " +
			"leaves out what does not matter)", links, false},
		{plural(len(inside), "link") + " to what was looked into anyway", inside, true},
		{"Left out by --exclude, and not judged", r.Excluded, false},
	}
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
