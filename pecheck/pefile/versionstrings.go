package pefile

import (
	"errors"
	"io"
)

// VersionStrings are strings of a file's first StringTable, for display:
// cleaned, at most 200 characters each, "" where the file has none.
type Strings struct {
	FileVersion, ProductVersion, ProductName, CompanyName, FileDescription, OriginalFilename, InternalName string
}

// ReadStrings reads the strings of a PE or NE file, within the same
// bounds as Read and one read of at most 64 KB more. A file without a
// version resource, or that is no executable, has none, and no error. The
// error is what Read would say in Detail.
func ReadStrings(r io.ReaderAt, size int64) (s Strings, err error) {
	p := openProbe(r, size)
	defer p.close()
	defer func() {
		if fault := recover(); fault != nil {
			s, err = Strings{}, errors.New(gaveUp)
		}
	}()
	var im Image
	v, err := p.image(&im)
	if err != nil || im.Ending == NoVersion {
		return s, err
	}
	b := make([]byte, v.size) // no more than the file has
	if err := p.read(b, v.off); err != nil {
		return s, err
	}
	root, err := v.frame(b)
	if err != nil {
		return s, err
	}
	root.strings().take(&s)
	return s, nil
}

func (t stringTable) take(s *Strings) {
	for name, to := range map[string]*string{
		"FileVersion": &s.FileVersion, "ProductVersion": &s.ProductVersion, "ProductName": &s.ProductName,
		"CompanyName": &s.CompanyName, "FileDescription": &s.FileDescription,
		"OriginalFilename": &s.OriginalFilename, "InternalName": &s.InternalName,
	} {
		*to = t.layout.decode(t.find(name))
	}
}
