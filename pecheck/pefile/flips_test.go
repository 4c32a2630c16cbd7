package pefile

import (
	"bytes"
	"slices"
	"testing"

	"kbverify/pecheck/petest"
)

// undetectable lists the places of a file from petest where a changed byte
// makes another valid file: those where RT_VERSION stands among the types, and
// those of the version itself. Nothing but a checksum of the file tells.
func undetectable(spec petest.Spec, file []byte) (kind, version []int) {
	fixed := bytes.Index(file, []byte("\xbd\x04\xef\xfe")) // VS_FIXEDFILEINFO.dwSignature
	for i := range 8 {
		version = append(version, fixed+fileVersionMS+i)
	}
	if spec.NE {
		at := bytes.Index(file, []byte{0x10, 0x80, 1, 0}) // TYPEINFO.rtTypeID, and a count of 1
		return []int{at, at + 1}, version
	}
	at := 0x400 + directorySize // the first entry of the first level, in .rsrc
	return []int{at, at + 1, at + 2, at + 3}, version
}

// TestBitFlips flips every single bit of files that have a version. The file
// is found damaged, or nothing that matters changed; but for undetectable.
func TestBitFlips(t *testing.T) {
	for name, spec := range subjects {
		t.Run(name, func(t *testing.T) {
			file := petest.Must(spec.Bytes())
			kind, version := undetectable(spec, file)
			for i := range len(file) * 8 {
				at, bit := i/8, i%8
				file[at] ^= 1 << bit
				im := read(file)
				file[at] ^= 1 << bit
				checkImage(t, name, im)
				switch {
				case im.Ending == Damaged, im.Ending == Versioned && im.Version == testVersion:
				case im.Ending == NoVersion && slices.Contains(kind, at):
				case im.Ending == Versioned && slices.Contains(version, at) && im.StringVersion != "":
				default:
					t.Errorf("byte 0x%x bit %d: %+v", at, bit, im)
				}
			}
		})
	}
}

// TestTruncations cuts files off at every length. Up to the last byte that is
// loaded (the version resource stands last) the file is damaged; after that
// only filling is missing. What is left of less than two bytes is no executable.
func TestTruncations(t *testing.T) {
	for name, spec := range subjects {
		t.Run(name, func(t *testing.T) {
			whole := petest.Must(spec.Bytes())
			needed := len(bytes.TrimRight(whole, "\x00"))
			for n := 2; n < len(whole); n++ {
				im := read(whole[:n:n])
				checkImage(t, name, im)
				switch {
				case im.Ending == Damaged:
				case n >= needed && im.Ending == Versioned && im.Version == testVersion:
				default:
					t.Errorf("cut to %d of %d bytes: %+v", n, len(whole), im)
				}
			}
		})
	}
}

// TestShortFile reads files that end before the size that the file system gave.
func TestShortFile(t *testing.T) {
	for name, spec := range subjects {
		whole := petest.Must(spec.Bytes())
		for n := range len(whole) {
			im := Read(bytes.NewReader(whole[:n]), int64(len(whole)))
			if im.Ending != Damaged {
				t.Errorf("%s: ends at %d of %d bytes: %+v", name, n, len(whole), im)
			}
		}
	}
}

func read(file []byte) Image { return Read(bytes.NewReader(file), int64(len(file))) }
