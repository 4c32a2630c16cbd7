package values

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kbverify/manifest"
	"kbverify/manifest/kb/pattern"
)

// Costs of a cell. The reading of a row with the least cost is taken; two of
// equal cost are reported. Only their order matters: a cell that is plainly
// what it is costs nothing, an odd one less than leaving its column empty.
const (
	NoFit       = -1
	Plain       = 0
	Unusual     = 1  // a bare number of 1,000 and more as a size, two parts as a version
	BareNumber  = 5  // a bare number as a version: "786"
	Doubtful    = 6  // cannot be trusted: "8,1012", year 199
	Strange     = 7  // a platform that is none of the known ones
	NoExtension = 8  // a name without an extension
	Empty       = 10 // a column that the row leaves empty
)

// Is reports text that is plainly a cell of kind k.
func Is(k Kind, text string) bool { return Quality(k, text) == Plain }

// Quality says how well text can be a cell of kind k: a cost, or NoFit.
func Quality(k Kind, text string) int {
	switch k {
	case Name:
		return nameQuality(text)
	case Version:
		return versionQuality(text)
	case Size:
		return sizeQuality(text)
	case Date:
		return dateQuality(text)
	case Time:
		return timeQuality(text)
	case Platform:
		return platformQuality(text)
	case Hash:
		return hashQuality(text)
	case Note, Group:
		return Unusual
	}
	return NoFit
}

// Ends is a quick look: a word with which a cell of kind k ends that has several.
func Ends(k Kind, word string) bool {
	switch k {
	case Date: // "6 October 2000", "2010年2月 1日"
		return endsIn(word, "0123456789") || !ASCII(word)
	case Time: // "03:45 P.M.", "08:53 UTC"
		return endsIn(word, "AaPpMm.CcTt")
	case Size: // "143 KB", "1,234 bytes", "1 234"
		return endsIn(word, "KMGBkmgbEeSs)") || len(word) == 3 && Digits(word) == 3
	}
	return true
}

// nameQuality: a file name, with or without the path to it.
func nameQuality(text string) int {
	name := baseName(text)
	if name == "" || len(name) > 255 || strings.ContainsAny(name, `:*?"<>|/,;=`) || strings.Trim(name, ". ") == "" {
		return NoFit
	}
	dot := strings.LastIndexByte(name, '.')
	ext := name[dot+1:]
	switch {
	case !strings.ContainsFunc(name, unicode.IsLetter):
		return NoFit
	case dot < 0:
		first := rune(name[0])
		if first < 0x80 && !unicode.IsLetter(first) || strings.ContainsAny(name, "()") || Is(Platform, text) {
			return NoFit
		}
		return NoExtension
	case dot == 0 || ext == "" || len(ext) > 12 || strings.TrimFunc(ext, IsExtension) != "" || Is(Version, text),
		ext[len(ext)-1] <= '9' && numbered().MatchString(text):
		return NoFit
	}
	return Plain
}

// IsExtension: a letter that the extension of a name can have.
func IsExtension(r rune) bool {
	return r == '_' || r == '~' || r == '$' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// baseName cuts the folders off a printed path.
func baseName(text string) string {
	if text = strings.TrimSpace(text); strings.IndexByte(text, Break) >= 0 {
		text = strings.ReplaceAll(text, string(Break), "")
	}
	return text[strings.LastIndexByte(text, '\\')+1:]
}

// groups counts the groups of digits of which text is made: the first one has
// one to first digits, the others least to most. 0: it is anything else.
func groups(text string, mark byte, first, least, most int) int {
	n, low, high := 0, 1, first
	for {
		d := Digits(text)
		if d < low || d > high {
			return 0
		}
		n, low, high = n+1, least, most
		if text = text[d:]; text == "" {
			return n
		}
		if text[0] != mark {
			return 0
		}
		text = text[1:]
	}
}

func grouped(text string) bool    { return groups(text, ',', 3, 3, 3) > 1 }
func dotGrouped(text string) bool { return groups(text, '.', 3, 3, 3) > 2 }

// blankGrouped: a size as other languages print it: 1 234 567.
func blankGrouped(text string) bool { return groups(text, ' ', 3, 3, 3) > 1 }

var (
	productLabel = pattern.New(`^(?i)\d{1,3}\.\d{1,3} ?\((?:build )?\d{1,5}\)$`)
	versionWord  = pattern.New(`^(?i)(?:version|ver|v)\.? ?(\d.*)$`)
	versionTail  = pattern.New(`^(\d{1,5}(?:\.\d{1,5}){2,3}) ?(?:\((.*)\)|built by:.*|(?:or|and) (?:later|newer|higher))$`)
	versionMark  = pattern.New(`^(\d{1,5}(?:\.\d{1,5}){3}) [A-Za-z]{1,5}$`)
	// bothWays is a size in words and, in parentheses, in bytes.
	bothWays = pattern.New(`^(?i)[\d.,]+ ?[KMG]B? \(([\d,]+) bytes\)$`)
	// numbered is a version behind a letter: R.5.03, v5.00.3828.
	numbered = pattern.New(`^(?i)[a-z]{1,2}(?:\.\d+(?:\.\d+)+|\d+(?:\.\d+){2,})$`)
	remarked = pattern.New(`^([^\s()\[\]]+\.[A-Za-z0-9_]{1,4}|[^\s()\[\]]{3,}) ?\(([^()]*)\)$`)
	byteWord = pattern.New(`^(?i)([\d,]+) ?(?:bytes?|b)$`)
	rounded  = pattern.New(`^(?i)[\d,]+(?:\.\d{1,3})? ?[KMG]B?$`)
)

// afterWord takes the word "version" off a number.
func afterWord(text string) string {
	if text == "" || text[0]|0x20 != 'v' {
		return text
	}
	return versionWord().ReplaceAllString(text, "$1")
}

// tailOf finds a version and the words behind it that belong to it, as versionTail
// does; nil where there are none.
func tailOf(text string) []string {
	if !strings.HasSuffix(text, ")") && !strings.Contains(text, "built by:") && !strings.HasSuffix(text, "er") {
		return nil
	}
	return versionTail().FindStringSubmatch(text)
}

// markOf finds a version and the word behind it, as versionMark does; nil where
// there is none.
func markOf(text string) []string {
	if strings.IndexByte(text, ' ') < 0 {
		return nil
	}
	return versionMark().FindStringSubmatch(text)
}

func versionQuality(text string) int {
	if Digits(text) == 0 {
		if number := afterWord(text); number != text {
			return versionQuality(number)
		}
		if text != "" && NotApplicable(text) {
			return Plain
		}
		return NoFit
	}
	switch parts := groups(text, '.', 9, 1, 9); {
	case 2 <= parts && parts <= 4:
		if _, err := manifest.ParsePrinted(text); err != nil {
			return Doubtful
		}
		if parts == 2 {
			return Unusual
		}
		return Plain
	case parts == 1 && 2 <= len(text) && len(text) <= 5:
		return BareNumber
	case text[len(text)-1] == ')' && productLabel().MatchString(text), tailOf(text) != nil:
		return Plain
	}
	return NoFit
}

func sizeQuality(text string) int {
	switch n := Digits(text); {
	case n == 0, n == len(text) && n > 12:
		return NoFit
	case n <= 3 && n == len(text):
		return Plain
	case n == len(text):
		return Unusual
	case grouped(text), isRounded(text):
		return Plain
	case groups(text, ',', len(text), 1, len(text)) > 1:
		return Doubtful
	case dotGrouped(text):
		return BareNumber
	case blankGrouped(text):
		return Doubtful
	}
	if number := bytesOf(text); number != text {
		if q := sizeQuality(number); q != Unusual {
			return q
		}
		return Plain
	}
	if text[len(text)-1] == ')' && bothWays().MatchString(text) {
		return Plain
	}
	return NoFit
}

// isRounded: a size in kilobytes, megabytes or gigabytes.
func isRounded(text string) bool { return endsIn(text, "KMGBkmgb") && rounded().MatchString(text) }

// bytesOf takes the word for bytes off a number.
func bytesOf(text string) string {
	if endsIn(text, "EeSsBb") {
		if m := byteWord().FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return text
}

// endsIn: the last byte of text is one of these. It spares the look at text that
// no pattern can match.
func endsIn(text, bytes string) bool {
	return text != "" && strings.IndexByte(bytes, text[len(text)-1]) >= 0
}

func dateQuality(text string) int {
	d, ok := parseDate(text)
	if ok && d.odd == "" && d.noYear {
		return Unusual
	}
	return trusted(ok, d.odd)
}

func timeQuality(text string) int {
	t, ok := parseTime(text)
	return trusted(ok, t.odd)
}

// trusted is the quality of what can be read, unless something about it is odd.
func trusted(ok bool, odd string) int {
	switch {
	case !ok:
		return NoFit
	case odd != "":
		return Doubtful
	}
	return Plain
}

func hashQuality(text string) int {
	if len(text) < 32 || len(text) > 128 || strings.Trim(strings.ToLower(text), "0123456789abcdef") != "" {
		return NoFit
	}
	return Plain
}

// Qualities says how well a text can be a cell of each kind up to Platform.
type Qualities [Platform + 1]int

// QualitiesOf gives the qualities of a text.
func QualitiesOf(text string) (q Qualities) {
	for k := range q {
		q[k] = Quality(Kind(k), text)
	}
	return q
}

// Odd says how well text can be a cell of kind k that does not look like one:
// under a heading that is known, in a row whose other cells are plain. Such a cell
// is kept as printed. last says that no column follows.
func Odd(k Kind, text string, last bool) int {
	q := QualitiesOf(text)
	return q.Odd(k, text, last)
}

// Odd is Odd of the text with these qualities.
func (q *Qualities) Odd(k Kind, text string, last bool) int {
	for other := range q {
		if q[other] != Plain || Kind(other) == k {
			continue
		}
		dots := Kind(other) == Version && k == Size && groups(text, '.', 3, 3, 3) > 1
		number := Kind(other) == Name && k == Version && Digits(text) > 0 // 6.0b3
		if !dots && !number && !(Kind(other) == Size && len(text) <= 3) {
			return NoFit
		}
	}
	words := strings.Fields(text)
	one := len(words) == 1 && strings.ContainsAny(text, "0123456789")
	switch {
	case k == Name && (remarked().MatchString(text) || shortName().MatchString(text)):
		return Doubtful
	case k == Version && markOf(text) != nil:
		return Doubtful
	case k == Size && groups(text, '.', 3, 3, 3) > 1:
		return Doubtful
	case k == Version && one, k == Size && one && Digits(text) > 0,
		k == Date && one && len(text) > 3, k == Time && one && len(text) <= 8:
		return Strange
	case k != Name && slices.ContainsFunc(words, func(w string) bool { return len(words) > 1 && Is(Name, w) }):
		return NoFit
	case (k == Size || k == Date) && len(words) == 1 && len(text) >= 3 && strings.TrimFunc(text, unicode.IsLetter) == "" &&
		!meridiemOrZone(text):
		return 2 * Strange // "varies", "TBD"
	case k == Platform && len(words) > 0 && len(text) <= 60 && !slices.ContainsFunc(words[1:], typed) &&
		startsWithLetter(words[0]) && !Meridiem(words[0]):
		return Strange + len(words) + 1
	case last && (k == Date || k == Time || k == Version) && len(text) <= 60 &&
		!(k != Version && slices.ContainsFunc(words, numberOnly)):
		return Strange + len(words) + 1
	}
	return NoFit
}

// shortName is a name as a directory listing prints it: EMSMTA   EXE.
var shortName = pattern.New(`^[A-Za-z0-9_~$-]{1,8} [A-Za-z0-9_]{2,3}$`)

// Remark takes the remark in parentheses off a cell: "Ntldr (Intel)".
func Remark(text string) (cell, remark string) {
	if !strings.HasSuffix(text, ")") {
		return text, ""
	}
	m := remarked().FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return text, ""
	}
	return m[1], m[2]
}

// meridiemOrZone are the words behind a time.
func meridiemOrZone(word string) bool {
	return Meridiem(word) || strings.EqualFold(word, "utc") || strings.EqualFold(word, "gmt")
}

// Meridiem are the words behind a time that are no platform: "6:52 PM" with an
// empty cell behind it.
func Meridiem(word string) bool {
	switch strings.ToLower(word) {
	case "am", "pm", "a.m.", "p.m.":
		return true
	}
	return false
}

// platformQuality: a processor, several of them, or up to three words of
// something else.
func platformQuality(text string) int {
	if text != "" && '0' <= text[0] && text[0] <= '9' {
		return NoFit
	}
	words := strings.Fields(text)
	switch {
	case len(words) == 0 || len(text) > 60, Meridiem(words[0]):
		return NoFit
	case NotApplicable(text):
		return Unusual
	case Processor(text), decorated(text) != "", several(words):
		return Plain
	case slices.ContainsFunc(words[1:], typed):
		return NoFit
	case (len(words) <= 3 || words[0] == "Windows") && len(text) > 1 && !strings.ContainsAny(text, `.,:;!?"\/`) &&
		startsWithLetter(words[0]), words[0] == "Windows" && windowsRelease().MatchString(text):
		return Strange + len(words)
	}
	return NoFit
}

// typed: a word that is plainly another cell, or a processor, behind which a
// platform may say more ("MIPS R3000"), and in front of which nothing.
func typed(word string) bool {
	return Processor(word) || Digits(word) > 0 && (Is(Date, word) || Is(Time, word) || grouped(word))
}

// numberOnly: a word of digits that is no date and no time.
func numberOnly(word string) bool {
	word = strings.Trim(word, "~()")
	return Digits(word) > 0 && !Is(Date, word) && !Is(Time, word)
}

func startsWithLetter(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLetter(r)
}

// windowsRelease stands for a platform in some tables: "Windows NT 4.0".
var windowsRelease = pattern.New(`^Windows(?: [A-Z][A-Za-z]*)? \d{1,2}\.\d{1,2}$`)

// Processor reports the name of one processor and nothing else.
func Processor(text string) bool { return manifest.ParsePlatform(text).Known() }

// several processors: "Intel and Alpha", "(x86 and Alpha)".
func several(words []string) bool {
	known := 0
	for _, w := range words {
		switch {
		case Processor(w):
			known++
		case !strings.EqualFold(w, "and") && w != "&" && w != "/":
			return false
		}
	}
	return known > 1
}

var processor = pattern.New(`(?i)\b(?:x86|x64|i386|ia-?64|amd64|alpha|arm64)\b`)

// mayNameProcessor is a quick look for processor.
func mayNameProcessor(text string) bool {
	return strings.Contains(text, "86") || strings.Contains(text, "64") || strings.Contains(strings.ToLower(text), "alpha")
}

// decorated finds the one processor in a cell that says more, as translations
// do: "מס' x86", "IA-64 (IA-64)". Two different ones, or words in Latin letters
// beside it, are no decoration.
func decorated(text string) manifest.Platform {
	if ASCII(text) && strings.IndexByte(text, '(') < 0 || !mayNameProcessor(text) {
		return ""
	}
	var found manifest.Platform
	for _, w := range processor().FindAllString(text, 4) {
		p := manifest.ParsePlatform(w)
		if found != "" && p != found {
			return ""
		}
		found = p
	}
	for _, r := range processor().ReplaceAllString(text, "") {
		if r < 0x80 && unicode.IsLetter(r) || unicode.IsDigit(r) {
			return ""
		}
	}
	return found
}
