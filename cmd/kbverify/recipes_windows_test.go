package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// office is a folder on which an administrator laid the recipes' batch files beside
// kbverify.exe, with blanks and & in its name.
func office(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tools & more (x86)")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	copyProgram(t, filepath.Join(dir, "kbverify.exe"))
	return dir
}

// layBatch lays a recipe into a folder, with its lines set "NAME=…" changed as its user would.
func layBatch(t *testing.T, dir, name string, lines map[string]string) string {
	t.Helper()
	text := recipe(t, name)
	for variable, value := range lines {
		line := regexp.MustCompile(`(?m)^set "` + variable + `=[^\r\n]*"`)
		if n := len(line.FindAllString(text, -1)); n != 1 {
			t.Fatalf("%s: %d lines set %s", name, n, variable)
		}
		text = line.ReplaceAllLiteralString(text, `set "`+variable+`=`+strings.ReplaceAll(value, "%", "%%")+`"`)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// shell runs a line by cmd.exe in an empty folder.
func shell(t *testing.T, line string, env ...string) (code int, stdout, stderr string) {
	t.Helper()
	return runsCmd(t, `/d /s /c "`+line+`"`, env...)
}

// runsCmd runs cmd.exe in an empty folder, with its arguments as they stand.
func runsCmd(t *testing.T, arguments string, env ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.Command("cmd.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: "cmd.exe " + arguments}
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), env...)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	failed := cmd.Run()
	if exit := (*exec.ExitError)(nil); failed != nil && !errors.As(failed, &exit) {
		t.Fatal(failed)
	}
	return cmd.ProcessState.ExitCode(), out.String(), err.String()
}

// answers are what the states of a hotfix mean to ConfigMgr: whether there is output, whether
// there is anything on standard error, and the exit code.
var answers = map[string]struct {
	says, complains bool
	code            int
}{
	"installed":     {true, false, 0},
	"superseded":    {true, false, 0},
	"partial":       {false, false, 0},
	"not-installed": {false, false, 0},
	"absent":        {false, false, 0},
	"undecidable":   {false, true, 2},
}

func TestWindowsDetectionMethod(t *testing.T) {
	dir, roots := office(t), rootsInEveryState(t)
	reports := filepath.Join(t.TempDir(), "Logs & more")
	if err := os.Mkdir(reports, 0o777); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(reports, "kbverify.txt")
	broken := filepath.Join(dir, "broken.exe")
	if err := os.WriteFile(broken, []byte("no program"), 0o777); err != nil {
		t.Fatal(err)
	}
	inStateOf := func(state string) map[string]string {
		return map[string]string{"ROOT": roots[state], "REPORT": report}
	}
	with := func(lines map[string]string, name, value string) map[string]string {
		lines[name] = value
		return lines
	}
	type trial struct {
		lines map[string]string
		state string // whose answer is expected
	}
	trials := map[string]trial{
		"the root ends with a backslash": {inStateOf("installed"), "installed"},
		"one table of the article":       {with(inStateOf("installed"), "HOTFIX", "KB977203/SP2"), "installed"},
		"no such root":                   {with(inStateOf("installed"), "ROOT", roots["installed"]+" not"), "undecidable"},
		"no such hotfix":                 {with(inStateOf("installed"), "HOTFIX", "KB1"), "undecidable"},
		"no such folder for the report":  {with(inStateOf("installed"), "REPORT", filepath.Join(dir, "none", "r.txt")), "undecidable"},
		"kbverify.exe is missing":        {with(inStateOf("installed"), "KBVERIFY", filepath.Join(dir, "none.exe")), "undecidable"},
		"its folder is missing":          {with(inStateOf("installed"), "KBVERIFY", filepath.Join(dir, "none", "k.exe")), "undecidable"},
		"kbverify.exe is no program":     {with(inStateOf("installed"), "KBVERIFY", broken), "undecidable"},
		"another program that succeeds":  {with(inStateOf("absent"), "KBVERIFY", endsWith(t, 0)), "undecidable"},
		"another program that fails":     {with(inStateOf("installed"), "KBVERIFY", endsWith(t, 1)), "undecidable"},
		"a crash":                        {with(inStateOf("installed"), "KBVERIFY", endsWith(t, 0xC0000005)), "undecidable"},
	}
	trials["the root ends with a backslash"].lines["ROOT"] += `\`
	for state := range answers {
		trials[state] = trial{inStateOf(state), state}
	}
	for name, trial := range trials {
		t.Run(name, func(t *testing.T) {
			// Yesterday it was installed, and the report still says so.
			if err := os.WriteFile(report, []byte("KB977203 SP2: INSTALLED\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			method := layBatch(t, dir, "detect-method.cmd", trial.lines)
			want := answers[trial.state]
			misleading := "ERRORLEVEL=0" // %ERRORLEVEL% would be this one
			if want.says {
				misleading = "ERRORLEVEL=1"
			}
			code, stdout, stderr := shell(t, `"`+method+`"`, misleading)
			if code != want.code || (stdout != "") != want.says || (stderr != "") != want.complains {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			if want.says && !strings.Contains(stdout, ": "+stateWords(trial.state)) {
				t.Errorf("stdout %q", stdout)
			}
			if name == trial.state {
				expectIn(t, report, ": "+stateWords(trial.state))
			}
		})
	}
}

// endsWith is a program that does nothing but end with an exit code.
func endsWith(t *testing.T, code uint32) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), fmt.Sprintf("%s%d.exe", ending, code))
	copyProgram(t, path)
	return path
}

// stateWords are those of a state in a report.
func stateWords(state string) string {
	return strings.ToUpper(strings.ReplaceAll(state, "-", " "))
}

func expectIn(t *testing.T, path, want string) {
	t.Helper()
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), want) {
		t.Errorf("%v, no %q in %s:\n%s", err, want, path, text)
	}
}

func TestWindowsTaskSequence(t *testing.T) {
	dir, roots := office(t), rootsInEveryState(t)
	step := layBatch(t, dir, "task-sequence.cmd", nil)
	alone := layBatch(t, t.TempDir(), "task-sequence.cmd", nil)
	fails := layBatch(t, t.TempDir(), "task-sequence.cmd", map[string]string{"KBVERIFY": endsWith(t, 1)})
	for _, trial := range []struct {
		name, step, arguments string
		code                  int
		stdout, stderr        string
	}{
		{"installed", step, `KB977203 "` + roots["installed"] + `"`, 0, "KB977203 SP2: INSTALLED", ""},
		{"backslash", step, `KB977203 "` + roots["installed"] + `\"`, 0, "KB977203 SP2: INSTALLED", ""},
		{"superseded", step, `KB977203 "` + roots["superseded"] + `"`, 0, "KB977203 SP2: SUPERSEDED", ""},
		{"partial", step, `KB977203 "` + roots["partial"] + `"`, 1, "KB977203 SP2: PARTIAL", ""},
		{"absent", step, `KB977203 "` + roots["absent"] + `"`, 1, "KB977203: ABSENT", ""},
		{"undecidable", step, `KB977203 "` + roots["undecidable"] + `"`, 2, "KB977203 SP2: UNDECIDABLE", ""},
		{"one table", step, `KB977203/SP2 "` + roots["installed"] + `"`, 0, "KB977203 SP2: INSTALLED", ""},
		{"no such hotfix", step, `KB1 "` + roots["installed"] + `"`, 2, "", "KB1"},
		{"another program", fails, `KB977203 "` + roots["installed"] + `"`, 2, "", "no report"},
		{"no root", step, `KB977203`, 2, "", "which hotfix"},
		{"no program", alone, `KB977203 "` + roots["installed"] + `"`, 2, "", "no report"},
	} {
		t.Run(trial.name, func(t *testing.T) {
			code, stdout, stderr := shell(t, `"`+trial.step+`" `+trial.arguments, "ERRORLEVEL=0")
			if code != trial.code || !strings.Contains(stdout, trial.stdout) || !strings.Contains(stderr, trial.stderr) {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
		})
	}
}

func TestWindowsNightly(t *testing.T) {
	dir, roots := office(t), rootsInEveryState(t)
	share := filepath.Join(t.TempDir(), "share & more")
	if err := os.Mkdir(share, 0o777); err != nil {
		t.Fatal(err)
	}
	result := filepath.Join(share, "SITE01.json")
	for _, trial := range []struct {
		name, root, result string
		code               int
		holds              string // in the result; "" for none
	}{
		{"installed", roots["installed"], result, 0, `"state": "installed"`},
		{"partial", roots["partial"] + `\`, result, 1, `"state": "partial"`},
		{"undecidable", roots["undecidable"], result, 2, `"state": "undecidable"`},
		{"no such root", roots["installed"] + " not", result, 2, `"error"`},
		{"no share", roots["installed"], filepath.Join(share, "none", "SITE01.json"), 2, ""},
	} {
		t.Run(trial.name, func(t *testing.T) {
			layBatch(t, dir, "nightly.cmd", map[string]string{"ROOT": trial.root, "RESULT": trial.result})
			code, stdout, stderr := runsCmd(t, taskArguments(t, dir), "ERRORLEVEL=0")
			if code != trial.code || stdout+stderr != "" {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			expectIn(t, filepath.Join(dir, "nightly.log"), fmt.Sprintf("exit code %d", trial.code))
			if trial.holds != "" {
				expectIn(t, trial.result, trial.holds)
			} else {
				expectIn(t, filepath.Join(dir, "nightly.log"), trial.result)
			}
		})
	}
}

// taskArguments are those with which the scheduled task runs cmd.exe, where the batch file
// lies in a folder.
func taskArguments(t *testing.T, dir string) string {
	t.Helper()
	var task struct {
		Command   string `xml:"Actions>Exec>Command"`
		Arguments string `xml:"Actions>Exec>Arguments"`
		Folder    string `xml:"Actions>Exec>WorkingDirectory"`
	}
	if err := xml.Unmarshal([]byte(recipe(t, "nightly.xml")), &task); err != nil {
		t.Fatal(err)
	}
	if task.Command != `%SystemRoot%\System32\cmd.exe` || !strings.Contains(task.Arguments, task.Folder+`\nightly.cmd`) {
		t.Fatalf("%+v", task)
	}
	return strings.ReplaceAll(task.Arguments, task.Folder, dir)
}

// Task Scheduler takes the task. That of wine looks at little more than whether it is XML;
// TestRecipesTask holds it against the documented structure.
func TestWindowsTaskIsRegistered(t *testing.T) {
	if syscall.NewLazyDLL("ntdll.dll").NewProc("wine_get_version").Find() != nil {
		t.Skip("the tasks of a real Windows are left alone")
	}
	path := filepath.Join(t.TempDir(), "nightly.xml")
	if err := os.WriteFile(path, []byte(recipe(t, "nightly.xml")), 0o666); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := shell(t, `schtasks /create /tn "kbverify nightly" /xml "`+path+`"`); code != 0 {
		t.Fatalf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	registered := filepath.Join(os.Getenv("SystemRoot"), "System32", "Tasks", "kbverify nightly")
	expectIn(t, registered, `<Task version="1.2"`)
	if code, stdout, stderr := shell(t, `schtasks /delete /tn "kbverify nightly" /f`); code != 0 {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
