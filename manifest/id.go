package manifest

import (
	"strings"

	"kbverify/internal/nearest"
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
// for "no such hotfix" messages.
func Nearest(id string, ids []string, n int) []string { return nearest.Of(id, ids, n, IDKey) }
