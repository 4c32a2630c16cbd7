package findings_test

import (
	"strings"
	"testing"

	"kbverify/manifest/kb/findings"
)

// TestList: findings come in the order of the text, and one stands for a
// thousand that are alike, with their count.
func TestList(t *testing.T) {
	var l findings.List
	l.Add(9, findings.Odd, false, "late")
	l.Ambiguous(2, "%d readings", 2)
	all := l.All()
	if len(all) != 2 || all[0].String() != "line 2: ambiguous: 2 readings" || !all[0].Strict || all[1].Strict {
		t.Errorf("%v", all)
	}
	for line := range 1_000 {
		l.Add(1_000-line, findings.NotTaken, true, "%d is alike", 1_000-line)
	}
	all = l.All()
	if len(all) != 3 {
		t.Fatalf("%d findings, want 3: %v", len(all), all)
	}
	got := all[2]
	if got.Line != 980 || !got.Strict || got.Count != 1_000 || got.Last != 1_000 ||
		got.Text != "980 is alike; and 999 more like it, the last on line 1000" {
		t.Errorf("%+v", got)
	}
	if main, n := findings.Main(all, findings.NotTaken); n != 1_000 || main.Line != 980 {
		t.Errorf("the main finding is %+v, of %d lines", main, n)
	}
	if _, n := findings.Main(all, findings.Note); n != 0 {
		t.Errorf("%d notes, want none", n)
	}
}

// TestAddMany: a finding for many lines is one, with their count.
func TestAddMany(t *testing.T) {
	var l findings.List
	l.AddMany(7, 90, 60, findings.NotTaken, false, "a listing")
	if all := l.All(); len(all) != 1 || all[0].Line != 7 || all[0].Last != 90 || all[0].Count != 60 {
		t.Errorf("%+v", all)
	}
}

// TestQuote: on one line, and not too long.
func TestQuote(t *testing.T) {
	if got := findings.Quote(" a\n\tb\x1b ").String(); got != `"a b\x1b"` {
		t.Error(got)
	}
	if got := findings.Quote(strings.Repeat("é", 200)).String(); got != `"`+strings.Repeat("é", 120)+`…"` {
		t.Error(got)
	}
}
