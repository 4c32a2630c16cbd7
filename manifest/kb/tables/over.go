package tables

import (
	"regexp"
	"slices"
	"strings"

	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// context is the index of the first line that can say something of t. A processor
// alone on its line behind the last row of the table before could have been a
// heading inside of that one; where another table follows, it is the heading of t.
func (a *Article) context(t, before *cells.Table) int {
	if len(before.Rows) == 0 || headings.Count(before.Cols)[values.Platform] > 0 {
		return t.Context
	}
	if slices.ContainsFunc(before.Rows, func(r values.Row) bool { return r.Cells[values.Platform] != "" }) {
		return t.Context
	}
	for i := min(t.Context, len(a.lines)) - 1; i > before.First; i-- {
		if text := a.lines[i].Text; values.Processor(strings.Trim(text, " :")) {
			return i
		} else if text != "" {
			break
		}
	}
	return t.Context
}

// subjects find what the sentence that introduces a table is about: "The Alpha
// version of this fix", "the IIS 4.0 fix should have", "this fix for IIS 4.0 has".
var subjects = [...]func() *regexp.Regexp{
	pattern.New(`\b[Tt]he (` + beginning + `(?:[^.:;,]|\.\d){1,44}?) version ` +
		`(?:of (?:this|the) (?:fix|hotfix|update|patch)|(?:should )?ha(?:s|ve) the following)\b`),
	pattern.New(`\bversion of the (` + beginning + `.{1,55}?) (?:fix|hotfix|update|patch) (?:should )?ha(?:s|ve)\b`),
	pattern.New(`\bversion of this (?:fix|hotfix|update|patch) for (` + beginning + `.{1,55}?) (?:should )?ha(?:s|ve)\b`),
}

// beginning is how the name of a product or processor begins.
const beginning = `(?:x86|x64|i386|[A-Z0-9])`

// over is what the paragraph above a table says that it is for, else the heading
// above that paragraph; between is the text from there on.
func (a *Article) over(t *cells.Table, above string) (name, between string) {
	for _, p := range subjects {
		all := p().FindAllStringSubmatch(above, -1)
		if len(all) == 0 {
			continue
		}
		name := tableName(all[len(all)-1][1])
		if !poor(name) && languageOf(name) == "" && !saysNothing().MatchString(name) {
			return name, above
		}
	}
	const most = 80 // lines that an introduction has below its heading
	for i := t.First - 1; i >= t.Context && i > t.First-most; i-- {
		l := &a.lines[i]
		name := tableName(l.Text)
		if l.Text == "" || saysNothing().MatchString(name) || !a.banner(i, t) {
			continue
		}
		if !standard[strings.ToUpper(name)] && !poor(name) && (i != a.titled || values.Processor(name)) {
			var texts []string
			for j := t.First - 1; j > i; j-- {
				texts = append(texts, a.lines[j].Text)
			}
			return name, joinBackwards(texts)
		}
		return "", ""
	}
	return "", ""
}

var (
	// saysNothing are words that every article heads something with.
	saysNothing = pattern.New(`^(?i)(?:note|important|warning|caution|tip|(?:hotfix|update|file|download|additional)? ?` +
		`(?:information|attributes|properties)|files?|resolution|example|description|version|method \d|step \d|` +
		`(?:latest|newest|new|updated|fixed|corrected|previous|original|old|current|final|release|retail)(?: .*)?)$`)
	// edition is a heading that names a product, without a colon behind it.
	edition = pattern.New(`^(?:For )?(?:[A-Z0-9(][\w.)/,-]*|and|or|for)(?: (?:[A-Z0-9(][\w.)/,-]*|and|or|for)){0,7}$`)
	// released is the end of a product's name: "IIS 5.0", "Host Integration Server 2000".
	released = pattern.New(`^[A-Z].* (?:\d{1,2}\.\d\w?|(?:19|20)\d\d|XP)$`)
	editions = pattern.New(`\b(?:Server|Workstation|Professional|Edition|Client)\b`)
	// spoken are words of a sentence, which no heading has.
	spoken = pattern.New(`(?i)\b(?:following|this|these|is|are|was|has|have|should|must|can|may|will|see|click|type|` +
		`contact|visit|message|below|above|you|your|if|when|later|earlier)\b`)
)

// banner: line i is the heading of what follows it: one that the page marks or
// underlines, or a few words with a colon, a processor or a product, alone.
func (a *Article) banner(i int, t *cells.Table) bool {
	const longest = 60 // bytes
	l := &a.lines[i]
	if l.Head || i+1 < t.First && a.lines[i+1].Rule && l.Cells == nil && headings.InText(l.Text) == nil {
		return true
	}
	if len(l.Text) > longest || i > t.Context && a.lines[i-1].Text != "" && !a.lines[i-1].Rule && !l.Block {
		return false
	}
	text, colon := strings.CutSuffix(l.Text, ":")
	known := values.Processor(text) || edition().MatchString(text) &&
		(named().MatchString(text) || editions().MatchString(text))
	followed := i+1 < len(a.lines) && a.lines[i+1].Text != "" && !l.Block
	switch {
	case spoken().MatchString(text) || !known && !(colon && edition().MatchString(text)):
		return false
	case named().MatchString(text), released().MatchString(text):
		return colon || !followed
	}
	const near = 2 // paragraphs between the heading of one table and that table
	return (colon && known || !followed) && a.paragraphs(i, t.First) <= near
}

// paragraphs counts those between two lines.
func (a *Article) paragraphs(from, to int) int {
	n := 0
	for j := from + 1; j < to; j++ {
		if a.lines[j].Text != "" && (j == from+1 || a.lines[j-1].Text == "" || a.lines[j].Block) {
			n++
		}
	}
	return n
}
