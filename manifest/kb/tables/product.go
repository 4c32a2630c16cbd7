package tables

import (
	"cmp"
	"regexp"
	"strings"

	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// unknownProduct stands where the article names no product that is known.
const unknownProduct = "product not stated"

const sms = "Systems Management Server"

// statements is what the text of an article says of its product.
type statements struct {
	releases []string // of SMS, for which the article is: "1.2", "2.0 SP1"
	found    [6]string
}

var (
	smsApplies = pattern.New(`^- Microsoft Systems Management Server versions? (.*)$`)
	smsRelease = pattern.New(`^\d\.\d(?: SP\d)?`)
)

// rules find a product in a line, the surest first.
var rules = [6]struct {
	pattern func() *regexp.Regexp
	hint    string // what a line must hold, to look no further at most
	product string // in the catalogue's spelling
}{
	{pattern.New(`^- Microsoft Systems Management Server Installer version (\d\.\d)`), "", sms + " Installer $1"},
	{pattern.New(`^.*?\bSystem Center (2012(?: R2)?) Configuration Manager\b|` +
		`(?i)\b(?:ConfigMgr|Configuration Manager|SCCM) (20\d\d)\b`), " 20", "System Center $1 Configuration Manager $2"},
	{pattern.New(`^Product\(s\): Microsoft Systems Management Server$`), "", sms},
	{pattern.New(`^(?i)[\W_]*(?:original product version|applies to)` +
		`[\W_]*:[\W_]*(?:&?nbsp;\W*)?(?:Microsoft )?([^,]{3,80})`), ":", "$1"},
	{pattern.New(`\b(?:Systems Management Server|SMS) (?:version )?([12]\.\d|2003)\b`), "", sms + " $1"},
	{pattern.New(`\b(SQL Server 20\d\d(?: R2)?|Exchange Server \d{4}|Silverlight \d|Windows Server \d{4}(?: R2)?|` +
		`Windows (?:XP|Vista|7|8\.1|8|10|NT 4\.0)|Visual FoxPro \d\.\d)\b`), "", "$1"},
}

func (p *statements) line(text string) {
	if m := smsApplies().FindStringSubmatch(text); m != nil {
		for release := range strings.SplitSeq(m[1], ",") {
			if v := smsRelease().FindString(strings.TrimSpace(release)); v != "" {
				p.releases = append(p.releases, v)
			}
		}
	}
	for i, r := range rules {
		if p.found[i] != "" || !strings.Contains(text, r.hint) {
			continue
		}
		if m := r.pattern().FindStringSubmatchIndex(text); m != nil {
			p.found[i] = values.OneLine(string(r.pattern().ExpandString(nil, r.product, text, m)))
		}
	}
}

// product gives the product. Where an article is for several releases of SMS,
// the versions of the files decide, else the newest release.
func (p *statements) product(tables []*cells.Table) string {
	if len(p.releases) == 0 {
		return cmp.Or(cmp.Or(p.found[:]...), unknownProduct)
	}
	release, own := "", filesOf(tables)
	for _, r := range p.releases {
		if r = r[:3]; r == own {
			return sms + " " + own
		}
		release = max(release, r[:3])
	}
	return sms + " " + release
}

// filesOf gives the release of SMS that most versions of the files begin with.
func filesOf(tables []*cells.Table) string {
	two, one := 0, 0
	for _, t := range tables {
		for i := range t.Rows {
			if v := t.Rows[i].Cells[values.Version]; strings.HasPrefix(v, "2.0") {
				two++
			} else if strings.HasPrefix(v, "1.2") || v == "786" {
				one++
			}
		}
	}
	switch {
	case two > one:
		return "2.0"
	case one > 0:
		return "1.2"
	}
	return ""
}

// pack is the one service pack that the article is for: the only release it
// applies to, or the one that must be installed first.
func (p *statements) pack(requires []string) string {
	packs := map[string]bool{}
	for _, s := range p.releases {
		packs[lastMatch(servicePack(), s, "SP")] = true
	}
	for _, text := range requires {
		packs[lastMatch(servicePack(), text, "SP")] = true
	}
	if len(packs) == 1 {
		for pack := range packs {
			return pack
		}
	}
	return ""
}

// lastMatch gives the number that a pattern names last, behind a prefix.
func lastMatch(pattern *regexp.Regexp, text, prefix string) string {
	all := pattern.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return ""
	}
	return prefix + strings.Join(all[len(all)-1][1:], "")
}

var (
	packInWords = pattern.New(`(?i) Service Pack (\d)(?: \(SP\d\))?`)
	oneRelease  = pattern.New(`^[A-Za-z][A-Za-z0-9. ]+$`)
)

// releaseName writes a product and its service pack as the catalogue does; ""
// where the text names more than one release.
func releaseName(text string) string {
	text = strings.TrimSpace(packInWords().ReplaceAllString(values.OneLine(text), " SP$1"))
	if !oneRelease().MatchString(text) || strings.Contains(text, " or ") || strings.Contains(text, " and ") {
		return ""
	}
	return text
}
