package inventory

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// A junction, out of the root or to a folder above, is named and not entered.
func TestWindowsJunctions(t *testing.T) {
	dir := t.TempDir()
	root, outside := filepath.Join(dir, "root"), filepath.Join(dir, "outside")
	buildFile(t, filepath.Join(root, "ccm.dll"))
	buildFile(t, filepath.Join(outside, "ccm.dll"))
	junction(t, filepath.Join(root, "loop"), root)
	junction(t, filepath.Join(root, "out"), outside)
	inv := mustScan(t, root, Options{Names: []string{"ccm.dll"}})
	if diff := cmp.Diff([]string{"ccm.dll"}, paths(inv.Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Link{{"loop", root, true}, {"out", outside, false}}, inv.Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

// The root's own path may lead through a junction.
func TestWindowsRootIsJunction(t *testing.T) {
	dir := t.TempDir()
	buildFile(t, filepath.Join(dir, "real", "ccm.dll"))
	junction(t, filepath.Join(dir, "SMS"), filepath.Join(dir, "real"))
	wantOneVersioned(t, mustScan(t, filepath.Join(dir, "SMS"), Options{All: true}), "ccm.dll")
}

// What a listing of a folder says decides what is entered; wine, which cannot
// make the reparse points of the tests above, can do this much.
func TestWindowsEntryKinds(t *testing.T) {
	const (
		file    = syscall.FILE_ATTRIBUTE_ARCHIVE
		folder  = syscall.FILE_ATTRIBUTE_DIRECTORY
		reparse = syscall.FILE_ATTRIBUTE_REPARSE_POINT
	)
	for _, tt := range []struct {
		name       string
		mode       fs.FileMode // as package os gives it
		attributes uint32
		want       entryKind
	}{
		{"file", 0, file, fileEntry},
		{"folder", fs.ModeDir, folder, folderEntry},
		{"junction", fs.ModeIrregular, folder | reparse, folderLinkEntry},
		{"symbolic link to a folder", fs.ModeSymlink, folder | reparse, folderLinkEntry},
		{"symbolic link to a file", fs.ModeSymlink, file | reparse, linkEntry},
		{"file kept elsewhere by a storage service", fs.ModeIrregular, file | reparse, fileEntry},
		{"folder kept elsewhere by a storage service", fs.ModeDir | fs.ModeIrregular, folder | reparse, folderEntry},
	} {
		entry := fs.FileInfoToDirEntry(listed{tt.mode, tt.attributes})
		if got := kindOf(entryMode(entry)); got != tt.want {
			t.Errorf("%s: kind %c, want %c", tt.name, got, tt.want)
		}
	}
}

// listed is what package os tells of an entry while it lists a folder.
type listed struct {
	mode       fs.FileMode
	attributes uint32
}

func (l listed) Name() string       { return "entry" }
func (l listed) Size() int64        { return 0 }
func (l listed) Mode() fs.FileMode  { return l.mode }
func (l listed) ModTime() time.Time { return time.Time{} }
func (l listed) IsDir() bool        { return l.mode.IsDir() }
func (l listed) Sys() any           { return &syscall.Win32FileAttributeData{FileAttributes: l.attributes} }

// junction makes the empty folder link a junction to target: FSCTL_SET_REPARSE_POINT
// with a REPARSE_DATA_BUFFER of IO_REPARSE_TAG_MOUNT_POINT. No privilege is
// needed for that, as it is for symbolic links.
func junction(t *testing.T, link, target string) {
	t.Helper()
	if err := os.Mkdir(link, 0o777); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.UTF16PtrFromString(link)
	if err != nil {
		t.Fatal(err)
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_EXISTING,
		syscall.FILE_FLAG_OPEN_REPARSE_POINT|syscall.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.CloseHandle(h)
	const (
		fsctlSetReparsePoint = 0x000900A4
		errorNotSupported    = syscall.Errno(50)
	)
	data := mountPoint(target)
	var n uint32
	err = syscall.DeviceIoControl(h, fsctlSetReparsePoint, &data[0], uint32(len(data)), nil, 0, &n, nil)
	if errors.Is(err, errorNotSupported) {
		t.Skip("this system has no reparse points: wine 8 answers FSCTL_SET_REPARSE_POINT with ERROR_NOT_SUPPORTED")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// mountPoint is a REPARSE_DATA_BUFFER: ReparseTag, ReparseDataLength, Reserved;
// then SubstituteNameOffset and -Length, PrintNameOffset and -Length, PathBuffer.
func mountPoint(target string) []byte {
	const ioReparseTagMountPoint = 0xA0000003
	substitute, printed := utf16.Encode([]rune(`\??\`+target)), utf16.Encode([]rune(target))
	le := binary.LittleEndian
	names := []byte{}
	for _, unit := range append(append(substitute, 0), append(printed, 0)...) {
		names = le.AppendUint16(names, unit)
	}
	data := le.AppendUint32(nil, ioReparseTagMountPoint)
	data = le.AppendUint16(data, uint16(8+len(names)))
	data = le.AppendUint16(data, 0)
	data = le.AppendUint16(data, 0)
	data = le.AppendUint16(data, uint16(2*len(substitute)))
	data = le.AppendUint16(data, uint16(2*len(substitute)+2))
	data = le.AppendUint16(data, uint16(2*len(printed)))
	return append(data, names...)
}
