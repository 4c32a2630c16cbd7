package pefile

import "github.com/saferwall/pe"

// The three levels of the resource directory: type, name, language.
const (
	rtVersion     = 16      // RT_VERSION
	vsVersionInfo = 1       // VS_VERSION_INFO, the name that Windows asks for
	subdirectory  = 1 << 31 // in IMAGE_RESOURCE_DIRECTORY_ENTRY: a name, or a directory, not a number or data
	directorySize = 16      // IMAGE_RESOURCE_DIRECTORY
	entrySize     = 8       // IMAGE_RESOURCE_DIRECTORY_ENTRY
	// maxEntries caps one directory: Windows' largest libraries have some
	// hundred entries in the two that are read whole.
	maxEntries = 1000
)

// resourceDirectory is the extent of the resource directory in the file.
type resourceDirectory struct {
	*peFile
	off, size int64
}

// findVersion walks the three levels to the version resource. Of several
// names, VS_VERSION_INFO counts, and without it the first; of several
// languages the first: FindResource does the same where no language matches,
// and compilers order them by number. Found is false only when the directory
// of types was read whole, is in order, and has no RT_VERSION.
func (f *peFile) findVersion(d pe.DataDirectory) (v versionResource, found bool, err error) {
	off, available, err := f.locate(d.VirtualAddress, directorySize, "IMAGE_RESOURCE_DIRECTORY")
	if err != nil {
		return v, false, err
	}
	if int64(d.Size) > available {
		return v, false, damaged("IMAGE_DATA_DIRECTORY Resource: %d bytes, and its section has %d", d.Size, available)
	}
	r := resourceDirectory{f, off, int64(d.Size)}
	names, err := r.types()
	if err != nil || names == 0 {
		return v, false, err
	}
	languages, err := r.first(names, vsVersionInfo, "RT_VERSION")
	if err != nil {
		return v, false, err
	}
	if languages&subdirectory == 0 {
		return v, false, damaged("IMAGE_RESOURCE_DIRECTORY RT_VERSION: data where languages should be")
	}
	entry, err := r.first(languages, 0, "RT_VERSION languages")
	if err != nil {
		return v, false, err
	}
	v, err = r.data(entry)
	return v, err == nil, err
}

// table reads the directory at offset at: its entries, 8 bytes each, and how
// many of them are named.
func (r *resourceDirectory) table(at uint32, what string) (entries []byte, named int, err error) {
	start := int64(at &^ subdirectory)
	if start+directorySize > r.size {
		return nil, 0, damaged("IMAGE_RESOURCE_DIRECTORY %s: at byte %d of a directory of %d", what, start, r.size)
	}
	b, err := r.p.at(r.off+start, directorySize, "IMAGE_RESOURCE_DIRECTORY")
	if err != nil {
		return nil, 0, err
	}
	named = int(le.Uint16(b[12:]))
	n := named + int(le.Uint16(b[14:]))
	switch end := start + directorySize + int64(n)*entrySize; {
	case end > r.size:
		return nil, 0, damaged("IMAGE_RESOURCE_DIRECTORY %s: %d entries reach to byte %d of a directory of %d", what, n, end, r.size)
	case n > maxEntries:
		return nil, 0, damaged("IMAGE_RESOURCE_DIRECTORY %s: %d entries, more than %d", what, n, maxEntries)
	case n == 0 && (at&subdirectory != 0 || r.size > directorySize):
		return nil, 0, damaged("IMAGE_RESOURCE_DIRECTORY %s: no entries in a directory of %d bytes", what, r.size)
	}
	entries, err = r.p.at(r.off+start+directorySize, n*entrySize, "IMAGE_RESOURCE_DIRECTORY_ENTRY")
	return entries, named, err
}

// types reads the whole first level and gives where the names of RT_VERSION
// are, with the bit of a directory; 0 when there is no such type.
func (r *resourceDirectory) types() (names uint32, err error) {
	entries, named, err := r.table(0, "types")
	if err != nil {
		return 0, err
	}
	previous := int64(-1)
	for i := range len(entries) / entrySize {
		id, to := le.Uint32(entries[i*entrySize:]), le.Uint32(entries[i*entrySize+4:])
		if to&subdirectory == 0 || int64(to&^subdirectory)+directorySize > r.size {
			return 0, damaged("IMAGE_RESOURCE_DIRECTORY_ENTRY %d of types: leads to no directory", i+1)
		}
		if (id&subdirectory != 0) != (i < named) {
			return 0, damaged("IMAGE_RESOURCE_DIRECTORY_ENTRY %d of types: a name among numbers, or the reverse", i+1)
		}
		if i < named {
			continue
		}
		if int64(id) <= previous {
			return 0, damaged("IMAGE_RESOURCE_DIRECTORY_ENTRY %d of types: type %d after %d", i+1, id, previous)
		}
		if previous = int64(id); id == rtVersion {
			names = to
		}
	}
	return names, nil
}

// first gives where the entry with that number leads, else the first entry.
func (r *resourceDirectory) first(at, id uint32, what string) (uint32, error) {
	entries, _, err := r.table(at, what)
	if err != nil {
		return 0, err
	}
	to := le.Uint32(entries[4:])
	for ; id != 0 && len(entries) > 0; entries = entries[entrySize:] {
		if le.Uint32(entries) == id {
			return le.Uint32(entries[4:]), nil
		}
	}
	return to, nil
}

// data reads the IMAGE_RESOURCE_DATA_ENTRY at offset at.
func (r *resourceDirectory) data(at uint32) (v versionResource, err error) {
	const size = 16
	if at&subdirectory != 0 || int64(at)+size > r.size {
		return v, damaged("IMAGE_RESOURCE_DIRECTORY RT_VERSION languages: leads to no IMAGE_RESOURCE_DATA_ENTRY")
	}
	b, err := r.p.at(r.off+int64(at), size, "IMAGE_RESOURCE_DATA_ENTRY")
	if err != nil {
		return v, err
	}
	rva, length := le.Uint32(b), le.Uint32(b[4:])
	if length > maxVersionInfo {
		return v, damaged("IMAGE_RESOURCE_DATA_ENTRY.Size: %d, a version resource has at most %d bytes", length, maxVersionInfo)
	}
	off, _, err := r.locate(rva, int(length), "IMAGE_RESOURCE_DATA_ENTRY")
	return versionResource{off: off, size: int(length), wide: true}, err
}
