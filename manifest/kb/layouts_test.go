package kb_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifest/kb"
	"kbverify/manifest/kb/findings"
	"kbverify/manifests"
)

// printedRow is what an article prints for one file: name, version, size,
// date, time, platform.
type printedRow [6]string

var printedHeader = printedRow{"File name", "File version", "File size", "Date", "Time", "Platform"}

// layouts print one table in the forms in which tables circulate. na stands
// where the form prints a word for an empty cell.
var layouts = map[string]func(rows []printedRow) string{
	"aligned": func(rows []printedRow) string {
		var b strings.Builder
		for _, r := range append([]printedRow{printedHeader}, rows...) {
			fmt.Fprintf(&b, "  %-12s%-7s%-17s%12s  %s  %s\n", r[3], r[4], r[1], r[2], r[0], r[5])
		}
		return b.String()
	},
	"aligned, with words that are not known": func(rows []printedRow) string {
		b := "  Qapl   Qaplver   Qaplsiz   Qapldat   Qapltim   Qaplpl\n  ------------------\n"
		for _, r := range filled(rows, "Qapla yok") {
			b += "  " + strings.Join(r[:], "   ") + "\n"
		}
		return b
	},
	"one blank": func(rows []printedRow) string {
		var b strings.Builder
		for _, r := range append([]printedRow{printedHeader}, rows...) {
			fmt.Fprintln(&b, strings.Join(strings.Fields(strings.Join([]string{r[3], r[4], r[2], r[0], r[5], r[1]}, " ")), " "))
		}
		return b.String()
	},
	"pipes": func(rows []printedRow) string {
		b := "|" + strings.Join(printedHeader[:], "|") + "|\n|---|---|---|---|---|---|\n"
		for _, r := range filled(rows, "Not applicable") {
			b += "|" + strings.NewReplacer("_", `\_`).Replace(strings.Join(r[:], "|")) + "|\n"
		}
		return b + "|||||||\n"
	},
	"HTML": func(rows []printedRow) string {
		b := "<html><table>"
		for _, r := range append([]printedRow{printedHeader}, filled(rows, "Nicht zutreffend")...) {
			b += "<tr>"
			for _, c := range r {
				b += "<td>" + html.EscapeString(c) + "</td>"
			}
			b += "</tr>\n"
		}
		return b + "</table></html>"
	},
	"CSV": func(rows []printedRow) string {
		var b strings.Builder
		w := csv.NewWriter(&b)
		for _, r := range append([]printedRow{printedHeader}, filled(rows, "n/a")...) {
			_ = w.Write(r[:]) // into memory
		}
		w.Flush()
		return b.String()
	},
	"paste": func(rows []printedRow) string {
		b := ""
		for _, r := range append([]printedRow{printedHeader}, filled(rows, "不适用")...) {
			b += strings.Join(r[:], "\t") + "\n"
		}
		return b
	},
	"one cell a line": func(rows []printedRow) string {
		b := ""
		for _, r := range append([]printedRow{printedHeader}, filled(rows, "Ej tillämplig")...) {
			b += strings.Join(r[:], "\n\n") + "\n\n"
		}
		return b
	},
	"without line breaks": func(rows []printedRow) string {
		b := "Symptoms What is seen and what can be done about it is said in these words. Date Time Version Size File name Platform -------------------------"
		for _, r := range rows {
			b += " " + strings.Join(strings.Fields(strings.Join([]string{r[3], r[4], r[1], r[2], r[0], r[5]}, " ")), " ")
		}
		return b + " NOTE: Other words follow, and they are of 2001. Status This is said in many words."
	},
	"records": func(rows []printedRow) string {
		b := ""
		for _, r := range filled(rows, "Not applicable") {
			for i, c := range r {
				b += "| " + printedHeader[i] + "|" + c + "|\n"
			}
			b += "| |\n"
		}
		return b
	},
	"run together": func(rows []printedRow) string {
		b := ""
		for _, r := range append([]printedRow{printedHeader}, filled(rows, "Not applicable")...) {
			b += strings.Join(r[:], "") + "\n"
		}
		return b
	},
	"run together without known words": func(rows []printedRow) string {
		b := "QaplaVersQapla\n"
		for _, r := range filled(rows, "Qapla' yok") {
			b += strings.Join(r[:], "") + "\n"
		}
		return b
	},
}

// filled prints a word where version or platform is empty.
func filled(rows []printedRow, na string) []printedRow {
	var out []printedRow
	for _, r := range rows {
		for _, i := range []int{1, 5} {
			if r[i] == "" {
				r[i] = na
			}
		}
		out = append(out, r)
	}
	return out
}

// TestEveryTableInEveryLayout prints the tables of the catalogue in every
// layout and imports them. Each row comes back, or a strict finding says that
// its line could be read in two ways: never silently wrong.
func TestEveryTableInEveryLayout(t *testing.T) {
	rows, doubts := map[string]int{}, map[string]int{}
	for _, file := range embedded(t) {
		data, err := manifests.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Parse(file, data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Tables {
			want, printed := printable(&m.Tables[i])
			if len(want) == 0 {
				continue
			}
			for name, layout := range layouts {
				rows[name] += len(want)
				doubts[name] += comesBack(t, file+" "+m.Tables[i].Name+" as "+name, layout(printed), want)
			}
		}
	}
	for name := range layouts {
		t.Logf("%s: %d rows, %d of them reported", name, rows[name], doubts[name])
		if doubts[name]*20 > rows[name] {
			t.Errorf("%s: %d of %d rows could not be read for sure", name, doubts[name], rows[name])
		}
	}
}

// printable gives the rows of a table that every layout can print: with a size
// in bytes, a date and a time.
func printable(table *manifest.Table) (want []manifest.File, printed []printedRow) {
	for _, f := range table.Files {
		size, exact := f.Size.Exact()
		modified, err := time.Parse("2006-01-02T15:04", f.Modified)
		if !exact || err != nil || f.AsPrinted != (manifest.AsPrinted{}) || !f.Platform.Known() && f.Platform != "" || !strings.Contains(f.Name, ".") {
			continue
		}
		f.Pattern, f.Note = "", ""
		want = append(want, f)
		printed = append(printed, printedRow{f.Name, f.Version.String(), manifest.Commas(size), modified.Format("02-Jan-2006"), modified.Format("15:04"), string(f.Platform)})
	}
	return want, printed
}

// reported: a line that looks like a row was not taken, and the findings say so.
func reported(res *kb.Result) bool {
	return slices.ContainsFunc(res.Findings, func(f kb.Finding) bool { return f.Kind == findings.NotTaken })
}

// comesBack imports an article and counts the rows that differ and are reported.
func comesBack(t *testing.T, name, article string, want []manifest.File) int {
	t.Helper()
	res, err := kb.Read("article.txt", []byte(article), kb.Options{ID: "KB900099"})
	if missing := want; reported(res) {
		if err == nil {
			missing = want[len(res.Manifest.Tables[0].Files):]
		}
		return len(missing)
	}
	if err != nil {
		t.Errorf("%s: %v\n%s", name, err, article)
		return 0
	}
	if len(res.Manifest.Tables) != 1 || len(res.Manifest.Tables[0].Files) != len(want) {
		t.Errorf("%s: %d tables, %d rows in the first, want %d rows\n%s", name, len(res.Manifest.Tables), len(res.Manifest.Tables[0].Files), len(want), article)
		return 0
	}
	strict := map[int]bool{}
	for _, f := range strictOf(res) {
		strict[f.Line] = true
	}
	doubts := 0
	for i, got := range res.Manifest.Tables[0].Files {
		diff := cmp.Diff(want[i], got, cmp.AllowUnexported(manifest.Printed{}, manifest.Size{}))
		if diff == "" {
			continue
		}
		if doubts++; !strict[res.Lines[0][i]] {
			t.Errorf("%s: silently wrong (-printed +read):\n%s", name, diff)
		}
	}
	return doubts
}
