package pecheck

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// This file states what must hold wherever a table passes, in the plainest
// words, and tries it on random tables and roots. It shares nothing with the
// judge: versions and sizes are small numbers, platforms are words.

// printedRow is a row of a table. Version and size 0 are not printed.
type printedRow struct {
	name, platform string
	version, size  int
}

// foundFile is a file under the root. Built is a platform, "any-cpu", "16-bit",
// "data" for a file that is no executable, or "unreadable".
type foundFile struct {
	folder, name, built string
	version, size       int
}

// place is the platform of the innermost platform folder, or "".
func (f foundFile) place() string {
	elements := strings.Split(f.folder, "/")
	slices.Reverse(elements)
	for _, e := range elements {
		if p := map[string]string{"i386": "x86", "x64": "x64", "alpha": "Alpha"}[e]; p != "" {
			return p
		}
	}
	return ""
}

// platformFolder is the innermost platform folder around the file.
func (f foundFile) platformFolder() string {
	folder := f.folder
	for inner := path.Base(folder); inner != "i386" && inner != "x64" && inner != "alpha"; inner = path.Base(folder) {
		folder = path.Dir(folder)
	}
	return folder
}

func processor(platform string) bool {
	return platform == "x86" || platform == "x64" || platform == "Alpha"
}

// runsOn reports that the file's code can stand for a platform.
func (f foundFile) runsOn(platform string) bool {
	switch f.built {
	case "data":
		return true
	case "any-cpu":
		return platform == "x86" || platform == "x64"
	case "16-bit":
		return platform == "x86"
	}
	return f.built == platform
}

// agrees reports that nothing the row prints speaks against the file.
func (f foundFile) agrees(r printedRow) bool {
	sizeAgrees := r.size == 0 || r.size == f.size
	if r.version == 0 {
		return sizeAgrees
	}
	return f.version > r.version || f.version == r.version && sizeAgrees
}

// between reports a file that is newer than a row, and for another row of the
// platform too old, or of its version with another size: it is neither's.
func (f foundFile) between(r printedRow, named []printedRow) bool {
	return r.version != 0 && f.version > r.version && slices.ContainsFunc(named, func(o printedRow) bool {
		return o.platform == r.platform && o.version >= f.version && !f.agrees(o)
	})
}

// standsFor reports that the file is one for the row's platform: its folder
// says so, or elsewhere its code.
func (f foundFile) standsFor(r printedRow) bool {
	switch {
	case f.place() != "" && processor(r.platform):
		return f.place() == r.platform && f.runsOn(r.platform)
	case f.place() != "" && r.platform == "":
		return f.runsOn(f.place())
	}
	return !processor(r.platform) || f.runsOn(r.platform)
}

// elsewhere reports a file in a platform folder for which its name has no row:
// the table says nothing about it, if it belongs into that folder. A managed
// file belongs to any row that it runs on.
func (f foundFile) elsewhere(named []printedRow) bool {
	return f.place() != "" && f.runsOn(f.place()) && !slices.ContainsFunc(named, func(r printedRow) bool {
		return r.platform == f.place() || !processor(r.platform) || f.built == "any-cpu" && f.runsOn(r.platform)
	})
}

// lie says why a root must not pass, or "".
func lie(rows []printedRow, files []foundFile) string {
	for _, f := range files {
		named := slices.DeleteFunc(slices.Clone(rows), func(r printedRow) bool { return r.name != f.name })
		good := func(r printedRow) bool { return f.standsFor(r) && f.agrees(r) && !f.between(r, named) }
		inPlace := func(r printedRow) bool { return f.runsOn(f.place()) && f.runsOn(r.platform) && f.agrees(r) }
		switch {
		case len(named) == 0:
		case f.built == "unreadable":
			return fmt.Sprintf("%v is unreadable", f)
		case f.elsewhere(named), slices.ContainsFunc(named, good):
		case f.built == "any-cpu" && slices.ContainsFunc(named, inPlace):
		case !slices.ContainsFunc(named, func(r printedRow) bool { return f.runsOn(r.platform) || shown(rows, files, r.platform) }):
			// The table has the name for platforms that are not here.
		default:
			return fmt.Sprintf("%v agrees with no row", f)
		}
	}
	return absence(rows, files)
}

// shown reports that rows of the platform apply: a file of the table's names lies
// in a folder of it, or outside platform folders is built for it, or a folder of
// it lies beside a platform folder in which such a file lies.
func shown(rows []printedRow, files []foundFile, platform string) bool {
	var holding []string // folders around the platform folders in which files of the table lie
	for _, f := range files {
		named := func(r printedRow) bool { return r.name == f.name }
		built := func(r printedRow) bool { return named(r) && r.platform == platform }
		switch {
		case !slices.ContainsFunc(rows, named):
		case f.place() == platform, f.place() == "" && f.built == platform && slices.ContainsFunc(rows, built),
			f.place() == "" && f.runsOn(platform) && f.built != "any-cpu" && f.built != "data":
			return true
		case f.place() != "":
			holding = append(holding, path.Dir(f.platformFolder()))
		}
	}
	beside := func(f foundFile) bool {
		return f.place() == platform && slices.Contains(holding, path.Dir(f.platformFolder()))
	}
	return !processor(platform) || slices.ContainsFunc(files, beside)
}

// absence says which row lacks a file, or that too little is there to tell.
func absence(rows []printedRow, files []foundFile) string {
	code, here, compared := false, false, false
	for _, r := range rows {
		present := func(f foundFile) bool { return f.name == r.name && f.standsFor(r) }
		known := processor(r.platform)
		if shown(rows, files, r.platform) && !slices.ContainsFunc(files, present) {
			return fmt.Sprintf("no file for %v", r)
		}
		code = code || known
		here = here || known && (shown(rows, files, r.platform) || slices.ContainsFunc(files, func(f foundFile) bool { return f.name == r.name && f.place() == "" }))
		here = here || r.platform == "" && slices.ContainsFunc(files, func(f foundFile) bool { // it is of its machine's platform
			return present(f) && f.built != "data" && f.built != "unreadable"
		})
		compared = compared || (r.version != 0 || r.size != 0) && slices.ContainsFunc(files, present)
	}
	switch {
	case code && !here:
		return "no platform of the table is here"
	case !compared:
		return "nothing was compared"
	}
	return ""
}

func TestNothingPassesThatALookAtTheFilesWouldRefuse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	passed := 0
	for range 20_000 {
		var rows []printedRow
		for range 1 + random.IntN(4) {
			rows = append(rows, printedRow{pick("a.dll", "b.dll", "c.ini"), pick("x86", "x64", "Alpha", "x86", "", "Macintosh"), random.IntN(3), random.IntN(3)})
		}
		var files []foundFile
		for range 1 + random.IntN(5) {
			f := foundFile{pick("", "i386", "x64", "alpha", "old", "x64/i386", "i386/old"), pick("a.dll", "b.dll", "c.ini", "z.dll"),
				pick("x86", "x64", "Alpha", "x86", "x64", "any-cpu", "16-bit", "data", "unreadable"), random.IntN(3), random.IntN(3)}
			if random.IntN(3) > 0 { // near to a row, or few would pass
				r := rows[random.IntN(len(rows))]
				f.name, f.version, f.size = r.name, r.version, r.size
				if processor(r.platform) {
					f.built = r.platform
				}
			}
			if f.built == "data" || f.built == "unreadable" {
				f.version = 0
			}
			same := func(g foundFile) bool { return g.folder == f.folder && g.name == f.name }
			if !slices.ContainsFunc(files, same) {
				files = append(files, f)
			}
		}
		r := judgeWords(t, rows, files)
		if r.Exit() != result.ExitPass {
			continue
		}
		passed++
		if why := lie(rows, files); why != "" {
			t.Fatalf("%s, although %s\nrows  %+v\nfiles %+v\n%q", r.Tables[0].State, why, rows, files, verdicts(r.Tables[0]))
		}
	}
	if passed < 500 {
		t.Errorf("%d roots passed: too few to show anything", passed)
	}
}

// judgeWords gives the rows and files to the judge in its own terms.
func judgeWords(t *testing.T, rows []printedRow, files []foundFile) result.RootResult {
	t.Helper()
	tb := manifest.Table{}
	for _, r := range rows {
		cell := func(text string, n int) string {
			if n == 0 {
				return "-"
			}
			return fmt.Sprintf(text, n)
		}
		platform := r.platform
		if platform == "" {
			platform = "-"
		}
		tb.Files = append(tb.Files, row(t, strings.Join([]string{r.name, cell("1.0.0.%d", r.version), cell("%d", r.size), platform}, " ")))
	}
	var lines []string
	for _, f := range files {
		version := "-"
		if f.version > 0 {
			version = fmt.Sprintf("1.0.0.%d", f.version)
		}
		kind := f.built
		lines = append(lines, strings.Join([]string{strings.TrimPrefix(f.folder+"/"+f.name, "/"), version, fmt.Sprint(f.size), kind}, " "))
	}
	m := &manifest.Manifest{ID: "Q100000", Tables: []manifest.Table{tb}}
	return Verify(inventoryOf(t, lines...), []Request{{Manifest: m}}, Scope{}, Known{})
}
