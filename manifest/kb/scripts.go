package kb

import (
	"unicode"
)

// scripts counts letters by script.
type scripts struct{ counts map[string]int }

func newScripts() *scripts { return &scripts{map[string]int{}} }

var scriptLanguages = []struct {
	tag   string
	table *unicode.RangeTable
}{
	{"he-IL", unicode.Hebrew}, {"ar-SA", unicode.Arabic}, {"ru-RU", unicode.Cyrillic}, {"ja-JP", unicode.Hiragana},
	{"ja-JP", unicode.Katakana}, {"ko-KR", unicode.Hangul}, {"zh-CN", unicode.Han}, {"el-GR", unicode.Greek}, {"th-TH", unicode.Thai},
}

func (s *scripts) line(text string) {
	if plain(text) {
		s.counts["en"] += len(text)
		return
	}
	for _, r := range text {
		if r < 0x80 {
			s.counts["en"]++
			continue
		}
		for _, l := range scriptLanguages {
			if unicode.Is(l.table, r) {
				s.counts[l.tag]++
				break
			}
		}
	}
}

// language: a fifth of the letters in another script decides, for names and
// numbers are Latin everywhere; kana make Japanese of any text.
func (s *scripts) language() string {
	total, best := 0, "en"
	for _, l := range scriptLanguages {
		if s.counts[l.tag] > s.counts[best] || best == "en" && s.counts[l.tag] > 0 {
			best = l.tag
		}
	}
	for _, n := range s.counts {
		total += n
	}
	if s.counts["ja-JP"]*20 > total {
		return "ja-JP"
	}
	if s.counts[best]*5 < total {
		return "en"
	}
	return best
}
