package main

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"kbverify/internal/testtool"
)

// offered gives what the scripts are told: the kind, and the words.
func offered(t *testing.T, words ...string) (kind string, values []string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(inProcess(t, append([]string{completeCommand}, words...)...), "\n"), "\n")
	for _, line := range lines[1:] {
		value, _, _ := strings.Cut(line, "\t")
		values = append(values, value)
	}
	return lines[0], values
}

func TestWhatIsOffered(t *testing.T) {
	dir := t.TempDir()
	testtool.WriteFile(t, dir+"/KB900001.json", exampleManifest)
	for _, c := range []struct{ line, kind, want string }{
		{":", "words", "verify detect identify scan"},
		{":--v", "words", "--version"},
		{"nonsense :", "words", ""},
		{"verify :", "files", ""},
		{"verify :-", "words", "-k --kb -m --manifest --catalog --platform"},
		{"verify -- :-", "files", ""},
		{"verify --kb :KB97720", "words", "KB977203"},
		{"verify -kKB977203 :x", "files", ""},
		{"verify -k KB977203 -f :c", "words", "csv"},
		{"verify :-kKB97720", "words", "-kKB977203"},
		{"verify :-qfcs", "words", "-qfcsv"},
		{"verify :-q", "words", "-q"},
		{"verify -k :977203", "words", "KB977203 KB977203/SP1 KB977203/SP2"},
		{"verify -k :q977203", "words", "KB977203 KB977203/SP1 KB977203/SP2"},
		{"verify -k :kb977203/sp2", "words", "KB977203/SP2"},
		{"verify -k :KB977384,kb97720", "words", "KB977384,KB977203"},
		{"detect -k :KB977203", "words", "KB977203"},
		{"show --catalog " + dir + " :KB90000", "words", "KB900001"},
		{"show --catalog=" + dir + " :KB90000", "words", "KB900001"},
		{"show --catalog nowhere :KB977203", "words", ""},
		{"import --id :KB", "words", ""},
		{"import --layout :", "words", "image installed"},
		{"import --as :h", "words", "html"},
		{"import :", "files", ""},
		{"identify -o :", "files", ""},
		{"scan --catalog :", "folders", ""},
		{"verify -j :", "words", ""},
		{"demo :", "folders", ""},
		{"completion :", "words", "bash zsh fish powershell"},
		{"man :im", "words", "import"},
	} {
		kind, values := offered(t, strings.Fields(c.line)...)
		want := strings.Fields(c.want)
		if strings.HasSuffix(c.line, ":") || strings.HasSuffix(c.line, ":-") {
			values = values[:min(len(values), len(want))] // the first of them
		}
		if kind != c.kind || !slices.Equal(values, want) {
			t.Errorf("%s: %s %q, want %s %q", c.line, kind, values, c.kind, want)
		}
	}
}

// nothingToOffer are the values of flags that only the user knows.
var nothingToOffer = []string{"N", "TIME", "PATTERN", "PRODUCT"}

// Every flag is offered, and every value that one is said to take can be given. Of a
// value that is none of a few, or is told by its name, nobody has thought yet.
func TestEveryFlagIsOffered(t *testing.T) {
	chosen := 0
	for _, c := range commands() {
		_, values := offered(t, c.name, ":--")
		c.flagSet(c.new()).VisitAll(func(f *pflag.Flag) {
			if !slices.Contains(values, "--"+f.Name) {
				t.Errorf("%s: no --%s in %q", c.name, f.Name, values)
			}
			name, _ := pflag.UnquoteUsage(f)
			l := line{s: &session{ctx: t.Context()}, action: c.new(), waiting: f}
			kind, choices := l.values(name, "")
			if f.NoOptDefVal == "" && kind == onlyWords && len(choices) == 0 && !slices.Contains(nothingToOffer, name) &&
				name != "KB" {
				t.Errorf("%s --%s: what can %s be? choose says so, or line.values, or nothingToOffer", c.name, f.Name, name)
			}
			for _, value := range f.Annotations[choicesOf] {
				if chosen++; f.Value.Set(value) != nil {
					t.Errorf("%s --%s does not take %s", c.name, f.Name, value)
				}
			}
		})
	}
	if chosen < 20 {
		t.Errorf("%d choices of all flags", chosen)
	}
}

func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell", "PowerShell"} {
		if script := inProcess(t, "completion", shell); !strings.Contains(script, "kbverify __complete") &&
			!strings.Contains(script, " "+completeCommand+" ") {
			t.Errorf("%s: the script does not call %s", shell, completeCommand)
		}
	}
	var out strings.Builder
	if code := run(context.Background(), []string{"completion", "cmd"}, nil, &out, &out); code != 2 ||
		!strings.Contains(out.String(), "bash, zsh, fish, powershell") {
		t.Errorf("%d, %s", code, out.String())
	}
}

// powerShellReader reads a script by a grammar of PowerShell, and says on which line it is none:
// no package that the project may install has a PowerShell that runs where the tests do.
// KBVERIFY_TREE_SITTER names the folder of that grammar and its reader.
func powerShellReader(t *testing.T) func(script string) (string, error) {
	t.Helper()
	folder := os.Getenv("KBVERIFY_TREE_SITTER")
	if folder == "" {
		t.Skip("KBVERIFY_TREE_SITTER names no folder")
	}
	node := testtool.Need(t, "node")
	return func(script string) (string, error) {
		cmd := exec.Command(node, "--liftoff-only", "-e", parsePowerShell, folder) // to optimise costs 12 s
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
}

// The script for PowerShell is one, and the grammar says of a broken one that it is none.
func TestPowerShellScriptParses(t *testing.T) {
	parse := powerShellReader(t)
	script := inProcess(t, "completion", "powershell")
	if out, err := parse(script); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for was, is := range map[string]string{
		"if (-not $about)": "if -not $about", "\n}\n": "\n", "$prefix, $command": "$prefix $command",
	} {
		broken := strings.Replace(script, was, is, 1)
		if out, err := parse(broken); broken == script || err == nil || !strings.HasPrefix(out, "line ") {
			t.Errorf("without %q: %v, %s", was, err, out)
		}
	}
}

const parsePowerShell = `
const folder = process.argv[1];
const {Parser, Language} = require(folder + "/web-tree-sitter.cjs");
Parser.init().then(async () => {
	const parser = new Parser();
	parser.setLanguage(await Language.load(folder + "/tree-sitter-powershell.wasm"));
	const check = node => {
		if (node.isError || node.isMissing) {
			console.log("line " + (node.startPosition.row + 1) + ": " + node.toString());
			process.exitCode = 1;
		}
		node.children.forEach(check);
	};
	check(parser.parse(require("fs").readFileSync(0, "utf8")).rootNode);
});
`
