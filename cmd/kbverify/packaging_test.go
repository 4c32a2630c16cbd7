package main

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kbverify/internal/cabtest"
	"kbverify/internal/msitest"
	"kbverify/pecheck/pefile"
)

// packageOf makes a Windows Installer package of the files of a folder that pick
// likes, in a cabinet packed with a method: msiexec /a would extract that folder.
// Versioned files have their version, the others an MD5, as installers state them.
func packageOf(t testing.TB, product, folder string, method uint16, pick func(path string) bool) []byte {
	return packageDatabase(t, product, folder, method, pick).Bytes()
}

func packageDatabase(t testing.TB, product, folder string, method uint16, pick func(path string) bool) msitest.Database {
	t.Helper()
	d := msitest.Small()
	tables := map[string]*msitest.Table{}
	for i := range d.Tables {
		if tables[d.Tables[i].Name] = &d.Tables[i]; d.Tables[i].Name != "Property" {
			d.Tables[i].Rows = nil
		}
	}
	tables["Property"].Rows[1][1] = product
	d.Summary[2].Value = product
	add := func(table string, cells ...any) { tables[table].Rows = append(tables[table].Rows, cells) }
	add("Directory", "TARGETDIR", nil, "SourceDir")
	folders := map[string]string{".": "TARGETDIR"} // keys
	var key func(folder string) string
	key = func(folder string) string {
		if folders[folder] == "" {
			parent := key(path.Dir(folder))
			folders[folder] = fmt.Sprintf("D%d", len(folders))
			add("Directory", folders[folder], parent, path.Base(folder))
			add("Component", "C"+folders[folder], nil, folders[folder], 0, nil, nil)
		}
		return folders[folder]
	}
	add("Component", "CTARGETDIR", nil, "TARGETDIR", 0, nil, nil)
	var entries []cabtest.Entry
	err := fs.WalkDir(os.DirFS(folder), ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !pick(file) {
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(file)))
		if err != nil {
			return err
		}
		n := len(entries) + 1
		id := fmt.Sprintf("F%d", n)
		entries = append(entries, cabtest.Entry{Name: id, Content: content})
		var version any
		if image := pefile.Read(bytes.NewReader(content), int64(len(content))); image.Ending == pefile.Versioned {
			version = image.Version.String()
		} else {
			sum := md5.Sum(content)
			part := func(i int) int { return int(int32(binary.LittleEndian.Uint32(sum[4*i:]))) }
			add("MsiFileHash", id, 0, part(0), part(1), part(2), part(3))
		}
		add("File", id, "C"+key(path.Dir(file)), path.Base(file), len(content), version, nil, 512, n)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	add("Media", 1, len(entries), nil, "#product.cab", nil, nil)
	cabinet := cabtest.Cabinet{}
	for part := range slices.Chunk(entries, 50) {
		cabinet.Folders = append(cabinet.Folders, cabtest.Pack(method, part...))
	}
	d.Streams = []msitest.Stream{{Name: msitest.StreamName("product.cab"), Data: cabinet.Bytes()}}
	return d
}

// whole picks every file.
func whole(string) bool { return true }

// below picks the files below a folder.
func below(folder string) func(string) bool {
	return func(path string) bool { return strings.HasPrefix(path, folder+"/") }
}
