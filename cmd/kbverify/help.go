package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"kbverify/internal/nearest"
)

// helpWidth is that of the README's blocks and of every terminal.
const helpWidth = 80

// flagSet is the command's flags, bound to the values of a. pflag prints
// nothing by itself.
func (c command) flagSet(a action) *pflag.FlagSet {
	fs := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	fs.SortFlags = false
	fs.Usage = func() {}
	a.flags(fs)
	return fs
}

// help is the command's help text.
func (c command) help() string {
	fs := c.flagSet(c.new())
	text := "usage: " + strings.Join(strings.Fields("kbverify "+c.name+" "+c.args), " ") + "\n\n" + c.about + "\n"
	if fs.HasFlags() {
		text += "\nFlags:\n" + fs.FlagUsagesWrapped(helpWidth)
	}
	return text
}

// help prints the overview, or the help of one command.
func (s *session) help(args []string) error {
	if len(args) == 0 {
		return s.print(overview())
	}
	c, err := findCommand(args[0])
	if err != nil {
		return err
	}
	return s.print(c.help())
}

func overview() string {
	var b strings.Builder
	b.WriteString("kbverify tells whether a hotfix is really there, file by file.\n\n" +
		"usage: kbverify COMMAND [FLAGS] [ARGUMENTS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-11s %s\n", c.name, c.summary)
	}
	b.WriteString("\nkbverify help COMMAND, or kbverify COMMAND -h, shows its flags.\n" +
		"\nExit codes:\n")
	for _, code := range exitCodes {
		fmt.Fprintf(&b, "  %s  %s\n", code.value, code.about)
	}
	return b.String()
}

// What the overview and the manual pages say of the exit codes, and of variables.
var (
	exitCodes = []choice{
		{"0", "everything asked was checked and passes"},
		{"1", "something fails"},
		{"2", "trouble: wrong usage, something unreadable, or nothing could be checked"},
	}
	environment = []choice{
		{"KBVERIFY_CATALOG", "folders with manifests of your own, as --catalog takes them"},
		{"NO_COLOR", "no colours, whatever the value, unless --color says otherwise"},
		{"FORCE_COLOR", "colours also in what is redirected, unless NO_COLOR is set"},
		{"TERM", "no colours where it is dumb"},
	}
)

// flagError says what is wrong with a flag, in words that name it as help does.
func (c command) flagError(err error, fs *pflag.FlagSet) error {
	var unknown *pflag.NotExistError
	var bad *pflag.InvalidValueError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		written := "--" + unknown.GetSpecifiedName()
		if letters := unknown.GetSpecifiedShortnames(); letters != "" {
			written = "-" + letters
		}
		return usagef("%s: no flag %q%s", c.name, written, knownFlags(fs, strings.TrimLeft(written, "-")))
	case errors.As(err, &bad):
		return usagef("%s: --%s: %w", c.name, bad.GetFlag().Name, errors.Unwrap(bad))
	case errors.As(err, &empty):
		value, _ := pflag.UnquoteUsage(empty.GetFlag())
		return usagef("%s: --%s wants a value: --%[2]s %s", c.name, empty.GetFlag().Name, value)
	}
	return usagef("%s: %w", c.name, err)
}

// knownFlags names those like the one that was written, or all.
func knownFlags(fs *pflag.FlagSet, written string) string {
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	names = append(names, "--help")
	if len(written) > 1 {
		if hint := nearest.Hint("--"+written, names); hint != "" {
			return hint
		}
	}
	return "; its flags are " + strings.Join(names, ", ")
}

// respelled gives the arguments with flags as pflag knows them. PowerShell's way of
// writing them is understood (-Kb KB977203), and /? on Windows; a value that looks like a
// flag is left alone.
func respelled(fs *pflag.FlagSet, args []string) []string {
	out := slices.Clone(args)
	for i := 0; i < len(out); i++ {
		arg := out[i]
		name, value, has := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		long := fs.Lookup(strings.ToLower(name))
		switch {
		case arg == "--":
			return out
		case asksForHelp(arg):
			out[i] = "--help"
		case !strings.HasPrefix(arg, "-"):
		case long != nil && len(name) > 1:
			if out[i] = "--" + long.Name; has {
				out[i] += "=" + value
			} else if long.NoOptDefVal == "" {
				i++
			}
		case !strings.HasPrefix(arg, "--") && wantsNext(fs, arg[1:]):
			i++
		}
	}
	return out
}

// asksForHelp reports the ways of other programs; elsewhere /? may be what a shell found
// nothing for.
func asksForHelp(arg string) bool { return arg == "-?" || arg == "/?" && runtime.GOOS == "windows" }

// wantsNext reports that the last of these one-letter flags takes the next argument.
func wantsNext(fs *pflag.FlagSet, letters string) bool {
	for i := range letters {
		if letters[i] >= utf8.RuneSelf {
			return false
		}
		if f := fs.ShorthandLookup(letters[i : i+1]); f == nil || f.NoOptDefVal == "" {
			return f != nil && i+1 == len(letters)
		}
	}
	return false
}
