package tables

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

var (
	// based is a processor in the heading of a table: "x64-based versions".
	based = pattern.New(`(?i)\b(x86|x64|arm64|ia-?64|amd64|i386|itanium)-based\b`)
	// mentions are the processors that a text speaks of, and the widths.
	mentions = pattern.New(`(?i)\b(?:x86[-_]64|x86|x64|arm64|ia-?64|amd64|i386|itanium|alpha|intel|mips|ppc|powerpc|` +
		`arm|(?:32|64)[- ]?bits?)\b`)
	// sort says behind which of them a heading is one of files for a processor, for
	// they have other meanings: "Alpha-based computers", not "Alpha Blending".
	sort = pattern.New(`^(?i)(?:-based|[ -](?:versions?|computers?|platforms?|processors?|systems?|editions?|` +
		`machines?)\b)`)
	// hedged are words by which a heading is not about files for the processor in it.
	hedged = pattern.New(`(?i)\b(?:no|not|non|except|without|unless|instead|same|both|also|other|wow\w*|syswow\w*|` +
		`emulat\w+|running|runs?|is|are|was|when|if)\b|\.(?:exe|msu|msp|msi|cab|dll|bin)\b|[\\<>]`)
	// ofArticle are words of a title: its article can hold files for more processors.
	ofArticle = pattern.New(`(?i)\b(?:update|hotfix|fix|patch|rollup|KB\d+|Q\d+)\b`)
	// otherWide and other32 are what else files of 64 and of 32 bits can be built for.
	otherWide = pattern.New(`(?i)\b(?:ia-?64|itanium|alpha|axp|arm64|arm)\b`)
	other32   = pattern.New(`(?i)\b(?:alpha|axp|mips|ppc|powerpc|arm|macintosh)\b`)
	wider     = pattern.New(`(?i)\b(?:64[- ]bit|x64|amd64|ia-?64|itanium)\b`)
	newer     = pattern.New(`\b20(?:0[5-9]|[1-9]\d)\b|\bWindows (?:Vista|7|8|8\.1|10|11)\b`)
	older     = pattern.New(`\b(?:2000|2003|XP|NT)\b`)
)

// processors are the platforms that a text mentions, each once; wide and narrow
// say that it speaks of 64 or of 32 bits.
func processors(text string) (all []manifest.Platform, wide, narrow bool) {
	seen := map[manifest.Platform]bool{}
	for _, word := range mentions().FindAllString(text, -1) {
		switch {
		case strings.HasPrefix(word, "64"):
			wide = true
		case strings.HasPrefix(word, "32"):
			narrow = true
		default:
			if p := manifest.ParsePlatform(word); !seen[p] {
				seen[p] = true
				all = append(all, p)
			}
		}
	}
	return all, wide, narrow
}

// builtIn is the one platform that a heading says its files are for, or "".
func (a *Article) builtIn(heading string) manifest.Platform {
	const longest = 100 // bytes
	heading = strings.Trim(heading, " :")
	if p := manifest.ParsePlatform(heading); p.Known() {
		return p
	}
	if len(heading) > longest || strings.HasSuffix(heading, ".") || hedged().MatchString(heading) {
		return ""
	}
	all, wide, narrow := processors(heading)
	if len(all) > 1 || wide && narrow {
		return ""
	}
	if len(all) == 1 {
		p := all[0]
		at := mentions().FindStringIndex(heading)
		alone := at[0] > 0 && heading[at[0]-1] == '(' && strings.HasPrefix(heading[at[1]:], ")")
		switch p {
		case manifest.X64, manifest.IA64, manifest.ARM64:
			if narrow {
				return ""
			}
			return p
		case manifest.X86:
			if wide || strings.EqualFold(heading[at[0]:at[1]], "intel") && !alone && !sort().MatchString(heading[at[1]:]) {
				return ""
			}
			return p
		case manifest.Alpha, manifest.MIPS, manifest.PowerPC:
			if alone || sort().MatchString(heading[at[1]:]) {
				return p
			}
		}
		return ""
	}
	of := heading
	if a.Product != unknownProduct {
		of = a.Product + " " + heading
	}
	recent := newer().MatchString(of) && !older().MatchString(of)
	switch {
	case narrow && !a.says(other32()) && (recent || a.says(wider())):
		return manifest.X86
	case wide && recent && !a.says(otherWide()):
		return manifest.X64
	}
	return ""
}

// says: a line of the article matches. It is asked for each table, and answers each
// question once.
func (a *Article) says(p *regexp.Regexp) bool {
	answer, known := a.said[p]
	if !known {
		answer = slices.ContainsFunc(a.lines, func(l lines.Line) bool {
			return len(l.Text) <= lines.LongestRow && p.MatchString(l.Text)
		})
		a.said[p] = answer
	}
	return answer
}

// platformAbove is the platform that the nearest heading of a table names: the line
// above it, or what its introduction or the heading above that is for, unless the
// text between them speaks of another one.
func (a *Article) platformAbove(f *facet) manifest.Platform {
	near := cmp.Or(f.title, f.heading)
	if all := based().FindAllStringSubmatch(near, -1); len(all) == 1 {
		return manifest.ParsePlatform(all[0][1])
	}
	if all, wide, narrow := processors(near); f.headed && (len(all) > 0 || wide || narrow) {
		return a.builtIn(near)
	}
	if ofArticle().MatchString(f.over) {
		return ""
	}
	p := a.builtIn(f.over)
	if p == "" {
		return ""
	}
	all, wide, narrow := processors(f.between)
	for _, other := range all {
		if other != p {
			return ""
		}
	}
	if wide && p == manifest.X86 || narrow && p != manifest.X86 {
		return ""
	}
	return p
}

// builtFor gives the rows of a table the platform that its heading names, where the
// table has no column for it. A name that stands there twice may be that of a file
// for another processor, too (Windows on Windows), and stays without.
func (a *Article) builtFor(f *facet, t *manifest.Table, of *cells.Table) {
	if headings.Count(of.Cols)[values.Platform] > 0 || onePlatform(t) != "" {
		return
	}
	count := map[string]int{}
	for _, file := range t.Files {
		if count[manifest.NameKey(file.Name)]++; file.Platform != "" {
			return
		}
	}
	if f.built = a.platformAbove(f); f.built == "" {
		return
	}
	for i := range t.Files {
		if file := &t.Files[i]; count[manifest.NameKey(file.Name)] == 1 && manifest.NamesExecutable(file.Name) {
			file.Platform = f.built
		}
	}
}
