package kb

import (
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"kbverify/manifest"
)

// unknownProduct stands where the article names no product that is known.
const unknownProduct = "product not stated"

// article is what the text around the tables says.
type article struct {
	id       string // as the article prints it, or ""
	mention  string // the KB number that the text names most, or ""
	product  string
	pack     string   // the one service pack that the article is for, "SP1"
	language string   // BCP 47 tag of the text
	requires []string // products that must be installed first
	with     []string // hotfixes to be installed together with this one
	renamed  bool     // the name of the client package varies with the locale
}

func (a *article) english() bool { return a.language == "en" }

var (
	ownID = regexp.MustCompile(`^(?i)[\W_]*(?:original kb number|article id|article|kb article|knowledge base article id)[\W_]*:[\W_]*(?:&?nbsp;\W*)?(KB|Q)?(\d{5,7})\W*$`)
	anyKB = regexp.MustCompile(`(?i)\bKB ?(\d{5,7})\b`)
	// needs is the one form in which hotfix articles state what must be there.
	needs   = regexp.MustCompile(`(?i)To apply this hotfix, you must have (?:Microsoft )?(.{3,80}?) installed`)
	renames = regexp.MustCompile(`(?i)name may differ depending on the locale|名称可能会根据区域设置不同|namnet kan variera beroende på de nationella inställningarna|השם עשוי להשתנות בהתאם`)
)

// article reads the text around the tables.
func (r *reader) article() *article {
	a := &article{id: r.o.ID, product: r.o.Product}
	text := newProductReader()
	counts := map[string]int{}
	scripts := newScripts()
	for i := range r.lines {
		l := &r.lines[i]
		if l.text == "" || len(l.text) > 20*maxLine {
			continue
		}
		if m := ownID.FindStringSubmatch(l.text); m != nil && a.id == "" {
			a.id = spelled(m[1], m[2])
		}
		for _, m := range anyKB.FindAllStringSubmatch(l.text, 8) {
			counts[m[1]]++
		}
		if m := needs.FindStringSubmatch(l.text); m != nil {
			a.requires = append(a.requires, m[1])
		}
		a.renamed = a.renamed || renames.MatchString(l.text)
		if strings.Contains(l.text, "accompanying fix that you must apply") {
			a.with = append(a.with, r.referenceBelow(i)...)
		}
		text.line(l.text)
		scripts.line(l.text)
	}
	a.mention = most(counts)
	if a.id == "" {
		a.id = idFromName(r.name)
	}
	if a.product == "" {
		a.product = text.product(r.tables)
	}
	a.pack = text.pack(a.requires)
	a.language = r.language(scripts)
	return a
}

var reference = regexp.MustCompile(`^(Q\d{6}) `)

// referenceBelow is the article that a phrase at line i leads to: its number
// begins one of the next lines.
func (r *reader) referenceBelow(i int) []string {
	const most = 8
	for j := i + 1; j < len(r.lines) && j <= i+most; j++ {
		if m := reference.FindStringSubmatch(r.lines[j].text); m != nil {
			return m[1:]
		}
	}
	return nil
}

func spelled(prefix, number string) string {
	if strings.EqualFold(prefix, "q") {
		return "Q" + number
	}
	return "KB" + number
}

var namedID = regexp.MustCompile(`^(?i)(KB|Q)(\d{5,7})(?:\b|_)`)

// idFromName reads the id off the article's file name.
func idFromName(name string) string {
	if m := namedID.FindStringSubmatch(filepath.Base(filepath.ToSlash(name))); m != nil {
		return spelled(m[1], m[2])
	}
	return ""
}

var fileKB = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])(KB|Q)(\d{5,7})(?:$|[^0-9])`)

// idFromFiles reads the id off the files that carry it, if they agree.
func idFromFiles(m *manifest.Manifest) string {
	counts := map[string]int{}
	for _, t := range m.Tables {
		for _, f := range t.Files {
			if match := fileKB.FindStringSubmatch(f.Name); match != nil {
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

func (a *article) source(id string) manifest.Source {
	s := manifest.Source{Languages: []string{a.language}}
	if key := manifest.IDKey(id); strings.Trim(key, "0123456789") == "" {
		s.URL = "https://support.microsoft.com/kb/" + key
	}
	return s
}

// language is that of the headings, else that of the script of the text.
func (r *reader) language(s *scripts) string {
	for _, t := range r.tables {
		if lang := headerLanguage(t.cols); lang != "" && lang != "en" {
			return lang
		}
	}
	return s.language()
}

// scripts counts letters by script.
type scripts struct{ counts map[string]int }

func newScripts() *scripts { return &scripts{map[string]int{}} }

var scriptLanguages = []struct {
	tag   string
	table *unicode.RangeTable
}{
	{"he-IL", unicode.Hebrew}, {"ar-SA", unicode.Arabic}, {"ru-RU", unicode.Cyrillic}, {"ja-JP", unicode.Hiragana},
	{"ja-JP", unicode.Katakana}, {"ko-KR", unicode.Hangul}, {"zh-CN", unicode.Han}, {"el-GR", unicode.Greek}, {"th-TH", unicode.Thai},
}

func (s *scripts) line(text string) {
	if plain(text) {
		s.counts["en"] += len(text)
		return
	}
	for _, r := range text {
		if r < 0x80 {
			s.counts["en"]++
			continue
		}
		for _, l := range scriptLanguages {
			if unicode.Is(l.table, r) {
				s.counts[l.tag]++
				break
			}
		}
	}
}

// language: a fifth of the letters in another script decides, for names and
// numbers are Latin everywhere; kana make Japanese of any text.
func (s *scripts) language() string {
	total, best := 0, "en"
	for _, l := range scriptLanguages {
		if s.counts[l.tag] > s.counts[best] || best == "en" && s.counts[l.tag] > 0 {
			best = l.tag
		}
	}
	for _, n := range s.counts {
		total += n
	}
	if s.counts["ja-JP"]*20 > total {
		return "ja-JP"
	}
	if s.counts[best]*5 < total {
		return "en"
	}
	return best
}
