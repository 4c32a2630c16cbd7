package manifest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// NameKey folds a file name or path so that two names Windows holds for equal
// give equal keys: letters in upper case one by one, as NTFS compares, and / for \.
func NameKey(name string) string {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= utf8.RuneSelf || c == '\\' || 'a' <= c && c <= 'z' {
			return strings.Map(fold, name)
		}
	}
	return name
}

// fold gives the upper case of one character. NTFS keeps the few letters whose
// upper case would be ASCII, the dotless i and the long s, apart from it.
func fold(r rune) rune {
	switch {
	case r == '\\':
		return '/'
	case 'a' <= r && r <= 'z':
		return r - 'a' + 'A'
	case r < utf8.RuneSelf:
		return r
	}
	if upper := unicode.ToUpper(r); upper >= utf8.RuneSelf {
		return upper
	}
	return r
}

// foldAt folds the character of text at offset i, and gives its length in bytes.
func foldAt(text string, i int) (rune, int) {
	r, size := utf8.DecodeRuneInString(text[i:])
	return fold(r), size
}

// MatchPattern reports whether a file name matches a pattern in which * stands
// for any run of characters and ? for one. Case does not count, as in NameKey.
// It takes no memory, and steps in proportion to the product of the lengths.
func MatchPattern(pattern, name string) bool {
	star, mark := -1, 0 // the last * passed, and where in name it began to match
	i, j := 0, 0
	for j < len(name) {
		n, size := foldAt(name, j)
		if i < len(pattern) {
			p, step := foldAt(pattern, i)
			if p == '*' {
				star, mark = i, j
				i++
				continue
			}
			if p == '?' || p == n {
				i += step
				j += size
				continue
			}
		}
		if star < 0 {
			return false
		}
		_, size = foldAt(name, mark) // let the last * take one character more
		mark += size
		i, j = star+1, mark
	}
	return strings.Trim(pattern[i:], "*") == ""
}
