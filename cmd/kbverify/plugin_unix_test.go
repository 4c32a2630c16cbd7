//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kbverify/internal/testtool"
)

// block gives the one block of a document that is fenced as kind and holds a text.
func block(t *testing.T, document, kind, holds string) string {
	t.Helper()
	var found []string
	for _, b := range regexp.MustCompile("(?ms)^```"+kind+"\n(.*?)^```$").FindAllStringSubmatch(documents(t)[document], -1) {
		if strings.Contains(b[1], holds) {
			found = append(found, b[1])
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s: %d blocks of %s hold %q", document, len(found), kind, holds)
	}
	return found[0]
}

// installed is kbverify as a program, which others run.
func installed(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("kbverify")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// checked is what Icinga keeps of a check.
type checked struct {
	State       int      `json:"state"`
	ExitStatus  int      `json:"exit_status"`
	Output      string   `json:"output"`
	Performance []string `json:"performance_data"`
}

// A real Icinga 2 runs the check command of docs/recipes.md, and understands each state.
func TestIcinga(t *testing.T) {
	icinga := testtool.Need(t, "icinga2")
	recipe := block(t, "docs/recipes.md", "icinga2", "CheckCommand")
	t.Chdir(t.TempDir())
	sampleRoots(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	recipe = strings.NewReplacer("/usr/local/bin/kbverify", installed(t), "/srv/site01", here+"/D_/SMS", "check_interval = 1d", "check_interval = 1s").
		Replace(recipe)
	config := "include <itl>\nobject CheckerComponent \"checker\" { }\n" + recipe
	for host, about := range map[string][2]string{
		"whole": {"KB977384", "D_/SMS"}, "doubtful": {"Q252718", "D_/SMS20"}, "gone": {"KB977384", "none|here"},
	} {
		config += fmt.Sprintf("object Host %q {\n  check_command = \"dummy\"\n  vars.hotfixes = [ %q ]\n  vars.sms_root = %q\n}\n",
			host, about[0], filepath.Join(here, about[1]))
	}
	testtool.WriteFile(t, "icinga2.conf", config)
	results := runIcinga(t, icinga, 4)
	for name, want := range map[string]struct {
		state  int
		output string
	}{
		"site01!hotfixes":   {2, "KBVERIFY CRITICAL - KB977203 SP2 PARTIAL, 9 of 13 files in place; 1 installed"},
		"whole!hotfixes":    {0, "KBVERIFY OK - KB977384 SP2 INSTALLED, 23 of 23 files in place"},
		"doubtful!hotfixes": {1, "KBVERIFY WARNING - Q252718 SUPERSEDED, newer files are here; 4 of 4 files in place, 4 newer, but the newer files are of another release"},
		"gone!hotfixes":     {3, "KBVERIFY UNKNOWN - NOT CHECKED, root "},
	} {
		got := results[name]
		if got.State != want.state || got.ExitStatus != want.state || !strings.HasPrefix(got.Output, want.output) {
			t.Errorf("%s: state %d (exit code %d), want %d and %q:\n%s", name, got.State, got.ExitStatus, want.state, want.output, got.Output)
		}
		if len(got.Performance) != 13 || !regexp.MustCompile(`^ok=\d+;;;0$`).MatchString(got.Performance[0]) {
			t.Errorf("%s: performance data %q", name, got.Performance)
		}
		if !strings.Contains(got.Output, "\nTaken 2010-02-03 04:05:06 UTC on SITE1, ") {
			t.Errorf("%s: the details are cut off:\n%s", name, got.Output)
		}
	}
}

// runIcinga runs Icinga in the current folder until so many services were checked, and
// gives what it keeps of each.
func runIcinga(t *testing.T, program string, services int) map[string]checked {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"daemon", "-x", "debug", "-c", filepath.Join(here, "icinga2.conf"), "-D", "Configuration.RunAsUser=" + me.Username,
		"-D", "Configuration.RunAsGroup=" + group.Name, "-D", "Configuration.PidPath=" + filepath.Join(here, "icinga2.pid")}
	for _, dir := range []string{"Data", "Log", "InitRun", "Cache", "Spool"} {
		args = append(args, "-D", "Configuration."+dir+"Dir="+filepath.Join(here, "icinga", dir))
		if err := os.MkdirAll(filepath.Join(here, "icinga", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // against a daemon that never checks
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	// The second time that a check is put off, its result is known.
	var log bytes.Buffer
	known := regexp.MustCompile(`Update checkable '([^']*!hotfixes)' .* from last check time at 2`)
	seen := map[string]bool{}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		log.WriteString(lines.Text() + "\n")
		if m := known.FindStringSubmatch(lines.Text()); m != nil && !seen[m[1]] {
			if seen[m[1]] = true; len(seen) == services {
				err = cmd.Process.Signal(syscall.SIGTERM)
			}
		}
	}
	if err = errors.Join(err, cmd.Wait()); err != nil || len(seen) < services {
		t.Fatalf("icinga2: %v, %d services checked\n%s", err, len(seen), log.String())
	}
	kept, err := os.ReadFile(filepath.Join("icinga", "Data", "icinga2.state"))
	if err != nil {
		t.Fatal(err)
	}
	results := map[string]checked{}
	for len(kept) > 0 { // netstrings
		length, rest, _ := bytes.Cut(kept, []byte(":"))
		n, err := strconv.Atoi(string(length))
		if err != nil || n >= len(rest) {
			t.Fatalf("icinga2.state: %.80q", kept)
		}
		var object struct {
			Name   string `json:"name"`
			Update struct {
				Last *checked `json:"last_check_result"`
			} `json:"update"`
		}
		if err := json.Unmarshal(rest[:n], &object); err != nil {
			t.Fatal(err)
		}
		if object.Update.Last != nil {
			results[object.Name] = *object.Update.Last
		}
		kept = rest[n+1:]
	}
	return results
}

// negate of the monitoring plugins knows the states, in the exit code and in words.
func TestNegate(t *testing.T) {
	negate := testtool.Need(t, "/usr/lib/nagios/plugins/negate")
	recipe := strings.Fields(block(t, "docs/recipes.md", "text", "negate -t"))
	t.Chdir(t.TempDir())
	sampleRoots(t)
	recipe[0] = negate
	for i, word := range recipe {
		recipe[i] = strings.NewReplacer("/usr/local/bin/kbverify", installed(t), "/srv/site01", "D_/SMS20").Replace(word)
	}
	plugin := []string{installed(t), "verify", "-f", "nagios", "-k"}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{recipe, 0, "KBVERIFY OK - Q252718 SUPERSEDED, "},
		{append([]string{negate, "-s"}, append(plugin, "KB977384", "D_/SMS")...), 2, "KBVERIFY CRITICAL - KB977384 SP2 INSTALLED, "},
		{append([]string{negate, "-s"}, append(plugin, "KB977203", "D_/SMS")...), 0, "KBVERIFY OK - KB977203 SP2 PARTIAL, "},
		{append([]string{negate, "-s", "-u", "WARNING"}, append(plugin, "KB977384", "none")...), 1, "KBVERIFY WARNING - NOT CHECKED, "},
		{append([]string{negate, "-s", "-u", "CRITICAL"}, append(plugin, "KB977384", "--bogus")...), 2, "KBVERIFY CRITICAL - verify: no flag \"--bogus\""},
	} {
		cmd := exec.Command(c.args[0], c.args[1:]...)
		out, _ := cmd.Output()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.HasPrefix(string(out), c.says) {
			t.Errorf("%q: code %d, want %d and %q:\n%s", c.args, code, c.code, c.says, out)
		}
	}
}

// The pipelines of docs/recipes.md fail where a hotfix is not whole, and leave a report
// that their servers read.
func TestPipelines(t *testing.T) {
	junitparser := testtool.Need(t, "junitparser")
	pipelines := []string{block(t, "docs/recipes.md", "yaml", "artifacts:"), block(t, "docs/recipes.md", "yaml", "uses:")}
	t.Chdir(t.TempDir())
	sampleRoots(t)
	for _, c := range []struct {
		root string
		code int
	}{{"D_/SMS", 1}, {"none", 2}} {
		if err := os.RemoveAll("image"); err != nil {
			t.Fatal(err)
		}
		if c.code == 1 {
			if err := os.Symlink(c.root, "image"); err != nil {
				t.Fatal(err)
			}
		}
		for _, pipeline := range pipelines {
			line := regexp.MustCompile(`(?m)^ +- (?:run: )?kbverify (.*)$`).FindStringSubmatch(pipeline)
			report := regexp.MustCompile(`(?m)(?:junit|report_paths): (.*)$`).FindStringSubmatch(pipeline)
			if line == nil || report == nil {
				t.Fatalf("no command, or no report, in\n%s", pipeline)
			}
			var stderr bytes.Buffer
			if code := run(t.Context(), strings.Fields(line[1]), nil, &stderr, &stderr); code != c.code {
				t.Errorf("%s: exit code %d, want %d\n%s", line[1], code, c.code, stderr.String())
			}
			if err := exec.Command(junitparser, "verify", report[1]).Run(); err == nil {
				t.Errorf("junitparser verify %s passes", report[1])
			}
			if err := os.Remove(report[1]); err != nil {
				t.Error(err)
			}
		}
	}
}
