package authenticode

import (
	"debug/pe"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kbverify/internal/testtool"
	"kbverify/pecheck/petest"
)

// TestSigned holds what is said of files signed by osslsigncode against what was
// asked of it, and its own verdict.
func TestSigned(t *testing.T) {
	s := newSigning(t)
	for _, tt := range []struct {
		name  string
		spec  petest.Spec
		signs [][]string
		want  Signature
	}{
		{"MD5", petest.Spec{}, [][]string{{"-h", "md5"}}, Signature{Algorithm: "MD5"}},
		{"SHA-1", petest.Spec{}, [][]string{{"-h", "sha1"}}, Signature{Algorithm: "SHA-1"}},
		{"SHA-256", petest.Spec{Machine: 0x8664}, [][]string{{"-h", "sha256"}}, Signature{Algorithm: "SHA-256"}},
		{"SHA-384", petest.Spec{}, [][]string{{"-h", "sha384"}}, Signature{Algorithm: "SHA-384"}},
		{"SHA-512", petest.Spec{Machine: 0xaa64}, [][]string{{"-h", "sha512"}}, Signature{Algorithm: "SHA-512"}},
		{"page hashes", petest.Spec{Size: 1 << 20}, [][]string{{"-h", "sha256", "-ph"}}, Signature{Algorithm: "SHA-256"}},
		{"a size that is no multiple of 8", petest.Spec{Size: 4093}, [][]string{{"-h", "sha256", "-n", "name", "-i",
			"https://example.org"}}, Signature{Algorithm: "SHA-256"}},
		{"a timestamp", petest.Spec{}, [][]string{append(stamp(), "-h", "sha256")},
			Signature{Algorithm: "SHA-256", Time: stampedOn, Stamped: true}},
		{"two", petest.Spec{}, [][]string{{"-h", "sha1"}, {"-h", "sha256", "-nest"}}, Signature{Algorithm: "SHA-1, SHA-256"}},
		{"two with timestamps", petest.Spec{}, [][]string{append(stamp(), "-h", "sha1"),
			append(stamp(), "-h", "sha256", "-nest")}, Signature{Algorithm: "SHA-1, SHA-256", Time: stampedOn, Stamped: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := unsigned(tt.spec)
			for _, args := range tt.signs {
				file = s.sign(t, file, args...)
			}
			tt.want.Status, tt.want.Signer, tt.want.Trust = ValidDigest, "kbverify test signer", Trusted
			if !tt.want.Stamped {
				tt.want.Time = signedOn
			}
			if got := check(file, Options{Roots: s.roots, Now: signedOn}); got != tt.want {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
			if words := askPeer(t, s, file); !strings.Contains(words, "Signature verification: ok") {
				t.Errorf("osslsigncode says\n%s", words)
			}
			file[len(unsigned(tt.spec))/2] ^= 1
			if got := check(file, Options{}); got.Status != DigestDiffers || got.Signer != tt.want.Signer {
				t.Errorf("one bit changed: %+v", got)
			}
			if words := askPeer(t, s, file); !strings.Contains(words, "MISMATCH") {
				t.Errorf("one bit changed: osslsigncode says\n%s", words)
			}
		})
	}
}

// askPeer gives what osslsigncode says of a file.
func askPeer(t *testing.T, s *signing, file []byte) string {
	path := filepath.Join(s.dir, "asked.exe")
	testtool.WriteFile(t, path, string(file))
	out, _ := exec.Command(testtool.Need(t, "osslsigncode"), "verify", "-ignore-cdp", "-time", unix(signedOn), "-CAfile",
		filepath.Join(s.dir, "ca.crt"), "-TSA-CAfile", filepath.Join(s.dir, "ca.crt"), "-in", path).CombinedOutput()
	return string(out)
}

// realFolders names the folders whose PE files are compared: those of KBVERIFY_PE_DIRS,
// else signed ones among the tests of modules that the project depends on, and where
// Debian's packages of signed boot loaders put theirs.
func realFolders() []string {
	if list := os.Getenv("KBVERIFY_PE_DIRS"); list != "" {
		return filepath.SplitList(list)
	}
	folders := []string{"/usr/lib/shim", "/usr/lib/grub", "/usr/libexec/fwupd"}
	for _, module := range []string{"github.com/saferwall/pe", "golang.org/x/sys"} {
		if out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output(); err == nil {
			folders = append(folders, strings.TrimSpace(string(out)))
		}
	}
	return folders
}

// TestRealFiles compares each real file's digests and signer with what osslsigncode says.
func TestRealFiles(t *testing.T) {
	testtool.Need(t, "osslsigncode")
	statuses := map[Status]int{}
	for _, root := range realFolders() {
		filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && isPE(path) {
				statuses[compareWithPeer(t, path)]++
			}
			return nil // a package that is not installed
		})
	}
	t.Log(statuses)
	enough := statuses[ValidDigest] >= 10 && statuses[DigestDiffers] > 0 && statuses[NotSigned] > 0
	switch {
	case enough:
	case os.Getenv("KBVERIFY_CI") == "1":
		t.Errorf("the files do not try the check: %v", statuses)
	default:
		t.Skipf("few of the files are here: %v", statuses)
	}
}

func isPE(path string) bool {
	f, err := pe.Open(path)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// differently lists files of which osslsigncode says something else, and why.
var differently = map[string]string{
	"shimx64.efi.signed": "Corrupted attribute certificate table", // it takes no table with two entries
}

var peerSigner = regexp.MustCompile(`(?s)Signer's certificate:.*?Subject: (.*?)\n`)

func compareWithPeer(t *testing.T, path string) Status {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	got := Check(f, info.Size(), Options{})
	out, _ := exec.Command("osslsigncode", "verify", "-ignore-cdp", "-in", path).CombinedOutput()
	words := string(out)
	var want Status
	switch {
	case differently[filepath.Base(path)] != "":
		want = ValidDigest
		if !strings.Contains(words, differently[filepath.Base(path)]) {
			t.Errorf("%s: osslsigncode says by now\n%s", path, words)
		}
	case strings.Contains(words, "MISMATCH"):
		want = DigestDiffers
	case strings.Contains(words, "Calculated message digest"):
		want = ValidDigest
	case strings.Contains(words, "No signature found"):
		want = NotSigned
	default:
		want = NotChecked
	}
	if got.Status != want {
		t.Errorf("%s: got %+v, osslsigncode says %s\n%s", path, got, want, words)
	}
	signer := peerSigner.FindStringSubmatch(words)
	if signer != nil && want == ValidDigest && !strings.Contains(signer[1], "/CN="+got.Signer) {
		t.Errorf("%s: signed by %q, osslsigncode says %s", path, got.Signer, signer[1])
	}
	if at := fmt.Sprintf("Timestamp time: %s", got.Time.Format("Jan _2 15:04:05 2006 MST")); got.Stamped &&
		signer != nil && !strings.Contains(words, strings.Replace(at, "UTC", "GMT", 1)) {
		t.Errorf("%s: %s, osslsigncode says\n%s", path, at, words)
	}
	return got.Status
}

// TestTrust asks for roots in different years and for different uses.
func TestTrust(t *testing.T) {
	s := newSigning(t)
	plain := s.sign(t, unsigned(petest.Spec{}), "-h", "sha256")
	stamped := s.sign(t, unsigned(petest.Spec{}), append(stamp(), "-h", "sha256")...)
	letters := s.signAs(t, "mail", unsigned(petest.Spec{}), "-h", "sha256")
	other := newSigning(t)
	later := validTo.AddDate(1, 0, 0)
	for _, tt := range []struct {
		name     string
		file     []byte
		o        Options
		trust    Trust
		distrust string
	}{
		{"nobody asked", plain, Options{Now: later}, "", ""},
		{"in time", plain, Options{Roots: s.roots, Now: signedOn}, Trusted, ""},
		{"expired", plain, Options{Roots: s.roots, Now: later}, NotTrusted, "valid from 2024-01-01 to 2025-01-01"},
		{"expired since its timestamp", stamped, Options{Roots: s.roots, Now: later}, Trusted, ""},
		{"other roots", stamped, Options{Roots: other.roots, Now: signedOn}, NotTrusted, "unknown authority"},
		{"no code signing", letters, Options{Roots: s.roots, Now: signedOn}, NotTrusted, "incompatible key usage"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := check(tt.file, tt.o)
			if got.Status != ValidDigest || got.Trust != tt.trust || !strings.Contains(got.Distrust, tt.distrust) {
				t.Errorf("got %+v", got)
			}
		})
	}
	if got := check(slices.Concat(stamped, make([]byte, 8)), Options{Roots: s.roots}); got.Trust != "" {
		t.Errorf("a file whose digest is not valid: %+v", got)
	}
}
