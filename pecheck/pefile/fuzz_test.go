package pefile

import (
	"bytes"
	"testing"

	"kbverify/pecheck/petest"
)

// The fuzzers start from files that are in order and from every hostile one.

func FuzzRead(f *testing.F) {
	for _, name := range []string{"anycpu", "x64", "x86"} {
		f.Add(petest.Must(subjects[name].Bytes()))
	}
	f.Add(petest.Must(petest.Spec{NoVersion: true}.Bytes()))
	f.Add(petest.Must(petest.Spec{NoFixedInfo: true, Strings: map[string]string{"ProductName": "A"}}.Bytes()))
	seedHostile(f, false)
	f.Fuzz(readAnything)
}

func FuzzReadNE(f *testing.F) {
	f.Add(petest.Must(subjects["ne"].Bytes()))
	f.Add(petest.Must(petest.Spec{NE: true, NoVersion: true}.Bytes()))
	f.Add(linear("LE", 1024))
	f.Add(dos(1024, 2, 0x1e, "\x00\x00\x00\x00"))
	seedHostile(f, true)
	f.Fuzz(readAnything)
}

func seedHostile(f *testing.F, ne bool) {
	for _, tt := range hostile {
		if tt.spec.NE == ne && tt.spec.Size == 0 {
			f.Add(tt.build())
		}
	}
}

// readAnything holds what is true for every file: the bounds, clean texts, and
// the same answer twice.
func readAnything(t *testing.T, file []byte) {
	c := &counting{r: bytes.NewReader(file)}
	im := Read(c, int64(len(file)))
	if c.reads > maxReads || c.bytes > maxBytes {
		t.Errorf("%d reads of %d bytes", c.reads, c.bytes)
	}
	checkImage(t, "fuzz", im)
	checkStrings(t, "fuzz", file)
	if again := read(file); again != im {
		t.Errorf("first %+v, then %+v", im, again)
	}
	if short := Read(bytes.NewReader(file), int64(len(file))+1); len(file) < headBytes && short.Ending != Damaged {
		t.Errorf("one byte shorter than its size: %+v", short)
	}
}
