package inventory

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
)

// followed is what a scan that follows links finds, whatever reads the disk, the
// number of jobs, and whether the files are kept or written.
func followed(t *testing.T, root string, o Options) *Inventory {
	t.Helper()
	o.FollowLinks = true
	first := mustScan(t, root, o)
	for name, d := range disks {
		for _, jobs := range []int{1, 3, 50} {
			o.disk, o.Jobs = d, jobs
			if diff := cmp.Diff(first, mustScan(t, root, o)); diff != "" {
				t.Errorf("%s, %d jobs (-first +this):\n%s", name, jobs, diff)
			}
		}
	}
	var text strings.Builder
	if _, err := ScanTo(t.Context(), root, o, &text); err != nil || text.String() != encoded(t, first) {
		t.Errorf("ScanTo: %v\n%s", err, cmp.Diff(encoded(t, first), text.String()))
	}
	return first
}

func wantInventory(t *testing.T, inv *Inventory, files []string, links []Link) {
	t.Helper()
	if diff := cmp.Diff(files, outcomes(inv)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(links, inv.Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

// Rule 11: folders out of the root are looked into, each once, by the first path.
func TestFollowLinks(t *testing.T) {
	top := t.TempDir()
	root, out := filepath.Join(top, "root"), filepath.Join(top, "out")
	plantImages(t, root, "a.dll", "in/a.dll", "z/a.dll")
	plantImages(t, out, "bin/x64/b.dll", "file/c.dll", "file/other", "lone/d.dll")
	link(t, "../out/bin", root+"/bin")
	link(t, out+"/bin", root+"/bin2")       // a folder that was looked into
	link(t, out, root+"/everything")        // and what holds it
	link(t, "in", root+"/inside")           // in the root
	link(t, root+"/z", root+"/inside2")     // also
	link(t, "nothing", root+"/nothing.dll") // leads nowhere
	link(t, "a.dll/x", root+"/no")
	link(t, "loop", root+"/loop")             // leads to itself
	link(t, out+"/file/c.dll", root+"/c.dll") // a file
	link(t, out+"/file/other", root+"/d.dll") // a file of another name
	link(t, out+"/file/c.dll", root+"/note")  // a name of no interest
	link(t, root+"/z", out+"/back")           // from out there into the root
	link(t, "..", out+"/file/up")             // a loop
	link(t, "../lone", out+"/bin/lone")       // further out
	inv := followed(t, root, Options{Names: []string{"*.dll"}})
	wantInventory(t, inv, []string{
		"a.dll version", "bin/lone/d.dll version", "bin/x64/b.dll version", "c.dll version", "d.dll version",
		"everything/file/c.dll version", "in/a.dll version",
		"nothing.dll unreadable symbolic link, not followed: no such file or directory", "z/a.dll version",
	}, []Link{
		{"bin2", out + "/bin", true}, {"everything/back", root + "/z", true}, {"everything/bin", "", true},
		{"everything/file/up", "..", true}, {"everything/lone", "", true}, {"inside", "in", true},
		{"inside2", root + "/z", true}, {"loop", "loop", true}, {"no", "a.dll/x", true}, {"nothing.dll", "nothing", true},
	})
	if diff := cmp.Diff([]Folder{{"bin/x64", manifest.X64}}, inv.Folders); diff != "" || len(inv.Faults) > 0 {
		t.Errorf("faults %v, folders (-want +got):\n%s", inv.Faults, diff)
	}
}

func TestFollowLinkToAnAncestor(t *testing.T) {
	top := t.TempDir()
	root := filepath.Join(top, "root")
	plantImages(t, top, "b.dll")
	plantImages(t, root, "a.dll", "in/a.dll")
	link(t, "../..", root+"/in/up")
	link(t, "..", root+"/in/root")
	link(t, "../in/up/root", root+"/in/again")
	wantInventory(t, followed(t, root, Options{All: true}),
		[]string{"a.dll version", "in/a.dll version", "in/up/b.dll version"},
		[]Link{{"in/again", "../in/up/root", true}, {"in/root", "..", true}, {"in/up/root", "", true}})
}

// A link named like a platform folder is one, and so is what it holds.
func TestFollowLinkOfAPlatform(t *testing.T) {
	root, out := t.TempDir(), t.TempDir()
	plantImages(t, out, "a.dll", "alpha/a.dll")
	link(t, out, root+"/i386")
	inv := followed(t, root, Options{All: true})
	want := []Folder{{"i386", manifest.X86}, {"i386/alpha", manifest.Alpha}}
	if diff := cmp.Diff(want, inv.Folders); diff != "" || len(inv.Links) > 0 {
		t.Errorf("links %v, folders (-want +got):\n%s", inv.Links, diff)
	}
	inv = followed(t, root, Options{All: true, Exclude: []string{"i386/alpha"}})
	wantInventory(t, inv, []string{"i386/a.dll version"}, nil)
}

// What is no folder and no file is never opened, and what nobody may see is a fault.
func TestFollowLinksToSpecialFiles(t *testing.T) {
	if !asOrdinaryUser(t) {
		return
	}
	root, out := t.TempDir(), t.TempDir()
	plantImages(t, out, "closed/a.dll", "dark/in/a.dll")
	special(t, out+"/pipe", unix.S_IFIFO)
	for _, name := range []string{"closed", "dark"} {
		if err := os.Chmod(filepath.Join(out, name), 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(filepath.Join(out, name), 0o700) })
	}
	link(t, out+"/pipe", root+"/a.dll")
	link(t, out+"/pipe", root+"/a.msi")
	link(t, out+"/pipe", root+"/other")
	link(t, "/dev/null", root+"/null.dll")
	link(t, out+"/closed", root+"/closed")
	link(t, out+"/dark/in", root+"/dark")
	inv := followed(t, root, Options{Names: []string{"*.dll", "*.msi"}})
	wantInventory(t, inv, []string{
		"a.dll unreadable a named pipe, not a file", "a.msi unreadable a named pipe, not a file",
		"null.dll unreadable a device, not a file"}, nil)
	faults := []Fault{{"closed", "permission denied"}, {"dark", "permission denied"}}
	if diff := cmp.Diff(faults, inv.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// A chain of links out of the root is as deep as folders may be, and no deeper.
func TestFollowLinksIsCapped(t *testing.T) {
	root, out := t.TempDir(), t.TempDir()
	for i := range maxDepth + 10 {
		plantImages(t, out, fmt.Sprintf("%d/a.dll", i))
		link(t, fmt.Sprintf("../%d", i+1), fmt.Sprintf("%s/%d/l", out, i))
	}
	link(t, out+"/0", root+"/l")
	inv := mustScan(t, root, Options{All: true, FollowLinks: true})
	if len(inv.Files) == 0 || len(inv.Files) > maxDepth || len(inv.Faults) != 1 {
		t.Errorf("%d files, faults %v", len(inv.Files), inv.Faults)
	}
}

// Following links ends when it is told to.
func TestFollowLinksIsCancelled(t *testing.T) {
	root, out := t.TempDir(), t.TempDir()
	plantImages(t, out, "a.dll")
	link(t, out, root+"/l")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Scan(ctx, root, Options{All: true, FollowLinks: true}); err == nil {
		t.Error("no error")
	}
}

func TestNoSignature(t *testing.T) {
	const compound, cabinet = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "MSCF"
	root := t.TempDir()
	for name, text := range map[string]string{
		"a-good.msi": compound + "rest", "a-bare.MSP": compound,
		"a-good.cab": cabinet + "\x00\x00\x00\x00", "a-short.cab": cabinet,
		"a-cab.msi": cabinet + "\x00\x00\x00\x00", "a-cut.msi": compound[:7], "a-empty.CAB": "", "a-empty.msp": "",
		"a-page.cab": "<html>", "a-text.txt": "text", "known.msi": "", "other.msi": "",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bad := []string{"a-cab.msi", "a-cut.msi", "a-empty.CAB", "a-empty.msp", "a-page.cab"}
	for _, tt := range []struct {
		o    Options
		want []string
	}{
		{Options{Names: []string{"a-*", "known.msi", "k*.msi"}}, bad},
		{Options{Names: []string{"a-cab.msi", "A-CUT.msi", "a-*"}}, bad[2:]},
		{Options{All: true, Names: []string{"a-cab.msi"}}, append(bad[:5:5], "known.msi", "other.msi")},
	} {
		inv := mustScan(t, root, tt.o)
		var got []string
		for _, f := range inv.Files {
			if f.NoSignature {
				got = append(got, f.Path)
			}
			if f.Ending != pefile.NotOpened {
				t.Errorf("%s: ending %q", f.Path, f.Ending)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%+v: without signature %q, want %q", tt.o, got, tt.want)
		}
		again, err := Read(strings.NewReader(encoded(t, inv)), "i.json", Keep{})
		if err != nil || cmp.Diff(inv, again) != "" {
			t.Errorf("read back: %v\n%s", err, cmp.Diff(inv, again))
		}
	}
}

// Data of other types, and files that were asked for by name, are sized alone.
func TestFilesThatAreNotOpenedForTheirSignature(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDisk{tree: fakeFolder().add("a.msi", fakeFile("")).add("b.txt", fakeFile("")).add("c.msi", fakeFile(""))}
		d.before = func(op, path string) error {
			if op == "open" && path != "c.msi" || op == "read" && path == "c.msi" {
				return fmt.Errorf("%s of %s", op, path)
			}
			return nil
		}
		inv := mustScan(t, "root", Options{Names: []string{"a.msi", "*.txt", "*.msi"}, disk: d})
		want := []string{"a.msi", "b.txt", "c.msi unreadable read of c.msi"}
		if diff := cmp.Diff(want, outcomes(inv)); diff != "" || inv.Unreadable != 1 {
			t.Errorf("%d unreadable, files (-want +got):\n%s", inv.Unreadable, diff)
		}
	})
}
