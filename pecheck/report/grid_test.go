package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

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
