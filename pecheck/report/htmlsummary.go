package report

import (
	"cmp"
	"fmt"
	"html/template"
	"iter"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// fact is a line of a list of names and texts.
type fact struct{ Name, Text string }

// htmlHead is what stands above the roots.
type htmlHead struct {
	Tool           result.Tool
	Style          template.CSS
	Policy         string
	Headline, Lead string
	Badge          badge
	Facts          []fact
	States         []stateLine
	Sentences      []string
	Blocks         []htmlBlock
	Legend         string
}

type stateLine struct {
	Count   string
	Badge   badge
	Meaning string
}

func (h *htmlWriter) head(taken result.Taken, exit result.Exit) htmlHead {
	p := htmlHead{Tool: h.tool, Style: template.CSS(htmlStyle), Policy: htmlPolicy, Badge: codeBadge(exit, false),
		Lead: leads[exit], States: h.stateLines()}
	if len(h.rows) == 1 {
		p.Headline = h.only.headline
		p.Facts = append(p.Facts, fact{"Root", h.rows[0].root})
		if h.only.lead != "" {
			p.Lead = h.only.lead
		} else if unseen := h.rows[0].unseen; unseen != "" {
			p.Lead += " At this root: " + unseen + "."
		}
	} else {
		p.Headline = h.tallied()
		p.Sentences, p.Blocks, p.Legend = h.matrix()
	}
	p.Facts = append(p.Facts, h.questions()...)
	if text := when(taken); text != "" {
		p.Facts = append(p.Facts, fact{"Taken", text})
	}
	p.Facts = append(p.Facts, fact{"Judged by", h.judge(h.tool)}, fact{"Exit code", fmt.Sprint(int(exit))})
	return p
}

// leads says what an exit code means.
var leads = map[result.Exit]string{
	result.ExitPass: "Everything that was asked was checked, and passes.",
	result.ExitFail: "Something fails. What it is, and what to do next, stands below.",
	result.ExitTrouble: "Not everything could be checked: something could not be read, was not looked at, or the files " +
		"do not tell.",
}

func (h *htmlWriter) judge(t result.Tool) string {
	return fmt.Sprintf("%s %s, catalogue %s", t.Name, t.Version, t.Catalog)
}

// tallied counts the roots by how they end: "10 roots: 6 pass, 3 fail, 1 not checked".
func (h *htmlWriter) tallied() string {
	n := map[badge]int{}
	for i := range h.rows {
		n[codeBadge(h.rows[i].code, h.rows[i].failed)]++
	}
	var parts []string
	for _, part := range []struct {
		badge     badge
		one, more string
	}{
		{codeBadge(result.ExitPass, false), "passes", "pass"},
		{codeBadge(result.ExitFail, false), "fails", "fail"},
		{codeBadge(result.ExitTrouble, false), "could not be checked whole", "could not be checked whole"},
		{codeBadge(result.ExitTrouble, true), "not checked", "not checked"},
	} {
		if n := n[part.badge]; n > 0 {
			parts = append(parts, manifest.Counted(int64(n), part.one, part.more))
		}
	}
	return strings.TrimSuffix(plural(len(h.rows), "root")+": "+strings.Join(parts, ", "), ": ")
}

// maxAsked is how many hotfixes the list on top names.
const maxAsked = 20

// questions says what was asked, as far as a result that was saved knows it, too.
func (h *htmlWriter) questions() (facts []fact) {
	if h.Detect || h.asked[result.Detect] {
		text := "the state of every known hotfix"
		if h.known > 0 {
			text = "the state of " + plural(h.known, "known hotfix", "known hotfixes")
		}
		facts = append(facts, fact{"Asked for", text})
	}
	if !h.Detect && h.asked[result.Verify] && len(h.columns) > 0 {
		names := h.columns[:min(len(h.columns), maxAsked)]
		text := strings.Join(names, ", ")
		if more := len(h.columns) - len(names); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		facts = append(facts, fact{"Asked for", text})
	}
	return facts
}

// meanings are the states in a sentence.
var meanings = map[string]string{
	"PARTIAL": "Half there: some of its files are as printed; others are missing, older, cut off or for another " +
		"processor.",
	"UNDECIDABLE":   "Something could not be read or compared, or the files do not tell.",
	"NOT INSTALLED": "Its files are here, in other versions.",
	"ABSENT":        "None of its files is here.",
	"INSTALLED":     "Every file that belongs here is as printed, or newer.",
	"SUPERSEDED":    "There, by the newer files of a later hotfix or release.",
	unpackedWord:    "Only its unpacked package is here, which is no installation.",
}

// stateLines gives the states that occur, the worst first.
func (h *htmlWriter) stateLines() (lines []stateLine) {
	var words []string
	for _, s := range verifyOrder {
		words = append(words, StateWord(s))
	}
	for b, s := range h.states {
		line := stateLine{manifest.Commas(int64(s.n)), b, meanings[b.Word]}
		if len(h.rows) > 1 {
			line.Meaning = fmt.Sprintf("At %s. %s", plural(s.roots, "root"), line.Meaning)
		}
		lines = append(lines, line)
	}
	place := func(l stateLine) int { return (slices.Index(words, l.Badge.Word) + len(words) + 1) % (len(words) + 1) }
	slices.SortFunc(lines, func(a, b stateLine) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Badge.Class, b.Badge.Class))
	})
	return lines
}

// blockColumns is how many hotfixes stand side by side: what fits an A4 page beside the root.
const blockColumns = 6

// htmlBlock is a table of roots and some hotfixes.
type htmlBlock struct {
	Caption  string
	Columns  []string
	Rows     iter.Seq[blockRow]
	Detected bool
}

type blockRow struct {
	Anchor, Root string
	Linked       bool // the details are on the page
	Badge        badge
	Unseen       string
	Span         int // columns that the result takes, where nothing else is to be said
	Cells        []blockCell
}

type blockCell struct {
	badge
	Column string
	None   bool // nothing worth a word
}

// Badge is the cell's, for the template.
func (c blockCell) Badge() badge { return c.badge }

// matrix gives the roots, the worst first, beside the hotfixes. Where they do not fit
// side by side, those that are the same everywhere take a sentence.
func (h *htmlWriter) matrix() (sentences []string, blocks []htmlBlock, legend string) {
	columns := make([]int, len(h.columns))
	for i := range columns {
		columns[i] = i
	}
	detects := slices.ContainsFunc(h.rows, func(r htmlRow) bool { return r.detect })
	if detects {
		worst := h.worstStates()
		slices.SortFunc(columns, func(a, b int) int {
			return cmp.Or(cmp.Compare(worst[a], worst[b]), compareTitles(h.columns[a], h.columns[b]))
		})
	}
	if len(columns) > blockColumns {
		columns, sentences = h.uniform(columns)
	}
	order, all := h.worstFirst(), len(columns)
	for first := true; first || len(columns) > 0; first = false {
		n := min(len(columns), blockColumns)
		b := htmlBlock{Caption: "Every root, the worst first", Detected: detects}
		if done := all - len(columns); all > blockColumns {
			b.Caption += fmt.Sprintf("; hotfixes %d to %d of %d", done+1, done+n, all)
		}
		for _, c := range columns[:n] {
			b.Columns = append(b.Columns, h.columns[c])
		}
		b.Rows = h.blockRows(order, columns[:n:n])
		blocks, columns = append(blocks, b), columns[n:]
	}
	if detects {
		legend = "A dash, or on a narrow screen nothing, says that the hotfix left no trace."
	}
	return sentences, blocks, legend
}

// worstStates gives the worst state of each column at any root.
func (h *htmlWriter) worstStates() []stateNumber {
	worst := make([]stateNumber, len(h.columns))
	for i := range h.rows {
		for c, s := range h.rows[i].states {
			if s > 0 && (worst[c] == 0 || s < worst[c]) {
				worst[c] = s
			}
		}
	}
	return worst
}

// worstFirst gives the indexes of the roots.
func (h *htmlWriter) worstFirst() []int {
	order := make([]int, len(h.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &h.rows[i], &h.rows[j]
		return compareEnds(a.code, a.failed, b.code, b.failed)
	})
	return order
}

// uniform parts the columns that differ from those that say the same of every root
// that was read.
func (h *htmlWriter) uniform(columns []int) (differ []int, sentences []string) {
	by := map[result.State][]string{}
	for _, c := range columns {
		states := map[result.State]bool{}
		for i := range h.rows {
			if !h.rows[i].failed {
				states[h.rows[i].state(c, h.columns[c])] = true
			}
		}
		if len(states) != 1 {
			differ = append(differ, c)
			continue
		}
		for s := range states {
			by[s] = append(by[s], h.columns[c])
		}
	}
	for _, s := range detectOrder {
		if len(by[s]) > 0 {
			names := strings.Join(by[s], ", ")
			sentences = append(sentences, fmt.Sprintf("At every root %s: %s.", word(result.Verdict(s)), names))
		}
	}
	return differ, sentences
}

// blockRows makes one row at a time: there can be thousands.
func (h *htmlWriter) blockRows(order, columns []int) iter.Seq[blockRow] {
	return func(yield func(blockRow) bool) {
		for _, i := range order {
			r := &h.rows[i]
			row := blockRow{Anchor: anchor(i), Root: r.root, Linked: !h.Quiet, Unseen: r.unseen}
			row.Badge = codeBadge(r.code, r.failed)
			if r.failed {
				row.Span = 1 + len(columns)
			} else {
				for _, c := range columns {
					row.Cells = append(row.Cells, r.cell(c, h.columns[c]))
				}
			}
			if !yield(row) {
				return
			}
		}
	}
}

func (r *htmlRow) cell(column int, title string) blockCell {
	c := blockCell{Column: title}
	switch s := r.state(column, title); {
	case s == notAsked:
		c.Word = "not asked"
	case r.detect && s == result.Absent:
		c.Word, c.None = "–", true
	default:
		c.badge = badge{word(result.Verdict(s)), stateClass(s, r.detect)}
		if c.Class == "fail" || c.Class == "trouble" {
			c.Word = StateWord(s)
		}
	}
	return c
}

// anchor is where the details of a root stand.
func anchor(i int) string { return fmt.Sprintf("root-%d", i+1) }

// htmlFoot is what stands below the roots.
type htmlFoot struct {
	Words   []fact
	Sources []string
}

// verdictMeanings are the verdicts in a sentence.
var verdictMeanings = map[result.Verdict]string{
	result.OK:            "as printed",
	result.Newer:         "a later version than printed, or a later hotfix's file; it passes",
	result.Older:         "an earlier version than printed, or an earlier hotfix's file: it was not replaced",
	result.WrongSize:     "of the right version, or of none, and another size",
	result.Changed:       "not what was recorded, or not what its signer signed",
	result.WrongPlatform: "built for another processor than the file whose place it takes",
	result.NoVersion:     "a version is printed, and the file has none",
	result.Missing:       "no copy is where one belongs",
	result.Extra:         "not among what was recorded",
	result.Unreadable:    "it cannot be read, is damaged, empty or cut off, or was not looked for",
	result.Unverified:    "it is there, and nothing that is printed can be compared with it",
}

func (h *htmlWriter) foot(taken result.Taken) (f htmlFoot) {
	for _, v := range result.Verdicts {
		if text := verdictMeanings[v]; text != "" && h.words[v] {
			f.Words = append(f.Words, fact{word(v), text})
		}
	}
	if text := when(taken); text != "" {
		f.Sources = append(f.Sources, "Taken "+text)
	}
	f.Sources = append(f.Sources, h.judge(h.tool))
	return f
}
