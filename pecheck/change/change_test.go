package change

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

func version(n int) result.Version {
	v, err := manifest.ParsePrinted(fmt.Sprintf("2.0.1380.%d", n))
	if err != nil {
		panic(err)
	}
	return v
}

// random makes a root of few names, so that two of them have much in common.
func random(r *rand.Rand, command result.Command) *result.RootResult {
	root := &result.RootResult{Root: "r", Taken: result.Taken{Command: command, Host: "H", Start: time.Unix(int64(r.IntN(9)+1), 0)}}
	facts := map[string]result.CopyResult{} // a file is one thing, whoever asks
	for _, path := range []string{"a/f0", "b/f0", "a/f1", "b/f1", "a/f2"} {
		c := result.CopyResult{Path: path, Version: version(1 + r.IntN(2)), Size: int64(r.IntN(2)), SHA256: fmt.Sprint(r.IntN(2)), Notes: []result.Reason{}}
		if r.IntN(3) == 0 {
			c.Signature.Status = result.ValidDigest
		} else {
			c.Signature.Status = result.NotSigned
		}
		facts[path] = c
	}
	ofCopies := slices.DeleteFunc(slices.Clone(result.Verdicts), func(v result.Verdict) bool { return v == result.Missing })
	states := []result.State{result.Installed, result.Partial, result.NotInstalled, result.Superseded, result.Undecidable, result.Absent}
	for _, id := range []string{"KB1", "KB2", "KB3"} {
		if r.IntN(4) == 0 {
			continue
		}
		t := result.TableResult{Hotfix: id, Table: fmt.Sprintf("SP%d", 1+r.IntN(2)), State: states[r.IntN(len(states))], Harmless: r.IntN(2) == 0}
		for i := range 3 {
			row := result.RowResult{Name: fmt.Sprintf("f%d", i), Verdict: result.Missing, Copies: []result.CopyResult{}}
			if r.IntN(8) == 0 {
				row.Verdict = result.NotApplicable
			}
			for _, path := range slices.Sorted(maps.Keys(facts)) {
				if strings.HasSuffix(path, row.Name) && r.IntN(2) == 0 && t.State != result.Absent && row.Verdict != result.NotApplicable {
					c := facts[path]
					c.Verdict = ofCopies[r.IntN(len(ofCopies))]
					row.Copies = append(row.Copies, c)
				}
			}
			if n := len(row.Copies); n > 0 {
				row.Verdict = row.Copies[r.IntN(n)].Verdict
			}
			t.Rows = append(t.Rows, row)
		}
		root.Tables = append(root.Tables, t)
	}
	if r.IntN(3) == 0 {
		root.Faults = []result.FaultResult{{Path: "x", Error: fmt.Sprint(r.IntN(2))}}
	}
	if r.IntN(3) == 0 {
		root.Links = []result.LinkResult{{Path: "l", Target: "/", Inside: r.IntN(2) == 0}}
	}
	root.Emptied = r.IntN(5) == 0
	return root
}

// judged is all that a result says of a root, as sentences by what they are about.
func judged(r *result.RootResult) map[string]string {
	all := map[string]string{}
	for _, t := range r.Tables {
		all["state "+t.Hotfix] = fmt.Sprint(t.State, " ", t.Table)
		for _, row := range t.Rows {
			all["verdict "+t.Hotfix+" "+row.Name] = string(row.Verdict)
			for _, c := range row.Copies {
				all["verdict "+t.Hotfix+" "+row.Name+" "+c.Path] = string(c.Verdict)
				all["file "+c.Path] = fmt.Sprint(c.Version, c.Size, c.SHA256, c.Signature.Status)
			}
		}
	}
	for _, f := range r.Faults {
		all["fault "+f.Path] = f.Error
	}
	for _, l := range r.Links {
		if !l.Inside {
			all["link "+l.Path] = l.Target
		}
	}
	if r.Emptied {
		all["emptied"] = "yes"
	}
	return all
}

// Whatever two results are, what changed is nothing if and only if both say the same,
// and it names everything that they do not: whatever differs between the sentences of
// the one and the other stands in it with both its values.
func TestEverythingThatDiffersIsNamed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	differing, alike := 0, 0
	for range 20_000 {
		command := []result.Command{result.Verify, result.Detect}[r.IntN(2)]
		seed := r.Uint64()
		was := random(rand.New(rand.NewPCG(seed, 0)), command)
		now := random(rand.New(rand.NewPCG(seed, uint64(r.IntN(2)))), command)
		if r.IntN(2) == 0 { // but for one thing
			now = random(rand.New(rand.NewPCG(seed, 0)), command)
			change1(r, now)
		}
		c, same := Between(was, now)
		before, after := judged(was), judged(now)
		if differs := !maps.Equal(before, after); same == differs {
			t.Fatalf("same is %v\n%s\n%+v", same, cmp.Diff(before, after), c)
		} else if same {
			alike++
			if c.Exit != result.ExitPass || c.Worse {
				t.Fatalf("nothing changed, and exit code %d", c.Exit)
			}
			continue
		}
		differing++
		if got := named(&c, before, after); got != "" {
			t.Fatalf("%s is not named\n%s\n%+v", got, cmp.Diff(before, after), c)
		}
		back, _ := Between(now, was)
		if d := cmp.Diff(withoutRank(mirrored(c)), withoutRank(back), cmp.Comparer(func(a, b result.Version) bool { return a == b })); d != "" {
			t.Fatalf("the way back is another one:\n%s", d)
		}
		if c.Worse && back.Worse && len(c.Hotfixes)+len(c.Files)+len(c.Places) == 1 && len(c.Files) == 0 {
			t.Fatalf("one change is worse in both directions: %+v", c)
		}
	}
	t.Logf("%d pairs differ, %d do not", differing, alike)
	if differing < 1000 || alike < 1000 {
		t.Error("the pairs are too one-sided")
	}
}

// change1 changes one thing, or nothing.
func change1(r *rand.Rand, root *result.RootResult) {
	if len(root.Tables) == 0 {
		return
	}
	t := &root.Tables[r.IntN(len(root.Tables))]
	row := &t.Rows[r.IntN(len(t.Rows))]
	switch r.IntN(6) {
	case 0:
		t.State = result.Partial
	case 1:
		root.Faults = nil
	case 2:
		root.Tables = root.Tables[1:]
	case 3:
		if len(row.Copies) > 0 {
			row.Copies[0].Verdict, row.Verdict = result.Older, result.Older
		}
	case 4:
		row.Reason = result.Why{result.Said("words are not judged")}
	}
}

// named gives a sentence that differs and of which the changes say nothing, or "".
func named(c *Root, before, after map[string]string) string {
	said := map[string]bool{}
	for _, h := range c.Hotfixes {
		said["state "+h.Hotfix] = true
	}
	asked := func(id string) bool { return before["state "+id] != "" && after["state "+id] != "" }
	for _, f := range c.Files {
		if f.Was != nil || f.Now != nil {
			said["file "+f.Path] = true
		}
		for _, v := range f.Verdicts {
			for values, is := range map[*map[string]string]result.Verdict{&before: v.Was, &after: v.Now} {
				if of, here := (*values)["verdict "+v.Hotfix+" "+v.Name+" "+f.Path]; here && of != string(is) {
					return fmt.Sprintf("%s, and not %s of %s", of, is, f.Path)
				}
			}
			said["verdict "+v.Hotfix+" "+v.Name+" "+f.Path] = true
			said["verdict "+v.Hotfix+" "+v.Name] = true
			if !asked(v.Hotfix) && c.Command == result.Verify {
				return "a hotfix that nobody asked about"
			}
		}
	}
	for _, p := range c.Places {
		said[string(p.Kind)+" "+p.Path] = true
		if p.Kind == Asked {
			said["emptied"] = true
		}
	}
	all := maps.Clone(before)
	maps.Copy(all, after)
	for about := range all {
		words := strings.Fields(about)
		ofHotfix := words[0] == "verdict" && !asked(words[1])
		ofFile := words[0] == "file" && (before[about] == "" || after[about] == "")
		if before[about] != after[about] && !said[about] && !ofHotfix && !ofFile {
			return about
		}
	}
	return ""
}

// mirrored exchanges before and now.
func mirrored(c Root) Root {
	c.Was, c.Now = c.Now, c.Was
	for i := range c.Hotfixes {
		h := &c.Hotfixes[i]
		h.Was, h.Now, h.WasTable, h.Table = h.Now, h.Was, h.Table, h.WasTable
	}
	for i := range c.Files {
		f := &c.Files[i]
		f.Was, f.Now = f.Now, f.Was
		for j := range f.Verdicts {
			f.Verdicts[j].Was, f.Verdicts[j].Now = f.Verdicts[j].Now, f.Verdicts[j].Was
		}
	}
	for i := range c.Places {
		c.Places[i].Was, c.Places[i].Now = c.Places[i].Now, c.Places[i].Was
	}
	return c
}

// withoutRank takes away what depends on the direction, and the order of the hotfixes.
func withoutRank(c Root) Root {
	c.Worse, c.Better, c.Exit = false, false, 0
	for i := range c.Hotfixes {
		c.Hotfixes[i].Worse, c.Hotfixes[i].Better = false, false
	}
	for i := range c.Files {
		c.Files[i].Worse = false
		slices.SortFunc(c.Files[i].Verdicts, func(a, b Verdict) int { return strings.Compare(a.Hotfix+a.Name, b.Hotfix+b.Name) })
	}
	slices.SortFunc(c.Hotfixes, func(a, b Hotfix) int { return strings.Compare(a.Hotfix, b.Hotfix) })
	slices.SortFunc(c.Files, func(a, b File) int {
		of := func(f File) string {
			if len(f.Verdicts) == 0 {
				return f.Path
			}
			return f.Path + f.Verdicts[0].Hotfix + f.Verdicts[0].Name
		}
		return strings.Compare(of(a), of(b))
	})
	return c
}

// one is a root where a hotfix has one file in one copy, or none.
func one(command result.Command, s result.State, v result.Verdict, build int) *result.RootResult {
	row := result.RowResult{Name: "a.dll", Verdict: v, Copies: []result.CopyResult{}}
	if v != result.Missing {
		row.Copies = append(row.Copies, result.CopyResult{Path: "bin/a.dll", Version: version(build), Size: 9, Verdict: v})
	}
	return &result.RootResult{Root: "r", Taken: result.Taken{Command: command}, Tables: []result.TableResult{
		{Hotfix: "KB1", State: s, Counts: map[result.Verdict]int{v: 1}, Rows: []result.RowResult{row}}}}
}

// What fails now and did not before ends with 1, what cannot be compared with 2, and what
// is as bad as it was is no news.
func TestWorse(t *testing.T) {
	const v, d = result.Verify, result.Detect
	in, half := one(v, result.Installed, result.OK, 5), one(v, result.Partial, result.Older, 4)
	none := &result.RootResult{Root: "r", Taken: result.Taken{Command: d}, Tables: []result.TableResult{}, Absent: 9}
	failed := &result.RootResult{Root: "r", Taken: result.Taken{Command: v}, Error: "gone"}
	blind := one(v, result.Installed, result.OK, 5)
	blind.Faults = []result.FaultResult{{Path: "bin", Error: "denied"}}
	stale := one(v, result.Partial, result.Older, 4)
	stale.Tables[0].Rows[0].Copies = append(stale.Tables[0].Rows[0].Copies, result.CopyResult{Path: "old/a.dll", Verdict: result.Older})
	hashed, changed := one(v, result.Installed, result.OK, 5), one(v, result.Installed, result.OK, 5)
	hashed.Tables[0].Rows[0].Copies[0].SHA256, changed.Tables[0].Rows[0].Copies[0].SHA256 = "1", "2"
	unread := &result.RootResult{Root: "old.json", Error: "cut off"}
	for name, tt := range map[string]struct {
		was, now *result.RootResult
		what     What
		worse    bool
		better   bool
		exit     result.Exit
		same     bool
	}{
		"as before":                 {in, in, Changed, false, false, 0, true},
		"as bad as before":          {half, half, Changed, false, false, 0, true},
		"became partial":            {in, half, Changed, true, false, 1, false},
		"became installed":          {half, in, Changed, false, true, 0, false},
		"a newer file":              {in, one(v, result.Superseded, result.Newer, 6), Changed, false, false, 0, false},
		"one more stale copy":       {half, stale, Changed, true, false, 1, false},
		"one stale copy less":       {stale, half, Changed, false, false, 0, false},
		"another content":           {hashed, changed, Changed, false, false, 0, false},
		"a content nobody took":     {in, changed, Changed, false, false, 0, true},
		"cannot be told any more":   {in, one(v, result.Undecidable, result.Unverified, 5), Changed, true, false, 2, false},
		"a place that is not read":  {in, blind, Changed, true, false, 2, false},
		"the same place":            {blind, blind, Changed, false, false, 0, true},
		"not checked":               {in, failed, Unchecked, true, false, 2, false},
		"not checked again":         {failed, failed, Unchecked, false, false, 2, false},
		"checked at last":           {failed, in, Unchecked, false, false, 0, false},
		"checked at last, and half": {failed, half, Unchecked, false, false, 1, false},
		"new":                       {nil, in, New, false, false, 0, false},
		"new, and half there":       {nil, half, New, true, false, 1, false},
		"gone":                      {in, nil, Gone, true, false, 2, false},
		"an earlier one unread":     {unread, nil, Unchecked, false, false, 2, false},
		"a later one unread":        {nil, unread, Unchecked, true, false, 2, false},
		"detected: gone":            {one(d, result.Installed, result.OK, 5), none, Changed, true, false, 1, false},
		"detected: half of it gone": {one(d, result.Partial, result.Older, 5), none, Changed, false, false, 0, false},
		"detected: half of it here": {none, one(d, result.Partial, result.Older, 5), Changed, true, false, 1, false},
		"detected: older files of what is not there": {one(d, result.NotInstalled, result.Older, 5), one(d, result.NotInstalled, result.Older, 4), Changed,
			false, false, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			c, same := Between(tt.was, tt.now)
			if c.What != tt.what || c.Worse != tt.worse || c.Better != tt.better || c.Exit != tt.exit || same != tt.same {
				t.Errorf("%+v, same: %v", c, same)
			}
		})
	}
}
