package inventory

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/visible"
)

// longestPath caps a file's path: that of the deepest folder, and a name with
// every byte escaped.
const longestPath = maxPathBytes + 1 + 4*longestName

// eachFile reads "files" one by one. Keeping none of them costs no memory.
func (d *inventoryReader) eachFile() error {
	if err := d.delim('['); err != nil {
		return err
	}
	var raw json.RawMessage
	for ; d.dec.More(); d.files++ {
		raw = raw[:0]
		err := d.dec.Decode(&raw)
		d.meter.allow(d.dec.InputOffset())
		if err == nil {
			err = d.file(raw)
		}
		if err != nil {
			d.place = fmt.Sprintf("files[%d]", d.files)
			return valueError(err)
		}
	}
	return d.delim(']')
}

func (d *inventoryReader) file(raw []byte) error {
	var r fileRecord
	if err := json.Unmarshal(raw, &r); err != nil {
		return valueError(err)
	}
	if members(raw) != r.members() {
		return errors.New("holds a key that is unknown, stands twice, or is null")
	}
	f, err := r.file()
	if err != nil {
		return err
	}
	names, err := checkPath(f.Path)
	if err != nil {
		return err
	}
	if d.files > 0 && comparePaths(d.last, f.Path) >= 0 {
		return fmt.Errorf("path %s: files have to be in order, each once", visible.Quote(f.Path))
	}
	d.last = f.Path
	if d.names != nil && !d.names.wants([]byte(names[len(names)-1])) || d.exclude.within(names) {
		return nil
	}
	return d.kept.file(*f)
}

// members counts the members of the outermost object of JSON that is known to be
// well-formed.
func members(raw []byte) (n int) {
	inText := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case c == ':' && !inText:
			n++
		}
	}
	return n
}

// members counts what is set.
func (r *fileRecord) members() (n int) {
	for _, set := range []bool{r.Path != nil, r.Size != nil, r.Modified != nil, r.Format != nil, r.Machine != nil,
		r.AnyCPU != nil, r.Ending != nil, r.Version != nil, r.Text != nil, r.Detail != nil} {
		if set {
			n++
		}
	}
	return n
}

// file checks every field, and that they agree.
func (r *fileRecord) file() (*File, error) {
	if r.Path == nil || r.Size == nil {
		return nil, errors.New("a file has a path and a size")
	}
	f := &File{Path: *r.Path, Size: *r.Size}
	if f.Size < 0 {
		return nil, fmt.Errorf("size %d: want bytes from 0 to %d", f.Size, int64(math.MaxInt64))
	}
	f.Format, f.Machine, f.AnyCPU, f.Ending = value(r.Format), pefile.Machine(value(r.Machine)), value(r.AnyCPU), value(r.Ending)
	f.StringVersion, f.Detail = value(r.Text), value(r.Detail)
	for _, text := range []*string{r.Text, r.Detail} {
		if text != nil && checkText(*text) != nil {
			return nil, checkText(*text)
		}
	}
	if err := r.modified(f); err != nil {
		return nil, err
	}
	return f, r.image(&f.Image)
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func (r *fileRecord) modified(f *File) (err error) {
	if r.Modified == nil {
		return nil
	}
	f.Modified, err = time.Parse("2006-01-02T15:04:05Z", *r.Modified)
	return want(err == nil && !f.Modified.IsZero(), "modified %s: want a time like %q", visible.Quote(*r.Modified), "2008-12-01T01:40:00Z")
}

var formats = []pefile.Format{pefile.NotExecutable, pefile.PE, pefile.NE, pefile.LE, pefile.LX, pefile.MZ}

var endings = []pefile.Ending{pefile.NotOpened, pefile.Versioned, pefile.NoVersion, pefile.NoFixedInfo, pefile.Damaged, pefile.Unreadable}

func (r *fileRecord) image(im *pefile.Image) (err error) {
	switch {
	case !slices.Contains(formats, im.Format):
		return fmt.Errorf("format %s is unknown", visible.Quote(string(im.Format)))
	case !slices.Contains(endings, im.Ending):
		return fmt.Errorf("ending %s is unknown", visible.Quote(string(im.Ending)))
	case im.Format != pefile.PE && (im.Machine != 0 || im.AnyCPU):
		return errors.New("a machine type without the format PE")
	case im.Ending == pefile.NotOpened && im.Format != pefile.NotExecutable:
		return errors.New("a format of a file that was not opened")
	case (r.Version != nil) != (im.Ending == pefile.Versioned):
		return errors.New("a version and the ending \"version\" go together")
	case im.StringVersion != "" && im.Ending != pefile.Versioned:
		return errors.New("a string version without a version")
	case r.Version == nil:
		return nil
	}
	im.Version, err = manifest.ParseVersion(*r.Version)
	if err == nil && im.Version.String() != *r.Version {
		err = fmt.Errorf("version %s: want %q", visible.Quote(*r.Version), im.Version)
	}
	return err
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *recordedMachine) UnmarshalText(text []byte) error {
	digits, ok := strings.CutPrefix(string(text), "0x")
	n, err := strconv.ParseUint(digits, 16, 16)
	if !ok || err != nil || len(digits) != 4 || n == 0 {
		return fmt.Errorf("machine %s: want four hexadecimal digits like %q", visible.Quote(string(text)), "0x014c")
	}
	*m = recordedMachine(n)
	return nil
}

// checkPath gives the raw names of a path's elements.
func checkPath(path string) ([]string, error) {
	if len(path) > longestPath {
		return nil, fmt.Errorf("a path of more than %d bytes", longestPath)
	}
	names := strings.Split(path, "/")
	if len(names) > maxDepth+1 {
		return nil, fmt.Errorf("path %s: more than %d folders deep", visible.Quote(path[:100]), maxDepth)
	}
	for i, name := range names {
		raw, err := visible.Raw(name)
		if err != nil {
			return nil, err
		}
		if raw == "" || raw == "." || raw == ".." || strings.ContainsAny(raw, "/\x00") {
			return nil, fmt.Errorf("path %s: want names below the root with / between them", visible.Quote(path))
		}
		names[i] = raw
	}
	return names, nil
}
