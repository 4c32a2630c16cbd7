package pefile

import (
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

// dos is a DOS program of n bytes that describes itself as one of pages*512,
// with its relocation table at lfarlc and e_lfanew as given.
func dos(n, pages, lfarlc int, lfanew string) []byte {
	b := make([]byte, n)
	copy(b, "MZ")
	le.PutUint16(b[eCp:], uint16(pages))
	le.PutUint16(b[eCparhdr:], 4)
	le.PutUint16(b[eLfarlc:], uint16(lfarlc))
	copy(b[eLfanew:], lfanew)
	return b
}

// linear is a file in the format LE or LX, of n bytes.
func linear(signature string, n int) []byte {
	b := dos(n, 1, 0x40, "\x80\x00\x00\x00")
	copy(b[0x80:], signature)
	return b
}

func TestFormats(t *testing.T) {
	for _, tt := range []struct {
		name   string
		file   []byte
		format Format
		ending Ending
		detail string
	}{
		{"empty", nil, NotExecutable, NoVersion, ""},
		{"one byte", []byte("M"), NotExecutable, NoVersion, ""},
		{"text", []byte(strings.Repeat("[section]\r\nkey=value\r\n", 500)), NotExecutable, NoVersion, ""},
		{"few zeros", make([]byte, 100), NotExecutable, NoVersion, ""},
		{"zeros", make([]byte, 8192), NotExecutable, Damaged, "the first 4096 bytes are zero"},
		{"MZ alone", []byte("MZ"), MZ, Damaged, "IMAGE_DOS_HEADER: cut off"},
		{"DOS", dos(1024, 2, 0x1e, "\x00\x00\x00\x00"), MZ, NoVersion, ""},
		{"DOS with other data behind it", dos(9000, 2, 0x40, "\x00\x00\x00\x00"), MZ, NoVersion, ""},
		{"DOS, relocations over e_lfanew", dos(1024, 2, 0x3e, "\x00\x00\x34\x12"), MZ, NoVersion, ""},
		{"DOS, packed", dos(1024, 2, 0x52, "Inc."), MZ, NoVersion, ""},
		{"DOS, cut off", dos(1023, 2, 0x1e, "\x00\x00\x00\x00"), MZ, Damaged, "e_cp"},
		{"DOS without a program", dos(1024, 0, 0x1e, "\x00\x00\x00\x00"), MZ, Damaged, "e_cp"},
		{"Windows, cut off in its stub", dos(1024, 2, 0x40, "\x00\x10\x00\x00"), MZ, Damaged, "no header at byte 4096"},
		{"LE", linear("LE", 1024), LE, NoVersion, ""},
		{"LX", linear("LX", 1024), LX, NoVersion, ""},
		{"LE, cut off", linear("LE", 0x100), LE, Damaged, "LE header: cut off"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			im := readBounded(t, tt.name, tt.file)
			if im.Format != tt.format || im.Ending != tt.ending || !strings.Contains(im.Detail, tt.detail) {
				t.Errorf("got %+v, want %q %q %q", im, tt.format, tt.ending, tt.detail)
			}
		})
	}
}

// TestWhichVersion decides between several version resources.
func TestWhichVersion(t *testing.T) {
	const other = 0x1000 // of a directory with two entries, over the text of a long string
	first := func(table int) (patches []patch) {
		return []patch{
			u32(types+other+12, 2<<16),                               // no named, two numbered entries
			u32(types+other+16, 0x0407), u32(types+other+20, 0xffff), // leads nowhere
			u32(types+other+24, 0x0409), u32(types+other+28, uint32(table)),
		}
	}
	for _, tt := range []struct {
		name    string
		patches []patch
		want    Ending
	}{
		{"a name that is not 1", []patch{u32(names+16, 102)}, Versioned},
		{"name 1 after another", append(first(1<<31|(languages-types)), u32(types+other+16, 0), u32(types+other+24, 1),
			u32(types+20, 1<<31|other)), Versioned},
		{"the first of two names", append(first(1<<31|(languages-types)), u32(types+20, 1<<31|other)), Damaged},
		{"the first of two languages", append(first(dataEntry-types), u32(names+20, 1<<31|other)), Damaged},
		{"the first of two languages, in order", append(first(0xffff), u32(names+20, 1<<31|other),
			u32(types+other+20, dataEntry-types)), Versioned},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec := manyResources
			spec.Version = testVersion
			file := petest.Must(spec.Bytes())
			for _, p := range tt.patches {
				copy(file[p.at:], p.with)
			}
			if im := readBounded(t, tt.name, file); im.Ending != tt.want {
				t.Errorf("got %+v, want %s", im, tt.want)
			}
		})
	}
}

// TestOS2 reads a 16-bit file of OS/2, whose resource table has another form.
func TestOS2(t *testing.T) {
	file := petest.Must(petest.Spec{NE: true, Version: testVersion}.Bytes())
	file[os2Header+neExetyp] = exetypOS2
	if im := read(file); im.Format != NE || im.Ending != NoVersion {
		t.Errorf("got %+v", im)
	}
}

func TestAnyCPU(t *testing.T) {
	for _, tt := range []struct {
		flags uint32
		want  bool
	}{
		{0, false},
		{ilOnly, true},
		{ilOnly | required32, false},
		{ilOnly | required32 | preferred32, true},
		{required32, false},
		{preferred32, false},
	} {
		file := petest.Must(petest.Spec{AnyCPU: true, Version: testVersion}.Bytes())
		copy(file[0x208+cor20Flags:], le.AppendUint32(nil, tt.flags))
		if im := read(file); im.AnyCPU != tt.want || im.Ending != Versioned {
			t.Errorf("flags 0x%x: got %+v, want %v", tt.flags, im, tt.want)
		}
	}
}

func TestStringVersion(t *testing.T) {
	v := manifest.Version{2, 0, 1493, 2152}
	for text, want := range map[string]string{
		"2.0.1493.2152":                    "",
		"2.00.1493.2152":                   "",
		"2, 0, 1493, 2152":                 "",
		"2.0.1493.2152 (main.1234)":        "",
		"  2.0.1493.2152":                  "",
		"2.0.1493":                         "",
		"2.0.1493.":                        "",
		"RTM":                              "",
		"2.0.1493.2000":                    "2.0.1493.2000",
		"2.0.1493.67688":                   "2.0.1493.67688", // 2152 in 16 bits
		"1":                                "1",
		"99999999999999999999999999":       "99999999999999999999999999",
		"2.1\x00hidden":                    "2.1",
		"2.1\x1b[31m\u202e\r\n":            `2.1\x1b[31m\u202e`,
		"3" + strings.Repeat("x", maxText): "3" + strings.Repeat("x", maxText-1),
	} {
		for _, ne := range []bool{false, true} {
			if ne && strings.ContainsRune(text, '\u202e') {
				continue // not in the code page of 16-bit texts
			}
			im := read(petest.Must(petest.Spec{NE: ne, Version: v, StringVersion: text}.Bytes()))
			if im.Ending != Versioned || im.StringVersion != want {
				t.Errorf("NE %v, %q: got %+v, want %q", ne, text, im, want)
			}
		}
	}
}
