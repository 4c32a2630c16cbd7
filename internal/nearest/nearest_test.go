package nearest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOf(t *testing.T) {
	words := []string{"977203", "977384", "252717", "249077", "own-fix-2026"}
	same := func(s string) string { return s }
	for _, tt := range []struct {
		word string
		n    int
		want []string
	}{
		{"977204", 5, []string{"977203", "977384"}}, // one digit of the first, two of the second
		{"977304", 5, []string{"977384", "977203"}},
		{"977304", 1, []string{"977384"}},
		{"977304", 0, nil},
		{"977230", 5, []string{"977203"}},        // two swapped
		{"97203", 5, []string{"977203"}},         // one left out
		{"9772033", 5, []string{"977203"}},       // one too many
		{"977203", 1, []string{"977203"}},        // none
		{"977", 5, []string{"977203", "977384"}}, // cut short
		{"9", 5, nil},                            // of which nothing can be said
		{"own-fix-2062", 5, []string{"own-fix-2026"}},
		{"", 5, nil},
		{strings.Repeat("9", 300), 5, nil}, // longer than any word
	} {
		if diff := cmp.Diff(tt.want, Of(tt.word, words, tt.n, same)); diff != "" {
			t.Errorf("Of(%.20q, %d) (-want +got)\n%s", tt.word, tt.n, diff)
		}
	}
}

func TestHint(t *testing.T) {
	for _, tt := range []struct {
		word  string
		words string
		want  string
	}{
		{"jsn", "table json csv jsonl", "; nearest: json"},
		{"JSON", "table json csv jsonl", "; nearest: json"},
		{"xml", "table json csv jsonl", ""},
		{"verfy", "verify detect list", "; nearest: verify"},
		{"det", "verify detect demo", "; nearest: detect"},
		{"x6", "x86 x64 MIPS", "; nearest: x86, x64"},
		{"aa", "aab aac aad aae", "; nearest: aab, aac, aad"},
		{"z", "x y", ""},
		{"Z80", "x86 x64", ""}, // most of it is other letters
	} {
		if got := Hint(tt.word, strings.Fields(tt.words)); got != tt.want {
			t.Errorf("Hint(%q, %s) = %q, want %q", tt.word, tt.words, got, tt.want)
		}
	}
}

func TestLongerThanAnyWordIsLikeNone(t *testing.T) {
	same := func(s string) string { return s }
	word := strings.Repeat("x", longest)
	if got := Of(word[1:], []string{word}, 1, same); len(got) != 1 {
		t.Errorf("%d letters of %d: %q", longest-1, longest, got)
	}
	if got := Of(word+"x", []string{word}, 1, same); len(got) != 0 {
		t.Errorf("%d letters: %q", longest+1, got)
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"977203", "977230", 1},
		{"flaw", "lawn", 2}, {"hlep", "help", 1}, {"ab", "ba", 1}, {"ca", "abc", 3},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance(tt.b, tt.a); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}
