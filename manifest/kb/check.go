package kb

import (
	"fmt"

	"kbverify/manifest"
	"kbverify/manifest/kb/findings"
)

// checkTwins compares the rows of one file: the same file for the same
// platform with another size, and one size for two processors.
func checkTwins(t *manifest.Table, lines []int, fs *findings.List) {
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
		fs.Add(lines[i], findings.Odd, false, "%s stands on line %d already, with the same values%s; all are kept",
			t.Files[j].Name, lines[j], more)
	}
}

// reportTwin compares two rows of one name. Files without a version, and rows
// whose notes tell them apart, may well differ.
func reportTwin(t *manifest.Table, i, j int, lines []int, fs *findings.List) bool {
	f, g := &t.Files[i], &t.Files[j]
	size, exact := f.Size.Exact()
	other, otherExact := g.Size.Exact()
	if !exact || !otherExact || f.Note != g.Note {
		return false
	}
	switch {
	case f.Platform == g.Platform && f.Version == g.Version && !f.Version.IsZero() && size != other:
		fs.Add(lines[i], findings.Odd, manifest.NamesExecutable(f.Name),
			"%s has %s bytes here and %s on line %d, with the same version and platform; both are kept",
			f.Name, manifest.Commas(size), manifest.Commas(other), lines[j])
	case f.Platform != g.Platform && f.Platform.Known() && g.Platform.Known() && size == other &&
		manifest.NamesExecutable(f.Name):
		fs.Add(lines[i], findings.Odd, true,
			"%s for %s has the size of the one for %s on line %d; kept as printed", f.Name, f.Platform, g.Platform, lines[j])
	default:
		return false
	}
	return true
}

// meet compares what was read with what is known of the same hotfix already.
// Equal rows mean the same article, perhaps in another language: then what
// people wrote about it - title, relations, notes - is taken over. Other rows
// are reported, and nothing is taken over.
func (r *Result) meet(known *manifest.Manifest, fs *findings.List) {
	if known == nil {
		return
	}
	line := r.Lines[0][0]
	if t, f, why := firstDifference(known, r.Manifest); why != "" {
		if t < len(r.Lines) && f < len(r.Lines[t]) {
			line = r.Lines[t][f]
		}
		fs.Add(line, findings.Note, false, "%s is known already, with other rows: %s; nothing is taken over from there",
			known.ID, why)
		return
	}
	fs.Add(line, findings.Note, false,
		"%s is known already, with the same rows; its title, relations and notes are taken over", known.ID)
	r.Manifest = known
}

// firstDifference gives the table and the row from which on got differs from
// known, and how; "" when every row is the same. Names of tables and patterns
// are what people write.
func firstDifference(known, got *manifest.Manifest) (table, row int, why string) {
	if len(known.Tables) != len(got.Tables) {
		return 0, 0, fmt.Sprintf("%d tables there, %d here", len(known.Tables), len(got.Tables))
	}
	for t := range known.Tables {
		there, here := known.Tables[t].Files, got.Tables[t].Files
		for i := range max(len(there), len(here)) {
			if i >= len(there) || i >= len(here) {
				return t, i, fmt.Sprintf("table %s has %d rows there, %d here", known.Tables[t].Name, len(there), len(here))
			}
			a, b := there[i], here[i]
			a.Pattern, b.Pattern = "", ""
			if a != b {
				return t, i, fmt.Sprintf("%s of table %s differs", a.Name, known.Tables[t].Name)
			}
		}
	}
	return 0, 0, ""
}
