package cab

import "fmt"

// Join gives the cabinet that the parts of a spanned set make, in their order: files
// that go on from one part into the next can be read then. The parts are not to be
// used afterwards.
func Join(parts []*Cabinet) (*Cabinet, error) {
	c := parts[0]
	for i, next := range parts[1:] {
		if next.set != c.set {
			return nil, fmt.Errorf("part %d is of another set", i+2)
		}
		if err := c.join(next); err != nil {
			return nil, fmt.Errorf("part %d: %w", i+2, err)
		}
	}
	return c, nil
}

func (c *Cabinet) join(next *Cabinet) error {
	at := len(c.folders) // of next's first folder
	last := &c.folders[at-1]
	switch head := &next.folders[0]; {
	case last.continues != (head.headless != nil):
		return damaged("CFFILE.iFolder: one part has a file that goes on, and the other has not")
	case last.continues && last.method != head.method:
		return damaged("CFFOLDER.typeCompress: 0x%04X, the part before has 0x%04X", head.method, last.method)
	case last.continues:
		at--
		last.parts = append(last.parts, head.parts...)
		last.continues = head.continues
		c.folders = append(c.folders, next.folders[1:]...)
	default:
		c.folders = append(c.folders, next.folders...)
	}
	known := map[File]bool{}
	for _, f := range c.Files {
		known[f.identity()] = true
	}
	for _, f := range next.Files {
		f.folder += at
		if f.continued && known[f.identity()] {
			continue
		}
		if f.continued && c.folders[f.folder].headless == nil {
			return damaged("CFFILE: %q goes on from the part before, which does not have it", f.Name)
		}
		c.Files = append(c.Files, f)
	}
	c.Damage = append(c.Damage, next.Damage...)
	c.Next = next.Next
	c.size += next.size
	c.checkPlaces(at, c.inOrder()[at])
	return nil
}

// identity is what both parts say of a file.
func (f File) identity() File {
	return File{Name: f.Name, Size: f.Size, Modified: f.Modified, folder: f.folder, offset: f.offset}
}
