package pecheck

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"kbverify/internal/testtool"
	"kbverify/manifest"
)

// library is a DLL for mingw to build.
type library struct {
	platform manifest.Platform // X86 or X64
	version  string            // of its VS_FIXEDFILEINFO; "" for no version resource
}

const versionScript = `1 VERSIONINFO
FILEVERSION %s
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904b0"
    BEGIN
      VALUE "FileVersion", "%s"
    END
  END
END
`

// build compiles the library to path.
func (l library) build(t *testing.T, path string) {
	t.Helper()
	prefix, entry := "x86_64-w64-mingw32-", "DllMain"
	if l.platform == manifest.X86 {
		prefix, entry = "i686-w64-mingw32-", "_DllMain@12"
	}
	dir := t.TempDir()
	source := `int __stdcall DllMain(void *module, unsigned long reason, void *reserved) { return 1; }`
	testtool.WriteFile(t, filepath.Join(dir, "lib.c"), source)
	args := []string{"-shared", "-nostdlib", "-Wl,-e," + entry, "-o", path, "lib.c"}
	if l.version != "" {
		commas := strings.ReplaceAll(l.version, ".", ",")
		testtool.WriteFile(t, filepath.Join(dir, "lib.rc"), fmt.Sprintf(versionScript, commas, l.version))
		testtool.Run(t, dir, prefix+"windres", "lib.rc", "lib.o")
		args = append(args, "lib.o")
	}
	testtool.Run(t, dir, prefix+"gcc", args...)
}

// packageSource is a WiX source of an installer package with the files given by
// their paths below TARGETDIR, which are also their paths below the source's folder.
var packageSource = template.Must(template.New("wxs").Parse(`<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="kbverify fixture" Version="1.0.0" Manufacturer="kbverify" Language="1033"
      UpgradeCode="7b1d4f3e-6d0f-4f83-9a4e-4d7e2b6a1f00">
    <Package InstallerVersion="200" Compressed="yes"/>
    <Media Id="1" Cabinet="files.cab" EmbedCab="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="BIN" Name="bin">
      {{- range $i, $folder := .}}
      <Directory Id="D{{$i}}" Name="{{$folder.Name}}">
        <Component Id="C{{$i}}" Guid="7b1d4f3e-6d0f-4f83-9a4e-4d7e2b6a1f{{printf "%02x" $i}}">
        {{- range $j, $file := $folder.Files}}
          <File Id="F{{$i}}.{{$j}}" Name="{{$file}}" Source="bin/{{$folder.Name}}/{{$file}}"/>
        {{- end}}
        </Component>
      </Directory>
      {{- end}}
    </Directory></Directory>
    <Feature Id="All" Level="1">
      {{- range $i, $folder := .}}<ComponentRef Id="C{{$i}}"/>{{end -}}
    </Feature>
  </Product>
</Wix>
`))

// packageFolder is a folder below bin in an installer package.
type packageFolder struct {
	Name  string
	Files []string
}

// administrativeImage packs the folders below dir into an MSI and extracts it as
// msiexec /a does.
func administrativeImage(t *testing.T, dir string, folders []packageFolder) string {
	t.Helper()
	var source strings.Builder
	if err := packageSource.Execute(&source, folders); err != nil {
		t.Fatal(err)
	}
	testtool.WriteFile(t, filepath.Join(dir, "fixture.wxs"), source.String())
	testtool.Run(t, dir, "wixl", "-o", "fixture.msi", "fixture.wxs")
	testtool.Run(t, dir, "msiextract", "-C", "image", "fixture.msi")
	return filepath.Join(dir, "image")
}
