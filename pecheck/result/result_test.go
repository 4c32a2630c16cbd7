package result

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
)

func printed(t *testing.T, text string) Version {
	t.Helper()
	v, err := manifest.ParsePrinted(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// kinds reads the declared kinds from the source, so that none is forgotten.
func kinds(t *testing.T) (all []Kind) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Kind" {
			text, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			all = append(all, Kind(text))
		}
		return true
	})
	return all
}

func TestEveryReasonHasWordsOfItsOwn(t *testing.T) {
	all := kinds(t)
	if len(all) < 30 {
		t.Fatalf("%d kinds found in reason.go", len(all))
	}
	said := map[string]Kind{}
	for _, k := range all {
		r := Reason{Kind: k, Text: "T", Name: "N", Platform: "P", Machine: "M", Hotfixes: []string{"H"}, Tables: []string{"S"}, State: Partial}
		words := r.String()
		if other, taken := said[words]; words == "" || taken {
			t.Errorf("%s says %q, as does %q", k, words, other)
		}
		said[words] = k
	}
}

func TestReasonsInWords(t *testing.T) {
	for want, r := range map[string]Reason{
		"permission denied":              Said("permission denied"),
		"x86 file in a folder for Alpha": {Kind: InOtherFolder, Machine: "x86", Platform: manifest.Alpha},
		"the table has no row that applies here for this name and a file without processor":  {Kind: NoRowHere},
		"the files do not tell which table applies; name one: verify -k KB1/SP1, -k KB1/SP2": {Kind: FilesDoNotTell, Hotfixes: []string{"KB1"}, Tables: []string{"SP1", "SP2"}},
		"a.dll 1.0.0.1 is from KB1, KB2, KB3 and 2 more":                                     {Kind: IsFrom, Name: "a.dll", Version: printed(t, "1.0.0.1"), Hotfixes: []string{"KB1", "KB2", "KB3", "KB4", "KB5"}},
		"a.ini of 1,024 bytes is from KB1":                                                   {Kind: IsFrom, Name: "a.ini", Size: manifest.ExactSize(1024), Hotfixes: []string{"KB1"}},
		"requires KB1, which is not installed here":                                          {Kind: Needs, Hotfixes: []string{"KB1"}, State: NotInstalled},
		"what matches is not its own: a.ini has the same size in KB1; b.dll 1.0.0.1 is in KB2 too, of which more is here": {
			Kind: NotItsOwn, Because: []Reason{
				{Kind: SameSizeIn, Name: "a.ini", Hotfixes: []string{"KB1"}}, {Kind: SameSizeIn, Name: "a.ini", Hotfixes: []string{"KB1"}},
				{Kind: MoreIsHere, Name: "b.dll", Version: printed(t, "1.0.0.1"), Hotfixes: []string{"KB2"}},
			}},
	} {
		if got := r.String(); got != want {
			t.Errorf("%s: %q, want %q", r.Kind, got, want)
		}
	}
}

// JSON has a reason in words and as data, versions as printed, and sizes as
// numbers where they are exact. Read back it is the same, kinds and all.
func TestJSONOfARow(t *testing.T) {
	size, err := manifest.ParseSize("143 KB")
	if err != nil {
		t.Fatal(err)
	}
	row := RowResult{Name: "a<b>.dll", Platform: manifest.X86, Version: printed(t, "2.00.1380.1125"), Size: size, Verdict: Older,
		Reason:       Why{{Kind: NoResource}, Said("and more")},
		Alternatives: []Alternative{{Size: manifest.ExactSize(0)}},
		Copies: []CopyResult{{Path: "a.dll", Size: 5, Verdict: Older,
			Notes: []Reason{{Kind: LaterFile, Hotfixes: []string{"KB1"}}}}}}
	const want = `{"name":"a<b>.dll","platform":"x86","version":"2.00.1380.1125","size":"143 KB","verdict":"older",` +
		`"reason":"it has no version resource; and more","alternatives":[{"size":0}],` +
		`"copies":[{"path":"a.dll","size":5,"verdict":"older","notes":["it is the later file of KB1"],` +
		`"reasons":[{"kind":"later-file","hotfixes":["KB1"],"text":"it is the later file of KB1"}]}],` +
		`"reasons":[{"kind":"no-version-resource","text":"it has no version resource"},{"kind":"text","said":"and more","text":"and more"}]}`
	text, err := marshal(row)
	if err != nil || string(text) != want {
		t.Fatalf("%v\n%s, want\n%s", err, text, want)
	}
	table := TableResult{Hotfix: "KB1", State: Partial, Reason: Why{{Kind: OtherRelease}}, Rows: []RowResult{row},
		Next: []Reason{{Kind: InstallAgain, Hotfixes: []string{"KB1", "KB2"}}}, Counts: map[Verdict]int{Older: 1}}
	if text, err = marshal(table); err != nil {
		t.Fatal(err)
	}
	var back TableResult
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(table, back, cmp.AllowUnexported(manifest.Printed{}, manifest.Size{})); diff != "" {
		t.Errorf("read back (-before +after):\n%s", diff)
	}
}

func TestExitCodes(t *testing.T) {
	row := func(v Verdict) []RowResult { return []RowResult{{Verdict: v}} }
	for name, c := range map[string]struct {
		root           RootResult
		verify, detect Exit
	}{
		"installed":                {RootResult{Tables: []TableResult{{State: Installed, Rows: row(OK)}}}, ExitPass, ExitPass},
		"superseded":               {RootResult{Tables: []TableResult{{State: Superseded, Rows: row(Newer)}}}, ExitPass, ExitPass},
		"partial":                  {RootResult{Tables: []TableResult{{State: Partial, Rows: row(Older)}}}, ExitFail, ExitFail},
		"not installed":            {RootResult{Tables: []TableResult{{State: NotInstalled, Rows: row(Older)}}}, ExitFail, ExitPass},
		"absent":                   {RootResult{Tables: []TableResult{{State: Absent, Rows: row(Missing)}}}, ExitFail, ExitPass},
		"absent, whatever applies": {RootResult{Tables: []TableResult{{State: Absent, Rows: row(NotApplicable)}}}, ExitFail, ExitPass},
		"harmless":                 {RootResult{Tables: []TableResult{{State: Undecidable, Harmless: true}}}, ExitTrouble, ExitPass},
		"a link out of the root":   {RootResult{Links: []LinkResult{{}}, Tables: []TableResult{{State: Installed}}}, ExitTrouble, ExitTrouble},
		"a link inside the root":   {RootResult{Links: []LinkResult{{Inside: true}}, Tables: []TableResult{{State: Installed}}}, ExitPass, ExitPass},
		"left out by the scan":     {RootResult{Unasked: []string{"x64"}, Tables: []TableResult{{State: Installed}}}, ExitTrouble, ExitTrouble},
		"nothing left":             {RootResult{Emptied: true, Tables: []TableResult{{State: Installed}}}, ExitTrouble, ExitTrouble},
		"undecidable":              {RootResult{Tables: []TableResult{{State: Undecidable, Rows: row(Unverified)}}}, ExitTrouble, ExitTrouble},
		"no table":                 {RootResult{}, ExitTrouble, ExitPass},
		"a fault":                  {RootResult{Faults: []FaultResult{{}}, Tables: []TableResult{{State: Installed, Rows: row(OK)}}}, ExitTrouble, ExitTrouble},
		"not read":                 {RootResult{Error: "gone", Tables: []TableResult{{State: Installed, Rows: row(OK)}}}, ExitTrouble, ExitTrouble},
		"partial, and worse":       {RootResult{Tables: []TableResult{{State: Partial}, {State: Undecidable}}}, ExitTrouble, ExitTrouble},
		"one file unreadable": {RootResult{Tables: []TableResult{{State: Partial, Rows: row(Unreadable), Counts: map[Verdict]int{Unreadable: 1}}}},
			ExitTrouble, ExitTrouble},
	} {
		if v, d := c.root.Exit(), c.root.DetectExit(); v != c.verify || d != c.detect {
			t.Errorf("%s: verify %d, detect %d; want %d, %d", name, v, d, c.verify, c.detect)
		}
	}
}

// What other hotfixes have to do with one comes back from JSON as data: reports make
// more of it than its words.
func TestRemarksComeBack(t *testing.T) {
	was := TableResult{Hotfix: "Q1", Counts: map[Verdict]int{}, Rows: []RowResult{},
		Remarks: []Reason{{Kind: IsFrom, Name: "a.dll", Hotfixes: []string{"Q2"}}}}
	data, err := json.Marshal(was)
	if err != nil {
		t.Fatal(err)
	}
	var is TableResult
	if err := json.Unmarshal(data, &is); err != nil {
		t.Fatal(err)
	}
	if len(is.Remarks) != 1 || is.Remarks[0].Kind != IsFrom || is.Remarks[0].String() != was.Remarks[0].String() {
		t.Errorf("%+v", is.Remarks)
	}
}
