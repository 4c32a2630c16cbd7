package kb

import (
	"regexp"
	"strings"

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
	// needs is the one form in which hotfix articles state what must be there.
	needs   = regexp.MustCompile(`(?i)To apply this hotfix, you must have (?:Microsoft )?(.{3,80}?) installed`)
	renames = regexp.MustCompile(`(?i)name may differ depending on the locale|名称可能会根据区域设置不同|namnet kan variera beroende på de nationella inställningarna|השם עשוי להשתנות בהתאם`)
)

// article reads the text around the tables.
func (r *reader) article() *article {
	a := &article{id: spell(r.o.ID), product: r.o.Product}
	text := newProductReader()
	counts := map[string]int{}
	scripts := newScripts()
	stated := ""
	for i := range r.lines {
		l := &r.lines[i]
		if l.text == "" || len(l.text) > 20*maxLine {
			continue
		}
		if m := ownID.FindStringSubmatch(l.text); m != nil && a.id == "" {
			a.id = spelled(m[1], m[2])
		}
		if m := statedID.FindStringSubmatch(l.text); m != nil && stated == "" {
			stated = spelled(m[1], m[2])
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
		a.id = stated
	}
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
