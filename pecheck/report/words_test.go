package report

import (
	"testing"

	"kbverify/pecheck"
)

func TestEveryCountOfASentenceIsWrittenAlike(t *testing.T) {
	table := pecheck.TableResult{State: pecheck.Partial, Rows: []pecheck.RowResult{{Verdict: pecheck.Missing}}}
	for range 1200 {
		table.Rows = append(table.Rows, pecheck.RowResult{Verdict: pecheck.OK}, pecheck.RowResult{Verdict: pecheck.NewerThanTable})
	}
	if got, want := Sentence(&table), "2,400 of 2,401 files in place, 1,200 newer"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
