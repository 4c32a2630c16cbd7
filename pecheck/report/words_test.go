package report

import (
	"strings"
	"testing"

	"kbverify/pecheck/result"
)

func TestAWarningStandsInTheSummary(t *testing.T) {
	newer := []result.RowResult{{Name: "a.dll", Version: "1.0.0.1", Verdict: result.Newer}}
	for reason, want := range map[string]bool{
		"": false, result.OtherRelease: true, "table SP1, by the builds of 3 of 3 files; " + result.OtherRelease: true,
	} {
		got := Sentence(&result.TableResult{State: result.Superseded, Rows: newer, Reason: reason})
		if strings.Contains(got, result.OtherRelease) != want {
			t.Errorf("reason %q: %q", reason, got)
		}
	}
}
