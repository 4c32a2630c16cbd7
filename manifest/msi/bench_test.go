package msi

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"kbverify/internal/msitest"
	"kbverify/internal/testtool"
)

// large is a package of n files, one component each, in n/40 folders.
func large(n int) []byte {
	d := msitest.Small()
	files, components, hashes := [][]any{}, [][]any{}, [][]any{}
	directories := [][]any{{"TARGETDIR", nil, "SourceDir"}, {"ProgramFilesFolder", "TARGETDIR", ".:PFiles"}}
	for i := range n {
		folder := fmt.Sprintf("Folder%d", i/40)
		if i%40 == 0 {
			name := fmt.Sprintf("FOLD~%d|Folder number %d", i/40, i/40)
			directories = append(directories, []any{folder, "ProgramFilesFolder", name})
		}
		key, version := fmt.Sprintf("File.%032X", i), any(nil)
		if i%2 == 0 {
			version = fmt.Sprintf("5.0.%d.%d", i/1000, i%1000)
		} else {
			hashes = append(hashes, []any{key, 0, i, -i, i * 7, i * 13})
		}
		name, id := fmt.Sprintf("FILE~%d.DLL|Library number %d.dll", i, i),
			fmt.Sprintf("{%08X-0000-0000-0000-000000000000}", i)
		files = append(files, []any{key, "C" + key, name, 1000 + i, version, "1033", 512, i + 1})
		components = append(components, []any{"C" + key, id, folder, 0, nil, key})
	}
	d.Wide = true
	for i := range d.Tables {
		t := &d.Tables[i]
		switch t.Name {
		case "File":
			t.Rows = files
		case "Component":
			t.Rows = components
		case "MsiFileHash":
			t.Rows = hashes
		case "Directory":
			t.Rows = directories
		case "Media":
			t.Rows[0][1] = n
			t.Rows = t.Rows[:1]
		}
	}
	return d.Bytes()
}

// BenchmarkPackage reads a package of 24,000 files into a manifest, and has msiinfo
// export the tables that this takes.
func BenchmarkPackage(b *testing.B) {
	data := large(24000)
	b.Run("kbverify", func(b *testing.B) {
		for b.Loop() {
			in := Input{"large.msi", bytes.NewReader(data), int64(len(data))}
			m, findings, err := Read(in, nil, Options{Name: "large.msi"})
			if err != nil || len(findings) > 0 || len(m.Tables[0].Files) != 24000 {
				b.Fatal(findings, err)
			}
			m.Encode()
		}
	})
	b.Run("msiinfo", func(b *testing.B) {
		testtool.Need(b, "msiinfo")
		file := filepath.Join(b.TempDir(), "large.msi")
		testtool.WriteFile(b, file, string(data))
		for b.Loop() {
			for _, table := range []string{"File", "Component", "Directory", "MsiFileHash", "Media"} {
				if out, err := exec.Command("msiinfo", "export", file, table).Output(); err != nil || len(out) < 100 {
					b.Fatal(err, len(out))
				}
			}
		}
	})
}
