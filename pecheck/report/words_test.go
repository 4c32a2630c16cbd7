package report

import (
	"strings"
	"testing"

	"kbverify/pecheck/result"
)

func TestAWarningStandsInTheSummary(t *testing.T) {
	newer := []result.RowResult{{Name: "a.dll", Version: printed("1.0.0.1"), Verdict: result.Newer}}
	other := result.Reason{Kind: result.OtherRelease}
	byBuilds := result.Reason{Kind: result.ChosenByBuilds, Tables: []string{"SP1"}, Count: 3, Of: 3}
	for _, c := range []struct {
		why  result.Why
		want bool
	}{{nil, false}, {result.Why{other}, true}, {result.Why{byBuilds}, false}, {result.Why{byBuilds, other}, true}} {
		got := Sentence(&result.TableResult{State: result.Superseded, Rows: newer, Reason: c.why})
		if strings.Contains(got, other.String()) != c.want {
			t.Errorf("reason %q: %q", c.why, got)
		}
	}
}
