package pecheck

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

func TestIdentify(t *testing.T) {
	previous := table(t, "before", "ccm.dll 2.0.1380.1000 10 x86")
	previous.Reference = "previous version"
	x := NewIdentifier([]*manifest.Manifest{
		hotfix("Q100001", table(t, "SP1", "ccm.dll 2.0.1380.1125 143KB x86", "ccm.dll 2.0.1380.1125 227KB Alpha"), previous),
		hotfix("Q100002", table(t, "", "ccm.dll 2.0.1380.1125 146000 x86", "u.sql - 300 -", "r.sql - 3KB -")),
		hotfix("Q100003", table(t, "", "c-enu.msp - 7 - c-*.msp")),
	})
	for _, c := range []struct {
		file string
		want []string
	}{
		{"x/CCM.dll 2.0.1380.1125 146000 x86", []string{"Q100001/SP1 exact x86 ok", "Q100002/ exact x86 ok", "Q100001/SP1 version Alpha wrong-platform", "Q100001/before name x86 newer"}},
		{"ccm.dll 2.0.1380.1125 5 x86", []string{"Q100001/SP1 version x86 wrong-size", "Q100001/SP1 version Alpha wrong-platform", "Q100002/ version x86 wrong-size", "Q100001/before name x86 newer"}},
		{"ccm.dll 2.0.1380.1000 10 x86", []string{"Q100001/before exact x86 ok", "Q100001/SP1 name x86 older", "Q100001/SP1 name Alpha wrong-platform", "Q100002/ name x86 older"}},
		{"u.sql - 300 data", []string{"Q100002/ exact  ok"}},
		{"r.sql - 3072 data", []string{"Q100002/ name  ok"}},
		{"c-deu.msp - 7 data", []string{"Q100003/ name  unverified"}},
		{"nobody.dll 1.0.0.0 7 x86", nil},
	} {
		f := found(t, c.file)
		var got []string
		for _, m := range x.Identify(&f).Matches {
			got = append(got, fmt.Sprintf("%s/%s %s %s %s", m.Hotfix, m.Table, m.How, m.Platform, m.Verdict))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.file, diff)
		}
	}
}

func TestIdentifySaysWhatTheFileIs(t *testing.T) {
	f := found(t, "x/a.dll 2.0.1.2 10 any-cpu")
	f.StringVersion = "2.0.1.0"
	f.Strings = &pefile.Strings{ProductName: "Systems Management Server", CompanyName: "Example", FileDescription: "CCM"}
	want := result.Identity{Path: "x/a.dll", Size: 10, Format: "PE", Platform: "any CPU", Version: mustPrinted(t, "2.0.1.2"), StringVersion: "2.0.1.0",
		Product: "Systems Management Server", Company: "Example", Description: "CCM", Matches: []result.Match{}}
	if diff := cmp.Diff(want, NewIdentifier(nil).Identify(&f), typed); diff != "" {
		t.Error(diff)
	}
	bad := found(t, "b.dll - 10 damaged")
	if got := NewIdentifier(nil).Identify(&bad).Error; got != bad.Detail {
		t.Errorf("error %q, want %q", got, bad.Detail)
	}
}
