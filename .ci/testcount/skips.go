package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// readExcuses reads the tests that may be skipped everywhere, one a line as
// "PACKAGE TEST reason", "#" before a comment.
func readExcuses(path string) (map[key]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	excused := map[key]string{}
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.SplitN(line, " ", 3)
		if len(fields) < 3 {
			return nil, fmt.Errorf("%s:%d: want PACKAGE TEST reason", path, i+1)
		}
		excused[key{fields[0], fields[1]}] = fields[2]
	}
	return excused, nil
}

// close prints every skipped test with its excuse, every excuse that is not
// needed, and the count of all.
func (r *results) close(w io.Writer, excused map[key]string) int {
	code := 0
	passed, failed, skipped := r.counts()
	for _, k := range skipped {
		reason, ok := excused[k]
		if !ok {
			code, reason = 1, "NOT EXCUSED: no run could do it"
		}
		fmt.Fprintf(w, "skipped: %s %s: %s\n", k.pkg, k.test, reason)
	}
	for k, reason := range excused {
		if o := r.tests[k]; o == nil || o.passed {
			code = 1
			fmt.Fprintf(w, "excused, but it ran or does not exist: %s %s: %s\n", k.pkg, k.test, reason)
		}
	}
	if len(r.failures) > 0 {
		code = 1
		if failed == 0 {
			fmt.Fprintln(w, "a package failed outside its tests")
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", passed, failed, len(skipped))
	return code
}
