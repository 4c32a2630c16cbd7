package inventory

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/petest"
)

// allOptions asks for everything that an inventory can hold.
func allOptions() Options {
	return Options{All: true, Strings: true, Digests: Digests{MD5: true, SHA256: true},
		Signatures: &authenticode.Options{}}
}

func scanned(tb testing.TB, root string, o Options) *Inventory {
	tb.Helper()
	inv, err := Scan(context.Background(), root, o)
	if err != nil {
		tb.Fatal(err)
	}
	return inv
}

// text is the inventory as JSON, without what may differ: root and times.
func jsonOf(tb testing.TB, inv *Inventory) string {
	tb.Helper()
	plain := *inv
	plain.Root = ""
	plain.Files = slices.Clone(inv.Files)
	for i := range plain.Files {
		plain.Files[i].Modified = time.Time{}
	}
	var b bytes.Buffer
	if err := plain.Encode(&b); err != nil {
		tb.Fatal(err)
	}
	for _, f := range plain.Files {
		if f.Strings != nil {
			fmt.Fprintf(&b, "%s: %+v\n", f.Path, *f.Strings)
		}
	}
	return b.String()
}

// sameInventory compares a package with the folder that another program unpacked it to.
func sameInventory(t *testing.T, pack, folder string, options ...Options) {
	t.Helper()
	options = append(options, allOptions(), Options{Names: []string{"b.dll", "*.msi", "file3?.dll"}},
		Options{All: true, Exclude: []string{"i386", "x64/deep/**/b.dll", "file1*"}})
	for _, o := range options {
		got, want := scanned(t, pack, o), scanned(t, folder, o)
		if len(got.Faults) > 0 || jsonOf(t, got) != jsonOf(t, want) {
			t.Errorf("%s:\n%s\nthe folder:\n%s", pack, jsonOf(t, got), jsonOf(t, want))
		}
		if o.All && o.Exclude == nil && (len(got.Files) == 0 || int64(len(got.Files)) != got.Seen) {
			t.Errorf("%d files of %d", len(got.Files), got.Seen)
		}
	}
}

// tree writes a folder of executables, packages and other files, and lists them.
func tree(tb testing.TB, dir string, count int) (paths []string) {
	tb.Helper()
	add := func(path string, b []byte) {
		full := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		testtool.WriteFile(tb, full, string(b))
		paths = append(paths, path)
	}
	file := func(build uint16, size int64, platform manifest.Platform) []byte {
		return petest.Must(petest.Spec{Version: manifest.Version{1, 2, 3, build}, Size: size,
			Machine: petest.MachineOf(platform), Strings: map[string]string{"ProductName": "P"}}.Bytes())
	}
	add("i386/b.dll", file(4, 40_000, manifest.X86))
	add("x64/b.dll", file(5, 50_000, manifest.X64))
	add("x64/deep/er/b.dll", file(5, 50_000, manifest.X64))
	add("x64/empty.dll", nil)
	signed, err := os.ReadFile("../authenticode/testdata/dual.exe")
	if err != nil {
		tb.Fatal(err)
	}
	add("signed/good.exe", signed)
	changed := bytes.Clone(signed)
	changed[5000] ^= 1
	add("signed/changed.exe", changed)
	add("note.txt", []byte("text"))
	add("bad.msi", []byte("<html>"))
	add("good.cab", []byte("MSCF and so on"))
	add("a-b/large.exe", file(6, maxHeld+3*maxRecent, manifest.X86))
	for i := len(paths); i < count; i++ {
		add(fmt.Sprintf("many/%d/file%d.dll", i%7, i), file(uint16(i), int64(9_000+i*i%60_000), manifest.X86))
	}
	return paths
}

func TestCabinetAsRoot(t *testing.T) {
	for _, flags := range []string{"-c", "-cz"} {
		dir := t.TempDir()
		src := filepath.Join(dir, "src")
		paths := tree(t, src, 500)
		testtool.Run(t, src, testtool.Need(t, "gcab"), append([]string{flags, "../x.cab"}, paths...)...)
		testtool.Run(t, dir, testtool.Need(t, "cabextract"), "-q", "-d", "out", "x.cab")
		sameInventory(t, filepath.Join(dir, "x.cab"), filepath.Join(dir, "out"))
		sameInventory(t, filepath.Join(dir, "x.cab"), src)
	}
}

func TestSelfExtractingProgramAsRoot(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "src")
	paths := tree(t, src, 20)
	program := petest.Must(petest.Spec{Size: 30_000}.Bytes())
	program = append(program, "MSCF is what a cabinet begins with"...)
	for i, part := range [][]string{paths[:9], paths[9:]} {
		name := fmt.Sprintf("%d.cab", i)
		testtool.Run(t, src, testtool.Need(t, "gcab"), append([]string{"-cz", "../" + name}, part...)...)
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		program = append(program, b...)
	}
	root := filepath.Join(dir, "setup.exe")
	testtool.WriteFile(t, root, string(program))
	sameInventory(t, root, src)
	testtool.WriteFile(t, root, string(program[:len(program)-1]))
	inv := scanned(t, root, allOptions())
	if len(inv.Faults) != 1 || !strings.Contains(inv.Faults[0].Error, "cut off") || inv.Unreadable == 0 || inv.Seen != 20 {
		t.Errorf("%d files, %d unreadable, faults %v", inv.Seen, inv.Unreadable, inv.Faults)
	}
}

// installer writes a package of a tree with wixl; its cabinet is a stream, or a file
// beside it.
func installer(tb testing.TB, dir, src string, paths []string, embed string) (path string) {
	tb.Helper()
	type folder struct {
		below []string
		files []string
	}
	folders := map[string]*folder{}
	var at func(path string) *folder
	at = func(path string) *folder {
		if folders[path] == nil {
			folders[path] = &folder{}
			if path != "." {
				up := at(filepath.ToSlash(filepath.Dir(path)))
				up.below = append(up.below, path)
			}
		}
		return folders[path]
	}
	for _, p := range paths {
		f := at(filepath.ToSlash(filepath.Dir(p)))
		f.files = append(f.files, p)
	}
	ids := map[string]string{}
	id := func(path string) string {
		if ids[path] == "" {
			ids[path] = fmt.Sprintf("id%d", len(ids))
		}
		return ids[path]
	}
	var x strings.Builder
	var refs []string
	var write func(path string)
	write = func(path string) {
		for _, f := range folders[path].files {
			fmt.Fprintf(&x, `<Component Id="c%s" Guid="*"><File Id="f%s" Name="%s" Source="%s"/></Component>`, id(f), id(f),
				filepath.Base(f), filepath.ToSlash(filepath.Join(filepath.Base(src), f)))
			refs = append(refs, fmt.Sprintf(`<ComponentRef Id="c%s"/>`, id(f)))
		}
		for _, b := range folders[path].below {
			fmt.Fprintf(&x, `<Directory Id="d%s" Name="%s">`, id(b), filepath.Base(b))
			write(b)
			x.WriteString("</Directory>")
		}
	}
	write(".")
	testtool.WriteFile(tb, filepath.Join(dir, "x.wxs"), fmt.Sprintf(`<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi"><Product Id="*" Name="P" Language="1033" Version="1.0.0"
Manufacturer="M" UpgradeCode="11111111-2222-3333-4444-555555555555"><Package InstallerVersion="200" Compressed="yes"/>
<Media Id="1" Cabinet="Product.cab" EmbedCab="%s"/><Directory Id="TARGETDIR" Name="SourceDir">%s</Directory>
<Feature Id="F" Level="1">%s</Feature></Product></Wix>`, embed, x.String(), strings.Join(refs, "")))
	testtool.Run(tb, dir, testtool.Need(tb, "wixl"), "-o", "x.msi", "x.wxs")
	if embed == "no" { // of which wixl leaves the cabinet to others
		keys := filepath.Join(dir, "keys")
		if err := os.Mkdir(keys, 0o755); err != nil {
			tb.Fatal(err)
		}
		args := []string{"-cz", "../Product.cab"}
		for _, p := range paths {
			b, err := os.ReadFile(filepath.Join(src, p))
			if err != nil {
				tb.Fatal(err)
			}
			testtool.WriteFile(tb, filepath.Join(keys, "f"+id(p)), string(b))
			args = append(args, "f"+id(p))
		}
		testtool.Run(tb, keys, testtool.Need(tb, "gcab"), args...)
	}
	return filepath.Join(dir, "x.msi")
}

func TestInstallerAsRoot(t *testing.T) {
	for _, embed := range []string{"yes", "no"} {
		t.Run("embedded="+embed, func(t *testing.T) {
			dir := t.TempDir()
			src := filepath.Join(dir, "src")
			root := installer(t, dir, src, tree(t, src, 500), embed)
			sameInventory(t, root, src)
			testtool.Run(t, dir, testtool.Need(t, "msiextract"), "-C", "out", "x.msi")
			sameInventory(t, root, filepath.Join(dir, "out"))
			if embed == "yes" {
				return
			}
			cabinet := filepath.Join(dir, "Product.cab")
			if err := os.Rename(cabinet, filepath.Join(dir, "PRODUCT.CAB")); err != nil {
				t.Fatal(err)
			}
			sameInventory(t, root, src)
			if err := os.Remove(filepath.Join(dir, "PRODUCT.CAB")); err != nil {
				t.Fatal(err)
			}
			inv := scanned(t, root, allOptions())
			if inv.Unreadable != 500 || !strings.Contains(inv.Files[0].Detail, "Product.cab: it does not lie beside") {
				t.Errorf("%d unreadable, %+v", inv.Unreadable, inv.Files[0])
			}
		})
	}
}
