package report

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"

	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"Ccm.dll":               "Ccm.dll",
		`C:\SMS\bin`:            `C:\SMS\bin`,
		"größe 漢字":              "größe 漢字",
		"a\x1b[2Jb":             `a\x1b[2Jb`,
		"a\nb\tc\rd\x00\x7f":    `a\x0ab\x09c\x0dd\x00\x7f`,
		"evil\u202egnp.exe":     `evil\u202egnp.exe`,
		"zero\u200bwidth":       `zero\u200bwidth`,
		"\u0085\u2028\u2029":    `\u0085\u2028\u2029`,
		"tag\U000e0041":         `tag\U000e0041`,
		"latin\xe4 cut\xe2\x82": `latin\xe4 cut\xe2\x82`,
		"":                      "",
	} {
		if got := visible.Text(in); got != want {
			t.Errorf("visible.Text(%q) = %q, want %q", in, got, want)
		}
	}
}

// Every text of a result may come from a file's name, a manifest or the system.
func TestNoFormatLetsControlCharactersThrough(t *testing.T) {
	const bad = "=x\x1b[31m\u202e\xff\n\r\ty"
	r := &result.Result{Tool: result.Tool{Name: bad, Version: bad, Catalog: bad}, Roots: []result.RootResult{
		{Root: bad, Error: bad, Faults: []result.FaultResult{{Path: bad, Error: bad}}, Links: []result.LinkResult{{Path: bad, Target: bad}},
			Tables: []result.TableResult{{Hotfix: bad, Table: bad, Title: bad, State: bad, Reason: result.Why{result.Said(bad)}, Tables: []string{bad}, Notes: []string{bad}, Remarks: []result.Reason{{Kind: result.IsFrom, Name: bad, Hotfixes: []string{bad}}},
				Rows: []result.RowResult{{Name: bad, Path: bad, Platform: bad, Modified: bad, Verdict: bad, Reason: result.Why{{Kind: result.NotItsOwn, Because: []result.Reason{{Kind: result.NoPlatformHere, Platform: bad}}}},
					Alternatives: []result.Alternative{{}}, DeliveredBy: []string{bad},
					Copies: []result.CopyResult{{Path: bad, Modified: bad, Platform: bad, Verdict: bad, Notes: []result.Reason{{Kind: result.LocalisedName, Text: bad}}}}}},
				Unlisted: []result.CopyResult{{Path: bad, Notes: []result.Reason{{Kind: result.ForOther, Machine: bad, Platform: bad}}}}}}},
	}}
	r.Roots = append(r.Roots, r.Roots[0])
	r.Roots[1].Error = ""
	for _, f := range RootFormats {
		var b bytes.Buffer
		if err := Write(&b, f, r, Options{Verbose: true}); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(b.Bytes()) {
			t.Errorf("%s: not UTF-8", f)
		}
		for _, c := range []string{"\x1b", "\u202e", "\r", "\t"} {
			if strings.Contains(b.String(), c) {
				t.Errorf("%s: holds %q", f, c)
			}
		}
	}
}

func TestCSVGuardsFormulas(t *testing.T) {
	for in, want := range map[string]string{
		"=cmd|'/c calc'!A0": "'=cmd|'/c calc'!A0", "+1": "'+1", "-1": "'-1", "@SUM(1)": "'@SUM(1)",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠SUM(1)": "'＠SUM(1)", // which some take for the same
		"a=1": "a=1", "": "", "4.0.6487.2111": "4.0.6487.2111", `a"b,c`: `a"b,c`,
	} {
		var b bytes.Buffer
		if err := WriteCSV(&b, []string{"cell", "fill"}, [][]string{{in, "x"}}); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&b).ReadAll()
		if err != nil || lines[1][0] != want {
			t.Errorf("%q: cell %q, want %q (%v)", in, lines[1][0], want, err)
		}
	}
	for _, in := range []string{"\ta", "\ra"} {
		if got := guardFormula(in); got != "'"+in {
			t.Errorf("guardFormula(%q) = %q", in, got)
		}
	}
}

func TestWrapLosesNothing(t *testing.T) {
	for _, text := range []string{
		"", "one", "Sccm2007ac-sp2-kb977203-x86.msp", "bin/i386/" + strings.Repeat("x", 100), strings.Repeat("漢字", 30),
		"no Alpha folder and no Alpha copy of the table's files here", "e\u0301" + strings.Repeat("\u0301", 50),
	} {
		for _, width := range []int{1, 2, 7, 20, 80} {
			if got := strings.Join(fold{}.wrapName(text, width), ""); got != text {
				t.Errorf("wrapName(%q, %d) makes %q of it", text, width, got)
			}
			words := strings.Join(strings.Fields(strings.Join(fold{}.wrapText(text, width), "")), "")
			if words != strings.ReplaceAll(text, " ", "") {
				t.Errorf("wrapText(%q, %d) makes %q of it", text, width, words)
			}
			for _, line := range (fold{}).wrapText(text, width) {
				if n := textWidth(line); n > max(width, 2) { // a wide character takes two columns
					t.Errorf("wrapText(%q, %d): a line of %d", text, width, n)
				}
			}
		}
	}
}

func TestUnknownFormatListsTheKnown(t *testing.T) {
	_, err := ParseFormat("xml\x1b", Formats)
	const want = `no format "xml\\x1b"; the formats are table, json, csv`
	if err == nil || err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	if _, err := New(&bytes.Buffer{}, "xml", result.Tool{}, Options{}); err == nil {
		t.Error("New takes an unknown format")
	}
}
