package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// node is one JSON value and where it stands. encoding/json alone would stop at
// the first fault, take keys in any case, and let a key stand twice.
type node struct {
	parent  *node
	key     string // in an object
	index   int    // in a list
	offset  int    // of its first byte
	kind    nodeKind
	text    string  // of a text, a number or a word, without quotation marks
	members []*node // of an object or a list, in the order of the text
}

type nodeKind int

const (
	textNode nodeKind = iota
	numberNode
	wordNode // true, false or null, which no manifest has
	objectNode
	arrayNode
)

// Caps on the shape of a manifest's text. The worst text within them takes about
// 300 MB while it is read.
const (
	maxDepth = 10      // manifest, tables, table, files, file, as_printed: with room
	maxNodes = 1 << 20 // values: four times the largest table that was ever published
	maxKeys  = 64      // of one object: the largest has nine
)

var errShape = errors.New("nested deeper or longer than any manifest")

// readNodes reads one JSON value and nothing else. On an error, which is one of
// syntax or shape, the number is the offset in data where reading stopped.
func readNodes(data []byte) (*node, int, error) {
	var text json.RawMessage
	err := json.Unmarshal(data, &text)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		end := len(bytes.TrimRight(data, " \t\r\n")) // a text that breaks off does so in its last line
		return nil, min(int(syntax.Offset), end), err
	}
	if err != nil {
		return nil, 0, err
	}
	r := &nodeReader{data: string(data)}
	root := &node{}
	err = r.value(root, 0)
	return root, r.at, err
}

// nodeReader walks through text that is known to be JSON. It takes no memory
// for keys and values, which are parts of the text.
type nodeReader struct {
	data  string
	at    int // offset of the next byte
	count int // values so far
}

// next skips white space, and the commas and colons between tokens, and gives
// the first byte of what follows.
func (r *nodeReader) next() byte {
	for {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			r.at++
		default:
			return c
		}
	}
}

// value reads the next value into n, whose place is known.
func (r *nodeReader) value(n *node, depth int) (err error) {
	if r.count++; depth > maxDepth || r.count > maxNodes {
		return errShape
	}
	c := r.next()
	n.offset = r.at
	switch c {
	case '{':
		n.kind = objectNode
		return r.members(n, depth, '}')
	case '[':
		n.kind = arrayNode
		return r.members(n, depth, ']')
	case '"':
		n.text, err = r.text()
	case 't', 'f', 'n':
		n.kind, n.text = wordNode, r.word()
	default:
		n.kind, n.text = numberNode, r.word()
	}
	return err
}

func (r *nodeReader) members(n *node, depth int, end byte) (err error) {
	for r.at++; r.next() != end; {
		m := &node{parent: n, index: len(n.members)}
		if n.kind == objectNode {
			if m.key, err = r.text(); err != nil {
				return err
			}
			if len(n.members) == maxKeys {
				return errShape
			}
		}
		n.members = append(n.members, m)
		if err := r.value(m, depth+1); err != nil {
			return err
		}
	}
	r.at++
	return nil
}

// text reads a string, at whose opening quotation mark the reader stands.
func (r *nodeReader) text() (s string, err error) {
	end := r.at + 1
	plain := true
	for ; r.data[end] != '"'; end++ {
		if r.data[end] == '\\' {
			plain = false
			end++
		}
	}
	quoted := r.data[r.at : end+1]
	r.at = end + 1
	if plain {
		return quoted[1 : len(quoted)-1], nil
	}
	err = json.Unmarshal([]byte(quoted), &s)
	return s, err
}

// word reads a number or one of true, false and null.
func (r *nodeReader) word() string {
	end := r.at
	for end < len(r.data) && strings.IndexByte(",]} \t\r\n", r.data[end]) < 0 {
		end++
	}
	word := r.data[r.at:end]
	r.at = end
	return word
}
