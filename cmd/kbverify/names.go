package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"kbverify/internal/patience"
)

// standardInput is the name of an inventory that another command pipes in.
const standardInput = "-"

// expand puts what they match in place of names with * and ?, as shells do and cmd.exe
// does not. A name that is there as it stands is meant, and what matches nothing stays:
// whoever reads it says that it is not there.
func expand(s *session, names []string) ([]string, error) {
	if !slices.ContainsFunc(names, isPattern) {
		return names, nil
	}
	all, err := patience.Wait(s.ctx, func() (all []string, _ error) {
		for _, name := range names {
			all = append(all, matching(name)...)
		}
		return all, nil
	}, nil)
	if err != nil {
		return nil, errInterrupted
	}
	return all, nil
}

func isPattern(name string) bool {
	return strings.ContainsAny(name[len(filepath.VolumeName(name)):], "*?")
}

func matching(name string) []string {
	if _, err := os.Lstat(name); err == nil || !isPattern(name) {
		return []string{name}
	}
	volume := filepath.VolumeName(name)
	plain := strings.ReplaceAll(name[len(volume):], "[", "[[]") // as cmd.exe takes it
	if found, err := filepath.Glob(volume + plain); err == nil && len(found) > 0 {
		return found
	}
	return []string{name}
}

// matches gives what a pattern matches, and not a link of that very name that leads nowhere.
func matches(pattern string) []string {
	return slices.DeleteFunc(matching(pattern), func(path string) bool { return path == pattern })
}

// whyNotThere says in the user's words why nothing can be at a name that could not be
// read for err; nil where there is no more to say than err does.
func whyNotThere(name string, err error) error {
	before, _, quoted := strings.Cut(name, `"`)
	switch {
	case !errors.Is(err, fs.ErrNotExist) && runtime.GOOS != "windows":
	case quoted:
		return fmt.Errorf("%s: %s", quote(name), quotedTail(before))
	case isPattern(name):
		return fmt.Errorf("%s: nothing matches it; check the spelling, and that the drive or share is connected",
			quote(name))
	}
	return nil
}

// quotedTail explains a quotation mark in a name: Windows takes a backslash before it
// for one that is to stand there, and what follows for more of the name.
func quotedTail(before string) string {
	return fmt.Sprintf("holds a quotation mark, since a backslash stood before the closing one; write %s without the "+
		"backslash at its end", quote(strings.TrimRight(before, `\`)))
}

// notOnWindows says why a name can be no file or folder on Windows, or "".
func notOnWindows(name string) string {
	rest := name
	for _, prefix := range []string{`\\?\`, `\\.\`} {
		rest = strings.TrimPrefix(rest, prefix)
	}
	if len(rest) > 1 && rest[1] == ':' {
		rest = rest[2:]
	}
	base := rest[strings.LastIndexAny(rest, `/\`)+1:]
	before, _, quoted := strings.Cut(name, `"`)
	switch {
	case quoted:
		return quotedTail(before)
	case isDevice(base):
		return "is a device of Windows, which has that name in every folder; name a file or a folder"
	case strings.Contains(rest, ":"):
		return "names a stream within a file, by the colon; name the file or the folder itself"
	}
	return ""
}

// isDevice reports the names that Windows keeps for devices, with any extension.
func isDevice(base string) bool {
	name, _, _ := strings.Cut(strings.ToUpper(base), ".")
	name = strings.TrimRight(name, " ")
	switch name {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port := strings.HasPrefix(name, "COM") || strings.HasPrefix(name, "LPT")
	return port && len(name) == len("COM1") && '1' <= name[3] && name[3] <= '9'
}

// unnameable is notOnWindows, on Windows.
func unnameable(name string) string {
	if runtime.GOOS != "windows" {
		return ""
	}
	return notOnWindows(name)
}
