// Package nearest finds what somebody meant: of the words that there are, those most
// like the one that was written. Messages about a word that is not known name them.
package nearest

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Of gives up to n of the words that are most like word, the nearest first: by the
// edit distance of their keys, then by their order. A word that was cut short is near.
func Of(word string, words []string, n int, key func(string) string) []string {
	var out []string
	for _, s := range near(word, words, key) {
		if len(out) == n {
			break
		}
		out = append(out, s.word)
	}
	return out
}

// most is how many words of one distance a message names.
const most = 3

// Hint is "; nearest: json" for a message about a word that is none of words, or "" where
// it is like none of them. Case does not count.
func Hint[S ~string](word string, words []S) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	var out []string
	found := near(word, texts, strings.ToLower)
	for _, s := range found {
		if s.distance == found[0].distance && len(out) < most {
			out = append(out, s.word)
		}
	}
	if out == nil {
		return ""
	}
	return "; nearest: " + strings.Join(out, ", ")
}

type scored struct {
	word     string
	distance int
}

func near(word string, words []string, key func(string) string) (found []scored) {
	sought := key(word)
	for _, other := range words {
		k := key(other)
		d := distance(sought, k)
		if len(sought) > 1 && strings.HasPrefix(k, sought) {
			d = min(d, 1)
		}
		if d <= max(2, len(sought)/3) && 2*d <= len(sought) {
			found = append(found, scored{other, d})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(a.distance, b.distance) })
	return found
}

// longest caps what is compared: ids of hotfixes, the longest words, have no more bytes.
const longest = 64

// distance is how many letters (bytes) are to be put in, taken out, replaced, or swapped
// with the next one, each at most once. A longer text than any word is like none.
func distance(a, b string) int {
	if len(a) > longest || len(b) > longest {
		return math.MaxInt
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(replaced, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
