package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"kbverify/pecheck/visible"
	"os"
)

// SniffBytes is how much of a file tells whether it is an inventory: its first
// two keys, as UTF-16 too.
const SniffBytes = 512

// LooksLikeInventory reports whether the beginning of a file is one as Encode and
// ScanTo write it.
func Sniff(head []byte) bool {
	head = bytes.ReplaceAll(head, []byte{0}, nil) // of UTF-16
	return bytes.Contains(head, []byte(inventoryKind))
}

// IsInventory reports whether path is a regular file that begins as Encode
// and ScanTo begin one, so that a program can take it where it takes a root.
func SniffFile(path string) bool {
	file, err := openRegular(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, SniffBytes)
	n, _ := io.ReadFull(file, head)
	return Sniff(head[:n])
}

// Load reads the inventory file at path, as Read does.
func Load(path string, k Keep) (*Inventory, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, fmt.Errorf("inventory %s: %w", visible.Quote(path), cleanError{err})
	}
	defer file.Close()
	return Read(file, path, k)
}

var errNoFile = errors.New("not a file")

// openRegular opens a file, and nothing that could keep the program waiting.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	return os.OpenFile(path, os.O_RDONLY|openNonblock, 0)
}
