package pefile

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// needPefile gives a Python that has the module pefile: Debian's own, where
// another one stands first on the path.
func needPefile(tb testing.TB) string {
	tb.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import pefile").Run() == nil {
			return python
		}
	}
	if os.Getenv("KBVERIFY_CI") == "1" {
		tb.Fatal("python3-pefile is not installed")
	}
	tb.Skip("python3-pefile is not installed")
	return ""
}

// peerImage is what another reader says of a file. Version is "" where there
// is none, Error what it could not read.
type peerImage struct {
	Machine        int
	Version, Error string
}

// pefileScript reads the paths on its input, one a line, in one process.
const pefileScript = `
import json, sys, pefile
resource = [pefile.DIRECTORY_ENTRY['IMAGE_DIRECTORY_ENTRY_RESOURCE']]
found = {}
for path in sys.stdin.read().split('\n'):
    if not path:
        continue
    try:
        pe = pefile.PE(path, fast_load=True)
        pe.parse_data_directories(directories=resource)
        version = ''
        if getattr(pe, 'VS_FIXEDFILEINFO', None):
            f = pe.VS_FIXEDFILEINFO[0]
            version = '%d.%d.%d.%d' % (f.FileVersionMS >> 16, f.FileVersionMS & 0xffff, f.FileVersionLS >> 16, f.FileVersionLS & 0xffff)
        found[path] = {'Machine': pe.FILE_HEADER.Machine, 'Version': version}
    except pefile.PEFormatError as e:
        found[path] = {'Error': str(e)}
json.dump(found, sys.stdout)
`

// askPefile reads files with python3-pefile.
func askPefile(tb testing.TB, paths []string) map[string]peerImage {
	tb.Helper()
	return decodePeer(tb, pefileCommand(tb, paths))
}

func pefileCommand(tb testing.TB, paths []string) *exec.Cmd {
	cmd := exec.Command(needPefile(tb), "-c", pefileScript)
	cmd.Stdin = pathList(paths)
	return cmd
}

func pathList(paths []string) *bytes.Buffer {
	var list bytes.Buffer
	for _, path := range paths {
		list.WriteString(path + "\n")
	}
	return &list
}

func decodePeer(tb testing.TB, cmd *exec.Cmd) (found map[string]peerImage) {
	tb.Helper()
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(out, &found); err != nil {
		tb.Fatal(err)
	}
	return found
}

// openImage reads the file at path.
func openImage(tb testing.TB, path string) Image {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		tb.Fatal(err)
	}
	return Read(f, info.Size())
}

// versionText is the version as a peer writes it.
func versionText(im Image) string {
	if im.Ending != Versioned {
		return ""
	}
	return im.Version.String()
}

// writeFiles writes each file under a new folder and gives the paths.
func writeFiles(tb testing.TB, files map[string][]byte) map[string]string {
	tb.Helper()
	paths, dir := map[string]string{}, tb.TempDir()
	for name, content := range files {
		paths[name] = filepath.Join(dir, name+".dll")
		if err := os.WriteFile(paths[name], content, 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return paths
}
