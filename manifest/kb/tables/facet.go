package tables

import (
	"cmp"
	"strings"

	"kbverify/manifest"
	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// facet is what the text above a table says it is for.
type facet struct {
	pack     string // service pack, "SP2"
	client   string // international client pack, "ICP4"
	language string // "French"
	title    string // a title row above its rows
	label    string // the heading or the last short line above it
	role     string // in an article of two: "previous", "cause", "comparison"
	platform manifest.Platform
	built    manifest.Platform // the one that its heading names
	headed   bool              // the line directly above it is no end of a paragraph
	heading  string            // the line directly above it
	section  string            // the heading of the section that it stands in
	over     string            // what the introduction is for, or the heading above it: "Windows NT 4.0"
	between  string            // the text between that heading and the table
	system   string            // the product that the text above names last
	version  string            // the product's version, by its files
	day      string            // of its latest file
	files    []string          // names
	line     int               // source line of its first row
}

// reasons say for each role of a table why it is not to be judged by.
var reasons = map[string]string{
	"previous":   "previous version",
	"cause":      "files that cause the fault",
	"comparison": "comparison of sources",
}

var (
	servicePack = pattern.New(`(?i)\bSP-?(\d)\b|Service Pack (\d)\b|\bSP(\d)[^0-9A-Za-z]`)
	clientPack  = pattern.New(`(?i)\bICP ?(\d)\b|International Client Pack (\d)\b`)
	fileLang    = pattern.New(`(?i)\b(Simplified Chinese|Traditional Chinese|Chinese Simplified|Chinese Traditional|` +
		`English|French|German|Spanish|Italian|Japanese|Korean|Dutch|Swedish|Portuguese|Brazilian|Russian|Polish|` +
		`Czech|Danish|Norwegian|Finnish|Hebrew|Arabic|Turkish|Hungarian|Greek|Chinese|International|engelska)\b|` +
		`英语|האנגלית`)
	previous = pattern.New(`(?i)\b(?:previous(?:ly released)? version|original (?:English )?version|ORIGINAL English|` +
		`of the old\b.{0,40}\bfiles|for the earlier\b.{0,40}\bfiles?)\b`)
	culprit = pattern.New(`(?i)\b(?:confirmed to cause|causes? (?:this|the) (?:behavior|problem)|known to cause)\b`)
)

// languageTags gives the BCP 47 tag of a language as articles name it.
var languageTags = map[string]string{
	"English": "en", "French": "fr", "German": "de", "Spanish": "es", "Italian": "it", "Japanese": "ja", "Korean": "ko",
	"Dutch": "nl", "Swedish": "sv", "Portuguese": "pt", "Brazilian": "pt-BR", "Russian": "ru", "Polish": "pl",
	"Czech": "cs", "Danish": "da", "Norwegian": "no", "Finnish": "fi", "Hebrew": "he", "Arabic": "ar", "Turkish": "tr",
	"Hungarian": "hu", "Greek": "el", "Chinese": "zh", "Simplified Chinese": "zh-Hans", "Traditional Chinese": "zh-Hant",
}

// facets reads the paragraph above each table, and where that says nothing the
// article as a whole.
func (a *Article) facets(tables []*cells.Table) []facet {
	// A text above a table that is so short is only its heading: what holds for
	// all tables was said above the first one.
	const short = 100
	var out []facet
	language := "" // that the text above the table before names
	for i, of := range tables {
		behind := *of
		t := &behind
		if i > 0 {
			t.Context = a.context(t, tables[i-1])
		}
		above, wider := a.above(t)
		f := facet{
			pack:     cmp.Or(lastMatch(servicePack(), above, "SP"), a.pack),
			client:   lastMatch(clientPack(), above, "ICP"),
			language: languageOf(above),
			title:    tableName(t.Title),
			label:    a.label(t),
			section:  a.section(t),
			system:   a.system(t),
			line:     a.lines[t.First].No,
		}
		f.heading, f.headed = a.heading(t)
		f.headed = f.headed || f.title != ""
		f.over, f.between = a.over(t, above)
		if f.section == "" && len(out) > 0 {
			f.section = out[len(out)-1].section // the same section goes on
		}
		if f.language == "" && f.client == "" {
			if f.language = languageOf(wider); f.language == "" && len(above) < short {
				f.language = language
			}
		}
		language = f.language
		switch {
		case previous().MatchString(above):
			f.role = "previous"
		case culprit().MatchString(above):
			f.role = "cause"
		case headings.Count(t.Cols)[values.Group] > 0:
			f.role = "comparison"
		}
		out = append(out, f)
	}
	return out
}

func languageOf(text string) string {
	word := fileLang().FindString(clientPack().ReplaceAllString(text, ""))
	switch word = strings.ToLower(word); word {
	case "":
		return ""
	case "engelska", "英语", "האנגלית":
		return "English"
	case "simplified chinese", "traditional chinese":
		word = "chinese " + strings.TrimSuffix(word, " chinese")
	}
	upper := func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
	if variety, found := strings.CutPrefix(word, "chinese "); found {
		return upper(variety) + " Chinese"
	}
	return upper(word)
}

// above gives the paragraph that stands directly over a table, with the short
// line or heading between them, and the text up to the table before.
func (a *Article) above(t *cells.Table) (near, wider string) {
	const most = 60 // lines; no introduction is longer
	var texts []string
	paragraphs, end := 0, -1
	for i := t.First - 1; i >= t.Context && i > t.First-most; i-- {
		l := &a.lines[i]
		if l.Text != "" {
			texts = append(texts, l.Text)
		} else if len(texts) > 0 && !l.Rule && end < 0 {
			if paragraphs++; paragraphs == 1 && len(strings.Join(texts, " ")) > 30 || paragraphs > 1 {
				end = len(texts)
			}
		}
	}
	if end < 0 {
		end = len(texts)
	}
	return strings.TrimSpace(t.Title + " " + joinBackwards(texts[:end])), joinBackwards(texts)
}

func joinBackwards(lines []string) string {
	var b strings.Builder
	for i := len(lines) - 1; i >= 0; i-- {
		b.WriteString(lines[i])
		b.WriteByte(' ')
	}
	return b.String()
}

// label is the title row, or the last line above a table if it is short
// enough for a name.
func (a *Article) label(t *cells.Table) string {
	text := t.Title
	for i := t.First - 1; text == "" && i >= t.Context; i-- {
		text = a.lines[i].Text
		if l := &a.lines[i]; text != "" && i > t.Context && a.lines[i-1].Text != "" && !l.Head && !l.Block {
			return "" // the last line of a paragraph
		}
		if strings.HasSuffix(text, ".") {
			return "" // a sentence
		}
	}
	if name := tableName(text); !poor(name) && !saysNothing().MatchString(name) {
		return component().ReplaceAllString(name, "")
	}
	return ""
}

// heading is the last line above a table; alone says that it is a paragraph.
func (a *Article) heading(t *cells.Table) (text string, alone bool) {
	for i := t.First - 1; i >= t.Context; i-- {
		if l := &a.lines[i]; l.Text != "" && len(l.Text) <= lines.LongestRow {
			return l.Text, l.Head || l.Block || i == t.Context || a.lines[i-1].Text == "" || a.lines[i-1].Cells != nil
		}
	}
	return "", false
}

// section is the heading above a table, behind the table before it: one with a
// rule below it, or one that the page marks. The sections that every article has
// say nothing.
func (a *Article) section(t *cells.Table) string {
	for i := t.First - 1; i >= t.Context; i-- {
		l := &a.lines[i]
		marked := l.Head || i+1 < len(a.lines) && a.lines[i+1].Rule && l.Cells == nil && headings.InText(l.Text) == nil
		if l.Text == "" || !marked {
			continue
		}
		if strings.ToUpper(l.Text) == l.Text && standard[l.Text] {
			return ""
		}
		if name := tableName(l.Text); !poor(name) && !saysNothing().MatchString(name) {
			return name
		}
	}
	return ""
}

var standard = map[string]bool{"SUMMARY": true, "SYMPTOMS": true, "CAUSE": true, "RESOLUTION": true, "WORKAROUND": true,
	"STATUS": true, "MORE INFORMATION": true, "REFERENCES": true}

// system is the product that the text above a table names last, behind the table
// before it.
func (a *Article) system(t *cells.Table) string {
	for i := t.First - 1; i >= t.Context; i-- {
		if len(a.lines[i].Text) > lines.LongestRow {
			continue
		}
		if all := named().FindAllString(a.lines[i].Text, -1); len(all) > 0 {
			return all[len(all)-1]
		}
	}
	return ""
}

// filled reads what the files of a table tell of it.
func (f *facet) filled(t *manifest.Table) {
	f.platform = onePlatform(t)
	versions := map[string]int{}
	for _, file := range t.Files {
		f.files = append(f.files, file.Name)
		f.day = max(f.day, file.Modified[:min(len(file.Modified), len("2006-01-02"))])
		if parts := strings.SplitN(file.Version.String(), ".", 3); len(parts) == 3 {
			versions[parts[0]+"."+parts[1]]++
		}
	}
	for v, n := range versions {
		if n > versions[f.version] || n == versions[f.version] && v < f.version {
			f.version = v
		}
	}
}

var (
	// unsaid are words that name nothing, and ends of sentences that were cut.
	unsaid = pattern.New(`^(?i)(?:-?or-?|and|and .*|notes?|to|the|for|also|then|table|warning|important|later|` +
		`attributes or later)$|` +
		`(?i)^(?:this|the|a|an|these) (?:.* )?(?:fix|hotfix|update|files?|versions?|patch)\b.* ` +
		`(?:following|should|has|have|are|is)\b|` +
		`(?i)(?:^| )(?:the|of|be|are|is|to|and|or|should|contains?|following|this|with|a|for|in)$`)
	component = pattern.New(`^(?i)component: *`)
)

// poor: a text that names no table: a connective, a sentence without its end, or a
// row that could not be read.
func poor(name string) bool {
	if len(name) < 2 || unsaid().MatchString(name) || headings.InText(name) != nil {
		return true
	}
	cellsOf := 0
	for w := range strings.FieldsSeq(name) {
		if values.Digits(w) > 0 && (values.Is(values.Date, w) || values.Is(values.Time, w) || values.Is(values.Version, w)) {
			cellsOf++
		}
	}
	return cellsOf > 0
}

var (
	// supported is how newer articles head a table: "For all supported x86-based
	// versions of Windows 7".
	supported = pattern.New(`^(?i)\W*(additional files )?` +
		`for all supported (.*-based|(?:32|64)-bit) versions of (?:Microsoft )?(.*)$`)
	// installedBy is how older ones introduce the files of a package.
	installedBy = pattern.New(`^(?i)the following (?:updated )?files? (?:is|are) (?:installed|included|available) ` +
		`(?:by|in|with) (.*?)(?:\.exe)?:?$`)
	andOf = pattern.New(`,? and (?:of|for) `)
	marks = strings.NewReplacer("/", "-", `\`, "-", ",", " ", "*", "")
	// emphasis is Markdown's; an underscore inside a name is part of it.
	emphasis = pattern.New(`(^|[^A-Za-z0-9])_+|_+([^A-Za-z0-9]|$)`)
)

// tableName shortens a heading to what can name a table.
func tableName(text string) string {
	const longest = 56 // leaves room for a number behind a name
	if m := supported().FindStringSubmatch(values.OneLine(text)); m != nil {
		text = strings.ToLower(strings.TrimSuffix(m[1], " files ")) + " " + strings.TrimSuffix(m[2], "-based") + " " +
			andOf().ReplaceAllString(m[3], " and ")
	}
	if m := installedBy().FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	text = emphasis().ReplaceAllString(marks.Replace(text), "$1 $2")
	text = strings.TrimSpace(strings.Trim(values.OneLine(text), ":.- "))
	for len(text) > longest {
		cut := strings.LastIndexByte(text, ' ')
		if cut < 0 {
			return ""
		}
		text = text[:cut]
	}
	return text
}

// part is a component of SQL Server, as its updates head the table of each.
var part = pattern.New(`^SQL Server \d{4}(?: R2)? (?:[^\s\d]\S*.*)$`)

// notPart are the words behind a product that head tables of which one applies.
var notPart = pattern.New(`(?i)\d (?:for|cumulative|service pack|sp\d?|rtm|gdr|cu\d*|x64|x86)\b`)

// components: each table is one of the product's components, named after it, and
// applies where that is installed.
func components(facets []facet) bool {
	for _, f := range facets {
		name := cmp.Or(f.title, f.label)
		if !part().MatchString(name) || notPart().MatchString(name) {
			return false
		}
	}
	return len(facets) > 1
}

// describe writes what a table is for.
func (f *facet) describe(t *manifest.Table, product string) {
	t.Reference = reasons[f.role]
	t.Language = languageTags[f.language]
	if product == unknownProduct {
		return
	}
	if f.pack != "" {
		t.AppliesTo = product + " " + f.pack
	}
	if f.client != "" {
		t.AppliesTo = cmp.Or(t.AppliesTo, product) + " with International Client Pack " + strings.TrimPrefix(f.client, "ICP")
	}
}
