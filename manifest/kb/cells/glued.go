package cells

import (
	"strings"
	"unicode/utf8"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// A row whose columns run together can be split in many ways. All of them are
// listed, within these caps; agreement.go lets the table choose.
const (
	maxReadings  = 64      // of one row: five places for each of two borders between numbers, twice
	maxLineSteps = 4_000   // of one row; a real one takes some hundred
	maxSteps     = 500_000 // of one article: some thousand rows, or seconds of anything else
)

// reading is one way to split a row that runs together.
type reading struct {
	cells values.Cells
	cost  int
	odd   bool // its platform is none that is known
	cut   bool // the caps ended the list of readings: there may be others
}

// gluedOrders are the orders in which columns run together without a header.
var gluedOrders = [][]values.Kind{
	{values.Name, values.Version, values.Size, values.Date, values.Time, values.Platform},
	{values.Date, values.Time, values.Version, values.Size, values.Name, values.Platform},
	{values.Name, values.Version, values.Size, values.Date, values.Time},
	{values.Name, values.Version, values.Date, values.Time, values.Size, values.Platform},
}

// gluedOrder finds the order of columns that run together from line i on: it
// must fit the first line and the next one that is not empty.
func (r *reader) gluedOrder(i int) []headings.Column {
	text := r.page[i].Text
	if r.budget <= 0 || strings.Count(text, " ") > 4 || strings.IndexByte(text, ':') < 0 || len(text) > 300 ||
		r.page[i].Cells != nil {
		return nil
	}
	next := r.page.says(i+1, i+4)
	own := r.learn(i)
	for _, order := range gluedOrders {
		var cols []headings.Column
		for _, k := range order {
			cols = append(cols, headings.Column{Kind: k})
		}
		if len(r.split(i, cols, own)) > 0 && next < len(r.page) && len(r.split(next, cols, own)) > 0 {
			return cols
		}
	}
	return nil
}

// splitter lists the readings of one row.
type splitter struct {
	cols    []headings.Column
	own     emptyWords
	steps   int
	limit   int // cost beyond which no reading is listed
	out     []reading
	current reading
	cut     bool
}

// limits are the costs up to which readings are listed, one after the other
// until there are some: those with cells that are plainly what they are, those
// with one empty cell or an odd one, and all others.
var limits = []int{3 * values.Unusual, values.Empty + 3*values.Unusual, 10 * values.Empty}

// split lists the ways in which line i fills the columns in their order without
// anything between the cells, as long as the article has steps left for that;
// where they end is reported.
func (r *reader) split(i int, cols []headings.Column, own emptyWords) []reading {
	text := r.page[i].Text
	if r.budget <= 0 || len(text) > lines.LongestRow {
		return nil
	}
	s := &splitter{cols: cols, own: own, steps: min(maxLineSteps, r.budget)}
	before := s.steps
	for _, s.limit = range limits {
		if s.walk(text, 0); len(s.out) > 0 {
			break
		}
	}
	for i := range s.out {
		s.out[i].cut = s.cut
	}
	if r.budget -= max(before-s.steps, len(text)/16); r.budget <= 0 {
		r.fs.Add(r.page[i].No, findings.NotTaken, true,
			"from here on no row that runs together is read: there are too many ways to split those above")
	}
	return s.out
}

func (s *splitter) walk(rest string, c int) {
	s.steps--
	if s.current.cost > s.limit {
		return
	}
	if s.steps <= 0 || len(s.out) >= maxReadings {
		s.cut = true
		return
	}
	rest = strings.TrimLeft(rest, " |")
	if c == len(s.cols) {
		if rest == "" && s.current.cells.Enough() {
			s.out = append(s.out, s.current)
		}
		return
	}
	k := s.cols[c].Kind
	saved := s.current
	ends := s.ends(k, rest, c == len(s.cols)-1)
	s.steps -= len(rest) / 16 // what it took to look for them
	for _, end := range ends {
		s.current.cells[k] = strings.TrimSpace(rest[:end.n])
		s.current.cost += end.cost
		s.current.odd = s.current.odd || k == values.Platform && end.cost >= values.Strange
		s.walk(rest[end.n:], c+1)
		s.current = saved
	}
	if k != values.Name && k != values.Date {
		s.current.cost += values.Empty
		s.walk(rest, c+1)
		s.current = saved
	}
}

// end is a place where a cell can end, and what it costs to end it there.
type end struct{ n, cost int }

func (s *splitter) ends(k values.Kind, rest string, last bool) []end {
	switch k {
	case values.Name:
		return nameEnds(rest)
	case values.Version:
		return append(numberEnds(k, rest, "."), s.emptyEnds(rest)...)
	case values.Size:
		return numberEnds(k, rest, ",.KMGBkmgbytes ")
	case values.Date:
		return momentEnds(k, rest, 24)
	case values.Time:
		return momentEnds(k, rest, 13)
	case values.Platform:
		return s.platformEnds(rest, last)
	}
	if last && rest != "" {
		return []end{{len(rest), values.Unusual}}
	}
	return nil
}

// nameEnds: behind every dot, an extension of up to eight characters with a
// letter in it; and names without an extension, which end where a number begins,
// before the first dot: "Tool2" in front of a version.
func nameEnds(rest string) []end {
	const longestBare = 40
	var out []end
	dot := strings.IndexByte(rest, '.')
	for i := 2; i < dot && i <= longestBare; i++ {
		if values.Digits(rest[i:i+1]) > 0 && values.Quality(values.Name, rest[:i]) == values.NoExtension {
			out = append(out, end{i, values.NoExtension})
		}
	}
	for i := 1; i < len(rest) && i < 255 && rest[i] != ' '; i++ {
		letter := false
		for n := 1; rest[i] == '.' && n <= 8 && i+n < len(rest) && values.IsExtension(rune(rest[i+n])); n++ {
			letter = letter || rest[i+n] > '9'
			if !letter || !values.Is(values.Name, rest[:i+n+1]) {
				continue
			}
			cost := values.Unusual
			if usualExtension().MatchString(rest[i+1 : i+n+1]) {
				cost = values.Plain
			}
			out = append(out, end{i + n + 1, cost})
		}
	}
	return out
}

var usualExtension = pattern.New(`^(?i)(?:exe|dll|sys|msi|msp|cab|xml|mof|ini|inf|cat|mum|sql|ocx|manifest|mui|txt|` +
	`rll|tlb|cpl|drv|vxd|hlp|chm|htm|js|vbs|asp|mfl|man|adm|admx|adml|ax|cfg|com|dat|map|mod|rul|sdb|xsl|rtf|msm|` +
	`config|winmd|pdb|lib|h|zip)$`)

// roundedGroups are sizes in words whose groups have three digits.
var roundedGroups = pattern.New(`^(?i)(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,3})? ?(?:[KMG]B?|b|bytes?)$`)

// numberEnds: every prefix that is plainly a cell of the kind.
func numberEnds(k values.Kind, rest, marks string) []end {
	var out []end
	for n := 1; n <= len(rest) && n <= 24; n++ {
		c := rest[n-1]
		if (c < '0' || c > '9') && strings.IndexByte(marks, c) < 0 {
			break
		}
		if k == values.Size && n > 1 && rest[0] == '0' {
			break // no size has a zero in front
		}
		if k == values.Size && strings.IndexByte(marks[2:], c) >= 0 && !roundedGroups().MatchString(rest[:n]) {
			continue
		}
		if c != ' ' && sure(k, rest[:n]) {
			out = append(out, end{n, values.Plain})
		}
	}
	return out
}

func momentEnds(k values.Kind, rest string, longest int) []end {
	var out []end
	for n := 4; n <= len(rest) && n <= longest; n++ {
		if ends(rest, n) && rest[n-1] != ' ' && values.Is(k, rest[:n]) {
			out = append(out, end{n, values.Plain})
		}
	}
	return out
}

// ends: a letter ends at n.
func ends(text string, n int) bool { return n == len(text) || utf8.RuneStart(text[n]) }

// emptyEnds: a word for "not applicable", known or the table's own.
func (s *splitter) emptyEnds(rest string) []end {
	var out []end
	const longest = 60
	for n := 1; n <= len(rest) && n <= longest; n++ {
		if f := values.Fold(rest[:n]); ends(rest, n) && f != "" && (values.NotApplicable(f) || s.own[f]) {
			out = append(out, end{n, values.Plain})
		}
	}
	return out
}

func (s *splitter) platformEnds(rest string, last bool) []end {
	out := s.emptyEnds(rest)
	if last {
		q := values.Quality(values.Platform, rest)
		if q >= values.Strange && s.cols[max(0, len(s.cols)-2)].Kind == values.Name {
			q += values.Empty // rather the end of the name in front
		}
		if q != values.NoFit && q <= values.Empty+values.Strange+1 && !s.own[values.Fold(rest)] {
			out = append(out, end{len(rest), q})
		}
		return out
	}
	for n := 1; n <= len(rest) && n <= 12; n++ {
		if values.Processor(rest[:n]) {
			out = append(out, end{n, values.Plain})
		}
	}
	return out
}
