package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kbverify/internal/testtool"
)

// completed are command lines, and the words that stand in the place of the last
// one when everything is inserted that the shell offers for it.
var completed = []struct {
	line  string
	words []string
}{
	{"ver", []string{"verify", "version"}},
	{"dem", []string{"demo"}},
	{"help det", []string{"detect"}},
	{"completion pow", []string{"powershell"}},
	{"verify --foll", []string{"--follow-links"}},
	{"verify --format jso", []string{"json", "jsonl"}},
	{"verify --format=cs", []string{"--format=csv"}},
	{"verify -qf cs", []string{"csv"}},
	{"verify --platform ia", []string{"IA-64"}},
	{"verify -k KB97720", []string{"KB977203"}},
	{"verify -k kb97720", []string{"KB977203"}},
	{"show KB977203/", []string{"KB977203/SP1", "KB977203/SP2"}},
	{"show q323652/trad", []string{"Q323652/Traditional Chinese"}},
	{"list --catalog own KB900001", []string{"KB900001"}},
	{"list --catalog=own KB900001", []string{"KB900001"}},
	{"scan dire", []string{"direct.json", "directory", "directory of blanks"}},
	{"list --catalog dire", []string{"directory", "directory of blanks"}},
	{"verify -m au", []string{"auto", "autumn.json"}},
}

// shellFolder has the program, and what the command lines are about. It is made
// the working folder.
func shellFolder(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	t.Chdir(dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"bin", "own", "directory", "directory of blanks", "demo"} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(self, "bin/kbverify"); err != nil { // the name decides what the test program is
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		"own/KB900001.json": exampleManifest, "direct.json": "{}", "autumn.json": "{}",
	} {
		testtool.WriteFile(t, path, text)
	}
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	t.Setenv("HOME", dir)
	t.Setenv("ZDOTDIR", dir)
	t.Setenv("XDG_CONFIG_HOME", dir+"/config")
	t.Setenv("XDG_DATA_HOME", dir+"/data")
	t.Setenv("TERM", "xterm")
	return dir
}

// The key that inserts everything that is offered: Ctrl-T, which means nothing to a terminal.
const insertAll = "\x14"

// Bash, as somebody types in it.
func TestBashCompletes(t *testing.T) {
	bash := testtool.Need(t, "bash")
	shellFolder(t)
	testtool.WriteFile(t, "rc", `
source <(command kbverify completion bash)
kbverify() { printf '%s\n' "$@" >args; }
bind '"\C-t": insert-completions' 'set completion-ignore-case off'
PROMPT_COMMAND='printf "<%s>" ready'
`)
	typed(t, exec.Command(bash, "--noprofile", "--rcfile", "rc", "-i"))
}

// Zsh, whether the script is read at the start or found in a folder when it is needed.
func TestZshCompletes(t *testing.T) {
	zsh := testtool.Need(t, "zsh")
	for name, load := range map[string]string{
		"source": "autoload -U compinit; compinit -u -D; source <(command kbverify completion zsh)",
		"fpath": "mkdir site; command kbverify completion zsh >site/_kbverify; fpath=($PWD/site $fpath)\n" +
			"autoload -U compinit; compinit -u -D",
	} {
		t.Run(name, func(t *testing.T) {
			shellFolder(t)
			testtool.WriteFile(t, ".zshrc", load+`
kbverify() { printf '%s\n' "$@" >args }
insert-all() { _main_complete; compstate[insert]=all; compstate[list]= }
zle -C insert-all complete-word insert-all
bindkey '^T' insert-all
unsetopt prompt_sp
precmd() { printf "<%s>" ready }
`)
			typed(t, exec.Command(zsh, "-d", "-i"))
		})
	}
}

// typed types each line into an interactive shell, has everything inserted that
// is offered, and compares the arguments that the function kbverify then got.
func typed(t *testing.T, shell *exec.Cmd) {
	t.Helper()
	master, terminal := openTerminal(t, 200)
	defer master.Close()
	shell.Stdin, shell.Stdout, shell.Stderr = terminal, terminal, terminal
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	terminal.Close()
	hung := time.AfterFunc(2*time.Minute, func() { _ = shell.Process.Kill() }) // then there is no prompt
	defer hung.Stop()
	awaitPrompt(t, master)
	for _, c := range completed {
		_ = os.Remove("args")
		if _, err := master.WriteString("kbverify " + c.line + insertAll + "\r"); err != nil {
			t.Fatal(err)
		}
		awaitPrompt(t, master)
		args, err := os.ReadFile("args")
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		got, before := strings.Split(strings.TrimSpace(string(args)), "\n"), strings.Fields(c.line)
		before = before[:len(before)-1]
		words := sameSlashes(got[min(len(got), len(before)):])
		if !slices.Equal(got[:len(got)-len(words)], before) || !slices.Equal(words, c.words) {
			t.Errorf("%s: inserted %q, want %q", c.line, got, c.words)
		}
	}
	if _, err := master.WriteString("exit\r"); err != nil {
		t.Fatal(err)
	}
	if err := shell.Wait(); err != nil {
		t.Error(err)
	}
}

// sameSlashes takes away the slash that a shell puts behind a folder, or not, and the
// order. A command stays one, though a folder has its name.
func sameSlashes(words []string) []string {
	for i := range words {
		if strings.HasPrefix(words[i], "directory") {
			words[i] = strings.TrimSuffix(words[i], "/")
		}
	}
	slices.Sort(words)
	return words
}

// awaitPrompt reads what the shell shows up to its next prompt.
func awaitPrompt(t *testing.T, master *os.File) {
	t.Helper()
	var shown bytes.Buffer
	one := make([]byte, 1)
	for !strings.HasSuffix(shown.String(), "<ready>") {
		if _, err := master.Read(one); err != nil {
			t.Fatalf("no prompt: %v\n%s", err, shown.String())
		}
		shown.Write(one)
	}
}

// Fish says itself what it would offer.
func TestFishCompletes(t *testing.T) {
	fish := testtool.Need(t, "fish")
	shellFolder(t)
	script := "command kbverify completion fish | source\n"
	for _, c := range completed {
		script += "complete -C 'kbverify " + c.line + "'; echo ==\n"
	}
	testtool.WriteFile(t, "script.fish", script)
	out, err := exec.Command(fish, "script.fish").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	parts := strings.Split(string(out), "==\n")
	if len(parts) != len(completed)+1 {
		t.Fatalf("%d answers to %d lines:\n%s", len(parts)-1, len(completed), out)
	}
	for i, c := range completed {
		var got []string
		for line := range strings.Lines(parts[i]) {
			word, about, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			if word == "KB977203" && !strings.HasPrefix(about, "Client certificate import") {
				t.Errorf("%s: KB977203 is %q", c.line, about)
			}
			got = append(got, word)
		}
		if !slices.Equal(sameSlashes(got), c.words) {
			t.Errorf("%s: offered %q, want %q", c.line, got, c.words)
		}
	}
}
