package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/unicode"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/petest"
)

var update = flag.Bool("update", false, "write golden files and transcripts anew")

// ending is how a copy of the test binary is called that does nothing but end, with the exit
// code that stands behind it.
const ending = "ends-with-"

// TestMain lets the test binary stand for kbverify in the transcripts, where each
// command proves that it has changed nothing.
func TestMain(m *testing.M) {
	if code, ok := strings.CutPrefix(strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"), ending); ok {
		n, _ := strconv.ParseUint(code, 10, 32)
		os.Exit(int(int32(n)))
	}
	version, released = "1.2.3", "2010-02-03"
	now = func() time.Time { return time.Date(2010, 2, 3, 4, 5, 6, 0, time.UTC) }
	hostname = func() string { return "SITE1" }
	testscript.Main(calm{m}, map[string]func(){
		"kbverify": func() {
			os.Exit(untouched(os.Args[1:], func() int {
				return fitting(os.Args[1:], func(stdout io.Writer) int {
					return run(context.Background(), os.Args[1:], os.Stdin, stdout, os.Stderr)
				})
			}))
		},
	})
}

// calm runs the tests without the wishes of whoever runs them.
type calm struct{ *testing.M }

func (c calm) Run() int {
	for _, name := range []string{catalogVariable, "NO_COLOR", "FORCE_COLOR"} {
		os.Unsetenv(name)
	}
	return c.M.Run()
}

// The transcripts are the specification of the command line.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv(schemaFolder, docs)
			return nil
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"healthy": scriptHealthy, "package": scriptPackage, "pe": scriptPE, "data": scriptData, "cut": scriptCut,
			"exits": scriptExits, "hostile": scriptHostile, "shows": scriptShows,
			"signed": scriptSigned, "cabinet": scriptCabinet, "installer": scriptInstaller,
			"encode": scriptEncode,
		},
		Condition: func(name string) (bool, error) {
			path, ok := strings.CutPrefix(name, "exists:")
			if ok {
				_, err := os.Stat(path)
				return err == nil, nil
			}
			return name == "root" && os.Geteuid() == 0, nil
		},
	})
}

// scriptHealthy is "healthy KB/TABLE DIR": a root with every file of the table.
func scriptHealthy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: healthy KB/TABLE DIR")
	}
	c, err := catalog.Open(manifests.FS, nil)
	ts.Check(err)
	m, table, err := findTable(args[0], nil, c)
	ts.Check(err)
	if table == nil {
		table = &m.Tables[0]
	}
	for _, f := range healthy(table) {
		ts.Check(f.write(ts.MkAbs(args[1])))
	}
}

// scriptPE is "pe PATH VERSION SIZE PLATFORM": an executable; VERSION "-" leaves
// out the version resource.
func scriptPE(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: pe PATH VERSION SIZE PLATFORM")
	}
	spec := petest.Spec{Machine: petest.MachineOf(manifest.ParsePlatform(args[3])), NoVersion: args[1] == "-"}
	var err error
	if !spec.NoVersion {
		spec.Version, err = manifest.ParseVersion(args[1])
		ts.Check(err)
	}
	spec.Size, err = strconv.ParseInt(args[2], 10, 64)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(spec.WriteFile(path))
}

// scriptData is "data PATH SIZE": a file of zeros.
func scriptData(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: data PATH SIZE")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, nil, 0o644))
	ts.Check(os.Truncate(path, size))
}

// scriptCabinet is "cabinet FILE DIR [BEFORE]": the files of a folder in a cabinet that gcab
// makes, with what is to stand before it in FILE.
func scriptCabinet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: cabinet FILE DIR [BEFORE]")
	}
	cabinet, dir := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	cmd := exec.Command("gcab", append([]string{"-cz", cabinet}, filesBelow(ts, dir)...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	ts.Logf("%s", out)
	ts.Check(err)
	if len(args) == 3 {
		b, err := os.ReadFile(cabinet)
		ts.Check(err)
		ts.Check(os.WriteFile(cabinet, append([]byte(ts.ReadFile(args[2])), b...), 0o644))
	}
}

// filesBelow lists the files below a folder, relative to it.
func filesBelow(ts *testscript.TestScript, dir string) (paths []string) {
	ts.Check(filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			path, err = filepath.Rel(dir, path)
			paths = append(paths, filepath.ToSlash(path))
		}
		return err
	}))
	return paths
}

// scriptInstaller is "installer FILE DIR": the files of a folder in a Windows Installer
// package that wixl makes.
func scriptInstaller(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: installer FILE DIR")
	}
	var dirs, refs strings.Builder
	for i, path := range filesBelow(ts, ts.MkAbs(args[1])) {
		folders := strings.Split(path, "/")
		for j, name := range folders[:len(folders)-1] {
			fmt.Fprintf(&dirs, `<Directory Id="d%d.%d" Name="%s">`, i, j, name)
		}
		fmt.Fprintf(&dirs, `<Component Id="c%d" Guid="*"><File Id="f%[1]d" Name="%s" Source="%s"/></Component>%s`, i,
			folders[len(folders)-1], filepath.ToSlash(filepath.Join(args[1], path)),
			strings.Repeat("</Directory>", len(folders)-1))
		fmt.Fprintf(&refs, `<ComponentRef Id="c%d"/>`, i)
	}
	ts.Check(os.WriteFile(ts.MkAbs("x.wxs"), []byte(`<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">`+
		`<Product Id="*" Name="P" Language="1033" Version="1.0.0" Manufacturer="M" `+
		`UpgradeCode="11111111-2222-3333-4444-555555555555"><Package InstallerVersion="200" Compressed="yes"/>`+
		`<Media Id="1" Cabinet="p.cab" EmbedCab="yes"/><Directory Id="TARGETDIR" Name="SourceDir">`+dirs.String()+
		`</Directory><Feature Id="F" Level="1">`+refs.String()+`</Feature></Product></Wix>`), 0o644))
	ts.Check(ts.Exec("wixl", "-o", args[0], "x.wxs"))
}

// scriptSigned is "signed PATH [OFFSET]": a signed executable of version 2.0.1493.2152
// for x86, 8,880 bytes; its byte at OFFSET is changed. The certificate of the authority
// behind its signer is PATH with .crt behind it.
func scriptSigned(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: signed PATH [OFFSET]")
	}
	for from, to := range map[string]string{"dual.exe": "", "ca.crt": ".crt"} {
		content, err := os.ReadFile(filepath.Join(signedFiles, from))
		ts.Check(err)
		if len(args) > 1 && to == "" {
			at, err := strconv.Atoi(args[1])
			ts.Check(err)
			content[at] ^= 1
		}
		path := ts.MkAbs(args[0])
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path+to, content, 0o644))
	}
}

// signedFiles is the folder of those two, wherever a script works.
var signedFiles, _ = filepath.Abs("../../pecheck/authenticode/testdata")

// scriptEncode is "encode gzip|utf16 FROM TO": a file as gzip or Windows PowerShell makes it.
func scriptEncode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: encode gzip|utf16 FROM TO")
	}
	text, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	var to bytes.Buffer
	switch args[0] {
	case "gzip":
		w := gzip.NewWriter(&to)
		_, err := w.Write(text)
		ts.Check(errors.Join(err, w.Close()))
	case "utf16":
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		_, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Writer(&to).Write(text)
		ts.Check(err)
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[2])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), to.Bytes(), 0o644))
}

// scriptCut is "cut PATH SIZE": the file ends after that many bytes.
func scriptCut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut PATH SIZE")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}

// scriptExits is "exits CODE COMMAND ARG...": runs it, and wants that exit code.
func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v: %v", args[1:], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// scriptHostile is "hostile DIR": copies of one file in folders with names that
// terminals, spreadsheets and JSON readers act on.
func scriptHostile(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range []string{"escape\x1b[31m", "line\nbreak", "bidi\u202egnp", "=x", "latin\xe4"} {
		path := filepath.Join(ts.MkAbs(args[0]), name, "Ccm.dll")
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(petest.Spec{Version: manifest.Version{2, 0, 1380, 1000}}.WriteFile(path))
	}
}

var catalogueVersion = regexp.MustCompile(`catalogue [0-9a-f]{12}`)

// scriptShows is "shows FILE": standard output is the file, but for the version
// of the catalogue, which changes with every hotfix added.
func scriptShows(ts *testscript.TestScript, neg bool, args []string) {
	got := catalogueVersion.ReplaceAllString(ts.ReadFile("stdout"), "catalogue 0123456789ab")
	if d := cmp.Diff(ts.ReadFile(args[0]), got); d != "" {
		ts.Fatalf("standard output differs from %s:\n%s", args[0], d)
	}
}
