package catalog

import (
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"

	"kbverify/manifest"
	"kbverify/manifests"
)

// synthetic is a catalogue of n hotfixes with eight files each, the mean of
// what Microsoft published for SMS.
func synthetic(b *testing.B, n int) fs.FS {
	b.Helper()
	fsys := fstest.MapFS{}
	for i := range n {
		m := &manifest.Manifest{
			ID: fmt.Sprintf("Q%d", 200000+i), Title: "Site server component stops while it processes status messages", Product: "Systems Management Server 2.0",
			Source: manifest.Source{URL: fmt.Sprintf("https://support.microsoft.com/kb/%d", 200000+i), Languages: []string{"en"}},
			Tables: []manifest.Table{{Name: "SP1", Language: "en"}},
		}
		for j := range 8 {
			m.Tables[0].Files = append(m.Tables[0].Files, manifest.File{
				Name: fmt.Sprintf("Component%d.dll", (i+j)%100), Modified: "2000-01-28T10:49", Platform: manifest.X86,
				Version: manifest.PrintedOf(manifest.Version{2, 0, 1380, uint16(i)}), Size: manifest.ExactSize(int64(100_000 + i*j)),
			})
		}
		fsys[fmt.Sprintf("sms-%d/%s.json", i%4, m.ID)] = &fstest.MapFile{Data: m.Encode()}
	}
	index, err := BuildIndex(fsys)
	if err != nil {
		b.Fatal(err)
	}
	fsys[indexPath] = &fstest.MapFile{Data: index}
	return flat{fsys}
}

// flat reads a MapFS without its search for folders, as an embed.FS does.
type flat struct{ fstest.MapFS }

func (f flat) ReadFile(name string) ([]byte, error) { return f.MapFS[name].Data, nil }

// BenchmarkCatalog measures what a command pays for each question at start-up.
func BenchmarkCatalog(b *testing.B) {
	for _, embedded := range []struct {
		name string
		fsys fs.FS
	}{{"embedded", manifests.FS}, {"synthetic-250", synthetic(b, 250)}} {
		c := open(b, embedded.fsys)
		for _, question := range []struct {
			name string
			ask  func() error
		}{
			{"Open", func() error { _, err := Open(embedded.fsys, nil); return err }},
			{"Find", func() error { _, err := c.Find(c.ids[0]); return err }},
			{"Version", func() error { _, err := c.Version(); return err }},
			{"Entries", func() error { _, err := c.Entries(); return err }},
			{"Search", func() error { _, err := c.Search([]string{"server", "ccm.dll"}); return err }},
			{"Names", func() error { _, err := c.Names(); return err }},
			{"All", func() error { _, err := c.All(); return err }},
		} {
			b.Run(embedded.name+"/"+question.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := question.ask(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
