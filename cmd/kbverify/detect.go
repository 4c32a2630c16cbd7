package main

import (
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"kbverify/manifest/catalog"
	"kbverify/pecheck"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

var detectCommand = command{
	name:    "detect",
	args:    "[FLAGS] ROOT...",
	summary: "the state of every known hotfix at each root",
	about: "Judges the files under each ROOT by every hotfix of the catalogue, and shows\n" +
		"those that left a trace: which are installed, which are half there and by what\n" +
		"files, and which other hotfix a newer file is from. A ROOT is a folder, an\n" +
		"inventory file written by scan (- is one on standard input), or a package\n" +
		"(.msi, .cab, self-extracting .exe).\n" +
		"Exit code 1 says that a hotfix is half there; one that is not there is no fault.\n" +
		report.PluginCodes,
	new: func() action { return &detectAction{} },
}

type detectAction struct {
	catalogFlag
	platformFlag
	walkFlags
	manyFlags
	outputFlags
	ids     idsFlag
	verbose bool
}

func (d *detectAction) flags(fs *pflag.FlagSet) {
	fs.VarP(&d.ids, "kb", "k", "report on hotfix `KB` alone; repeatable, or several with commas (the others are still "+
		"known)")
	d.catalogFlag.flags(fs)
	d.platformFlag.flags(fs)
	fs.BoolVar(&d.scope.OnlyPresent, "only-present", false, "judge only files that are here: rows without a copy do "+
		"not count")
	d.walkFlags.flags(fs, "no progress; of the table, a line a hotfix and no more")
	d.manyFlags.flags(fs)
	d.outputFlags.flagsOf(fs, report.RootFormats)
	fs.BoolVarP(&d.verbose, "verbose", "v", false, "the hotfixes that are not there by name, and all that is wrong")
}

func (d *detectAction) run(s *session, args []string) (result.Exit, error) {
	collectLate()
	if err := d.walkFlags.check(); err != nil {
		return 0, err
	}
	c, err := d.openCatalog(s)
	if err != nil {
		return 0, err
	}
	known, err := d.known(c)
	if err != nil {
		return 0, err
	}
	if d.ids != nil {
		d.ids = known // as the catalogue spells them
	}
	roots, err := d.manyFlags.roots(s, args)
	if err != nil {
		return 0, err
	}
	j, err := d.judging(s, c, roots)
	if err != nil {
		return 0, err
	}
	j.asked = d.ids
	j.look = report.Options{Verbose: d.verbose, Quiet: d.quiet, Detect: true, Known: known}
	return j.run()
}

// known lists the ids that are asked about: those named, or all. Only a verbose
// report names all.
func (d *detectAction) known(c *catalog.Catalog) ([]string, error) {
	var ids []string
	for _, name := range d.ids {
		if strings.Contains(name, "/") {
			return nil, usagef("-k %s: names a table; detect finds the table by the files, and verify judges by a named one",
				quote(name))
		}
		m, err := findHotfix(name, nil, c)
		if err != nil {
			return nil, err
		}
		ids = append(ids, m.ID)
	}
	if ids != nil || !d.verbose {
		return ids, nil
	}
	return knownIDs(c)
}

// judging reads the manifests while the first root is walked: the walk needs
// the names alone, which the catalogue's index has.
func (d *detectAction) judging(s *session, c *catalog.Catalog, roots []string) (*judging, error) {
	t, err := tool(c)
	if err != nil {
		return nil, err
	}
	names, err := c.Names()
	if err != nil {
		return nil, err
	}
	all := sync.OnceValues(func() (pecheck.Known, error) { return knownOf(c, c.All) })
	go all()
	src := newSource(s, &d.walkFlags, names)
	src.timeout = time.Duration(d.timeout)
	return &judging{
		s: s, command: result.Detect, tool: t, roots: roots, jobs: int(d.jobs), source: src, outputFlags: d.outputFlags,
		judge: func(inv *inventory.Inventory) result.RootResult { return d.detect(inv, all) },
	}, nil
}

func (d *detectAction) detect(inv *inventory.Inventory, all func() (pecheck.Known, error)) result.RootResult {
	known, err := all()
	if err != nil {
		return failed(inv.Root, err)
	}
	r := pecheck.Detect(inv, known, d.scope)
	if d.ids != nil {
		r.Only(d.ids)
	}
	return r
}
