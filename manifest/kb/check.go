package kb

import (
	"fmt"
	"strings"

	"kbverify/manifest"
)

// check reports what does not fit its table although every cell can be read.
func check(m *manifest.Manifest, lines [][]int, fs *findings) {
	for t := range m.Tables {
		checkTwins(&m.Tables[t], lines[t], fs)
	}
}

// checkTwins compares the rows of one file: the same file for the same
// platform with another size, and one size for two processors.
func checkTwins(t *manifest.Table, lines []int, fs *findings) {
	byName := map[string][]int{}
	var repeated [][2]int
	for i := range t.Files {
		key := manifest.NameKey(t.Files[i].Name)
		twins := byName[key]
		const most = 50 // one name in so many languages: each row is compared with the latest
		if len(twins) > most {
			twins = twins[len(twins)-most:]
		}
		for _, j := range twins {
			if t.Files[i] == t.Files[j] {
				repeated = append(repeated, [2]int{j, i})
				break
			}
			if reportTwin(t, i, j, lines, fs) {
				break
			}
		}
		byName[key] = append(byName[key], i)
	}
	if len(repeated) > 0 {
		j, i := repeated[0][0], repeated[0][1]
		more := ""
		if n := len(repeated) - 1; n > 0 {
			more = fmt.Sprintf(", and %d more like it", n)
		}
		fs.add(lines[i], Odd, false, "%s stands on line %d already, with the same values%s; all are kept", t.Files[j].Name, lines[j], more)
	}
}

// reportTwin compares two rows of one name. Files without a version, and rows
// whose notes tell them apart, may well differ.
func reportTwin(t *manifest.Table, i, j int, lines []int, fs *findings) bool {
	f, g := &t.Files[i], &t.Files[j]
	size, exact := f.Size.Exact()
	other, otherExact := g.Size.Exact()
	if !exact || !otherExact || f.Note != g.Note {
		return false
	}
	switch {
	case f.Platform == g.Platform && f.Version == g.Version && !f.Version.IsZero() && size != other:
		fs.add(lines[i], Odd, executable(f.Name), "%s has %s bytes here and %s on line %d, with the same version and platform; both are kept",
			f.Name, manifest.Commas(size), manifest.Commas(other), lines[j])
	case f.Platform != g.Platform && f.Platform.Known() && g.Platform.Known() && size == other && executable(f.Name):
		fs.add(lines[i], Odd, true, "%s for %s has the size of the one for %s on line %d; kept as printed", f.Name, f.Platform, g.Platform, lines[j])
	default:
		return false
	}
	return true
}

// executable: built for one processor, so that its size is hardly that of
// another processor's.
func executable(name string) bool {
	lower := strings.ToLower(name)
	for _, ext := range []string{".exe", ".dll", ".sys", ".ocx", ".drv", ".cpl"} {
		if strings.HasSuffix(lower, ext) {
			return true
		}
	}
	return false
}
