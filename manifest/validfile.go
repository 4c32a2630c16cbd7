package manifest

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"strings"

	"kbverify/pecheck/visible"
)

// maxName is the longest name of one path element on NTFS, in UTF-16 units;
// counted in bytes here, which no published name comes near.
const maxName = 255

// file checks one row, whose place is at.
func (c *checker) file(at string, f *File) {
	c.want(f.Name != "", at, "name", "no name")
	c.name(at, "name", f.Name)
	c.pattern(at, f)
	c.path(at, f)
	if size, exact := f.Size.Exact(); exact && (size < 0 || size > MaxSize) {
		c.want(false, at, "size", fmt.Sprintf("size %d: want from 0 to %d bytes", size, int64(MaxSize)))
	}
	c.want(f.Modified == "" || ValidModified(f.Modified), at, "modified",
		"%s: want a date such as 2010-02-01 or 2010-02-01T13:40", f.Modified)
	c.digest(at, "md5", f.MD5, md5.Size)
	c.digest(at, "sha256", f.SHA256, sha256.Size)
	c.platform(at, f.Platform)
	c.line(at, "note", f.Note, 500)
	if p := f.AsPrinted; p != (AsPrinted{}) {
		at += ".as_printed"
		c.line(at, "name", p.Name, 200)
		c.line(at, "version", p.Version, 200)
		c.line(at, "size", p.Size, 200)
		c.line(at, "modified", p.Modified, 200)
		c.line(at, "platform", p.Platform, 200)
	}
}

// digest wants the digest of so many bytes, or none.
func (c *checker) digest(at, key, text string, bytes int) {
	c.want(text == "" || IsDigest(text, bytes), at, key,
		fmt.Sprintf("%%s: want %d hexadecimal digits, lower case", 2*bytes), visible.Short(text))
}

// IsDigest reports a digest of so many bytes as it stands in JSON: in hexadecimal
// digits, lower case.
func IsDigest(text string, bytes int) bool {
	return len(text) == 2*bytes && strings.Trim(text, "0123456789abcdef") == ""
}

func (c *checker) platform(at string, p Platform) {
	c.line(at, "platform", string(p), 64)
	want := ParsePlatform(string(p))
	c.want(want == p, at, "platform", "%s is spelled %s here", string(p), string(want))
}

// name wants one element of a Windows path: no separator, none of the
// characters that Windows forbids, no "." or "..".
func (c *checker) name(at, key, name string) {
	c.line(at, key, name, maxName)
	c.want(!strings.ContainsAny(name, `/\:*?"<>|`), at, key, `%s: a file name has none of / \ : * ? " < > |`, name)
	c.want(name == "" || strings.Trim(name, ". ") != "", at, key, "%s is not a file name", name)
}

// pattern wants a name with wildcards that the row's own name fits.
func (c *checker) pattern(at string, f *File) {
	if f.Pattern == "" {
		return
	}
	c.name(at, "pattern", strings.NewReplacer("*", "x", "?", "x").Replace(f.Pattern))
	if len(f.Pattern) <= maxName && len(f.Name) <= maxName { // the comparison is quadratic
		c.want(MatchPattern(f.Pattern, f.Name), at, "pattern", "pattern %s does not match its own name %s", f.Pattern, f.Name)
	}
}

// path wants a path below the root whose last element is the file's name.
func (c *checker) path(at string, f *File) {
	if f.Path == "" {
		return
	}
	elements := strings.SplitN(f.Path, "/", maxElements+1)
	if len(elements) > maxElements {
		c.want(false, at, "path", fmt.Sprintf("more than %d folders deep", maxElements))
		return
	}
	for _, e := range elements {
		c.want(e != "" && e != "." && e != "..", at, "path",
			"%s leads out of the root, or is not written with single slashes", f.Path)
		c.name(at, "path", e)
	}
	c.want(NameKey(elements[len(elements)-1]) == NameKey(f.Name), at, "path", "%s does not end with the name %s", f.Path,
		f.Name)
}

// maxElements caps a path: Windows allows 32,767 characters, that many folders
// of one letter each, and nobody has them.
const maxElements = 256
