package inventory

import (
	"io/fs"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// BenchmarkScanLimit is what no scan of every file can be faster than: the tree of
// BenchmarkScanTree with each folder listed, and each file opened, asked for its
// size, read once and closed, by as many jobs, and nothing else.
func BenchmarkScanLimit(b *testing.B) {
	root := benchRoot(b)
	files := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files[filepath.Dir(path)] = append(files[filepath.Dir(path)], filepath.Base(path))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	againstFind(b, root, func() error {
		folders := make(chan string)
		var jobs sync.WaitGroup
		for range DefaultJobs {
			jobs.Go(func() {
				for folder := range folders {
					readAll(folder, files[folder])
				}
			})
		}
		for folder := range files {
			folders <- folder
		}
		close(folders)
		jobs.Wait()
		return nil
	})
}

// readAll makes the system calls, whatever they come to.
func readAll(folder string, files []string) {
	var buf [direntBytes]byte
	var st unix.Stat_t
	dir, _ := unix.Open(folder, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	defer unix.Close(dir)
	for n := 1; n > 0; {
		n, _ = unix.Getdents(dir, buf[:])
	}
	for _, name := range files {
		fd, _ := unix.Openat(dir, name, unix.O_RDONLY|unix.O_NOFOLLOW, 0)
		unix.Fstat(fd, &st)
		unix.Pread(fd, buf[:4096], 0)
		unix.Close(fd)
	}
}
