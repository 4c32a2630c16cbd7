package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// helpTexts are what the program prints, by the command that is asked about.
func helpTexts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{"kbverify": inProcess(t, "help")}
	for _, c := range commands() {
		texts[c.name] = inProcess(t, "help", c.name)
		if short := inProcess(t, c.name, "-h"); short != texts[c.name] {
			t.Errorf("%s -h differs from help %s", c.name, c.name)
		}
	}
	return texts
}

func inProcess(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("kbverify %v: exit code %d, %s", args, code, stderr.String())
	}
	return stdout.String()
}

func TestHelp(t *testing.T) {
	for name, text := range helpTexts(t) {
		path := filepath.Join("testdata", "help", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), text); d != "" {
			t.Errorf("%s (-update writes it anew):\n%s", path, d)
		}
		for line := range strings.Lines(text) {
			if len(strings.TrimRight(line, "\n")) > helpWidth {
				t.Errorf("%s: wider than %d columns: %s", name, helpWidth, line)
			}
		}
	}
}
