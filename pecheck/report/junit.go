package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// junitWriter writes what test runners write: a suite for each root, in it a case for
// the root, for each hotfix, and for each row of it. Suites have their counts; the whole
// has none, since they would stand before the first root, and whoever reads them adds up.
//
// A suite holds an error where its root's exit code is 2, and nothing but passed and
// skipped cases where it is 0.
type junitWriter struct {
	Options
	w      io.Writer
	tool   result.Tool
	suites int
	code   result.Exit // of what is written
}

// junitSuite is <testsuite>, in the order that Ant's schema wants.
type junitSuite struct {
	XMLName    xml.Name        `xml:"testsuite"`
	Name       string          `xml:"name,attr"`
	Package    string          `xml:"package,attr"`
	ID         int             `xml:"id,attr"`
	Hostname   string          `xml:"hostname,attr"`
	Timestamp  string          `xml:"timestamp,attr,omitempty"` // UTC, without the zone
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"` // seconds
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	Out        junitText       `xml:"system-out"`
	Err        string          `xml:"system-err"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// junitCase has one outcome at most; without, it has passed.
type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitOutcome `xml:"failure"`
	Error   *junitOutcome `xml:"error"`
	Skipped *junitText    `xml:"skipped"` // a text alone is what every schema of the format allows
}

// junitOutcome says why in a line, and at length for those that show no messages.
type junitOutcome struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",cdata"`
}

type junitText struct {
	Text string `xml:",cdata"`
}

func newJUnitWriter(w io.Writer, tool result.Tool, o Options) (*junitWriter, error) {
	_, err := io.WriteString(w, xml.Header+"<testsuites>\n")
	return &junitWriter{Options: o, w: w, tool: cleanedBy(tool, xmlText)}, err
}

func (j *junitWriter) Root(r result.RootResult) error {
	r = cleanedBy(r, xmlText)
	s := j.suite(cmp.Or(r.Root, "root"), r.Taken)
	s.property("tool", j.toolOf(&r))
	s.property("catalog", cmp.Or(r.Judge, j.tool).Catalog)
	s.property("command", string(r.Taken.Command))
	s.property("files seen", strconv.FormatInt(r.Seen, 10))
	s.property("left out", strings.Join(r.Excluded, "; "))
	if r.Absent > 0 {
		s.property("hotfixes of which nothing is here", strconv.Itoa(r.Absent))
	}
	s.root(&r)
	for i := range r.Tables {
		s.hotfix(&r.Tables[i], r.Taken.Command)
	}
	return j.write(s)
}

// Close ends the document. An exit code that no root explains has a suite of its own.
func (j *junitWriter) Close(taken result.Taken, exit result.Exit) error {
	if exit > j.code {
		s := j.suite(j.tool.Name, cleanedBy(taken, xmlText))
		s.property("tool", j.toolOf(&result.RootResult{}))
		text := fmt.Sprintf("the run ended with exit code %d", exit)
		s.add("run", "exit code", exit, junitOutcome{"exit-code", text, text})
		if err := j.write(s); err != nil {
			return err
		}
	}
	_, err := io.WriteString(j.w, "</testsuites>\n")
	return err
}

func (j *junitWriter) toolOf(r *result.RootResult) string {
	tool := cmp.Or(r.Judge, j.tool)
	return tool.Name + " " + tool.Version
}

// suite begins a suite. What no scan has said is told as the schema wants it: the time
// is that of the run, and the host has the name that stands for an unknown one.
func (j *junitWriter) suite(name string, taken result.Taken) *junitBuilder {
	s := &junitBuilder{seen: map[[2]string]int{}}
	s.Name, s.Package, s.ID = name, j.tool.Name, j.suites
	s.Hostname, s.Time = cmp.Or(taken.Host, "localhost"), "0"
	start := taken.Start
	if start.IsZero() {
		start = j.Run.Start
	}
	if !start.IsZero() {
		s.Timestamp = start.UTC().Format("2006-01-02T15:04:05")
	}
	if took := taken.End.Sub(taken.Start); took > 0 && !taken.Start.IsZero() {
		s.Time = strconv.FormatInt(int64(took/time.Second), 10)
	}
	return s
}

func (j *junitWriter) write(s *junitBuilder) error {
	j.suites++
	j.code = max(j.code, s.code)
	s.Out.Text = strings.Join(s.summary, "\n")
	e := xml.NewEncoder(j.w)
	e.Indent("  ", "  ")
	if err := e.Encode(s.junitSuite); err != nil {
		return err
	}
	_, err := io.WriteString(j.w, "\n")
	return err
}

// junitBuilder is a suite that grows.
type junitBuilder struct {
	junitSuite
	code    result.Exit
	seen    map[[2]string]int // by class and name
	summary []string          // a line a hotfix
}

func (s *junitBuilder) property(name, value string) {
	if value != "" {
		s.Properties = append(s.Properties, junitProperty{name, value})
	}
}

// add adds a case with the outcome that its exit code stands for. A class and name that
// were there get a number.
func (s *junitBuilder) add(class, name string, exit result.Exit, why junitOutcome) {
	c := s.newCase(class, name)
	switch exit {
	case result.ExitTrouble:
		c.Error = &why
		s.Errors++
	case result.ExitFail:
		c.Failure = &why
		s.Failures++
	}
	s.code = max(s.code, exit)
}

// skip adds a case that says nothing for or against.
func (s *junitBuilder) skip(class, name, why string) {
	s.newCase(class, name).Skipped = &junitText{why}
	s.Skipped++
}

func (s *junitBuilder) newCase(class, name string) *junitCase {
	key := [2]string{class, name}
	s.seen[key]++
	for n := s.seen[key]; n > 1; n++ {
		again := [2]string{class, fmt.Sprintf("%s #%d", name, n)}
		if s.seen[again] == 0 {
			s.seen[again]++
			name = again[1]
			break
		}
	}
	s.Tests++
	s.Cases = append(s.Cases, junitCase{Class: class, Name: name, Time: "0"})
	return &s.Cases[len(s.Cases)-1]
}

// root adds the case that fails where something was not looked at.
func (s *junitBuilder) root(r *result.RootResult) {
	why, exit := junitOutcome{}, result.ExitTrouble
	switch {
	case r.Error != "":
		why = junitOutcome{"unreadable", r.Error, r.Error}
	case r.Unseen():
		text := unseenText(r)
		why = junitOutcome{"not-looked-at", text, strings.Join(append([]string{text}, unseenPlaces(r)...), "\n")}
	case len(r.Tables) == 0 && r.Code() != result.ExitPass:
		why = junitOutcome{"nothing-judged", "no hotfix was judged", "no hotfix was judged"}
	default:
		exit = result.ExitPass
	}
	s.add("root", "looked at", exit, why)
}

// unseenText says what may hide a stale copy or a missing one: "1 place could not be read".
func unseenText(r *result.RootResult) string {
	_, text, _ := strings.Cut(notLookedAt(r), ", but ")
	return text
}

// unseenPlaces names each of them.
func unseenPlaces(r *result.RootResult) (places []string) {
	for _, f := range r.Faults {
		places = append(places, f.Path+": "+f.Error)
	}
	for _, l := range r.Links {
		if !l.Inside {
			places = append(places, "link "+strings.Join(nonEmpty(l.Path, l.Target), " -> "))
		}
	}
	return places
}

// hotfix adds the case of a hotfix's state, and one for each row. A detection that finds
// a hotfix not installed is no failure, and its rows are those of another version.
func (s *junitBuilder) hotfix(t *result.TableResult, asked result.Command) {
	code, class := t.Code(asked), classOf(t)
	how := strings.Join(nonEmpty(StateWord(t.State), Sentence(t)), ", ") + ownManifest(t)
	if asked != result.Detect || t.Trace() {
		s.summary = append(s.summary, title(t)+": "+how)
	}
	s.property(class+" product", t.Product)
	s.property(class+" article", t.Article)
	s.property(class+" state", string(t.State))
	s.property(class+" next step", result.Words(t.Next, "; "))
	const state = "state"
	if code == result.ExitPass && t.State != result.Installed && t.State != result.Superseded {
		s.skip(class, state, strings.Join(nonEmpty(word(result.Verdict(t.State)), evidenceOf(t)), ": "))
		return
	}
	text := []string{how}
	if !saysWhy(t) {
		text = append(text, nonEmpty(t.Reason.String())...)
	}
	text = append(text, nonEmpty(capital(result.Words(t.Next, "; ")), t.Article)...)
	s.add(class, state, code, junitOutcome{string(t.State), text[0], strings.Join(text, "\n")})
	for i := range t.Rows {
		s.row(class, &t.Rows[i], code, t.State)
	}
}

// classOf is the hotfix with its table, as -k takes them.
func classOf(t *result.TableResult) string { return strings.Join(nonEmpty(t.Hotfix, t.Table), "/") }

// row adds the case of a row. It never says worse than its hotfix: what does not keep a
// hotfix from being installed is no failure.
func (s *junitBuilder) row(class string, r *result.RowResult, most result.Exit, state result.State) {
	name := cmp.Or(r.Path, r.Name)
	if r.Platform != "" {
		name += " (" + string(r.Platform) + ")"
	}
	exit := rowExit(r)
	switch {
	case exit == result.ExitPass && r.Verdict.Class() == result.Neither:
		s.skip(class, name, strings.Join(nonEmpty(word(r.Verdict), r.Reason.String()), ": "))
	case exit > result.ExitPass && most == result.ExitPass:
		s.skip(class, name, fmt.Sprintf("%s, although the hotfix is %s", word(r.Verdict), word(result.Verdict(state))))
	default:
		s.add(class, name, min(exit, most), rowOutcome(r))
	}
}

// rowExit is what a row speaks for by itself.
func rowExit(r *result.RowResult) (exit result.Exit) {
	switch r.Verdict.Class() {
	case result.Trouble:
		return result.ExitTrouble
	case result.Fail:
		exit = result.ExitFail
	}
	for i := range r.Copies {
		exit = max(exit, r.Copies[i].Signature.Exit())
	}
	return exit
}

// rowOutcome says what was expected and found: the first in a line, and every copy that
// needs attention in the text.
func rowOutcome(r *result.RowResult) junitOutcome {
	out := junitOutcome{Type: string(r.Verdict)}
	if !needsAttention(r.Verdict) {
		out.Type = "signature"
	}
	list := items(&result.TableResult{Rows: []result.RowResult{*r}}, false)
	var blocks []string
	for i, it := range list {
		expected, found := it.sides()
		lines := []string{strings.Join(nonEmpty(it.fault(), it.path), ": "), "  expected " + expected, "  found " + found}
		for _, n := range it.notes {
			lines = append(lines, "  "+n)
		}
		blocks = append(blocks, strings.Join(lines, "\n"))
		if i == 0 {
			out.Message = it.message(expected, found)
		}
	}
	if more := len(list) - 1; more > 0 {
		out.Message += fmt.Sprintf(", and %s", plural(more, "more copy", "more copies"))
	}
	out.Text = strings.Join(blocks, "\n")
	return out
}

// message is the fault in a line. What looks alike on both sides differs by what the notes say.
func (it *item) message(expected, found string) string {
	text := "expected " + expected + "; found " + found
	if expected == found || it.verdict == result.Unreadable {
		text = strings.Join(it.notes, "; ")
	}
	if it.path != "" {
		text += " (" + it.path + ")"
	}
	return it.fault() + ": " + text
}

// sides are what was expected and what was found, in words: "4.0.6487.2111, 481,640 bytes, for x64".
func (it *item) sides() (expected, found string) {
	side := func(version, size, platform string) string {
		if platform != "" {
			platform = "for " + platform
		}
		return strings.Join(nonEmpty(version, size, platform), ", ")
	}
	expected = side(it.wantVersion, it.wantSize, it.wantPlatform)
	return cmp.Or(expected, "the file"), side(it.hasVersion, it.hasSize, it.hasPlatform)
}

// xmlText is visible.Text for XML 1.0, which has no U+FFFE and U+FFFF either.
func xmlText(text string) string {
	text = visible.Text(text)
	if !strings.ContainsFunc(text, noXML) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if noXML(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// noXML reports a printable character that XML does not know.
func noXML(r rune) bool { return r == 0xfffe || r == 0xffff }
