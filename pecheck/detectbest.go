package pecheck

import (
	"runtime"
	"sync"
	"sync/atomic"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// best is the judgement of one hotfix, and where several of its tables match
// and none could be chosen, those of each.
type best struct {
	result.TableResult
	candidates []result.TableResult
}

// bestOfAll judges every hotfix, on all processors: none of the judgements
// depends on another. nil is a hotfix without a table to judge by, or of which
// nothing is here.
func (d *detection) bestOfAll(known []*manifest.Manifest) []*best {
	results := make([]*best, len(known))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(known)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(known); i = int(next.Add(1)) - 1 {
				results[i] = d.best(known[i])
			}
		})
	}
	workers.Wait()
	return results
}

// best judges a hotfix by the table that Verify would choose. Where the files
// do not tell, and no table has a file that matches, the hotfix is not there
// by any of them; one that alone has matching files is the one.
func (d *detection) best(m *manifest.Manifest) *best {
	tables, _ := installTables(m)
	if len(tables) == 0 || d.bare(m) {
		return nil
	}
	t := d.verify(Request{Manifest: m}, d.scope)
	if t.State != result.Undecidable || len(t.Tables) == 0 {
		return &best{TableResult: t}
	}
	var matching []result.TableResult
	for _, table := range tables {
		if one := d.judgeTable(m, table, d.scope); one.Counts[result.OK]+one.Counts[result.Unreadable] > 0 {
			matching = append(matching, one)
		}
	}
	switch len(matching) {
	case 0:
		t.State, t.Reason = result.NotInstalled, "its files are here, in none of the versions that its tables print"
	case 1:
		return &best{TableResult: matching[0]}
	}
	return &best{t, matching}
}
