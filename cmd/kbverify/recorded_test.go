package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/petest"
	"kbverify/pecheck/result"
)

// recordedTree is a root of random files, and what was done to it since.
type recordedTree struct {
	t       *testing.T
	r       *rand.Rand
	root    string
	files   []string          // paths that are there
	touched map[string]bool   // paths with which something was done
	named   map[string]string // what has to be said of a path
	next    int
}

// newRecordedTree plants files of every sort, no two of one content.
func newRecordedTree(t *testing.T, seed uint64) *recordedTree {
	tree := &recordedTree{t: t, r: rand.New(rand.NewPCG(seed, 12)), root: filepath.Join(t.TempDir(), "root"),
		touched: map[string]bool{}, named: map[string]string{}}
	folders := []string{"", "bin/i386/", "bin/x64/", "data/", "data/deep/er/", "$NtUninstallKB977203$/", "hotfix/KB977203/"}
	names := []string{"Ccm.dll", "setup.exe", "site.ini", "Smsprov.mof", "client.msi", "notes.txt", "größe.txt", "noext"}
	for _, folder := range folders {
		for _, name := range names {
			if tree.r.IntN(3) > 0 {
				tree.add(folder + name)
			}
		}
	}
	tree.add("data/empty.txt")
	tree.write("data/empty.txt", nil)
	return tree
}

// add plants a new file: an executable where its name says so.
func (tree *recordedTree) add(file string) {
	tree.next++
	tree.files = append(tree.files, file)
	tree.write(file, tree.content(file, manifest.Version{4, 0, 6487, uint16(tree.next)}))
}

func (tree *recordedTree) content(file string, v manifest.Version) []byte {
	text := fmt.Appendf(nil, "content %d of %s", tree.next, file)
	if !manifest.NamesExecutable(file) {
		return text
	}
	image, err := petest.Spec{Version: v, NoVersion: tree.r.IntN(4) == 0, Size: int64(3000 + tree.next)}.Bytes()
	if err != nil {
		tree.t.Fatal(err)
	}
	return image
}

func (tree *recordedTree) path(file string) string {
	return filepath.Join(tree.root, filepath.FromSlash(file))
}

func (tree *recordedTree) write(file string, data []byte) {
	if err := os.MkdirAll(filepath.Dir(tree.path(file)), 0o755); err != nil {
		tree.t.Fatal(err)
	}
	if err := os.WriteFile(tree.path(file), data, 0o644); err != nil {
		tree.t.Fatal(err)
	}
}

func (tree *recordedTree) read(file string) []byte {
	data, err := os.ReadFile(tree.path(file))
	if err != nil {
		tree.t.Fatal(err)
	}
	return data
}

// any gives a file with which nothing was done yet.
func (tree *recordedTree) any(fits func(string) bool) string {
	for _, i := range tree.r.Perm(len(tree.files)) {
		if f := tree.files[i]; !tree.touched[f] && fits(f) {
			tree.touched[f] = true
			return f
		}
	}
	return ""
}

// recordedChanges are what can be done to a root, each with what has to be said.
var recordedChanges = map[string]func(*recordedTree){
	"one byte": func(tree *recordedTree) {
		if f := tree.any(func(f string) bool { return f != "data/empty.txt" }); f != "" {
			data := tree.read(f)
			data[len(data)-1] ^= 0x20
			tree.write(f, data)
			tree.named[f] = "changed"
		}
	},
	"another version": func(tree *recordedTree) {
		if f := tree.any(manifest.NamesExecutable); f != "" {
			was := tree.read(f)
			tree.next += 1000
			tree.write(f, tree.content(f, manifest.Version{5, 0, 0, uint16(tree.next)}))
			tree.named[f] = "changed or no-version"
			if bytes.Equal(was, tree.read(f)) {
				tree.t.Fatal("nothing changed")
			}
		}
	},
	"grown": func(tree *recordedTree) {
		if f := tree.any(func(string) bool { return true }); f != "" {
			tree.next++
			tree.write(f, fmt.Appendf(tree.read(f), "grown %d", tree.next))
			tree.named[f] = "changed"
		}
	},
	"added": func(tree *recordedTree) {
		f := fmt.Sprintf("bin/i386/new%d.dll", tree.next)
		tree.add(f)
		tree.touched[f], tree.named[f] = true, "extra"
	},
	"removed": func(tree *recordedTree) {
		if f := tree.any(func(string) bool { return true }); f != "" {
			os.Remove(tree.path(f))
			tree.named[f] = "missing"
		}
	},
	"moved": func(tree *recordedTree) {
		if f := tree.any(func(f string) bool { return f != "data/empty.txt" }); f != "" {
			to := fmt.Sprintf("bin/i386/moved%d-%s", len(tree.named), path.Base(f)) // mtree looks into no folder that is new
			tree.write(to, tree.read(f))
			os.Remove(tree.path(f))
			tree.named[f], tree.named[to] = "missing", "extra"
		}
	},
	"folder removed": func(tree *recordedTree) {
		if slices.ContainsFunc(slices.Collect(maps.Keys(tree.touched)), func(f string) bool { return strings.HasPrefix(f, "data/deep/") }) {
			return
		}
		os.RemoveAll(tree.path("data/deep"))
		for _, f := range tree.files {
			if strings.HasPrefix(f, "data/deep/") {
				tree.touched[f], tree.named[f] = true, "missing"
			}
		}
	},
}

// A recorded root, whatever is done to it: verify names the very files that were
// touched, and mtree and hashdeep name the same. An inventory with digests gives
// what the folder gives.
func TestRecordedRootsAgainstPeers(t *testing.T) {
	mtree, hashdeep := testtool.Need(t, "mtree"), testtool.Need(t, "hashdeep")
	kinds := slices.Sorted(maps.Keys(recordedChanges))
	for seed := range uint64(30) {
		tree := newRecordedTree(t, seed)
		dir := filepath.Dir(tree.root)
		in := func(name string) string { return filepath.Join(dir, name) }
		runs(t, 0, "scan", "-q", "--hash", "-o", in("then.json"), tree.root)
		runs(t, 0, "import", "-q", "--strict", "-o", in("gold.json"), in("then.json"))
		testtool.WriteFile(t, in("spec"), peer(t, dir, mtree, "-c", "-k", "type,sha256", "-p", "root"))
		testtool.WriteFile(t, in("known"), peer(t, dir, hashdeep, "-c", "sha256", "-r", "-l", "root"))
		runs(t, 0, "verify", "-q", "-m", in("gold.json"), tree.root)

		for range tree.r.IntN(6) {
			recordedChanges[kinds[tree.r.IntN(len(kinds))]](tree)
		}
		exit := 0
		if len(tree.named) > 0 {
			exit = 1
		}
		got := runs(t, exit, "verify", "-f", "json", "-m", in("gold.json"), tree.root)
		runs(t, 0, "scan", "-q", "--hash", "-o", in("now.json"), tree.root)
		if later := runs(t, exit, "verify", "-f", "json", "-m", in("gold.json"), in("now.json")); tablesOf(t, later) != tablesOf(t, got) {
			t.Errorf("seed %d: the inventory gives another result than the folder", seed)
		}
		verdicts, names := failingOf(t, got), slices.Sorted(maps.Keys(tree.named))
		for _, f := range names {
			if !strings.Contains(tree.named[f], verdicts[f]) || verdicts[f] == "" {
				t.Errorf("seed %d: %s is %q, want %s", seed, f, verdicts[f], tree.named[f])
			}
		}
		for who, named := range map[string][]string{
			"kbverify": slices.Sorted(maps.Keys(verdicts)),
			"mtree":    tree.filesIn(mtreeNames, peer(t, dir, mtree, "-f", "spec", "-p", "root")),
			"hashdeep": tree.filesIn(hashdeepNames, peer(t, dir, hashdeep, "-c", "sha256", "-r", "-l", "-a", "-vv", "-k", "known", "root")),
		} {
			if d := cmp.Diff(names, named); d != "" {
				t.Errorf("seed %d: %s names other files (-touched +named):\n%s", seed, who, d)
			}
		}
	}
}

// runs runs kbverify, wants that exit code, and gives its standard output.
func runs(t *testing.T, exit int, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	if code := run(context.Background(), args, strings.NewReader(""), &out, &said); code != exit {
		t.Errorf("kbverify %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, exit, &out, &said)
	}
	return out.String()
}

// peer runs another program; one that has found differences fails.
func peer(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if _, differs := err.(*exec.ExitError); err != nil && !differs {
		t.Fatal(err)
	}
	return string(out)
}

func failingOf(t *testing.T, text string) map[string]string {
	t.Helper()
	var r result.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	failing := map[string]string{}
	for _, row := range r.Roots[0].Tables[0].Rows {
		if row.Verdict != result.OK {
			failing[row.Path] = string(row.Verdict)
		}
	}
	return failing
}

// tablesOf is what is said of the tables, without the root's name.
func tablesOf(t *testing.T, text string) string {
	t.Helper()
	var r result.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r.Roots[0].Tables)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// How the peers name a file.
var (
	mtreeNames    = regexp.MustCompile(`(?m)^(?:extra: |missing: \./)(.+)$|^([^:\t\n]+):\s+\w`)
	hashdeepNames = regexp.MustCompile(`(?m)^root/(.+?): (?:No match|Known file not used|Moved from root/(.+))$`)
)

// filesIn gives the files that are named in a peer's output, without folders.
func (tree *recordedTree) filesIn(names *regexp.Regexp, output string) []string {
	found := map[string]bool{}
	for _, m := range names.FindAllStringSubmatch(output, -1) {
		for _, name := range m[1:] {
			name = unvis.Replace(name)
			if info, err := os.Stat(tree.path(name)); name == "" || err == nil && info.IsDir() || name == "data/deep" || name == "data/deep/er" {
				continue
			}
			found[name] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// unvis undoes how mtree writes the names of the tree that are not ASCII.
var unvis = strings.NewReplacer(`\M-C\M-6`, "ö", `\M-C\M^_`, "ß", `\303\266`, "ö", `\303\237`, "ß", `\M-C\M-^_`, "ß")
