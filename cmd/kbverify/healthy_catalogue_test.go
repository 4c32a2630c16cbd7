package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck"
	"kbverify/pecheck/result"
)

// eachInstallTable runs a test for every table of the catalogue that can be judged by.
func eachInstallTable(t *testing.T, test func(t *testing.T, m *manifest.Manifest, table *manifest.Table)) {
	t.Helper()
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.All()
	if err != nil || len(all) == 0 {
		t.Fatal("no catalogue", err)
	}
	for _, m := range all {
		for i := range m.Tables {
			if table := &m.Tables[i]; table.Reference == "" {
				t.Run(m.ID+"/"+table.Name, func(t *testing.T) { test(t, m, table) })
			}
		}
	}
}

func judge(m *manifest.Manifest, table *manifest.Table, files []sampleFile) result.RootResult {
	return pecheck.Verify(inventoryOf(files), []pecheck.Request{{Manifest: m, Table: table.Name}}, pecheck.Scope{}, pecheck.Known{})
}

func TestHealthyRootIsInstalled(t *testing.T) {
	eachInstallTable(t, func(t *testing.T, m *manifest.Manifest, table *manifest.Table) {
		r := judge(m, table, healthy(table))
		state, exit := result.Installed, result.ExitPass
		if !comparable(table) {
			state, exit = result.Undecidable, result.ExitTrouble
		}
		if r.Tables[0].State != state || r.Exit() != exit {
			t.Errorf("%s, exit %d, want %s, %d", r.Tables[0].State, r.Exit(), state, exit)
			logRows(t, &r.Tables[0])
		}
	})
}

// comparable reports that the table prints something that a file can match: a
// few articles give names alone.
func comparable(table *manifest.Table) bool {
	return slices.ContainsFunc(table.Files, func(f manifest.File) bool { return !f.Version.IsZero() || !f.Size.IsZero() })
}

func logRows(t *testing.T, table *result.TableResult) {
	for _, r := range table.Rows {
		t.Logf("%s %s %s: %s %s", r.Name, r.Platform, r.Version, r.Verdict, r.Reason)
	}
}

// Removing, ageing, resizing or swapping any one file changes the verdict of
// its row, and of no other.
func TestEachFaultIsFound(t *testing.T) {
	eachInstallTable(t, func(t *testing.T, m *manifest.Manifest, table *manifest.Table) {
		files := healthy(table)
		before := verdicts(judge(m, table, files))
		for i, f := range files {
			row := rowOf(table, f)
			t.Run(f.path, func(t *testing.T) {
				removed := inventoryOf(files)
				removed.Files = slices.Delete(removed.Files, i, i+1)
				r := pecheck.Verify(removed, []pecheck.Request{{Manifest: m, Table: table.Name}}, pecheck.Scope{}, pecheck.Known{})
				wantOneChange(t, before, verdicts(r), row, removedVerdict(m, row))
				for want, mutate := range mutations {
					spoilt := slices.Clone(files)
					if mutate(&spoilt[i], row) && !repeated(table, row) {
						wantOneChange(t, before, verdicts(judge(m, table, spoilt)), row, want)
					}
				}
			})
		}
	})
}

// removedVerdict is missing but for the hotfix's own package, which is not
// installed: Q305209.exe of Q305209.
func removedVerdict(m *manifest.Manifest, row *manifest.File) result.Verdict {
	if manifest.NameKey(row.Name) == manifest.NameKey(m.ID+".exe") {
		return result.NotApplicable
	}
	return result.Missing
}

// rowOf is the row that healthy made the file from.
func rowOf(table *manifest.Table, f sampleFile) *manifest.File {
	for i := range table.Files {
		if row := &table.Files[i]; row.Path == f.path || row.Path == "" && healthyPlace(row)+"/"+row.Name == f.path {
			return row
		}
	}
	panic("no row for " + f.path)
}

// repeated reports a row that stands for one file with others: what differs
// from one of them may match another.
func repeated(table *manifest.Table, row *manifest.File) bool {
	n := 0
	for i := range table.Files {
		if rowKey(&table.Files[i]) == rowKey(row) {
			n++
		}
	}
	return n > 1
}

func rowKey(row *manifest.File) string {
	return fmt.Sprintf("%s|%s|%s", manifest.NameKey(row.Name), row.Platform, row.Path)
}

func verdicts(r result.RootResult) map[string]result.Verdict {
	out := map[string]result.Verdict{}
	for _, row := range r.Tables[0].Rows {
		out[fmt.Sprintf("%s|%s|%s", manifest.NameKey(row.Name), row.Platform, row.Path)] = row.Verdict
	}
	return out
}

func wantOneChange(t *testing.T, before, after map[string]result.Verdict, row *manifest.File, want result.Verdict) {
	t.Helper()
	expected := maps.Clone(before)
	expected[rowKey(row)] = want
	if !maps.Equal(expected, after) {
		t.Errorf("%s: before %v, after %v", want, before, after)
	}
}

// Every table once more through the command, on a disk.
func TestHealthyRootOnDisk(t *testing.T) {
	eachInstallTable(t, func(t *testing.T, m *manifest.Manifest, table *manifest.Table) {
		dir := t.TempDir()
		for _, f := range healthy(table) {
			if err := f.write(dir); err != nil {
				t.Fatal(err)
			}
		}
		id := m.ID
		if table.Name != "" {
			id += "/" + table.Name
		}
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), []string{"verify", "-k", id, "-f", "json", dir}, nil, &stdout, &stderr)
		var report result.Result
		if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
			t.Fatal(err, stderr.String())
		}
		state, exit := result.Installed, result.ExitPass
		if !comparable(table) {
			state, exit = result.Undecidable, result.ExitTrouble
		}
		if code != int(exit) || report.Exit != exit || report.Roots[0].Tables[0].State != state {
			t.Errorf("exit code %d, want %d and %s\n%s%s", code, exit, state, stdout.String(), stderr.String())
		}
	})
}
