package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

// printed is a version as an article prints it.
func printed(text string) result.Version {
	v, err := manifest.ParsePrinted(text)
	if err != nil {
		panic(err)
	}
	return v
}

// rounded is a size as an article prints it.
func rounded(text string) result.Size {
	s, err := manifest.ParseSize(text)
	if err != nil {
		panic(err)
	}
	return s
}

// taken is a time on one day, an hour long.
func taken(host string, hour, minute int) result.Taken {
	start := time.Date(2010, 2, 3, hour, minute, 0, 0, time.UTC)
	return result.Taken{Command: result.Verify, Host: host, Start: start, End: start.Add(time.Hour)}
}

// sample is one report with everything that a report can have.
func sample() *result.Result {
	build := printed("4.0.6487.2111")
	ok := func(path, platform string, size int64) result.CopyResult {
		return result.CopyResult{Path: path, Version: build, Size: size, Modified: "2010-01-25T06:27:00Z", Platform: platform, Verdict: result.OK, Notes: []result.Reason{}}
	}
	stale := result.CopyResult{Path: "backup/ccmgencert.dll", Version: printed("4.0.6487.2000"), Size: 284000, Platform: "x64", Verdict: result.Older,
		Notes: []result.Reason{result.Said("its FileVersion string says 4.0.6487.2111 (sccm)")}}
	swapped := result.CopyResult{Path: "bin/x64/mcsisapip.dll", Version: build, Size: 206696, Platform: "x86", Verdict: result.WrongPlatform,
		Notes: []result.Reason{result.Said("x86 file in a folder for x64")}}
	localised := result.CopyResult{Path: "client/sccm2007ac-sp2-kb977203-x86-deu.msp", Size: 445000, Verdict: result.Unverified,
		Notes: []result.Reason{result.Said("a localised name (sccm2007ac-sp2-kb977203-x86*.msp): its size is not compared")}}
	damaged := result.CopyResult{Path: "bin/i386/Smpmgr.dll", Size: 17, Verdict: result.Unreadable, Notes: []result.Reason{result.Said("IMAGE_FILE_HEADER is cut off")}}
	unversioned := result.CopyResult{Path: "ccmsetup.exe", Size: 611688, Platform: "x86", Verdict: result.NoVersion, Notes: []result.Reason{result.Said("it has no version resource")}}
	half := result.TableResult{
		Hotfix: "KB977203", Table: "SP2", Title: "Client certificate import", Product: "Configuration Manager 2007", State: result.Partial,
		Reason: result.Why{result.Said("table SP2, by the builds of 3 of 4 files")}, Notes: []string{"Ccmcertfix.exe comes only with this hotfix."},
		Counts: map[result.Verdict]int{result.OK: 2, result.Older: 1, result.WrongSize: 1, result.WrongPlatform: 1, result.Missing: 1,
			result.NotApplicable: 1, result.Unverified: 1, result.Unreadable: 1, result.NoVersion: 1},
		Rows: []result.RowResult{
			{Name: "Ccmcertfix.exe", Platform: "x86", Version: build, Size: manifest.ExactSize(17768), Modified: "2010-01-25T06:27", Verdict: result.OK,
				Copies: []result.CopyResult{ok("Logs/KB977203/Ccmcertfix.exe", "x86", 17768)}},
			{Name: "Ccmgencert.dll", Platform: "x64", Version: build, Size: manifest.ExactSize(285032), Verdict: result.Older, Reason: result.Why{result.Said("its FileVersion string says 4.0.6487.2111 (sccm)")},
				Copies: []result.CopyResult{stale, ok("bin/x64/Ccmgencert.dll", "x64", 285032)}},
			{Name: "Mp.msi", Size: rounded("8.75 MB"), Verdict: result.WrongSize, Copies: []result.CopyResult{
				{Path: "a very long folder name with blanks/and-another-folder-that-is-long/Mp.msi", Size: 4194304, Verdict: result.WrongSize, Notes: []result.Reason{}}}},
			{Name: "Mcsisapip.dll", Platform: "x64", Version: build, Size: manifest.ExactSize(481640), Verdict: result.WrongPlatform, Reason: result.Why{result.Said("x86 file in a folder for x64")}, Copies: []result.CopyResult{swapped}},
			{Name: "Smpmgr.dll", Platform: "x86", Version: build, Size: manifest.ExactSize(86376), Verdict: result.Unreadable, Reason: result.Why{result.Said("IMAGE_FILE_HEADER is cut off")}, Copies: []result.CopyResult{damaged}},
			{Name: "Ccmsetup.exe", Platform: "x86", Version: build, Size: manifest.ExactSize(611688), Verdict: result.NoVersion, Reason: result.Why{result.Said("it has no version resource")}, Copies: []result.CopyResult{unversioned}},
			{Name: "Ccmsetup.msi", Path: "client/Ccmsetup.msi", Size: manifest.ExactSize(1662976), Verdict: result.Missing, Copies: []result.CopyResult{},
				Alternatives: []result.Alternative{{Size: manifest.ExactSize(1662464)}}},
			{Name: "Sccm2007ac-sp2-kb977203-x86.msp", Size: manifest.ExactSize(444928), Verdict: result.Unverified, Reason: localised.Notes, Copies: []result.CopyResult{localised}},
			{Name: "Ccmgencert.dll", Platform: manifest.Alpha, Version: build, Verdict: result.NotApplicable, Reason: result.Why{result.Said("no Alpha folder and no Alpha copy of the table's files here")}, Copies: []result.CopyResult{}},
			{Name: "Mcs.msi", Size: manifest.ExactSize(7204864), Verdict: result.OK, Copies: []result.CopyResult{{Path: "bin/i386/Mcs.msi", Size: 7204864, Verdict: result.OK, Notes: []result.Reason{}}}},
		},
		Unlisted: []result.CopyResult{{Path: "bin/ia64/Smpmgr.dll", Version: build, Size: 1, Platform: "IA-64", Verdict: result.NotApplicable, Notes: []result.Reason{result.Said("the table has no IA-64 row for this name")}}},
		Next:     []result.Reason{{Kind: result.InstallAgain, Hotfixes: []string{"KB977203", "KB977384"}}},
		Article:  "https://support.microsoft.com/kb/977203", SupersededBy: []string{"KB977384"}, Manifest: "own.json",
		SetAside: []result.FolderCount{{Path: "Windows/$NtUninstallKB977203$", Files: 3}, {Path: "hotfix/KB977384", Files: 1, Package: "KB977384"}},
		Remarks:  []result.Reason{{Kind: result.Needs, Hotfixes: []string{"Q249077"}, State: result.Absent}},
	}
	newer := result.TableResult{Hotfix: "Q252717", Table: "SP1", State: result.Superseded, Counts: map[result.Verdict]int{result.Newer: 1},
		Rows: []result.RowResult{{Name: "Ccm.dll", Platform: "x86", Version: printed("2.0.1380.1125"), Size: rounded("143 KB"), Verdict: result.Newer, DeliveredBy: []string{"Q324204"},
			Copies: []result.CopyResult{{Path: "Ccm.dll", Version: printed("2.0.1493.1"), Size: 150000, Platform: "x86", Verdict: result.Newer, Notes: []result.Reason{}}}}},
		Remarks: []result.Reason{{Kind: result.IsFrom, Name: "Ccm.dll", Version: printed("2.0.1493.1"), Hotfixes: []string{"Q324204"}}}}
	was, is := strings.Repeat("0", 64), strings.Repeat("1", 64)
	recorded := result.TableResult{Hotfix: "site01", State: result.Partial, Match: manifest.Exactly, Complete: true,
		Counts: map[result.Verdict]int{result.OK: 1, result.Changed: 1, result.Missing: 1, result.Extra: 1},
		Reason: result.Why{{Kind: result.ContentsNotRecorded, Count: 1}}, Next: []result.Reason{{Kind: result.PutBack}},
		Rows: []result.RowResult{
			{Name: "Ccm.dll", Path: "bin/Ccm.dll", Version: build, Size: manifest.ExactSize(9), SHA256: was, MD5: was[:32], Verdict: result.Changed,
				Copies: []result.CopyResult{{Path: "bin/Ccm.dll", Version: build, Size: 9, SHA256: is, MD5: is[:32], Verdict: result.Changed, Notes: []result.Reason{{Kind: result.OtherContent}}}}},
			{Name: "ok.ini", Path: "ok.ini", Size: manifest.ExactSize(1), Verdict: result.OK, Copies: []result.CopyResult{{Path: "ok.ini", Size: 1, Verdict: result.OK, Notes: []result.Reason{}}}},
			{Name: "gone.ini", Path: "gone.ini", Size: manifest.ExactSize(3), SHA256: was, Verdict: result.Missing, Reason: result.Why{{Kind: result.MovedTo, Name: "new.ini"}}, Copies: []result.CopyResult{}},
			{Name: "new.ini", Path: "new.ini", Verdict: result.Extra, Copies: []result.CopyResult{{Path: "new.ini", Size: 3, SHA256: was, Verdict: result.Extra, Notes: []result.Reason{}}}},
		}}
	withSignatures := result.TableResult{Hotfix: "KB2", State: result.Partial, Signatures: &result.SignatureCounts{},
		Counts: map[result.Verdict]int{result.OK: 5, result.Changed: 1}}
	for name, s := range signed() {
		c := ok(name, "x86", 17768)
		c.Signature = s
		if s.Status == result.DigestDiffers {
			c.Verdict, c.Notes = result.Changed, []result.Reason{{Kind: result.NotAsSigned}}
		}
		withSignatures.Signatures.Count(s)
		withSignatures.Rows = append(withSignatures.Rows, result.RowResult{Name: name, Platform: "x86", Version: build, Size: manifest.ExactSize(17768), Verdict: c.Verdict,
			Reason: c.Notes, Copies: []result.CopyResult{c}})
	}
	unclear := result.TableResult{Hotfix: "KB1", State: result.Undecidable, Reason: result.Why{result.Said("the files do not tell which table applies; name one: verify -k KB1/SP1, -k KB1/SP2")},
		Tables: []string{"SP1", "SP2"}, Counts: map[result.Verdict]int{}, Rows: []result.RowResult{}}
	return &result.Result{
		Tool:  result.Tool{Name: "kbverify", Version: "1.2.3", Catalog: "0123456789ab"},
		Taken: taken("AUDIT", 12, 30),
		Roots: []result.RootResult{
			{Root: `D:\SMS`, Taken: taken("SITE1", 9, 0), Seen: 12345, Tables: []result.TableResult{half, newer, recorded, withSignatures, unclear},
				Faults: []result.FaultResult{{Path: "inboxes/auth", Error: "permission denied"}},
				Links:  []result.LinkResult{{Path: "bin/old", Target: `E:\old`}}, Excluded: []string{"backup"}},
			{Root: `\\server\share`, Error: `root "\\server\share": no such file or directory; check the spelling`, Tables: []result.TableResult{}},
		},
		Exit: result.ExitTrouble,
	}
}

// signed gives files with every sort of signature, in order.
func signed() iter.Seq2[string, result.Signature] {
	const on, sha = "2010-01-25T06:27:00Z", "SHA-1, SHA-256"
	return func(yield func(string, result.Signature) bool) {
		_ = yield("trusted.dll", result.Signature{Status: result.ValidDigest, Algorithm: sha, Signer: "Contoso", Time: on, Stamped: true, Trust: "trusted"}) &&
			yield("stranger.dll", result.Signature{Status: result.ValidDigest, Algorithm: sha, Signer: "=Fabrikam", Time: on, Trust: "not-trusted",
				Distrust: "certificate signed by unknown authority"}) &&
			yield("changed.dll", result.Signature{Status: result.DigestDiffers, Algorithm: "SHA-1", Signer: "Contoso", Time: on, Stamped: true}) &&
			yield("cut.dll", result.Signature{Status: result.NotChecked, Cause: "damaged", Detail: "SignedData: malformed"}) &&
			yield("unsigned.dll", result.Signature{Status: result.NotSigned}) &&
			yield("data.txt", result.Signature{})
	}
}

// TestFormats renders one report in every way.
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		file   string
		format Format
		o      Options
	}{
		{"table.txt", Table, Options{}},
		{"table-verbose.txt", Table, Options{Verbose: true}},
		{"table-quiet.txt", Table, Options{Quiet: true}},
		{"table-quiet-many.txt", Table, Options{Quiet: true, Many: true}},
		{"table-wide.txt", Table, Options{Width: 200}},
		{"table-terminal.txt", Table, Options{Width: 80}},
		{"table-narrow.txt", Table, Options{Width: 40}},
		{"table-colour.txt", Table, Options{Color: true}},
		{"report.json", JSON, Options{Color: true, Verbose: true, Quiet: true}},
		{"matrix.txt", Table, Options{Many: true}},
		{"report.jsonl", JSONL, Options{Color: true, Verbose: true, Quiet: true}},
		{"report.csv", CSV, Options{Color: true, Verbose: true, Quiet: true}},
		{"report.junit.xml", JUnit, Options{Color: true, Verbose: true, Quiet: true}},
		{"report.nagios.txt", Nagios, Options{Color: true, Verbose: true, Quiet: true}},
	} {
		t.Run(c.file, func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, c.format, sample(), c.o); err != nil {
				t.Fatal(err)
			}
			golden(t, c.file, b.Bytes())
		})
	}
}

// TestDetect renders a detection in every way that differs from a verification.
func TestDetect(t *testing.T) {
	known := []string{"KB1", "KB977203", "Q100001", "Q100002", "Q252717"}
	for _, c := range []struct {
		file   string
		format Format
		o      Options
	}{
		{"detect.txt", Table, Options{Detect: true, Known: known}},
		{"detect-verbose.txt", Table, Options{Detect: true, Known: known, Verbose: true}},
		{"detect-narrow.txt", Table, Options{Detect: true, Known: known, Width: 40}},
		{"detect-quiet.txt", Table, Options{Detect: true, Known: known, Quiet: true}},
		{"detect-many.txt", Table, Options{Detect: true, Known: known, Many: true}},
		{"detect-many-quiet.txt", Table, Options{Detect: true, Known: known, Many: true, Quiet: true}},
		{"detect.csv", CSV, Options{Detect: true, Known: known}},
	} {
		t.Run(c.file, func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, c.format, detection(), c.o); err != nil {
				t.Fatal(err)
			}
			golden(t, c.file, b.Bytes())
			c.o.Width = DefaultWidth
			b.Reset()
			if err := Write(&b, c.format, detection(), c.o); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if n := textWidth(strings.TrimRight(line, "\n")); c.format == Table && n > DefaultWidth {
					t.Errorf("%d columns: %s", n, line)
				}
			}
		})
	}
}

// detection is the sample with a hotfix of which there are other versions only,
// one that is not there by what another says, and a root where nothing is.
func detection() *result.Result {
	r := sample()
	row := func(v result.Verdict) []result.RowResult {
		return []result.RowResult{{Name: "Boot.exe", Version: printed("2.0.1380.1"), Verdict: v, Copies: []result.CopyResult{{Path: "Boot.exe", Version: printed("2.0.1380.1"), Verdict: v, Notes: []result.Reason{}}}}}
	}
	r.Roots[0].Tables = append(r.Roots[0].Tables,
		result.TableResult{Hotfix: "Q100001", State: result.NotInstalled, Counts: map[result.Verdict]int{result.Older: 1}, Rows: row(result.Older)},
		result.TableResult{Hotfix: "Q100002", State: result.NotInstalled, Counts: map[result.Verdict]int{result.OK: 1}, Rows: row(result.OK),
			Reason: result.Why{result.Said("what matches is not its own: Boot.exe 2.0.1380.1 came with Q252717")}})
	r.Roots = append(r.Roots, result.RootResult{Root: "empty", Absent: 5, Tables: []result.TableResult{}})
	for i := range r.Roots {
		r.Roots[i].Taken.Command = result.Detect
	}
	return r
}

// Results of several runs and hosts in one report: each root is shown by what was asked
// of it, and what it was not asked about is not absent.
func TestMixed(t *testing.T) {
	for _, c := range []struct {
		file   string
		format Format
		o      Options
	}{
		{"mixed.txt", Table, Options{Many: true, Hosts: true}},
		{"mixed-quiet.txt", Table, Options{Many: true, Hosts: true, Quiet: true}},
		{"mixed.csv", CSV, Options{Many: true, Hosts: true}},
		{"mixed.html", HTML, Options{Many: true, Hosts: true}},
	} {
		t.Run(c.file, func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, c.format, mixed(), c.o); err != nil {
				t.Fatal(err)
			}
			golden(t, c.file, b.Bytes())
		})
	}
}

// mixed is one root name on several hosts, asked different things.
func mixed() *result.Result {
	table := func(id, name string, s result.State, v result.Verdict) result.TableResult {
		return result.TableResult{Hotfix: id, Table: name, State: s, Counts: map[result.Verdict]int{v: 1}, Rows: []result.RowResult{
			{Name: "Ccm.dll", Version: printed("2.0.1380.1125"), Verdict: v, Copies: []result.CopyResult{{Path: "Ccm.dll", Version: printed("2.0.1380.1125"), Verdict: v}}}}}
	}
	root := func(host string, command result.Command, tables ...result.TableResult) result.RootResult {
		at := taken(host, 9, 0)
		at.Command = command
		return result.RootResult{Root: `D:\SMS`, Taken: at, Seen: 1, Tables: tables}
	}
	r := &result.Result{Tool: sample().Tool, Taken: taken("AUDIT", 12, 30)}
	all := root("SITE2", result.Detect, table("KB2", "", result.Partial, result.OK), table("KB3", "SP2", result.NotInstalled, result.Older))
	all.Older = 29
	some := root("SITE3", result.Detect, table("KB1", "", result.Installed, result.OK))
	some.Asked = []string{"KB1", "KB2"}
	failed := root("SITE4", result.Verify)
	failed.Error = `root "D:\SMS": access is denied`
	r.Roots = []result.RootResult{
		root("SITE1", result.Verify, table("KB1", "", result.Installed, result.OK)), all, some, failed,
		root("SITE5", result.Verify, table("KB3", "SP1", result.NotInstalled, result.Older), table("KB3", "SP2", result.Installed, result.OK)),
		{Root: "site6.json", Error: `result "site6.json": cut off`},
	}
	for i := range r.Roots {
		r.Exit = max(r.Exit, r.Roots[i].Code())
	}
	return r
}

// wide is a report of many roots and many hotfixes.
func wide(roots, hotfixes int) *result.Result {
	r := &result.Result{Tool: sample().Tool}
	states := []result.State{result.Installed, result.Partial, result.Superseded, result.NotInstalled}
	for i := range roots {
		root := result.RootResult{Root: fmt.Sprintf(`\\server%03d\SMS_%03d`, i, i), Seen: 1000}
		for h := range hotfixes {
			t := result.TableResult{Hotfix: fmt.Sprintf("KB%d", 900000+h), State: result.Installed, Counts: map[result.Verdict]int{result.OK: 1}}
			if h%3 == 0 {
				t.State = states[(i+h)%len(states)]
			}
			root.Tables = append(root.Tables, t)
		}
		r.Roots = append(r.Roots, root)
	}
	return r
}

// However many hotfixes, the matrix fits: those that are the same everywhere
// take a line, the others as many blocks as it needs.
func TestMatrixFits(t *testing.T) {
	for _, width := range []int{80, 132} {
		for _, hotfixes := range []int{1, 5, 6, 7, 40} {
			var b bytes.Buffer
			if err := Write(&b, Table, wide(5, hotfixes), Options{Detect: true, Many: true, Width: width}); err != nil {
				t.Fatal(err)
			}
			matrix, _, _ := strings.Cut(b.String(), "\nRoot ")
			for line := range strings.Lines(b.String()) {
				if n := textWidth(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("%d hotfixes: %d columns in a terminal of %d: %s", hotfixes, n, width, line)
				}
			}
			for h := range hotfixes {
				if id := fmt.Sprintf("KB%d", 900000+h); strings.Count(matrix, id) != 1 {
					t.Errorf("%d hotfixes: %s stands %d times in\n%s", hotfixes, id, strings.Count(matrix, id), matrix)
				}
			}
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-update writes it anew):\n%s", name, d)
	}
}

// A stream of roots has to be the JSON of the whole report, and nothing may get lost.
func TestJSONIsTheReport(t *testing.T) {
	empty := &result.Result{Tool: result.Tool{Name: "kbverify"}, Roots: []result.RootResult{}, Exit: result.ExitTrouble}
	for name, r := range map[string]*result.Result{"sample": sample(), "no roots": empty} {
		var got, want bytes.Buffer
		if err := Write(&got, JSON, r, Options{}); err != nil {
			t.Fatal(err)
		}
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(r); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want.String(), got.String()); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}

func TestTableFits(t *testing.T) {
	for _, width := range []int{80, 100, 132, 200} {
		for _, verbose := range []bool{false, true} {
			var b bytes.Buffer
			if err := Write(&b, Table, sample(), Options{Width: width, Verbose: verbose}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if n := textWidth(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("%d columns in a terminal of %d: %s", n, width, line)
				}
			}
		}
	}
}

// ways are the tables of a verification and a detection.
var ways = []Options{
	{}, {Verbose: true}, {Many: true}, {Detect: true}, {Detect: true, Verbose: true}, {Detect: true, Many: true},
}

// On a terminal that is narrower than a table, its cells are whole all the same.
func TestNarrowTerminals(t *testing.T) {
	for _, o := range ways {
		for o.Width = 40; o.Width < DefaultWidth; o.Width += 4 {
			var b bytes.Buffer
			if err := Write(&b, Table, sample(), o); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if n := textWidth(strings.TrimRight(line, "\n")); n > o.Width {
					t.Errorf("%d columns in a terminal of %d: %s", n, o.Width, line)
				}
			}
			cells := []string{"4.0.6487.2111", "4.0.6487.2000", "4,194,304", "Ccmgencert.dll", "Sccm2007ac-sp2-kb977203-x86.msp",
				"wrong platform", "backup/ccmgencert.dll"}
			if !o.Detect {
				cells = append(cells, "285,032 bytes", "Sccm2007ac-sp2-kb977203-x86.msp")
			}
			for _, cell := range cells {
				if !strings.Contains(b.String(), cell) {
					t.Errorf("%+v: %q is cut:\n%s", o, cell, b.String())
				}
			}
		}
	}
}

// A search in what was redirected finds every path, however long and with whatever blanks.
func TestRedirectedPathsAreWhole(t *testing.T) {
	deep := strings.Repeat("Program Files (x86)/Microsoft Configuration Manager-", 5)
	r := sample()
	root := &r.Roots[0]
	paths := []*string{&root.Root, &root.Faults[0].Path, &root.Links[0].Path, &root.Links[0].Target, &root.Excluded[0],
		&root.Tables[0].Manifest, &root.Tables[0].SetAside[0].Path, &root.Tables[0].Unlisted[0].Path}
	for i := range root.Tables[0].Rows {
		row := &root.Tables[0].Rows[i]
		for j := range row.Copies {
			paths = append(paths, &row.Copies[j].Path)
		}
		if len(row.Copies) == 0 && row.Path != "" {
			paths = append(paths, &row.Path)
		}
	}
	root.Tables[0].Reason = result.Why{{Kind: result.OneFolder, Folder: "x"}}
	paths = append(paths, &root.Tables[0].Reason[0].Folder)
	for i, path := range paths {
		*path = fmt.Sprintf("%s/%d/%s", deep, i, *path)
	}
	r.Roots[1].Error = fmt.Sprintf("root %q: no such file or directory", deep+"/absent")
	for _, o := range ways {
		o.Verbose = true // all rows
		var b bytes.Buffer
		if err := Write(&b, Table, r, o); err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			shown := !o.Detect || path != &root.Tables[0].Manifest && path != &root.Tables[0].SetAside[0].Path &&
				path != &root.Tables[0].Unlisted[0].Path && path != &root.Tables[0].Reason[0].Folder &&
				needsAttention(verdictAt(root, path))
			if shown && !strings.Contains(b.String(), *path) {
				t.Errorf("%+v: %q is broken:\n%s", o, *path, b.String())
			}
		}
		if !strings.Contains(b.String(), fmt.Sprintf("%q", deep+"/absent")) {
			t.Errorf("%+v: the root that is not there is broken:\n%s", o, b.String())
		}
		if strings.Contains(b.String(), glue) {
			t.Errorf("%+v: a mark is left:\n%q", o, b.String())
		}
	}
}

// verdictAt is that of the copy or row with the path, or one that needs attention.
func verdictAt(root *result.RootResult, path *string) result.Verdict {
	for i := range root.Tables[0].Rows {
		row := &root.Tables[0].Rows[i]
		for j := range row.Copies {
			if &row.Copies[j].Path == path {
				return row.Copies[j].Verdict
			}
		}
	}
	return result.Missing
}

// Colour is never the only signal: without the sequences the text is the same.
func TestColourIsOnlyColour(t *testing.T) {
	var plain, coloured bytes.Buffer
	if err := errors.Join(Write(&plain, Table, sample(), Options{}), Write(&coloured, Table, sample(), Options{Color: true})); err != nil {
		t.Fatal(err)
	}
	text := coloured.String()
	for _, i := range []ink{bold, dim, red, green, yellow, magenta, "1;" + red, "1;" + green, "1;" + magenta, "0"} {
		text = strings.ReplaceAll(text, "\x1b["+string(i)+"m", "")
	}
	if d := cmp.Diff(plain.String(), text); d != "" {
		t.Error(d)
	}
}

func TestCSVHasEveryColumn(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, CSV, sample(), Options{}); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll() // refuses lines of different lengths
	if err != nil {
		t.Fatal(err)
	}
	filled := map[string]bool{}
	for _, line := range lines[1:] {
		for i, cell := range line {
			filled[lines[0][i]] = filled[lines[0][i]] || cell != ""
		}
	}
	for _, column := range csvHeader {
		if !filled[column] {
			t.Errorf("nothing in column %s", column)
		}
	}
}

// failing is a disk that is full after n bytes.
type failing struct{ n int }

var errFull = errors.New("no space left on device")

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > f.n {
		return f.n, errFull
	}
	f.n -= len(p)
	return len(p), nil
}

func TestWriteErrorsAreReported(t *testing.T) {
	for _, f := range RootFormats {
		var whole bytes.Buffer
		if err := Write(&whole, f, sample(), Options{}); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < whole.Len(); n += 53 {
			if err := Write(&failing{n}, f, sample(), Options{}); !errors.Is(err, errFull) {
				t.Fatalf("%s, disk full after %d of %d bytes: error %v", f, n, whole.Len(), err)
			}
		}
	}
}
