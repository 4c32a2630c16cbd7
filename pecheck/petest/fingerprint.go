package petest

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Fingerprint describes everything under root: by path, the mode, size and time,
// and the hash of the contents or the target of the link. Two that are equal say
// that nothing under root has changed in between.
func Fingerprint(root string) map[string]string {
	found := map[string]string{}
	filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		found[path] = describe(path, e, err)
		return nil
	})
	return found
}

func describe(path string, e fs.DirEntry, err error) string {
	if err != nil {
		return "no access"
	}
	info, err := e.Info()
	if err != nil {
		return "no access"
	}
	text := fmt.Sprint(info.Mode(), info.Size(), info.ModTime())
	switch {
	case info.Mode().IsRegular():
		data, err := os.ReadFile(path)
		text += fmt.Sprintf(" %x %v", sha256.Sum256(data), err == nil)
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		text += fmt.Sprintf(" %q %v", target, err == nil)
	}
	return text
}
