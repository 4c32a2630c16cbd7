package pefile

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

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
	cmd := exec.Command(testtool.Python(tb, "pefile"), "-c", pefileScript)
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

// samples are petest's files for every platform, as other readers see them.
func samples() map[string][]byte {
	files := map[string][]byte{"AnyCPU": petest.Must(petest.Spec{AnyCPU: true, Version: testVersion}.Bytes())}
	for _, p := range manifest.Platforms {
		files[string(p)] = petest.Must(petest.Spec{Machine: petest.MachineOf(p), Version: testVersion, Size: 17768}.Bytes())
	}
	files["Alpha64"] = petest.Must(petest.Spec{Machine: uint16(MachineAlpha64), Version: testVersion}.Bytes())
	return files
}

func TestSamplesAgainstPefile(t *testing.T) {
	paths := writeFiles(t, samples())
	var list []string
	for _, path := range paths {
		list = append(list, path)
	}
	theirs := askPefile(t, list)
	for name, path := range paths {
		ours := openImage(t, path)
		if want := (peerImage{Machine: int(ours.Machine), Version: testVersion.String()}); theirs[path] != want {
			t.Errorf("%s: pefile says %+v, want %+v", name, theirs[path], want)
		}
	}
}

func TestSamplesAgainstExiftool(t *testing.T) {
	tool := testtool.Need(t, "exiftool")
	paths := writeFiles(t, samples())
	args := []string{"-json", "-n", "-FileVersionNumber", "-MachineType", "-FileVersion"}
	for _, path := range paths {
		args = append(args, path)
	}
	out, err := exec.Command(tool, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []struct {
		SourceFile, FileVersionNumber, FileVersion string
		MachineType                                int
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	if len(found) != len(paths) {
		t.Errorf("%d answers for %d files", len(found), len(paths))
	}
	for _, f := range found {
		ours := openImage(t, f.SourceFile)
		if f.MachineType != int(ours.Machine) || f.FileVersionNumber != testVersion.String() ||
			f.FileVersion != testVersion.String() {
			t.Errorf("exiftool says %+v, we say %+v", f, ours)
		}
	}
}

// TestSamplesAgainstWrestool extracts version resources, of 16-bit files too.
func TestSamplesAgainstWrestool(t *testing.T) {
	tool := testtool.Need(t, "wrestool")
	files := samples()
	files["NE"] = petest.Must(petest.Spec{NE: true, Version: testVersion}.Bytes())
	fixed := []byte("\xbd\x04\xef\xfe\x00\x00\x01\x00\x00\x00\x04\x00\x3f\x08\x57\x19") // of 4.0.6487.2111
	for name, path := range writeFiles(t, files) {
		out, err := exec.Command(tool, "--extract", "--raw", "--type=16", "--name=1", path).Output()
		if err != nil || !bytes.Contains(out, fixed) {
			t.Errorf("%s: wrestool gives %q, %v", name, out, err)
		}
	}
}
