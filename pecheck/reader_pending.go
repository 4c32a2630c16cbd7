package pecheck

import "io"

// readImage reads one executable.
var readImage = func(io.ReaderAt, int64) Image {
	return Image{Ending: Unreadable, Detail: "this build cannot read executables"}
}
