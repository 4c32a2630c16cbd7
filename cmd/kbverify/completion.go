package main

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// The scripts are what the shells need to ask: what may stand at the cursor, the
// program itself says (completeCommand), from its flags and its catalogue.
//
//go:embed completion
var completionScripts embed.FS

// shells gives the endings of their scripts' names.
var shells = []choice{
	{"bash", "bash"},
	{"zsh", "zsh"},
	{"fish", "fish"},
	{"powershell", "ps1"},
}

var completionCommand = command{
	name:    "completion",
	args:    "SHELL",
	summary: "what makes a shell complete commands, flags and hotfixes",
	about: "Prints the completions for a SHELL: bash, zsh, fish or powershell. They know the\n" +
		"commands, the flags with their values, and the hotfixes of the catalogue, with\n" +
		"those of --catalog. For the shell that is running:\n\n" +
		"  bash        source <(kbverify completion bash)\n" +
		"  zsh         source <(kbverify completion zsh)\n" +
		"  fish        kbverify completion fish | source\n" +
		"  PowerShell  kbverify completion powershell | Out-String | Invoke-Expression",
	new: func() action { return &completionAction{} },
}

type completionAction struct{}

func (a *completionAction) flags(*pflag.FlagSet) {}

func (a *completionAction) run(s *session, args []string) (result.Exit, error) {
	var names []string
	for _, shell := range shells {
		if names = append(names, shell.value); len(args) == 1 && strings.EqualFold(args[0], shell.value) {
			script, err := completionScripts.ReadFile("completion/kbverify." + shell.about)
			if err != nil {
				return 0, err
			}
			return result.ExitPass, s.print(string(script))
		}
	}
	return 0, usagef("want one SHELL: %s", strings.Join(names, ", "))
}

// completeCommand is what the scripts call: the words of the command line behind
// the program's name up to the cursor, the last of them, which the cursor is in,
// with a colon before it. (Windows PowerShell passes on no empty argument.)
//
// The first line that it prints is the kind of the word: "files", "folders", or
// "words", which are all that can stand there. A line for each word follows, with
// what it means behind a tab. No trouble is said: who presses Tab sees none.
const completeCommand = "__complete"

// choice is a word that may stand at the cursor, and what it means.
type choice struct{ value, about string }

// What else may stand there.
const (
	onlyWords  = "words"
	anyFiles   = "files"
	anyFolders = "folders"
)

func (s *session) complete(words []string) error {
	prefix := ""
	if n := len(words) - 1; n >= 0 {
		words, prefix = words[:n], strings.TrimPrefix(words[n], ":")
	}
	kind, choices := s.offers(words, prefix)
	var b strings.Builder
	b.WriteString(kind + "\n")
	for _, c := range choices {
		if visible.IsClean(c.value) {
			fmt.Fprintf(&b, "%s\t%s\n", c.value, visible.Text(c.about))
		}
	}
	return s.print(b.String())
}

// offers gives what may follow the words and begins with prefix.
func (s *session) offers(words []string, prefix string) (kind string, choices []choice) {
	if len(words) == 0 {
		choices = append(commandChoices(), choice{"help", "how a command is used"})
		if strings.HasPrefix(prefix, "-") {
			choices = []choice{{"--help", "the commands"}, {"--version", versionCommand.summary}}
		}
		return onlyWords, beginning(prefix, choices)
	}
	if words[0] == "help" {
		return onlyWords, beginning(prefix, commandChoices())
	}
	c, err := findCommand(words[0])
	if err != nil {
		return onlyWords, nil
	}
	l := line{s: s, action: c.new()}
	l.flags = c.flagSet(l.action)
	l.read(words[1:])
	name, attached := "", ""
	switch flag, value, before := l.flagOf(prefix); {
	case l.waiting != nil:
		name, _ = pflag.UnquoteUsage(l.waiting)
	case flag != nil:
		name, _ = pflag.UnquoteUsage(flag)
		l.waiting, attached, prefix = flag, before, value
	case strings.HasPrefix(prefix, "-") && !l.ended:
		return onlyWords, beginning(prefix, flagChoices(l.flags))
	default:
		name = argumentName(c.args)
	}
	if comma := strings.LastIndex(prefix, ","); comma >= 0 && strings.HasPrefix(name, "KB") {
		attached, prefix = attached+prefix[:comma+1], prefix[comma+1:] // of several hotfixes the last
	}
	kind, choices = l.values(name, prefix)
	for i := range choices {
		choices[i].value = attached + choices[i].value
	}
	return kind, choices
}

// line is what stands before the cursor.
type line struct {
	s       *session
	action  action
	flags   *pflag.FlagSet
	waiting *pflag.Flag // it takes the next word as its value
	ended   bool        // by --: what follows is no flag
}

// read takes the words as the command would, and passes over what is wrong.
func (l *line) read(words []string) {
	for _, word := range words {
		if l.waiting != nil {
			_ = l.waiting.Value.Set(word)
			l.waiting = nil
			continue
		}
		flag, value, before := l.flagOf(word)
		switch {
		case word == "--":
			l.ended = true
		case flag == nil:
		case value == "" && !strings.HasSuffix(before, "="):
			l.waiting = flag
		default:
			_ = flag.Value.Set(value)
		}
	}
}

// flagOf gives the flag of a word that takes a value, what of the value stands in
// the same word, and what before it: "--format=", "-qf".
func (l *line) flagOf(word string) (flag *pflag.Flag, value, before string) {
	if l.ended || !strings.HasPrefix(word, "-") {
		return nil, "", ""
	}
	if long, ok := strings.CutPrefix(word, "--"); ok {
		name, value, glued := strings.Cut(long, "=")
		flag := l.flags.Lookup(name)
		if flag == nil || flag.NoOptDefVal != "" && !glued {
			return nil, "", ""
		}
		return flag, value, word[:len(word)-len(value)]
	}
	for i, letter := range word {
		if i == 0 || letter > 0x7f {
			continue
		}
		switch flag := l.flags.ShorthandLookup(string(letter)); {
		case flag == nil:
			return nil, "", ""
		case flag.NoOptDefVal == "":
			return flag, word[i+1:], word[:i+1]
		}
	}
	return nil, "", ""
}

// values gives what a value of that name can be: of the flag that waits for it, or
// of an argument.
func (l *line) values(name, prefix string) (kind string, choices []choice) {
	kind = onlyWords
	if l.waiting == nil {
		kind = anyFiles // an argument that nothing is known of
	} else {
		for _, value := range l.waiting.Annotations[choicesOf] {
			choices = append(choices, choice{value: value})
		}
	}
	switch name {
	case "FILE", "MANIFEST", "OLD", "RESULT":
		kind = anyFiles
	case "DIR":
		kind = anyFolders
	case "KB", "WORD":
		kind, choices = onlyWords, l.hotfixes(prefix, false)
	case "KB[/TABLE]":
		kind, choices = onlyWords, l.hotfixes(prefix, true)
	case "COMMAND":
		kind, choices = onlyWords, commandChoices()
	case "SHELL":
		kind = onlyWords
		for _, shell := range shells {
			choices = append(choices, choice{shell.value, "completions for " + shell.value})
		}
	}
	return kind, beginning(prefix, choices)
}

// choicesOf is the annotation of a flag that lists the values it takes.
const choicesOf = "choices"

// choose says which values a flag takes.
func choose[S ~string](fs *pflag.FlagSet, flag string, values ...S) {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	if err := fs.SetAnnotation(flag, choicesOf, texts); err != nil {
		panic(err) // no such flag: every command's are made in tests
	}
}

// hotfixes gives the ids that the catalogue has; and the tables of a hotfix whose
// id stands there in full.
func (l *line) hotfixes(prefix string, tables bool) (choices []choice) {
	knowing, ok := l.action.(interface {
		openCatalog(s *session) (*catalog.Catalog, error)
	})
	if !ok {
		return nil
	}
	c, err := knowing.openCatalog(l.s)
	if err != nil {
		return nil
	}
	entries, err := c.Entries()
	if err != nil {
		return nil
	}
	id, _, named := strings.Cut(prefix, "/")
	for _, e := range entries {
		if !named {
			choices = append(choices, choice{e.ID, e.Title})
		}
		if !tables || manifest.IDKey(e.ID) != manifest.IDKey(id) || len(e.Tables) < 2 && !named {
			continue
		}
		for _, t := range e.Tables {
			if t.Name != "" && !t.Reference {
				choices = append(choices, choice{e.ID + "/" + t.Name, counted(t.Files, "file", "files")})
			}
		}
	}
	return choices
}

// beginning keeps what begins with prefix, in upper or lower case, or with the
// number of an article.
func beginning(prefix string, choices []choice) []choice {
	id, table, named := strings.Cut(prefix, "/")
	return slices.DeleteFunc(choices, func(c choice) bool {
		its, itsTable, _ := strings.Cut(c.value, "/")
		switch {
		case hasPrefixFold(c.value, prefix):
			return false
		case named:
			return manifest.IDKey(its) != manifest.IDKey(id) || !hasPrefixFold(itsTable, table)
		}
		return id == "" || !strings.HasPrefix(manifest.IDKey(its), manifest.IDKey(id))
	})
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func commandChoices() (choices []choice) {
	for _, c := range commands() {
		choices = append(choices, choice{c.name, c.summary})
	}
	return choices
}

// flagChoices lists the flags, each by its letter and its name.
func flagChoices(fs *pflag.FlagSet) (choices []choice) {
	fs.VisitAll(func(f *pflag.Flag) {
		_, usage := pflag.UnquoteUsage(f)
		if f.Shorthand != "" {
			choices = append(choices, choice{"-" + f.Shorthand, usage})
		}
		choices = append(choices, choice{"--" + f.Name, usage})
	})
	return append(choices, choice{"-h", "this command's flags"}, choice{"--help", "this command's flags"})
}

// argument is the name of a command's last argument.
var argument = regexp.MustCompile(`([A-Z]+(?:\[/TABLE\])?)[].|-]*$`)

func argumentName(args string) string {
	if name := argument.FindStringSubmatch(args); name != nil {
		return name[1]
	}
	return ""
}
