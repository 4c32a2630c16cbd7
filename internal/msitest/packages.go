package msitest

// The columns of the tables that say which files there are.
var (
	FileColumns = []string{"*File:s72", "Component_:s72", "FileName:l255", "FileSize:i4", "Version:S72", "Language:S20",
		"Attributes:I2", "Sequence:i4"}
	ComponentColumns = []string{"*Component:s72", "ComponentId:S38", "Directory_:s72", "Attributes:i2", "Condition:S255",
		"KeyPath:S72"}
	DirectoryColumns = []string{"*Directory:s72", "Directory_Parent:S72", "DefaultDir:l255"}
	HashColumns      = []string{"*File_:s72", "Options:i2", "HashPart1:i4", "HashPart2:i4", "HashPart3:i4", "HashPart4:i4"}
	MediaColumns     = []string{"*DiskId:i2", "LastSequence:i4", "DiskPrompt:L64", "Cabinet:S255", "VolumeLabel:S32",
		"Source:S72"}
	PropertyColumns = []string{"*Property:s72", "Value:l0"}
)

// The product of Small.
const (
	ProductCode = "{11111111-2222-3333-4444-555555555555}"
	UpgradeCode = "{99999999-8888-7777-6666-555555555555}"
)

// Small is a package of four files in two folders, three of them in an embedded
// cabinet, for tests to change.
func Small() Database {
	return Database{
		Class: Package, Codepage: 1252,
		Summary: []Property{{1, 1252}, {2, "Installation Database"}, {3, "Small product"}, {7, "Intel;1033"},
			{9, "{AAAAAAAA-0000-0000-0000-000000000001}"}, {14, 200}, {15, 2}},
		Tables: []Table{
			{"Property", PropertyColumns, [][]any{{"ProductCode", ProductCode}, {"ProductName", "Small product"},
				{"ProductVersion", "1.0.3"}, {"ProductLanguage", "1033"}, {"UpgradeCode", UpgradeCode}}},
			{"Directory", DirectoryColumns, [][]any{{"TARGETDIR", nil, "SourceDir"},
				{"ProgramFilesFolder", "TARGETDIR", ".:PFiles"}, {"BIN", "ProgramFilesFolder", "BIN~1|Binaries:SRC~1|Source"}}},
			{"Component", ComponentColumns, [][]any{{"Main", nil, "BIN", 0, nil, "exe"}, {"Docs", nil, "TARGETDIR", 256, nil,
				"txt"}}},
			{"File", FileColumns, [][]any{{"exe", "Main", "SMALL~1.EXE|Small program.exe", 1000, "2.0.1493.3", "1033", 512, 1},
				{"dll", "Main", "small.dll", 2000, "exe", nil, 0, 2}, {"txt", "Docs", "READ~1.TXT|Read me.txt", 30, nil, nil, 0, 3},
				{"loose", "Docs", "loose.dat", 0, nil, nil, 0x2000, 4}}},
			{"MsiFileHash", HashColumns, [][]any{{"txt", 0, 1, -1, 0x7fffffff, -0x7fffffff}}},
			{"Media", MediaColumns, [][]any{{1, 3, nil, "#product.cab", nil, nil}, {2, 9, nil, "Data2.cab", nil, nil}}},
		},
		Streams: []Stream{{StreamName("product.cab"), []byte("MSCF stands for a cabinet here")}},
	}
}
