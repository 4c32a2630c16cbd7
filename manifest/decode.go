package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxBytes caps the text of one manifest: forty times the largest that
// Microsoft's longest article makes.
const MaxBytes = 16 << 20

// Parse reads a manifest from JSON text. It is strict: unknown and repeated
// keys, wrong types and everything that Validate objects to are faults. file
// names the text in messages. The error is a Problems with all of them; text
// that is not JSON has one fault, where reading it stopped.
func Parse(file string, data []byte) (*Manifest, error) {
	d := &decoder{file: file, data: bytes.TrimPrefix(data, byteOrderMark)}
	if err := d.readNodes(); err != nil {
		return nil, d.sorted()
	}
	var m Manifest
	object(manifestFields)(d, d.root, &m)
	if d.root.kind == objectNode && d.root.child("schema") == nil {
		d.faultAt(d.root, "schema", "no schema: want \"schema\": %d", Schema)
	}
	for _, p := range m.problems() {
		if !d.isBlamed(p.Place) {
			d.faultAt(d.root.at(p.Place), p.Place, "%s", p.Text)
		}
	}
	if len(d.faults) > 0 {
		return nil, d.sorted()
	}
	return &m, nil
}

// byteOrderMark is what Notepad puts in front of UTF-8 text.
var byteOrderMark = []byte("\uFEFF")

// decoder turns nodes into a Manifest and collects what does not fit.
type decoder struct {
	file   string
	data   []byte
	root   *node
	faults []fault
	blamed map[string]bool // places whose value could not be read
}

// fault is a Problem whose line is still to be counted.
type fault struct {
	offset      int
	place, text string
}

var errNotManifest = errors.New("not a manifest")

func (d *decoder) readNodes() error {
	var err error
	at := 0
	switch invalid := invalidUTF8(d.data); {
	case len(d.data) > MaxBytes:
		err = fmt.Errorf("larger than %d bytes, no manifest is", MaxBytes)
	case invalid >= 0:
		at, err = invalid, errors.New("not UTF-8 text: save it as UTF-8")
	default:
		if d.root, at, err = readNodes(d.data); err != nil {
			err = fmt.Errorf("%w: %w", errNotManifest, err)
		}
	}
	if err != nil {
		d.faults = append(d.faults, fault{offset: at, text: err.Error()})
	}
	return err
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// sorted gives the faults as Problems in the order of the text.
func (d *decoder) sorted() Problems {
	slices.SortStableFunc(d.faults, func(a, b fault) int { return a.offset - b.offset })
	ps := make(Problems, len(d.faults))
	line, counted := 1, 0
	for i, f := range d.faults {
		line += bytes.Count(d.data[counted:f.offset], []byte{'\n'})
		counted = f.offset
		ps[i] = Problem{d.file, line, f.place, f.text}
	}
	return ps.capped()
}

func (d *decoder) faultAt(n *node, place, format string, args ...any) {
	if len(d.faults) <= maxFaults {
		d.faults = append(d.faults, fault{n.offset, place, fmt.Sprintf(format, args...)})
	}
}

// unreadable is a fault that leaves no value at n, so that nothing more is to
// be said about it.
func (d *decoder) unreadable(n *node, format string, args ...any) {
	if len(d.faults) > maxFaults {
		return
	}
	if d.blamed == nil {
		d.blamed = map[string]bool{}
	}
	place := n.place()
	d.blamed[place] = true
	d.faultAt(n, place, format, args...)
}

// isBlamed reports that the value at place, or one around it, could not be read.
func (d *decoder) isBlamed(place string) bool {
	for len(d.blamed) > 0 {
		if d.blamed[place] {
			return true
		}
		if place == "" {
			break
		}
		place = place[:max(0, strings.LastIndexAny(place, ".["))]
	}
	return false
}
