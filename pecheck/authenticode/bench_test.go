package authenticode

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"kbverify/internal/testtool"
	"kbverify/pecheck/petest"
)

// BenchmarkCheck checks a signed file of 64 MB, and says how many times longer peers
// compute for it: osslsigncode, and sha256sum, which only takes the digest.
func BenchmarkCheck(b *testing.B) {
	s := newSigning(b)
	file := s.sign(b, unsigned(petest.Spec{Size: 64 << 20}), "-h", "sha256")
	path := filepath.Join(s.dir, "large.exe")
	testtool.WriteFile(b, path, string(file))
	var ours time.Duration
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		b.ReportAllocs()
		start := time.Now()
		for b.Loop() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			if got := Check(f, int64(len(file)), Options{}); got.Status != ValidDigest {
				b.Fatal(got)
			}
			f.Close()
		}
		ours = time.Since(start) / time.Duration(b.N)
	})
	for _, peer := range [][]string{{"osslsigncode", "verify", "-in", path}, {"sha256sum", path}} {
		b.Run(peer[0], func(b *testing.B) {
			testtool.Need(b, peer[0])
			b.SetBytes(int64(len(file)))
			var taken time.Duration
			for b.Loop() {
				cmd := exec.Command(peer[0], peer[1:]...)
				cmd.Run() // osslsigncode does not trust the signer
				taken += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			b.ReportMetric(float64(taken)/float64(b.N)/float64(ours), "of/ours")
		})
	}
}
