package msi

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
	// "ProgramFilesFolder", or "TARGETDIR".
	Base       string
	Size       int64 // in bytes, unpacked
	Version    string
	Companion  string // key of the file whose version stands for this one's; "" for none
	Language   string // decimal language ids with commas between
	MD5        string // of the content, 32 lower-case hexadecimal digits; "" where MsiFileHash has none
	Attributes int32
	Sequence   int32
	Wide       bool // the component is a 64-bit one
	Compressed bool // in Cabinet, under Key; else loose in the source tree, at Source
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

// Files gives the files of the package in the order of the table. The error is one
// that keeps the table from being read; whatever is wrong with one row is a finding,
// and the row stands nevertheless.
func (p *Package) Files() ([]File, []Finding, error) { return nil, nil, nil }
