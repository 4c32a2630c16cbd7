package inventory

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/pecheck/pefile"
)

// holdFile and holdShare make the test binary another process that keeps a file
// open until its standard input ends.
const (
	holdFile  = "KBVERIFY_TEST_HOLD"
	holdShare = "KBVERIFY_TEST_HOLD_SHARE"
)

func init() {
	path := os.Getenv(holdFile)
	if path == "" {
		return
	}
	share, err := strconv.ParseUint(os.Getenv(holdShare), 10, 32)
	if err == nil {
		_, err = openShared(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, uint32(share))
	}
	fmt.Println("held:", err)
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func openShared(path string, access, share uint32) (syscall.Handle, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	return syscall.CreateFile(name, access, share, nil, syscall.OPEN_EXISTING, syscall.FILE_ATTRIBUTE_NORMAL, 0)
}

// hold lets another process open path for writing, and share it so.
func hold(t *testing.T, path string, share int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), holdFile+"="+path, fmt.Sprintf("%s=%d", holdShare, share))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	if said, err := bufio.NewReader(out).ReadString('\n'); said != "held: <nil>\n" {
		t.Fatalf("the other process said %q, %v", said, err)
	}
}

// A file that another process has open is read where that process lets others
// read, costs its own verdict where it does not, and nothing else either way.
func TestWindowsHeldFiles(t *testing.T) {
	for _, tt := range []struct {
		name  string
		share int
		want  pefile.Ending
	}{
		{"shared with nobody", 0, pefile.Unreadable},
		{"shared with writers only", syscall.FILE_SHARE_WRITE, pefile.Unreadable},
		{"shared with readers and writers", syscall.FILE_SHARE_READ | syscall.FILE_SHARE_WRITE, pefile.Versioned},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			buildFile(t, filepath.Join(root, "ccm.dll"))
			buildFile(t, filepath.Join(root, "held.dll"))
			hold(t, filepath.Join(root, "held.dll"), tt.share)
			inv := mustScan(t, root, Options{Names: []string{"ccm.dll", "held.dll"}})
			want := map[string]pefile.Ending{"ccm.dll": pefile.Versioned, "held.dll": tt.want}
			if diff := cmp.Diff(want, endingsByPath(inv)); diff != "" {
				t.Errorf("endings (-want +got):\n%s", diff)
			}
			if held := inv.Files[1]; held.Ending == pefile.Unreadable && held.Detail == "" {
				t.Errorf("%+v: want the reason", held)
			}
		})
	}
}

// While a file is being read, others may still replace and delete it.
func TestWindowsReadingStopsNobody(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ccm.dll")
	buildFile(t, path)
	root, err := newDisk().root(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.close()
	file, err := root.open("ccm.dll")
	if err != nil {
		t.Fatal(err)
	}
	defer file.close()
	if err := os.Rename(path, path+".old"); err != nil {
		t.Errorf("rename while open: %v", err)
	}
	if err := os.Remove(path + ".old"); err != nil {
		t.Errorf("delete while open: %v", err)
	}
}

// Attributes keep no file from being read, and reading changes none.
func TestWindowsAttributes(t *testing.T) {
	root := t.TempDir()
	files := map[string]uint32{
		"readonly.dll": syscall.FILE_ATTRIBUTE_READONLY,
		"hidden.dll":   syscall.FILE_ATTRIBUTE_HIDDEN,
		"system.dll":   syscall.FILE_ATTRIBUTE_SYSTEM | syscall.FILE_ATTRIBUTE_HIDDEN,
		"hidden/a.dll": syscall.FILE_ATTRIBUTE_ARCHIVE,
	}
	want := map[string]pefile.Ending{}
	for name, attributes := range files {
		buildFile(t, filepath.Join(root, name))
		setAttributes(t, filepath.Join(root, name), attributes)
		want[name] = pefile.Versioned
	}
	setAttributes(t, filepath.Join(root, "hidden"), syscall.FILE_ATTRIBUTE_HIDDEN)
	inv := mustScan(t, root, Options{All: true})
	if diff := cmp.Diff(want, endingsByPath(inv)); diff != "" {
		t.Errorf("endings (-want +got):\n%s", diff)
	}
	for name, attributes := range files {
		path, _ := syscall.UTF16PtrFromString(filepath.Join(root, name))
		got, err := syscall.GetFileAttributes(path)
		if err != nil || got&attributes != attributes {
			t.Errorf("%s has attributes %#x, %v after the scan, want %#x", name, got, err, attributes)
		}
	}
}

func setAttributes(t *testing.T, path string, attributes uint32) {
	t.Helper()
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.SetFileAttributes(name, attributes); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.SetFileAttributes(name, syscall.FILE_ATTRIBUTE_NORMAL) })
}

func endingsByPath(inv *Inventory) map[string]pefile.Ending {
	found := map[string]pefile.Ending{}
	for _, f := range inv.Files {
		found[f.Path] = f.Ending
	}
	return found
}
