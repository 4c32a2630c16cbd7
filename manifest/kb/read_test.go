package kb_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/manifest/kb"
	"kbverify/manifest/kb/lines"
	"kbverify/manifests"
)

const small = `Article ID: 900040
Windows XP

Date         Time   Version      Size    File name
--------------------------------------------------
01-Mar-2001  16:15  5.1.2600.1   40,960  Widget.dll
`

// TestReadErrors: why an article gives no manifest.
func TestReadErrors(t *testing.T) {
	withoutID := strings.TrimPrefix(small, "Article ID: 900040\n")
	for _, tt := range []struct {
		name, text string
		o          kb.Options
		want       error
		says       string
	}{
		{"nothing.txt", "Words.\n", kb.Options{}, kb.ErrNoTable, "nothing.txt: no file table found: no line has a file name"},
		{"empty", "", kb.Options{}, kb.ErrNoTable, "the file is empty; save the article again"},
		{"blank", "\xEF\xBB\xBF \n\n", kb.Options{}, kb.ErrNoTable, "the file is empty"},
		{"a.txt", "%PDF-1.4\n" + small, kb.Options{}, kb.ErrNotText, "not text: a PDF; save the article as text, HTML or CSV"},
		{"a.docx", "PK\x03\x04\x14\x00word/document.xml", kb.Options{}, kb.ErrNotText, "a Word file; save"},
		{"a.xlsx", "PK\x03\x04\x14\x00xl/workbook.xml", kb.Options{}, kb.ErrNotText, "an Excel file; save"},
		{"a.zip", "PK\x03\x04\x14\x00a.txt", kb.Options{}, kb.ErrNotText, "a ZIP file; save"},
		{"hashes.md", "|File name|SHA256|\n|--|--|\n|a.exe|A25604D3733CFD0DAD9C7BDA5AFCC817|\n", kb.Options{}, kb.ErrNoTable, "a list of hashes"},
		{"no id", withoutID, kb.Options{}, kb.ErrNoID, "--id"},
		{"program.exe", "MZ\x00\x00", kb.Options{}, nil, "not text"},
		{"forced.csv", small, kb.Options{Format: lines.CSV}, kb.ErrNoTable, "no file table found"},
	} {
		res, err := kb.Read(tt.name, []byte(tt.text), tt.o)
		var typed *kb.Error
		if !errors.As(err, &typed) || typed.Name != tt.name || !strings.Contains(err.Error(), tt.says) || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
		if res == nil || res.Manifest != nil {
			t.Errorf("%s: result %+v", tt.name, res)
		}
	}
}

// TestWhereTheIDComesFrom, in the order in which it is looked for.
func TestWhereTheIDComesFrom(t *testing.T) {
	body := strings.TrimPrefix(small, "Article ID: 900040\n")
	for _, tt := range []struct{ name, text, id, want string }{
		{"a.txt", small, "KB900041", "KB900041"},
		{"a.txt", small, "900041", "KB900041"},
		{"a.txt", small, "", "KB900040"},
		{"a.txt", "Widgets PSS ID Number: Q900050 Article Last Modified\n" + body, "", "Q900050"},
		{"a.txt", "\tArticle: Q900042\n" + body, "", "Q900042"},
		{"a.md", "_Original KB number:_ &nbsp; 900043\n" + body, "", "KB900043"},
		{"KB900044.txt", body, "", "KB900044"},
		{"q900045_page.html.txt", body, "", "Q900045"},
		{"a.txt", strings.ReplaceAll(body, "Widget.dll", "widget-kb900046-x86.msp") + "KB900047 KB900047\n", "", "KB900046"},
		{"a.txt", body + "KB900048, see KB900049 and KB900048\n", "", "KB900048"},
	} {
		res, err := kb.Read(tt.name, []byte(tt.text), kb.Options{ID: tt.id})
		if err != nil {
			t.Errorf("%s: %v", tt.want, err)
		} else if res.Manifest.ID != tt.want {
			t.Errorf("id %s, want %s", res.Manifest.ID, tt.want)
		}
	}
}

// TestKnown: the same rows take over what people wrote, other rows take nothing.
func TestKnown(t *testing.T) {
	known := func(change func(*manifest.Manifest)) func(string) *manifest.Manifest {
		return func(id string) *manifest.Manifest {
			res, err := kb.Read("a.txt", []byte(small), kb.Options{ID: "Q900040"})
			if err != nil || manifest.IDKey(id) != "900040" {
				t.Fatal(id, err)
			}
			res.Manifest.Title, res.Manifest.Notes = "Written by hand", []string{"A note."}
			change(res.Manifest)
			return res.Manifest
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*manifest.Manifest)
		title  string
		says   string
	}{
		{"the same rows", func(m *manifest.Manifest) {}, "Written by hand", "with the same rows"},
		{"a pattern", func(m *manifest.Manifest) { m.Tables[0].Files[0].Pattern = "widget*.dll" }, "Written by hand", "with the same rows"},
		{"another size", func(m *manifest.Manifest) { m.Tables[0].Files[0].Size = manifest.ExactSize(1) }, "Widget.dll for Windows XP", "Widget.dll of table"},
		{"another row", func(m *manifest.Manifest) { m.Tables[0].Files = append(m.Tables[0].Files, m.Tables[0].Files[0]) }, "Widget.dll for Windows XP", "has 2 rows there, 1 here"},
		{"another table", func(m *manifest.Manifest) { m.Tables = append(m.Tables, m.Tables[0]) }, "Widget.dll for Windows XP", "2 tables there, 1 here"},
	} {
		res, err := kb.Read("a.txt", []byte(small), kb.Options{Known: known(tt.change)})
		if err != nil {
			t.Fatal(err)
		}
		if res.Manifest.Title != tt.title {
			t.Errorf("%s: title %q, want %q", tt.name, res.Manifest.Title, tt.title)
		}
		if n := len(res.Findings); n != 1 || !strings.Contains(res.Findings[0].Text, tt.says) || res.Findings[0].Line != 6 || res.Findings[0].Strict {
			t.Errorf("%s: findings %v, want one of line 6 with %q", tt.name, res.Findings, tt.says)
		}
	}
}

// TestSeeds imports the five articles this began with, which KBVERIFY_SEEDS
// names, without saying anything about them: exactly the embedded manifests.
func TestSeeds(t *testing.T) {
	dir := os.Getenv("KBVERIFY_SEEDS")
	if dir == "" {
		t.Skip("KBVERIFY_SEEDS does not name the articles")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(names) != 5 {
		t.Fatalf("%d articles in %s, want 5 (%v)", len(names), dir, err)
	}
	files := map[string]string{"KB977384": "configmgr-2007", "KB977203": "configmgr-2007", "Q252717": "sms-2.0"}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		res, err := kb.Read(name, data, kb.Options{Known: func(id string) *manifest.Manifest {
			want, err = manifests.FS.ReadFile(files[id] + "/" + id + ".json")
			if err != nil {
				t.Fatal(err)
			}
			m, err := manifest.Parse(id, want)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(string(want), string(res.Manifest.Encode())); diff != "" {
			t.Errorf("%s (-embedded +imported)\n%s", name, diff)
		}
		if strict := strictOf(res); len(strict) > 0 && res.Manifest.ID != "Q252717" { // which prints a year 199
			t.Errorf("%s: %v", name, strict)
		}
	}
}

// strictOf is the findings that a strict import refuses.
func strictOf(r *kb.Result) []kb.Finding {
	var out []kb.Finding
	for _, f := range r.Findings {
		if f.Strict {
			out = append(out, f)
		}
	}
	return out
}
