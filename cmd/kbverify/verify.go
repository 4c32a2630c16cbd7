package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"kbverify/internal/patience"
	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/pecheck"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

var verifyCommand = command{
	name:    "verify",
	args:    "-k KB[/TABLE] | -m MANIFEST [FLAGS] ROOT...",
	summary: "judge folders against hotfixes; the main job",
	about: "Compares the files under each ROOT with what the hotfix's article prints, and\n" +
		"says file by file what is missing, older, the wrong size or built for the wrong\n" +
		"processor. A ROOT is a folder, an inventory file written by scan (- is one on\n" +
		"standard input), or a package: a .msi, a .cab or a self-extracting program,\n" +
		"whose files are read in it and not unpacked. Without a TABLE, the one is used\n" +
		"whose release the files have, or that they match.\n" +
		report.PluginCodes,
	new: func() action { return &verifyAction{} },
}

type verifyAction struct {
	askedFlags
	platformFlag
	signatureFlags
	walkFlags
	manyFlags
	outputFlags
	verbose bool
}

func (v *verifyAction) flags(fs *pflag.FlagSet) {
	v.askedFlags.flags(fs)
	v.platformFlag.flags(fs)
	fs.BoolVar(&v.scope.OnlyPresent, "only-present", false, "judge only files that are here: rows without a copy do "+
		"not count")
	v.signatureFlags.flags(fs, "check the signatures in files; one whose content is not what was signed is changed")
	v.walkFlags.flags(fs, "no progress; of the table, the summary lines alone")
	v.manyFlags.flags(fs)
	v.outputFlags.flagsOf(fs, report.RootFormats)
	fs.BoolVarP(&v.verbose, "verbose", "v", false, "all rows, not only those that need attention")
}

func (v *verifyAction) run(s *session, args []string) (result.Exit, error) {
	if err := v.walkFlags.check(); err != nil {
		return 0, err
	}
	signatures, err := v.signatureFlags.options()
	if err != nil {
		return 0, err
	}
	v.scope.Signatures, v.scope.Trust = signatures != nil, v.trust != ""
	requests, c, err := v.requests(s)
	if err != nil {
		return 0, err
	}
	roots, err := v.manyFlags.roots(s, args)
	if err != nil {
		return 0, err
	}
	t, err := tool(c)
	if err != nil {
		return 0, err
	}
	src := newSource(s, &v.walkFlags, nil)
	src.judgeBy(manifestsOf(requests))
	src.timeout, src.signatures = time.Duration(v.timeout), signatures
	known := sync.OnceValues(func() (pecheck.Known, error) { return knownBeside(c, requests) })
	go known() // while the first root is walked
	j := &judging{
		s: s, command: result.Verify, tool: t, roots: roots, jobs: int(v.jobs), source: src, outputFlags: v.outputFlags,
		look: report.Options{Verbose: v.verbose, Quiet: v.quiet},
		judge: func(inv *inventory.Inventory) result.RootResult {
			k, err := known()
			if err != nil {
				return failed(inv.Root, err)
			}
			return pecheck.Verify(inv, requests, v.scope, k)
		},
	}
	for _, r := range requests {
		j.asked = append(j.asked, r.Manifest.ID)
	}
	if v.ownPackage {
		j.work = func(ctx context.Context, root string) result.RootResult {
			return v.byOwnPackage(ctx, root, src, requests, c)
		}
	}
	return j.run()
}

// byOwnPackage judges a root by the installer package that lies in it, besides what
// was asked of every root.
func (v *verifyAction) byOwnPackage(ctx context.Context, root string, src *source, requests []pecheck.Request,
	c *catalog.Catalog) result.RootResult {
	type found struct {
		manifest *manifest.Manifest
		path     string
	}
	own, err := patience.Wait(ctx, func() (f found, err error) {
		f.manifest, f.path, err = ownPackage(root)
		return f, err
	}, nil)
	if err != nil {
		return failed(root, src.whyNot(ctx, root, err))
	}
	r := pecheck.Request{Manifest: own.manifest}
	if c.Has(own.manifest.ID) {
		r.File = own.path
	}
	requests = append(slices.Clone(requests), r)
	mine := *src
	mine.names, mine.digests.Names = slices.Clone(src.names), slices.Clone(src.digests.Names)
	mine.judgeBy([]*manifest.Manifest{own.manifest})
	return mine.judge(ctx, root, func(inv *inventory.Inventory) result.RootResult {
		known, err := knownBeside(c, requests)
		if err != nil {
			return failed(inv.Root, err)
		}
		return pecheck.Verify(inv, requests, v.scope, known)
	})
}
