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

// imported is an article that was read, by source line.
type imported struct {
	res             *kb.Result
	err             error
	files           map[int]manifest.File
	tableOf         map[int]int
	reported, noted map[int]bool // lines of findings that a strict import refuses, and of any
}

func (a *drawnArticle) read() *imported {
	in := &imported{files: map[int]manifest.File{}, tableOf: map[int]int{}, reported: map[int]bool{}, noted: map[int]bool{}}
	in.res, in.err = kb.Read(a.name, []byte(a.page.String()), kb.Options{})
	for _, f := range in.res.Findings {
		in.reported[f.Line] = in.reported[f.Line] || f.Strict
		in.noted[f.Line] = true
	}
	for i, lines := range in.res.Lines {
		for j, line := range lines {
			in.files[line] = a.comparable(in.res.Manifest.Tables[i].Files[j], in.noted[line])
			in.tableOf[line] = i
		}
	}
	return in
}

// comparable leaves out what stands beside a right reading: cells as printed
// where a finding says so or where they are a word for an empty cell, and the
// column in front that no value is read from.
func (a *drawnArticle) comparable(f manifest.File, noted bool) manifest.File {
	if f.Version.IsZero() && f.AsPrinted.Version == a.empty {
		f.AsPrinted.Version = ""
	}
	if strings.HasPrefix(f.Note, "SP requirement ") {
		f.Note = ""
	}
	if noted {
		f.AsPrinted = manifest.AsPrinted{}
	}
	return f
}

// check imports the article and counts the rows that are reported.
func (a *drawnArticle) check(t *testing.T) int {
	t.Helper()
	in := a.read()
	doubts, at := 0, 0
	for i := range a.tables {
		rows := a.tables[i].rows
		doubts += a.checkTable(t, in, rows, a.page.rows[at:at+len(rows)])
		at += len(rows)
	}
	for line, f := range in.files {
		if !in.reported[line] {
			t.Errorf("%s: line %d is no row, and was taken for %+v:\n%s", a.name, line, f, a.page.String())
		}
	}
	if in.err == nil {
		a.checkManifest(t, in.res, doubts)
	}
	return doubts
}

// checkTable compares the rows of one table, takes them out of in, and counts
// those that are reported. A row that is reported as lost may end the table.
func (a *drawnArticle) checkTable(t *testing.T, in *imported, rows []drawnRow, lines []int) int {
	t.Helper()
	doubts, first, lost := 0, -1, false
	for i, row := range rows {
		line := lines[i]
		file, taken := in.files[line]
		delete(in.files, line)
		if taken && first < 0 {
			first = in.tableOf[line]
		}
		lost = lost || !taken && in.noted[line]
		apart := taken && in.tableOf[line] != first && !lost
		diff := cmp.Diff(row.want, file, cmp.AllowUnexported(manifest.Printed{}, manifest.Size{}))
		if diff == "" && !apart {
			continue
		}
		if doubts++; !in.reported[line] && (taken || !in.noted[line]) {
			t.Errorf("%s: line %d is silently wrong (-printed +read), in a table of its own: %t, %v:\n%s\n%s\n%v",
				a.name, line, apart, in.err, diff, a.page.String(), in.res.Findings)
			return doubts
		}
	}
	return doubts
}

// checkManifest wants a manifest that loads again and, where no row is in
// doubt, has the tables that were drawn.
func (a *drawnArticle) checkManifest(t *testing.T, res *kb.Result, doubts int) {
	t.Helper()
	checkResult(t, res.Format, []byte(a.page.String()), res)
	if doubts > 0 {
		return
	}
	if len(res.Manifest.Tables) != len(a.tables) {
		t.Errorf("%s: %d tables, want %d\n%s", a.name, len(res.Manifest.Tables), len(a.tables), a.page.String())
	}
	if len(a.tables) > 1 {
		a.checkNames(t, res.Manifest)
	}
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
