package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"kbverify/internal/nearest"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// command is one verb of the command line. Its texts are what help prints.
type command struct {
	name    string
	args    string        // what follows the flags
	summary string        // one line of the overview
	about   string        // what the help says under the usage line
	new     func() action // fresh flags for one run
}

// action holds the values of a command's flags, and does its work.
type action interface {
	flags(fs *pflag.FlagSet)
	run(s *session, args []string) (result.Exit, error)
}

// commands lists the verbs in the order of the overview.
func commands() []command {
	return []command{
		verifyCommand, detectCommand, identifyCommand, scanCommand, reportCommand, listCommand, showCommand,
		importCommand, demoCommand, completionCommand, manCommand, versionCommand,
	}
}

// session is what one run has to do with the world.
type session struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	command        string // that was understood
}

// now and hostname say when and where a result came about; tests pin them.
var (
	now      = time.Now
	hostname = func() string {
		name, err := os.Hostname()
		if err != nil {
			return ""
		}
		return name
	}
)

// taken is the beginning of a result.
func taken(command result.Command) result.Taken {
	return result.Taken{Command: command, Host: hostname(), Start: now().UTC().Truncate(time.Second)}
}

// ended is t when it has come to its end.
func ended(t result.Taken) result.Taken {
	t.End = now().UTC().Truncate(time.Second)
	return t
}

// usageError is a command line that cannot be understood.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run is the whole program. It ends early, with what is finished, when ctx does
// or the user interrupts.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(ctx, ends...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	s := &session{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
	exit, err := s.dispatch(args)
	if err != nil {
		if asksFor(report.Nagios, args) {
			return report.WriteUnknown(stdout, err)
		}
		s.fail(err)
		exit = result.ExitTrouble
	}
	return int(exit)
}

// dispatch finds the command and runs it.
func (s *session) dispatch(args []string) (result.Exit, error) {
	if len(args) == 0 {
		return 0, usagef("no command; %s", knownCommands())
	}
	switch first := args[0]; {
	case first == "help" || first == "-h" || first == "--help" || asksForHelp(first):
		return result.ExitPass, s.help(args[1:])
	case first == "--version":
		args = []string{versionCommand.name}
	case first == completeCommand:
		return result.ExitPass, s.complete(args[1:])
	}
	c, err := findCommand(args[0])
	if err != nil {
		return 0, err
	}
	s.command = c.name
	a := c.new()
	fs := c.flagSet(a)
	if err := fs.Parse(respelled(fs, args[1:])); errors.Is(err, pflag.ErrHelp) {
		return result.ExitPass, s.print(c.help())
	} else if err != nil {
		return 0, c.flagError(err, fs)
	}
	exit, err := a.run(s, fs.Args())
	if err != nil {
		err = fmt.Errorf("%s: %w", c.name, err)
	}
	return exit, err
}

func (s *session) print(text string) error {
	_, err := io.WriteString(s.stdout, text)
	return err
}

// fail reports an error: on stderr, clean whatever it quotes.
func (s *session) fail(err error) {
	s.note("%s", err)
	if u := (usageError{}); errors.As(err, &u) {
		s.note("%s shows how it is used", strings.TrimSpace("kbverify help "+s.command))
	}
}

// note writes a message for people, which no result depends on.
func (s *session) note(format string, args ...any) {
	text := visible.Lines(fmt.Sprintf(format, args...))
	fmt.Fprintf(s.stderr, "kbverify: %s\n", strings.ReplaceAll(text, "\n", "\n  "))
}

func findCommand(name string) (command, error) {
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
	}
	return command{}, usagef("no command %q%s; %s", name, nearest.Hint(name, commandNames()), knownCommands())
}

func commandNames() (names []string) {
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

func knownCommands() string { return "the commands are " + strings.Join(commandNames(), ", ") }

// collectLate puts the first collection off until the heap is 32 MiB, eight times
// the runtime's least. A list, or a detection of one root, which need less, ends before it
// (collecting was a fifth of its time); a larger one is collected as ever from
// then on. Whoever has set GOGC is left alone.
var collectLate = sync.OnceFunc(func() {
	if old := debug.SetGCPercent(800); old != 100 {
		debug.SetGCPercent(old)
		return
	}
	runtime.AddCleanup(new([1]*int), func(percent int) { debug.SetGCPercent(percent) }, 100)
})
