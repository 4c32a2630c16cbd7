package kb

import (
	"cmp"
	"regexp"
	"strings"

	"kbverify/manifest"
)

// facet is what the text above a table says it is for.
type facet struct {
	pack     string // service pack, "SP2"
	client   string // international client pack, "ICP4"
	language string // "French"
	title    string // a title row above its rows
	label    string // the heading or the last short line above it
	previous bool
	cause    bool
	reason   string // why it is not to be judged by
	platform manifest.Platform
}

var (
	servicePack = regexp.MustCompile(`(?i)\bSP-?(\d)\b|Service Pack (\d)\b|\bSP(\d)[^0-9A-Za-z]`)
	clientPack  = regexp.MustCompile(`(?i)\bICP ?(\d)\b|International Client Pack (\d)\b`)
	fileLang    = regexp.MustCompile(`(?i)\b(Simplified Chinese|Traditional Chinese|Chinese Simplified|Chinese Traditional|English|French|German|Spanish|Italian|Japanese|Korean|Dutch|Swedish|Portuguese|Brazilian|Russian|Polish|Czech|Danish|Norwegian|Finnish|Hebrew|Arabic|Turkish|Hungarian|Greek|Chinese|International|engelska)\b|英语|האנגלית`)
	previous    = regexp.MustCompile(`(?i)\b(?:previous(?:ly released)? version|original (?:English )?version|ORIGINAL English)\b`)
	culprit     = regexp.MustCompile(`(?i)\b(?:confirmed to cause|causes? (?:this|the) (?:behavior|problem)|known to cause)\b`)
)

// languageTags gives the BCP 47 tag of a language as articles name it.
var languageTags = map[string]string{
	"english": "en", "french": "fr", "german": "de", "spanish": "es", "italian": "it", "japanese": "ja", "korean": "ko", "dutch": "nl", "swedish": "sv",
	"portuguese": "pt", "brazilian": "pt-BR", "russian": "ru", "polish": "pl", "czech": "cs", "danish": "da", "norwegian": "no", "finnish": "fi", "hebrew": "he",
	"arabic": "ar", "turkish": "tr", "hungarian": "hu", "greek": "el", "chinese": "zh", "simplified chinese": "zh-Hans", "traditional chinese": "zh-Hant", "engelska": "en", "英语": "en", "האנגלית": "en",
}

// facets reads the paragraph above a table, and where that says nothing the
// article as a whole.
func (r *reader) facets(t *rawTable, a *article) facet {
	above, wider := r.above(t)
	f := facet{
		pack:     lastMatch(servicePack, above, "SP"),
		client:   lastMatch(clientPack, above, "ICP"),
		previous: previous.MatchString(above),
		title:    tableName(t.title),
		label:    r.label(t),
	}
	f.language = languageOf(above)
	if f.language == "" && f.client == "" {
		f.language = languageOf(wider)
	}
	if f.language == "" && f.client == "" && len(above) < shortIntroduction {
		f.language = r.intro // one introduction stands over all tables
	}
	r.intro = f.language
	switch {
	case f.previous:
		f.reason = "previous version"
	case culprit.MatchString(above):
		f.reason, f.cause = "files that cause the fault", true
	case hasGroups(t):
		f.reason = "comparison of sources"
	}
	if f.pack == "" {
		f.pack = a.pack
	}
	return f
}

// shortIntroduction is the length of a text above a table that is only its
// heading: what holds for all tables was said above the first one.
const shortIntroduction = 100

func hasGroups(t *rawTable) bool {
	for _, c := range t.cols {
		if c.kind == groupKind {
			return true
		}
	}
	return false
}

// lastMatch gives the number that a pattern names last, behind a prefix.
func lastMatch(pattern *regexp.Regexp, text, prefix string) string {
	all := pattern.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return ""
	}
	return prefix + strings.Join(all[len(all)-1][1:], "")
}

func languageOf(text string) string {
	word := fileLang.FindString(clientPack.ReplaceAllString(text, ""))
	if strings.EqualFold(word, "engelska") || word == "英语" || word == "האנגלית" {
		return "English"
	}
	switch strings.ToLower(word) {
	case "":
		return ""
	case "simplified chinese":
		return "Simplified Chinese"
	case "traditional chinese":
		return "Traditional Chinese"
	}
	if variety, found := strings.CutPrefix(strings.ToLower(word), "chinese "); found {
		return strings.ToUpper(variety[:1]) + variety[1:] + " Chinese"
	}
	return strings.ToUpper(word[:1]) + strings.ToLower(word[1:])
}

// above gives the paragraph that stands directly over a table, with the short
// line or heading between them, and the text up to the table before.
func (r *reader) above(t *rawTable) (near, wider string) {
	const most = 60 // lines; no introduction is longer
	var lines []string
	paragraphs, end := 0, -1
	for i := t.first - 1; i >= t.context && i > t.first-most; i-- {
		l := &r.lines[i]
		if l.text == "" {
			if len(lines) > 0 && !r.lines[i].rule && end < 0 {
				if paragraphs++; paragraphs == 1 && len(strings.Join(lines, " ")) > 30 || paragraphs > 1 {
					end = len(lines)
				}
			}
			continue
		}
		lines = append(lines, l.text)
	}
	if end < 0 {
		end = len(lines)
	}
	return strings.TrimSpace(t.title + " " + joinBackwards(lines[:end])), joinBackwards(lines)
}

func joinBackwards(lines []string) string {
	var b strings.Builder
	for i := len(lines) - 1; i >= 0; i-- {
		b.WriteString(lines[i])
		b.WriteByte(' ')
	}
	return b.String()
}

// supported is how newer articles head a table: "For all supported x86-based
// versions of Windows 7".
var supported = regexp.MustCompile(`^(?i)\W*(additional files )?for all supported (.*-based) versions of (?:Microsoft )?(.*)$`)

var andOf = regexp.MustCompile(`,? and (?:of|for) `)

// label is the title row, or the last line above a table if it is short
// enough for a name.
func (r *reader) label(t *rawTable) string {
	text := t.title
	for i := t.first - 1; text == "" && i >= t.context; i-- {
		text = r.lines[i].text
		if text != "" && i > t.context && r.lines[i-1].text != "" && !r.lines[i].head {
			return "" // the last line of a paragraph
		}
	}
	return tableName(text)
}

// tableName shortens a heading to what can name a table.
func tableName(text string) string {
	const longest = 56 // leaves room for a number behind a name
	if m := supported.FindStringSubmatch(oneLine(text)); m != nil {
		text = strings.TrimSpace(strings.ToLower(strings.TrimSuffix(m[1], " files ")) + " " + strings.TrimSuffix(m[2], "-based") + " " + andOf.ReplaceAllString(m[3], " and "))
	}
	text = oneLine(strings.NewReplacer("/", "-", `\`, "-", ",", " ", "*", "", "_", " ").Replace(text))
	text = strings.TrimSpace(strings.Trim(text, ":.- "))
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
	t.Reference = f.reason
	t.Language = languageTags[strings.ToLower(f.language)]
	if f.pack != "" && product != unknownProduct {
		t.AppliesTo = product + " " + f.pack
	}
	if f.client != "" && product != unknownProduct {
		t.AppliesTo = cmp.Or(t.AppliesTo, product) + " with International Client Pack " + strings.TrimPrefix(f.client, "ICP")
	}
}
