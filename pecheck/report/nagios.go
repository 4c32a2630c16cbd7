package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// service is a state as monitoring systems know it (Monitoring Plugins Development
// Guidelines, "Plugin Output for Nagios"), in the order in which they sort: what is known
// to fail outranks what is not known.
type service int

const (
	serviceOK service = iota
	serviceWarning
	serviceUnknown
	serviceCritical
)

// services gives the word and the exit code of each.
var services = [...]struct {
	word string
	code int
}{
	serviceOK: {"OK", 0}, serviceWarning: {"WARNING", 1}, serviceUnknown: {"UNKNOWN", 3}, serviceCritical: {"CRITICAL", 2},
}

// serviceOf is the one place where an exit code becomes a state. A doubt is about
// something that passes.
func serviceOf(code result.Exit, doubt bool) service {
	switch {
	case code == result.ExitFail:
		return serviceCritical
	case code != result.ExitPass:
		return serviceUnknown
	case doubt:
		return serviceWarning
	}
	return serviceOK
}

// PluginCodes is what help says of the exit codes of Nagios.
const PluginCodes = "With -f nagios the exit codes are those of monitoring plugins: 0 OK, 1 WARNING\n" +
	"(files of another release), 2 CRITICAL (something fails), 3 UNKNOWN (trouble)."

// ExitCode gives what the program ends with after a closed report: exit, or what the
// callers of its format define.
func ExitCode(w Writer, exit result.Exit) int {
	if h, ok := w.(hostWriter); ok {
		w = h.Writer
	}
	if n, ok := w.(*nagiosWriter); ok {
		return services[n.state(exit)].code
	}
	return int(exit)
}

// WriteUnknown writes, for monitoring systems, that there is no result, and gives the exit code.
func WriteUnknown(w io.Writer, err error) int {
	u := services[serviceUnknown]
	text := strings.ReplaceAll(pluginText(visible.Lines(err.Error())), "\n", "\n  ")
	fmt.Fprintf(w, "%s%s - %s\n", pluginName, u.word, text)
	return u.code
}

const (
	pluginName = "KBVERIFY "
	// pluginOutput is what a monitoring system keeps, in bytes: Nagios 3 reads 4 KB, those
	// after it more.
	pluginOutput = 4096
	// pluginLine is what is shown of one line, in columns (a pager or a chat shows the
	// first), and pluginBytes the same in bytes: accents on accents take no columns.
	pluginLine  = 240
	pluginBytes = 512
	// pluginHeads is how many hotfixes the first line names.
	pluginHeads = 3
)

// nagiosWriter counts, and keeps of the details what will be shown: the first line needs
// the last root.
type nagiosWriter struct {
	Options
	w      io.Writer
	tool   result.Tool
	worst  service
	found  [len(services)]pluginFindings
	detect bool // something was asked about all that is known
	// states counts all hotfixes, and passed those of serviceOK.
	states, passed map[result.State]int
	roots, unseen, traces,
	ok, failed, unreadable, unverified int
}

// pluginFindings are the hotfixes of one state.
type pluginFindings struct {
	count int
	heads []string // of the first of them, for the first line
	lines []string
	size  int // of the lines, in bytes
	left  int // lines that had no room
}

func (f *pluginFindings) head(text string) {
	f.count++
	if len(f.heads) < pluginHeads {
		f.heads = append(f.heads, text)
	}
}

// line keeps a line while there is room; what comes after one that is left out is left out, too.
func (f *pluginFindings) line(text string) {
	if f.left > 0 || f.size+len(text) > pluginOutput {
		f.left++
		return
	}
	f.lines = append(f.lines, text)
	f.size += len(text)
}

// pluginText is a text without the character that begins performance data, written as
// other characters that may not stand for themselves.
func pluginText(text string) string { return strings.ReplaceAll(text, "|", `\x7c`) }

// clipPlugin shortens a line.
func clipPlugin(text string) string {
	const more = "…"
	if text = Clip(text, pluginLine); len(text) > pluginBytes {
		text = strings.ToValidUTF8(text[:pluginBytes-len(more)], "") + more
	}
	return text
}

func (n *nagiosWriter) Root(r result.RootResult) error {
	r = cleanedBy(r, func(text string) string { return pluginText(visible.Text(text)) })
	n.roots++
	n.detect = n.detect || r.Taken.Command == result.Detect
	if n.states == nil {
		n.states, n.passed = map[result.State]int{}, map[result.State]int{}
	}
	n.states[result.Absent] += r.Absent
	switch {
	case r.Error != "":
		why := r.Error
		if n.Many { // which names the root
			why = strings.TrimPrefix(why, "root "+visible.Quote(r.Root)+": ")
		}
		n.note(serviceUnknown, &r, "NOT CHECKED, "+why, nil)
	case r.Unseen():
		n.note(serviceUnknown, &r, unseenText(&r), unseenPlaces(&r))
	case len(r.Tables) == 0 && r.Code() != result.ExitPass:
		n.note(serviceOf(r.Code(), false), &r, "no hotfix was judged", nil)
	}
	if r.Unseen() {
		n.unseen++
	}
	traces := n.traces
	for i := range r.Tables {
		n.hotfix(&r, &r.Tables[i])
	}
	if n.traces == traces && r.Code() == result.ExitPass {
		n.note(serviceOK, &r, noTrace, nil)
	}
	return nil
}

// hotfix counts one. Where something was not looked at, nothing is known to fail: what
// is missing may lie there.
func (n *nagiosWriter) hotfix(r *result.RootResult, t *result.TableResult) {
	detect := r.Taken.Command == result.Detect
	code := t.Code(r.Taken.Command)
	state := serviceOf(code, !detect && t.Reason.Has(result.OtherRelease))
	if r.Unseen() && code != result.ExitPass {
		state = serviceUnknown
	}
	if detect && code == result.ExitPass && !t.Trace() {
		if !t.Harmless {
			n.states[t.State]++
		}
		return
	}
	n.states[t.State]++
	n.traces++
	if state == serviceOK {
		n.passed[t.State]++
	}
	if code != result.ExitPass || t.State == result.Installed || t.State == result.Superseded {
		n.count(t, code)
	}
	sentence, details := Sentence(t), []string(nil)
	if detect {
		sentence = evidenceOf(t)
	}
	if code != result.ExitPass {
		details = n.details(t)
	}
	n.note(state, r, strings.Join(nonEmpty(title(t)+" "+stateWord(t), sentence), ", ")+ownManifest(t), details)
}

// count counts the files of a hotfix that says something about them.
func (n *nagiosWriter) count(t *result.TableResult, code result.Exit) {
	for i := range t.Rows {
		switch v := t.Rows[i].Verdict; v.Class() {
		case result.Pass:
			n.ok++
		case result.Trouble:
			n.unreadable++
		case result.Neither:
			if v == result.Unverified {
				n.unverified++
			}
		case result.Fail:
			if code != result.ExitPass {
				n.failed++
			}
		}
	}
}

// details are what to do about a hotfix, and its files that need attention.
func (n *nagiosWriter) details(t *result.TableResult) (lines []string) {
	if len(t.Next) > 0 {
		lines = append(lines, strings.Join(nonEmpty(capital(result.Words(t.Next, "; ")), t.Article), "; article: "))
	}
	wrong := items(t, false)
	for i, it := range wrong {
		if i == maxWrong {
			return append(lines, fmt.Sprintf("and %d more", len(wrong)-i))
		}
		lines = append(lines, wrongLine(it))
	}
	return lines
}

// note takes a finding at a root: for the first line, and below it with its details.
func (n *nagiosWriter) note(s service, r *result.RootResult, text string, details []string) {
	n.worst = max(n.worst, s)
	head := text
	if n.Many {
		head = r.Root + ": " + text
	}
	f := &n.found[s]
	f.head(clipPlugin(head))
	f.line(clipPlugin(r.Root + ": " + text))
	for _, d := range details {
		f.line(clipPlugin("  " + d))
	}
}

// state is that of the whole. An exit code that no root explains counts, too.
func (n *nagiosWriter) state(exit result.Exit) service {
	if n.worst <= serviceWarning && exit != result.ExitPass {
		return serviceOf(exit, false)
	}
	return n.worst
}

func (n *nagiosWriter) Close(taken result.Taken, exit result.Exit) error {
	state := n.state(exit)
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s - %s | %s\n", pluginName, services[state].word, n.summary(state), n.performance(taken))
	last := fmt.Sprintf("%s %s, catalogue %s", n.tool.Name, n.tool.Version, n.tool.Catalog)
	if text := when(cleaned(taken)); text != "" {
		last = "Taken " + text + ", " + last
	}
	last = clipPlugin(pluginText(last)) + "\n"
	n.below(&b, pluginOutput-len(last))
	_, err := io.WriteString(n.w, b.String()+last)
	return err
}

// below writes the details, the worst first, up to a number of bytes.
func (n *nagiosWriter) below(b *strings.Builder, most int) {
	const more = "and %d more lines; without -f nagios kbverify shows all\n"
	most -= len(more) + len("18446744073709551615")
	left := 0
	for s := len(n.found) - 1; s >= 0; s-- {
		for _, line := range n.found[s].lines {
			if left > 0 || b.Len()+len(line)+1 > most {
				left++
				continue
			}
			b.WriteString(line + "\n")
		}
		left += n.found[s].left
	}
	if left > 0 {
		fmt.Fprintf(b, more, left)
	}
}

// summary is the first line's text: the worst hotfixes by name, and the others by number.
func (n *nagiosWriter) summary(state service) string {
	var parts []string
	named := [len(services)]int{}
	room := 2 * pluginLine
	for s := service(len(n.found) - 1); s >= serviceOK; s-- {
		f := &n.found[s]
		if s == serviceOK && (len(parts) > 0 || f.count > 1 || n.detect) {
			break
		}
		for _, head := range f.heads {
			if len(parts) < pluginHeads && (len(parts) == 0 || Columns(head) <= room) {
				parts, room = append(parts, head), room-Columns(head)
				named[s]++
			}
		}
	}
	switch {
	case len(parts) == 0 && state > serviceWarning:
		parts = append(parts, "the run was not complete")
	case len(parts) == 0 && n.detect && n.traces == 0:
		parts = append(parts, noTrace)
	case len(parts) == 0 && n.detect:
		parts = append(parts, "no hotfix is half there")
	}
	for s := service(len(n.found) - 1); s > serviceOK; s-- {
		if more := n.found[s].count - named[s]; more > 0 {
			parts = append(parts, fmt.Sprintf("%d more %s", more, services[s].word))
		}
	}
	return strings.Join(append(parts, n.passing(named[serviceOK] > 0)...), "; ")
}

// passing counts what passes, and the roots where there are several.
func (n *nagiosWriter) passing(named bool) (parts []string) {
	if !named {
		var counts []string
		for _, s := range []result.State{result.Installed, result.Superseded} {
			if n.passed[s] > 0 {
				counts = append(counts, fmt.Sprintf("%d %s", n.passed[s], s))
			}
		}
		parts = nonEmpty(strings.Join(counts, ", "))
	}
	if n.roots > 1 {
		parts = append(parts, plural(n.roots, "root")+" in all")
	}
	return parts
}

// performance is the performance data: the same labels in every run, each with its least value.
func (n *nagiosWriter) performance(taken result.Taken) string {
	took := 0
	if d := taken.End.Sub(taken.Start); d > 0 && !taken.Start.IsZero() {
		took = int(d / time.Second)
	}
	var parts []string
	for _, p := range []struct {
		label string
		value int
		unit  string
	}{
		{"ok", n.ok, ""}, {"failed", n.failed, ""}, {"unreadable", n.unreadable, ""}, {"unverified", n.unverified, ""},
		{"installed", n.states[result.Installed], ""}, {"superseded", n.states[result.Superseded], ""},
		{"partial", n.states[result.Partial], ""}, {"not_installed", n.states[result.NotInstalled], ""},
		{"absent", n.states[result.Absent], ""}, {"undecidable", n.states[result.Undecidable], ""},
		{"roots", n.roots, ""}, {"not_looked_at", n.unseen, ""}, {"time", took, "s"},
	} {
		parts = append(parts, p.label+"="+strconv.Itoa(p.value)+p.unit+";;;0")
	}
	return strings.Join(parts, " ")
}
