package pecheck

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// The hotfix in the package: two DLLs for two processors, and a data file.
var (
	fixtureLibraries = map[string]library{
		"bin/i386/ccmcore.dll":    {manifest.X86, "4.0.6487.2121"},
		"bin/i386/ccmgencert.dll": {manifest.X86, "4.0.6487.2111"},
		"bin/x64/ccmcore.dll":     {manifest.X64, "4.0.6487.2121"},
		"bin/x64/ccmgencert.dll":  {manifest.X64, "4.0.6487.2111"},
	}
	fixtureData    = "bin/i386/smsprov.mof"
	fixtureFolders = []packageFolder{
		{"i386", []string{"ccmcore.dll", "ccmgencert.dll", "smsprov.mof"}},
		{"x64", []string{"ccmcore.dll", "ccmgencert.dll"}},
	}
)

// An installer package made by wixl from mingw's DLLs, extracted by msiextract,
// is verified as an administrator would before the rollout.
func TestAdministrativeImage(t *testing.T) {
	for _, tool := range []string{"i686-w64-mingw32-gcc", "i686-w64-mingw32-windres",
		"x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres", "wixl", "msiextract"} {
		testtool.Need(t, tool)
	}
	source := t.TempDir()
	for _, folder := range fixtureFolders {
		if err := os.MkdirAll(filepath.Join(source, "bin", folder.Name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for path, lib := range fixtureLibraries {
		lib.build(t, filepath.Join(source, path))
	}
	testtool.WriteFile(t, filepath.Join(source, fixtureData), "#pragma namespace\n")
	hotfix := fixtureManifest(t, source)
	image := administrativeImage(t, source, fixtureFolders)

	const victim = "bin/x64/ccmgencert.dll"
	replace := func(lib library) func(*testing.T, string) {
		return func(t *testing.T, path string) { lib.build(t, path) }
	}
	for _, tt := range []struct {
		name    string
		path    string
		fault   func(t *testing.T, path string)
		verdict result.Verdict
		state   result.State
		exit    result.Exit
	}{
		{"clean", victim, func(*testing.T, string) {}, result.OK, result.Installed, result.ExitPass},
		{"newer version", victim, replace(library{manifest.X64, "4.0.6487.2157"}), result.Newer, result.Installed, result.ExitPass},
		{"older version", victim, replace(library{manifest.X64, "4.0.6487.2000"}), result.Older, result.Partial, result.ExitFail},
		{"no version", victim, replace(library{manifest.X64, ""}), result.NoVersion, result.Partial, result.ExitFail},
		{"wrong platform", victim, replace(library{manifest.X86, "4.0.6487.2111"}), result.WrongPlatform, result.Partial, result.ExitFail},
		{"wrong size", victim, resize(+1), result.WrongSize, result.Partial, result.ExitFail},
		{"wrong size of a data file", fixtureData, resize(-1), result.WrongSize, result.Partial, result.ExitFail},
		{"missing", victim, remove, result.Missing, result.Partial, result.ExitFail},
		{"cut off", victim, truncate(0x100), result.Unreadable, result.Undecidable, result.ExitTrouble},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.CopyFS(root, os.DirFS(image)); err != nil {
				t.Fatal(err)
			}
			tt.fault(t, filepath.Join(root, tt.path))
			got := verifyImage(t, root, hotfix)
			want := map[string]result.Verdict{
				"bin/i386/ccmcore.dll": result.OK, "bin/i386/ccmgencert.dll": result.OK, fixtureData: result.OK,
				"bin/x64/ccmcore.dll": result.OK, victim: result.OK, "ia64/ccmcore.dll": result.NotApplicable,
			}
			want[tt.path] = tt.verdict
			if diff := cmp.Diff(want, rowVerdicts(got)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if table := got.Tables[0]; table.State != tt.state || got.Exit() != tt.exit {
				t.Errorf("%s, exit %d; want %s, exit %d", table.State, got.Exit(), tt.state, tt.exit)
			}
		})
	}
}

// fixtureManifest gives the manifest of the package, read from its JSON as any
// other. The sizes are those that the files in dir have.
func fixtureManifest(t *testing.T, dir string) *manifest.Manifest {
	t.Helper()
	table := manifest.Table{Files: []manifest.File{{Name: "smsprov.mof", Size: sizeOf(t, dir, fixtureData)}}}
	for _, path := range slices.Sorted(maps.Keys(fixtureLibraries)) {
		lib := fixtureLibraries[path]
		version, err := manifest.ParsePrinted(lib.version)
		if err != nil {
			t.Fatal(err)
		}
		table.Files = append(table.Files, manifest.File{
			Name: filepath.Base(path), Version: version, Size: sizeOf(t, dir, path), Platform: lib.platform})
	}
	ia64, err := manifest.ParsePrinted("4.0.6487.2121")
	if err != nil {
		t.Fatal(err)
	}
	table.Files = append(table.Files, manifest.File{Name: "CCMCORE.DLL", Version: ia64, Platform: manifest.IA64})
	m := &manifest.Manifest{ID: "KB999999", Title: "a package made for this test", Product: "kbverify",
		Source: manifest.Source{URL: "https://example.com/KB999999", Languages: []string{"en"}}, Tables: []manifest.Table{table}}
	loaded, err := manifest.Parse("fixture.json", m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func sizeOf(t *testing.T, dir, path string) manifest.Size {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	return manifest.ExactSize(info.Size())
}

func verifyImage(t *testing.T, root string, m *manifest.Manifest) result.RootResult {
	t.Helper()
	var names []string
	for _, f := range m.Tables[0].Files {
		names = append(names, f.Name)
	}
	inv, err := inventory.Scan(context.Background(), root, inventory.Options{Names: names})
	if err != nil {
		t.Fatal(err)
	}
	return Verify(inv, []Request{{Manifest: m}}, Scope{}, Known{})
}

// rowVerdicts gives the verdict of each row by the path where its copy belongs.
func rowVerdicts(got result.RootResult) map[string]result.Verdict {
	folders := map[manifest.Platform]string{"": "bin/i386/", manifest.X86: "bin/i386/", manifest.X64: "bin/x64/", manifest.IA64: "ia64/"}
	verdicts := map[string]result.Verdict{}
	for _, row := range got.Tables[0].Rows {
		verdicts[folders[row.Platform]+strings.ToLower(row.Name)] = row.Verdict
	}
	return verdicts
}

// resize makes a file longer by zeros, or shorter.
func resize(by int64) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		truncate(info.Size()+by)(t, path)
	}
}

func truncate(size int64) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
	}
}

func remove(t *testing.T, path string) {
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
