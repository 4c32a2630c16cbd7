package manifest

import "testing"

const someReleases = `[{"product": "P", "releases": [
	{"name": "", "versions": ["2.0.1239"]},
	{"name": "SP1", "versions": ["2.0.1380"]},
	{"name": "SP2", "versions": ["2.0.1493.2xxx"], "drivers": ["4.0.1493.2xxx"]},
	{"name": "SP3", "versions": ["2.0.1493.3xxx"], "drivers": ["4.0.1493.3xxx"]}]},
	{"product": "Q", "releases": [{"name": "", "versions": ["3.0.1239", "3.1.1239"]}]}]`

func releases(t *testing.T) Releases {
	t.Helper()
	all, err := ParseReleases([]byte(someReleases))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestReleaseOfAVersion(t *testing.T) {
	for version, want := range map[string]string{
		"2.0.1239.0": "P ", "2.0.1380.1125": "P SP1", "2.0.1493.2000": "P SP2", "2.0.1493.2999": "P SP2", "4.0.1493.3225": "P SP3",
		"3.1.1239.5": "Q ", "2.0.1493.1999": "", "2.0.1493.4000": "", "2.0.92.9": "", "2.0.1250.7": "", "4.0.1239.1": "",
	} {
		v, err := ParseVersion(version)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if r := releases(t).Of(v); r != nil {
			got = r.Product + " " + r.Name
		}
		if got != want {
			t.Errorf("%s is of %q, want %q", version, got, want)
		}
	}
}

// Parts that an article leaves out in front are filled in where one release alone fits.
func TestComplete(t *testing.T) {
	for _, c := range []struct{ product, name, printed, want string }{
		{"P", "a.dll", "*.*.1493.3143", "2.0.1493.3143"},
		{"P", "a.sys", "*.*.1493.3143", "4.0.1493.3143"}, // a driver
		{"P", "a.sys", "*.*.1380.1017", ""},              // no driver of that release is known
		{"P", "a.dll", "*.*.1380.1017", "2.0.1380.1017"},
		{"P", "a.dll", "*.0.1380.1017", "2.0.1380.1017"},
		{"P", "a.dll", "*.9.1380.1017", ""},
		{"P", "a.dll", "*.*.1493.4100", ""},
		{"P", "a.dll", "*.*.*.1017", ""},
		{"Q", "a.dll", "*.*.1239.5", ""}, // 3.0 or 3.1
		{"R", "a.dll", "*.*.1380.1017", ""},
		{"P", "a.dll", "2.0.1380.1017", "2.0.1380.1017"},
	} {
		p, err := ParsePrinted(c.printed)
		if err != nil {
			t.Fatal(err)
		}
		got := releases(t).Complete(c.product, &File{Name: c.name, Version: p})
		v, full := got.Version()
		if text := v.String(); full != (c.want != "") || full && text != c.want || got.String() != c.printed {
			t.Errorf("%s %s %s: %s (printed %s), complete %t; want %q", c.product, c.name, c.printed, text, got, full, c.want)
		}
	}
}

func TestReleaseOfATable(t *testing.T) {
	row := func(version string) File {
		p, err := ParsePrinted(version)
		if err != nil {
			t.Fatal(err)
		}
		return File{Name: "a.dll", Version: p}
	}
	for want, table := range map[string]Table{
		"SP3":  {Name: "SP2", Files: []File{row("2.0.1493.2100"), row("*.*.1493.3143"), row("2.0.92.9")}}, // the highest of its files
		"SP2":  {Name: "SP2-French", AppliesTo: "P SP1", Files: []File{row("2.0.92.9")}},
		"SP1":  {Name: "French", AppliesTo: "P Service Pack 1"},
		"none": {Name: "SP9", AppliesTo: "P"},
	} {
		got := "none"
		if r := releases(t).OfTable("P", &table); r != nil {
			got = r.Name
		}
		if got != want {
			t.Errorf("table %s: %s, want %s", table.Name, got, want)
		}
	}
}

func TestParseReleasesRefuses(t *testing.T) {
	for _, text := range []string{`{}`, `[{"releases": [{"versions": ["2.0"]}]}]`, `[{"releases": [{"versions": ["2.0.1.xxxx"]}]}]`,
		`[{"releases": [{"drivers": ["2.0.70000"]}]}]`} {
		if _, err := ParseReleases([]byte(text)); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

// The index finds exactly the sizes that admit a number of bytes.
func TestSizeIndex(t *testing.T) {
	var x SizeIndex[string]
	sizes := []string{"4 KB", "4.19 KB", "14.5 KB", "276 KB", "1.33 MB", "2 GB"}
	for _, text := range sizes {
		s, err := ParseSize(text)
		if err != nil {
			t.Fatal(err)
		}
		x.Add(s, text)
	}
	x.Add(ExactSize(4290), "4,290")
	for n := int64(0); n < 1_500_000; n += 7 {
		found := map[string]bool{}
		for _, s := range x.Find(n) {
			found[s] = true
		}
		for _, text := range sizes {
			if s, _ := ParseSize(text); s.Admits(n) != found[text] {
				t.Fatalf("%d bytes and %s: found %t", n, text, found[text])
			}
		}
		if found["4,290"] != (n == 4290) {
			t.Fatalf("%d bytes: found %t", n, found["4,290"])
		}
	}
	if len(x.Find(1<<31)) != 1 {
		t.Error("2 GB is not found")
	}
}
