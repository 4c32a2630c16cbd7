// Testcount reads what `go test -json` and test2json print, and says what ran.
//
//	testcount RUN.json...              packages, and the output of what failed
//	testcount -skips FILE RUN.json...  all runs together, and a closing line
//	testcount -cause TEXT RUN.json     whether TEXT stands in the output of all that failed
//
// A test that ran in several of the runs (as root and not, on Linux and under
// wine) is one test: failed if it failed in any, passed if it passed in any,
// and skipped only if every run skipped it. With -skips, such a test must stand
// in FILE with the reason, or testcount exits 1.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("testcount", flag.ContinueOnError)
	flags.SetOutput(stderr)
	skips := flags.String("skips", "", "close with the count; `FILE` lists the tests that may be skipped")
	cause := flags.String("cause", "", "exit 0 where something failed, and `TEXT` is in the output of each that did")
	if flags.Parse(args) != nil {
		return 2
	}
	results := newResults()
	for _, path := range flags.Args() {
		if err := readFile(results, path); err != nil {
			fmt.Fprintln(stderr, "testcount:", err)
			return 2
		}
	}
	if *cause != "" {
		return results.allBy(*cause, stdout)
	}
	if *skips == "" {
		return results.print(stdout)
	}
	excused, err := readExcuses(*skips)
	if err != nil {
		fmt.Fprintln(stderr, "testcount:", err)
		return 2
	}
	return results.close(stdout, excused)
}
