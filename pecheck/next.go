package pecheck

import (
	"path"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// nextSteps says what to do about a table that does not pass: the likeliest
// cause first. Every step follows from what was found, none is a guess.
func nextSteps(t *result.TableResult) []result.Reason {
	if passes(t.State) {
		return nil
	}
	var steps []result.Reason
	failing := 0
	var brought, healed []*result.RowResult
	for i := range t.Rows {
		row := &t.Rows[i]
		if row.Verdict.Class() != result.Fail {
			continue
		}
		failing++
		switch {
		case row.Reason.Has(result.BroughtIn):
			brought = append(brought, row)
		case slices.ContainsFunc(row.Copies, isGood):
			healed = append(healed, row)
		}
	}
	switch {
	case failing == 0:
		return nil
	case t.Reason.Has(result.OtherPlaces): // which says it
		return nil
	case t.Complete:
		return []result.Reason{{Kind: result.PutBack}}
	case t.Match == manifest.Exactly:
		return []result.Reason{{Kind: result.ExtractAgain}}
	}
	switch folder := staleFolder(t, healed); {
	case len(healed) == failing && folder != "":
		return []result.Reason{{Kind: result.StaleFolder, Folder: folder}}
	case len(brought) == failing:
		for _, r := range brought[0].Reason {
			if r.Kind == result.BroughtIn {
				steps = append(steps, r)
			}
		}
	}
	switch t.State {
	case result.Partial:
		if good, total := goodRows(t); len(steps) == 0 && good*4 <= total {
			steps = append(steps, result.Reason{Kind: result.HardlyHere, Count: good, Of: total})
		}
		again := result.Reason{Kind: result.InstallAgain, Hotfixes: append([]string{t.Hotfix}, t.SupersededBy...)}
		again.Partly = len(steps) > 0
		steps = append(steps, again)
	case result.NotInstalled, result.Absent:
		steps = append(steps, result.Reason{Kind: result.Install, Hotfixes: append([]string{t.Hotfix}, t.SupersededBy...)})
	}
	return steps
}

func isGood(c result.CopyResult) bool { return c.Verdict.Class() == result.Pass }

// goodRows counts the rows of which a good copy is here, and those that apply.
func goodRows(t *result.TableResult) (good, total int) {
	for i := range t.Rows {
		if t.Rows[i].Verdict == result.NotApplicable {
			continue
		}
		total++
		if slices.ContainsFunc(t.Rows[i].Copies, isGood) {
			good++
		}
	}
	return good, total
}

// staleFolder gives the folder below which all copies lie that fail beside good
// ones, and no good copy does: "" is none.
func staleFolder(t *result.TableResult, rows []*result.RowResult) string {
	folder, first := "", true
	for _, row := range rows {
		for _, c := range row.Copies {
			if c.Verdict.Class() == result.Fail {
				if first {
					folder, first = path.Dir(c.Path), false
				}
				folder = commonPath(folder, path.Dir(c.Path))
			}
		}
	}
	if first || folder == "." {
		return ""
	}
	if named := namedAfter(manifest.IDKey(t.Hotfix), folder+"/"); named != "" && !holdsGood(t, named) {
		return named
	}
	if holdsGood(t, folder) {
		return ""
	}
	return folder
}

// holdsGood reports a good copy below a folder.
func holdsGood(t *result.TableResult, folder string) bool {
	for i := range t.Rows {
		for _, c := range t.Rows[i].Copies {
			if isGood(c) && strings.HasPrefix(c.Path, folder+"/") {
				return true
			}
		}
	}
	return false
}
