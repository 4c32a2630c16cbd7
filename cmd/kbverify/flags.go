package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"kbverify/internal/nearest"
	"kbverify/manifest"
	"kbverify/pecheck"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
)

// formatFlag chooses one of several formats.
type formatFlag struct {
	format  report.Format
	formats []report.Format
	named   bool // by the user
}

func (f *formatFlag) String() string { return string(f.format) }
func (f *formatFlag) Type() string   { return "FORMAT" }

func (f *formatFlag) Set(name string) (err error) {
	f.format, err = report.ParseFormat(name, f.formats)
	f.named = true
	return err
}

// asksFor reports that arguments name a format, however wrong the others are: what
// calls kbverify as a plugin has to understand that, too.
func asksFor(format report.Format, args []string) bool {
	for i, arg := range args {
		if arg == "--" {
			return false
		}
		name, found := strings.CutPrefix(arg, "--format=")
		if found && name == string(format) {
			return true
		}
		if short := formatShort.FindStringSubmatch(arg); short != nil && short[1] == string(format) ||
			(arg == "--format" || short != nil && short[1] == "") && i+1 < len(args) && args[i+1] == string(format) {
			return true
		}
	}
	return false
}

// formatShort is -f behind the flags that take no value, with its value where that is not
// the next argument.
var formatShort = regexp.MustCompile(`^-[qv]*f=?(.*)$`)

// platformFlag collects platforms, in any spelling that articles use.
type platformFlag struct {
	scope pecheck.Scope
}

func (f *platformFlag) String() string { return "" }
func (f *platformFlag) Type() string   { return "PLATFORM" }

func (f *platformFlag) Set(name string) error {
	if strings.EqualFold(name, "all") {
		f.scope.All = true
		return nil
	}
	p := manifest.ParsePlatform(name)
	if !p.Known() {
		return fmt.Errorf("no platform %q%s; the platforms are %s, and all", name,
			nearest.Hint(name, append(slices.Clone(manifest.Platforms), "all")), report.Names(manifest.Platforms))
	}
	if !slices.Contains(f.scope.Platforms, p) {
		f.scope.Platforms = append(f.scope.Platforms, p)
	}
	return nil
}

func (f *platformFlag) flags(fs *pflag.FlagSet) {
	fs.Var(f, "platform", "judge the rows of this platform, or of all; repeatable (default: those found)")
	choose(fs, "platform", append(slices.Clone(manifest.Platforms), "all")...)
}

// idsFlag collects hotfixes, several at once with commas between them: no id and no
// table's name has one.
type idsFlag []string

func (f *idsFlag) String() string { return "" }
func (f *idsFlag) Type() string   { return "KB" }

func (f *idsFlag) Set(text string) error {
	for id := range strings.SplitSeq(text, ",") {
		if id = strings.TrimSpace(id); id == "" {
			return fmt.Errorf("%q: an id is empty; want KB977203, or KB977203,KB977384", text)
		}
		*f = append(*f, id)
	}
	return nil
}

// timeFlag is a time with its unit.
type timeFlag time.Duration

func (f *timeFlag) String() string { return time.Duration(*f).String() }
func (f *timeFlag) Type() string   { return "TIME" }

func (f *timeFlag) Set(text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err == nil && d >= 0:
		*f = timeFlag(d)
		return nil
	case err == nil:
		return fmt.Errorf("%q: want a time above zero, or 0", text)
	}
	if strings.Trim(text, "0123456789.") == "" && text != "" {
		return fmt.Errorf("%q has no unit: %[1]ss is seconds, %[1]sm minutes, %[1]sh hours", text)
	}
	return fmt.Errorf("%q: want a time such as 90s, 10m or 1h30m", text)
}

// jobsFlag is how many files and folders are worked on at once; 0 is left to the walk.
type jobsFlag int

func (f *jobsFlag) String() string { return "" }
func (f *jobsFlag) Type() string   { return "N" }

func (f *jobsFlag) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return fmt.Errorf("%q: want 1 or more", text)
	}
	*f = jobsFlag(n)
	return nil
}

// walkFlags say how roots are read.
type walkFlags struct {
	exclude []string
	follow  bool
	jobs    jobsFlag
	quiet   bool
}

func (f *walkFlags) flags(fs *pflag.FlagSet, quiet string) {
	fs.StringArrayVar(&f.exclude, "exclude", nil, "leave out paths below the root that match `PATTERN`; * and ? stand "+
		"for characters, ** for folders; repeatable")
	fs.BoolVar(&f.follow, "follow-links", false, "enter links to folders outside the root, each folder once")
	fs.VarP(&f.jobs, "jobs", "j", fmt.Sprintf("work on `N` files and folders at once (default %d, and up to %d where "+
		"each takes long)", inventory.DefaultJobs, inventory.MostJobs))
	fs.BoolVarP(&f.quiet, "quiet", "q", false, quiet)
}

func (f *walkFlags) check() error {
	return inventory.CheckExcludes(f.exclude)
}
