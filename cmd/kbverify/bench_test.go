package main

import (
	"os/exec"
	"testing"
)

// BenchmarkStartUp is the time from the start of the program to its end, with
// the whole catalogue embedded: in the path stands the test binary as kbverify,
// whose start takes longer than the program's own.
func BenchmarkStartUp(b *testing.B) {
	dir := b.TempDir()
	for _, c := range []struct {
		name string
		args []string
		exit int
	}{
		{"version", []string{"version"}, 0},
		{"list", []string{"list"}, 0},
		{"show", []string{"show", "KB977203"}, 0},
		{"verify", []string{"verify", "-q", "-k", "KB977203", dir}, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command("kbverify", c.args...)
				if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != c.exit {
					b.Fatal(err)
				}
			}
		})
	}
}
