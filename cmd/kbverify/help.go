package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
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
		fmt.Fprintf(&b, "  %-9s %s\n", c.name, c.summary)
	}
	b.WriteString("\nkbverify help COMMAND, or kbverify COMMAND -h, shows its flags.\n" +
		"\nExit codes: 0 everything asked was checked and passes, 1 something fails,\n" +
		"2 trouble: wrong usage, something unreadable, or nothing could be checked.\n")
	return b.String()
}

// flagError says what is wrong with a flag, and which there are where one is unknown.
func (c command) flagError(err error, fs *pflag.FlagSet) error {
	unknown := (*pflag.NotExistError)(nil)
	if !errors.As(err, &unknown) {
		return usagef("%s: %w", c.name, err)
	}
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return usagef("%s: %w; its flags are %s", c.name, err, strings.Join(append(names, "--help"), ", "))
}
