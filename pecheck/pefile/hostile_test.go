package pefile

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"kbverify/pecheck/petest"
)

// patch overwrites bytes of a file; the lengths below are those of fields.
type patch struct {
	at   int
	with []byte
}

func u16(at int, v uint16) patch { return patch{at, le.AppendUint16(nil, v)} }

func u32(at int, v uint32) patch { return patch{at, le.AppendUint32(nil, v)} }

// Where petest puts the fields of an x86 file.
const (
	fileHeader     = 0x84
	optionalHeader = 0x98
	directories    = optionalHeader + 96
	textHeader     = 0x178
	rsrcHeader     = textHeader + sectionHeaderSize
	types          = 0x400
	names          = types + 24
	languages      = names + 24
	dataEntry      = languages + 24
	version        = dataEntry + 16
	fixed          = version + 40
)

// And those of a 16-bit file.
const (
	os2Header   = 0x80
	neTable     = 0xc8
	neVersionAt = 0x190
)

type hostileFile struct {
	name    string
	spec    petest.Spec
	patches []patch
	want    Ending
	detail  string // a part of it: the guard that must have found the damage
}

// build makes the file, of testVersion.
func (h hostileFile) build() []byte {
	h.spec.Version = testVersion
	file := petest.Must(h.spec.Bytes())
	for _, p := range h.patches {
		copy(file[p.at:], p.with)
	}
	return file
}

var hostile = []hostileFile{
	// Headers.
	{"e_lfanew beyond the end", petest.Spec{}, []patch{u32(eLfanew, 0xfffffff0)}, Damaged, "e_lfanew"},
	{"e_lfanew into the stub", petest.Spec{}, []patch{u32(eLfanew, 0x44)}, Damaged, "e_lfanew"},
	{"e_lfanew far inside a large file", petest.Spec{Size: 1 << 20}, []patch{u32(eLfanew, 0x80000)}, Damaged,
		"headers reach"},
	{"e_lfanew zero", petest.Spec{}, []patch{u32(eLfanew, 0)}, Damaged, "header at byte 128"},
	{"no MZ", petest.Spec{}, []patch{u16(0, 0)}, Damaged, "e_magic"},
	{"PE signature lost", petest.Spec{}, []patch{u32(0x80, 0)}, Damaged, "e_lfanew"},
	{"no optional header", petest.Spec{}, []patch{u16(fileHeader+16, 0)}, Damaged, "SizeOfOptionalHeader"},
	{"optional header of a ROM image", petest.Spec{}, []patch{u16(optionalHeader, 0x107)}, Damaged, "IMAGE_NT_HEADERS"},
	{"x64 machine in a PE32 file", petest.Spec{}, []patch{u16(fileHeader, 0x8664)}, Damaged, "Machine"},
	{"x86 machine in a PE32+ file", petest.Spec{Machine: 0x8664}, []patch{u16(fileHeader, 0x14c)}, Damaged, "Machine"},
	{"more directories than fit", petest.Spec{}, []patch{u16(fileHeader+16, 96+2*8)}, Damaged, "leaves room for 2"},
	{"fewer directories than there are", petest.Spec{}, []patch{u32(optionalHeader+92, 2)}, Damaged, "leaves out"},
	{"billions of directories", petest.Spec{}, []patch{u32(optionalHeader+92, 0xffffffff)}, Versioned, ""},
	{"image base not aligned", petest.Spec{}, []patch{u32(optionalHeader+28, 0x10000001)}, Versioned, ""},

	// Sections.
	{"section table beyond the end", petest.Spec{}, []patch{u16(fileHeader+2, 0xffff)}, Damaged, "NumberOfSections"},
	{"section table beyond what is read", petest.Spec{Size: 4 << 20}, []patch{u16(fileHeader+2, 0xffff)}, Damaged,
		"headers reach"},
	{"section table moved beyond the end", petest.Spec{}, []patch{u16(fileHeader+16, 0xfff0)}, Damaged,
		"NumberOfSections"},
	{"no sections", petest.Spec{}, []patch{u16(fileHeader+2, 0)}, Damaged, "lies in no section"},
	{"section data beyond the end", petest.Spec{}, []patch{u32(textHeader+20, 0xfffffe00)}, Damaged,
		"IMAGE_SECTION_HEADER 1"},
	{"section data that wraps", petest.Spec{}, []patch{u32(rsrcHeader+20, 0xfffffe00), u32(rsrcHeader+16, 0xffffffff)},
		Damaged, "IMAGE_SECTION_HEADER 2"},
	{"overlapping sections", petest.Spec{}, []patch{u32(textHeader+8, 0x2000)}, Damaged, "lies in 2 sections"},
	{"sections at one address", petest.Spec{}, []patch{u32(textHeader+12, 0x2000)}, Damaged, "lies in 2 sections"},
	{"resource section without data", petest.Spec{}, []patch{u32(rsrcHeader+16, 0)}, Damaged, "its section has 0"},

	// The resource directory.
	{"resources at no address", petest.Spec{}, []patch{u32(directories+16, 0)}, Damaged, "at no address"},
	{"resources without a directory", petest.Spec{}, []patch{u32(directories+16, 0), u32(directories+20, 0)}, Damaged,
		"section 2 is .rsrc"},
	{"resources in no section", petest.Spec{}, []patch{u32(directories+16, 0x9000)}, Damaged, "lies in no section"},
	{"resource address that wraps", petest.Spec{}, []patch{u32(directories+16, 0xfffffff8)}, Damaged,
		"lies in no section"},
	{"resources of no size", petest.Spec{}, []patch{u32(directories+20, 0)}, Damaged, "at byte 0 of a directory of 0"},
	{"resources larger than their section", petest.Spec{}, []patch{u32(directories+20, 0x10000)}, Damaged,
		"its section has"},
	{"no types", petest.Spec{}, []patch{u32(types+12, 0)}, Damaged, "no entries"},
	{"zeros for resources", petest.Spec{}, []patch{{types, make([]byte, 0x200)}}, Damaged, "no entries"},
	{"more types than the directory holds", petest.Spec{}, []patch{u16(types+14, 0xffff)}, Damaged, "entries reach"},
	{"named and numbered types overflow", petest.Spec{}, []patch{u32(types+12, 0xffffffff)}, Damaged, "entries reach"},
	{"thousands of types", manyResources, manyTypes(2000), Damaged, "more than 1000"},
	{"types out of order", manyResources, append(manyTypes(2), u32(types+16, 17), u32(types+24, 16)), Damaged,
		"type 16 after 17"},
	{"a type twice", manyResources, append(manyTypes(2), u32(types+24, 1)), Damaged, "type 1 after 1"},
	{"a named type among numbers", petest.Spec{}, []patch{u32(types+16, 1<<31)}, Damaged, "a name among numbers"},
	{"a type that is data", petest.Spec{}, []patch{u32(types+20, 24)}, Damaged, "leads to no directory"},
	{"a type beyond the directory", petest.Spec{}, []patch{u32(types+20, 0xfffffff0)}, Damaged, "leads to no directory"},
	{"types that point at themselves", petest.Spec{}, []patch{u32(types+20, 1<<31)}, Damaged,
		"no IMAGE_RESOURCE_DATA_ENTRY"},
	{"names that point at the types", petest.Spec{}, []patch{u32(names+20, 1<<31)}, Damaged,
		"no IMAGE_RESOURCE_DATA_ENTRY"},
	{"languages that point at the names", petest.Spec{}, []patch{u32(languages+20, 1<<31|24)}, Damaged,
		"no IMAGE_RESOURCE_DATA_ENTRY"},
	{"no names", petest.Spec{}, []patch{u16(names+14, 0)}, Damaged, "no entries"},
	{"data for names", petest.Spec{}, []patch{u32(names+20, dataEntry-types)}, Damaged, "data where languages"},
	{"no languages", petest.Spec{}, []patch{u16(languages+14, 0)}, Damaged, "no entries"},
	{"data entry beyond the directory", petest.Spec{}, []patch{u32(languages+20, 0x1000)}, Damaged,
		"no IMAGE_RESOURCE_DATA_ENTRY"},

	// The version resource.
	{"version in no section", petest.Spec{}, []patch{u32(dataEntry, 0xfffffff0)}, Damaged,
		"IMAGE_RESOURCE_DATA_ENTRY: address"},
	{"version beyond its section", petest.Spec{}, []patch{u32(dataEntry+4, 0x1000)}, Damaged, "its section has"},
	{"version of 4 GB", petest.Spec{}, []patch{u32(dataEntry+4, 0xffffffff)}, Damaged, "IMAGE_RESOURCE_DATA_ENTRY.Size"},
	{"version of no size", petest.Spec{}, []patch{u32(dataEntry+4, 0)}, Damaged, "VS_VERSIONINFO: 0 bytes"},
	{"wLength 0", petest.Spec{}, []patch{u16(version, 0)}, Damaged, "szKey"},
	{"wLength 0xFFFF", petest.Spec{}, []patch{u16(version, 0xffff)}, Damaged, "wLength"},
	{"wLength before the key's end", petest.Spec{}, []patch{u16(version, 20)}, Damaged, "szKey"},
	{"wLength before the value's end", petest.Spec{}, []patch{u16(version, 60)}, Damaged, "wValueLength"},
	{"wValueLength 51", petest.Spec{}, []patch{u16(version+2, 51)}, Damaged, "wValueLength"},
	{"wValueLength 0", petest.Spec{}, []patch{u16(version+2, 0)}, NoFixedInfo, ""},
	{"another key", petest.Spec{}, []patch{u16(version+6, 'W')}, Damaged, "szKey"},
	{"another signature", petest.Spec{}, []patch{u32(fixed, 0xFEEF04BC)}, Damaged, "dwSignature"},
	{"StringFileInfo of no length", petest.Spec{}, []patch{u16(fixed+52, 0)}, Versioned, ""},
	{"StringFileInfo of 0xFFFF", petest.Spec{}, []patch{u16(fixed+52, 0xffff)}, Versioned, ""},
	{"StringTable of no length", petest.Spec{}, []patch{u16(fixed+52+36, 0)}, Versioned, ""},
	{"String of no length", petest.Spec{}, []patch{u16(fixed+52+36+24, 0)}, Versioned, ""},
	{"lengths without an end", petest.Spec{}, []patch{{fixed + 52, bytes8(0x180, 6)}}, Versioned, ""},

	// Signature and managed header.
	{"signature cut off", petest.Spec{}, []patch{u32(directories+32, 0x600), u32(directories+36, 0x1000)}, Versioned,
		"Security"},
	{"signature that wraps", petest.Spec{}, []patch{u32(directories+32, 0xfffffff8), u32(directories+36, 0x10)}, Versioned,
		"Security"},
	{"signature cut off of a file without version", petest.Spec{NoVersion: true}, []patch{u32(directories+32, 0x600),
		u32(directories+36, 0x1000)}, NoVersion, "Security"},
	{"signature and resources cut off", petest.Spec{}, []patch{u32(directories+32, 0x600), u32(directories+36, 0x1000),
		u32(dataEntry+4, 0x1000)}, Damaged, "its section has"},
	{"managed header in no section", petest.Spec{AnyCPU: true}, []patch{u32(directories+14*8, 0x9000)}, Damaged,
		"IMAGE_COR20_HEADER"},
	{"managed header at no address", petest.Spec{AnyCPU: true}, []patch{u32(directories+14*8, 0)}, Damaged, "CLR"},
	{"managed header too short", petest.Spec{AnyCPU: true}, []patch{u32(0x208, 8)}, Damaged, "IMAGE_COR20_HEADER.cb"},

	// 16-bit files.
	{"NE header cut off", petest.Spec{NE: true}, []patch{u32(eLfanew, 0x260), {0x260, []byte("NE")}}, Damaged,
		"IMAGE_OS2_HEADER: cut off"},
	{"NE resources within the header", petest.Spec{NE: true}, []patch{u16(os2Header+neRsrctab, 8)}, Damaged, "ne_rsrctab"},
	{"NE names before resources", petest.Spec{NE: true}, []patch{u16(os2Header+neRestab, 0x41)}, Damaged, "ne_rsrctab"},
	{"NE names beyond the end", petest.Spec{NE: true}, []patch{u16(os2Header+neRestab, 0xffff)}, Damaged, "ne_restab"},
	{"NE table of one byte", petest.Spec{NE: true}, []patch{u16(os2Header+neRestab, 0x49)}, Damaged,
		"NE resource table: 1 bytes"},
	{"NE table that never ends", petest.Spec{NE: true, Size: 128 << 10},
		[]patch{u16(os2Header+neRestab, 0x4a+3000*20), {neTable + 2, neEndless(3000)}}, Damaged, "does not end"},
	{"NE type without resources", petest.Spec{NE: true}, []patch{u16(neTable+4, 0)}, Damaged, "TYPEINFO"},
	{"NE type of 0xFFFF resources", petest.Spec{NE: true}, []patch{u16(neTable+4, 0xffff)}, Damaged, "TYPEINFO"},
	{"NE type cut off", petest.Spec{NE: true}, []patch{u16(os2Header+neRestab, 0x4e)}, Damaged, "TYPEINFO: cut off"},
	{"NE shift of 0xFFFF", petest.Spec{NE: true}, []patch{u16(neTable, 0xffff)}, Damaged, "rscAlignShift"},
	{"NE table read from its middle", petest.Spec{NE: true}, []patch{u16(os2Header+neRsrctab, 0x4c)}, Damaged,
		"names after its end"},
	{"NE version beyond the end", petest.Spec{NE: true}, []patch{u16(neTable+10, 0xffff)}, Damaged, "rnOffset"},
	{"NE version longer than the file", petest.Spec{NE: true}, []patch{u16(neTable+12, 0xff)}, Damaged, "rnOffset"},
	{"NE version of no size", petest.Spec{NE: true}, []patch{u16(neTable+12, 0)}, Damaged, "VS_VERSIONINFO: 0 bytes"},
	{"NE version of another key", petest.Spec{NE: true}, []patch{u16(neVersionAt+4, 0)}, Damaged, "szKey"},
	{"NE segment beyond the end", petest.Spec{NE: true}, []patch{u16(os2Header+neHeaderSize, 0xffff)}, Damaged, "NEW_SEG"},
	{"NE segment table beyond the end", petest.Spec{NE: true}, []patch{u16(os2Header+neCseg, 0xffff)}, Damaged,
		"ne_segtab"},
	{"NE segment shift of 0xFFFF", petest.Spec{NE: true}, []patch{u16(os2Header+neAlign, 0xffff)}, Damaged, "ne_segtab"},
	{"NE turned into LE", petest.Spec{NE: true}, []patch{{0x80, []byte("LE")}}, Damaged, "LE header"},
	{"NE signature lost", petest.Spec{NE: true}, []patch{u16(0x80, 0)}, Damaged, "e_lfanew"},
	{"NE e_lfanew zero", petest.Spec{NE: true}, []patch{u32(eLfanew, 0)}, Damaged, "header at byte 128"},
	{"NE without MZ", petest.Spec{NE: true}, []patch{u16(0, 0)}, Damaged, "e_magic"},
}

// manyResources has room for a long directory: its one string is 16 KB.
var manyResources = petest.Spec{Strings: map[string]string{"Comments": strings.Repeat("x", 8<<10)}}

// manyTypes makes n types of the first level, numbered from 1.
func manyTypes(n int) []patch {
	ps := []patch{u16(types+14, uint16(n))}
	for i := range n {
		ps = append(ps, u32(types+16+8*i, uint32(i+1)), u32(types+20+8*i, 1<<31|24))
	}
	return ps
}

// bytes8 is n bytes of a low value with zeros between: lengths that all fit.
func bytes8(n int, b byte) []byte {
	return slices.Repeat([]byte{b, 0}, n/2)
}

// neEndless is n types of one resource each, 20 bytes, without an end mark.
func neEndless(n int) []byte {
	one := make([]byte, typeInfoSize+nameInfoSize)
	le.PutUint16(one, 0x8003)
	le.PutUint16(one[2:], 1)
	return slices.Repeat(one, n)
}

func TestHostileFiles(t *testing.T) {
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			im := readBounded(t, tt.name, tt.build())
			if im.Ending != tt.want || !strings.Contains(im.Detail, tt.detail) {
				t.Errorf("got %q %q, want %q with %q", im.Ending, im.Detail, tt.want, tt.detail)
			}
			if im.Ending == Versioned && im.Version != testVersion {
				t.Errorf("got version %v, want %v", im.Version, testVersion)
			}
		})
	}
}

// TestManySections moves the resources behind a section table of the greatest
// length that is read, which is in order: it costs one more read.
func TestManySections(t *testing.T) {
	const n, at = 1600, 0x10200
	file := petest.Must(petest.Spec{Version: testVersion, Size: 128 << 10}.Bytes())
	copy(file[at:], file[types:types+0x200])
	table := make([]byte, (n-2)*sectionHeaderSize)
	copy(file[rsrcHeader+sectionHeaderSize:], table)
	copy(file[fileHeader+2:], le.AppendUint16(nil, n))
	copy(file[textHeader+20:], le.AppendUint32(nil, at))
	copy(file[rsrcHeader+20:], le.AppendUint32(nil, at))
	if im := readBounded(t, "many sections", file); im.Ending != Versioned || im.Version != testVersion {
		t.Errorf("got %+v", im)
	}
}

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
