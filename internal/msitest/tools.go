package msitest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"kbverify/internal/testtool"
)

// SourceFile is a file for a package that wixl builds. Its key is "F" and its index.
type SourceFile struct {
	Path string // below TARGETDIR, with "/", in ASCII
	Data []byte
}

// Wixl builds dir/name with wixl: a package of the files in one embedded cabinet,
// "files.cab", with a hash for each and without versions. Files of one folder must
// follow each other.
func Wixl(tb testing.TB, dir, name string, files []SourceFile) string {
	tb.Helper()
	testtool.Need(tb, "wixl")
	var source, features strings.Builder
	source.WriteString(`<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
<Product Id="*" Name="kbverify fixture" Version="1.2.3" Manufacturer="kbverify" Language="1033"
  UpgradeCode="7b1d4f3e-6d0f-4f83-9a4e-4d7e2b6a1f00">
<Package InstallerVersion="200" Compressed="yes"/><Media Id="1" Cabinet="files.cab" EmbedCab="yes"/>
<Directory Id="TARGETDIR" Name="SourceDir">
`)
	for i := 0; i < len(files); {
		folder := path.Dir(files[i].Path)
		depth := 0
		for n, element := range strings.Split(folder, "/") {
			if element != "." {
				fmt.Fprintf(&source, `<Directory Id="D%d.%d" Name="%s">`, i, n, element)
				depth++
			}
		}
		fmt.Fprintf(&source, `<Component Id="C%d" Guid="7b1d4f3e-6d0f-4f83-9a4e-%012x">`+"\n", i, i)
		fmt.Fprintf(&features, `<ComponentRef Id="C%d"/>`, i)
		for ; i < len(files) && path.Dir(files[i].Path) == folder; i++ {
			f := &files[i]
			at := fmt.Sprintf("%s.src/%d", name, i)
			if err := os.MkdirAll(filepath.Join(dir, name+".src"), 0o755); err != nil {
				tb.Fatal(err)
			}
			testtool.WriteFile(tb, filepath.Join(dir, at), string(f.Data))
			fmt.Fprintf(&source, `<File Id="F%d" Name="%s" Source="%s"/>`+"\n", i, path.Base(f.Path), at)
		}
		source.WriteString("</Component>" + strings.Repeat("</Directory>", depth) + "\n")
	}
	fmt.Fprintf(&source, `</Directory><Feature Id="All" Level="1">%s</Feature></Product></Wix>`, features.String())
	testtool.WriteFile(tb, filepath.Join(dir, name+".wxs"), source.String())
	testtool.Run(tb, dir, "wixl", "-o", name, name+".wxs")
	return filepath.Join(dir, name)
}

// Import replaces a table of a package with rows in IDT form, by msibuild.
func Import(tb testing.TB, file string, t Table) {
	tb.Helper()
	testtool.Need(tb, "msibuild")
	dir := filepath.Dir(file)
	testtool.WriteFile(tb, filepath.Join(dir, t.Name+".idt"), t.IDT())
	testtool.Run(tb, dir, "msibuild", file, "-i", t.Name+".idt")
}

// Codepage sets the code page of a package's strings, by msibuild.
func Codepage(tb testing.TB, file string, codepage int) {
	tb.Helper()
	testtool.Need(tb, "msibuild")
	dir := filepath.Dir(file)
	testtool.WriteFile(tb, filepath.Join(dir, "codepage.idt"), fmt.Sprintf("\r\n\r\n%d\t_ForceCodepage\r\n", codepage))
	testtool.Run(tb, dir, "msibuild", file, "-i", "codepage.idt")
}

// IDT gives a table as an installer text archive.
func (t Table) IDT() string {
	var names, types, keys []string
	for _, c := range t.Columns {
		name, kind, _ := strings.Cut(c, ":")
		bare, key := strings.CutPrefix(name, "*")
		if key {
			keys = append(keys, bare)
		}
		names, types = append(names, bare), append(types, kind)
	}
	lines := []string{strings.Join(names, "\t"), strings.Join(types, "\t"), t.Name + "\t" + strings.Join(keys, "\t")}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cell != nil {
				cells[i] = fmt.Sprint(cell)
			}
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}
