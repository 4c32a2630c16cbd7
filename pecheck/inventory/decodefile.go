package inventory

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/visible"
)

// file reads one file, checks every field and that they agree, and keeps it if it
// is wanted.
func (d *decoder) file() {
	f := File{Size: -1}
	version := d.fields(&f)
	d.want(f.Path != "" && f.Size >= 0, "a file has a path and a size")
	d.check(checkImage(&f.Image, version))
	d.want(f.Ending != pefile.Unreadable || f.MD5+f.SHA256 == "", "a digest of a file that could not be read")
	d.want((f.Signature != nil) == (d.inv.Signatures && f.Format == pefile.PE && f.Ending != pefile.Unreadable),
		"a file has a signature where the inventory says so, and it is a PE file that could be read")
	names := d.path(f.Path)
	if names == nil {
		return
	}
	if f.NoSignature && (signatureOf(names[len(names)-1]) == "" || f.Ending != pefile.NotOpened) {
		d.want(false, "no_signature of a file of another type, or one that was read as an executable")
	}
	if comparePaths(d.last, f.Path) >= 0 {
		d.refuse("path %s: files have to be in order, each once", f.Path)
	}
	d.last = append(d.last[:0], f.Path...)
	wanted := d.names == nil || d.names.wants([]byte(names[len(names)-1]))
	if (wanted || d.exclude.idle()) && d.exclude.within(names) || !wanted {
		return
	}
	d.check(d.to.file(&f))
}

// fields reads the keys of a file, and reports whether it has a version.
func (d *decoder) fields(f *File) (version bool) {
	for key := range d.Members {
		switch string(key) {
		case "path":
			f.Path, _ = d.String()
		case "size":
			f.Size, _ = d.Int()
			if f.Size < 0 {
				d.want(false, "size %d: want bytes from 0 to %d", f.Size, int64(math.MaxInt64))
			}
		case "modified":
			f.Modified = d.time("modified")
		case "format":
			f.Format = oneOf(d, "format", formats)
		case "machine":
			f.Machine = d.machine()
		case "any_cpu":
			f.AnyCPU, _ = d.Bool()
		case "ending":
			f.Ending = oneOf(d, "ending", endings)
		case "version":
			version = true
			f.Version = d.version()
		case "string_version":
			f.StringVersion = d.text()
		case "detail":
			f.Detail = d.text()
		case "no_signature":
			f.NoSignature = d.yes()
		case "md5":
			f.MD5 = d.digest(md5.Size)
		case "sha256":
			f.SHA256 = d.digest(sha256.Size)
		case "signature":
			f.Signature = d.signature()
		default:
			d.want(false, badKey)
		}
	}
	return version
}

// yes reads a mark that is true wherever it stands.
func (d *decoder) yes() bool {
	yes, ok := d.Bool()
	d.want(yes || !ok, "false: left out instead")
	return yes
}

var formats = []pefile.Format{pefile.NotExecutable, pefile.PE, pefile.NE, pefile.LE, pefile.LX, pefile.MZ}

var endings = []pefile.Ending{
	pefile.NotOpened, pefile.Versioned, pefile.NoVersion, pefile.NoFixedInfo, pefile.Damaged, pefile.Unreadable,
}

// oneOf reads a text that is one of those known.
func oneOf[T ~string](d *decoder, what string, known []T) (none T) {
	text, _ := d.Text()
	for _, v := range known {
		if string(text) == string(v) {
			return v
		}
	}
	d.refuse(what+" %s is unknown", string(text))
	return none
}

// machine reads IMAGE_FILE_HEADER.Machine as "0x014c".
func (d *decoder) machine() pefile.Machine {
	text, _ := d.Text()
	digits, ok := bytes.CutPrefix(text, []byte("0x"))
	n, err := strconv.ParseUint(string(digits), 16, 16)
	if !ok || err != nil || len(digits) != 4 || n == 0 {
		d.refuse(`machine %s: want four hexadecimal digits like "0x014c"`, string(text))
	}
	return pefile.Machine(n)
}

// digest reads the digest of so many bytes.
func (d *decoder) digest(bytes int) string {
	text, _ := d.String()
	if !manifest.IsDigest(text, bytes) {
		d.refuse(fmt.Sprintf("digest %%s: want %d hexadecimal digits, lower case", 2*bytes), visible.Short(text))
	}
	return text
}

func (d *decoder) version() manifest.Version {
	text, _ := d.String()
	v, err := manifest.ParseVersion(text)
	if d.check(err); v.String() != text {
		d.refuse("version %s: want "+strconv.Quote(v.String()), text)
	}
	return v
}

// time reads a time as it stands in an inventory.
func (d *decoder) time(what string) (t time.Time) {
	const like = "2008-12-01T01:40:00Z"
	text, _ := d.Text()
	if err := t.UnmarshalText(text); err != nil || len(text) != len(like) || t.IsZero() {
		d.refuse(what+` %s: want a time like "`+like+`"`, string(text))
	}
	return t
}

// checkImage says what in the fields of an image does not agree.
func checkImage(im *pefile.Image, version bool) error {
	switch {
	case im.Format != pefile.PE && (im.Machine != 0 || im.AnyCPU):
		return errors.New("a machine type without the format PE")
	case im.Ending == pefile.NotOpened && im.Format != pefile.NotExecutable:
		return errors.New("a format of a file that was not opened")
	case version != (im.Ending == pefile.Versioned):
		return errors.New("a version and the ending \"version\" go together")
	case im.StringVersion != "" && im.Ending != pefile.Versioned:
		return errors.New("a string version without a version")
	}
	return nil
}

// longestPath caps a file's path: that of the deepest folder, and a name with
// every byte escaped.
const longestPath = maxPathBytes + 1 + 4*longestName

// path gives the raw names of a path's elements, good until the next path.
func (d *decoder) path(path string) []string {
	names, err := rawNames(d.elements[:0], path)
	if err != nil {
		d.Fault(err)
		return nil
	}
	d.elements = names
	return names
}

func rawNames(names []string, path string) ([]string, error) {
	if len(path) > longestPath {
		return nil, fmt.Errorf("a path of more than %d bytes", longestPath)
	}
	for name := range strings.SplitSeq(path, "/") {
		if len(names) > maxDepth {
			return nil, fmt.Errorf("path %s: more than %d folders deep", visible.Quote(path[:100]), maxDepth)
		}
		raw, err := visible.Raw(name)
		if err != nil {
			return nil, err
		}
		if raw == "" || raw == "." || raw == ".." || strings.Contains(raw, "/") || strings.Contains(raw, "\x00") {
			return nil, fmt.Errorf("path %s: want names below the root with / between them", visible.Quote(path))
		}
		names = append(names, raw)
	}
	return names, nil
}
