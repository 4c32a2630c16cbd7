package petest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/petest"
)

var version = manifest.Version{4, 0, 6487, 2111}

// TestSpecSize makes files of a given size, in memory and on disk.
func TestSpecSize(t *testing.T) {
	for _, size := range []int64{0, 4720, 17768, 10 << 20} {
		for _, ne := range []bool{false, true} {
			spec := petest.Spec{NE: ne, Version: version, Size: size}
			file := petest.Must(spec.Bytes())
			path := filepath.Join(t.TempDir(), "file.dll")
			if err := spec.WriteFile(path); err != nil {
				t.Fatal(err)
			}
			disk, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(disk, file) || size != 0 && int64(len(file)) != size {
				t.Errorf("NE %v, size %d: %d bytes in memory, %d on disk", ne, size, len(file), len(disk))
			}
			if im := pefile.Read(bytes.NewReader(file), int64(len(file))); im.Version != version {
				t.Errorf("NE %v, size %d: %+v", ne, size, im)
			}
		}
	}
}

func TestSpecErrors(t *testing.T) {
	for want, spec := range map[string]petest.Spec{
		"the smallest such file": {Size: 100},
		"version resource of":    {Strings: map[string]string{"Comments": strings.Repeat("x", 40_000)}},
	} {
		if _, err := spec.Bytes(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if err := spec.WriteFile(filepath.Join(t.TempDir(), "file.dll")); err == nil {
			t.Errorf("%q: written", want)
		}
	}
}
