package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRun(t *testing.T) {
	const in = `goos: linux
BenchmarkRead/ours-2   	     100	     67290 ns/op	      7461 floor-ns/file	     8100 ns/file	         1.085 of/floor	     992 B/op	       9 allocs/op
BenchmarkRead/ours-2   	     100	     67290 ns/op	      7461 floor-ns/file	     9300 ns/file	         1.285 of/floor	     992 B/op	       9 allocs/op
BenchmarkRead/ours-2   	     100	     67290 ns/op	      7461 floor-ns/file	     8200 ns/file	         1.185 of/floor	     992 B/op	       9 allocs/op
BenchmarkWalk/find-x   	       1	1500000000 ns/op	 12582912 B/op
BenchmarkBroken
--- BENCH: BenchmarkRead
PASS
`
	const want = `| benchmark | time | memory | ratios and other figures |
|---|---|---|---|
| Read/ours | 8.2 µs/file | 992 B/op | floor 7.46 µs/file, 1.19 of/floor |
| Walk/find-x | 1.5 s/op | 12 MiB/op |  |
`
	var out strings.Builder
	if err := run(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestRunWithoutBenchmarks(t *testing.T) {
	if err := run(strings.NewReader("PASS\n"), &strings.Builder{}); err == nil {
		t.Error("no error for an input without a benchmark")
	}
}
