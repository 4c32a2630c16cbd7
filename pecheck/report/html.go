package report

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"slices"
	"strings"

	"kbverify/pecheck/result"
)

// The page: its parts, each from what this file and htmlroot.go hand over, and its looks.
var (
	//go:embed html.tmpl
	htmlText string
	//go:embed html.css
	htmlStyle string

	htmlPage = template.Must(template.New("").Parse(htmlText))
)

// htmlPolicy forbids the page everything but its own style: no script, no network, whatever
// a name on a disk would like to be.
var htmlPolicy = func() string {
	sum := sha256.Sum256([]byte(htmlStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'"
}()

// htmlWriter writes one page for people, which needs neither network nor script. What
// stands first sums up everything, so the roots wait for it, packed.
type htmlWriter struct {
	Options
	w       io.Writer
	tool    result.Tool
	details packed
	rows    []htmlRow
	columns []string       // titles of hotfixes
	column  map[string]int // index by title
	states  map[badge]*htmlState
	words   map[result.Verdict]bool // that the page uses
	asked   map[result.Command]bool
	only    htmlOnly // while there is one root
	// known is how many hotfixes a detection asked about.
	known   int
	inPlace int // copies that the page lists although nothing is wrong with them
}

// htmlOnly is what stands on top of a page about one root.
type htmlOnly struct{ headline, lead string }

// htmlRow is what the summary needs of one root.
type htmlRow struct {
	root   string
	code   result.Exit
	failed bool          // it could not be read
	unseen string        // what of it was not looked at, or why it failed
	detect bool          // absent is no fault
	all    bool          // every hotfix was asked about: of others than those below nothing is here
	asked  []string      // the hotfixes of a detection of less than all
	states []stateNumber // by column; shorter where the rest is not there
}

// maxReason is how many columns of an error the matrix takes; the details have it whole.
const maxReason = 160

// stateNumber is a state in a byte: 0 is none, else one more than its place in detectOrder.
type stateNumber uint8

func numberOf(s result.State) stateNumber { return stateNumber(slices.Index(detectOrder, s) + 1) }

func (r *htmlRow) state(column int, title string) result.State {
	switch {
	case column < len(r.states) && r.states[column] > 0:
		return detectOrder[r.states[column]-1]
	case r.all || slices.Contains(r.asked, title):
		return result.Absent
	}
	return notAsked
}

// badge is a state or a verdict: a word, and the class that colours it.
type badge struct{ Word, Class string }

// htmlState counts a state.
type htmlState struct {
	n, roots int
	last     int // root, from 1
}

func newHTMLWriter(w io.Writer, tool result.Tool, o Options) Writer {
	o.Color = false
	return &htmlWriter{Options: o, w: w, tool: tool, column: map[string]int{}, states: map[badge]*htmlState{},
		words: map[result.Verdict]bool{}, asked: map[result.Command]bool{}}
}

func (h *htmlWriter) Root(r result.RootResult) error {
	r = cleaned(r)
	row := htmlRow{root: r.Root, code: r.Code(), failed: r.Error != "", detect: h.detected(&r)}
	if row.detect {
		row.all, row.asked = r.Asked == nil, r.Asked
	}
	unread := slices.ContainsFunc(r.Tables, func(t result.TableResult) bool { return t.Counts[result.Unreadable] > 0 })
	switch {
	case row.failed:
		row.unseen = Clip(r.Error, maxReason)
	case r.Unseen() || !unread:
		row.unseen = strings.TrimPrefix(strings.TrimPrefix(notLookedAt(&r), ", "), "but ")
	default:
		row.unseen = result.Reason{Kind: result.FileUnreadable}.String()
	}
	h.rows = append(h.rows, row)
	h.asked[r.Taken.Command] = true
	if row.detect {
		h.known = max(h.known, len(r.Tables)+r.Absent)
	}
	for i := range r.Tables {
		h.count(&r, &r.Tables[i])
	}
	if len(h.rows) == 1 {
		h.only = htmlOnly{h.headline(&r), h.lead(&r)}
	}
	if h.Quiet {
		return nil
	}
	return htmlPage.ExecuteTemplate(h.details.writer(), "root", h.root(&r))
}

// count adds a hotfix to the summary and the matrix.
func (h *htmlWriter) count(r *result.RootResult, t *result.TableResult) {
	detects := h.detected(r)
	if detects && !t.Trace() {
		return
	}
	b := stateBadge(t, detects)
	s := h.states[b]
	if s == nil {
		s = &htmlState{}
		h.states[b] = s
	}
	s.n++
	if s.last != len(h.rows) {
		s.last = len(h.rows)
		s.roots++
	}
	if detects && t.Harmless {
		return // in the matrix as absent
	}
	key := columnOf(r, t)
	i, known := h.column[key]
	if !known {
		i = len(h.columns)
		h.column[key] = i
		h.columns = append(h.columns, key)
	}
	row := &h.rows[len(h.rows)-1]
	for len(row.states) <= i {
		row.states = append(row.states, 0)
	}
	row.states[i] = numberOf(t.State)
}

// headline is what a page about one root has on top.
func (h *htmlWriter) headline(r *result.RootResult) string {
	switch {
	case r.Error != "":
		return r.Root + " was not checked"
	case len(r.Tables) == 1 && !h.detected(r):
		return title(&r.Tables[0]) + ": " + strings.ToLower(stateWord(&r.Tables[0]))
	}
	found, _ := traces(r)
	return capital((&detectWriter{&tableWriter{Options: h.Options}}).stateCounts(found))
}

// lead is the one hotfix in a sentence, and what to do about it; "" where there are more.
func (h *htmlWriter) lead(r *result.RootResult) string {
	if r.Error != "" || len(r.Tables) != 1 || h.detected(r) {
		return ""
	}
	t := &r.Tables[0]
	text := capital(Sentence(t)) + notLookedAt(r) + "."
	for _, step := range t.Next {
		text += " " + capital(step.String()) + "."
	}
	return text
}

// stateBadge is trouble where a file could not be read, whatever else the state is not.
func stateBadge(t *result.TableResult, detects bool) badge {
	b := badge{stateWord(t), stateClass(t.State, detects)}
	if detects && (t.Harmless || b.Word == unpackedWord) {
		b.Class = "neutral"
	}
	if b.Class == "neutral" && t.Counts[result.Unreadable] > 0 {
		b.Class = "trouble"
	}
	return b
}

func stateClass(s result.State, detects bool) string {
	switch {
	case s == result.Installed || s == result.Superseded:
		return "pass"
	case s == result.Undecidable:
		return "trouble"
	case detects && s != result.Partial:
		return "neutral"
	}
	return "fail"
}

func verdictBadge(v result.Verdict) badge {
	class := map[result.Class]string{result.Pass: "pass", result.Fail: "fail", result.Trouble: "trouble"}[v.Class()]
	return badge{word(v), cmp.Or(class, "neutral")}
}

// codeBadge says how a root, or the run, ends.
func codeBadge(code result.Exit, failed bool) badge {
	switch {
	case failed:
		return badge{"NOT CHECKED", "trouble"}
	case code == result.ExitPass:
		return badge{"PASSES", "pass"}
	case code == result.ExitFail:
		return badge{"FAILS", "fail"}
	}
	return badge{"TROUBLE", "trouble"}
}

// Close writes the page.
func (h *htmlWriter) Close(taken result.Taken, exit result.Exit) error {
	out := bufio.NewWriter(h.w)
	taken = cleaned(taken)
	if err := htmlPage.ExecuteTemplate(out, "head", h.head(taken, exit)); err != nil {
		return err
	}
	if err := h.details.copyTo(out); err != nil {
		return err
	}
	if err := htmlPage.ExecuteTemplate(out, "foot", h.foot(taken)); err != nil {
		return err
	}
	return out.Flush()
}

// packed holds text until it is asked for. Names, versions and paths repeat from root to
// root, so that it takes a fraction of its room; a file would have to lie somewhere, which
// may be below a root, and to be removed whatever happens.
type packed struct {
	pieces  [][]byte
	deflate *flate.Writer
}

// packing is the level: above it the page takes longer and hardly less.
const packing = 5

// pieceSize is how much is kept in one piece: enough that a piece costs nothing beside it.
const pieceSize = 32 << 10

func (p *packed) writer() io.Writer {
	if p.deflate == nil {
		p.deflate, _ = flate.NewWriter(p, packing) // fails for levels only that there are not
	}
	return p.deflate
}

// Write keeps what is packed already.
func (p *packed) Write(b []byte) (int, error) {
	last := len(p.pieces) - 1
	if last < 0 || len(p.pieces[last])+len(b) > cap(p.pieces[last]) {
		p.pieces = append(p.pieces, make([]byte, 0, max(pieceSize, len(b))))
		last++
	}
	p.pieces[last] = append(p.pieces[last], b...)
	return len(b), nil
}

// copyTo writes the text out, and forgets it.
func (p *packed) copyTo(w io.Writer) error {
	if p.deflate == nil {
		return nil
	}
	if err := p.deflate.Close(); err != nil {
		return err
	}
	readers := make([]io.Reader, len(p.pieces))
	for i, piece := range p.pieces {
		readers[i] = bytes.NewReader(piece)
	}
	_, err := io.Copy(w, flate.NewReader(io.MultiReader(readers...)))
	*p = packed{}
	return err
}
