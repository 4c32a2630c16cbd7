// Package pefile reads what one executable says of itself: its format, the
// machine it is built for, and its file version.
//
// What goes in is a file's bytes, by io.ReaderAt, and their number; what comes
// out is an Image, whatever the bytes are, and never an error or a panic. Read
// makes a few small reads, ReadStrings one more. This package knows no path, no
// disk, no table and no verdict.
package pefile

import (
	"kbverify/manifest"
)

// Format is the executable format that a file's first bytes announce.
type Format string

// The formats. NotExecutable is every file that does not begin with "MZ".
const (
	NotExecutable Format = ""
	PE            Format = "PE" // 32- and 64-bit Windows
	NE            Format = "NE" // 16-bit Windows and OS/2
	LE            Format = "LE" // virtual device drivers (.vxd)
	LX            Format = "LX" // 32-bit OS/2
	MZ            Format = "MZ" // DOS
)

// Ending is how the reading of a file ended.
type Ending string

// The endings. Only Versioned comes with a file version.
const (
	NotOpened   Ending = ""             // sized only: the name says that it is no executable
	Versioned   Ending = "version"      // a VS_FIXEDFILEINFO was read
	NoVersion   Ending = "no-version"   // an executable without a version resource, or no executable
	NoFixedInfo Ending = "no-fixedinfo" // a version resource without a VS_FIXEDFILEINFO
	Damaged     Ending = "damaged"      // an executable that contradicts its own format, or is cut off
	Unreadable  Ending = "unreadable"   // the operating system refused, or the file is none
)

// Image is what the reading of one file found out.
type Image struct {
	Format  Format
	Machine Machine // IMAGE_FILE_HEADER.Machine; 0 unless Format is PE
	// AnyCPU marks a managed assembly that runs on x86 and x64 alike: in
	// IMAGE_COR20_HEADER.Flags COMIMAGE_FLAGS_ILONLY is set, and COMIMAGE_FLAGS_32BITREQUIRED
	// is not, or only together with COMIMAGE_FLAGS_32BITPREFERRED.
	AnyCPU  bool
	Ending  Ending
	Version manifest.Version // dwFileVersionMS and dwFileVersionLS, when Ending is Versioned
	// StringVersion is the FileVersion string of the first StringTable, cleaned,
	// where it disagrees with Version; "" otherwise.
	StringVersion string
	// Detail is what is damaged, or why it could not be read. Beside another Ending it is
	// damage to what no loader needs: the attribute certificate table.
	Detail string
}
