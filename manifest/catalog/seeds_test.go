package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"kbverify/manifest"
	"kbverify/manifests"
)

// seeds says which articles each hotfix was read from, by the beginning of
// their names in the folder that KBVERIFY_SEEDS names.
var seeds = map[string][]string{
	"KB977384": {"000_"},
	"KB977203": {"001_", "003_", "004_"},
	"Q252717":  {"002_"},
}

// TestRowsStandInTheArticles holds every row against every article of its
// hotfix without the importer: without blanks and line ends, the articles that
// run columns together and those with one cell a line read alike.
func TestRowsStandInTheArticles(t *testing.T) {
	folder := os.Getenv("KBVERIFY_SEEDS")
	if folder == "" {
		t.Skip("KBVERIFY_SEEDS does not name the folder of the articles")
	}
	c := open(t, manifests.FS)
	for id, articles := range seeds {
		m, err := c.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, article := range articles {
			t.Run(id+"/"+article, func(t *testing.T) { checkRows(t, m, squeezed(t, folder, article)) })
		}
	}
}

// squeezed reads an article without its blanks, line ends and direction marks.
func squeezed(t *testing.T, folder, article string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, article+"*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files begin with %s, error %v", len(files), article, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, string(data))
}

// rowEnd is a date and a time as the two kinds of tables print them.
var rowEnd = regexp.MustCompile(`\d\d-[^0-9-]{3,5}-\d{4}\d\d:\d\d|\d{1,2}/\d{1,2}/\d{3,4}?\d{1,2}:\d\d[AP]M`)

// checkRows wants the rows in the article, in this order, and no other.
func checkRows(t *testing.T, m *manifest.Manifest, article string) {
	t.Helper()
	rows, rest := 0, article
	for _, table := range m.Tables {
		for _, f := range table.Files {
			rows++
			pattern := rowPattern(t, f)
			at := regexp.MustCompile(pattern).FindStringIndex(rest)
			if at == nil {
				t.Errorf("%s: no %s after the rows before it", table.Name, pattern)
				continue
			}
			rest = rest[at[1]:]
		}
	}
	if n := len(rowEnd.FindAllString(article, -1)); n != rows {
		t.Errorf("the article has %d rows, the manifest %d", n, rows)
	}
}

// rowPattern is how a row is printed: the name first and every cell filled, or
// for Q252717 the date first.
func rowPattern(t *testing.T, f manifest.File) string {
	t.Helper()
	if _, exact := f.Size.Exact(); !exact {
		return datePrinted(t, f) + regexp.QuoteMeta(f.Version.String()+strings.ReplaceAll(f.Size.Text(), " ", "")+f.Name) +
			map[manifest.Platform]string{manifest.X86: "Intel", manifest.Alpha: "Alpha"}[f.Platform]
	}
	const notApplicable, anyWord = `[^0-9]{2,20}?`, `[^0-9A-Za-z]{0,6}`
	version, platform := notApplicable, notApplicable
	if !f.Version.IsZero() {
		version, platform = regexp.QuoteMeta(f.Version.String()), anyWord+regexp.QuoteMeta(string(f.Platform))
	}
	return regexp.QuoteMeta(f.Name) + version + f.Size.String() + datePrinted(t, f) + platform
}

// datePrinted is the date and time: the month's name in English or in letters
// of another script, or for Q252717 in American order.
func datePrinted(t *testing.T, f manifest.File) string {
	t.Helper()
	if f.Modified == "" {
		return regexp.QuoteMeta(strings.ReplaceAll(f.AsPrinted.Modified, " ", ""))
	}
	at, err := time.Parse("2006-01-02T15:04", f.Modified)
	if err != nil {
		t.Fatal(err)
	}
	if _, exact := f.Size.Exact(); !exact {
		return at.Format("1/2/20063:04PM")
	}
	return fmt.Sprintf(`%s-(?:%s|[^0-9A-Za-z]{3,5})-%s`, at.Format("02"), at.Format("Jan"), at.Format("200615:04"))
}
