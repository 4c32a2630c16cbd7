package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func diffManifests(a, b *Manifest) string { return cmp.Diff(a, b, exported) }

// TestEncode holds the canonical form with every key in its place.
func TestEncode(t *testing.T) {
	printed, err := ParsePrinted("*.*.1493.3143")
	if err != nil {
		t.Fatal(err)
	}
	rounded, err := ParseSize("1.33 MB")
	if err != nil {
		t.Fatal(err)
	}
	m := &Manifest{
		ID: "Q1", Title: `Quotes " and <tags> & größe`, Product: "P",
		Source: Source{URL: "https://example.com/?a&b", Languages: []string{"en", "zh-CN"}},
		Relations: []Relation{{Kind: Supersedes, ID: "Q2", Scope: "S", Files: []string{"a.dll", "b.dll"}}, {Kind: Requires,
			Product: "P SP1"}},
		Notes: []string{`C:\new`, "Second."},
		Tables: []Table{
			{Name: "SP1", AppliesTo: "P SP1", Language: "en", Reference: "files that cause the fault", Files: []File{{
				Name: "a.dll", Path: "bin/a.dll", Pattern: "a*.dll", Version: printed, Size: rounded, Modified: "2000-01-28T10:49",
				Platform: Alpha, Note: "N",
				AsPrinted: AsPrinted{Name: "A .dll", Version: "1493.3143", Size: "1.33MB", Modified: "1/28/00",
					Platform: "(Alpha)"},
			}}},
			{Name: "image", Match: Exactly, Complete: true, LeftOut: 7, Excluded: []string{"logs", "bin/**/*.tmp"}, Files: []File{{Name: "b.ini",
				Path: "etc/b.ini", Size: ExactSize(0), MD5: "d41d8cd98f00b204e9800998ecf8427e",
				SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}},
			{Name: "SP2", Component: true, Files: []File{{Name: "b.dll", Size: ExactSize(0)}, {Name: "c.dll", Version: PrintedOf(Version{1, 2, 3,
				4}), Size: ExactSize(1 << 33)}}},
		},
	}
	const want = `{
  "schema": 1,
  "id": "Q1",
  "title": "Quotes \" and <tags> & größe",
  "product": "P",
  "source": {"url": "https://example.com/?a&b", "languages": ["en", "zh-CN"]},
  "relations": [
    {"kind": "supersedes", "id": "Q2", "scope": "S", "files": ["a.dll", "b.dll"]},
    {"kind": "requires", "product": "P SP1"}
  ],
  "notes": [
    "C:\\new",
    "Second."
  ],
  "tables": [
    {"name": "SP1", "applies_to": "P SP1", "language": "en", "reference": "files that cause the fault", "files": [
      {"name": "a.dll", "path": "bin/a.dll", "pattern": "a*.dll", "version": "*.*.1493.3143", "size": "1.33 MB", "modified": "2000-01-28T10:49", "platform": "Alpha", "note": "N", "as_printed": {"name": "A .dll", "version": "1493.3143", "size": "1.33MB", "modified": "1/28/00", "platform": "(Alpha)"}}
    ]},
    {"name": "image", "match": "exactly", "complete": true, "left_out": 7, "excluded": ["logs", "bin/**/*.tmp"], "files": [
      {"name": "b.ini", "path": "etc/b.ini", "size": 0, "md5": "d41d8cd98f00b204e9800998ecf8427e", "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    ]},
    {"name": "SP2", "component": true, "files": [
      {"name": "b.dll", "size": 0},
      {"name": "c.dll", "version": "1.2.3.4", "size": 8589934592}
    ]}
  ]
}
`
	if diff := cmp.Diff(want, string(m.Encode())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	roundTrip(t, m)
}

func TestEncodeLeavesOutWhatIsAbsent(t *testing.T) {
	m := &Manifest{ID: "Q1", Title: "T", Product: "P", Tables: []Table{{Files: []File{{Name: "a.dll"}}}}}
	const want = `{
  "schema": 1,
  "id": "Q1",
  "title": "T",
  "product": "P",
  "tables": [
    {"files": [
      {"name": "a.dll"}
    ]}
  ]
}
`
	if diff := cmp.Diff(want, string(m.Encode())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	roundTrip(t, m)
}

// TestValidateObjectsToWhatWouldNotComeBack has manifests made in memory that
// Parse would not give back.
func TestValidateObjectsToWhatWouldNotComeBack(t *testing.T) {
	for name, edit := range map[string]func(*Manifest){
		"nothing":                    func(m *Manifest) { *m = Manifest{} },
		"an empty note":              func(m *Manifest) { m.Notes = []string{""} },
		"an empty language":          func(m *Manifest) { m.Source.Languages = []string{""} },
		"an empty file of relations": func(m *Manifest) { m.Relations[0].Files = []string{""} },
		"no UTF-8":                   func(m *Manifest) { m.Title = "\xff" },
		"no UTF-8 in a printed cell": func(m *Manifest) { m.Tables[0].Files[0].AsPrinted.Platform = "\xff" },
		"a size below nothing":       func(m *Manifest) { m.Tables[0].Files[0].Size = ExactSize(-1) },
		"a size beyond reason":       func(m *Manifest) { m.Tables[0].Files[0].Size = ExactSize(MaxSize + 1) },
	} {
		m, err := Parse("m.json", []byte(base))
		if err != nil {
			t.Fatal(err)
		}
		if edit(m); m.Validate() == nil {
			t.Errorf("%s is valid", name)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte(base)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("m.json", data); err != nil {
			b.Fatal(err)
		}
	}
}
