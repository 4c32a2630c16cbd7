package inventory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"kbverify/manifest"
	"kbverify/pecheck/visible"
)

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
