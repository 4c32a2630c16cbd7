package findings_test

import (
	"strings"
	"testing"

	"kbverify/manifest/kb/findings"
)

// TestList: findings come in the order of the text, and those beyond the cap
// are counted, which a strict import refuses.
func TestList(t *testing.T) {
	var l findings.List
	l.Add(9, findings.Odd, false, "late")
	l.Ambiguous(2, "%d readings", 2)
	all := l.All()
	if len(all) != 2 || all[0].String() != "line 2: ambiguous: 2 readings" || !all[0].Strict || all[1].Strict {
		t.Errorf("%v", all)
	}
	for line := range 5_000 {
		l.Add(line, findings.Note, false, "more")
	}
	all = l.All()
	last := all[len(all)-1]
	if len(all) > 2_000 || !last.Strict || !strings.HasSuffix(last.Text, "more findings") {
		t.Errorf("%d findings, the last %v", len(all), last)
	}
}

// TestQuote: on one line, and not too long.
func TestQuote(t *testing.T) {
	if got := findings.Quote(" a\n\tb\x1b "); got != `"a b\x1b"` {
		t.Error(got)
	}
	if got := findings.Quote(strings.Repeat("é", 200)); got != `"`+strings.Repeat("é", 120)+`…"` {
		t.Error(got)
	}
}
