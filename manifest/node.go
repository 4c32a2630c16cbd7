package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
)

// node is one JSON value with the place it stands at. encoding/json alone would
// stop at the first fault, take keys in any case, and let a key stand twice.
type node struct {
	line    int
	place   string
	scalar  any // string, json.Number, bool or nil
	kind    nodeKind
	members []member
	items   []*node
}

type nodeKind int

const (
	scalarNode nodeKind = iota
	objectNode
	arrayNode
)

type member struct {
	key   string
	value *node
}

// maxDepth is the deepest nesting a manifest has, with room: manifest, tables,
// table, files, file, as_printed.
const maxDepth = 10

// maxNodes caps the values of one manifest: four times the largest table that
// was ever published.
const maxNodes = 1 << 20

type nodeReader struct {
	dec   *json.Decoder
	lines []int // offsets of the line ends
	count int
}

func readNodes(data []byte) (*node, int, error) {
	r := &nodeReader{dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	for i, c := range data {
		if c == '\n' {
			r.lines = append(r.lines, i)
		}
	}
	n, err := r.value("", 0)
	if err == nil {
		if _, extra := r.dec.Token(); extra != io.EOF {
			err = fmt.Errorf("something follows the manifest's closing brace")
		}
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = fmt.Errorf("the text ends in the middle")
	}
	return n, r.line(), err
}

func (r *nodeReader) line() int {
	at := int(r.dec.InputOffset())
	return 1 + sort.SearchInts(r.lines, at)
}

func (r *nodeReader) value(place string, depth int) (*node, error) {
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	r.count++
	if depth > maxDepth || r.count > maxNodes {
		return nil, fmt.Errorf("nested deeper or longer than any manifest")
	}
	n := &node{line: r.line(), place: place}
	switch token {
	case json.Delim('{'):
		n.kind = objectNode
		for r.dec.More() {
			if err := r.member(n, depth); err != nil {
				return nil, err
			}
		}
	case json.Delim('['):
		n.kind = arrayNode
		for r.dec.More() {
			item, err := r.value(fmt.Sprintf("%s[%d]", place, len(n.items)), depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
	default:
		n.scalar = token
		return n, nil
	}
	_, err = r.dec.Token() // the closing delimiter
	return n, err
}

func (r *nodeReader) member(n *node, depth int) error {
	token, err := r.dec.Token()
	if err != nil {
		return err
	}
	key, ok := token.(string)
	if !ok {
		return fmt.Errorf("want a key, found %v", token)
	}
	place := key
	if n.place != "" {
		place = n.place + "." + key
	}
	value, err := r.value(place, depth+1)
	if err == nil {
		n.members = append(n.members, member{key, value})
	}
	return err
}
