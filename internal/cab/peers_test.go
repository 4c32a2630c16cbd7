package cab

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"kbverify/internal/cabtest"
	"kbverify/internal/testtool"
)

// sumsOf gives the sum of every file of the cabinets in a file, "" for what could not
// be read.
func sumsOf(tb testing.TB, path string, hash hash.Hash) map[string]string {
	tb.Helper()
	file, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		tb.Fatal(err)
	}
	places, err := Find(context.Background(), file, info.Size())
	if err != nil {
		tb.Fatal(err)
	}
	sums := map[string]string{}
	for _, p := range places {
		c, err := Open(io.NewSectionReader(file, p.At, info.Size()-p.At), info.Size()-p.At)
		if err != nil {
			tb.Fatal(err)
		}
		err = c.Read(context.Background(), func(int) bool { return true }, func(files []int, r io.Reader) error {
			hash.Reset()
			_, err := io.Copy(hash, r)
			for _, i := range files {
				sums[c.Files[i].Name] = ""
				if err == nil {
					sums[c.Files[i].Name] = hex.EncodeToString(hash.Sum(nil))
				}
			}
			return nil
		})
		if err != nil || len(c.Damage) > 0 {
			tb.Fatalf("%s: %v %q", path, err, c.Damage)
		}
	}
	return sums
}

var cabextractLine = regexp.MustCompile(`(?m)^  (.*?)  (?:OK +([0-9a-f]{32})|failed .*)$`)

// cabextractSums gives what cabextract says of the same files.
func cabextractSums(tb testing.TB, path string) map[string]string {
	tb.Helper()
	out, err := exec.Command(testtool.Need(tb, "cabextract"), "-t", path).Output()
	if err != nil {
		tb.Fatalf("cabextract -t %s: %v", path, err)
	}
	sums := map[string]string{}
	for _, m := range cabextractLine.FindAllSubmatch(out, -1) {
		sums[string(m[1])] = string(m[2])
	}
	return sums
}

func sameSums(t *testing.T, path string) {
	t.Helper()
	got, want := sumsOf(t, path, md5.New()), cabextractSums(t, path)
	if len(want) == 0 || !maps.Equal(got, want) {
		t.Errorf("%s: %d files\n%v\ncabextract: %d\n%v", path, len(got), got, len(want), want)
	}
}

// The cabinets in testdata are those of libarchive's tests (BSD licence): stored,
// MSZIP and LZX, and names in code page 932.
func TestCabinetsOfLibarchive(t *testing.T) {
	files, err := filepath.Glob("testdata/*.cab")
	if err != nil || len(files) != 4 {
		t.Fatalf("%q %v", files, err)
	}
	for _, path := range files {
		sameSums(t, path)
	}
}

// Self-extracting programs by InstallShield, whose cabinets hold real programs.
func TestRealCabinets(t *testing.T) {
	files, err := filepath.Glob("/usr/share/clamav-testfiles/clam*cab*")
	if err != nil || len(files) != 3 {
		if os.Getenv("KBVERIFY_CI") == "1" {
			t.Fatalf("%q: %v", files, err)
		}
		t.Skip("the Debian package clamav-testfiles is not installed")
	}
	for _, path := range files {
		sameSums(t, path)
	}
}

// What the tests' own writer makes is what others read in it: else reader and writer
// could share a mistake.
func TestOthersReadWhatWeWrite(t *testing.T) {
	p, want := sample(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "own.cab")
	testtool.WriteFile(t, path, string(p.Bytes()))
	sameSums(t, path)
	testtool.Run(t, dir, testtool.Need(t, "7z"), "x", "-y", "-oout", "own.cab")
	for name, content := range want {
		b, err := os.ReadFile(filepath.Join(dir, "out", filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(b, content) {
			t.Errorf("7z: %s: %v, or it differs", name, err)
		}
	}
}

func TestCabinetsOfGcab(t *testing.T) {
	dir := t.TempDir()
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprintf("file%d.dll", i))
		testtool.WriteFile(t, filepath.Join(dir, names[i]), string(text(uint64(i), i*i)))
	}
	for _, flags := range []string{"-c", "-cz"} {
		path := filepath.Join(dir, "x"+flags+".cab")
		testtool.Run(t, dir, testtool.Need(t, "gcab"), append([]string{flags, path}, names...)...)
		sameSums(t, path)
	}
}

// BenchmarkAgainstCabextract reads all files of a cabinet to their ends; "ratio" is the
// time against that of cabextract -t in the same run, which makes an MD5 of them, too.
func BenchmarkAgainstCabextract(b *testing.B) {
	const size = 48 << 20
	for _, method := range []uint16{methodMSZIP, methodLZX | 18<<8, methodLZX | 21<<8} {
		b.Run(fmt.Sprintf("method=%d/window=%d", method&methodMask, method>>8), func(b *testing.B) {
			var files []cabtest.Entry
			for i, all := 0, text(1, size); len(all) > 0; i++ {
				n := min(len(all), 700_000)
				files = append(files, entry(fmt.Sprintf("%d.dll", i), all[:n]))
				all = all[n:]
			}
			path := filepath.Join(b.TempDir(), "x.cab")
			testtool.WriteFile(b, path, string(cabtest.Cabinet{Folders: []cabtest.Folder{cabtest.Pack(method, files...)}}.Bytes()))
			cabextractSums(b, path)
			var ours, theirs time.Duration
			b.SetBytes(size)
			for b.Loop() {
				start := time.Now()
				sumsOf(b, path, crc32.NewIEEE())
				between := time.Now()
				cabextractSums(b, path)
				ours, theirs = ours+between.Sub(start), theirs+time.Since(between)
			}
			b.ReportMetric(float64(ours)/float64(theirs), "ratio")
			b.ReportMetric(float64(size)*float64(b.N)/1e6/ours.Seconds(), "ours-MB/s")
		})
	}
}
