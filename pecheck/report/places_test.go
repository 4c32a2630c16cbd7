package report

import (
	"testing"

	"kbverify/pecheck/result"
)

func TestALongListOfCopiesWithoutARowIsCutShort(t *testing.T) {
	table := result.TableResult{Unlisted: make([]result.CopyResult, 1005)}
	short := (&tableWriter{}).unlisted(&table)
	if len(short) != 6 || short[5] != "Not judged: 1,000 more; -v lists them all" {
		t.Errorf("%q", short)
	}
	verbose := tableWriter{}
	verbose.Verbose = true
	if got := verbose.unlisted(&table); len(got) != 1005 {
		t.Errorf("%d lines with -v", len(got))
	}
}
