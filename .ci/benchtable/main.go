// Benchtable reads what `go test -bench` prints and writes it as one Markdown
// table: a line for each benchmark, with the median where it ran several times.
//
//	go test -run '^$' -bench . -count 3 ./... | benchtable
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(1)
	}
}

// measured is one benchmark: its values by unit, one of each run.
type measured struct {
	name   string
	values map[string][]float64
	units  []string // in the order printed
}

func run(r io.Reader, w io.Writer) error {
	var all []*measured
	in := bufio.NewScanner(r)
	for in.Scan() {
		name, values, ok := parseLine(in.Text())
		if !ok {
			continue
		}
		i := slices.IndexFunc(all, func(m *measured) bool { return m.name == name })
		if i < 0 {
			i = len(all)
			all = append(all, &measured{name: name, values: map[string][]float64{}})
		}
		all[i].add(values)
	}
	if err := in.Err(); err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("no benchmark in the input")
	}
	fmt.Fprintln(w, "| benchmark | time | memory | ratios and other figures |\n|---|---|---|---|")
	for _, m := range all {
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", m.name, m.time(), m.memory(), m.others())
	}
	return nil
}

// value is one figure of a result line.
type value struct {
	number float64
	unit   string
}

// parseLine reads "BenchmarkName/sub-2  100  12.5 ns/op  3 B/op" (the format of
// golang.org/design/14313-benchmark-format).
func parseLine(line string) (name string, values []value, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 || len(fields)%2 != 0 || !strings.HasPrefix(fields[0], "Benchmark") {
		return "", nil, false
	}
	for i := 2; i < len(fields); i += 2 {
		number, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return "", nil, false
		}
		values = append(values, value{number, fields[i+1]})
	}
	name = strings.TrimPrefix(fields[0], "Benchmark")
	if i := strings.LastIndexByte(name, '-'); i > 0 { // the number of processors
		if _, err := strconv.Atoi(name[i+1:]); err == nil {
			name = name[:i]
		}
	}
	return name, values, true
}

func (m *measured) add(values []value) {
	for _, v := range values {
		if m.values[v.unit] == nil {
			m.units = append(m.units, v.unit)
		}
		m.values[v.unit] = append(m.values[v.unit], v.number)
	}
}

func (m *measured) median(unit string) float64 {
	values := slices.Sorted(slices.Values(m.values[unit]))
	return values[len(values)/2]
}
