package manifest

import (
	"strings"
	"unicode"
)

// NameKey folds a file name or path so that two names Windows holds for equal
// give equal keys: letters in upper case one by one, as NTFS compares, and / for \.
func NameKey(name string) string {
	plain := true
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= 0x80 || c == '\\' || 'a' <= c && c <= 'z' {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	return strings.Map(func(r rune) rune {
		if r == '\\' {
			return '/'
		}
		return unicode.ToUpper(r)
	}, name)
}

// MatchPattern reports whether a file name matches a pattern in which * stands
// for any run of characters and ? for one. Case does not count.
func MatchPattern(pattern, name string) bool {
	p, n := []rune(NameKey(pattern)), []rune(NameKey(name))
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(n) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
