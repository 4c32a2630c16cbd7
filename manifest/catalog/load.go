package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"kbverify/internal/textfile"
	"kbverify/manifest"
)

// Load reads one manifest from a file that the user names. Its error is a
// manifest.Problems with all its faults, or says why it cannot be read.
func Load(file string) (*manifest.Manifest, error) {
	data, err := readRegular(disk{}, file)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	return manifest.Parse(file, data)
}

// opener is an *os.Root, or the disk as a whole.
type opener interface {
	Stat(name string) (fs.FileInfo, error)
	OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error)
}

type disk struct{}

func (disk) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (disk) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, perm)
}

// readRegular reads the text in a regular file, of at most manifest.MaxBytes. It neither
// opens anything else, since a device may act when it is opened, nor waits for
// the other end of a pipe that took the file's place in between.
func readRegular(from opener, name string) ([]byte, error) {
	info, err := from.Stat(name)
	if err == nil {
		err = wantManifest(name, info)
	}
	if err != nil {
		return nil, err
	}
	f, err := from.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err == nil {
		err = wantManifest(name, info)
	}
	if err != nil {
		return nil, err
	}
	return readCapped(f, name)
}

// readCapped reads a text that was small enough when asked, and may have grown or be
// compressed.
func readCapped(f io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(textfile.UTF8(f), manifest.MaxBytes+1))
	if len(data) > manifest.MaxBytes {
		err = errTooLarge
	}
	if of := (*fs.PathError)(nil); err != nil && !errors.As(err, &of) {
		err = &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, err
}

var (
	errNotRegular = errors.New("not a regular file")
	errTooLarge   = fmt.Errorf("larger than %d bytes, no manifest is", manifest.MaxBytes)
)

func wantManifest(name string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	case info.Size() > manifest.MaxBytes:
		return &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	return nil
}
