package report

import (
	"strings"
	"testing"

	"kbverify/pecheck"
)

func TestAWarningStandsInTheSummary(t *testing.T) {
	newer := []pecheck.RowResult{{Name: "a.dll", Version: "1.0.0.1", Verdict: pecheck.NewerThanTable}}
	for reason, want := range map[string]bool{
		"": false, pecheck.OtherRelease: true, "table SP1, by the builds of 3 of 3 files; " + pecheck.OtherRelease: true,
	} {
		got := Sentence(&pecheck.TableResult{State: pecheck.Superseded, Rows: newer, Reason: reason})
		if strings.Contains(got, pecheck.OtherRelease) != want {
			t.Errorf("reason %q: %q", reason, got)
		}
	}
}
