package authenticode

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kbverify/pecheck/petest"
)

func newReader(file []byte) io.ReaderAt { return bytes.NewReader(file) }

// fixture is an x86 file that osslsigncode signed twice (SHA-1, and SHA-256 nested in
// that), each time with a timestamp, as TestSigned has it done.
func fixture(tb testing.TB) (file []byte, roots *x509.CertPool) {
	tb.Helper()
	file, err := os.ReadFile("testdata/dual.exe")
	if err != nil {
		tb.Fatal(err)
	}
	ca, err := os.ReadFile("testdata/ca.crt")
	if err != nil {
		tb.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return file, roots
}

var fixtureSays = Signature{Status: ValidDigest, Algorithm: "SHA-1, SHA-256", Signer: "kbverify test signer",
	Time: stampedOn, Stamped: true, Trust: Trusted}

// TestEveryByte changes every single byte of a signed file. Outside the signature
// each is found but those of the checksum; within it none makes the file unsigned, and
// none gives a trusted signature another signer or time.
func TestEveryByte(t *testing.T) {
	file, roots := fixture(t)
	im, err := openImage(newReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Roots: roots, Now: signedOn}
	if got := check(file, o); got != fixtureSays {
		t.Fatalf("got %+v", got)
	}
	inside := map[Status]int{}
	for i := range file {
		at := int64(i)
		file[i] ^= 1
		got := check(file, o)
		file[i] ^= 1
		switch {
		case at >= im.checksum && at < im.checksum+4:
			if got != fixtureSays {
				t.Errorf("byte %d, of the checksum: %+v", i, got)
			}
		case got.Status == NotSigned:
			t.Errorf("byte %d: %+v", i, got)
		case at < im.table:
			if got.Status == ValidDigest || got.Cause == Unreadable || got.Cause == Unsupported {
				t.Errorf("byte %d: %+v", i, got)
			}
		default:
			inside[got.Status]++
			if got.Trust == Trusted && (got.Signer != fixtureSays.Signer || got.Stamped && got.Time != fixtureSays.Time) {
				t.Errorf("byte %d, of the signature: %+v", i, got)
			}
		}
	}
	if inside[DigestDiffers] < 1000 || inside[NotChecked] < 100 || inside[ValidDigest] < 100 {
		t.Errorf("changes within the signature: %v", inside)
	}
}

// TestTruncations cuts the file off everywhere, and lets it end early while it is read.
func TestTruncations(t *testing.T) {
	file, _ := fixture(t)
	for n := range file {
		if got := check(file[:n:n], Options{}); got.Status != NotChecked || got.Cause == Unreadable {
			t.Errorf("cut to %d bytes: %+v", n, got)
		}
		got := Check(newReader(file[:n]), int64(len(file)), Options{})
		if got.Status != NotChecked || got.Cause != Unreadable {
			t.Errorf("ends at %d bytes: %+v", n, got)
		}
	}
}

func TestNotPE(t *testing.T) {
	for name, file := range map[string][]byte{
		"empty":                   nil,
		"text":                    []byte(strings.Repeat("[section]\r\n", 100)),
		"16-bit":                  unsigned(petest.Spec{NE: true}),
		"e_lfanew beyond the end": patched(unsigned(petest.Spec{}), eLfanew, 0xfffffff0),
	} {
		if got := check(file, Options{}); got.Status != NotChecked || got.Cause != NotPE {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNotSigned(t *testing.T) {
	few := unsigned(petest.Spec{})
	for _, file := range [][]byte{
		unsigned(petest.Spec{}), unsigned(petest.Spec{Machine: 0x8664}), unsigned(petest.Spec{Size: 1 << 20}),
		patched(few, int(openUnsigned(t, few).security)-4*directorySize-4, 3),
	} {
		if got := check(file, Options{}); got != (Signature{Status: NotSigned}) {
			t.Errorf("got %+v", got)
		}
	}
}

func patched(file []byte, at int, v uint32) []byte {
	file = bytes.Clone(file)
	le.PutUint32(file[at:], v)
	return file
}

// TestHostile has a contradiction in each structure, and names it.
func TestHostile(t *testing.T) {
	file, _ := fixture(t)
	im, err := openImage(newReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	security, table := int(im.security), int(im.table)
	header := int(im.checksum) - checkSum
	bare := unsigned(petest.Spec{})
	forged := newForger(t, bare, rsaKey(t, 1024), "1.2.840.113549.1.1.1").message()
	deep := bytes.Repeat([]byte{0x30, 0x80}, 1<<20)
	for _, tt := range []struct {
		name   string
		file   []byte
		status Status
		detail string
	}{
		{"magic of no optional header", patched(file, header+optionalHeader, 0x107), NotChecked, "Magic"},
		{"no room for directories", patched(file, header+fileHeader+16, 96), NotChecked, "SizeOfOptionalHeader"},
		{"directories that leave the signature out", patched(file, security-4*directorySize-4, 4), NotChecked, "leaves out"},
		{"no directories", patched(file, security-4*directorySize-4, 0), NotChecked, "leaves out"},
		{"billions of directories", patched(file, security-4*directorySize-4, 0xffffffff), DigestDiffers, ""},
		{"at no offset", patched(file, security, 0), NotChecked, "at offset 0"},
		{"of no size", patched(file, security+4, 0), NotChecked, "0 bytes"},
		{"over the headers", patched(file, security, 0x80), NotChecked, "overlaps the headers"},
		{"beyond the end", patched(file, security, 0xfffffff8), NotChecked, "the signature reaches"},
		{"longer than the file", patched(file, security+4, 0xffffffff), NotChecked, "the signature reaches"},
		{"shorter than its certificate", patched(file, security+4, 64), NotChecked, "dwLength"},
		{"shorter than a header", patched(file, security+4, 4), NotChecked, "WIN_CERTIFICATE: cut off"},
		{"dwLength 0", patched(file, table, 0), NotChecked, "dwLength: 0"},
		{"dwLength without content", patched(file, table, 8), NotChecked, "dwLength: 8"},
		{"dwLength huge", patched(file, table, 0xffffffff), NotChecked, "dwLength"},
		{"dwLength short", patched(file, table, 64), NotChecked, ""},
		{"another revision", patched(file, table+4, 0x00020300), NotChecked, "wRevision"},
		{"another type", patched(file, table+4, 0x00010200), NotChecked, "a type that is not known"},
		{"appended to", slices.Concat(file, []byte("payload")), DigestDiffers, "7 bytes follow"},
		{"appended zeros", slices.Concat(file, make([]byte, 8)), DigestDiffers, "8 bytes follow"},
		{"filled up with zeros", slices.Concat(file, make([]byte, 7)), ValidDigest, ""},
		{"data in the table", attach(t, bare, slices.Concat(forged, []byte("payload"))), ValidDigest, "data stands beside"},
		{"zeros in the table", attach(t, bare, slices.Concat(forged, make([]byte, 8))), ValidDigest, "data stands beside"},
		{"two certificates", attach(t, bare, forged, forged), ValidDigest, ""},
		{"many certificates", attach(t, bare, slices.Repeat([][]byte{forged}, maxSignatures+1)...), NotChecked,
			"more than 16"},
		{"a good one and nonsense", attach(t, bare, forged, []byte("nonsense")), NotChecked, "ContentInfo: malformed"},
		{"a certificate of zeros", attach(t, bare, make([]byte, 1000)), NotChecked, "ContentInfo: malformed"},
		{"a message of gigabytes", attach(t, bare, []byte("\x30\x84\x7f\xff\xff\xff\x06\x00")), NotChecked, "malformed"},
		{"lengths of eight bytes", attach(t, bare, []byte("\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff")), NotChecked,
			"malformed"},
		{"deeply nested, without lengths", attach(t, bare, deep), NotChecked, "malformed"},
		{"deeply nested", attach(t, bare, nestedSequences(1<<18)), NotChecked, "malformed"},
		{"larger than is read", attach(t, bare, make([]byte, maxMessage)), NotChecked, "more than the 4194304 left"},
		{"together larger than is read", attach(t, bare, forged, make([]byte, maxMessage-len(forged))), NotChecked, "left of"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := checkBounded(t, tt.file)
			if got.Status != tt.status || !strings.Contains(got.Detail, tt.detail) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// nestedSequences is a SEQUENCE in a SEQUENCE, n times.
func nestedSequences(n int) []byte {
	var heads [][]byte
	for length := 0; len(heads) < n; {
		head := []byte{0x30, 0x83, byte(length >> 16), byte(length >> 8), byte(length)}
		switch {
		case length < 0x80:
			head = []byte{0x30, byte(length)}
		case length < 0x100:
			head = []byte{0x30, 0x81, byte(length)}
		case length < 0x10000:
			head = []byte{0x30, 0x82, byte(length >> 8), byte(length)}
		}
		heads = append(heads, head)
		length += len(head)
	}
	slices.Reverse(heads)
	return slices.Concat(heads...)
}

// checkBounded fails a test whose check takes more memory than a few messages.
func checkBounded(tb testing.TB, file []byte) Signature {
	tb.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := check(file, Options{})
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 4*maxMessage {
		tb.Errorf("%d bytes taken for a file of %d", taken, len(file))
	}
	return s
}

// failing gives an error at its n-th read.
type failing struct {
	r io.ReaderAt
	n int
}

func (f *failing) ReadAt(b []byte, off int64) (int, error) {
	if f.n--; f.n == 0 {
		return 0, errors.New("input/output error\x1b[31m")
	}
	return f.r.ReadAt(b, off)
}

func TestReadErrors(t *testing.T) {
	file, _ := fixture(t)
	for n := 1; n <= 5; n++ { // IMAGE_DOS_HEADER, IMAGE_NT_HEADERS, WIN_CERTIFICATE, its content, the file
		got := Check(&failing{newReader(file), n}, int64(len(file)), Options{})
		if got.Status != NotChecked || got.Cause != Unreadable || got.Detail != `input/output error\x1b[31m` {
			t.Errorf("read %d failed: %+v", n, got)
		}
	}
	if got := Check(&failing{newReader(file), 6}, int64(len(file)), Options{}); got.Status != ValidDigest {
		t.Errorf("no read failed: %+v", got)
	}
	if got := Check(nil, 100, Options{}); got.Status != NotChecked {
		t.Errorf("a panic: %+v", got)
	}
}

// TestOnward reads a file of several blocks, and stops after the first.
func TestOnward(t *testing.T) {
	file := unsigned(petest.Spec{Size: 3*block + 8})
	file = attach(t, file, newForger(t, file, rsaKey(t, 1024), "1.2.840.113549.1.1.1").message())
	im, err := openImage(newReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	read := int64(0)
	s := check(file, Options{Onward: func(n int) bool { read += int64(n); return true }})
	if s.Status != ValidDigest || read != im.table {
		t.Errorf("%d of %d bytes: %+v", read, im.table, s)
	}
	calls := 0
	s = check(file, Options{Onward: func(int) bool { calls++; return false }})
	if s.Status != NotChecked || s.Cause != Unreadable || calls != 1 {
		t.Errorf("stopped, and asked %d times: %+v", calls, s)
	}
}
