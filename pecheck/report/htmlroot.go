package report

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// htmlRoot is one root on the page.
type htmlRoot struct {
	Anchor, Root string
	Badge        badge
	Lead, Error  string
	Facts        []fact
	Unseen       []htmlPlaces
	Hotfixes     []htmlHotfix
	Folds        []htmlFold
	Many         bool // there are other roots
}

// htmlPlaces are places that nobody looked into.
type htmlPlaces struct {
	Head  string
	Lines []string
}

// htmlHotfix is one hotfix at a root.
type htmlHotfix struct {
	Title           string
	Badge           badge
	Folded, Open    bool // nothing about it needs attention
	About, Sentence string
	Reasons         []string
	Next            []string
	Article         *htmlAddress
	SupersededBy    string
	Files           *htmlFiles // that somebody has to look at
	Folds           []htmlFold
	Remarks         []string
}

// htmlAddress is an address, and the same as a link where it may be one.
type htmlAddress struct{ Text, Link string }

// htmlFold is what is hidden until the reader asks for it.
type htmlFold struct {
	Summary string
	Open    bool
	Files   *htmlFiles
	Lines   []string
	Names   bool // the lines are short
}

// htmlFiles is a table of files.
type htmlFiles struct {
	Caption string
	Rows    []htmlFile
	More    string
}

type htmlFile struct {
	Badge      badge
	Name, Path string
	Notes      []string
	Want       []string
	Has        []htmlValue
}

// htmlValue is a version, a size or a platform; Class is set where it is what decided.
type htmlValue struct{ Text, Class string }

func (h *htmlWriter) root(r *result.RootResult) htmlRoot {
	p := htmlRoot{Anchor: anchor(len(h.rows) - 1), Root: r.Root, Badge: codeBadge(r.Code(), r.Error != ""), Error: r.Error,
		Many: h.Many}
	if text := when(r.Taken); text != "" {
		if r.Older > 0 {
			text += fmt.Sprintf(", the newest of %d results", r.Older+1)
		}
		p.Facts = append(p.Facts, fact{"Read", text})
	}
	if r.Judge != (result.Tool{}) {
		p.Facts = append(p.Facts, fact{"Judged by", h.judge(r.Judge)})
	}
	if r.Error != "" {
		return p
	}
	p.Facts = append(p.Facts, fact{"Seen", plural(int(r.Seen), "file")})
	p.Unseen, p.Folds = h.places(r)
	if len(p.Unseen) == 0 {
		p.Facts = append(p.Facts, fact{"Not looked at", "nothing"})
	}
	hotfixes, others := traces(r)
	p.Lead = h.headline(r) + notLookedAt(r)
	if h.detected(r) {
		p.Folds = append(p.Folds, h.others(r, others)...)
	} else {
		hotfixes = hotfixes[:0]
		for i := range r.Tables {
			hotfixes = append(hotfixes, &r.Tables[i])
		}
	}
	for _, t := range hotfixes {
		p.Hotfixes = append(p.Hotfixes, h.hotfix(r, t))
	}
	return p
}

// maxListed is how many places, copies or files of one verdict are listed without -v:
// what is behind a long list is one cause.
const maxListed = 300

func (o *Options) listed(lines []string) []string {
	if more := len(lines) - maxListed; more > 0 && !o.Verbose {
		text := fmt.Sprintf("and %s more; -v lists them all", manifest.Commas(int64(more)))
		return append(lines[:maxListed:maxListed], text)
	}
	return lines
}

// places says what nobody looked into; what hides nothing is folded.
func (h *htmlWriter) places(r *result.RootResult) (unseen []htmlPlaces, folds []htmlFold) {
	for _, l := range placesOf(r) {
		switch {
		case len(l.lines) == 0:
		case l.harmless:
			folds = append(folds, htmlFold{Summary: l.head, Open: h.Verbose, Lines: h.listed(l.lines)})
		default:
			unseen = append(unseen, htmlPlaces{"Not looked at: " + strings.ToLower(l.head[:1]) + l.head[1:], h.listed(l.lines)})
		}
	}
	var also []string
	if len(r.Unasked) > 0 {
		also = append(also, "the scan of the inventory left out "+strings.Join(r.Unasked, ", "))
	}
	if r.Emptied {
		also = append(also, "--exclude left nothing to judge")
	}
	if r.NoSignatures {
		also = append(also, NoSignatures)
	}
	if r.NoTrust {
		also = append(also, NoTrust)
	}
	if len(also) > 0 {
		unseen = append(unseen, htmlPlaces{"Not looked at", also})
	}
	return unseen, folds
}

// others counts the hotfixes that left no trace, and names those that are known.
func (h *htmlWriter) others(r *result.RootResult, others []*result.TableResult) []htmlFold {
	counted := goneTexts(r, others)
	if len(counted) == 0 {
		return nil
	}
	return []htmlFold{{Summary: "No trace: " + strings.Join(counted, "; "), Open: h.Verbose, Lines: h.names(r, others)}}
}

func (h *htmlWriter) hotfix(r *result.RootResult, t *result.TableResult) htmlHotfix {
	detects := h.detected(r)
	p := htmlHotfix{Title: title(t), Badge: stateBadge(t, detects),
		About: strings.Join(nonEmpty(t.Title, t.Product), " · "), SupersededBy: strings.Join(t.SupersededBy, ", ")}
	if detects {
		p.Sentence = capital(evidenceOf(t)) + ownManifest(t) + "."
	} else {
		p.Sentence = capital(Sentence(t)) + ownManifest(t) + "."
	}
	if len(t.Reason) > 0 && !saysWhy(t) && !strings.HasPrefix(p.Sentence, capital(t.Reason.String())) {
		p.Reasons = append(p.Reasons, capital(t.Reason.String()))
	}
	p.Reasons = append(p.Reasons, nonEmpty(signatures(t))...)
	p.Reasons = append(p.Reasons, setAside(t)...)
	for _, step := range t.Next {
		p.Next = append(p.Next, capital(step.String()))
	}
	if t.Article != "" {
		p.Article = &htmlAddress{t.Article, link(t.Article)}
	}
	p.Folded, p.Open = p.Badge.Class == "pass" && t.Exit() == result.ExitPass || p.Badge.Class == "neutral", h.Verbose
	h.files(&p, t, detects)
	p.Remarks = append(append(p.Remarks, notApplicable(t)...), h.unlisted(t)...)
	for _, why := range t.Remarks {
		p.Remarks = append(p.Remarks, capital(why.String()))
	}
	if len(t.Notes) > 0 {
		summary := plural(len(t.Notes), "note") + " on this hotfix"
		p.Folds = append(p.Folds, htmlFold{Summary: summary, Open: h.Verbose, Lines: t.Notes})
	}
	return p
}

func (h *htmlWriter) unlisted(t *result.TableResult) []string {
	var lines []string
	for _, c := range t.Unlisted {
		lines = append(lines, fmt.Sprintf("Not judged: %s (%s)", c.Path, result.Words(c.Notes, "; ")))
	}
	return h.listed(lines)
}

// link gives an address that may be a link; no other scheme than the web's may.
func link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return address
}

// maxInPlace is how many copies with which nothing is wrong a page lists without -v:
// those of a thousand servers and some hotfixes, and no more than a browser opens at once.
const maxInPlace = 20_000

// files shows what somebody has to look at, and folds the rest: files that pass, those
// of a hotfix of which nothing is here, and of one that is no fault to be without.
func (h *htmlWriter) files(p *htmlHotfix, t *result.TableResult, detects bool) {
	attention := items(t, false)
	var pass, rest []item
	for i := range t.Rows {
		row := &t.Rows[i]
		if t.State == result.Absent && len(row.Copies) == 0 && needsAttention(row.Verdict) {
			rest = append(rest, missingItem(row))
		}
		for j := range row.Copies {
			if c := &row.Copies[j]; c.Verdict.Class() == result.Pass && !c.Signature.Fails() {
				pass = append(pass, copyItem(row, c))
			}
		}
	}
	if detects && (p.Badge.Class == "pass" || p.Badge.Class == "neutral") {
		rest, attention = append(attention, rest...), nil
	}
	p.Files = h.table("Files of "+title(t)+" that need attention", attention)
	inPlace := plural(len(pass), "copy", "copies") + " in place"
	if h.inPlace += len(pass); h.inPlace > maxInPlace && !h.Verbose && len(pass) > 0 {
		p.Remarks = append(p.Remarks, inPlace+", which -v lists")
		pass = nil
	}
	for _, fold := range []struct {
		summary string
		list    []item
	}{
		{plural(len(rest), "file") + " that " + isOrAre(len(rest)) + " not here as printed", rest},
		{inPlace, pass},
	} {
		if files := h.table(fold.summary, fold.list); files != nil {
			p.Folds = append(p.Folds, htmlFold{Summary: fold.summary, Open: h.Verbose, Files: files})
		}
	}
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// table is nil where there is nothing to show.
func (h *htmlWriter) table(caption string, list []item) *htmlFiles {
	if len(list) == 0 {
		return nil
	}
	shown := list
	if !h.Verbose {
		shown = someOfEach(list, maxListed)
	}
	f := &htmlFiles{Caption: caption, Rows: make([]htmlFile, 0, len(shown))}
	for _, it := range shown {
		h.words[it.verdict] = true
		f.Rows = append(f.Rows, fileOf(it))
	}
	if more := len(list) - len(shown); more > 0 {
		f.More = fmt.Sprintf("and %s more; -v lists them all", plural(more, "file"))
	}
	return f
}

func fileOf(it item) htmlFile {
	b := verdictBadge(it.verdict)
	f := htmlFile{Badge: b, Name: it.name, Path: it.path, Notes: it.notes,
		Want: nonEmpty(it.wantVersion, it.wantSize, platformLine(it.wantPlatform))}
	for _, v := range []struct {
		text    string
		decides []result.Verdict
	}{{it.hasVersion, byVersion}, {it.hasSize, bySize}, {platformLine(it.hasPlatform), byPlatform}} {
		value := htmlValue{Text: v.text}
		if slices.Contains(v.decides, it.verdict) && it.verdict.Class() != result.Pass {
			value.Class = b.Class
		}
		if v.text != "" {
			f.Has = append(f.Has, value)
		}
	}
	return f
}
