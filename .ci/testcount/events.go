package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// event is one line of `go test -json` (go doc test2json).
type event struct {
	Action     string
	Package    string
	Test       string
	Output     string
	ImportPath string // of build-output and build-fail
	Elapsed    float64
}

// readFile adds the events of one run to results.
func readFile(results *results, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	results.startRun(path)
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			results.add(parseEvent(line))
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %q: %w", path, err)
		}
	}
}

// parseEvent gives the event of a line; a line that is none, which a program
// under test printed past the test runner, becomes output of no package.
func parseEvent(line []byte) event {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		return event{Action: "output", Output: string(line)}
	}
	return e
}
