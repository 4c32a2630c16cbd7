package inventory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/visible"
)

// SniffBytes is how much of a file tells whether it is an inventory: its first
// two keys, as UTF-16 too.
const SniffBytes = 512

// Sniff reports whether the beginning of a file is one as Encode and
// ScanTo write it.
func Sniff(head []byte) bool {
	head = bytes.ReplaceAll(head, []byte{0}, nil) // of UTF-16
	return bytes.Contains(head, []byte(inventoryKind))
}

// SniffFile reports whether path is a regular file that begins as Encode
// and ScanTo begin one, so that a program can take it where it takes a root.
func SniffFile(path string) bool {
	file, err := openRegular(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, SniffBytes)
	n, _ := io.ReadFull(file, head)
	return Sniff(head[:n])
}

// Load reads the inventory file at path, as Read does.
func Load(path string, k Keep) (*Inventory, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, fmt.Errorf("inventory %s: %w", visible.Quote(path), cleanError{err})
	}
	defer file.Close()
	return Read(file, path, k)
}

var errNoFile = errors.New("not a file")

// openRegular opens a file, and nothing that could keep the program waiting.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	return os.OpenFile(path, os.O_RDONLY|openNonblock, 0)
}

// Keep says which part of an inventory is wanted.
type Keep struct {
	// Names are the file names and patterns of interest; none means everything.
	Names []string
	// Exclude leaves paths out, like Options.Exclude.
	Exclude []string
}

const (
	// maxValueBytes caps one value, and the blanks before it. The longest is a
	// file with the longest path, all of it escaped twice.
	maxValueBytes = 1 << 20
	// maxTextBytes caps every text but a path.
	maxTextBytes = 64 << 10
	// maxNames caps the names looked for: a hundred times those of every hotfix known.
	maxNames = 100_000
)

// Read reads what Encode and ScanTo write; file names it in errors. It
// trusts nothing: the error is a manifest.Problems with the line, and a text that
// is not complete is one. UTF-8 and UTF-16 with a byte order mark, which Windows
// PowerShell writes, are read too.
//
// With k.Names only those files are kept, and the Inventory answers for no
// others: its All is false then, and its Names are those of k that it knows of.
func Read(r io.Reader, file string, k Keep) (*Inventory, error) {
	m := &meter{r: transform.NewReader(r, unicode.BOMOverride(encoding.UTF8Validator))}
	d := &inventoryReader{meter: m, dec: json.NewDecoder(m), seen: map[string]bool{}, inv: &Inventory{}}
	m.allow(0)
	err := d.keep(k)
	if err == nil {
		err = d.document()
	}
	if err != nil {
		return nil, manifest.Problems{{File: visible.Text(file), Line: m.line(d.dec.InputOffset()), Place: d.place, Text: problemText(err)}}
	}
	d.narrow(k)
	return d.inv, nil
}

func problemText(err error) string {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "the inventory is cut off: take it again, and copy it whole"
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return "not an inventory: neither UTF-8 nor UTF-16 text"
	case errors.As(err, &syntax):
		return "not an inventory: " + visible.Text(err.Error())
	}
	return visible.Text(err.Error())
}

// inventoryReader reads one inventory value by value.
type inventoryReader struct {
	meter   *meter
	dec     *json.Decoder
	place   string // the key that is being read
	seen    map[string]bool
	inv     *Inventory
	names   *selection // nil: keep every file
	exclude *excluder
	kept    collector
	files   int64
	last    string // path of the file before
}

func (d *inventoryReader) keep(k Keep) (err error) {
	if len(k.Names) > 0 {
		d.names = newSelection(k.Names, false)
	}
	d.exclude, err = parseExcludes(k.Exclude)
	return err
}

// required are the keys without which an inventory is none.
var required = []string{"schema", "kind", "root", "all", "names", "files", "folders", "faults", "links", "seen", "complete"}

func (d *inventoryReader) document() error {
	if err := d.delim('{'); err != nil {
		return err
	}
	for d.dec.More() {
		d.place = ""
		if err := d.member(); err != nil {
			return err
		}
	}
	d.place = ""
	if err := d.delim('}'); err != nil {
		return err
	}
	for _, key := range required {
		if !d.seen[key] {
			return fmt.Errorf("no %q: not an inventory, or not a complete one", key)
		}
	}
	if d.inv.Seen < d.files {
		return fmt.Errorf("says that %d files were seen, and lists %d", d.inv.Seen, d.files)
	}
	if _, err := d.dec.Token(); err != io.EOF {
		return errors.New("something follows the inventory's closing brace")
	}
	return nil
}

// member reads one key and its value. Schema and kind come first, so that other
// JSON is refused at once.
func (d *inventoryReader) member() error {
	token, err := d.dec.Token()
	if err != nil {
		return err
	}
	key, _ := token.(string)
	switch {
	case d.seen[key]:
		return fmt.Errorf("the key %s stands here twice", visible.Quote(key))
	case len(d.seen) < 2 && key != required[len(d.seen)]:
		return fmt.Errorf("not an inventory: begins with the key %s, want %q", visible.Quote(key), required[len(d.seen)])
	}
	d.seen[key], d.place = true, visible.Text(key)
	return d.value(key)
}

func (d *inventoryReader) value(key string) error {
	switch key {
	case "schema":
		return readValue(d, func(n *int) error {
			return want(*n == inventorySchema, "schema %d: this program reads schema %d", *n, inventorySchema)
		})
	case "kind":
		return readValue(d, func(s *string) error {
			return want(*s == inventoryKind, "kind %s: want %q", visible.Quote(*s), inventoryKind)
		})
	case "tool":
		return readValue(d, func(s *string) error { d.inv.Tool = *s; return checkText(*s) })
	case "root":
		return readValue(d, func(s *string) error { d.inv.Root = *s; return checkText(*s) })
	case "all":
		return readValue(d, func(b *bool) error { d.inv.All = *b; return nil })
	case "seen":
		return readValue(d, func(n *int64) error { d.inv.Seen = *n; return want(*n >= 0, "a negative number") })
	case "complete":
		return readValue(d, func(b *bool) error { return want(*b, "the scan did not come to its end") })
	}
	return d.list(key)
}

func (d *inventoryReader) list(key string) error {
	switch key {
	case "names":
		return readList(d, maxNames, d.name)
	case "excluded":
		return readList(d, maxExcludes, d.excluded)
	case "files":
		return d.eachFile()
	case "folders":
		return readList(d, maxAsides+len(manifest.Platforms), d.folder)
	case "faults":
		return readList(d, maxAsides+1, d.fault)
	case "links":
		return readList(d, maxAsides, d.link)
	}
	return errors.New("unknown key")
}

func (d *inventoryReader) delim(want json.Delim) error {
	token, err := d.dec.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("want %q, found %s", want.String(), visible.Quote(fmt.Sprint(token)))
	}
	d.meter.allow(d.dec.InputOffset())
	return nil
}

// readValue reads one value and checks it.
func readValue[T any](d *inventoryReader, check func(*T) error) error {
	var v *T
	if err := d.dec.Decode(&v); err != nil {
		return valueError(err)
	}
	d.meter.allow(d.dec.InputOffset())
	if v == nil {
		return errors.New("null: want a value")
	}
	return check(v)
}

// valueError leaves out Go's words for a value of the wrong type.
func valueError(err error) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return fmt.Errorf("a %s does not fit here", mismatch.Value)
	}
	return err
}

// readList reads a list entry by entry.
func readList[T any](d *inventoryReader, most int, check func(*T) error) error {
	if err := d.delim('['); err != nil {
		return err
	}
	place := d.place
	for i := 0; d.dec.More(); i++ {
		d.place = fmt.Sprintf("%s[%d]", place, i)
		if i == most {
			return fmt.Errorf("more than %d entries", most)
		}
		if err := readValue(d, check); err != nil {
			return err
		}
	}
	d.place = place
	return d.delim(']')
}

// narrow makes the inventory answer for what was kept, and for no more.
func (d *inventoryReader) narrow(k Keep) {
	inv := d.inv
	inv.Files = d.kept.files
	for _, pattern := range k.Exclude {
		if !slices.Contains(inv.Excluded, pattern) {
			inv.Excluded = append(inv.Excluded, pattern)
		}
	}
	if d.names == nil {
		return
	}
	known := newSelection(inv.Names, false)
	inv.Names = slices.DeleteFunc(uniqueNames(k.Names), func(name string) bool {
		key := manifest.NameKey(name)
		return !inv.All && !known.names[key] && !slices.ContainsFunc(known.patterns, func(p namePattern) bool { return p.key == key })
	})
	inv.All = false
}

func want(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// checkText accepts what visible.Text writes.
func checkText(text string) error {
	switch {
	case len(text) > maxTextBytes:
		return fmt.Errorf("a text of more than %d bytes", maxTextBytes)
	case text == "":
		return errors.New("an empty text")
	case !visible.IsClean(text):
		return errors.New("a text with control characters")
	}
	return nil
}

func (d *inventoryReader) name(s *string) error {
	if len(*s) > longestName {
		return fmt.Errorf("a name of more than %d bytes", longestName)
	}
	d.inv.Names = append(d.inv.Names, *s)
	return checkText(*s)
}

func (d *inventoryReader) excluded(s *string) error {
	d.inv.Excluded = append(d.inv.Excluded, *s)
	_, err := parseExcludes([]string{*s})
	return err
}

func (d *inventoryReader) folder(r *folderRecord) error {
	f := Folder{value(r.Path), value(r.Platform)}
	left, name, err := d.under(f.Path)
	if err != nil {
		return err
	}
	platform, ok := manifest.FolderPlatform(name)
	if f.Path == "." {
		platform, ok = f.Platform, f.Platform.Known()
	}
	if !ok || platform != f.Platform {
		return errors.New("no platform folder, or another platform's")
	}
	if !left {
		d.inv.Folders = append(d.inv.Folders, f)
	}
	return nil
}

func (d *inventoryReader) fault(r *faultRecord) error {
	f := Fault{value(r.Path), value(r.Error)}
	left, _, err := d.under(f.Path)
	if err == nil && !left {
		d.inv.Faults = append(d.inv.Faults, f)
	}
	return errors.Join(err, checkText(f.Error))
}

func (d *inventoryReader) link(r *linkRecord) error {
	l := Link{value(r.Path), value(r.Target)}
	left, _, err := d.under(l.Path)
	if err == nil && l.Target != "" {
		err = checkText(l.Target)
	}
	if err == nil && !left {
		d.inv.Links = append(d.inv.Links, l)
	}
	return err
}

// under checks the path of a folder, and says whether it is left out, and its
// raw name. The root is ".".
func (d *inventoryReader) under(path string) (left bool, name string, err error) {
	if path == "." {
		return false, ".", nil
	}
	names, err := checkPath(path)
	if err != nil {
		return false, "", err
	}
	return d.exclude.within(names), names[len(names)-1], nil
}

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

// meter keeps a JSON decoder, which would take a value of any length into
// memory, within bounds, and tells lines from offsets.
type meter struct {
	r     io.Reader
	read  int64
	limit int64
	ends  []int64 // offsets behind the line ends that lie ahead of the last line asked for
	lines int
}

// allow lets the decoder read one more value after the offset.
func (m *meter) allow(offset int64) {
	m.limit = max(m.read, offset) + maxValueBytes
	m.line(offset)
}

// line gives the line of an offset, from 1. Offsets may only grow.
func (m *meter) line(offset int64) int {
	passed := 0
	for passed < len(m.ends) && m.ends[passed] <= offset {
		passed++
	}
	m.lines += passed
	m.ends = m.ends[:copy(m.ends, m.ends[passed:])]
	return m.lines + 1
}

func (m *meter) Read(p []byte) (int, error) {
	if m.read >= m.limit {
		return 0, fmt.Errorf("a value of more than %d bytes, no inventory has one", maxValueBytes)
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.limit-m.read)])
	for rest, at := p[:n], m.read; ; {
		cut := bytes.IndexByte(rest, '\n')
		if cut < 0 {
			break
		}
		at += int64(cut) + 1
		m.ends = append(m.ends, at)
		rest = rest[cut+1:]
	}
	m.read += int64(n)
	return n, err
}
