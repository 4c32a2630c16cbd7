package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/change"
	"kbverify/pecheck/result"
)

// ChangesDocument is the kind of the JSON of what changed.
const ChangesDocument = "kbverify-changes"

// ChangeFormats lists those of what changed.
var ChangeFormats = []Format{Table, JSON}

// ChangesWriter takes what changed root by root.
type ChangesWriter interface {
	// Root writes what changed at one root.
	Root(c change.Root) error
	// Close ends the report; same is how many roots are as they were.
	Close(same int, taken result.Taken, exit result.Exit) error
}

// NewChanges starts a report of what changed.
func NewChanges(w io.Writer, f Format, tool result.Tool, o Options) (ChangesWriter, error) {
	o = o.sized()
	switch f {
	case Table:
		return &changesTable{w: w, tool: cleaned(tool), Options: o}, nil
	case JSON:
		j, err := newJSONWriter(w, cleaned(tool), "roots", ChangesDocument)
		return &changesJSON{j}, err
	}
	_, err := ParseFormat(string(f), ChangeFormats)
	return nil, err
}

// changesJSON is a document with a list of roots and the number of the others.
type changesJSON struct{ *jsonWriter }

func (j *changesJSON) Root(c change.Root) error { return writeElement(j.jsonWriter, c) }

func (j *changesJSON) Close(same int, taken result.Taken, exit result.Exit) error {
	return j.end(taken, exit, fmt.Sprintf(",\n  \"unchanged\": %d", same))
}

// changesTable counts first, and then has what changed at each root.
type changesTable struct {
	Options
	w       io.Writer
	tool    result.Tool
	waiting packed
	counts  [5]int // of roots, by changeWords
}

// The words for what became of a root, in the order of a summary.
const (
	worse = iota
	better
	otherwise
	isNew
	gone
)

var changeWords = [5]string{"worse", "better", "changed otherwise", "new", "gone"}

func outcome(c *change.Root) int {
	switch {
	case c.What == change.New:
		return isNew
	case c.What == change.Gone:
		return gone
	case c.Worse || c.Exit == result.ExitTrouble:
		return worse
	case c.Better:
		return better
	}
	return otherwise
}

func (t *changesTable) Root(c change.Root) error {
	c = cleaned(c)
	n := outcome(&c)
	t.counts[n]++
	p := t.printer(t.waiting.writer())
	name := t.path(c.Root)
	if c.Host != "" && t.Hosts {
		name = c.Host + ": " + name
	}
	if !t.Quiet {
		p.line("")
	}
	p.hang(name+": "+t.paint(changeInk(n), strings.ToUpper(changeWords[n]))+said(&c), "  ")
	if t.Quiet {
		return p.err
	}
	switch {
	case c.Now.Start != "" && c.Was.Start != "":
		p.text("  ", fmt.Sprintf("Read %s, before %s", day(c.Now.Start), day(c.Was.Start)))
	case c.Now.Start != "":
		p.text("  ", "Read "+day(c.Now.Start))
	case c.Was.Start != "":
		p.text("  ", "Last read "+day(c.Was.Start))
	}
	if c.Was.Judge.Catalog != c.Now.Judge.Catalog {
		p.text("  ", fmt.Sprintf("Judged by catalogue %s, before %s", c.Now.Judge.Catalog, c.Was.Judge.Catalog))
	}
	t.hotfixes(p, c.Hotfixes)
	t.files(p, c.Files)
	t.places(p, c.Places)
	return p.err
}

func changeInk(n int) ink {
	switch n {
	case worse, gone:
		return "1;" + red
	case better:
		return "1;" + green
	}
	return bold
}

// said is what to say of a root in its line.
func said(c *change.Root) string {
	switch {
	case c.What == change.Gone:
		return ", there is no result of it any more"
	case c.What == change.New:
		return ", there was no result of it before" + map[bool]string{true: "; something fails there"}[c.Worse]
	case c.Now.Error != "" && c.Was.Error != "":
		return ", NOT CHECKED, as before: " + c.Now.Error
	case c.Now.Error != "":
		return ", NOT CHECKED: " + c.Now.Error
	case c.What == change.Unchecked && c.Exit == result.ExitTrouble && c.Now.Start == "":
		return ", the earlier one could not be read: " + c.Was.Error
	case c.What == change.Unchecked:
		return ", it could not be checked before"
	}
	var parts []string
	for i := range c.Hotfixes {
		if h := &c.Hotfixes[i]; h.Worse || h.Better {
			parts = append(parts, changedTitle(h)+" "+stateOrNot(h.Now))
		}
	}
	if n := len(c.Hotfixes) - len(parts); n > 0 {
		text := plural(n, "hotfix", "hotfixes")
		if len(parts) > 0 {
			text += " more"
		}
		parts = append(parts, text+" in another state")
	}
	shown := parts[:min(len(parts), maxRecapped)]
	if more := len(parts) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("%d more", more))
	}
	if n := len(c.Files); n > 0 {
		shown = append(shown, plural(n, "file"))
	}
	if n := len(c.Places); n > 0 {
		shown = append(shown, plural(n, "place")+" not looked at or looked at again")
	}
	return ", " + strings.Join(shown, ", ")
}

// day is a time as people read it.
func day(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return "at an unknown time"
	}
	return t.UTC().Format(time.DateTime) + " UTC"
}

func (t *changesTable) hotfixes(p *printer, list []change.Hotfix) {
	if len(list) == 0 || p.err != nil {
		return
	}
	var rows [][]string
	for _, h := range list {
		was := stateOrNot(h.Was)
		if h.WasTable != h.Table && h.WasTable != "" && h.Table != "" {
			was += ", " + h.WasTable
		}
		now := t.paint(changedInk(h.Worse, h.Better), stateOrNot(h.Now))
		rows = append(rows, []string{changedTitle(&h), was, now})
	}
	p.line("")
	if p.err == nil {
		p.err = Grid(p.w, []string{"HOTFIX", "BEFORE", "NOW"}, rows)
	}
}

// changedTitle names a hotfix and the table that it is, or was, judged by.
func changedTitle(h *change.Hotfix) string {
	return strings.TrimSpace(h.Hotfix + " " + cmp.Or(h.Table, h.WasTable))
}

func changedInk(worse, better bool) ink {
	switch {
	case worse:
		return "1;" + red
	case better:
		return "1;" + green
	}
	return plain
}

func stateOrNot(s result.State) string {
	if s == "" {
		return "not asked about"
	}
	return StateWord(s)
}

// files has a line for each of the facts that differ, and for each verdict.
func (t *changesTable) files(p *printer, list []change.File) {
	if len(list) == 0 || p.err != nil {
		return
	}
	shown := list
	if len(list) > maxItems && !t.Verbose {
		shown = list[:maxItems]
	}
	header := []string{"FILE", "BEFORE", "NOW"}
	var rows [][]string
	for i := range shown {
		was, now := fileCells(&shown[i])
		rows = append(rows, []string{"", strings.Join(was, "\n"), t.paintLines(changedInk(shown[i].Worse, false), now)})
	}
	room := max(t.Width-width(header, rows)+len(header[0]), narrowest)
	for i := range shown {
		rows[i][0] = strings.Join(fileLines(&shown[i], t.fold(), room), "\n")
	}
	p.line("")
	if p.err == nil {
		p.err = Grid(p.w, header, rows)
	}
	if more := len(list) - len(shown); more > 0 {
		p.text("  ", fmt.Sprintf("and %s more; -v lists them all", plural(more, "file")))
	}
}

func (t *changesTable) paintLines(i ink, lines []string) string {
	for n := range lines {
		lines[n] = t.paint(i, lines[n])
	}
	return strings.Join(lines, "\n")
}

// fileLines name a file and the hotfixes whose verdicts stand beside it.
func fileLines(f *change.File, by fold, width int) []string {
	lines := by.wrapName(f.Path, width)
	if f.Path == "" {
		lines = by.wrapName(f.Verdicts[0].Name, width)
	}
	if len(f.Verdicts) == 0 {
		return lines
	}
	var of []string
	for _, v := range f.Verdicts {
		of = append(of, v.Hotfix)
	}
	shown := of[:min(len(of), maxRecapped)]
	if more := len(of) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return append(lines, by.wrapText("of "+strings.Join(shown, ", "), width)...)
}

// fileCells are what was found before and now, the worst verdict first, and what differs
// alone.
func fileCells(f *change.File) (was, now []string) {
	add := func(a, b string) {
		if a != b {
			was, now = append(was, a), append(now, b)
		}
	}
	v := worstVerdict(f.Verdicts)
	switch {
	case f.Was == nil && f.Now == nil:
		return []string{verdictOr(v.Was, "not expected")}, []string{verdictOr(v.Now, "not expected")}
	case f.Was == nil:
		return []string{verdictOr(v.Was, "not there")}, append([]string{verdictOr(v.Now, "")}, factLines(f.Now)...)
	case f.Now == nil:
		return append([]string{verdictOr(v.Was, "")}, factLines(f.Was)...), []string{verdictOr(v.Now, "gone")}
	case v != nil:
		add(verdictOr(v.Was, "not expected"), verdictOr(v.Now, "not expected"))
	}
	a, b := factLines(f.Was), factLines(f.Now)
	for i := range max(len(a), len(b)) {
		add(lineOf(a, i), lineOf(b, i))
	}
	content := f.Was.SHA256 != f.Now.SHA256 && f.Was.SHA256 != "" && f.Now.SHA256 != "" ||
		f.Was.MD5 != f.Now.MD5 && f.Was.MD5 != "" && f.Now.MD5 != ""
	if content {
		add("", "another content")
	}
	if s := f.Now.Signature; s != f.Was.Signature && s != "" && f.Was.Signature != "" {
		add(word(result.Verdict(f.Was.Signature)), word(result.Verdict(s)))
	}
	return was, now
}

func lineOf(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// factLines are version, size and platform, each on a line of its own.
func factLines(f *change.Facts) []string {
	version := f.Version.String()
	if version == "" {
		version = "no version"
	}
	return nonEmpty(version, manifest.Counted(f.Size, "byte", "bytes"), platformLine(f.Platform))
}

func worstVerdict(list []change.Verdict) (worst *change.Verdict) {
	for i := range list {
		if worst == nil || list[i].Now.Class() > worst.Now.Class() {
			worst = &list[i]
		}
	}
	return worst
}

func verdictOr(v result.Verdict, otherwise string) string {
	if v == "" {
		return otherwise
	}
	return word(v)
}

func (t *changesTable) places(p *printer, list []change.Place) {
	if len(list) == 0 {
		return
	}
	p.line("")
	shown := list
	if len(list) > maxPlaces && !t.Verbose {
		shown = list[:maxPlaces]
	}
	for _, place := range shown {
		text := "Looked at again: " + place.Path
		switch {
		case place.Now != "" && place.Was != "":
			text = fmt.Sprintf("Not looked at, %s: %s (%s; before: %s)", place.Kind, place.Path, place.Now, place.Was)
		case place.Now != "":
			text = fmt.Sprintf("Not looked at any more, %s: %s (%s)", place.Kind, place.Path, place.Now)
		}
		p.text("  ", text)
	}
	if more := len(list) - len(shown); more > 0 {
		p.text("  ", fmt.Sprintf("and %s more; -v lists them all", plural(more, "place")))
	}
}

func (t *changesTable) Close(same int, taken result.Taken, _ result.Exit) error {
	p := t.printer(t.w)
	total := same
	var parts []string
	for i, n := range t.counts {
		if total += n; n > 0 {
			parts = append(parts, t.paint(changeInk(i), fmt.Sprintf("%d %s", n, changeWords[i])))
		}
	}
	if parts == nil {
		p.hang(fmt.Sprintf("%s, nothing changed", plural(same, "root")), "  ")
		return p.err
	}
	p.hang(fmt.Sprintf("%s: %s, %d as before", plural(total, "root"), strings.Join(parts, ", "), same), "  ")
	if p.err == nil {
		p.err = t.waiting.copyTo(t.w)
	}
	if t.Quiet {
		return p.err
	}
	if p.err != nil {
		return p.err
	}
	return (&tableWriter{w: t.w, tool: t.tool, Options: t.Options}).Close(taken, 0)
}
