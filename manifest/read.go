package manifest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// reader reads a node into its place in a T.
type reader[T any] func(d *decoder, n *node, to *T)

// object reads each member of an object with the reader of its key.
func object[T any](known map[string]reader[T]) reader[T] {
	return func(d *decoder, n *node, to *T) {
		if n.kind != objectNode {
			d.unreadable(n, "want an object")
			return
		}
		for i, m := range n.members {
			read, ok := known[m.key]
			switch {
			case !ok:
				d.faultAt(m, m.place(), "unknown key %s; the keys here are %s", quote(m.key), strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			case n.child(m.key) != n.members[i]:
				d.faultAt(m, m.place(), "the key stands here twice")
			default:
				read(d, m, to)
			}
		}
	}
}

// list reads each item of a list.
func list[T, E any](items func(*T) *[]E, read reader[E]) reader[T] {
	return func(d *decoder, n *node, to *T) {
		if n.kind != arrayNode {
			d.unreadable(n, "want a list")
			return
		}
		all := make([]E, len(n.members))
		for i, item := range n.members {
			read(d, item, &all[i])
		}
		if *items(to) = all; len(all) == 0 {
			*items(to) = nil
		}
	}
}

// text reads a text that is not empty.
func text[T any, S ~string](value func(*T) *S) reader[T] {
	return func(d *decoder, n *node, to *T) {
		switch {
		case n.kind != textNode:
			d.unreadable(n, "want text")
		case n.text == "":
			d.unreadable(n, "empty: leave the key out instead")
		default:
			*value(to) = S(n.text)
		}
	}
}

// texts reads a list of texts.
func texts[T any](value func(*T) *[]string) reader[T] {
	return list(value, text(func(s *string) *string { return s }))
}

func readSchema(d *decoder, n *node, _ *Manifest) {
	if n.kind != numberNode || n.text != strconv.Itoa(Schema) {
		d.unreadable(n, "want %d: this program reads no other schema", Schema)
	}
}
