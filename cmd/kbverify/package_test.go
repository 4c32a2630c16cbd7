package main

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"kbverify/internal/cabtest"
	"kbverify/internal/msitest"
	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// hashRow is the row of table MsiFileHash for a content.
func hashRow(key string, data []byte) []any {
	sum := md5.Sum(data)
	row := []any{key, 0}
	for i := range 4 {
		row = append(row, int(int32(binary.LittleEndian.Uint32(sum[4*i:]))))
	}
	return row
}

// The contents of the package's files.
func programOf(ts *testscript.TestScript, version manifest.Version) []byte {
	data, err := petest.Spec{Machine: petest.MachineOf(manifest.X86), Version: version, Size: 5000}.Bytes()
	ts.Check(err)
	return data
}

var (
	packedText    = []byte("Read this first.\r\n")
	packedEdition = []byte("the standard edition")
	packedOther   = []byte("the enterprise edition")
)

// scriptPackage is "package FILE KIND": an installer package or what is taken for
// one, of the kind image, which also writes the folder that msiexec /a makes of it,
// patch, other-patch, hostile, undecodable, empty or word.
func scriptPackage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: package FILE KIND")
	}
	file := ts.MkAbs(args[0])
	d := packed(ts)
	switch args[1] {
	case "image":
		for path, data := range map[string][]byte{"PFiles/Tool/Tool.exe": programOf(ts, manifest.Version{2, 0, 1493, 3}),
			"PFiles/Tool/Helper.dll": programOf(ts, manifest.Version{1, 0, 0, 0}), "PFiles/Tool/Edition.dat": packedOther,
			"Read me.txt": packedText} {
			at := filepath.Join(strings.TrimSuffix(file, ".msi"), filepath.FromSlash(path))
			ts.Check(os.MkdirAll(filepath.Dir(at), 0o755))
			ts.Check(os.WriteFile(at, data, 0o644))
		}
	case "patch":
		d = packedPatch(msitest.ProductCode)
	case "other-patch":
		d = packedPatch("{77777777-7777-7777-7777-777777777777}")
	case "hostile":
		d.Tables[3].Rows[0][2] = `x|..\..\Windows\Tool.exe`
	case "undecodable":
		d.Codepage, d.Tables[3].Rows[0][2] = 932, "Tool\x83"
	case "empty":
		d.Tables[3].Rows, d.Tables[4].Rows, d.Tables[2].Rows = nil, nil, nil
	case "word":
		d = msitest.Database{Streams: []msitest.Stream{{Name: "WordDocument", Data: []byte("x")}}}
	default:
		ts.Fatalf("no kind %s", args[1])
	}
	ts.Check(os.WriteFile(file, d.Bytes(), 0o644))
}

// packed is a package of five files, two of which are editions of one path.
func packed(ts *testscript.TestScript) msitest.Database {
	d := msitest.Small()
	d.Tables[2].Rows = [][]any{{"Main", nil, "BIN", 0, nil, "exe"}, {"Std", nil, "BIN", 0, "NOT BIG", "std"},
		{"Big", nil, "BIN", 256, "BIG", "big"}, {"Docs", nil, "TARGETDIR", 0, nil, "txt"}}
	d.Tables[1].Rows[2][2] = "Tool"
	d.Tables[3].Rows = [][]any{
		{"exe", "Main", "Tool.exe", len(programOf(ts, manifest.Version{2, 0, 1493, 3})), "2.0.1493.3", "1033", 512, 1},
		{"dll", "Main", "Helper.dll", 5000, "exe", nil, 512, 2},
		{"std", "Std", "Edition.dat", len(packedEdition), nil, nil, 512, 3},
		{"big", "Big", "Edition.dat", len(packedOther), nil, nil, 512, 3},
		{"txt", "Docs", "READ~1.TXT|Read me.txt", len(packedText), nil, nil, 512, 3},
	}
	d.Tables[4].Rows = [][]any{hashRow("std", packedEdition), hashRow("big", packedOther), hashRow("txt", packedText)}
	d.Tables[5].Rows = [][]any{{1, 9, nil, "#product.cab", nil, nil}}
	d.Streams[0].Data = cabtest.Cabinet{Folders: []cabtest.Folder{cabtest.Pack(cabtest.MSZIP,
		cabtest.Entry{Name: "exe", Content: programOf(ts, manifest.Version{2, 0, 1493, 3})},
		cabtest.Entry{Name: "dll", Content: programOf(ts, manifest.Version{1, 0, 0, 0})},
		cabtest.Entry{Name: "std", Content: packedEdition}, cabtest.Entry{Name: "big", Content: packedOther},
		cabtest.Entry{Name: "txt", Content: packedText})}}.Bytes()
	return d
}

// A package that other people's tools built, with versions, nested folders, names
// outside ASCII and 3,000 files: its image verifies, and one changed byte is found.
func TestImageThatToolsExtracted(t *testing.T) {
	testtool.Need(t, "msiextract")
	t.Setenv("LC_ALL", "C.UTF-8")
	dir := t.TempDir()
	spec := petest.Spec{Machine: petest.MachineOf(manifest.X64), Version: manifest.Version{4, 0, 6487, 2157}}
	program, err := spec.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	files := []msitest.SourceFile{{Path: "bin/x64/program.exe", Data: program},
		{Path: "bin/docs/read.txt", Data: packedText}}
	for i := range 3000 {
		path := fmt.Sprintf("data/part %d/file%d.dat", i/100, i)
		files = append(files, msitest.SourceFile{Path: path, Data: []byte(fmt.Sprint(i))})
	}
	file := msitest.Wixl(t, dir, "tools.msi", files)
	rows := [][]any{{"F0", "C0", "PROGRAM.EXE|Größtes Programm.exe", len(program), "4.0.6487.2157", "1033", 512, 1},
		{"F1", "C1", "read.txt", len(packedText), nil, nil, 512, 2}}
	for i := range 3000 {
		rows = append(rows, []any{fmt.Sprint("F", i+2), fmt.Sprint("C", i/100*100+2), fmt.Sprintf("file%d.dat", i),
			len(fmt.Sprint(i)), nil, nil, 512, i + 3})
	}
	msitest.Codepage(t, file, 65001)
	msitest.Import(t, file, msitest.Table{Name: "File", Columns: msitest.FileColumns, Rows: rows})
	testtool.Run(t, dir, "msiextract", "-C", "image", "tools.msi")
	image := filepath.Join(dir, "image")
	verify := func() (int, string) {
		var out, faults strings.Builder
		exit := run(t.Context(), []string{"verify", "-m", file, image}, nil, &out, &faults)
		return exit, out.String() + faults.String()
	}
	if exit, out := verify(); exit != 0 || !strings.Contains(out, "3,002 of 3,002 files") {
		t.Errorf("exit code %d\n%s", exit, out)
	}
	if err := os.WriteFile(filepath.Join(image, "data", "part 7", "file777.dat"), []byte("778"), 0o644); err != nil {
		t.Fatal(err)
	}
	if exit, out := verify(); exit != 1 || !strings.Contains(out, "data/part 7/file777.dat") {
		t.Errorf("exit code %d\n%s", exit, out)
	}
}

// packedPatch brings a newer program.
func packedPatch(product string) msitest.Database {
	t := msitest.Database{Codepage: 1252,
		Summary: []msitest.Property{{ID: 9, Value: product + "1.0.3;" + product + "1.0.4;"}},
		Changes: []msitest.Change{{Table: "File", Columns: msitest.FileColumns, Records: []msitest.Record{
			{Mask: 1 << 4, Cells: []any{"exe", "2.0.1493.9"}}}}}}
	s := t.Storage()
	s.Name = "T1"
	return msitest.Database{Class: msitest.Patch, Storages: []msitest.Storage{s},
		Streams: []msitest.Stream{{Name: msitest.StreamName("PCW_CAB_1"), Data: []byte("x")}},
		Summary: []msitest.Property{{ID: 3, Value: "Patch KB900077"}, {ID: 7, Value: product}, {ID: 8, Value: ":T1;:#T1"},
			{ID: 9, Value: "{BBBBBBBB-0000-0000-0000-000000000001}"}}}
}

// With the contents of a package recorded, a byte that was changed at the same size
// and version is found in its image.
func TestImageByContents(t *testing.T) {
	dir := t.TempDir()
	image, file, exact := filepath.Join(dir, "image"), filepath.Join(dir, "tools.msi"), filepath.Join(dir, "exact.json")
	program := petest.Must(petest.Spec{Version: manifest.Version{4, 0, 6487, 2157}, Size: 9000}.Bytes())
	for path, data := range map[string][]byte{"bin/a.exe": program, "read.txt": packedText} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(image, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		testtool.WriteFile(t, filepath.Join(image, path), string(data))
	}
	pack := packageOf(t, "Tools", image, cabtest.LZX|16<<8, whole)
	testtool.WriteFile(t, file, string(pack))
	runs(t, 0, "import", "-q", "--strict", "--hash", "-o", exact, file)
	runs(t, 0, "verify", "-m", exact, image)
	runs(t, 0, "verify", "-m", exact, file)
	program[8000] ^= 1
	testtool.WriteFile(t, filepath.Join(image, "bin/a.exe"), string(program))
	runs(t, 0, "verify", "-m", file, image) // by version and size
	if out := runs(t, 1, "verify", "-m", exact, image); !strings.Contains(out, "its content is not what was recorded") {
		t.Error(out)
	}
	runs(t, 2, "import", "--hash", "--base", file, file)
	runs(t, 2, "import", "--hash", "--layout", "installed", file)
	pack = bytes.Replace(pack, []byte("MSCF"), []byte("MSCX"), 1)
	testtool.WriteFile(t, file, string(pack))
	runs(t, 1, "import", "--strict", "--hash", file)
	runs(t, 1, "import", "--strict", file)
	runs(t, 0, "import", "-q", file) // its tables are whole
}

// A package that states of a file what the file is not is refused where that is asked.
func TestPackageThatContradictsItself(t *testing.T) {
	dir := t.TempDir()
	image, file := filepath.Join(dir, "image"), filepath.Join(dir, "tools.msi")
	if err := os.Mkdir(image, 0o755); err != nil {
		t.Fatal(err)
	}
	program := petest.Must(petest.Spec{Version: manifest.Version{4, 0, 6487, 2157}, Size: 9000}.Bytes())
	testtool.WriteFile(t, filepath.Join(image, "a.exe"), string(program))
	testtool.WriteFile(t, filepath.Join(image, "read.txt"), "text")
	stated := func(change func(string, []any)) string {
		d := packageDatabase(t, "Tools", image, cabtest.Stored, whole)
		for _, table := range d.Tables {
			for _, row := range table.Rows {
				change(table.Name, row)
			}
		}
		testtool.WriteFile(t, file, string(d.Bytes()))
		var out, said bytes.Buffer
		if code := run(t.Context(), []string{"import", "--strict", file}, nil, &out, &said); code != 0 && code != 1 {
			t.Errorf("exit code %d", code)
		}
		return said.String()
	}
	for _, tt := range []struct {
		name   string
		change func(table string, row []any)
		want   string
	}{
		{"nothing", func(string, []any) {}, "no findings"},
		{"version", func(table string, row []any) {
			if table == "File" && row[4] != nil {
				row[4] = "9.9.9.9"
			}
		}, "a.exe: the package states another version than its file has"},
		{"size", func(table string, row []any) {
			if table == "File" && row[4] == nil {
				row[3] = 5
			}
		}, "read.txt: the package states another size than its file has"},
		{"hash", func(table string, row []any) {
			if table == "MsiFileHash" {
				row[2] = 7
			}
		}, "read.txt: the package states another hash than its file has"},
	} {
		if said := stated(tt.change); !strings.Contains(said, tt.want) {
			t.Errorf("%s: %s", tt.name, said)
		}
	}
}
