package inventory

import (
	"cmp"
	"slices"
	"strings"

	"kbverify/manifest"
)

// selection says which names matter.
type selection struct {
	all      bool
	names    map[string]bool // by manifest.NameKey
	patterns []namePattern
}

// namePattern is a pattern with the literal text that must stand at both ends,
// which rules most names out at once.
type namePattern struct{ key, prefix, suffix string }

func newSelection(names []string, all bool) *selection {
	s := &selection{all: all, names: map[string]bool{}}
	for _, n := range names {
		key := manifest.NameKey(n)
		first := strings.IndexAny(key, "*?")
		if first < 0 {
			s.names[key] = true
			continue
		}
		last := strings.LastIndexAny(key, "*?")
		s.patterns = append(s.patterns, namePattern{key, key[:first], key[last+1:]})
	}
	return s
}

// longestName is what Windows and Unix allow in one element, in bytes, with room
// for the widest encoding of 255 UTF-16 units.
const longestName = 1024

// wants reports whether a file of that raw name matters.
func (s *selection) wants(name []byte) bool {
	if s.all {
		return true
	}
	var buf [longestName]byte
	key := foldName(buf[:0], name)
	if s.names[string(key)] {
		return true
	}
	for i := range s.patterns {
		if s.patterns[i].match(key) {
			return true
		}
	}
	return false
}

// byPattern reports that a file that matters does so by a pattern alone, or
// because every file does.
func (s *selection) byPattern(name string) bool { return s.all || !s.names[manifest.NameKey(name)] }

func (p *namePattern) match(key []byte) bool {
	return len(key) >= len(p.prefix)+len(p.suffix) && string(key[:len(p.prefix)]) == p.prefix &&
		string(key[len(key)-len(p.suffix):]) == p.suffix && manifest.MatchPattern(p.key, string(key))
}

// foldName is manifest.NameKey without an allocation for ASCII names.
func foldName(to, name []byte) []byte {
	for _, c := range name {
		switch {
		case c >= 0x80:
			return append(to[:0], manifest.NameKey(string(name))...)
		case c == '\\':
			c = '/'
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// uniqueNames sorts names and drops those that are equal to another but for case.
func uniqueNames(names []string) []string {
	out := slices.Clone(names)
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(strings.Compare(manifest.NameKey(a), manifest.NameKey(b)), strings.Compare(a, b))
	})
	return slices.CompactFunc(out, func(a, b string) bool { return manifest.NameKey(a) == manifest.NameKey(b) })
}
