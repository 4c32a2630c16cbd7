package pecheck

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

func hotfix(id string, tables ...manifest.Table) *manifest.Manifest {
	return &manifest.Manifest{ID: id, Tables: tables}
}

// line is what a detection says of one hotfix.
type line struct {
	Hotfix  string
	State   result.State
	Reason  string
	Remarks []string
}

// texts are the words of reasons.
func texts(reasons []result.Reason) (words []string) {
	for _, r := range reasons {
		words = append(words, r.String())
	}
	return words
}

func TestDetect(t *testing.T) {
	first := hotfix("Q100001", table(t, "", "ccm.dll 2.0.1380.1100 10 x86", "boot.exe 2.0.1380.1100 20 x86"))
	second := hotfix("Q100002", table(t, "", "ccm.dll 2.0.1380.1125 11 x86", "base.dll 2.0.1380.1101 30 x86"))
	third := hotfix("Q100003", table(t, "", "ccm.dll 2.0.1380.1125 11 x86", "other.dll 2.0.1380.1125 40 x86"))
	secondHere := []string{"ccm.dll 2.0.1380.1125 11 x86", "base.dll 2.0.1380.1101 30 x86"}
	withIni := func(id, version string) *manifest.Manifest {
		return hotfix(id, table(t, "", "x.dll "+version+" 10 x86", "compver.ini - 67 -"))
	}
	client := hotfix("KB100004", table(t, "SP2", "s.dll 4.0.6487.2111 10 x86", "c1.msp - 7 -"))
	client.Relations = []manifest.Relation{{Kind: manifest.SupersededBy, ID: "KB100005", Scope: "client files", Files: []string{"c1.msp"}}}
	r3 := hotfix("KB100005", table(t, "SP2", "p.dll 4.0.6487.2157 10 x86", "c2.msp - 9 -"))
	needy := hotfix("Q100006", table(t, "", "n.dll 1.0.0.1 10 x86"))
	needy.Relations = []manifest.Relation{{Kind: manifest.Requires, ID: "Q100001"}, {Kind: manifest.GoesWith, ID: "Q100002"}}
	packs := hotfix("KB100007",
		table(t, "SP1", "a.dll 4.0.6221.9 10 x86", "b.dll 4.0.6221.9 10 x86"),
		table(t, "SP2", "a.dll 4.0.6487.9 10 x86", "b.dll 4.0.6487.9 10 x86"))

	for _, c := range []struct {
		name  string
		known []*manifest.Manifest
		files []string
		want  []line
		gone  int
		exit  result.Exit
	}{
		{"nothing is here", []*manifest.Manifest{first, second}, []string{"z.dll 1.0.0.0 1 x86"}, nil, 2, result.ExitPass},
		{"a newer file is explained by the hotfix that delivers it", []*manifest.Manifest{first, second},
			append(secondHere, "boot.exe 2.0.1380.1100 20 x86"),
			[]line{{"Q100001", result.Installed, "", []string{"ccm.dll 2.0.1380.1125 is from Q100002"}}, {"Q100002", result.Installed, "", nil}}, 0, result.ExitPass},
		{"partial only by a file of another hotfix", []*manifest.Manifest{second, third}, secondHere,
			[]line{{"Q100002", result.Installed, "", nil},
				{"Q100003", result.NotInstalled, "what matches is not its own: ccm.dll 2.0.1380.1125 came with Q100002", nil}}, 0, result.ExitPass},
		{"two halves do not excuse each other", []*manifest.Manifest{second, third}, []string{"ccm.dll 2.0.1380.1125 11 x86"},
			[]line{{"Q100002", result.Partial, "", nil}, {"Q100003", result.Partial, "", nil}}, 0, result.ExitFail},
		{"a half of which more is here explains a smaller one",
			[]*manifest.Manifest{hotfix("Q100021", table(t, "", "s.dll 1.0.0.1 1 x86", "a.dll 1.0.0.1 1 x86", "b.dll 1.0.0.1 1 x86")),
				hotfix("Q100022", table(t, "", "s.dll 1.0.0.1 1 x86", "c.dll 1.0.0.1 1 x86"))},
			[]string{"s.dll 1.0.0.1 1 x86", "a.dll 1.0.0.1 1 x86"},
			[]line{{"Q100021", result.Partial, "", nil},
				{"Q100022", result.NotInstalled, "what matches is not its own: s.dll 1.0.0.1 is in Q100021 too, of which more is here", nil}}, 0, result.ExitFail},
		{"language editions of which only a file of another hotfix is here",
			[]*manifest.Manifest{
				hotfix("Q100023", table(t, "English", "s.dll 1.0.0.1 1 x86", "a.dll 1.0.0.1 2 x86"), table(t, "French", "s.dll 1.0.0.1 1 x86", "a.dll 1.0.0.1 3 x86")),
				hotfix("Q100024", table(t, "", "s.dll 1.0.0.1 1 x86"))},
			[]string{"s.dll 1.0.0.1 1 x86"},
			[]line{{"Q100023", result.NotInstalled, "what matches is not its own: s.dll 1.0.0.1 came with Q100024", nil}, {"Q100024", result.Installed, "", nil}}, 0, result.ExitPass},
		{"a file without version that another hotfix replaced",
			[]*manifest.Manifest{hotfix("Q100025", table(t, "", "a.dll 1.0.0.1 1 x86", "u.sql - 7 -")), hotfix("Q100026", table(t, "", "u.sql - 8 -"))},
			[]string{"a.dll 1.0.0.1 1 x86", "u.sql - 8 data"},
			[]line{{"Q100025", result.Partial, "", []string{"u.sql of 8 bytes is from Q100026"}}, {"Q100026", result.Installed, "", nil}}, 0, result.ExitFail},
		{"hotfixes that are not here explain nothing", []*manifest.Manifest{withIni("Q100011", "1.0.0.1"), withIni("Q100012", "1.0.0.2")},
			[]string{"x.dll 1.0.0.0 10 x86", "compver.ini - 67 data"},
			[]line{{"Q100011", result.Partial, "", nil}, {"Q100012", result.Partial, "", nil}}, 0, result.ExitFail},
		{"a file without version that is its own", []*manifest.Manifest{withIni("Q100011", "1.0.0.1")},
			[]string{"x.dll 1.0.0.0 10 x86", "compver.ini - 67 data"},
			[]line{{"Q100011", result.Partial, "", nil}}, 0, result.ExitFail},
		{"client files replaced by a hotfix that is here", []*manifest.Manifest{client, r3},
			[]string{"s.dll 4.0.6487.2111 10 x86", "p.dll 4.0.6487.2157 10 x86", "c2.msp - 9 data"},
			[]line{{"KB100004", result.Installed, "", []string{"c1.msp is replaced by that of KB100005, which is here"}}, {"KB100005", result.Installed, "", nil}}, 0, result.ExitPass},
		{"and by one that is not", []*manifest.Manifest{client, r3}, []string{"s.dll 4.0.6487.2111 10 x86"},
			[]line{{"KB100004", result.Partial, "", nil}}, 1, result.ExitFail},
		{"requirements that are not met", []*manifest.Manifest{needy, second}, []string{"n.dll 1.0.0.1 10 x86", "base.dll 2.0.1380.1000 30 x86"},
			[]line{{"Q100006", result.Installed, "", []string{"goes with Q100002, which is not installed here", "requires Q100001, which is absent here"}},
				{"Q100002", result.NotInstalled, "", nil}}, 0, result.ExitPass},
		{"tables of another service pack make no noise", []*manifest.Manifest{packs}, []string{"a.dll 4.0.6487.9 10 x86", "b.dll 4.0.6487.9 10 x86"},
			[]line{{"KB100007", result.Installed, "table SP2, by the builds of 2 of 2 files", nil}}, 0, result.ExitPass},
		{"no build of any table", []*manifest.Manifest{packs}, []string{"a.dll 4.0.5931.9 10 x86"},
			[]line{{"KB100007", result.NotInstalled, "its files are here, in none of the versions that its tables print", nil}}, 0, result.ExitPass},
		{"files of both service packs", []*manifest.Manifest{packs}, []string{"a.dll 4.0.6487.9 10 x86", "b.dll 4.0.6221.9 10 x86"},
			[]line{{"KB100007", result.Undecidable, "the files do not tell which table applies (installed by SP1, partial by SP2); name one: verify -k KB100007/SP1, -k KB100007/SP2", nil}}, 0, result.ExitTrouble},
		{"an unreadable file", []*manifest.Manifest{first}, []string{"ccm.dll 2.0.1380.1100 10 x86", "boot.exe - 20 damaged"},
			[]line{{"Q100001", result.Undecidable, "a file could not be read", nil}}, 0, result.ExitTrouble},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Detect(inventoryOf(t, c.files...), Known{Hotfixes: c.known}, Scope{})
			var got []line
			for _, tb := range r.Tables {
				got = append(got, line{tb.Hotfix, tb.State, tb.Reason.String(), texts(tb.Remarks)})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("hotfixes (-want +got):\n%s", diff)
			}
			if r.Absent != c.gone || r.DetectExit() != c.exit {
				t.Errorf("absent %d, exit %d; want %d, %d", r.Absent, r.DetectExit(), c.gone, c.exit)
			}
		})
	}
}

func TestDetectDoesNotDependOnTheOrderOfHotfixes(t *testing.T) {
	a := hotfix("Q100001", table(t, "", "s.dll 1.0.0.1 1 x86", "a.dll 1.0.0.1 1 x86"))
	b := hotfix("Q100002", table(t, "", "s.dll 1.0.0.1 1 x86", "b.dll 1.0.0.1 1 x86"))
	c := hotfix("Q100003", table(t, "", "s.dll 1.0.0.1 1 x86"))
	inv := inventoryOf(t, "s.dll 1.0.0.1 1 x86")
	want := map[string]result.State{"Q100001": result.NotInstalled, "Q100002": result.NotInstalled, "Q100003": result.Installed}
	for _, known := range [][]*manifest.Manifest{{a, b, c}, {c, b, a}, {b, c, a}} {
		got := map[string]result.State{}
		for _, tb := range Detect(inv, Known{Hotfixes: known}, Scope{}).Tables {
			got[tb.Hotfix] = tb.State
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTraceIsWhatIsWorthALine(t *testing.T) {
	m := []*manifest.Manifest{hotfix("Q100001", table(t, "", "a.dll 1.0.0.5 1 x86", "b.dll 1.0.0.5 1 x86"))}
	for file, want := range map[string]bool{"a.dll 1.0.0.4 1 x86": false, "a.dll 1.0.0.6 1 x86": true, "a.dll 1.0.0.5 1 x86": true} {
		r := Detect(inventoryOf(t, file), Known{Hotfixes: m}, Scope{})
		if got := r.Tables[0].Trace(); got != want {
			t.Errorf("%s: trace %v, want %v (%s)", file, got, want, r.Tables[0].State)
		}
	}
}

func TestOnlyWhatWasAsked(t *testing.T) {
	older := hotfix("Q100001", table(t, "", "ccm.dll 2.0.1380.1100 10 x86"))
	newer := hotfix("Q100002", table(t, "", "ccm.dll 2.0.1380.1125 11 x86"))
	r := Detect(inventoryOf(t, "ccm.dll 2.0.1380.1125 11 x86"), Known{Hotfixes: []*manifest.Manifest{older, newer}}, Scope{})
	r.Only([]string{"kb100001", "Q100009"})
	if len(r.Tables) != 1 || r.Absent != 1 || r.DetectExit() != result.ExitPass {
		t.Fatalf("%+v", r)
	}
	want := []string{"ccm.dll 2.0.1380.1125 is from Q100002"} // known, though not asked about
	if diff := cmp.Diff(want, texts(r.Tables[0].Remarks)); diff != "" {
		t.Error(diff)
	}
}

// The short cut for hotfixes of which nothing is here must not hide one that
// cannot be known.
func TestAHotfixNobodyLookedForIsNotAbsent(t *testing.T) {
	inv := inventoryOf(t, "z.dll 1.0.0.0 1 x86")
	inv.All, inv.Names = false, []string{"Z.DLL"}
	known := []*manifest.Manifest{hotfix("Q100001", table(t, "", "a.dll 1.0.0.5 1 x86")), hotfix("Q100002", table(t, "", "z.dll 1.0.0.0 1 x86"))}
	r := Detect(inv, Known{Hotfixes: known}, Scope{})
	if r.Absent != 0 || len(r.Tables) != 2 || r.Tables[0].State != result.Undecidable || r.Tables[1].State != result.Installed || r.DetectExit() != result.ExitTrouble {
		t.Errorf("%+v", r)
	}
}

// A recorded file belongs where it was, for whatever processor it is.
func TestRecordedFilesAreAllInScope(t *testing.T) {
	m := hotfix("GOLD", table(t, "", "a.dll 1.0.0.5 1 x64", "a.dll 1.0.0.5 1 x86", "a.dll 1.0.0.5 1 x86"))
	for i, path := range []string{"bin/i386/a.dll", "one/a.dll", "two/a.dll"} {
		m.Tables[0].Files[i].Path = path
	}
	files := []string{"bin/i386/a.dll 1.0.0.5 1 x64", "one/a.dll 1.0.0.5 1 x86", "two/a.dll 1.0.0.5 1 x86"}
	for gone := range files {
		left := append(append([]string{}, files[:gone]...), files[gone+1:]...)
		r := Verify(inventoryOf(t, left...), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]
		if r.State != result.Partial || r.Rows[gone].Verdict != result.Missing {
			t.Errorf("without %s: %s, row %s", files[gone], r.State, r.Rows[gone].Verdict)
		}
	}
	if r := Verify(inventoryOf(t, files...), []Request{{Manifest: m}}, Scope{}, Known{}).Tables[0]; r.State != result.Installed {
		t.Errorf("whole: %s, %v", r.State, r.Counts)
	}
}

// What a hotfix turns out to be while tables are left out does not explain
// another one's files, or it would matter which of the two came first.
func TestTablesAreLeftOutInNoOrder(t *testing.T) {
	whole := hotfix("Q100001", table(t, "", "b.dll 1.0.0.1 1 x86"))
	first := hotfix("Q100002", table(t, "SP1", "a.dll 1.0.0.1 1 x86"), table(t, "SP2", "b.dll 1.0.0.1 1 x86", "c.dll 1.0.0.1 1 x86"))
	other := hotfix("Q100003", table(t, "SP1", "a.dll 1.0.0.1 1 x86", "e.dll 1.0.0.1 1 x86"), table(t, "SP2", "b.dll 1.0.0.1 1 x86", "f.dll 1.0.0.1 1 x86"))
	inv := inventoryOf(t, "a.dll 1.0.0.1 1 x86", "b.dll 1.0.0.1 1 x86")
	want := map[string]result.State{"Q100001": result.Installed, "Q100002": result.Installed, "Q100003": result.Partial}
	for _, known := range [][]*manifest.Manifest{{whole, first, other}, {other, first, whole}} {
		got := map[string]result.State{}
		for _, tb := range Detect(inv, Known{Hotfixes: known}, Scope{}).Tables {
			got[tb.Hotfix] = tb.State
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
