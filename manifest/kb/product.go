package kb

import (
	"regexp"
	"slices"
	"strings"
)

// productReader finds the product in the text of an article.
type productReader struct {
	configMgr string   // "System Center Configuration Manager 2007"
	sms       []string // what the article says it applies to: "1.2", "2.0 SP1"
	installer string   // version of SMS Installer
	stated    string   // of a line that states the product
	other     string
	anySMS    bool   // the product, without a release
	mention   string // the release of SMS that the text names first
}

func newProductReader() *productReader { return &productReader{} }

var (
	smsApplies    = regexp.MustCompile(`^- Microsoft Systems Management Server versions? (.*)$`)
	smsInstaller  = regexp.MustCompile(`^- Microsoft Systems Management Server Installer version (\d\.\d)`)
	smsRelease    = regexp.MustCompile(`^(\d\.\d)(?: SP(\d))?`)
	smsMention    = regexp.MustCompile(`\b(?:Systems Management Server|SMS) (?:version )?([12]\.\d|2003)\b`)
	configMgr2012 = regexp.MustCompile(`\bSystem Center (2012(?: R2)?) Configuration Manager\b`)
	configManager = regexp.MustCompile(`(?i)\b(?:ConfigMgr|Configuration Manager|SCCM) (20\d\d)\b`)
	statedProduct = regexp.MustCompile(`^(?i)[\W_]*(?:original product version|applies to)[\W_]*:[\W_]*(?:&?nbsp;\W*)?(?:Microsoft )?([^,]{3,80})`)
	otherProduct  = regexp.MustCompile(`\b(SQL Server 20\d\d(?: R2)?|Exchange Server \d{4}|Silverlight \d|Windows Server \d{4}(?: R2)?|Windows (?:XP|Vista|7|8\.1|8|10|NT 4\.0)|Visual FoxPro \d\.\d)\b`)
)

func (p *productReader) line(text string) {
	if m := smsApplies.FindStringSubmatch(text); m != nil {
		for _, release := range strings.Split(m[1], ",") {
			if v := smsRelease.FindString(strings.TrimSpace(release)); v != "" {
				p.sms = append(p.sms, v)
			}
		}
	}
	if m := smsInstaller.FindStringSubmatch(text); m != nil {
		p.installer = m[1]
	}
	if p.configMgr == "" {
		if m := configMgr2012.FindStringSubmatch(text); m != nil {
			p.configMgr = "System Center " + m[1] + " Configuration Manager"
		} else if m := configManager.FindStringSubmatch(text); m != nil {
			p.configMgr = "System Center Configuration Manager " + m[1]
		}
	}
	if p.mention == "" {
		if m := smsMention.FindStringSubmatch(text); m != nil {
			p.mention = m[1]
		}
	}
	p.anySMS = p.anySMS || text == "Product(s): Microsoft Systems Management Server"
	if p.stated == "" {
		if m := statedProduct.FindStringSubmatch(text); m != nil {
			p.stated = strings.TrimSpace(m[1])
		}
	}
	if p.other == "" {
		p.other = otherProduct.FindString(text)
	}
}

// product gives the product in the spelling of the catalogue. Where an article
// is for several releases of SMS, the versions of the files decide, else the
// newest release.
func (p *productReader) product(tables []*rawTable) string {
	switch {
	case len(p.sms) > 0:
		release := ""
		for _, s := range p.sms {
			release = max(release, s[:3])
		}
		if own := filesOf(tables); slices.ContainsFunc(p.sms, func(s string) bool { return s[:3] == own }) {
			release = own
		}
		return "Systems Management Server " + release
	case p.installer != "":
		return "Systems Management Server Installer " + p.installer
	case p.configMgr != "":
		return p.configMgr
	case p.anySMS:
		return "Systems Management Server"
	case p.stated != "":
		return oneLine(p.stated)
	case p.mention != "":
		return "Systems Management Server " + p.mention
	case p.other != "":
		return p.other
	}
	return unknownProduct
}

// filesOf gives the release of SMS that most versions of the files begin with.
func filesOf(tables []*rawTable) string {
	counts := map[string]int{}
	for _, t := range tables {
		for i := range t.rows {
			if v := t.rows[i].cells[versionKind]; strings.HasPrefix(v, "2.0") {
				counts["2.0"]++
			} else if strings.HasPrefix(v, "1.2") || v == "786" {
				counts["1.2"]++
			}
		}
	}
	if counts["2.0"] > counts["1.2"] {
		return "2.0"
	}
	if counts["1.2"] > 0 {
		return "1.2"
	}
	return ""
}

// pack is the one service pack that the article is for: the only release it
// applies to, or the one that must be installed first.
func (p *productReader) pack(requires []string) string {
	packs := map[string]bool{}
	for _, s := range p.sms {
		if m := smsRelease.FindStringSubmatch(s); m[2] != "" {
			packs["SP"+m[2]] = true
		} else {
			packs[""] = true
		}
	}
	for _, text := range requires {
		packs[lastMatch(servicePack, text, "SP")] = true
	}
	if len(packs) != 1 {
		return ""
	}
	for pack := range packs {
		return pack
	}
	return ""
}
