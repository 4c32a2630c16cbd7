package kb_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifest/kb"
)

// drawnArticles is how many articles are drawn for each layout.
const drawnArticles = 60

// TestDrawnTables draws hotfixes, prints each in one layout between prose, log
// lines and lists of hashes, and imports the article. Every table comes back
// as it was drawn, or a finding that a strict import refuses stands on the line
// of the row that differs: never a wrong value in silence.
func TestDrawnTables(t *testing.T) {
	for _, form := range renderings {
		t.Run(form.name, func(t *testing.T) {
			rows, doubts := 0, 0
			for seed := range drawnArticles {
				a := drawArticle(form, uint64(seed))
				rows += len(a.page.rows)
				doubts += a.check(t)
				if t.Failed() {
					return
				}
			}
			t.Logf("%d rows, %d of them reported", rows, doubts)
			if doubts*form.certain() > rows {
				t.Errorf("%d of %d rows could not be read for sure", doubts, rows)
			}
		})
	}
}

// certain says of how many rows one may be reported. What runs together can
// often be parted in two ways: two rows of a table, sizes without commas, a
// size in front of a name that begins with a digit.
func (f *rendering) certain() int {
	switch f.name {
	case "run together":
		return 5
	case "run together without words":
		return 3
	case "bare box": // a row that begins with an empty cell has one pipe less
		return 20
	}
	return 50
}

// drawnArticle is an article and what it says.
type drawnArticle struct {
	name   string
	empty  string // the word for an empty cell
	page   page
	tables []drawnTable
}

func drawArticle(form rendering, seed uint64) *drawnArticle {
	h := fnv.New64()
	h.Write([]byte(form.name))
	r := rand.New(rand.NewPCG(seed, h.Sum64()))
	a := &drawnArticle{name: fmt.Sprintf("KB900099-%d.%s", seed, form.ext)}
	if form.ext == "csv" {
		a.page.WriteString("\ufeff")
	}
	s := drawStyle(r)
	columns := form.orders[r.IntN(len(form.orders))]
	if columns[0] == 'n' && r.IntN(6) == 0 {
		s.empty = "Qapla' yok" // of a language that nobody knows
	}
	if form.name == "platform headings" || form.name == "no header" {
		s = styles[0]
		s.date, s.time, s.commas = englishDates[r.IntN(5)], englishTimes[r.IntN(4)], true
	}
	a.empty, s.bare = s.empty, form.name != "bare box" && form.name != "no header"
	for i := range 1 + r.IntN(3) {
		t := drawTable(r, columns, s, 1+r.IntN(3)*r.IntN(8))
		if form.fills {
			t.fill(s)
		}
		if form.ext != "csv" {
			a.around(r, form, i)
		}
		form.table(r, &a.page, s, &t)
		a.page.WriteString("\n")
		a.tables = append(a.tables, t)
	}
	if form.ext != "csv" {
		a.around(r, form, 9)
	}
	return a
}

// fill prints the article's word in cells that are empty.
func (t *drawnTable) fill(s style) {
	for _, row := range t.rows {
		for c, text := range row.cells {
			if text == "" {
				row.cells[c] = s.empty
			}
		}
	}
}

// around writes what stands between the tables of articles: none of it is a
// row.
func (a *drawnArticle) around(r *rand.Rand, form rendering, i int) {
	open, end := "", "\n"
	if form.ext == "html" {
		open, end = "<p>", "</p>\n"
	}
	for range r.IntN(3) {
		a.page.WriteString(open + surroundings[r.IntN(len(surroundings))] + end + "\n")
	}
	if form.ext == "md" && r.IntN(3) == 0 {
		a.page.WriteString("| File name | SHA256 hash |\n|---|---|\n| Widget.exe | " + strings.Repeat("0a1b2c3d", 8) + " |\n\n")
	}
	if i < 9 {
		a.page.WriteString(fmt.Sprintf("%sService Pack %d has the following file attributes or later:%s\n", open, i+1, end))
	}
}

var surroundings = []string{
	"To resolve this problem, install Widget.exe, which has a modified date of 18-Jan-2002 and is 454,000 bytes large.",
	"12/04/98 10:23:11 AM  Starting the thread of CliEx32.dll with the argument 4711 failed with error 5.",
	"Client32.nlm file (dated 9/23/96 or later)",
	"On 4/1/99, Skipinv.exe allows the client to skip the inventory.",
	"* The version of Widget.dll must be 4.0.6487.2000 or later.",
	"Smsexec.log: 2.0.1493.3000 started at 10:15 on 3/1/2000",
	"Note Because of file dependencies, the most recent fix may contain further files.",
	"This hotfix requires KB900001, released on 01-Feb-2010 at 13:40.",
}

// check imports the article and counts the rows that are reported.
func (a *drawnArticle) check(t *testing.T) int {
	t.Helper()
	text := a.page.String()
	res, err := kb.Read(a.name, []byte(text), kb.Options{})
	reported, noted := map[int]bool{}, map[int]bool{}
	for _, f := range res.Findings {
		reported[f.Line] = reported[f.Line] || f.Strict
		noted[f.Line] = true
	}
	got := map[int]manifest.File{}
	tableOf := map[int]int{}
	for i, lines := range res.Lines {
		for j, line := range lines {
			got[line] = res.Manifest.Tables[i].Files[j]
			tableOf[line] = i
		}
	}
	doubts, at := 0, 0
	for i := range a.tables {
		first, lost := -1, false // the table that the rows are in
		for _, row := range a.tables[i].rows {
			line := a.page.rows[at]
			at++
			_, taken := got[line]
			if f := got[line]; f.Version.IsZero() && f.AsPrinted.Version == a.empty { // shown, not compared
				f.AsPrinted.Version = ""
				got[line] = f
			}
			if f := got[line]; strings.HasPrefix(f.Note, "SP requirement ") {
				f.Note = ""
				got[line] = f
			}
			if f := got[line]; noted[line] { // what stands beside a right reading is no difference
				f.AsPrinted = manifest.AsPrinted{}
				got[line] = f
			}
			diff := cmp.Diff(row.want, got[line], cmp.AllowUnexported(manifest.Printed{}, manifest.Size{}))
			if taken && first < 0 {
				first = tableOf[line]
			}
			lost = lost || !taken && noted[line]
			apart := taken && tableOf[line] != first && !lost // a row that is reported as lost may end the table
			if diff != "" || apart {
				doubts++
			}
			if (diff != "" || apart) && !reported[line] && (taken || !noted[line]) {
				t.Errorf("%s: line %d is silently wrong (-printed +read), in a table of its own: %t, %v:\n%s\n%s\n%v", a.name, line, apart, err, diff, text, res.Findings)
				return doubts
			}
			delete(got, line)
		}
	}
	for line, f := range got {
		if !reported[line] {
			t.Errorf("%s: line %d is no row, and was taken for %+v:\n%s", a.name, line, f, text)
		}
	}
	if err == nil {
		checkResult(t, res.Format, []byte(text), res)
		if doubts == 0 && len(res.Manifest.Tables) != len(a.tables) {
			t.Errorf("%s: %d tables, want %d\n%s", a.name, len(res.Manifest.Tables), len(a.tables), text)
		}
		if doubts == 0 && len(a.tables) > 1 {
			a.checkNames(t, res.Manifest)
		}
	}
	return doubts
}

// checkNames wants every table under the name that the text above it gives.
func (a *drawnArticle) checkNames(t *testing.T, m *manifest.Manifest) {
	t.Helper()
	for i, table := range m.Tables {
		if want := fmt.Sprintf("SP%d", i+1); !strings.HasSuffix(a.name, ".csv") && table.Name != want {
			t.Errorf("%s: table %d has the name %q, want %q\n%s", a.name, i, table.Name, want, a.page.String())
		}
	}
}
