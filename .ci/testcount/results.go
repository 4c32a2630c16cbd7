package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// key names a test; the package itself has the test "".
type key struct{ pkg, test string }

// outcome is how a test ended over all runs, the worst and the best of it.
type outcome struct{ passed, failed, skipped bool }

type results struct {
	tests    map[key]*outcome
	output   map[key]*strings.Builder // of the run being read
	packages []string                 // a line for each package, in the order they ended
	failures []string                 // what failed, with its output
	failed   map[key]string           // the same, by key
}

func newResults() *results { return &results{tests: map[key]*outcome{}, failed: map[key]string{}} }

// startRun forgets the output of the run before, so that a test's output is
// that of one run.
func (r *results) startRun(path string) {
	r.output = map[key]*strings.Builder{}
	r.packages = append(r.packages, path)
}

func (r *results) add(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "output":
		r.collect(k, e.Output)
	case "build-output":
		r.failures = append(r.failures, e.Output)
	case "pass", "fail", "skip":
		r.end(k, e)
	}
}

func (r *results) collect(k key, text string) {
	if r.output[k] == nil {
		r.output[k] = &strings.Builder{}
	}
	r.output[k].WriteString(text)
}

// end records the end of a test or of a package.
func (r *results) end(k key, e event) {
	if e.Action == "fail" {
		r.fail(k)
	}
	if k.test == "" {
		r.packages = append(r.packages, fmt.Sprintf("%-4s  %7.2f s  %s", e.Action, e.Elapsed, k.pkg))
		return
	}
	o := r.tests[k]
	if o == nil {
		o = &outcome{}
		r.tests[k] = o
	}
	o.passed = o.passed || e.Action == "pass"
	o.failed = o.failed || e.Action == "fail"
	o.skipped = o.skipped || e.Action == "skip"
}

func (r *results) fail(k key) {
	text := ""
	if r.output[k] != nil {
		text = r.output[k].String()
	}
	r.failures = append(r.failures, fmt.Sprintf("--- %s %s\n%s", k.pkg, k.test, text))
	r.failed[k] = text
}

// allBy reports whether something failed, and nothing for another cause than the one
// whose text is given. A test whose subtest failed, and a package whose test did,
// failed for that.
func (r *results) allBy(cause string, w io.Writer) int {
	code := 1
	for k, text := range r.failed {
		inner := k.test + "/"
		if k.test == "" {
			inner = ""
		}
		byInner := false
		for other := range r.failed {
			byInner = byInner || other.pkg == k.pkg && other.test != k.test && strings.HasPrefix(other.test, inner)
		}
		switch {
		case byInner:
		case !strings.Contains(text, cause):
			fmt.Fprintf(w, "failed for another cause: %s %s\n", k.pkg, k.test)
			return 1
		default:
			code = 0
		}
	}
	return code
}

// print shows the packages and what failed.
func (r *results) print(w io.Writer) int {
	for _, line := range r.packages {
		fmt.Fprintln(w, line)
	}
	for _, text := range r.failures {
		fmt.Fprint(w, text)
	}
	passed, failed, skipped := r.counts()
	fmt.Fprintf(w, "%d tests: %d passed, %d failed, %d skipped here\n", len(r.tests), passed, failed, len(skipped))
	if failed > 0 || len(r.failures) > 0 {
		return 1
	}
	return 0
}

// counts gives how many tests passed and failed, and those that every run skipped.
func (r *results) counts() (passed, failed int, skipped []key) {
	for k, o := range r.tests {
		switch {
		case o.failed:
			failed++
		case o.passed:
			passed++
		default:
			skipped = append(skipped, k)
		}
	}
	slices.SortFunc(skipped, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.test, b.test))
	})
	return passed, failed, skipped
}
