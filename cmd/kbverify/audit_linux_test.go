package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbverify/internal/testtool"
)

// The page is made of what the servers wrote, and one that was silent is trouble.
func TestAudit(t *testing.T) {
	roots, folder := rootsInEveryState(t), t.TempDir()
	script := filepath.Join(folder, "kbverify-audit.sh")
	testtool.WriteFile(t, script, recipe(t, "kbverify-audit.sh"))
	results, page := filepath.Join(folder, "results & more"), filepath.Join(folder, "page.html")
	if err := os.Mkdir(results, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(server, state string) {
		runHere(t, "detect", "-k", "KB977203", "-f", "json", "-o", filepath.Join(results, server+".json"), roots[state])
	}
	audit := func() (int, string) {
		os.Remove(page)
		cmd := exec.Command("/bin/sh", script, results, page)
		out, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	if code, said := audit(); code != 2 {
		t.Errorf("nobody wrote: exit %d, %q", code, said)
	}
	for _, step := range []struct {
		server, state string
		silent        bool
		code          int
		says          string
	}{
		{"SITE01", "installed", false, 0, ""},
		{"SITE02", "partial", false, 1, ""},
		{"SITE03", "undecidable", false, 2, ""},
		{"SITE03", "superseded", false, 1, ""},
		{"SITE02", "absent", false, 0, ""},
		{"SITE01", "installed", true, 2, "not a word for 25 hours from: SITE01\n"},
	} {
		write(step.server, step.state)
		if step.silent {
			yesterday := time.Now().Add(-26 * time.Hour)
			if err := os.Chtimes(filepath.Join(results, step.server+".json"), yesterday, yesterday); err != nil {
				t.Fatal(err)
			}
		}
		if code, said := audit(); code != step.code || said != step.says {
			t.Errorf("%+v: exit %d, %q", step, code, said)
		}
		expectPage(t, page, roots[step.state])
	}
}

// systemd takes the units, and has nothing to say about them.
func TestRecipesUnits(t *testing.T) {
	analyze, root := testtool.Need(t, "systemd-analyze"), t.TempDir()
	// What the units refer to: systemd's own, and the script.
	for _, folder := range []string{"usr/lib/systemd", "etc/systemd/system", "usr/local/bin"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	testtool.Run(t, root, "cp", "-r", "/usr/lib/systemd/system", "usr/lib/systemd")
	testtool.Run(t, root, "ln", "-s", "usr/lib", "lib")
	testtool.WriteFile(t, filepath.Join(root, "usr/local/bin/kbverify-audit.sh"), recipe(t, "kbverify-audit.sh"))
	testtool.Run(t, root, "chmod", "+x", "usr/local/bin/kbverify-audit.sh")
	for _, change := range []string{"", "Persistent", "OnCalendar", "User", "ExecStart"} {
		for _, unit := range []string{"kbverify-audit.service", "kbverify-audit.timer"} {
			text := recipe(t, unit)
			if change != "" {
				text = strings.ReplaceAll(text, "\n"+change+"=", "\nUn"+change+"=")
			}
			testtool.WriteFile(t, filepath.Join(root, "etc/systemd/system", unit), text)
		}
		cmd := exec.Command(analyze, "verify", "--root="+root, "kbverify-audit.timer", "kbverify-audit.service")
		out, err := cmd.CombinedOutput()
		if good := err == nil && len(out) == 0; good != (change == "") {
			t.Errorf("without %q: %v: %s", change, err, out)
		}
	}
}

// cron takes the table.
func TestRecipesCron(t *testing.T) {
	crontab := testtool.Need(t, "crontab")
	for text, good := range map[string]bool{
		recipe(t, "kbverify-audit.cron"):                                      true,
		strings.ReplaceAll(recipe(t, "kbverify-audit.cron"), "0 6 ", "0 60 "): false,
	} {
		path := filepath.Join(t.TempDir(), "table")
		testtool.WriteFile(t, path, text)
		if out, err := exec.Command(crontab, "-n", path).CombinedOutput(); (err == nil) != good {
			t.Errorf("%v: %s\n%s", err, out, text)
		}
	}
}
