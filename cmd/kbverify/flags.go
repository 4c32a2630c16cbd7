package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/manifest"
	"kbverify/pecheck"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
)

// formatFlag chooses one of several formats.
type formatFlag struct {
	format  report.Format
	formats []report.Format
}

func (f *formatFlag) String() string { return string(f.format) }
func (f *formatFlag) Type() string   { return "FORMAT" }

func (f *formatFlag) Set(name string) (err error) {
	f.format, err = report.ParseFormat(name, f.formats)
	return err
}

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
		return fmt.Errorf("the platforms are %s, and all", report.Names(manifest.Platforms))
	}
	if !slices.Contains(f.scope.Platforms, p) {
		f.scope.Platforms = append(f.scope.Platforms, p)
	}
	return nil
}

func (f *platformFlag) flags(fs *pflag.FlagSet) {
	fs.Var(f, "platform", "judge the rows of this platform, or of all; repeatable (default: those found)")
}

// walkFlags say how roots are read.
type walkFlags struct {
	exclude []string
	follow  bool
	jobs    int
	quiet   bool
}

func (f *walkFlags) flags(fs *pflag.FlagSet, quiet string) {
	fs.StringArrayVar(&f.exclude, "exclude", nil, "leave out paths below the root that match `PATTERN`; * and ? stand "+
		"for characters, ** for folders; repeatable")
	fs.BoolVar(&f.follow, "follow-links", false, "enter links to folders outside the root, each folder once")
	fs.IntVarP(&f.jobs, "jobs", "j", inventory.DefaultJobs, "work on `N` files and folders at once")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, quiet)
}

func (f *walkFlags) check() error {
	if f.jobs < 1 {
		return usagef("--jobs %d: want 1 or more", f.jobs)
	}
	return inventory.CheckExcludes(f.exclude)
}
