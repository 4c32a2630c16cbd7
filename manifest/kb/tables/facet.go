package tables

import (
	"cmp"
	"strings"

	"kbverify/manifest"
	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/headings"
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
	previous = pattern.New(`(?i)\b(?:previous(?:ly released)? version|original (?:English )?version|ORIGINAL English)\b`)
	culprit  = pattern.New(`(?i)\b(?:confirmed to cause|causes? (?:this|the) (?:behavior|problem)|known to cause)\b`)
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
	for _, t := range tables {
		above, wider := a.above(t)
		f := facet{
			pack:     cmp.Or(lastMatch(servicePack(), above, "SP"), a.pack),
			client:   lastMatch(clientPack(), above, "ICP"),
			language: languageOf(above),
			title:    tableName(t.Title),
			label:    a.label(t),
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
		if text != "" && i > t.Context && a.lines[i-1].Text != "" && !a.lines[i].Head {
			return "" // the last line of a paragraph
		}
	}
	return tableName(text)
}

var (
	// supported is how newer articles head a table: "For all supported x86-based
	// versions of Windows 7".
	supported = pattern.New(`^(?i)\W*(additional files )?for all supported (.*-based) versions of (?:Microsoft )?(.*)$`)
	andOf     = pattern.New(`,? and (?:of|for) `)
	marks     = strings.NewReplacer("/", "-", `\`, "-", ",", " ", "*", "", "_", " ")
)

// tableName shortens a heading to what can name a table.
func tableName(text string) string {
	const longest = 56 // leaves room for a number behind a name
	if m := supported().FindStringSubmatch(values.OneLine(text)); m != nil {
		text = strings.ToLower(strings.TrimSuffix(m[1], " files ")) + " " + strings.TrimSuffix(m[2], "-based") + " " +
			andOf().ReplaceAllString(m[3], " and ")
	}
	text = strings.TrimSpace(strings.Trim(values.OneLine(marks.Replace(text)), ":.- "))
	for len(text) > longest {
		cut := strings.LastIndexByte(text, ' ')
		if cut < 0 {
			return ""
		}
		text = text[:cut]
	}
	return text
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
