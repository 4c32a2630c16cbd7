package msi

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kbverify/pecheck/visible"
)

// File is one row of table File, with what other tables say of it.
type File struct {
	Key       string // of the row; the file's name inside its cabinet
	Component string
	Short     string // name in 8.3 form
	Long      string // the long name; Short where there is none
	// Source is the file's path in an administrative image, below its root, with
	// "/" between. "" where the package names a place that is none; a finding says why.
	Source string
	// Target is the path below Base where the file is installed; "" as for Source.
	Target string
	// Base is the folder to which Target is relative: a well-known folder such as
	// "ProgramFilesFolder", or the root, "TARGETDIR".
	Base string
	Size int64 // in bytes, unpacked; -1 where the package does not say it
	// Version is as the table has it, or as that of the file that Companion names.
	Version    string
	Companion  string // key of the file whose version stands for this one's; "" for none
	Language   string // decimal language ids with commas between
	MD5        string // of the content, 32 lower-case hexadecimal digits; "" where MsiFileHash has none
	Attributes int32
	Sequence   int32
	Wide       bool // the component is a 64-bit one
	Compressed bool // in Cabinet, under Key; else loose in the source tree, at Source
	Delta      bool // the patch's cabinet holds a binary difference, not the file
	Cabinet    Cabinet
}

// Cabinet says where a compressed file lies. Cabinets are comparable.
type Cabinet struct {
	Name     string   // of the stream or file; "" for none
	External bool     // a file beside the package, whose case may differ; else a stream
	In       *Package // the package or patch whose streams hold it: In.Stream(Name)
}

// Finding is a doubt about what a package says.
type Finding struct {
	Place string // the row or stream: "File.Key1"
	Text  string
	// Damage says that the reading is not complete: the package is damaged, or
	// names something that must not be used. Otherwise it is only worth knowing.
	Damage bool
}

// ErrNoFiles says that a package has no table File: it installs nothing.
var ErrNoFiles = errors.New("the package has no table File: it installs no files")

// The bits of File.Attributes and Component.Attributes.
const (
	fileUncompressed = 0x2000 // msidbFileAttributesNoncompressed
	fileCompressed   = 0x4000 // msidbFileAttributesCompressed
	component64      = 0x0100 // msidbComponentAttributes64bit
	componentNoFile  = 0x0024 // msidbComponentAttributesRegistryKeyPath, ODBCDataSource: KeyPath is no file
)

// Files gives the files of the package in the order of the table. The error is one
// that keeps the tables from being read; whatever is wrong with one row is a finding,
// and the row stands nevertheless.
func (p *Package) Files() ([]File, []Finding, error) {
	if p.kind != KindPackage {
		return nil, nil, fmt.Errorf("an %s has no files of its own", p.kind)
	}
	r := &filesReader{p: p, findings: slices.Clone(p.doubts)}
	if r.file = r.open("File", true, "File", "Component_", "FileName", "FileSize", "Version", "Language", "Attributes",
		"Sequence"); r.err != nil {
		return nil, nil, r.err
	}
	if n := r.file.Len(); n > maxFiles {
		return nil, nil, damaged("table File", "%d rows, at most %d are read", n, maxFiles)
	}
	r.components()
	r.folders = newFolders(r)
	r.hashes()
	r.media()
	r.deltas()
	if r.err != nil {
		return nil, nil, r.err
	}
	files := make([]File, r.file.Len())
	r.byKey = make(map[string]int, len(files))
	for row := range files {
		files[row] = r.read(row)
		f := &files[row]
		if _, twice := r.byKey[f.Key]; twice {
			r.damage(r.file.place(row), "its key is there twice")
			continue
		}
		r.byKey[f.Key] = row
	}
	r.followCompanions(files)
	r.crossCheck()
	if r.file.pool.guessed {
		r.findings = append(r.findings, Finding{"_StringPool", fmt.Sprintf("texts are none of code page %d and were read as "+
			"those of code page 1252", r.file.pool.codepage), false})
	}
	if r.loose > 0 {
		r.findings = append(r.findings, Finding{"Media", fmt.Sprintf("%d files are to be compressed, and their medium has "+
			"no cabinet: they are taken to lie loose", r.loose), false})
	}
	if r.more > 0 {
		r.findings = append(r.findings, Finding{"package", fmt.Sprintf("%d more findings are not listed", r.more), true})
	}
	return files, r.findings, nil
}

// filesReader holds what the tables say, by key, while the files are read.
type filesReader struct {
	p        *Package
	file     *view
	parts    map[string]component
	folders  *folders
	md5      map[string]string
	disks    []disk
	delta    map[string]bool
	byKey    map[string]int
	findings []Finding
	more     int // damage beyond those
	loose    int // files that are to be in a cabinet, on a medium that has none
	err      error
}

// maxFindings caps what is said about one package, of which every row may be bad.
const maxFindings = 2000

// full counts damage that is not listed, because there is too much.
func (r *filesReader) full() bool {
	if len(r.findings) < maxFindings {
		return false
	}
	r.more++
	return true
}

func (r *filesReader) damage(place, format string, args ...any) {
	if !r.full() {
		r.findings = append(r.findings, Finding{place, fmt.Sprintf(format, args...), true})
	}
}

// Caps on what the tables of files say, which bound the memory together with the
// length of a path.
const (
	maxText  = 4096    // bytes of a cell: two names, twice, are 1,023
	maxFiles = 1 << 17 // five times the largest packages; a manifest has room for no more
)

// component is a row of table Component.
type component struct {
	folder  string
	wide    bool
	keyFile string
}

func (r *filesReader) components() {
	v := r.open("Component", false, "Component", "Directory_", "Attributes", "KeyPath")
	if v == nil {
		return
	}
	r.parts = make(map[string]component, v.Len())
	for row := range v.Len() {
		key := v.text(row, 0)
		attributes, _ := v.number(row, 2)
		c := component{folder: v.text(row, 1), wide: attributes&component64 != 0}
		if attributes&componentNoFile == 0 {
			c.keyFile = v.text(row, 3)
		}
		if _, twice := r.parts[key]; twice {
			r.damage(v.place(row), "its key is there twice")
		}
		r.parts[key] = c
	}
}

// hashes reads table MsiFileHash: four signed numbers are the 16 bytes of an MD5.
func (r *filesReader) hashes() {
	v := r.open("MsiFileHash", false, "File_", "Options", "HashPart1", "HashPart2", "HashPart3", "HashPart4")
	if v == nil {
		return
	}
	r.md5 = make(map[string]string, v.Len())
	for row := range v.Len() {
		var sum [16]byte
		complete := true
		for i := range 4 {
			part, ok := v.number(row, 2+i)
			complete = complete && ok
			binary.LittleEndian.PutUint32(sum[4*i:], uint32(part))
		}
		options, _ := v.number(row, 1)
		key := v.text(row, 0)
		switch _, twice := r.md5[key]; {
		case twice:
			r.damage(v.place(row), "its key is there twice")
		case !complete:
			r.damage(v.place(row), "a part of the hash is missing")
		case options != 0:
			r.damage(v.place(row), "Options is %d, which says that the hash is no MD5 of the content", options)
		default:
			r.md5[key] = hex.EncodeToString(sum[:])
		}
	}
}

// disk is a row of table Media.
type disk struct {
	last    int32
	cabinet Cabinet
}

func (r *filesReader) media() {
	v := r.open("Media", false, "DiskId", "LastSequence", "Cabinet")
	if v == nil {
		return
	}
	for row := range v.Len() {
		id, _ := v.number(row, 0)
		last, _ := v.number(row, 1)
		d := disk{last: last}
		if name := v.text(row, 2); name != "" {
			stream, embedded := strings.CutPrefix(name, "#")
			d.cabinet = Cabinet{Name: stream, External: !embedded, In: r.p}
			if patch := r.p.media[id]; patch != nil {
				d.cabinet.In = patch
			}
			if why := whyNoName(stream); why != "" && !embedded {
				r.damage(fmt.Sprintf("Media.%d", id), "cabinet %s: %s", visible.Quote(visible.Short(name)), why)
				d.cabinet = Cabinet{}
			}
		}
		r.disks = append(r.disks, d)
	}
	slices.SortStableFunc(r.disks, func(a, b disk) int { return int(int64(a.last) - int64(b.last)) })
}

// deltas reads which files a patch brings as differences only.
func (r *filesReader) deltas() {
	v := r.open("Patch", false, "File_")
	if v == nil {
		return
	}
	r.delta = make(map[string]bool, v.Len())
	for row := range v.Len() {
		r.delta[v.text(row, 0)] = true
	}
}

// read makes a File of a row.
func (r *filesReader) read(row int) File {
	v, place := r.file, r.file.place(row)
	f := File{Key: v.text(row, 0), Component: v.text(row, 1), Language: v.text(row, 5), Size: -1}
	f.Short, f.Long = splitName(v.text(row, 2))
	if size, ok := v.number(row, 3); ok && size >= 0 {
		f.Size = int64(size)
	} else {
		r.damage(place, "no FileSize")
	}
	f.Version = v.text(row, 4)
	f.Attributes, _ = v.number(row, 6)
	f.Sequence, _ = v.number(row, 7)
	f.MD5, f.Delta = r.md5[f.Key], r.delta[f.Key]
	r.place(&f, place)
	r.pack(&f, place)
	return f
}

// place finds where the file goes.
func (r *filesReader) place(f *File, place string) {
	for _, name := range []string{f.Short, f.Long} {
		if why := whyNoName(name); why != "" {
			r.damage(place, "FileName %s: %s", visible.Quote(visible.Short(name)), why)
			return
		}
	}
	c, known := r.parts[f.Component]
	if !known {
		r.damage(place, "its component %s is not there", visible.Quote(visible.Short(f.Component)))
		return
	}
	f.Wide = c.wide
	at, why := r.folders.find(c.folder)
	if why != "" {
		r.damage(place, "its folder: %s", why)
		return
	}
	name := f.Long
	if r.p.summary.WordCount&sourceShortNames != 0 {
		name = f.Short
	}
	f.Source = join(at.source, name)
	f.Base, f.Target = at.base, join(at.target, f.Long)
}

// pack finds what the file is packed in.
func (r *filesReader) pack(f *File, place string) {
	words := r.p.summary.WordCount
	compressed := words&sourceCompressed != 0
	switch {
	case f.Attributes&fileCompressed != 0:
		compressed = true
	case f.Attributes&fileUncompressed != 0:
		compressed = false
	}
	if words&sourceImage != 0 || !compressed {
		return
	}
	at, _ := slices.BinarySearchFunc(r.disks, f.Sequence, func(d disk, n int32) int {
		return int(int64(d.last) - int64(n))
	})
	if at == len(r.disks) {
		r.damage(place, "no medium has its sequence %d", f.Sequence)
		return
	}
	f.Cabinet = r.disks[at].cabinet
	f.Compressed = f.Cabinet.Name != ""
	if !f.Compressed {
		r.loose++
	}
}

// followCompanions gives each file whose version is another file's key that one's
// version.
func (r *filesReader) followCompanions(files []File) {
	for row := range files {
		if _, is := r.byKey[files[row].Version]; is {
			files[row].Companion, files[row].Version = files[row].Version, ""
		}
	}
	for row := range files {
		f := &files[row]
		if f.Companion == "" {
			continue
		}
		other, steps := &files[r.byKey[f.Companion]], 0
		for other.Companion != "" && steps <= maxDepth {
			other, steps = &files[r.byKey[other.Companion]], steps+1
		}
		if other.Companion != "" {
			r.damage("File."+visible.Short(f.Key), "its version is that of %s, and so on in a ring or without end",
				visible.Quote(visible.Short(f.Companion)))
			continue
		}
		f.Version = other.Version
	}
}

// crossCheck finds rows about files that are not there: a row of table File, or its
// key, was lost.
func (r *filesReader) crossCheck() {
	for _, key := range sortedKeys(r.md5) {
		if _, there := r.byKey[key]; !there {
			r.damage("MsiFileHash."+visible.Short(key), "there is no such file")
		}
	}
	for _, key := range sortedKeys(r.parts) {
		file := r.parts[key].keyFile
		if _, there := r.byKey[file]; !there && file != "" {
			r.damage("Component."+visible.Short(key), "its KeyPath %s is a file that is not there",
				visible.Quote(visible.Short(file)))
		}
	}
}
