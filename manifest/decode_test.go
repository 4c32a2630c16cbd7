package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// base is a manifest that each test of a fault edits in one place.
const base = `{
  "schema": 1,
  "id": "KB977203",
  "title": "A title",
  "product": "A product",
  "source": {"url": "https://example.com/977203", "languages": ["zh-CN", "sv-SE"]},
  "relations": [
    {"kind": "superseded-by", "id": "KB977384", "scope": "client files", "files": ["Ccm.dll"]}
  ],
  "notes": [
    "A note."
  ],
  "tables": [
    {"name": "SP1", "applies_to": "Product SP1", "language": "en", "files": [
      {"name": "Ccm.dll", "version": "2.00.1380.1125", "size": "143 KB", "modified": "2000-01-28T10:49", "platform": "x86"},
      {"name": "Setup.msi", "pattern": "setup*.msi", "size": 1662464, "note": "A note."}
    ]},
    {"name": "SP2", "files": [
      {"name": "Ccm.dll", "path": "bin/i386/Ccm.dll", "as_printed": {"modified": "12/20/199"}}
    ]}
  ]
}
`

const (
	mp    = "m.json"
	rowA  = "tables[0].files[0]"
	rowB  = "tables[0].files[1]"
	rowC  = "tables[1].files[0]"
	clear = "has a control or invisible formatting character: "
)

func TestParseBase(t *testing.T) {
	m, err := Parse(mp, []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(base, string(m.Encode())); diff != "" {
		t.Errorf("not canonical (-text +encoded)\n%s", diff)
	}
}

// TestParseFaults has one edit of base a case, and every fault that it causes.
func TestParseFaults(t *testing.T) {
	long := strings.Repeat("x", 256)
	for _, tt := range []struct{ name, old, new, want string }{
		// keys
		{"unknown key", `"title":`, `"titel":`,
			"1: title: no title | 4: titel: unknown key \"titel\"; the keys here are id, notes, product, relations, schema, source, tables, title"},
		{"unknown key in a row", `"size": 1662464`, `"Size": 1662464`,
			"16: " + rowB + ".Size: unknown key \"Size\"; the keys here are as_printed, md5, modified, name, note, path, pattern, platform, sha256, size, version"},
		{"unknown key that drives a terminal", `"schema": 1,`, `"schema": 1, "\u001b[2J": 1,`,
			"2: \\x1b[2J: unknown key \"\\x1b[2J\"; the keys here are id, notes, product, relations, schema, source, tables, title"},
		{"repeated key", `"title": "A title",`, `"title": "A title", "title": "B",`, "4: title: the key stands here twice"},
		{"repeated key in a row", `"size": "143 KB"`, `"size": "143 KB", "size": 7`,
			"15: " + rowA + ".size: the key stands here twice"},
		{"repeated key, written with an escape", `"size": "143 KB"`, `"size": "143 KB", "\u0073ize": 7`,
			"15: " + rowA + ".size: the key stands here twice"},
		// types
		{"text for an object", `{"url": "https://example.com/977203", "languages": ["zh-CN", "sv-SE"]}`, `"x"`,
			"6: source: want an object"},
		{"object for a list", `["zh-CN", "sv-SE"]`, `{}`, "6: source.languages: want a list"},
		{"number for a text", `"A title"`, `7`, "4: title: want text"},
		{"null for a text", `"A title"`, `null`, "4: title: want text"},
		{"true for a size", `1662464`, `true`, "16: " + rowB + ".size: want a number of bytes, or a rounded size as text"},
		{"list for a version", `"2.00.1380.1125"`, `[2]`, "15: " + rowA + ".version: want a version as text"},
		{"number for a row", `"files": [
      {"name": "Ccm.dll", "path"`, `"files": [ 7,
      {"name": "Ccm.dll", "path"`, "18: " + rowC + ": want an object"},
		{"number for a note", `"A note."
  ]`, `7
  ]`, "11: notes[0]: want text"},
		{"empty text", `"A title"`, `""`, "4: title: empty: leave the key out instead"},
		{"empty text in a list", `["Ccm.dll"]`, `[""]`, "8: relations[0].files[0]: empty: leave the key out instead"},
		{"schema of another program", `"schema": 1`, `"schema": 2`, "2: schema: want 1: this program reads no other schema"},
		{"schema as text", `"schema": 1`, `"schema": "1"`, "2: schema: want 1: this program reads no other schema"},
		{"no schema", `"schema": 1,`, ``, "1: schema: no schema: want \"schema\": 1"},
		// ids and relations
		{"bad id", `"KB977203"`, `"977203"`,
			"3: id: id \"977203\": want a letter, then letters, digits, dots, hyphens, such as \"KB977203\""},
		{"id that is a path", `"KB977203"`, `"a/../b"`,
			"3: id: id \"a/../b\": want a letter, then letters, digits, dots, hyphens, such as \"KB977203\""},
		{"unknown relation", `"superseded-by"`, `"replaces"`,
			"8: relations[0].kind: kind \"replaces\": the kinds are [supersedes superseded-by requires required-by goes-with independent see-also]"},
		{"relation to itself", `"id": "KB977384"`, `"id": "Q977203"`, "8: relations[0].id: points at its own manifest"},
		{"relation to nothing", `"id": "KB977384", `, ``, "8: relations[0]: want an id or a product, one of the two"},
		{"relation to two things", `"id": "KB977384", `, `"id": "KB977384", "product": "P", `,
			"8: relations[0]: want an id or a product, one of the two"},
		{"relation to a bad id", `"id": "KB977384"`, `"id": "?"`,
			"8: relations[0].id: id \"?\": want one such as \"KB977203\""},
		{"relation of a file that is not there", `["Ccm.dll"]`, `["Ccm.dl"]`,
			"8: relations[0].files[0]: no table has a file \"Ccm.dl\""},
		// tables
		{"no product", `  "product": "A product",
`, ``, "1: product: no product"},
		{"duplicate table", `"name": "SP2"`, `"name": "sp1"`, "18: tables[1].name: table \"sp1\" is there already"},
		{"table without a name", `"name": "SP2", `, ``, "18: tables[1].name: no name, and it is not the only table"},
		{"table that -k cannot name", `"name": "SP2"`, `"name": "SP2/x"`,
			"18: tables[1].name: name \"SP2/x\": no slash, backslash or comma, -k ID/NAME takes it"},
		{"table without files", `[
      {"name": "Ccm.dll", "path": "bin/i386/Ccm.dll", "as_printed": {"modified": "12/20/199"}}
    ]`, `[]`, "18: tables[1].files: no files"},
		{"language", `"language": "en"`, `"language": "english!"`,
			"14: tables[0].language: \"english!\" is not a language tag such as \"zh-CN\""},
		{"language that nobody has", `"sv-SE"`, `"qq-QQ"`,
			"6: source.languages[1]: \"qq-QQ\" is not a language tag such as \"zh-CN\""},
		{"language in another spelling", `"sv-SE"`, `"sv_se"`, "6: source.languages[1]: \"sv_se\" is spelled \"sv-SE\" here"},
		{"language longer than any", `"sv-SE"`, `"en-a-bbbbbbbb-cccccccc-dddddddd-eeeeeeee"`,
			"6: source.languages[1]: \"en-a-bbbbbbbb-cccccccc-dddddddd-eeeeeeee\" is not a language tag such as \"zh-CN\""},
		{"language as long as a book", `"sv-SE"`, `"` + long + `"`,
			"6: source.languages[1]: \"" + long[:80] + "…\" is not a language tag such as \"zh-CN\""},
		// rows
		{"row without a name", `"name": "Setup.msi", "pattern": "setup*.msi", `, ``, "16: " + rowB + ".name: no name"},
		{"version part above 16 bits", `1380.1125`, `1380.65536`,
			"15: " + rowA + ".version: version \"2.00.1380.65536\": want up to four numbers from 0 to 65535 with dots between, * for a leading part that is not known"},
		{"version with blanks", `"2.00.1380.1125"`, `"2, 0, 1380, 1125"`,
			"15: " + rowA + ".version: version \"2, 0, 1380, 1125\": want up to four numbers from 0 to 65535 with dots between, * for a leading part that is not known"},
		{"exact size as text", `1662464`, `"1,662,464"`,
			"16: " + rowB + ".size: size \"1,662,464\": want a number of bytes, or a rounded size such as \"143 KB\" or \"1.33 MB\""},
		{"negative size", `1662464`, `-1`,
			"16: " + rowB + ".size: size -1: want a whole number of bytes from 0 to 1099511627776"},
		{"half a byte", `1662464`, `1.5`,
			"16: " + rowB + ".size: size 1.5: want a whole number of bytes from 0 to 1099511627776"},
		{"size with an exponent", `1662464`, `1e3`,
			"16: " + rowB + ".size: size 1e3: want a whole number of bytes from 0 to 1099511627776"},
		{"size beyond reason", `1662464`, `1099511627777`,
			"16: " + rowB + ".size: size 1099511627777: want a whole number of bytes from 0 to 1099511627776"},
		{"size beyond all numbers", `1662464`, strings.Repeat("9", 500), "16: " + rowB + ".size: size " + strings.Repeat("9",
			80) + "…: want a whole number of bytes from 0 to 1099511627776"},
		{"rounded size beyond reason", `"143 KB"`, `"1025 GB"`,
			"15: " + rowA + ".size: size \"1025 GB\": above 1099511627776 bytes"},
		{"date that is none", `2000-01-28T10:49`, `2000-02-30`,
			"15: " + rowA + ".modified: \"2000-02-30\": want a date such as 2010-02-01 or 2010-02-01T13:40"},
		{"platform in another spelling", `"x86"`, `"Intel"`, "15: " + rowA + ".platform: \"Intel\" is spelled \"x86\" here"},
		{"pattern that misses its own name", `"setup*.msi"`, `"setup-*.msi"`,
			"16: " + rowB + ".pattern: pattern \"setup-*.msi\" does not match its own name \"Setup.msi\""},
		{"pattern with a folder", `"setup*.msi"`, `"*/setup*.msi"`,
			"16: " + rowB + ".pattern: \"x/setupx.msi\": a file name has none of / \\ : * ? \" < > | | 16: " + rowB + ".pattern: pattern \"*/setup*.msi\" does not match its own name \"Setup.msi\""},
		{"name with a folder", `"name": "Setup.msi", "pattern": "setup*.msi"`, `"name": "a\\b.msi"`,
			"16: " + rowB + ".name: \"a\\b.msi\": a file name has none of / \\ : * ? \" < > |"},
		{"name that is a folder", `"name": "Setup.msi", "pattern": "setup*.msi"`, `"name": ".."`,
			"16: " + rowB + ".name: \"..\" is not a file name"},
		{"name longer than any", `"name": "Setup.msi", "pattern": "setup*.msi"`, `"name": "` + long + `"`,
			"16: " + rowB + ".name: 256 bytes long, want at most 255"},
		{"name that was lost in a conversion", `"name": "Setup.msi", "pattern": "setup*.msi"`, `"name": "\ud800.msi"`,
			"16: " + rowB + ".name: " + clear + "\"\uFFFD.msi\""},
		// paths
		{"path that climbs", `"bin/i386/Ccm.dll"`, `"bin/../../Ccm.dll"`,
			"19: " + rowC + ".path: \"bin/../../Ccm.dll\" leads out of the root, or is not written with single slashes | 19: " + rowC + ".path: \"..\" is not a file name | 19: " + rowC + ".path: \"bin/../../Ccm.dll\" leads out of the root, or is not written with single slashes | 19: " + rowC + ".path: \"..\" is not a file name"},
		{"path from the top", `"bin/i386/Ccm.dll"`, `"/bin/Ccm.dll"`,
			"19: " + rowC + ".path: \"/bin/Ccm.dll\" leads out of the root, or is not written with single slashes"},
		{"path with a drive", `"bin/i386/Ccm.dll"`, `"C:/Ccm.dll"`,
			"19: " + rowC + ".path: \"C:\": a file name has none of / \\ : * ? \" < > |"},
		{"path of Windows", `"bin/i386/Ccm.dll"`, `"bin\\Ccm.dll"`,
			"19: " + rowC + ".path: \"bin\\Ccm.dll\": a file name has none of / \\ : * ? \" < > | | 19: " + rowC + ".path: \"bin\\Ccm.dll\" does not end with the name \"Ccm.dll\""},
		{"path of another file", `"bin/i386/Ccm.dll"`, `"bin/Other.dll"`,
			"19: " + rowC + ".path: \"bin/Other.dll\" does not end with the name \"Ccm.dll\""},
		{"path of a thousand folders", `"bin/i386/Ccm.dll"`, `"` + strings.Repeat("a/", 1000) + `Ccm.dll"`,
			"19: " + rowC + ".path: more than 256 folders deep"},
		// characters
		{"escape code", `"A title"`, `"A \u001b[2Jtitle"`, "4: title: " + clear + "\"A \\x1b[2Jtitle\""},
		{"line break", `"A title"`, `"A\ntitle"`, "4: title: " + clear + "\"A\\x0atitle\""},
		{"bidi override", `"A title"`, `"A ` + "\u202E" + `title"`, "4: title: " + clear + "\"A \\u202etitle\""},
		{"bidi isolate in a printed cell", `12/20/199`, "12\u2067/20/199",
			"19: " + rowC + ".as_printed.modified: " + clear + "\"12\\u2067/20/199\""},
		{"blank at the end", `"A title"`, `"A title "`, "4: title: blank at the start or the end: \"A title \""},
		{"a book for a title", `"A title"`, `"` + long + `"`, "4: title: 256 bytes long, want at most 200"},
		// components
		{"component that is none", `"name": "SP2",`, `"name": "SP2", "component": false,`,
			"18: tables[1].component: false: leave the key out instead"},
		{"component in words", `"name": "SP2",`, `"name": "SP2", "component": "yes",`,
			"18: tables[1].component: want true or false"},
		{"component that is not judged by", `"name": "SP2",`, `"name": "SP2", "reference": "old", "component": true,`,
			"18: tables[1].component: a table that is not judged by is no part of an update"},
		// what is matched exactly
		{"match of another kind", `"name": "SP2",`, `"name": "SP2", "match": "roughly",`,
			"18: tables[1].match: match \"roughly\": want \"exactly\", or no such key"},
		{"complete, and any later file", `"name": "SP2",`, `"name": "SP2", "complete": true,`,
			"18: tables[1].complete: a complete table is matched exactly"},
		{"complete without a place", `"name": "SP1",`, `"name": "SP1", "match": "exactly", "complete": true,`,
			"15: " + rowA + ": no path: in a complete table every file has its place | " +
				"16: " + rowB + ": no path: in a complete table every file has its place"},
		{"excluded of a table that is not complete", `"name": "SP2",`, `"name": "SP2", "excluded": ["logs"],`,
			"18: tables[1].excluded: only a complete table has to say what it knows nothing of"},
		{"left out, and nothing", `"name": "SP2",`, `"name": "SP2", "left_out": 0,`,
			"18: tables[1].left_out: 0: want a number of files, or leave the key out"},
		{"digest cut off", `"size": 1662464`, `"size": 1662464, "md5": "d41d8cd9"`,
			"16: " + rowB + ".md5: \"d41d8cd9\": want 32 hexadecimal digits, lower case"},
		{"digest in capitals", `"size": 1662464`, `"size": 1662464, "sha256": "` + strings.Repeat("AB", 32) + `"`,
			"16: " + rowB + ".sha256: \"" + strings.Repeat("AB", 32) + "\": want 64 hexadecimal digits, lower case"},
		// text that is no JSON
		{"trailing comma", `"A note."
  ]`, `"A note.",
  ]`, "11: not a manifest: invalid character ',' at start of value"},
		{"comment", `"schema": 1,`, `"schema": 1, // one`,
			"2: not a manifest: invalid character '/' at start of value"},
		{"truncated", base[len(base)-100:], ``, "19: not a manifest: unexpected end of JSON input"},
		{"trailing text", base[len(base)-3:], base[len(base)-3:] + "\n{}",
			"24: not a manifest: something follows the closing brace"},
		{"nested", `"A title"`, strings.Repeat("[", 11) + strings.Repeat("]", 11),
			"4: title: want text"},
		{"nested beyond all bounds", `"A title"`, strings.Repeat("[", 1<<20),
			"4: not a manifest: exceeded max depth"},
		{"no UTF-8", `"A title"`, "\"A \xfftitle\"", "4: not UTF-8 text: save it as UTF-8"},
		{"UTF-16", base, "\xff\xfe{\x00}\x00", "1: not UTF-8 text: save it as UTF-8"},
		{"nothing", base, ``, "1: not a manifest: unexpected end of JSON input"},
		{"a list", base, `[]`, "1: want an object"},
		{"a word", base, `null`, "1: want an object"},
		{"an empty object", base, `{}`,
			"1: schema: no schema: want \"schema\": 1 | 1: id: id \"\": want a letter, then letters, digits, dots, hyphens, such as \"KB977203\" | 1: title: no title | 1: product: no product | 1: tables: no tables"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Count(base, tt.old) != 1 {
				t.Fatalf("%q stands %d times in the manifest", tt.old, strings.Count(base, tt.old))
			}
			_, err := Parse(mp, []byte(strings.Replace(base, tt.old, tt.new, 1)))
			if err == nil {
				t.Fatal("no fault")
			}
			got := strings.ReplaceAll(err.Error(), "\n"+mp+":", " | ")
			if diff := cmp.Diff(tt.want, strings.TrimPrefix(got, mp+":")); diff != "" {
				t.Errorf("faults (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseTakes(t *testing.T) {
	want, err := Parse(mp, []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"line ends of Windows":       strings.ReplaceAll(base, "\n", "\r\n"),
		"what Notepad puts in front": "\uFEFF" + base,
		"no line ends":               strings.ReplaceAll(base, "\n", ""),
		"tabs":                       strings.ReplaceAll(base, "  ", "\t"),
		"blanks around it":           "\n \t" + base + "\r\n",
		"escapes":                    strings.ReplaceAll(base, `"A title"`, `"\u0041 t\u0069tle"`),
		"keys in another order": strings.Replace(strings.Replace(base, `"id": "KB977203",`, ``, 1), `"product":`,
			`"id": "KB977203", "product":`, 1),
		"a slash escaped as some tools do": strings.ReplaceAll(base, `bin/i386/`, `bin\/i386\/`),
	} {
		got, err := Parse(mp, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got, exported); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

var exported = cmp.AllowUnexported(Printed{}, Size{})

func TestAllFaultsAreReportedInTheOrderOfTheText(t *testing.T) {
	text := strings.NewReplacer(`"schema": 1`, `"schema": 3`, `"A title"`, `7`, `"KB977384"`, `"KB977203"`, `"143 KB"`,
		`"143"`, `1662464`, `-5`, `"name": "SP2"`, `"name": "SP1"`).Replace(base)
	_, err := Parse("", []byte(text))
	ps, ok := err.(Problems)
	if !ok {
		t.Fatalf("error %v", err)
	}
	var got []string
	for _, p := range ps {
		got = append(got, fmt.Sprintf("%d %s", p.Line, p.Place))
	}
	want := []string{"2 schema", "4 title", "8 relations[0].id", "15 tables[0].files[0].size",
		"16 tables[0].files[1].size", "18 tables[1].name"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
