package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kbverify/internal/testtool"
)

const hello = `package main

import "os"

func main() { os.Stdout.WriteString("hello\n") }
`

// built builds a program as a release is built.
func built(b *testing.B, name, dir, what string) string {
	b.Helper()
	b.Setenv("CGO_ENABLED", "0")
	binary := filepath.Join(b.TempDir(), name)
	testtool.Run(b, dir, "go", "build", "-o", binary, what)
	return binary
}

// BenchmarkStartUp is the time from the start of the program to its end, with the
// whole catalogue embedded, as multiples of that of a Go program that prints a line,
// which runs between them.
func BenchmarkStartUp(b *testing.B) {
	dir := b.TempDir()
	source := filepath.Join(b.TempDir(), "hello.go")
	testtool.WriteFile(b, source, hello)
	peer, program := built(b, "hello", ".", source), built(b, "kbverify", ".", ".")
	start := func(exit int, name string, args ...string) time.Duration {
		cmd := exec.Command(name, args...)
		begin := time.Now()
		if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exit {
			b.Fatal(err)
		}
		return time.Since(begin)
	}
	for _, c := range []struct {
		name string
		args []string
		exit int
	}{
		{"version", []string{"version"}, 0},
		{"list", []string{"list"}, 0},
		{"show", []string{"show", "KB977203"}, 0},
		{"verify", []string{"verify", "-q", "-k", "KB977203", dir}, 1},
		{"detect", []string{"detect", "-q", dir}, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				b.StopTimer()
				theirs := start(0, peer)
				b.StartTimer()
				ratios = append(ratios, float64(start(c.exit, program, c.args...))/float64(theirs))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "x-hello")
		})
	}
}

// BenchmarkMillion judges the inventory of a million files as a multiple of the walk
// of the tree that it is of, both from start to end: KBVERIFY_MILLION names that tree,
// which nobody wants to make for a benchmark.
func BenchmarkMillion(b *testing.B) {
	root := os.Getenv("KBVERIFY_MILLION")
	if root == "" {
		b.Skip("KBVERIFY_MILLION names no tree")
	}
	program := built(b, "kbverify", ".", ".")
	inventory := filepath.Join(b.TempDir(), "inventory.json")
	testtool.Run(b, ".", program, "scan", "-q", "--all", "-o", inventory, root)
	run := func(args ...string) (time.Duration, int64) {
		cmd := exec.Command(program, args...)
		begin := time.Now()
		out, err := cmd.CombinedOutput()
		if _, differs := err.(*exec.ExitError); err != nil && !differs {
			b.Fatalf("%v: %v\n%s", args, err, out)
		}
		return time.Since(begin), maxMemory(cmd.ProcessState)
	}
	for _, c := range []struct {
		name string
		args []string
	}{
		{"verify", []string{"verify", "-q", "-k", "KB977203"}}, {"detect", []string{"detect", "-q"}},
		{"identify", []string{"identify", "-f", "csv", "-o", os.DevNull}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var ratios []float64
			var memory int64
			for b.Loop() {
				b.StopTimer()
				walk, _ := run("verify", "-q", "-k", "KB977203", root)
				b.StartTimer()
				took, most := run(append(c.args, inventory)...)
				ratios, memory = append(ratios, float64(took)/float64(walk)), max(memory, most)
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "x-walk")
			b.ReportMetric(float64(memory)/1e6, "MB-resident")
		})
	}
}
