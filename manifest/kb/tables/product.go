package tables

import (
	"regexp"
	"slices"
	"strings"

	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// unknownProduct stands where the article names no product that is known.
const unknownProduct = "product not stated"

// statements is what the text of an article says of its product.
type statements struct {
	configMgr string   // "System Center Configuration Manager 2007"
	sms       []string // what the article says it applies to: "1.2", "2.0 SP1"
	installer string   // version of SMS Installer
	stated    string   // of a line that states the product
	other     string
	anySMS    bool   // the product, without a release
	mention   string // the release of SMS that the text names first
}

var (
	smsApplies    = pattern.New(`^- Microsoft Systems Management Server versions? (.*)$`)
	smsInstaller  = pattern.New(`^- Microsoft Systems Management Server Installer version (\d\.\d)`)
	smsRelease    = pattern.New(`^(\d\.\d)(?: SP(\d))?`)
	smsMention    = pattern.New(`\b(?:Systems Management Server|SMS) (?:version )?([12]\.\d|2003)\b`)
	configMgr2012 = pattern.New(`\bSystem Center (2012(?: R2)?) Configuration Manager\b`)
	configManager = pattern.New(`(?i)\b(?:ConfigMgr|Configuration Manager|SCCM) (20\d\d)\b`)
	statedProduct = pattern.New(`^(?i)[\W_]*(?:original product version|applies to)` +
		`[\W_]*:[\W_]*(?:&?nbsp;\W*)?(?:Microsoft )?([^,]{3,80})`)
	otherProduct = pattern.New(`\b(SQL Server 20\d\d(?: R2)?|Exchange Server \d{4}|Silverlight \d|` +
		`Windows Server \d{4}(?: R2)?|Windows (?:XP|Vista|7|8\.1|8|10|NT 4\.0)|Visual FoxPro \d\.\d)\b`)
)

func (p *statements) line(text string) {
	for release := range strings.SplitSeq(group(smsApplies(), text), ",") {
		if v := smsRelease().FindString(strings.TrimSpace(release)); v != "" {
			p.sms = append(p.sms, v)
		}
	}
	if v := group(smsInstaller(), text); v != "" {
		p.installer = v
	}
	if p.configMgr == "" {
		if v := group(configMgr2012(), text); v != "" {
			p.configMgr = "System Center " + v + " Configuration Manager"
		} else if v := group(configManager(), text); v != "" {
			p.configMgr = "System Center Configuration Manager " + v
		}
	}
	if p.mention == "" {
		p.mention = group(smsMention(), text)
	}
	p.anySMS = p.anySMS || text == "Product(s): Microsoft Systems Management Server"
	if p.stated == "" {
		p.stated = strings.TrimSpace(group(statedProduct(), text))
	}
	if p.other == "" {
		p.other = otherProduct().FindString(text)
	}
}

// group is what the first group of a pattern finds in text, or "".
func group(pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// product gives the product in the spelling of the catalogue. Where an article
// is for several releases of SMS, the versions of the files decide, else the
// newest release.
func (p *statements) product(tables []*cells.Table) string {
	const sms = "Systems Management Server"
	switch {
	case len(p.sms) > 0:
		release := ""
		for _, s := range p.sms {
			release = max(release, s[:3])
		}
		if own := filesOf(tables); slices.ContainsFunc(p.sms, func(s string) bool { return s[:3] == own }) {
			release = own
		}
		return sms + " " + release
	case p.installer != "":
		return sms + " Installer " + p.installer
	case p.configMgr != "":
		return p.configMgr
	case p.anySMS:
		return sms
	case p.stated != "":
		return values.OneLine(p.stated)
	case p.mention != "":
		return sms + " " + p.mention
	case p.other != "":
		return p.other
	}
	return unknownProduct
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
	for _, s := range p.sms {
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
