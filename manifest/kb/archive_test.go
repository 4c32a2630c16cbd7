package kb_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/manifest/kb"
)

// figures count what the importer makes of many articles.
type figures struct {
	articles, accepted, tables, rows                 int
	strict, right, wrong, silent, reported           int // strict rows
	likely, lost, lostSilent, lostArticles           int // likely rows under a header or hotfix wording
	decoys                                           int // tables that the article does not say to install
	stated, unstated, disagree                       int // the product
	refused, refusedOrder                            int // by --strict; for the order of day and month or a.m. alone
	severalTables, badNames                          int // articles
	wrongs, silents, losts, products, names, refuses []string
}

// archived is one article of the archive.
type archived struct {
	id, kind string // kind: "table", "listing" or "none", as a person sorted it
	lines    []string
	res      *kb.Result
	err      error
}

// TestArchive measures the importer on the articles that KBVERIFY_CORPUS holds in
// its folder archive, by a reader of rows that shares nothing with it.
func TestArchive(t *testing.T) {
	corpus := os.Getenv("KBVERIFY_CORPUS")
	if corpus == "" {
		t.Skip("KBVERIFY_CORPUS does not name the articles")
	}
	names, err := filepath.Glob(filepath.Join(corpus, "archive", "*.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no articles in %s (%v)", corpus, err)
	}
	kinds := archiveKinds(t, corpus)
	var f figures
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		a := archived{id: strings.TrimSuffix(filepath.Base(name), ".md"), lines: strings.Split(string(data), "\n")}
		a.kind = kinds[a.id]
		a.res, a.err = kb.Read(name, data, kb.Options{})
		if a.err != nil && !errors.Is(a.err, kb.ErrNoTable) {
			t.Errorf("%s: %v", a.id, a.err)
		}
		f.count(&a)
	}
	f.report(t)
	const perMille = 10 // of the likely rows may be lost, each with its finding
	for what, n := range map[string]int{"wrong rows": f.wrong, "rows missed in silence": f.silent,
		"likely rows lost in silence": f.lostSilent, "lists that nobody installs": f.decoys,
		"products not stated, or others than the article states": f.unstated + f.disagree,
		"refusals for what changes no judgement":                 f.refusedOrder,
		"likely rows lost beyond the limit":                      max(0, f.lost-f.likely*perMille/1000),
		"tables named like a row or not at all":                  max(0, f.badNames-1)} { // one is named after a file, as its article does
		if n > 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}

// archiveKinds is the kind of each article of the archive.
func archiveKinds(t *testing.T, corpus string) map[string]string {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(corpus, "archive", "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for line := range strings.Lines(string(index)) {
		if cells := strings.Split(strings.TrimSpace(line), "\t"); len(cells) == 6 && cells[0] != "id" {
			kinds[cells[0]] = cells[5]
		}
	}
	return kinds
}

func (f *figures) count(a *archived) {
	f.articles++
	at := a.rowsByLine()
	found := map[int]bool{}
	for _, finding := range a.res.Findings {
		for line := finding.Line; line <= finding.Last; line++ { // one finding may stand for many lines
			found[line] = true
		}
	}
	if m := a.res.Manifest; m != nil {
		f.accepted++
		f.tables += len(m.Tables)
		for _, table := range m.Tables {
			f.rows += len(table.Files)
		}
		f.countProduct(a)
		f.countNames(a)
		f.countStrict(a)
	}
	lost := f.lost
	context := 0 // lines for which a header or hotfix wording still holds
	for i, raw := range a.lines {
		text := strings.TrimSpace(raw)
		place := fmt.Sprintf("%s:%d: %s", a.id, i+1, text)
		if row, ok := strictRow(text); ok && (context > 0 || len(at[i+1]) > 0 || a.kind == "table") {
			f.strict++
			switch why := row.against(at[i+1]); {
			case why == "":
				f.right++
			case len(at[i+1]) > 0:
				f.wrong++
				f.wrongs = append(f.wrongs, place+" -- "+why)
			case found[i+1]:
				f.reported++
			default:
				f.silent++
				f.silents = append(f.silents, place)
			}
		}
		switch {
		case headerLine(text), hotfixWords.MatchString(text):
			context = 60
		case strings.HasPrefix(text, "====") && i > 0 && !headerLine(a.lines[i-1]) && len(strings.TrimSpace(a.lines[i-1])) == len(text):
			context = 0 // the heading of a section
		case context > 0 && likelyRow(text):
			context = 60
			if a.kind == "listing" {
				continue // what a command prints
			}
			f.likely++
			if len(at[i+1]) == 0 {
				f.lost++
				mark := "reported"
				if !found[i+1] {
					f.lostSilent++
					mark = "SILENT"
				}
				f.losts = append(f.losts, mark+" "+place)
			}
		case context > 0:
			context--
		}
	}
	if f.lost > lost {
		f.lostArticles++
	}
}

// rowsByLine is the importer's rows by source line.
func (a *archived) rowsByLine() map[int][]*manifest.File {
	at := map[int][]*manifest.File{}
	if a.res.Manifest == nil {
		return at
	}
	for i := range a.res.Manifest.Tables {
		for j := range a.res.Manifest.Tables[i].Files {
			line := a.res.Lines[i][j]
			at[line] = append(at[line], &a.res.Manifest.Tables[i].Files[j])
		}
	}
	return at
}

// against says how a strict row differs from what the importer made of its line.
func (r strictCells) against(files []*manifest.File) string {
	why := "not taken"
	for _, f := range files {
		if why = r.difference(f); why == "" {
			return ""
		}
	}
	return why
}

func (r strictCells) difference(f *manifest.File) string {
	digits := func(s string) string {
		var parts []string
		for _, p := range regexp.MustCompile(`\d+`).FindAllString(s, -1) {
			n, _ := strconv.Atoi(p)
			parts = append(parts, strconv.Itoa(n))
		}
		return strings.Join(parts, ".")
	}
	if !strings.EqualFold(f.Name, r.name) {
		return "name " + f.Name
	}
	version := digits(f.Version.String())
	if f.AsPrinted.Version != "" {
		version = digits(f.AsPrinted.Version)
	}
	if r.version != "" && version != digits(r.version) {
		return "version " + f.Version.String() + " " + f.AsPrinted.Version
	}
	if r.version == "" && !f.Version.IsZero() {
		return "version " + f.Version.String()
	}
	size := strings.ReplaceAll(r.size, ",", "")
	n, exact := f.Size.Exact()
	if r.size != "" && (!exact || strconv.FormatInt(n, 10) != size) && strings.ReplaceAll(f.AsPrinted.Size, ",", "") != size {
		return fmt.Sprintf("size %s %s", f.Size.Text(), f.AsPrinted.Size)
	}
	if r.size == "" && !f.Size.IsZero() {
		return "size " + f.Size.Text()
	}
	if r.date != "" && !sameDay(r.date, f) {
		return "date " + f.Modified + " " + f.AsPrinted.Modified
	}
	if r.platform != "" && (f.Platform == "" || f.Platform != manifest.ParsePlatform(r.platform)) {
		return "platform " + string(f.Platform)
	}
	return ""
}

// sameDay: the day of the manifest is the printed one, in one of the two orders.
func sameDay(printed string, f *manifest.File) bool {
	if f.Modified == "" {
		return strings.Contains(f.AsPrinted.Modified, printed)
	}
	var got []int
	for _, p := range strings.SplitN(f.Modified[:10], "-", 3) {
		n, _ := strconv.Atoi(p)
		got = append(got, n)
	}
	var numbers []int
	for _, p := range regexp.MustCompile(`\d+`).FindAllString(printed, -1) {
		n, _ := strconv.Atoi(p)
		numbers = append(numbers, n)
	}
	year := numbers[len(numbers)-1]
	if year < 80 {
		year += 2000
	} else if year < 100 {
		year += 1900
	}
	if got[0] != year {
		return false
	}
	if len(numbers) == 2 {
		return got[2] == numbers[0]
	}
	return got[1] == numbers[0] && got[2] == numbers[1] || got[2] == numbers[0] && got[1] == numbers[1]
}

// Files that somebody is to have, and the marks of a list that nobody installs.
var (
	installs = regexp.MustCompile(`(?i)\b(?:installs|installed|contents of|contains? the\s+following(?:\s+\w+)?\s+(?:files|(?:sub)?directories)|` +
		`directory listing for|contained in)\b`)
	listing = regexp.MustCompile(`(?i)^\s*(?:Directory of|Volume (?:in drive|Serial)|\d+ File\(s\))|<DIR>|bytes free|> ?dir\b`)
)

// countStrict counts what --strict refuses, and tables that are no list of files
// to install.
func (f *figures) countStrict(a *archived) {
	if strict := strictOf(a.res); len(strict) > 0 {
		f.refused++
		order := true
		for _, s := range strict {
			judged := strings.Contains(s.Text, "a.m. nor p.m.") || strings.Contains(s.Text, "the day or the month") ||
				strings.Contains(s.Text, "the month first")
			order = order && judged
		}
		if order {
			f.refusedOrder++
		}
		f.refuses = append(f.refuses, fmt.Sprintf("%s: %s", a.id, strict[0]))
	}
	before := 0
	for t, lines := range a.res.Lines {
		first, last := lines[0], lines[len(lines)-1]
		near := a.lines[max(before, first-8):min(len(a.lines), last+3)]
		header := slices.ContainsFunc(a.lines[max(before, first-5):first], headerLine)
		listed := slices.ContainsFunc(near, listing.MatchString) && !installs.MatchString(strings.Join(a.lines[:first], "\n"))
		if a.kind != "table" || listed && !header {
			f.decoys++
			f.names = append(f.names, fmt.Sprintf("%s: DECOY table %d at line %d: %s", a.id, t, first, a.lines[first-1]))
		}
		before = last
	}
}

// countProduct holds the product against the line that states it.
func (f *figures) countProduct(a *archived) {
	stated := ""
	for _, l := range a.lines {
		if text, found := strings.CutPrefix(strings.TrimSpace(l), "Product(s):"); found {
			stated = strings.TrimSpace(text)
			break
		}
	}
	got := a.res.Manifest.Product
	switch {
	case strings.Contains(got, "not stated"):
		f.unstated++
	case !shareWord(stated, got):
		f.disagree++
	default:
		f.stated++
		return
	}
	f.products = append(f.products, fmt.Sprintf("%s: %q, stated %q", a.id, got, stated))
}

// shareWord: the words of the statement that name a product stand in the other text.
func shareWord(stated, got string) bool {
	for _, w := range strings.Fields(stated) {
		switch w {
		case "Microsoft", "for", "and", "Product", "Retail", "Home", "See", "article", "The":
			continue
		}
		if !strings.Contains(strings.ToLower(got), strings.ToLower(strings.TrimSuffix(w, ".x"))) {
			return false
		}
	}
	return true
}

var badName = regexp.MustCompile(`^(?:or|and|table|to|note|x|the)(?:-\d+)?$|[a-z)]-\d+$|\.(?:dll|exe|sys|DLL|EXE|SYS)$|\d,\d{3}|^.?$|\d:\d\d`)

// countNames looks at the names of several tables.
func (f *figures) countNames(a *archived) {
	m := a.res.Manifest
	if len(m.Tables) < 2 {
		return
	}
	f.severalTables++
	var all []string
	bad := false
	for _, table := range m.Tables {
		all = append(all, table.Name)
		bad = bad || badName.MatchString(table.Name) || len(table.Name) > 60
	}
	if bad {
		f.badNames++
		f.names = append(f.names, fmt.Sprintf("%s: NAMES %q", a.id, all))
	}
}

// report prints the figures; with KBVERIFY_ARCHIVE it also writes what stands
// behind them into that file.
func (f *figures) report(t *testing.T) {
	t.Logf("articles %d, accepted %d, tables %d, rows %d", f.articles, f.accepted, f.tables, f.rows)
	t.Logf("strict rows %d: right %d, wrong %d, missed in silence %d, missed with a finding %d",
		f.strict, f.right, f.wrong, f.silent, f.reported)
	t.Logf("likely rows under a header or hotfix wording %d: lost %d (in %d articles), in silence %d",
		f.likely, f.lost, f.lostArticles, f.lostSilent)
	t.Logf("decoys suspected %d", f.decoys)
	t.Logf("product: agrees %d, not stated %d, disagrees %d", f.stated, f.unstated, f.disagree)
	t.Logf("--strict refuses %d, %d of them for the order of dates or a.m. alone", f.refused, f.refusedOrder)
	t.Logf("articles with several tables %d, with a bad name %d", f.severalTables, f.badNames)
	name := os.Getenv("KBVERIFY_ARCHIVE")
	if name == "" {
		return
	}
	var b strings.Builder
	for _, list := range []struct {
		title string
		lines []string
	}{{"WRONG", f.wrongs}, {"SILENT", f.silents}, {"LOST", f.losts}, {"PRODUCT", f.products}, {"NAME", f.names}, {"STRICT", f.refuses}} {
		for _, l := range list.lines {
			fmt.Fprintf(&b, "%s %s\n", list.title, l)
		}
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
