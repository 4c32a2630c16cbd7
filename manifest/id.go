package manifest

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// IDKey folds the spellings of one hotfix into one: "977203", "kb977203" and
// "Q977203" have the same key. Ids of other shapes fold by case alone.
func IDKey(id string) string {
	key := strings.ToUpper(strings.TrimSpace(id))
	number, found := strings.CutPrefix(key, "KB")
	if !found {
		number = strings.TrimPrefix(key, "Q")
	}
	if isArticleNumber(number) {
		return number
	}
	return key
}

// isArticleNumber reports five to seven digits: Microsoft's article numbers.
func isArticleNumber(text string) bool {
	if len(text) < 5 || len(text) > 7 {
		return false
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// Nearest gives up to n of the ids that are most like id, the nearest first,
// for "no such hotfix" messages: by edit distance of their keys, then by order.
func Nearest(id string, ids []string, n int) []string {
	type scored struct {
		id       string
		distance int
	}
	key := IDKey(id)
	var near []scored
	for _, other := range ids {
		d := editDistance(key, IDKey(other))
		if d <= max(2, len(key)/3) {
			near = append(near, scored{other, d})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, s := range near[:min(n, len(near))] {
		out = append(out, s.id)
	}
	return out
}

// longestID caps what is compared: ids are at most this long.
const longestID = 64

// editDistance is the Levenshtein distance in bytes. A longer text than any id
// is nobody's neighbour.
func editDistance(a, b string) int {
	if len(a) > longestID || len(b) > longestID {
		return math.MaxInt
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
