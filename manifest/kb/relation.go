package kb

import (
	"regexp"
	"slices"
	"strings"

	"kbverify/manifest"
)

// relations gives what the article states in a fixed form: the hotfix that
// accompanies this one, and the product that must be installed first. Numbers of other articles in running text say too
// many different things to be read by a program.
func (a *article) relations(m *manifest.Manifest) []manifest.Relation {
	var out []manifest.Relation
	for _, id := range a.with {
		if manifest.IDKey(id) != manifest.IDKey(m.ID) {
			out = append(out, manifest.Relation{Kind: manifest.GoesWith, ID: id})
		}
	}
	for _, text := range a.requires {
		product := releaseName(text)
		r := manifest.Relation{Kind: manifest.Requires, Product: product}
		if product != "" && !slices.ContainsFunc(out, func(o manifest.Relation) bool { return o.Product == product }) {
			out = append(out, r)
		}
	}
	return out
}

var (
	packInWords = regexp.MustCompile(`(?i) Service Pack (\d)(?: \(SP\d\))?`)
	oneRelease  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9. ]+$`)
)

// releaseName writes a product and its service pack as the catalogue does; ""
// where the text names more than one release.
func releaseName(text string) string {
	text = strings.TrimSpace(packInWords.ReplaceAllString(oneLine(text), " SP$1"))
	if !oneRelease.MatchString(text) || strings.Contains(text, " or ") || strings.Contains(text, " and ") {
		return ""
	}
	return text
}

var localeSuffix = regexp.MustCompile(`(?i)-(?:enu|deu|fra|jpn|esn|ita|chs|cht|kor|rus|sve|ptb|nld)$`)

// patterns gives the client package the pattern of its localised names, where
// the article says that its name varies with the locale.
func patterns(m *manifest.Manifest, a *article) {
	if !a.renamed {
		return
	}
	for t := range m.Tables {
		for i := range m.Tables[t].Files {
			f := &m.Tables[t].Files[i]
			base, found := strings.CutSuffix(strings.ToLower(f.Name), ".msp")
			if !found {
				continue
			}
			if stem := localeSuffix.ReplaceAllString(base, "-"); stem != base {
				base = stem
			}
			f.Pattern = base + "*.msp"
		}
	}
}
