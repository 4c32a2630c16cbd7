package inventory

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kbverify/internal/strictjson"
	"kbverify/internal/textfile"
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
	file, err := OpenFile(path)
	if err != nil {
		return false
	}
	defer file.Close()
	return Sniff(textfile.Head(file, SniffBytes))
}

// Load reads the inventory file at path, as Read does.
func Load(path string, k Keep) (*Inventory, error) {
	file, err := OpenFile(path)
	if err != nil {
		return nil, fmt.Errorf("inventory %s: %w", visible.Quote(path), cleanError{err})
	}
	defer file.Close()
	return Read(file, path, k)
}

// Keep says which part of an inventory is wanted.
type Keep struct {
	// Names are the file names and patterns of interest; none means everything.
	Names []string
	// Exclude leaves paths out, like Options.Exclude.
	Exclude []string
	// Each, where it is set, is handed every file that is wanted, in path order, in
	// place of the Inventory. Its error ends the reading.
	Each func(*File) error
}

const (
	// maxValueBytes caps one text, and the blanks before it. The longest is the
	// longest path, all of it escaped twice.
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
	exclude, err := parseExcludes(k.Exclude)
	if err != nil {
		return nil, manifest.Problems{{File: visible.Text(file), Line: 1, Text: err.Error()}}
	}
	utf8 := textfile.UTF8(bufio.NewReaderSize(r, 64<<10))
	d := &decoder{exclude: exclude, seen: map[string]bool{}}
	d.lines = newFileLines(utf8, d)
	d.Reader = strictjson.New(d.lines, strictjson.Limits{Value: maxValueBytes})
	d.to = &d.kept
	if k.Each != nil {
		d.to = eachFile(k.Each)
	}
	if len(k.Names) > 0 {
		d.names = newSelection(k.Names, false)
	}
	d.document()
	if stop := d.End(); stop != nil {
		p := problem(stop)
		d.lines.locate(&p)
		p.File = visible.Text(file)
		return nil, manifest.Problems{p}
	}
	d.narrow(k)
	return &d.inv, nil
}

// problem says in an inventory's words what ended its reading.
func problem(stop *strictjson.Fault) manifest.Problem {
	p := manifest.Problem{Line: stop.Line, Place: stop.Place, Text: visible.Text(stop.Error())}
	if entry, _, in := strings.Cut(p.Place, "]"); in { // an entry of a list is one line
		p.Place = entry + "]"
	}
	switch fault := stop.Err.(type) {
	case *strictjson.SyntaxError:
		p.Text = "not an inventory: " + p.Text
	case *strictjson.WrongType:
		p.Text = strings.TrimSuffix(fmt.Sprintf("%s %s", fault.Found, fault.Number), " ") + " does not fit here"
		switch {
		case fault.Found == strictjson.Null && strings.Contains(p.Place, "["):
			p.Text = badKey
		case fault.Found == strictjson.Null:
			p.Text = "null: want a value"
		case fault.Want == strictjson.Object && fault.Found == strictjson.List:
			p.Text = `want "{", found "["`
		}
	case *strictjson.RepeatedKey:
		if p.Text = badKey; !strings.Contains(p.Place, "[") {
			p.Place, p.Text = "", fmt.Sprintf("the key %s stands here twice", visible.Quote(fault.Key))
		}
	case otherJSON:
		p.Place = ""
	}
	switch stop.Err {
	case strictjson.ErrCutOff:
		p.Text = "the inventory is cut off: take it again, and copy it whole"
	case strictjson.ErrAfterEnd:
		p.Text = "something follows the inventory's closing brace"
	case strictjson.ErrUTF8:
		p.Text = "not an inventory: neither UTF-8 nor UTF-16 text"
	case strictjson.ErrTooLong:
		p.Text = fmt.Sprintf("a value of more than %d bytes, no inventory has one", maxValueBytes)
	}
	return p
}

// badKey is what is wrong with an entry's keys.
const badKey = "holds a key that is unknown, stands twice, or is null"

// otherJSON is for a text that is not an inventory, by its first keys.
type otherJSON struct{ key, want string }

func (e otherJSON) Error() string {
	return fmt.Sprintf("not an inventory: begins with the key %s, want %q", visible.Quote(e.key), e.want)
}

// decoder reads one inventory value by value.
type decoder struct {
	*strictjson.Reader
	inv      Inventory
	seen     map[string]bool
	names    *selection // nil: keep every file
	exclude  *excluder
	kept     collector
	to       fileSink
	files    int64
	lines    *fileLines
	last     []byte // path of the file before
	elements []string
}

// want is a fault unless ok.
func (d *decoder) want(ok bool, format string, args ...any) {
	if !ok {
		d.Fault(fmt.Errorf(format, args...))
	}
}

// refuse makes a text that was read a fault.
func (d *decoder) refuse(format, text string) { d.Fault(fmt.Errorf(format, visible.Quote(text))) }

// check makes an error a fault.
func (d *decoder) check(err error) {
	if err != nil {
		d.Fault(err)
	}
}

// required are the keys without which an inventory is none. Schema and kind come
// first, so that other JSON is refused at once.
var required = []string{"schema", "kind", "root", "all", "names", "files", "folders", "faults", "links", "seen",
	"complete"}

func (d *decoder) document() {
	for key := range d.Members {
		if n := len(d.seen); n < 2 && string(key) != required[n] {
			d.Fault(otherJSON{string(key), required[n]})
		}
		d.seen[string(key)] = true
		d.member(string(key))
	}
	for _, key := range required {
		d.want(d.seen[key], "no %q: not an inventory, or not a complete one", key)
	}
	listed := d.files + d.lines.taken
	d.want(d.inv.Seen >= listed, "says that %d files were seen, and lists %d", d.inv.Seen, listed)
}

func (d *decoder) member(key string) {
	switch key {
	case "schema":
		n, _ := d.Int()
		d.want(n == inventorySchema, "schema %d: this program reads schema %d", n, inventorySchema)
	case "kind":
		kind, _ := d.String()
		d.want(kind == inventoryKind, "kind %s: want %q", visible.Quote(kind), inventoryKind)
	case "tool":
		d.inv.Tool = d.text()
	case "host":
		d.inv.Host = d.text()
	case "start":
		d.inv.Start = d.time("start")
	case "end":
		d.inv.End = d.time("end")
	case "root":
		d.inv.Root = d.text()
	case "all":
		d.inv.All, _ = d.Bool()
	case "signatures":
		d.inv.Signatures = d.yes()
		d.want(!d.seen["files"], "stands after the files")
	case "seen":
		d.inv.Seen, _ = d.Int()
		d.want(d.inv.Seen >= 0, "a negative number")
	case "complete":
		complete, _ := d.Bool()
		d.want(complete, "the scan did not come to its end")
	case "names":
		d.list(maxNames, d.name)
	case "excluded":
		d.list(MaxExcludes, d.excluded)
	case "files":
		for range d.Items {
			d.file()
			d.files++
		}
	case "folders":
		d.list(maxAsides+len(manifest.Platforms), d.folder)
	case "faults":
		d.list(maxAsides+1, d.fault)
	case "links":
		d.list(maxAsides, d.link)
	default:
		d.want(false, "unknown key")
	}
}

func (d *decoder) list(most int, entry func()) {
	for i := range d.Items {
		d.want(i < most, "more than %d entries", most)
		entry()
	}
}

// text reads a text as visible.Text writes it.
func (d *decoder) text() string {
	text, _ := d.String()
	d.check(checkText(text))
	return text
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

func (d *decoder) name() {
	name, _ := d.String()
	d.want(len(name) <= longestName, "a name of more than %d bytes", longestName)
	d.check(checkText(name))
	d.inv.Names = append(d.inv.Names, name)
}

func (d *decoder) excluded() {
	pattern, _ := d.String()
	d.check(CheckExcludes([]string{pattern}))
	d.inv.Excluded = append(d.inv.Excluded, pattern)
}

// entry reads an object whose values are the texts of a folder, a fault or a link,
// but for the keys that other knows.
func (d *decoder) entry(texts map[string]*string, other func(key string) bool) {
	for key := range d.Members {
		if to := texts[string(key)]; to != nil {
			*to, _ = d.String()
		} else {
			d.want(other != nil && other(string(key)), badKey)
		}
	}
}

func (d *decoder) folder() {
	var path, platform string
	d.entry(map[string]*string{"path": &path, "platform": &platform}, nil)
	left, name := d.under(path)
	of, ok := manifest.FolderPlatform(name)
	if path == "." {
		of, ok = manifest.Platform(platform), manifest.Platform(platform).Known()
	}
	d.want(ok && string(of) == platform, "no platform folder, or another platform's")
	if !left {
		d.inv.Folders = append(d.inv.Folders, Folder{path, of})
	}
}

func (d *decoder) fault() {
	var f Fault
	d.entry(map[string]*string{"path": &f.Path, "error": &f.Error}, nil)
	left, _ := d.under(f.Path)
	if d.check(checkText(f.Error)); !left {
		d.inv.Faults = append(d.inv.Faults, f)
	}
}

func (d *decoder) link() {
	var l Link
	d.entry(map[string]*string{"path": &l.Path, "target": &l.Target}, func(key string) bool {
		if key != "inside" {
			return false
		}
		l.Inside = d.yes()
		return true
	})
	left, _ := d.under(l.Path)
	if l.Target != "" {
		d.check(checkText(l.Target))
	}
	if !left {
		d.inv.Links = append(d.inv.Links, l)
	}
}

// under checks the path of a folder, and says whether it is left out, and its
// raw name. The root is ".".
func (d *decoder) under(path string) (left bool, name string) {
	if path == "." {
		return false, "."
	}
	names := d.path(path)
	if names == nil {
		return false, ""
	}
	return d.exclude.within(names), names[len(names)-1]
}

// narrow makes the inventory answer for what was kept, and for no more.
func (d *decoder) narrow(k Keep) {
	inv := &d.inv
	inv.Files = d.kept.files
	nowhere := map[string]bool{}
	for _, l := range inv.Links {
		nowhere[l.Path] = l.Inside
	}
	for i := range inv.Files {
		if inv.Files[i].Ending == pefile.Unreadable && !nowhere[inv.Files[i].Path] {
			inv.Unreadable++
		}
	}
	has := func(patterns []string, pattern string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return manifest.NameKey(p) == manifest.NameKey(pattern) })
	}
	for _, pattern := range inv.Excluded {
		if !has(k.Exclude, pattern) {
			inv.Unasked = append(inv.Unasked, pattern)
		}
	}
	inv.Idle = slices.DeleteFunc(d.exclude.idlePatterns(), func(p string) bool { return has(inv.Excluded, p) })
	for _, pattern := range k.Exclude {
		if !has(inv.Excluded, pattern) {
			inv.Excluded = append(inv.Excluded, pattern)
		}
	}
	if d.names == nil {
		return
	}
	known := newSelection(inv.Names, false)
	inv.Names = slices.DeleteFunc(uniqueNames(k.Names), func(name string) bool {
		key := manifest.NameKey(name)
		return !inv.All && !known.names[key] && !slices.ContainsFunc(known.patterns,
			func(p namePattern) bool { return p.key == key })
	})
	inv.All = false
}
