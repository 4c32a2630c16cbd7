package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// All batches of a long grid stand in the columns of the first.
func TestGridOfManyRows(t *testing.T) {
	var rows [][]string
	for i := range 3*batch + 1 {
		rows = append(rows, []string{fmt.Sprint(i), "x\nlong second line", "end"})
	}
	rows[len(rows)-1][0] = "a very wide cell in the last batch"
	var b bytes.Buffer
	if err := Grid(&b, []string{"N", "TEXT", "END"}, rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 1+2*len(rows) {
		t.Fatalf("%d lines for %d rows", len(lines), len(rows))
	}
	at := strings.Index(lines[0], "END")
	for i, line := range lines[1:] {
		if i%2 == 0 && (len(line) < at || line[at:] != "end") {
			t.Fatalf("line %d: %q, want the last column at %d", i, line, at)
		}
	}
}

func TestGridWithoutRows(t *testing.T) {
	var b bytes.Buffer
	if err := Grid(&b, []string{"A", "B"}, nil); err != nil || b.String() != "  A  B\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// manyCopies is a root with n stale copies of one name.
func manyCopies(n int) *result.Result {
	row := result.RowResult{Name: "Ccm.dll", Version: printed("2.0.1380.1125"), Verdict: result.Older}
	for i := range n {
		row.Copies = append(row.Copies, result.CopyResult{Path: fmt.Sprintf("%d/Ccm.dll", i), Version: printed("2.0.1380.1000"), Size: 1, Verdict: result.Older})
	}
	return &result.Result{Roots: []result.RootResult{{Root: "root", Tables: []result.TableResult{{Hotfix: "Q252717", State: result.NotInstalled, Rows: []result.RowResult{row}}}}}}
}

func TestManyCopiesAreCutShort(t *testing.T) {
	var short, long bytes.Buffer
	r := manyCopies(maxItems + 1000)
	if err := Write(&short, Table, r, Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(short.String(), "older"); n != maxItems || !strings.Contains(short.String(), "and 1,000 files more; -v lists them all") {
		t.Errorf("%d of %d rows, ending %q", n, maxItems, short.String()[short.Len()-200:])
	}
	if err := Write(&long, Table, r, Options{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(long.String(), "older"); n != maxItems+1000 {
		t.Errorf("with -v %d rows", n)
	}
}

// BenchmarkManyCopies shows what memory a table with 100,000 rows takes.
func BenchmarkManyCopies(b *testing.B) {
	r := manyCopies(100_000)
	for b.Loop() {
		var out bytes.Buffer
		if err := Write(&out, Table, r, Options{Verbose: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// Where thousands of recorded files are gone, what was changed and added is still seen.
func TestSomeOfEachVerdict(t *testing.T) {
	table := result.TableResult{Hotfix: "gold", State: result.Partial, Match: manifest.Exactly}
	add := func(v result.Verdict, n int) {
		for i := range n {
			row := result.RowResult{Name: fmt.Sprintf("%s%04d.ini", v, i), Verdict: v}
			if v != result.Missing {
				row.Copies = []result.CopyResult{{Path: row.Name, Verdict: v}}
			}
			table.Rows = append(table.Rows, row)
		}
	}
	add(result.Missing, 3000)
	add(result.Changed, 1)
	add(result.Extra, maxAlike+1)
	for _, tt := range []struct {
		verbose bool
		want    []string
		lines   int
	}{
		{false, []string{"missing0009.ini", "changed0000.ini", "extra0009.ini", "and 2,991 files more; -v lists them all"}, 2*maxAlike + 1},
		{true, []string{"missing2999.ini", "changed0000.ini", "extra0010.ini"}, 3000 + maxAlike + 2},
	} {
		var b bytes.Buffer
		report := &result.Result{Roots: []result.RootResult{{Root: "r", Tables: []result.TableResult{table}}}}
		if err := Write(&b, Table, report, Options{Width: 200, Verbose: tt.verbose}); err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("verbose %v: no %q", tt.verbose, want)
			}
		}
		if n := strings.Count(b.String(), ".ini"); n < tt.lines || n > 2*tt.lines {
			t.Errorf("verbose %v: %d names", tt.verbose, n)
		}
	}
}

// That the whole is of another version is said in one line, not of every file.
func TestAnotherVersionInOneLine(t *testing.T) {
	table := result.TableResult{Hotfix: "gold", State: result.Partial, Match: manifest.Exactly,
		Reason: result.Why{{Kind: result.OtherVersionOfAll, Count: 3000, Of: 3001}}}
	for i := range 3000 {
		name := fmt.Sprintf("a%04d.dll", i)
		table.Rows = append(table.Rows, result.RowResult{Name: name, Verdict: result.Changed,
			Copies: []result.CopyResult{{Path: name, Verdict: result.Changed}}})
	}
	table.Rows = append(table.Rows, result.RowResult{Name: "gone.dll", Verdict: result.Missing})
	var b bytes.Buffer
	report := &result.Result{Roots: []result.RootResult{{Root: "r", Tables: []result.TableResult{table}}}}
	if err := Write(&b, Table, report, Options{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if strings.Contains(text, "a0000.dll") || !strings.Contains(text, "gone.dll") || strings.Count(text, "another version") != 1 ||
		!strings.Contains(text, "and 3,000 files more; -v lists them all") {
		t.Error(text)
	}
}

// What stands below a row is under its second column, and shifts no other.
func TestGridWithLinesBelow(t *testing.T) {
	var rows [][]string
	var below []string
	for i := range batch + 2 {
		rows = append(rows, []string{"older", "a.dll\nx", "1.0"})
		below = append(below, strings.Repeat("long/", 30)+fmt.Sprint(i)+"\nnote")
	}
	below[1] = ""
	var b bytes.Buffer
	if err := gridAnd(&b, []string{"V", "FILE", "WANT"}, rows, below); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	want := []string{"  V      FILE   WANT", "  older  a.dll  1.0", "         x", "         " + below[0][:len(below[0])-5], "         note",
		"  older  a.dll  1.0", "         x", "  older  a.dll  1.0"}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("line %d: %q, want %q", i, lines[i], want[i])
		}
	}
	if n := 1 + 4*len(rows) - 2; len(lines) != n {
		t.Errorf("%d lines, want %d", len(lines), n)
	}
}
