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

// executables are the extensions under which Windows loads code, in PE, NE or LE
// form: programs and screen savers, which CreateProcess takes, libraries, controls
// (ActiveX) and control panel items, which LoadLibrary takes, and drivers (.drv of
// 16-bit Windows too, .vxd of Windows 95 and 98).
var executables = map[string]bool{
	".EXE": true, ".SCR": true, ".DLL": true, ".OCX": true, ".CPL": true, ".SYS": true, ".DRV": true, ".VXD": true,
}

// data are the extensions of files that hold no code of a processor, and so have
// no version resource: packages, scripts, settings, texts, pictures and data of
// Windows and SMS. No article prints a version for one. Extensions that are in
// neither list (.com, .srv, .mod, .dl_) may be either.
var data = map[string]bool{
	".MSI": true, ".MSP": true, ".CAB": true, ".MOF": true, ".XML": true, ".INI": true,
	".SQL": true, ".TXT": true, ".INF": true, ".CAT": true, ".HTM": true, ".HTML": true, ".LOG": true,
	".MAP": true, ".PDF": true, ".CDF": true, ".SMS": true, ".CT1": true, ".CTL": true, ".RUL": true,
	".MDB": true, ".XLS": true, ".ASP": true, ".GIF": true, ".BMP": true, ".ICO": true, ".JPG": true,
	".RTF": true, ".DOC": true, ".BAT": true, ".CMD": true, ".VBS": true, ".REG": true, ".ZIP": true,
}

// NamesExecutable reports a name under which Windows loads code.
func NamesExecutable(name string) bool { return hasExtension(name, executables) }

// NamesData reports a name of pure data: size and content are all that can be
// said about the file.
func NamesData(name string) bool { return hasExtension(name, data) }

// hasExtension reports that what follows a name's last dot, and the dot, is one of
// some, which are ASCII in upper case. Every file of a walk is asked.
func hasExtension(name string, some map[string]bool) bool {
	var key [8]byte // longer than any of them
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 || len(name)-dot > len(key) {
		return false
	}
	for i, c := range []byte(name[dot:]) {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		key[i] = c
	}
	return some[string(key[:len(name)-dot])]
}
