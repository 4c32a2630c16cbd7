package report

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// plugin gives what a monitoring system gets: the output, its first line's state and the exit code.
func plugin(t *testing.T, r *result.Result, o Options) (output, state string, code int) {
	t.Helper()
	var b bytes.Buffer
	w, err := New(&b, Nagios, r.Tool, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range r.Roots {
		if err := w.Root(root); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(r.Taken, r.Exit); err != nil {
		t.Fatal(err)
	}
	line := pluginFirst.FindStringSubmatch(b.String())
	if line == nil {
		t.Fatalf("no plugin's output:\n%s", b.String())
	}
	return b.String(), line[1], ExitCode(w, r.Exit)
}

// pluginFirst is the first line, with performance data as the Monitoring Plugins
// Development Guidelines have it: 'label'=value[UOM];[warn];[crit];[min];[max].
var pluginFirst = regexp.MustCompile(`^KBVERIFY (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+ \|(?: [a-z_]{1,19}=[0-9]+s?;;;0)+\n`)

// pluginCodes are those that callers of plugins define.
var pluginCodes = map[string]int{"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}

// Whatever is found, the output is one that every monitoring system takes, its first line
// and the exit code agree, and nothing passes that does not pass in the other formats.
func TestNagiosSaysWhatTheExitCodeDoes(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(1000) {
		r := randomResult(rand.New(rand.NewPCG(seed, 4)))
		output, state, code := plugin(t, r, Options{Many: len(r.Roots) > 1})
		seen[state]++
		fails := false // something that was looked at whole
		for i := range r.Roots {
			for j := range r.Roots[i].Tables {
				fails = fails || !r.Roots[i].Unseen() && r.Roots[i].Tables[j].Code(r.Roots[i].Taken.Command) == result.ExitFail
			}
		}
		switch {
		case code != pluginCodes[state],
			(code <= 1) != (r.Exit == result.ExitPass),
			(state == "CRITICAL") != fails,
			len(output) > pluginOutput, strings.Count(output, "|") != 1, !utf8.ValidString(output),
			!visible.IsClean(strings.ReplaceAll(output, "\n", "")):
			t.Fatalf("seed %d: code %d where kbverify's is %d, %d bytes:\n%s", seed, code, r.Exit, len(output), output)
		}
	}
	for state := range pluginCodes {
		if seen[state] < 5 {
			t.Errorf("%d results are %s", seen[state], state)
		}
	}
}

func TestNagiosStates(t *testing.T) {
	const detect = result.Detect
	table := func(s result.State, why ...result.Kind) result.TableResult {
		out := result.TableResult{Hotfix: "KB1", Table: "SP1", State: s, Counts: map[result.Verdict]int{result.OK: 1},
			Rows: []result.RowResult{{Name: "a.dll", Verdict: result.OK, Copies: []result.CopyResult{{Path: "a.dll", Verdict: result.OK}}}}}
		for _, k := range why {
			out.Reason = append(out.Reason, result.Reason{Kind: k})
		}
		return out
	}
	root := func(command result.Command, tables ...result.TableResult) result.RootResult {
		return result.RootResult{Root: `D:\SMS`, Taken: result.Taken{Command: command}, Tables: tables}
	}
	unread := func(r result.RootResult) result.RootResult {
		r.Faults = []result.FaultResult{{Path: "inboxes|auth", Error: "permission denied"}}
		return r
	}
	gone := result.RootResult{Root: `E:\`, Error: `root "E:\": no such disk`}

	for _, c := range []struct {
		name  string
		roots []result.RootResult
		want  string // the first line, before the performance data
	}{
		{"installed", []result.RootResult{root("verify", table(result.Installed))},
			"OK - KB1 SP1 INSTALLED, 1 of 1 file in place"},
		{"superseded", []result.RootResult{root("verify", table(result.Superseded))},
			"OK - KB1 SP1 SUPERSEDED, newer files are here; 1 of 1 file in place"},
		{"superseded by another release", []result.RootResult{root("verify", table(result.Superseded, result.OtherRelease))},
			"WARNING - KB1 SP1 SUPERSEDED, newer files are here; 1 of 1 file in place, but the newer files are of another release, which need not contain this fix"},
		{"the same, where nobody asked for that hotfix", []result.RootResult{root(detect, table(result.Superseded, result.OtherRelease))},
			"OK - no hotfix is half there; 1 superseded"},
		{"partial", []result.RootResult{root("verify", table(result.Partial), table(result.Installed))},
			"CRITICAL - KB1 SP1 PARTIAL, 1 of 1 file in place; 1 installed"},
		{"not installed", []result.RootResult{root("verify", table(result.NotInstalled))},
			"CRITICAL - KB1 SP1 NOT INSTALLED, 1 of 1 file in place"},
		{"not installed, where nobody asked for it", []result.RootResult{root(detect, table(result.NotInstalled), table(result.Installed))},
			"OK - no hotfix is half there; 1 installed"},
		{"nothing of anything", []result.RootResult{root(detect)}, "OK - no hotfix left a trace"},
		{"nothing to judge", []result.RootResult{root("verify")}, "UNKNOWN - no hotfix was judged"},
		{"undecidable", []result.RootResult{root("verify", table(result.Undecidable, result.Incomparable))},
			"UNKNOWN - KB1 SP1 UNDECIDABLE, nothing that the table prints can be compared; 1 of 1 file in place"},
		{"unreadable", []result.RootResult{gone}, `UNKNOWN - NOT CHECKED, root "E:\": no such disk`},
		{"what fails may lie where nobody looked", []result.RootResult{unread(root("verify", table(result.Partial)))},
			"UNKNOWN - 1 place could not be read; KB1 SP1 PARTIAL, 1 of 1 file in place"},
		{"what fails elsewhere is known", []result.RootResult{gone, root("verify", table(result.Partial))},
			`CRITICAL - D:\SMS: KB1 SP1 PARTIAL, 1 of 1 file in place; E:\: NOT CHECKED, no such disk; 2 roots in all`},
		{"more than a line holds", []result.RootResult{root("verify", table(result.Partial), table(result.Partial), table(result.Absent), table(result.Partial), table(result.Partial),
			table(result.Undecidable, result.Incomparable), table(result.Installed))},
			"CRITICAL - KB1 SP1 PARTIAL, 1 of 1 file in place; KB1 SP1 PARTIAL, 1 of 1 file in place; KB1 SP1 ABSENT, none of its 1 file is here; " +
				"2 more CRITICAL; 1 more UNKNOWN; 1 installed"},
		{"nothing came of it", nil, "UNKNOWN - the run was not complete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &result.Result{Tool: sample().Tool, Roots: c.roots}
			for i := range c.roots {
				r.Exit = max(r.Exit, c.roots[i].Code())
			}
			if c.roots == nil {
				r.Exit = result.ExitTrouble
			}
			output, state, code := plugin(t, r, Options{Many: len(c.roots) > 1})
			line, _, _ := strings.Cut(strings.TrimPrefix(output, "KBVERIFY "), " |")
			if line != c.want || code != pluginCodes[state] {
				t.Errorf("code %d, %s\nwant %s", code, line, c.want)
			}
		})
	}
}

// However many roots fail, under names however long (accents on accents take bytes and no
// columns), what is kept and what is written is bounded, and what is not
// shown is counted.
func TestNagiosIsBounded(t *testing.T) {
	var b bytes.Buffer
	w := &nagiosWriter{Options: Options{Many: true}, w: &b}
	const roots = 300
	for i := range roots {
		r := sample().Roots[0]
		r.Root, r.Faults, r.Links, r.Tables = fmt.Sprintf(`\\server%d\%s`, i, strings.Repeat([]string{"漢", "\u0301", "x"}[i%3], 2000)), nil, nil, r.Tables[:1]
		r.Tables[0].Rows = r.Tables[0].Rows[:4] // without what is unreadable
		if err := w.Root(r); err != nil {
			t.Fatal(err)
		}
		for s := range w.found {
			if f := &w.found[s]; f.size > pluginOutput || len(f.heads) > pluginHeads {
				t.Fatalf("%d bytes and %d heads are kept after %d roots", f.size, len(f.heads), i+1)
			}
		}
	}
	if err := w.Close(taken("AUDIT", 12, 30), result.ExitFail); err != nil {
		t.Fatal(err)
	}
	output := b.String()
	more := regexp.MustCompile(`(?m)^and (\d+) more lines; without -f nagios kbverify shows all\nTaken `).FindStringSubmatch(output)
	if len(output) > pluginOutput || more == nil {
		t.Fatalf("%d bytes:\n%s", len(output), output)
	}
	const each = 5 // the hotfix, what to do, three files
	shown := strings.Count(output, "\n") - 3
	if want := fmt.Sprint(roots*each - shown); more[1] != want {
		t.Errorf("%s lines are said to be left, want %s, in\n%s", more[1], want, output)
	}
	if first, _, _ := strings.Cut(output, "\n"); len(first) > pluginOutput/2 {
		t.Errorf("a first line of %d bytes: %s", len(first), first)
	}
}

func TestWriteUnknown(t *testing.T) {
	var b bytes.Buffer
	code := WriteUnknown(&b, errors.New("flag \x1b | two\nlines"))
	if want := "KBVERIFY UNKNOWN - flag \\x1b \\x7c two\n  lines\n"; b.String() != want || code != 3 {
		t.Errorf("code %d, %q, want %q", code, b.String(), want)
	}
}
