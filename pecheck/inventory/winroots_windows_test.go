package inventory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// A root is the same however Windows spells its path.
func TestWindowsRootSpellings(t *testing.T) {
	root := filepath.Join(t.TempDir(), "SMS Root")
	buildFile(t, filepath.Join(root, "bin", "i386", "Ccm.dll"))
	drive, below := root[:1], root[2:] // C:\below
	t.Chdir(filepath.Dir(root))

	for _, tt := range []struct{ name, root string }{
		{"drive letter", root},
		{"lower case drive letter", strings.ToLower(drive) + ":" + below},
		{"other case", strings.ToUpper(root)},
		{"trailing backslash", root + `\`},
		{"forward slashes", filepath.ToSlash(root)},
		{"relative", filepath.Base(root)},
		{"relative to the drive's folder", drive + ":" + filepath.Base(root)},
		{"from the drive's root", below},
		{"dots", root + `\..\.\SMS Root\bin\..`},
		{"extended-length", `\\?\` + root},
		{"device", `\\.\` + root},
		{"administrative share", `\\localhost\` + drive + `$` + below},
		{"share with forward slashes", filepath.ToSlash(`\\localhost\` + drive + `$` + below)},
		{"extended-length share", `\\?\UNC\localhost\` + drive + `$` + below},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := mustScan(t, tt.root, Options{Names: []string{"CCM.DLL"}})
			wantOneVersioned(t, inv, "bin/i386/Ccm.dll")
			if inv.Root != tt.root {
				t.Errorf("root %q, want it as it was asked for, %q", inv.Root, tt.root)
			}
			if diff := cmp.Diff([]Folder{{"bin/i386", manifest.X86}}, inv.Folders); diff != "" {
				t.Errorf("platform folders (-want +got):\n%s", diff)
			}
		})
	}
}

// A root may be a share or a drive itself, which has no name of its own.
func TestWindowsRootIsVolume(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "kbverify-volume.dll")
	buildFile(t, path)
	volume := filepath.VolumeName(dir)
	inside, err := filepath.Rel(volume+`\`, path)
	if err != nil {
		t.Fatal(err)
	}
	others := besides(t, volume, inside)
	for _, root := range []string{volume + `\`, `\\?\` + volume + `\`, `\\localhost\` + volume[:1] + `$`,
		`\\localhost\` + volume[:1] + `$\`} {
		inv := mustScan(t, root, Options{Names: []string{filepath.Base(path)}, Exclude: others})
		if !cmp.Equal(paths(inv.Files), []string{filepath.ToSlash(inside)}) {
			t.Errorf("Scan(%q) found %q, want %q", root, paths(inv.Files), filepath.ToSlash(inside))
		}
	}
}

// besides gives exclude patterns for everything on the volume that does not lead
// to the path.
func besides(t *testing.T, volume, path string) []string {
	t.Helper()
	var others []string
	at := ""
	for name := range strings.SplitSeq(path, `\`) {
		entries, err := os.ReadDir(volume + `\` + at)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.EqualFold(e.Name(), name) {
				others = append(others, at+e.Name()+`\`)
			}
		}
		at += name + `\`
	}
	return others
}

// A platform folder as root gives its platform, whatever follows its name.
func TestWindowsRootPlatform(t *testing.T) {
	root := filepath.Join(t.TempDir(), "bin", "I386")
	buildFile(t, filepath.Join(root, "ccm.dll"))
	for _, spelled := range []string{root, root + `\`, root + `\\`, root + `/`, `\\?\` + root} {
		inv := mustScan(t, spelled, Options{All: true})
		if diff := cmp.Diff([]Folder{{".", manifest.X86}}, inv.Folders); diff != "" {
			t.Errorf("Scan(%q): platform folders (-want +got):\n%s", spelled, diff)
		}
	}
}

func TestWindowsRootErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ccm.dll")
	buildFile(t, file)
	for _, tt := range []struct{ root, want string }{
		{filepath.Join(dir, "none"), "check the spelling"},
		{unusedDrive(t) + `\SMS`, "check the spelling, and that the drive or share is connected"},
		{`\\localhost\no such share\SMS`, "check the spelling, and that the drive or share is connected"},
		{file, "name the folder that holds the files"},
		{dir + `\a<b`, "root"},
		{dir + `\a*`, "root"},
	} {
		_, err := Scan(t.Context(), tt.root, Options{All: true})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Scan(%q): %v, want %q in it", tt.root, err, tt.want)
			continue
		}
		if strings.Contains(err.Error(), ".;") || strings.HasSuffix(err.Error(), ".") {
			t.Errorf("Scan(%q): %v, want no full stop of Windows' in it", tt.root, err)
		}
	}
}

func unusedDrive(t *testing.T) string {
	for letter := 'D'; letter <= 'Y'; letter++ {
		drive := string(letter) + ":"
		if _, err := os.Stat(drive + `\`); err != nil {
			return drive
		}
	}
	t.Fatal("every drive letter is in use")
	return ""
}

// Files below 260 characters and beyond are found alike.
func TestWindowsLongPath(t *testing.T) {
	root := t.TempDir()
	deep := strings.Repeat(strings.Repeat("n", 60)+`\`, 8)
	buildFile(t, filepath.Join(root, deep, "ccm.dll"))
	inv := mustScan(t, root, Options{Names: []string{"ccm.dll"}})
	wantOneVersioned(t, inv, filepath.ToSlash(deep)+"ccm.dll")
}

// buildFile makes an x86 executable of builtVersion.
func buildFile(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := (petest.Spec{Version: builtVersion}).WriteFile(path); err != nil {
		t.Fatal(err)
	}
}

var builtVersion = manifest.Version{4, 0, 6487, 2111}

func wantOneVersioned(t *testing.T, inv *Inventory, path string) {
	t.Helper()
	if len(inv.Files) != 1 || inv.Files[0].Path != path || inv.Files[0].Version != builtVersion {
		t.Errorf("found %+v, want %s of version %s alone", inv.Files, path, builtVersion)
	}
	if len(inv.Faults)+len(inv.Links) > 0 {
		t.Errorf("faults %+v, links %+v, want none", inv.Faults, inv.Links)
	}
}
