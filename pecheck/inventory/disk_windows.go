package inventory

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// openNonblock is nothing here: pipes do not stand in folders.
const openNonblock = 0

// folderPath is path: pipes do not stand in folders.
func folderPath(path string) string { return path }

// errLoop is ERROR_CANT_RESOLVE_FILENAME, what links that lead to each other come to.
const errLoop = windows.ERROR_CANT_RESOLVE_FILENAME

// OpenFilesAllowed is how many files this process may have open at once: 16 million
// handles, which no walk comes near.
func OpenFilesAllowed() int { return 16 << 20 }

func identify(folder *os.File) (folderID, error) {
	var info windows.ByHandleFileInformation
	err := windows.GetFileInformationByHandle(windows.Handle(folder.Fd()), &info)
	return folderID{uint64(info.VolumeSerialNumber), uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow)}, err
}

// entryMode tells links that lead to a folder: those are symbolic links with
// FILE_ATTRIBUTE_DIRECTORY, and junctions and mount points, which package os
// calls neither link nor folder.
func entryMode(e fs.DirEntry) fs.FileMode {
	mode := e.Type()
	info, err := e.Info() // at hand: listing a folder brings it
	if err != nil {
		return mode
	}
	data, ok := info.Sys().(*syscall.Win32FileAttributeData)
	if ok && data.FileAttributes&syscall.FILE_ATTRIBUTE_DIRECTORY != 0 && !mode.IsDir() {
		return fs.ModeSymlink | fs.ModeDir
	}
	return mode
}
