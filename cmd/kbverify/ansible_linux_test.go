package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kbverify/internal/testtool"
)

// secureShell is a server of OpenSSH on the loopback, with keys that are thrown away.
type secureShell struct {
	port      int
	temporary string // folder of whoever logs in
	arguments string // of ssh: the keys, and nothing of the user's own
}

// startSSH starts the server, as root alone: as another user it lets in nobody but that user,
// who may have no shell.
func startSSH(t *testing.T) secureShell {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("sshd is started as root")
	}
	if _, err := os.Stat("/run/sshd"); err != nil && os.Getenv("KBVERIFY_CI") != "1" {
		t.Skip("sshd wants a folder /run/sshd, which .ci/install makes")
	}
	daemon, generate := testtool.Need(t, "/usr/sbin/sshd"), testtool.Need(t, "ssh-keygen")
	dir := t.TempDir()
	for _, key := range []string{"host", "user"} {
		testtool.Run(t, dir, generate, "-q", "-t", "ed25519", "-N", "", "-f", key)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	testtool.WriteFile(t, filepath.Join(dir, "config"), fmt.Sprintf(`Port %d
ListenAddress 127.0.0.1
HostKey %[2]s/host
AuthorizedKeysFile %[2]s/user.pub
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
MaxStartups 100
SetEnv TMPDIR=%[2]s
Subsystem sftp internal-sftp
`, port, dir))
	key, err := os.ReadFile(filepath.Join(dir, "host.pub"))
	if err != nil {
		t.Fatal(err)
	}
	testtool.WriteFile(t, filepath.Join(dir, "known"), fmt.Sprintf("[127.0.0.1]:%d %s", port, key))
	listen(t, exec.Command(daemon, "-D", "-e", "-f", filepath.Join(dir, "config")))
	return secureShell{port, dir, "-F /dev/null -o IdentitiesOnly=yes -o ControlMaster=no -o StrictHostKeyChecking=yes" +
		fmt.Sprintf(" -o UserKnownHostsFile=%[1]s/known -i %[1]s/user", dir)}
}

// listen starts a server, and waits until it says that it listens.
func listen(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	said := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "Server listening") {
			go func() {
				for lines.Scan() { // so that it is never kept waiting
				}
			}()
			return
		}
	}
	t.Fatalf("it does not listen:\n%s", said)
}

// playground is where the playbook lies with the program, as its user lays them; play plays it,
// and gives what Ansible printed.
func playground(t *testing.T, hosts string) (dir string, play func() (code int, said string)) {
	t.Helper()
	playbook := testtool.Need(t, "ansible-playbook")
	dir = t.TempDir()
	testtool.WriteFile(t, filepath.Join(dir, "site.yml"), recipe(t, "site.yml"))
	testtool.WriteFile(t, filepath.Join(dir, "hosts.ini"), hosts)
	copyProgram(t, filepath.Join(dir, "kbverify"))
	home := t.TempDir() // of the hosts, too
	return dir, func() (int, string) {
		cmd := exec.Command(playbook, "-i", "hosts.ini", "site.yml")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+home, "TMPDIR="+home, "LC_ALL=C.UTF-8", "ANSIBLE_NOCOLOR=1",
			"ANSIBLE_CONFIG="+home+"/none.cfg", "ANSIBLE_REMOTE_TMP="+home+"/remote",
			"ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3", // Debian's, as Ansible itself
			"ANSIBLE_FORKS=8", "ANSIBLE_PIPELINING=1", "ANSIBLE_TIMEOUT=120")
		said, err := cmd.CombinedOutput()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), string(said)
	}
}

// hostLine is a line of hosts.ini.
func hostLine(t *testing.T, name string, roots ...string) string {
	t.Helper()
	list, err := json.Marshal(roots)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s kbverify_roots='%s'\n", name, list)
}

// groupLines are those of hosts.ini that say how the hosts are reached, and what is asked.
func groupLines(t *testing.T, ssh secureShell, asks string) string {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("\n[kbverify:vars]\nkbverify_asks=%s\nansible_host=127.0.0.1\nansible_port=%d\nansible_user=%s\n"+
		"ansible_ssh_common_args='%s'\n", asks, ssh.port, me.Username, ssh.arguments)
}

// stateOf is the state of the one hotfix in a result.
func stateOf(t *testing.T, path string) string {
	t.Helper()
	var r struct {
		Roots []struct{ Tables []struct{ State string } }
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil || len(r.Roots) == 0 || len(r.Roots[0].Tables) != 1 {
		t.Errorf("%v: %s", err, text)
		return ""
	}
	return r.Roots[0].Tables[0].State
}

// A real Ansible runs the playbook over a real ssh on several hosts, of which each is heard
// before the play fails for some.
func TestAnsible(t *testing.T) {
	if raceDetector {
		t.Skip("the program runs on other hosts, and takes minutes there with the race detector")
	}
	t.Parallel()
	ssh, roots := startSSH(t), rootsInEveryState(t)
	hosts := "[kbverify]\n" + strings.TrimSuffix(hostLine(t, "away", "/"), "\n") + " ansible_port=1\n"
	states := []string{"installed", "superseded", "partial", "undecidable"}
	for _, state := range states {
		hosts += hostLine(t, state, roots[state])
	}
	dir, play := playground(t, hosts+groupLines(t, ssh, `["verify", "-k", "KB977203"]`))
	yesterday := filepath.Join(dir, "results", "away.json")
	if err := os.Mkdir(filepath.Dir(yesterday), 0o755); err != nil {
		t.Fatal(err)
	}
	testtool.WriteFile(t, yesterday, "yesterday's")
	code, said := play()

	for _, state := range states {
		if got := stateOf(t, filepath.Join(dir, "results", state+".json")); got != state {
			t.Errorf("%s brought home %q", state, got)
		}
	}
	if _, err := os.Stat(yesterday); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("yesterday's result of a host that is away: %v", err)
	}
	expectPage(t, filepath.Join(dir, "page.html"), roots["partial"])
	expectPage(t, filepath.Join(dir, "page.html"), "results/away.json")
	if left, err := filepath.Glob(filepath.Join(ssh.temporary, "kbverify.*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
	if code != 4 {
		t.Errorf("exit code %d, which does not say that a host could not be reached", code)
	}
	last := said[strings.LastIndex(said, "\nTASK ")+1:]
	for _, want := range []string{
		`fatal: \[partial\]: .* "something fails: .*KB977203 partial \(install KB977203 again\)`,
		`fatal: \[undecidable\]: .* "trouble: .*KB977203 undecidable \(.*could not be read\)`,
		`(?m)^ok: \[installed\]`, `(?m)^ok: \[superseded\]`,
		`(?m)^away .* unreachable=1 `, `(?m)^installed .* failed=0 `,
		`(?m)^partial .* failed=1 `, `(?m)^undecidable .* failed=1 `,
	} {
		if !regexp.MustCompile(want).MatchString(last) {
			t.Errorf("no %s", want)
		}
	}
	if t.Failed() {
		t.Logf("ansible-playbook ends with %d:\n%s", code, said)
	}
}

// Where nothing is half there, the play succeeds; one host may have several roots.
func TestAnsibleSucceeds(t *testing.T) {
	if raceDetector {
		t.Skip("the program runs on other hosts, and takes minutes there with the race detector")
	}
	t.Parallel()
	ssh, roots := startSSH(t), rootsInEveryState(t)
	dir, play := playground(t, "[kbverify]\n"+hostLine(t, "one", roots["installed"], roots["absent"])+
		hostLine(t, "two", roots["superseded"])+groupLines(t, ssh, `["detect", "-k", "KB977203"]`))
	if code, said := play(); code != 0 {
		t.Errorf("ansible-playbook ends with %d:\n%s", code, said)
	}
	expectPage(t, filepath.Join(dir, "page.html"), roots["absent"])
}

// expectPage expects a page that is about a root.
func expectPage(t *testing.T, path, root string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(page), html.EscapeString(filepath.Base(root))) {
		t.Errorf("%v: no page about %s:\n%s", err, root, page)
	}
}

// Ansible reads the example of an inventory as it is meant.
func TestAnsibleInventory(t *testing.T) {
	file := filepath.Join(project, "docs", "recipes", "hosts.ini")
	out, err := exec.Command(testtool.Need(t, "ansible-inventory"), "-i", file, "--list").Output()
	var read struct {
		Meta struct {
			Hosts map[string]struct {
				Roots []string `json:"kbverify_roots"`
				Asks  []string `json:"kbverify_asks"`
			} `json:"hostvars"`
		} `json:"_meta"`
	}
	if err == nil {
		err = json.Unmarshal(out, &read)
	}
	hosts := read.Meta.Hosts
	if err != nil || len(hosts) != 2 || len(hosts["archive2"].Roots) != 2 || len(hosts["archive1"].Asks) != 1 {
		t.Errorf("%v: %s", err, out)
	}
}
