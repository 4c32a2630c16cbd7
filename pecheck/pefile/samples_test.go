package pefile

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

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
		if f.MachineType != int(ours.Machine) || f.FileVersionNumber != testVersion.String() || f.FileVersion != testVersion.String() {
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
