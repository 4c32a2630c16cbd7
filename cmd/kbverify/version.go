package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/pflag"

	"kbverify/manifest/catalog"
	"kbverify/pecheck/result"
)

// version is set when a release is linked: -X main.version=1.2.3.
var version = ""

// toolVersion is the release, or what the Go toolchain knows of the source.
func toolVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unreleased"
	}
	text := "unreleased"
	if v := info.Main.Version; v != "" && v != "(devel)" {
		text = v
	}
	return text
}

// tool names what judged by the catalogue c.
func tool(c *catalog.Catalog) (result.Tool, error) {
	v, err := c.Version()
	return result.Tool{Name: "kbverify", Version: toolVersion(), Catalog: v}, err
}

var versionCommand = command{
	name:    "version",
	summary: "the versions of the program and of its catalogue",
	about: "Prints the version of the program, of the Go release that it is made with, and\n" +
		"of the catalogue: two programs with the same catalogue version know the same\n" +
		"hotfixes and the same facts about them.",
	new: func() action { return &versionAction{} },
}

type versionAction struct{ catalogFlag }

func (v *versionAction) flags(fs *pflag.FlagSet) { v.catalogFlag.flags(fs) }

func (v *versionAction) run(s *session, args []string) (result.Exit, error) {
	if len(args) > 0 {
		return 0, usagef("takes no arguments, found %q", args[0])
	}
	c, err := v.openCatalog(s)
	if err != nil {
		return 0, err
	}
	t, err := tool(c)
	if err != nil {
		return 0, err
	}
	return result.ExitPass, s.print(fmt.Sprintf("%s %s, %s %s/%s\ncatalogue %s\n",
		t.Name, t.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, t.Catalog))
}
