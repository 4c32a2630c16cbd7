// Package tables knows what the text around the tables of an article says of
// them: which hotfix and product the article is about, in which language, and
// for which service pack, client or language each table is. Read takes lines and
// tables of cells; Describe writes what they say into a manifest.
package tables

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"kbverify/manifest"
	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// Article is what the text around the tables says.
type Article struct {
	ID       string // as the article prints it, or ""
	Product  string // in the catalogue's spelling, or unknownProduct
	Language string // BCP 47 tag of the text
	lines    []lines.Line
	said     map[*regexp.Regexp]bool
	titled   int      // index of the first heading, which is the article's, or -1
	place    string   // the KB number in the address of the page, or ""
	mention  string   // the KB number that the text names most, or ""
	pack     string   // the one service pack that the article is for, "SP1"
	requires []string // products that must be installed first
	with     []string // hotfixes to be installed together with this one
	renamed  bool     // the name of the client package varies with the locale
}

// English reports an article in English.
func (a *Article) English() bool { return a.Language == "en" }

var (
	ownID = pattern.New(`^(?i)[\W_]*(?:original kb number|article id|article|kb article|knowledge base article id)` +
		`[\W_]*:[\W_]*(?:&?nbsp;\W*)?(KB|Q)?(\d{5,7})\W*$`)
	// statedID is the same inside a line, as on pages without line breaks.
	statedID = pattern.New(`(?i)\b(?:article id|pss id number|kb number)\W{0,12}(KB|Q)?(\d{5,7})\b`)
	namedID  = pattern.New(`^(?i)(KB|Q)(\d{5,7})(?:\b|_)`)
	// bareID is the name under which the file information of an update is downloaded.
	// A browser that has it already puts a count behind it.
	bareID = pattern.New(`^(?i)(\d{6,7})(?: ?\(\d+\))?(?:[-_.][a-z0-9._-]*)?$`)
	// insideID is in the name of an update's package.
	insideID = pattern.New(`(?i)KB(\d{6,7})(?:\D|$)`)
	// address is that of an article.
	address    = pattern.New(`(?i)\bsupport\.microsoft\.com/[^\s"<>]*?(?:/kb/|/help/|\bkb/?)(\d{6,7})\b`)
	fileID     = pattern.New(`(?i)(?:^|[^a-z0-9])(KB|Q)(\d{5,7})(?:$|[^0-9])`)
	anyID      = pattern.New(`(?i)\b(KB) ?(\d{5,7})\b`)
	bareNumber = pattern.New(`^\d{5,7}$`)
	reference  = pattern.New(`^(Q\d{6}) `)
	// needs is the one form in which hotfix articles state what must be there.
	needs   = pattern.New(`(?i)To apply this hotfix, you must have (?:Microsoft )?(.{3,80}?) installed`)
	renames = pattern.New(`(?i)name may differ depending on the locale|名称可能会根据区域设置不同|` +
		`namnet kan variera beroende på de nationella inställningarna|השם עשוי להשתנות בהתאם`)
)

// Read reads the text around the tables. name is the article's file name; id
// and product are what somebody said of it, or "".
func Read(name string, in cells.Article, id, product string) *Article {
	a := &Article{ID: bareNumber().ReplaceAllString(id, "KB$0"), Product: product, lines: in.Lines,
		said: map[*regexp.Regexp]bool{}}
	a.titled = slices.IndexFunc(in.Lines, func(l lines.Line) bool { return l.Head })
	var text statements
	counts, letters, places := map[string]int{}, scripts{}, map[string]int{}
	stated := ""
	rows := rowsOf(in.Tables)
	for i := range in.Lines {
		l := in.Lines[i].Text
		if rows[in.Lines[i].No] == l && l != "" { // it says what its cells say
			countIDs(l, counts)
			letters.line(l)
			continue
		}
		if len(l) <= lines.LongestRow {
			text.head(&in.Lines[i])
		}
		if l == "" || len(l) > 20*lines.LongestRow {
			continue
		}
		if says(l, "rticle", "RTICLE", "umber", "UMBER") {
			a.ID = cmp.Or(a.ID, idIn(ownID(), l))
			stated = cmp.Or(stated, idIn(statedID(), l))
		}
		if says(l, "://") {
			a.at(&in.Lines[i], places)
		}
		countIDs(l, counts)
		if says(l, "otfix", "OTFIX") {
			if m := needs().FindStringSubmatch(l); m != nil {
				a.requires = append(a.requires, m[1])
			}
		}
		a.renamed = a.renamed || (says(l, "locale") || !values.ASCII(l)) && renames().MatchString(l)
		if strings.Contains(l, "accompanying fix that you must apply") {
			a.with = append(a.with, a.referenceBelow(i)...)
		}
		text.line(l)
		letters.line(l)
	}
	a.mention = most(counts)
	if a.ID == "" {
		a.ID = stated
	}
	if a.ID == "" {
		a.ID = idOfFile(filepath.Base(filepath.ToSlash(name)))
	}
	if a.place == "" && len(places) == 1 {
		a.place = most(places)
	}
	if a.ID == "" {
		a.ID = a.place
	}
	if a.Product == "" {
		a.Product = text.product(in.Tables)
	}
	a.pack = text.pack(a.requires)
	a.Language = letters.language()
	for _, t := range in.Tables {
		if lang := headings.Language(t.Cols); lang != "" && lang != "en" {
			a.Language = lang // the headings say it more surely than the text
			break
		}
	}
	return a
}

// says: the text holds one of the words; a quick look before a closer one.
func says(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// at counts the article whose address a line holds. A line that is nothing else
// says where the page comes from.
func (a *Article) at(l *lines.Line, places map[string]int) {
	all := address().FindAllStringSubmatch(l.Text, 8)
	if len(all) == 0 {
		return
	}
	for _, m := range all {
		places[m[1]]++
	}
	alone := l.Block && !strings.Contains(l.Text, " ") || strings.HasPrefix(l.Text, "saved from ")
	if a.place == "" && alone {
		a.place = "KB" + all[0][1]
	}
}

// rowsOf gives the rows of all tables by their source lines.
func rowsOf(tables []*cells.Table) map[int]string {
	rows := map[int]string{}
	for _, t := range tables {
		for i := range t.Rows {
			rows[t.Rows[i].Line] = t.Rows[i].Text
		}
	}
	return rows
}

// countIDs counts the KB numbers that a line names.
func countIDs(text string, counts map[string]int) {
	if !strings.Contains(text, "KB") && !strings.Contains(text, "kb") && !strings.Contains(text, "Kb") {
		return
	}
	for _, m := range anyID().FindAllStringSubmatch(text, 8) {
		counts[m[2]]++
	}
}

// idIn is the id that a pattern of prefix and number finds, or "".
func idIn(pattern *regexp.Regexp, text string) string {
	m := pattern.FindStringSubmatch(text)
	switch {
	case m == nil:
		return ""
	case strings.EqualFold(m[1], "q"):
		return "Q" + m[2]
	}
	return "KB" + m[2]
}

// idOfFile is the id that the name of an article's file states: at its beginning,
// else the only one with its prefix.
func idOfFile(name string) string {
	if id := idIn(namedID(), name); id != "" {
		return id
	}
	if m := bareID().FindStringSubmatch(name); m != nil {
		return "KB" + m[1]
	}
	counts := map[string]int{}
	for _, m := range insideID().FindAllStringSubmatch(name, -1) {
		counts[m[1]]++
	}
	if len(counts) == 1 {
		return most(counts)
	}
	return ""
}

// referenceBelow is the article that a phrase at line i leads to: its number
// begins one of the next lines.
func (a *Article) referenceBelow(i int) []string {
	const most = 8
	for j := i + 1; j < len(a.lines) && j <= i+most; j++ {
		if m := reference().FindStringSubmatch(a.lines[j].Text); m != nil {
			return m[1:]
		}
	}
	return nil
}

// idFromFiles reads the id off the files that carry it, if they agree.
func idFromFiles(m *manifest.Manifest) string {
	counts := map[string]int{}
	for _, t := range m.Tables {
		for _, f := range t.Files {
			if match := fileID().FindStringSubmatch(f.Name); match != nil {
				counts[match[2]]++
			}
		}
	}
	return most(counts)
}

// most gives the number with the highest count as an id; the smaller number
// where two are equal, so that the answer never changes.
func most(counts map[string]int) string {
	best := ""
	for n, c := range counts {
		if best == "" || c > counts[best] || c == counts[best] && n < best {
			best = n
		}
	}
	if best == "" {
		return ""
	}
	return "KB" + best
}

// scripts counts letters by script.
type scripts map[string]int

var scriptLanguages = []struct {
	tag   string
	table *unicode.RangeTable
}{
	{"he-IL", unicode.Hebrew}, {"ar-SA", unicode.Arabic}, {"ru-RU", unicode.Cyrillic}, {"ja-JP", unicode.Hiragana},
	{"ja-JP", unicode.Katakana}, {"ko-KR", unicode.Hangul}, {"zh-CN", unicode.Han}, {"el-GR", unicode.Greek},
	{"th-TH", unicode.Thai},
}

func (s scripts) line(text string) {
	if values.ASCII(text) {
		s["en"] += len(text)
		return
	}
	for _, r := range text {
		if r < 0x80 {
			s["en"]++
			continue
		}
		for _, l := range scriptLanguages {
			if unicode.Is(l.table, r) {
				s[l.tag]++
				break
			}
		}
	}
}

// language: a fifth of the letters in another script decides, for names and
// numbers are Latin everywhere; kana make Japanese of any text.
func (s scripts) language() string {
	total, best := 0, "en"
	for _, l := range scriptLanguages {
		if s[l.tag] > s[best] || best == "en" && s[l.tag] > 0 {
			best = l.tag
		}
	}
	for _, n := range s {
		total += n
	}
	switch {
	case s["ja-JP"]*20 > total:
		return "ja-JP"
	case s[best]*5 < total:
		return "en"
	}
	return best
}

// Describe writes what the article says into a manifest whose files were read:
// table i of it is of[i].
func (a *Article) Describe(m *manifest.Manifest, of []*cells.Table) {
	m.ID, m.Product = a.ID, a.Product
	facets := a.facets(of)
	for i := range m.Tables {
		facets[i].filled(&m.Tables[i])
		a.builtFor(&facets[i], &m.Tables[i], of[i])
		facets[i].describe(&m.Tables[i], a.Product)
	}
	nameTables(m.Tables, facets)
	if components(facets) {
		for i := range m.Tables {
			m.Tables[i].Component = true
		}
	}
	for _, id := range []string{idFromFiles(m), a.mention} {
		if m.ID == "" {
			m.ID = id
		}
	}
	m.Source = manifest.Source{Languages: []string{a.Language}}
	if key := manifest.IDKey(m.ID); strings.Trim(key, "0123456789") == "" {
		m.Source.URL = "https://support.microsoft.com/kb/" + key
	}
	m.Title = title(m)
	m.Relations = a.relations(m.ID)
	if a.renamed {
		patterns(m)
	}
}

// relations gives what the article states in a fixed form: the hotfix that
// accompanies this one, and the product that must be installed first. Numbers of
// other articles in running text say too many different things to be read by a
// program.
func (a *Article) relations(own string) []manifest.Relation {
	var out []manifest.Relation
	for _, id := range a.with {
		if manifest.IDKey(id) != manifest.IDKey(own) {
			out = append(out, manifest.Relation{Kind: manifest.GoesWith, ID: id})
		}
	}
	for _, text := range a.requires {
		product := releaseName(text)
		known := func(o manifest.Relation) bool { return o.Product == product }
		if product != "" && !slices.ContainsFunc(out, known) {
			out = append(out, manifest.Relation{Kind: manifest.Requires, Product: product})
		}
	}
	return out
}

var localeSuffix = pattern.New(`(?i)-(?:enu|deu|fra|jpn|esn|ita|chs|cht|kor|rus|sve|ptb|nld)$`)

// patterns gives the client package the pattern of its localised names.
func patterns(m *manifest.Manifest) {
	for t := range m.Tables {
		for i := range m.Tables[t].Files {
			f := &m.Tables[t].Files[i]
			if base, found := strings.CutSuffix(strings.ToLower(f.Name), ".msp"); found {
				f.Pattern = localeSuffix().ReplaceAllString(base, "-") + "*.msp"
			}
		}
	}
}

// onePlatform is the platform that all rows share, or "".
func onePlatform(t *manifest.Table) manifest.Platform {
	var p manifest.Platform
	for _, f := range t.Files {
		if f.Platform != "" && p != "" && f.Platform != p {
			return ""
		}
		if f.Platform != "" {
			p = f.Platform
		}
	}
	return p
}
