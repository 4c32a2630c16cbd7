package kb_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"kbverify/manifest/kb"
)

// TestOtherArticles counts what the Markdown articles about other products
// give, which KBVERIFY_CORPUS holds in its folder markdown.
func TestOtherArticles(t *testing.T) {
	corpus := os.Getenv("KBVERIFY_CORPUS")
	if corpus == "" {
		t.Skip("KBVERIFY_CORPUS does not name the articles")
	}
	for name, want := range map[string]struct {
		id, first    string // the id, and the name of the first table
		tables, rows int
	}{
		"appcompat-update-april-2011.md":     {"KB2492386", "x86 Windows XP", 16, 906}, // 574 of them in vertical records
		"cant-sign-in-to-domain.md":          {"KB318364", "", 1, 22},
		"ldap-filters-dont-take-effect.md":   {"KB976398", "x86 Windows 7", 6, 11},
		"msmq-transaction-remote-receive.md": {"KB2654668", "x86 Windows Server 2008 and Windows Vista", 6, 12},
		"shutdown-command-remote.md":         {"KB834100", "", 1, 1},
		"silverlight-5-update-available.md":  {"KB3075609", "x64", 2, 2},
		"sqlserver-2017-cu18-extract.md":     {"KB900000", "SQL Server 2017 Data Quality Client", 5, 29},
	} {
		data, err := os.ReadFile(filepath.Join(corpus, "markdown", name))
		if err != nil {
			t.Fatal(err)
		}
		res, err := kb.Read(name, data, kb.Options{})
		if errors.Is(err, kb.ErrNoID) { // the extract says none
			res, err = kb.Read(name, data, kb.Options{ID: "KB900000"})
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkResult(t, res.Format, data, res)
		rows := 0
		for _, table := range res.Manifest.Tables {
			rows += len(table.Files)
		}
		m := res.Manifest
		if m.ID != want.id || m.Tables[0].Name != want.first || len(m.Tables) != want.tables || rows != want.rows {
			t.Errorf("%s: %s, first table %q, %d tables, %d rows; want %+v", name, m.ID, m.Tables[0].Name, len(m.Tables), rows, want)
		}
	}
	data, err := os.ReadFile(filepath.Join(corpus, "markdown", "sqlserver-2025-cu1-file-information.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kb.Read("cu1.md", data, kb.Options{}); !errors.Is(err, kb.ErrNoTable) {
		t.Errorf("a list of hashes: %v, want ErrNoTable", err)
	}
}
