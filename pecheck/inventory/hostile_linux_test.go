package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/visible"
)

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestLinks(t *testing.T) {
	top := t.TempDir()
	root := filepath.Join(top, "root")
	plantImages(t, top, "outside/ccm.dll")
	plantImages(t, root, "bin/ccm.dll", "bin/real.dll", "a.msi")
	link(t, "..", root+"/bin/up")                           // a loop
	link(t, ".", root+"/self")                              // another one
	link(t, "b", root+"/a")                                 // two that lead to each other
	link(t, "a", root+"/b")                                 //
	link(t, "loop.dll", root+"/loop.dll")                   // with a name of interest
	link(t, "../outside", root+"/i386")                     // out of the root
	link(t, top+"/outside/ccm.dll", root+"/ccm.dll")        // a file there
	link(t, "/etc\x1b[2J", root+"/e")                       // a target that is not fit to be shown
	link(t, "bin/real.dll", root+"/inside.dll")             // a file in the root
	link(t, "../root/bin/real.dll", root+"/roundabout.dll") // by way of outside
	link(t, "inside.dll", root+"/twice.dll")                // a link to a link
	link(t, "bin", root+"/folder.dll")                      // a folder with a name of interest
	link(t, "none", root+"/dangling.dll")
	link(t, root+"/bin", root+"/absolute")
	link(t, "absolute/up/bin", root+"/twofold")
	link(t, "i386/../root/bin", root+"/out") // by way of a link out of the root: nobody looks there
	link(t, "..", root+"/top")
	link(t, "a.msi", root+"/sized.msi")
	link(t, "bin/real.dll", root+"/other")
	inv := scanWithEvery(t, root, Options{Names: []string{"*.dll", "*.msi"}})
	want := []string{
		"a.msi",
		"bin/ccm.dll version",
		"bin/real.dll version",
		"ccm.dll unreadable symbolic link, not followed: path escapes from parent",
		"dangling.dll unreadable symbolic link, not followed: no such file or directory",
		"inside.dll version",
		"loop.dll unreadable symbolic link, not followed: too many levels of symbolic links",
		"roundabout.dll unreadable symbolic link, not followed: path escapes from parent",
		"sized.msi",
		"twice.dll version",
	}
	if diff := cmp.Diff(want, outcomes(inv)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	links := []Link{{"a", "b", true}, {"absolute", root + "/bin", true}, {"b", "a", true}, {"bin/up", "..", true},
		{"ccm.dll", top + "/outside/ccm.dll", false}, {"dangling.dll", "none", true}, {"e", `/etc\x1b[2J`, false},
		{"folder.dll", "bin", true}, {"i386", "../outside", false}, {"loop.dll", "loop.dll", true},
		{"out", "i386/../root/bin", false}, {"roundabout.dll", "../root/bin/real.dll", true}, {"self", ".", true},
		{"top", "..", false}, {"twofold", "absolute/up/bin", true}}
	if diff := cmp.Diff(links, inv.Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if len(inv.Folders) > 0 || len(inv.Faults) > 0 {
		t.Errorf("folders %v, faults %v", inv.Folders, inv.Faults)
	}
	if fromLink := mustScan(t, root+"/i386", Options{All: true}); len(fromLink.Files) != 1 {
		t.Errorf("a root that is a link holds %v", fromLink.Files)
	}
}

// What is replaced by a link out of the root after it was listed is not followed.
func TestFolderBecomesALink(t *testing.T) {
	for name, d := range disks {
		t.Run(name, func(t *testing.T) {
			outside, root := t.TempDir(), t.TempDir()
			plantImages(t, outside, "b.dll")
			plantImages(t, root, "a.dll", "d/b.dll", "e/b.dll")
			swap := func() error {
				return errors.Join(os.Rename(root+"/d", root+"/e/d"), os.Symlink(outside, root+"/d"))
			}
			inv := mustScan(t, root, Options{Names: []string{"b.dll"}, disk: &tamperedDisk{disk: d, before: once("enter", "d",
				swap)}})
			if len(inv.Faults) != 1 || inv.Faults[0].Path != "d" {
				t.Errorf("faults %v", inv.Faults)
			}
			for _, f := range inv.Files {
				if strings.HasPrefix(f.Path, "d/") {
					t.Errorf("%s was read outside the root", f.Path)
				}
			}
		})
	}
}

// special makes what is no file, and says whether this user may make it.
func special(t *testing.T, path string, kind uint32) bool {
	t.Helper()
	err := unix.Mknod(path, kind|0o644, int(unix.Mkdev(1, 3)))
	if errors.Is(err, syscall.EPERM) && kind == unix.S_IFCHR && os.Getuid() != 0 {
		return false // TestSpecialFilesAreNotOpened ran as root too, or TestInventoryDoesNotDependOnJobs has one
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

func TestSpecialFilesAreNotOpened(t *testing.T) {
	root := t.TempDir()
	plantImages(t, root, "a.dll", "z.dll")
	special(t, root+"/ccm.dll", unix.S_IFIFO)
	special(t, root+"/ccm.msi", unix.S_IFIFO)
	special(t, root+"/sock.dll", unix.S_IFSOCK)
	link(t, "ccm.dll", root+"/link.dll")
	want := []string{
		"a.dll version",
		"ccm.dll unreadable a named pipe, not a file",
		"ccm.msi unreadable a named pipe, not a file",
		"link.dll unreadable a named pipe, not a file",
		"sock.dll unreadable a socket, not a file",
		"z.dll version",
	}
	if special(t, root+"/null.dll", unix.S_IFCHR) {
		want = append(want[:4:4], append([]string{"null.dll unreadable a device, not a file"}, want[4:]...)...)
	}
	inv := scanWithEvery(t, root, Options{Names: []string{"*.dll", "*.msi"}})
	if diff := cmp.Diff(want, outcomes(inv)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// A file that becomes a FIFO after it was listed must not make the run wait for
// somebody to write into it.
func TestFileBecomesAFIFO(t *testing.T) {
	for name, d := range disks {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			plantImages(t, root, "a.dll")
			special(t, root+"/ccm.dll", unix.S_IFIFO)
			asFiles := func(k entryKind) entryKind {
				if k == specialEntry {
					return fileEntry
				}
				return k
			}
			before := func(string, string) error { return nil }
			inv := mustScan(t, root, Options{All: true, disk: &tamperedDisk{disk: d, before: before, pretend: asFiles}})
			want := []string{"a.dll version", "ccm.dll unreadable it became a named pipe during the run"}
			if diff := cmp.Diff(want, outcomes(inv)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// asOrdinaryUser runs the test again as nobody where it runs as root, whom no
// permission stops, and reports whether this is the run that counts.
func asOrdinaryUser(t *testing.T) bool {
	t.Helper()
	if os.Getuid() != 0 {
		return true
	}
	dir, err := os.MkdirTemp("", "kbverify-ordinary")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	binary := filepath.Join(dir, "pecheck.test")
	copyFile(t, "/proc/self/exe", binary)
	if err := errors.Join(os.Chmod(dir, 0o777), os.Chmod(binary, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("as an ordinary user: %v\n%s", err, out)
	}
	return false
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutPermission(t *testing.T) {
	if !asOrdinaryUser(t) {
		return
	}
	root := t.TempDir()
	plantImages(t, root, "a.dll", "closed/a.dll", "secret.dll", "secret.msi", "x64/a.dll")
	for path, mode := range map[string]os.FileMode{"closed": 0, "secret.dll": 0, "secret.msi": 0, "x64": 0o300} {
		full := filepath.Join(root, path)
		if err := os.Chmod(full, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(full, 0o700) })
	}
	inv := scanWithEvery(t, root, Options{All: true})
	want := []string{
		"a.dll version",
		"secret.dll unreadable permission denied",
		"secret.msi unreadable permission denied",
	}
	if diff := cmp.Diff(want, outcomes(inv)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if size := inv.Files[1].Size; size == 0 || inv.Files[1].Modified.IsZero() {
		t.Errorf("a file that may not be opened still has a size and a time, got %d", size)
	}
	faults := []Fault{{"closed", "permission denied"}, {"x64", "permission denied"}}
	if diff := cmp.Diff(faults, inv.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Folder{{"x64", manifest.X64}}, inv.Folders); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	_, err := Scan(t.Context(), filepath.Join(root, "closed"), Options{All: true})
	if !errors.Is(err, os.ErrPermission) || !strings.HasSuffix(err.Error(),
		`closed": permission denied; run as a user who may list it`) {
		t.Errorf("a root without permission: %v", err)
	}
}

// A folder whose names may be read and nothing else.
func TestFolderThatMayOnlyBeListed(t *testing.T) {
	if !asOrdinaryUser(t) {
		return
	}
	root := t.TempDir()
	plantImages(t, root, "names/a.dll", "names/b.msi", "names/d/a.dll")
	if err := os.Chmod(root+"/names", 0o400); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(root+"/names", 0o700) })
	inv := mustScan(t, root, Options{All: true})
	want := []File{
		{Path: "names/a.dll", Image: pefile.Image{Ending: pefile.Unreadable, Detail: "permission denied"}},
		{Path: "names/b.msi", Image: pefile.Image{Ending: pefile.Unreadable, Detail: "permission denied"}},
	}
	if diff := cmp.Diff(want, inv.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Fault{{"names/d", "permission denied"}}, inv.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if inv := mustScan(t, root, Options{All: true, disk: rootDisk{}}); len(inv.Faults) == 0 {
		t.Error("through os.Root: no fault")
	}
}

func TestOddNames(t *testing.T) {
	long := strings.Repeat("l", 251) + ".dll"
	names := map[string]string{ // raw to escaped
		"new\nline.dll": `new\x0aline.dll`, "esc\x1b[2J.dll": `esc\x1b[2J.dll`, "\xff\xfe.dll": `\xff\xfe.dll`,
		"\u202elld.exe.dll": `\u202elld.exe.dll`, `bin\ccm.dll`: `bin\\ccm.dll`, "=cmd.dll": "=cmd.dll", "-rf.dll": "-rf.dll",
		" .dll": " .dll", long: long, "ccm.dll": "ccm.dll", "CCM.DLL": "CCM.DLL", "é.dll": "é.dll", "É.dll": "É.dll",
		"a;b'c\"d.dll": "a;b'c\"d.dll", "...dll": "...dll", "C:x.dll": "C:x.dll", "\x7f\u0085.dll": `\x7f\u0085.dll`,
	}
	root := t.TempDir()
	var want []string
	for raw, escaped := range names {
		plantImages(t, root, "x\x1b/"+raw)
		want = append(want, `x\x1b/`+escaped)
	}
	inv := scanWithEvery(t, root, Options{Names: []string{"*.dll"}})
	got := map[string]bool{}
	for _, f := range inv.Files {
		got[f.Path] = true
		if f.Ending != pefile.Versioned {
			t.Errorf("%s: %s %s", f.Path, f.Ending, f.Detail)
		}
		if !visible.IsClean(f.Path) {
			t.Errorf("%q is not clean", f.Path)
		}
	}
	for _, p := range want {
		if !got[p] {
			t.Errorf("%s is missing", p)
		}
	}
	if len(inv.Files) != len(want) {
		t.Errorf("%d files, want %d", len(inv.Files), len(want))
	}
	back, err := Read(strings.NewReader(encoded(t, inv)), "", Keep{})
	if diff := cmp.Diff(inv, back); err != nil || diff != "" {
		t.Errorf("round trip: %v (-want +got):\n%s", err, diff)
	}
	// The disk's name counts: a backslash is part of it here, not a separator.
	byName := scanWithEvery(t, root, Options{Names: []string{"ccm.dll", "É.dll"}})
	if diff := cmp.Diff([]string{`x\x1b/CCM.DLL`, `x\x1b/ccm.dll`, `x\x1b/É.dll`, `x\x1b/é.dll`},
		paths(byName.Files)); diff != "" {
		t.Errorf("by name (-want +got):\n%s", diff)
	}
}

// Paths longer than PATH_MAX are reached step by step.
func TestDeepTree(t *testing.T) {
	const levels = maxDepth + 3
	name := strings.Repeat("d", 100)
	root := t.TempDir()
	fd, err := unix.Open(root, unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for level := range levels {
		if err := unix.Mkdirat(fd, name, 0o755); err != nil {
			t.Fatal(err)
		}
		next, err := unix.Openat(fd, name, unix.O_DIRECTORY, 0)
		unix.Close(fd)
		if err != nil {
			t.Fatal(err)
		}
		fd = next
		if level == maxDepth-1 || level == maxDepth {
			file, err := unix.Openat(fd, "ccm.dll", unix.O_CREAT|unix.O_WRONLY, 0o644)
			if err != nil {
				t.Fatal(err)
			}
			unix.Close(file)
		}
	}
	unix.Close(fd)
	for disk, d := range disks {
		inv := mustScan(t, root, Options{Names: []string{"ccm.dll"}, disk: d})
		deepest := strings.TrimSuffix(strings.Repeat(name+"/", maxDepth), "/")
		if diff := cmp.Diff([]string{deepest + "/ccm.dll"}, paths(inv.Files)); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", disk, diff)
		}
		want := []Fault{{deepest + "/" + name,
			fmt.Sprintf("not looked into: more than %d folders deep, or a path of more than %d bytes", maxDepth, maxPathBytes)}}
		if diff := cmp.Diff(want, inv.Faults); diff != "" {
			t.Errorf("%s: faults (-want +got):\n%s", disk, diff)
		}
		if _, err := Read(strings.NewReader(encoded(t, inv)), "", Keep{}); err != nil {
			t.Error(err)
		}
	}
}
