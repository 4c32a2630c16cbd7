package kb_test

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kbverify/manifest/kb"
)

// breaks are what may be wrong with one row of an article, or with the header over
// it. They change the row at line i.
var breaks = []struct {
	name string
	do   func(r *rand.Rand, lines []string, i int) []string
}{
	{"words behind the row", func(r *rand.Rand, lines []string, i int) []string {
		return slices.Insert(lines, i+1, strings.Repeat(" ", r.IntN(60))+oneOf(r, "(retail)", "of the Widget, and", "Second Edition",
			"English version:", "Server files", "and later", "NOTE: see below", "Windows NT 4.0", "(debug)", "-----"))
	}},
	{"an empty line behind the row", func(_ *rand.Rand, lines []string, i int) []string { return slices.Insert(lines, i+1, "") }},
	{"no header", func(_ *rand.Rand, lines []string, i int) []string {
		if at := headerOver(lines, i); at >= 0 {
			return slices.Delete(lines, at, at+1)
		}
		return lines
	}},
	{"a heading more", behindHeader("   Branch")},
	{"a remark behind the headings", behindHeader(" (Intel)")},
	{"a heading that is not known", func(r *rand.Rand, lines []string, i int) []string {
		if at := headerOver(lines, i); at >= 0 {
			change(lines, at, r, "Foo")
		}
		return lines
	}},
	{"headings in two lines", func(r *rand.Rand, lines []string, i int) []string {
		if at := headerOver(lines, i); at >= 0 {
			return slices.Insert(lines, at+1, strings.Repeat(" ", 20+r.IntN(30))+"(bytes)")
		}
		return lines
	}},
	{"a title behind the row", func(r *rand.Rand, lines []string, i int) []string {
		return slices.Insert(lines, i+1, "", oneOf(r, "Windows NT 4.0", "  x86 version", "For Windows 98:", "SP2"), "")
	}},
	{"a footnote", func(_ *rand.Rand, lines []string, i int) []string { lines[i] += " *"; return lines }},
	{"a row in two lines", func(_ *rand.Rand, lines []string, i int) []string {
		words := strings.Fields(lines[i])
		last := words[len(words)-1]
		at := strings.LastIndex(lines[i], last)
		return slices.Replace(lines, i, i+1, lines[i][:at], "      "+last)
	}},
	{"an odd cell", func(r *rand.Rand, lines []string, i int) []string {
		return change(lines, i, r, oneOf(r, "R.5.3", "unknown", "12/??/1999", "n.a.", "28851b", "1.2.x", "29-Febr-2000", "5.00.2195.12a"))
	}},
	{"a cell more", func(r *rand.Rand, lines []string, i int) []string {
		words := strings.Fields(lines[i])
		w := words[r.IntN(len(words))]
		lines[i] = strings.Replace(lines[i], w, w+"  "+oneOf(r, "SP5", "USA", "0x1234", "-a--", "*", "rev.B", "(English)", "5.5"), 1)
		return lines
	}},
	{"a cell less", func(r *rand.Rand, lines []string, i int) []string { return change(lines, i, r, "  ") }},
	{"single blanks", func(_ *rand.Rand, lines []string, i int) []string {
		for j := range lines {
			if likelyRow(lines[j]) {
				lines[j] = strings.Join(strings.Fields(lines[j]), " ")
			}
		}
		return lines
	}},
}

// behindHeader sets words behind the header.
func behindHeader(words string) func(*rand.Rand, []string, int) []string {
	return func(_ *rand.Rand, lines []string, i int) []string {
		if at := headerOver(lines, i); at >= 0 {
			lines[at] += words
		}
		return lines
	}
}

func oneOf(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }

// change puts another word into the place of one.
func change(lines []string, i int, r *rand.Rand, to string) []string {
	words := slices.DeleteFunc(strings.Fields(lines[i]), func(w string) bool { return w == "|" })
	lines[i] = strings.Replace(lines[i], words[r.IntN(len(words))], to, 1)
	return lines
}

// headerOver is the line of the header over line i, -1 where there is none near.
func headerOver(lines []string, i int) int {
	for at := i - 1; at >= max(0, i-12); at-- {
		if headerLine(strings.TrimSpace(lines[at])) {
			return at
		}
	}
	return -1
}

// TestBrokenArchive breaks one row of each article of the archive, or the header
// over it: what is lost then is reported, and no other row is read wrongly.
func TestBrokenArchive(t *testing.T) {
	corpus := os.Getenv("KBVERIFY_CORPUS")
	if corpus == "" {
		t.Skip("KBVERIFY_CORPUS does not name the articles")
	}
	kinds := archiveKinds(t, corpus)
	r := rand.New(rand.NewPCG(1, 1))
	broken := make([]figures, len(breaks))
	for n, id := range slices.Sorted(maps.Keys(kinds)) {
		data, err := os.ReadFile(filepath.Join(corpus, "archive", id+".md"))
		if err != nil {
			t.Fatal(err)
		}
		a := archived{id: id, kind: kinds[id], lines: strings.Split(string(data), "\n")}
		rows := announcedRows(a.lines)
		if a.kind != "table" || len(rows) == 0 {
			continue
		}
		which := n % len(breaks)
		a.lines = breaks[which].do(r, a.lines, rows[r.IntN(len(rows))])
		a.res, _ = kb.Read(a.id+".md", []byte(strings.Join(a.lines, "\n")), kb.Options{ID: "KB900001"})
		broken[which].count(&a)
	}
	for i := range broken {
		f := &broken[i]
		t.Logf("%s: articles %d, strict rows %d, wrong %d, in silence %d; likely %d, lost %d, in silence %d",
			breaks[i].name, f.articles, f.strict, f.wrong, f.silent, f.likely, f.lost, f.lostSilent)
		for _, l := range slices.Concat(f.wrongs, f.silents, f.losts) {
			colonless := strings.Contains(l, "  1815  ") // a time that the strict reader takes for a size
			if !strings.HasPrefix(l, "reported ") && !colonless {
				t.Errorf("%s: %s", breaks[i].name, l)
			}
		}
	}
}

// announcedRows are the lines of likely rows under a header or hotfix wording.
func announcedRows(lines []string) (rows []int) {
	const context = 30
	left := 0
	for i, l := range lines {
		if l = strings.TrimSpace(l); headerLine(l) || hotfixWords.MatchString(l) {
			left = context
		} else if left > 0 && likelyRow(l) {
			rows = append(rows, i)
		}
		left--
	}
	return rows
}
