package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// place gives the way from the root to n: "tables[0].files[3].version".
func (n *node) place() string {
	var steps []string
	for ; n.parent != nil; n = n.parent {
		if n.parent.kind == arrayNode {
			steps = append(steps, fmt.Sprintf("[%d]", n.index))
		} else {
			steps = append(steps, "."+printable(shorten(n.key)))
		}
	}
	slices.Reverse(steps)
	return strings.TrimPrefix(strings.Join(steps, ""), ".")
}

// at gives the value that stands at a place, or the nearest one around it.
func (n *node) at(place string) *node {
	for _, step := range strings.FieldsFunc(place, func(r rune) bool { return r == '.' || r == '[' }) {
		next := n.child(step)
		if next == nil {
			break
		}
		n = next
	}
	return n
}

// child gives the member of that key, or the item of an index "3]".
func (n *node) child(step string) *node {
	if n.kind == arrayNode {
		i, err := strconv.Atoi(strings.TrimSuffix(step, "]"))
		if err != nil || i < 0 || i >= len(n.members) {
			return nil
		}
		return n.members[i]
	}
	for _, m := range n.members {
		if m.key == step {
			return m
		}
	}
	return nil
}
