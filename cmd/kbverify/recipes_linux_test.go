package main

import (
	"os/exec"
	"strings"
	"testing"

	"kbverify/internal/testtool"
)

// The scheduled task has the structure that Task Scheduler's documents give, and xmllint sees
// where it has not.
func TestRecipesTask(t *testing.T) {
	xmllint := testtool.Need(t, "xmllint")
	for name, trial := range map[string]struct{ old, new string }{
		"as it stands":            {},
		"a policy that is none":   {"IgnoreNew", "Ignore"},
		"a delay that is none":    {"PT1H", "1 hour"},
		"no start":                {"<StartBoundary>2020-01-01T02:00:00</StartBoundary>", ""},
		"another principal":       {`id="System"`, `id="Nobody"`},
		"an element that is none": {"RandomDelay>", "Delay>"},
	} {
		t.Run(name, func(t *testing.T) {
			text := recipe(t, "nightly.xml")
			changed := strings.ReplaceAll(text, trial.old, trial.new)
			cmd := exec.Command(xmllint, "--noout", "--schema", "testdata/recipes/task.xsd", "-")
			cmd.Stdin = strings.NewReader(changed)
			if out, err := cmd.CombinedOutput(); (err == nil) != (changed == text) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
