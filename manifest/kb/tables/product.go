package tables

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/lines"
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
	stated   string   // what the line "Product(s):" says
	applies  []string // the products that the article applies to, as printed
	title    string   // what the title names
	begun    bool     // a line of text was there: titles of plain text are the first
	listing  bool     // the products that it applies to stand in the next lines
	on       int      // indent of a product whose platforms stand below it, and further in
}

var (
	smsApplies = pattern.New(`^- Microsoft Systems Management Server versions? (.*)$`)
	smsRelease = pattern.New(`^\d\.\d(?: SP\d)?`)
)

// rules find a product in a line, the surest first.
var rules = [6]struct {
	pattern func() *regexp.Regexp
	hints   []string // of which a line must hold one, to look no further at most
	product string   // in the catalogue's spelling
}{
	{pattern.New(`^- Microsoft Systems Management Server Installer version (\d\.\d)`),
		[]string{"Installer"}, sms + " Installer $1"},
	{pattern.New(`^.*?\bSystem Center (2012(?: R2)?) Configuration Manager\b|` +
		`(?i)\b(?:ConfigMgr|Configuration Manager|SCCM) (20\d\d)\b`), []string{" 20"},
		"System Center $1 Configuration Manager $2"},
	{pattern.New(`^Product\(s\): Microsoft Systems Management Server$`), []string{"Product"}, sms},
	{pattern.New(`^(?i)[\W_]*(?:original product version|applies to)` +
		`[\W_]*:[\W_]*(?:&?nbsp;\W*)?(?:Microsoft )?([^,]{3,80})`), []string{"pplies", "PPLIES", "ersion:", "ersion:"}, "$1"},
	{pattern.New(`\b(?:Systems Management Server|SMS) (?:version )?([12]\.\d|2003)\b`),
		[]string{"SMS", "Systems"}, sms + " $1"},
	{named, []string{"Server", "Windows", "Silverlight", "FoxPro", "Office", "SharePoint"}, "$1"},
}

// named finds products by the names that articles use.
var named = pattern.New(`\b(SQL Server 20\d\d(?: R2)?|Exchange Server (?:\d{4}|5\.\d)|` +
	`SharePoint (?:Server|Foundation) \d{4}|` +
	`Silverlight \d|Windows Server(?:,? version)? (?:\d{4}(?: R2)?|\d\dH\d)|Office \d{4}|` +
	`Windows (?:XP|Vista|7|8\.1|8|10|11|2000|95|98|NT 4\.0)|Visual FoxPro \d\.\d)(?:\b|$)`)

var (
	statedProduct = pattern.New(`^Product\(s\): *(?:Microsoft )?(\S.*)$`)
	appliesTo     = pattern.New(`^(?i)(?:the information in this article )?applies to:?$`)
	bullet        = pattern.New(`^[-*•·] +`)
	ofTitle       = pattern.New(`^(?i)(?:title: *"|## |# |article title: )|^[KQ]B?\d{5,7}: `)
)

// head reads what the head of an article states: its title, its product, and the
// list of those that it applies to.
func (p *statements) head(l *lines.Line) {
	text := l.Text
	if p.stated == "" && says(text, "Product(s)") {
		if m := statedProduct().FindStringSubmatch(text); m != nil && !strings.EqualFold(m[1], "see article") {
			p.stated = m[1]
		}
	}
	if p.title == "" && text != "" && !l.Rule {
		if l.Head || !p.begun || strings.IndexByte("tTaA#KQkq", text[0]) >= 0 && ofTitle().MatchString(text) {
			if p.title = updated(text); p.title == "" && (l.Head || ofTitle().MatchString(text)) {
				p.title = named().FindString(text)
			}
		}
		p.begun = true
	}
	switch {
	case len(text) < 60 && says(text, "pplies to", "pplies To", "PPLIES TO") && appliesTo().MatchString(text):
		p.listing, p.on = len(p.applies) == 0, -1
	case !p.listing || text == "" && !l.Rule:
	case l.Rule || l.Head || len(p.applies) >= 50:
		p.listing = false
	case bullet().MatchString(text):
		if p.on >= 0 && l.Indent > p.on {
			return // a platform of the product above
		}
		p.on = -1
		if strings.Contains(text, "on platform") {
			p.on = l.Indent
		}
		p.applies = append(p.applies, bullet().ReplaceAllString(text, ""))
	case len(p.applies) == 0 && len(text) <= 80 && named().MatchString(text):
		p.applies = append(p.applies, text)
	default:
		p.listing = false
	}
}

var (
	// updates are what titles say of a hotfix before its product: "Hotfix 2529927 for",
	// "Update Rollup 3 is available for"; or behind it: "the Project 2013 hotfix".
	updates = pattern.New(`(?i)\b(?:updates?|hotfix(?:es)?|fix|rollup|patch)\b(?: rollup| package)?[ 0-9KB()]*` +
		`(?: (?:is|are) available)? for `)
	fixIn    = pattern.New(`\bFIX: .* in `)
	updateOf = pattern.New(`(?i)\bdescription of the `)
	behind   = pattern.New(`^(?:, [A-Za-z ]{1,40})?(?i: (?:(?:security|cumulative) )?(?:update|hotfix))\b`)
	// release is the year or the version in a product's name.
	release = pattern.New(`^\d+(?:\.\d+)*$`)
	month   = pattern.New(`^(?:January|February|March|April|May|June|July|August|September|October|November|December)$`)
	// family is in the names of products without a number.
	family = pattern.New(`\b(?:Server|Edition|Manager|Explorer|Framework|Hyper-V|Forefront|Office|Studio|Dynamics|` +
		`SharePoint|Exchange|Gateway|Windows|Silverlight|Defender)\b`)
	// noProduct are words of titles that are sentences.
	noProduct = pattern.New(`\b(?:A|An|The|That|When|If|Is|Are|You|Your|Not|Does|Cannot|Error|Event|Stop|Stops|` +
		`Problems?|Issues?|` +
		`Users?|Computers?|Applications?|Message|Bug|KB\d*|MS\d\d|Article|ID|Code|Version)\b`)
	packBehind = pattern.New(`(?: SP\d| Service Pack(?: \d)?)$`)
)

// updated is the product for which a title announces an update, or "".
func updated(title string) string {
	if strings.HasSuffix(strings.TrimRight(title, `"`), ".") ||
		!says(strings.ToLower(title), "update", "fix", "rollup", "patch") {
		return "" // a sentence, or of something else
	}
	for _, at := range updates().FindAllStringIndex(title, -1) {
		if name, _ := productAt(title[at[1]:]); name != "" {
			return name
		}
	}
	if at := fixIn().FindStringIndex(title); at != nil {
		if name, rest := productAt(title[at[1]:]); strings.Trim(rest, `"`) == "" {
			return name
		}
	}
	if at := updateOf().FindStringIndex(title); at != nil {
		if name, rest := productAt(title[at[1]:]); behind().MatchString(rest) {
			return name
		}
	}
	return ""
}

// productAt is the product that a text begins with, up to its year or version, and
// what stands behind it: words with a capital, of which no sentence has all.
func productAt(text string) (name, rest string) {
	const most = 8 // words
	var words []string
	rest = text
	for ended, numbered := false, false; !ended && len(words) <= most; {
		before := strings.TrimLeft(rest, " ")
		word, _, _ := strings.Cut(before, " ")
		bare := strings.TrimRight(word, `:;,"`)
		next, _, _ := strings.Cut(strings.TrimPrefix(before[len(word):], " "), " ")
		switch {
		case len(words) == 0 && (bare == "the" || bare == "The" || bare == "Microsoft"):
			rest = before[len(bare):]
			continue
		case bare == "" || month().MatchString(bare) || numbered && bare != "R2":
			ended = true
			continue
		case bare == "for" && (next == "Business" || next == "UNIX" || next == "Applications"):
		case bare[0] >= 'A' && bare[0] <= 'Z', strings.HasPrefix(bare, ".NET"), release().MatchString(bare):
		default:
			ended = true
			continue
		}
		words = append(words, bare)
		rest = before[len(bare):]
		ended = bare != word
		numbered = len(words) > 1 && words[0] != "System" && (numbered || release().MatchString(bare))
	}
	name = packBehind().ReplaceAllString(strings.Join(words, " "), "")
	if len(words) > most || noProduct().MatchString(name) ||
		!slices.ContainsFunc(words, release().MatchString) && !family().MatchString(name) {
		return "", rest
	}
	if known := named().FindString(name); known != "" && strings.HasPrefix(name, known) {
		name = known
	}
	return name, rest
}

// split parts a product and its version, as a list of them prints it: "Microsoft
// Exchange Server, version 5.5". The version is "" where it prints several, or none.
func split(text string) (name, version string) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), ", on platform")
	if _, behind, found := strings.Cut(text, ": Microsoft "); found {
		text = behind // "the operating system: Microsoft Windows NT"
	}
	name = strings.TrimPrefix(text, "Microsoft ")
	front, behind, found := strings.Cut(name, "version")
	if !found {
		name, _, _ = strings.Cut(name, ",")
		return strings.TrimSpace(name), ""
	}
	name = strings.Trim(front, ", ")
	seen := map[string]bool{}
	for _, v := range number().FindAllString(behind, -1) {
		seen[v], version = true, v
	}
	if len(seen) != 1 {
		return name, ""
	}
	return name, version
}

var number = pattern.New(`\b\d+\.\d+[a-z]?\b`)

// generic are the words of a product line that say what sort of thing it is.
var generic = map[string]bool{"for": true, "and": true, "the": true, "retail": true, "product": true, "products": true,
	"microsoft": true, "home": true, "titles": true, "games": true, "issues": true}

// own is the product that the article states. Where it applies to releases of
// that product alone, their common name and version say it more exactly.
func (p *statements) own() string {
	if p.stated == "" {
		if len(p.applies) > 0 {
			name, version := split(p.applies[0])
			return strings.TrimSpace(name + " " + version)
		}
		return ""
	}
	stated := strings.TrimSpace(strings.TrimSuffix(strings.ReplaceAll(p.stated, ".x", ""), "Retail Product"))
	name, version, n := "", "", 0
	for _, text := range p.applies {
		entry, v := split(text)
		if !namesAll(entry, stated) {
			continue
		}
		if n++; n == 1 {
			name, version = entry, v
		}
		if name != entry {
			name = stated
		}
		if version != v {
			version = ""
		}
	}
	if n == 0 || strings.Contains(name, version) {
		version = ""
	}
	return strings.TrimSpace(cmp.Or(name, stated) + " " + version)
}

// namesAll: every word of a product that says which it is stands in text.
func namesAll(text, product string) bool {
	text = strings.ToLower(text)
	n := 0
	for w := range strings.FieldsSeq(strings.ToLower(product)) {
		if generic[w] {
			continue
		}
		if n++; !strings.Contains(text, w) {
			return false
		}
	}
	return n > 0
}

func (p *statements) line(text string) {
	var m []string
	if strings.HasPrefix(text, "- ") {
		m = smsApplies().FindStringSubmatch(text)
	}
	if m != nil {
		for release := range strings.SplitSeq(m[1], ",") {
			if v := smsRelease().FindString(strings.TrimSpace(release)); v != "" {
				p.releases = append(p.releases, v)
			}
		}
	}
	for i, r := range rules {
		if p.found[i] != "" || !says(text, r.hints...) {
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
	if p.stated != "" && !strings.Contains(p.stated, sms) {
		return p.own()
	}
	if len(p.releases) == 0 {
		found := &p.found // the surest: of Systems Management Server and its successor, which the catalogue knows
		return cmp.Or(cmp.Or(found[:3]...), p.own(), found[3], p.title, found[4], found[5], unknownProduct)
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
