//go:build unix

package pefile

import (
	"bytes"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// BenchmarkRead reads every real file's machine and version (see
// realFolders) with Read, opening included, and takes ratios in the same
// run: of/floor against a bare reader, file by file in turn, with both opening
// by system calls ("ours") or ours by package os, which makes some more
// ("osfile"); and how many times longer two peers compute for a file, in
// one process each. Times are medians, so that what else the machine does counts little.
func BenchmarkRead(b *testing.B) {
	paths := realFiles(b)
	for _, path := range paths { // a warm cache
		openImage(b, path)
	}
	var ours float64 // of package os, the longer one
	against := func(name string, read func(path string)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			bare, own := make([]float64, 0, b.N), make([]float64, 0, b.N)
			b.ResetTimer() // the floor allocates nothing: B/op is ours alone
			for i := range b.N {
				path := paths[i%len(paths)]
				start := time.Now()
				read(path)
				own = append(own, float64(time.Since(start)))
				start = time.Now()
				bareImage(b, path)
				bare = append(bare, float64(time.Since(start)))
			}
			ours = median(own)
			b.ReportMetric(median(bare), "floor-ns/file")
			b.ReportMetric(ours, "ns/file")
			b.ReportMetric(ours/median(bare), "of/floor")
		})
	}
	against("ours", func(path string) { callImage(b, path) })
	against("osfile", func(path string) { openImage(b, path) })
	peer := func(name string, command func(tb testing.TB, paths []string) *exec.Cmd) {
		b.Run(name, func(b *testing.B) {
			var each []float64
			for b.Loop() {
				each = append(each, processorTime(b, command(b, paths), len(paths))/float64(len(paths)))
			}
			b.ReportMetric(median(each), "ns/file")
			if ours > 0 {
				b.ReportMetric(median(each)/ours, "of/ours")
			}
		})
	}
	peer("pefile", pefileCommand)
	peer("exiftool", exiftoolCommand)
}

// processorTime runs a peer over files and gives the nanoseconds that it
// computed: the clock would count what else the machine does. Exiftool's exit
// code is 1 when it knows nothing of some file.
func processorTime(b *testing.B, cmd *exec.Cmd, files int) float64 {
	out, _ := cmd.Output()
	if n := bytes.Count(out, []byte("Machine")); n < files*9/10 {
		b.Fatalf("%s read %d of %d files", cmd.Path, n, files)
	}
	return float64(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime())
}

func exiftoolCommand(tb testing.TB, paths []string) *exec.Cmd {
	cmd := exec.Command(testtool.Need(tb, "exiftool"), "-json", "-n", "-FileVersionNumber", "-MachineType", "-@", "-")
	cmd.Stdin = pathList(paths)
	return cmd
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// descriptor reads by the system call alone.
type descriptor int

func (fd descriptor) ReadAt(b []byte, off int64) (int, error) { return syscall.Pread(int(fd), b, off) }

// callImage opens a file as bareImage does, and reads it with Read.
func callImage(tb testing.TB, path string) Image {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Fstat(fd, &bare.info); err != nil {
		tb.Fatal(err)
	}
	return Read(descriptor(fd), bare.info.Size)
}

// bareImage is the floor: the reads that there must be, by raw system calls
// into buffers that stay, and a decoder that believes everything it reads. It
// can only be used on good files.
func bareImage(tb testing.TB, path string) (machine uint16, v manifest.Version) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Fstat(fd, &bare.info); err != nil {
		tb.Fatal(err)
	}
	if n, err := syscall.Pread(fd, bare.head[:], 0); err != nil || n < dosHeaderSize {
		tb.Fatal(path, err)
	}
	nt := bare.head[le.Uint32(bare.head[eLfanew:]):]
	machine = le.Uint16(nt[4:])
	directory := nt[24+96+16:]
	if le.Uint16(nt[24:]) == 0x20b {
		directory = nt[24+112+16:]
	}
	rva := le.Uint32(directory)
	if rva == 0 {
		return machine, v
	}
	bare.at = -windowBytes
	start := bareOffset(nt, rva)
	types := bareAt(fd, start)
	for i := range int(le.Uint16(types[12:]) + le.Uint16(types[14:])) {
		if le.Uint32(types[16+8*i:]) == rtVersion {
			names := bareAt(fd, start+int64(le.Uint32(types[20+8*i:])&^subdirectory))
			languages := bareAt(fd, start+int64(le.Uint32(names[20:])&^subdirectory))
			entry := bareAt(fd, start+int64(le.Uint32(languages[20:])))
			f := bareAt(fd, bareOffset(nt, le.Uint32(entry)))[40+fileVersionMS:]
			return machine, manifest.Version{le.Uint16(f[2:]), le.Uint16(f), le.Uint16(f[6:]), le.Uint16(f[4:])}
		}
	}
	return machine, v
}

var bare struct {
	head   [headBytes]byte
	window [windowBytes]byte
	at     int64
	info   syscall.Stat_t
}

func bareOffset(nt []byte, rva uint32) int64 {
	table := nt[24+int(le.Uint16(nt[20:])):]
	for i := range int(le.Uint16(nt[6:])) {
		s := table[40*i:]
		if at := le.Uint32(s[12:]); rva >= at && rva < at+le.Uint32(s[16:]) {
			return int64(rva - at + le.Uint32(s[20:]))
		}
	}
	return 0
}

// bareAt gives what is at off: 92 bytes, the longest structure, or more.
func bareAt(fd int, off int64) []byte {
	if off < bare.at || off+92 > bare.at+windowBytes {
		syscall.Pread(fd, bare.window[:], off)
		bare.at = off
	}
	return bare.window[off-bare.at:]
}

// TestBareImage: the floor does the same work, or it is none.
func TestBareImage(t *testing.T) {
	for _, path := range realFiles(t) {
		im := openImage(t, path)
		if machine, v := bareImage(t, path); machine != uint16(im.Machine) || v != im.Version {
			t.Errorf("%s: bare reader %x %v, we %+v", path, machine, v, im)
		}
	}
}

// BenchmarkReadMemory reads one file from memory: what decoding costs.
func BenchmarkReadMemory(b *testing.B) {
	for name, spec := range subjects {
		file := zeroTail(petest.Must(spec.Bytes()))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if im := Read(file, int64(len(file))); im.Ending != Versioned {
					b.Fatal(im)
				}
			}
		})
	}
}
