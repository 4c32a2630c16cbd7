package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// randomResult has roots of every sort, judged however badly, with names that XML, shells
// and plugins' callers act on.
func randomResult(rnd *rand.Rand) *result.Result {
	pick := func(texts ...string) string { return texts[rnd.IntN(len(texts))] }
	seldom := func() bool { return rnd.IntN(8) == 0 }
	name := func() string {
		return pick("Ccm.dll", "a|b.dll", "]]>.dll", "<b>&amp;\"'.dll", "\x1b[31m", "line\nbreak", "\ufffe\uffff", "\xff", "größe 漢字", "state", "=1")
	}
	command := result.Command(pick("verify", "detect"))
	r := &result.Result{Tool: sample().Tool, Taken: taken("AUDIT", 12, 30), Roots: []result.RootResult{}}
	row := func() result.RowResult {
		row := result.RowResult{Name: name(), Platform: manifest.Platform(pick("", "x86", "x64")), Verdict: result.Verdicts[rnd.IntN(len(result.Verdicts))],
			Version: printed("1.2.3.4"), Size: manifest.ExactSize(17), Copies: []result.CopyResult{}}
		if rnd.IntN(2) == 0 {
			row.Verdict = result.OK
		}
		if row.Verdict != result.Missing {
			c := result.CopyResult{Path: "bin/" + name(), Verdict: row.Verdict, Notes: []result.Reason{result.Said(name())}}
			if seldom() {
				c.Signature = result.Signature{Status: result.NotChecked, Cause: "damaged", Distrust: pick("", name())}
			}
			row.Copies = append(row.Copies, c)
		}
		return row
	}
	for range 1 + rnd.IntN(3) {
		root := result.RootResult{Root: `D:\` + name(), Taken: taken(pick("", name()), rnd.IntN(23), 0), Tables: []result.TableResult{}}
		root.Taken.Command = command
		if seldom() {
			root.Taken = result.Taken{Command: command}
		}
		switch rnd.IntN(16) {
		case 0:
			root.Error = name()
		case 1:
			root.Faults = []result.FaultResult{{Path: name(), Error: name()}}
		case 2:
			root.Links = []result.LinkResult{{Path: name(), Target: name(), Inside: seldom()}}
		case 3:
			root.Excluded, root.Unasked = []string{name()}, []string{name()}
		case 4:
			root.Emptied, root.NoSignatures, root.NoTrust = rnd.IntN(2) == 0, rnd.IntN(2) == 0, rnd.IntN(2) == 0
		}
		for range rnd.IntN(4) {
			t := result.TableResult{Hotfix: pick("KB1", "KB2", name()), Table: pick("", "SP1"), State: detectOrder[rnd.IntN(len(detectOrder))],
				Counts: map[result.Verdict]int{}, Rows: []result.RowResult{}, Harmless: seldom(), Next: []result.Reason{result.Said(name())}, Article: name()}
			for range rnd.IntN(5) {
				one := row()
				t.Counts[one.Verdict]++
				t.Rows = append(t.Rows, one)
			}
			if seldom() {
				t.Signatures = &result.SignatureCounts{NotChecked: rnd.IntN(2), NotTrusted: rnd.IntN(2)}
			}
			if rnd.IntN(2) == 0 {
				t.Reason = result.Why{{Kind: result.OtherRelease}}
			}
			root.Tables = append(root.Tables, t)
		}
		r.Exit = max(r.Exit, root.Code())
		r.Roots = append(r.Roots, root)
	}
	return r
}

// readSuites are the suites of a document, as encoding/xml reads them.
func readSuites(t *testing.T, document []byte) []junitSuite {
	t.Helper()
	var suites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	if err := xml.Unmarshal(document, &suites); err != nil {
		t.Fatalf("%v in\n%s", err, document)
	}
	return suites.Suites
}

func written(t *testing.T, f Format, r *result.Result, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A suite has an error where its root's exit code is 2, and a failure or an error where it
// is not 0; what it counts is what it holds, and each case can be told from the others.
func TestJUnitFailsAsTheExitCodeDoes(t *testing.T) {
	seen := map[result.Exit]int{}
	for seed := range uint64(1000) {
		r := randomResult(rand.New(rand.NewPCG(seed, 1)))
		document := written(t, JUnit, r, Options{})
		suites := readSuites(t, document)
		if len(suites) != len(r.Roots) {
			t.Fatalf("seed %d: %d suites for %d roots", seed, len(suites), len(r.Roots))
		}
		for i, s := range suites {
			code := r.Roots[i].Code()
			seen[code]++
			if errs, fails := s.Errors > 0, s.Errors+s.Failures > 0; errs != (code == result.ExitTrouble) || fails != (code != result.ExitPass) {
				t.Fatalf("seed %d: %d errors and %d failures where the exit code is %d:\n%s", seed, s.Errors, s.Failures, code, document)
			}
			var n junitSuite
			names := map[[2]string]bool{}
			for _, c := range s.Cases {
				n.Tests++
				if c.Failure != nil {
					n.Failures++
				}
				if c.Error != nil {
					n.Errors++
				}
				if c.Skipped != nil {
					n.Skipped++
				}
				names[[2]string{c.Class, c.Name}] = true
			}
			if n.Tests != s.Tests || n.Failures != s.Failures || n.Errors != s.Errors || n.Skipped != s.Skipped || len(names) != s.Tests {
				t.Fatalf("seed %d: counts differ, or of %d cases only %d have names of their own:\n%s", seed, s.Tests, len(names), document)
			}
		}
	}
	for _, code := range []result.Exit{result.ExitPass, result.ExitFail, result.ExitTrouble} {
		if seen[code] < 50 {
			t.Errorf("%d roots with exit code %d", seen[code], code)
		}
	}
}

// An exit code that none of the roots explains, as after a run that came to no end, fails too.
func TestJUnitWithoutRootsFailsAsTheExitCodeDoes(t *testing.T) {
	for exit, want := range map[result.Exit][2]int{result.ExitPass: {}, result.ExitFail: {1, 0}, result.ExitTrouble: {0, 1}} {
		var got [2]int
		for _, s := range readSuites(t, written(t, JUnit, &result.Result{Tool: sample().Tool, Exit: exit}, Options{})) {
			got[0], got[1] = got[0]+s.Failures, got[1]+s.Errors
		}
		if got != want {
			t.Errorf("exit code %d: %d failures and %d errors", exit, got[0], got[1])
		}
	}
}

// Jenkins' schema takes whatever is written, and a program that others act on reads it the same way.
func TestJUnitPeers(t *testing.T) {
	xmllint, junitparser := testtool.Need(t, "xmllint"), testtool.Need(t, "junitparser")
	schema, err := filepath.Abs("testdata/junit/jenkins-junit.xsd")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	whole := &result.Result{Tool: sample().Tool, Roots: append(sample().Roots, detection().Roots...)}
	for seed := range uint64(100) {
		whole.Roots = append(whole.Roots, randomResult(rand.New(rand.NewPCG(seed, 2))).Roots...)
	}
	testtool.WriteFile(t, filepath.Join(dir, "whole.xml"), string(written(t, JUnit, whole, Options{})))
	testtool.Run(t, dir, xmllint, "--noout", "--schema", schema, "whole.xml")

	testtool.Run(t, dir, junitparser, "merge", "whole.xml", "whole.xml", "twice.xml")
	var sum junitSuite
	for _, s := range readSuites(t, written(t, JUnit, whole, Options{})) {
		sum.Tests, sum.Failures, sum.Errors, sum.Skipped = sum.Tests+2*s.Tests, sum.Failures+2*s.Failures, sum.Errors+2*s.Errors, sum.Skipped+2*s.Skipped
	}
	head, err := exec.Command(xmllint, "--xpath", "/testsuites/@*", filepath.Join(dir, "twice.xml")).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf(`tests="%d"`, sum.Tests), fmt.Sprintf(`failures="%d"`, sum.Failures), fmt.Sprintf(`errors="%d"`, sum.Errors), fmt.Sprintf(`skipped="%d"`, sum.Skipped),
	} {
		if !strings.Contains(string(head), want) {
			t.Errorf("junitparser counts%s, want %s", head, want)
		}
	}
	codes := map[result.Exit]int{}
	for seed := uint64(0); codes[0] < 3 || codes[1] < 3 || codes[2] < 3; seed++ {
		r := randomResult(rand.New(rand.NewPCG(seed, 3)))
		if codes[r.Exit]++; codes[r.Exit] > 3 {
			continue
		}
		testtool.WriteFile(t, filepath.Join(dir, "one.xml"), string(written(t, JUnit, r, Options{})))
		if err := exec.Command(junitparser, "verify", filepath.Join(dir, "one.xml")).Run(); (err != nil) != (r.Exit != result.ExitPass) {
			t.Errorf("seed %d: junitparser verify says %v where the exit code is %d", seed, err, r.Exit)
		}
	}
}

// What no scan has told is the run's, or what the format has for it.
func TestJUnitTimes(t *testing.T) {
	run := taken("AUDIT", 12, 30)
	root := result.RootResult{Root: "r", Tables: []result.TableResult{}}
	scanned := root
	scanned.Taken = taken("SITE1", 9, 0)
	scanned.Taken.End = scanned.Taken.Start.Add(90 * time.Second)
	for _, c := range []struct {
		root                  result.RootResult
		host, timestamp, took string
	}{
		{root, "localhost", "2010-02-03T12:30:00", "0"},
		{scanned, "SITE1", "2010-02-03T09:00:00", "90"},
	} {
		r := &result.Result{Roots: []result.RootResult{c.root}, Taken: run, Exit: result.ExitTrouble}
		s := readSuites(t, written(t, JUnit, r, Options{}))[0]
		if s.Hostname != c.host || s.Timestamp != c.timestamp || s.Time != c.took {
			t.Errorf("host %s, time %s, took %s; want %+v", s.Hostname, s.Timestamp, s.Time, c)
		}
	}
}

// No character is written that XML does not have, and none is lost: what cannot stand
// for itself stands as an escape.
func TestJUnitWritesWhatXMLHas(t *testing.T) {
	root := result.RootResult{Root: "a\ufffe\uffff\x01\xff]]>", Error: "e\uffff]]>", Tables: []result.TableResult{}}
	document := written(t, JUnit, &result.Result{Roots: []result.RootResult{root}, Exit: result.ExitTrouble}, Options{})
	if bad := regexp.MustCompile(`[^\t\n\r\x20-\x{d7ff}\x{e000}-\x{fffd}\x{10000}-\x{10ffff}]`).Find(document); bad != nil {
		t.Errorf("holds %q", bad)
	}
	s := readSuites(t, document)[0]
	if want := `a\ufffe\uffff\x01\xff]]>`; s.Name != want {
		t.Errorf("name %q, want %q", s.Name, want)
	}
	if want := `e\uffff]]>`; s.Cases[0].Error.Message != want || s.Cases[0].Error.Text != want {
		t.Errorf("error %+v, want %q", s.Cases[0].Error, want)
	}
}
