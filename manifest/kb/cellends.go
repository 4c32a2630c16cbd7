package kb

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"kbverify/manifest"
)

// end is a place where a cell can end, and what it costs to end it there.
type end struct{ n, cost int }

func (s *splitter) ends(k kind, rest string, last bool) []end {
	switch k {
	case nameKind:
		return nameEnds(rest)
	case versionKind:
		return append(numberEnds(versionKind, rest, "."), s.emptyWords(rest)...)
	case sizeKind:
		return numberEnds(sizeKind, rest, ",.KMGBkmgbytes ")
	case dateKind:
		return momentEnds(dateKind, rest, 24)
	case timeKind:
		return momentEnds(timeKind, rest, 13)
	case platformKind:
		return s.platformEnds(rest, last)
	}
	if last && rest != "" {
		return []end{{len(rest), unusualCost}}
	}
	return nil
}

// nameEnds: behind every dot, an extension of up to eight characters with a
// letter in it.
func nameEnds(rest string) []end {
	out := bareNameEnds(rest)
	for i := 1; i < len(rest) && i < 255 && rest[i] != ' '; i++ {
		if rest[i] != '.' {
			continue
		}
		letter := false
		for n := 1; n <= 8 && i+n < len(rest) && isExtRune(rune(rest[i+n])); n++ {
			letter = letter || rest[i+n] > '9'
			if letter && nameQuality(rest[:i+n+1]) == plainCost {
				out = append(out, end{i + n + 1, extensionCost(rest[i+1 : i+n+1])})
			}
		}
	}
	return out
}

// bareNameEnds: names without an extension end where a number begins, before
// the first dot: "Tool2" in front of a version.
func bareNameEnds(rest string) []end {
	var out []end
	dot := strings.IndexByte(rest, '.')
	for i := 2; i < dot && i <= longestBareName; i++ {
		if '0' <= rest[i] && rest[i] <= '9' && nameQuality(rest[:i]) == noExtCost {
			out = append(out, end{i, noExtCost})
		}
	}
	return out
}

const longestBareName = 40

var usualExtension = regexp.MustCompile(`^(?i)(?:exe|dll|sys|msi|msp|cab|xml|mof|ini|inf|cat|mum|sql|ocx|manifest|mui|txt|rll|tlb|cpl|drv|vxd|hlp|chm|htm|js|vbs|asp|mfl|man|adm|admx|adml|ax|cfg|com|dat|map|mod|rul|sdb|xsl|rtf|msm|config|winmd|pdb|lib|h|zip)$`)

func extensionCost(ext string) int {
	if usualExtension.MatchString(ext) {
		return plainCost
	}
	return unusualCost
}

// roundedGroups are sizes in words whose groups have three digits.
var roundedGroups = regexp.MustCompile(`^(?i)(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,3})? ?(?:[KMG]B?|b|bytes?)$`)

// numberEnds: every prefix that is plainly a cell of the kind.
func numberEnds(k kind, rest, marks string) []end {
	var out []end
	for n := 1; n <= len(rest) && n <= 24; n++ {
		c := rest[n-1]
		if (c < '0' || c > '9') && strings.IndexByte(marks, c) < 0 {
			break
		}
		if k == sizeKind && n > 1 && rest[0] == '0' {
			break // no size has a zero in front
		}
		q := quality(k, rest[:n])
		if k == sizeKind && strings.IndexByte(marks[2:], c) >= 0 && !roundedGroups.MatchString(rest[:n]) {
			continue
		}
		if q == plainCost && c != ' ' || k == sizeKind && q == unusualCost {
			out = append(out, end{n, plainCost})
		}
	}
	return out
}

func momentEnds(k kind, rest string, longest int) []end {
	var out []end
	for n := 4; n <= len(rest) && n <= longest; n++ {
		if n < len(rest) && !utf8.RuneStart(rest[n]) || rest[n-1] == ' ' {
			continue
		}
		if quality(k, rest[:n]) == plainCost {
			out = append(out, end{n, 0})
		}
	}
	return out
}

// emptyWords: a word for "not applicable", known or learnt from the table.
func (s *splitter) emptyWords(rest string) []end {
	var out []end
	const longest = 60
	for n := 1; n <= len(rest) && n <= longest; n++ {
		if n < len(rest) && !utf8.RuneStart(rest[n]) {
			continue
		}
		if f := fold(rest[:n]); f != "" && (notApplicable[f] || s.learnt[f]) {
			out = append(out, end{n, 0})
		}
	}
	return out
}

func (s *splitter) platformEnds(rest string, last bool) []end {
	out := s.emptyWords(rest)
	if last {
		q := platformQuality(rest)
		if q >= strangeCost && s.cols[max(0, len(s.cols)-2)].kind == nameKind {
			q += emptyCost // rather the end of the name in front
		}
		if q != noFit && q <= emptyCost+strangeCost+1 && !s.learnt[fold(rest)] {
			out = append(out, end{len(rest), q})
		}
		return out
	}
	for n := 1; n <= len(rest) && n <= 12; n++ {
		if manifest.ParsePlatform(rest[:n]).Known() {
			out = append(out, end{n, 0})
		}
	}
	return out
}
