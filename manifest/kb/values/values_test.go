package values_test

import (
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/values"
)

// TestQuality is what a cell can be: plain, odd or not at all.
func TestQuality(t *testing.T) {
	for _, tt := range []struct {
		kind values.Kind
		text string
		want int
	}{
		{values.Name, "Ccm.dll", values.Plain},
		{values.Name, "_IDisp9x.dll", values.Plain},
		{values.Name, "Smsinst.dl_", values.Plain},
		{values.Name, "54831.sql", values.Plain},
		{values.Name, "Q287990.E", values.Plain},
		{values.Name, `D:\Exchsrvr\Bin\Admin.exe`, values.Plain},
		{values.Name, "Package_for_kb976398_rtm~31bf3856ad364e35~x86~~6.1.1.0.mum", values.Plain},
		{values.Name, "Invmac", values.NoExtension},
		{values.Name, "Intel", values.NoFit}, // a platform
		{values.Name, "2.0.1493.3159", values.NoFit},
		{values.Name, "12345", values.NoFit},
		{values.Name, "...", values.NoFit},
		{values.Name, "a/b.dll", values.NoFit},
		{values.Name, "4/1/99,", values.NoFit},
		{values.Name, "v.5.00.3828", values.NoFit}, // a version
		{values.Name, "R.5.03.1", values.NoFit},
		{values.Name, "Vip.386", values.Plain},

		{values.Version, "2.0.1380.1125", values.Plain},
		{values.Version, "2.00.1250.0007", values.Plain},
		{values.Version, "2.00.1054", values.Plain},
		{values.Version, "version 4.00.950", values.Plain},
		{values.Version, "1.2(build 786)", values.Plain},
		{values.Version, "6.1.7600.16385 (win7_rtm.090713-1255)", values.Plain},
		{values.Version, "Not applicable", values.Plain},
		{values.Version, "Not versioned", values.Plain},
		{values.Version, "12.00.8257.0 (x86)", values.Plain},
		{values.Version, "v.5.00.3828", values.Plain},
		{values.Version, "不适用", values.Plain},
		{values.Version, "5.0.2195.2103 or later", values.Plain},
		{values.Version, "5.0.2195.2103 or x86", values.NoFit},
		{values.Version, "1493.3143", values.Unusual},
		{values.Version, "786", values.BareNumber},
		{values.Version, "2.0.1380.65536", values.Doubtful},
		{values.Version, "1,234", values.NoFit},
		{values.Version, "Intel", values.NoFit},
		{values.Version, "", values.NoFit},

		{values.Size, "599,912", values.Plain},
		{values.Size, "67", values.Plain},
		{values.Size, "143 KB", values.Plain},
		{values.Size, "1.33 MB", values.Plain},
		{values.Size, "80K", values.Plain},
		{values.Size, "283,104 bytes", values.Plain},
		{values.Size, "2536 bytes", values.Plain},
		{values.Size, "145KB (147,728 bytes)", values.Plain},
		{values.Size, "16,256b", values.Plain},
		{values.Size, "800528", values.Unusual},
		{values.Size, "1.540.160", values.BareNumber},
		{values.Size, "8,1012", values.Doubtful},
		{values.Size, "1 639 664", values.Doubtful},
		{values.Size, "1 39 664", values.NoFit},
		{values.Size, "2.0.1493", values.NoFit},
		{values.Size, "10:49", values.NoFit},

		{values.Date, "1/28/2000", values.Plain},
		{values.Date, "21/12/00", values.Plain},
		{values.Date, "01-Feb-2010", values.Plain},
		{values.Date, "01-דצמ-2008", values.Plain},
		{values.Date, "20-June-2015", values.Plain},
		{values.Date, "March 1, 2001", values.Plain},
		{values.Date, "Dec-17-2001", values.Plain},
		{values.Date, "6 October 2000", values.Plain},
		{values.Date, "2010-02-01", values.Plain},
		{values.Date, "2019年11月16日", values.Plain},
		{values.Date, "16-11月-2019", values.Plain},
		{values.Date, "28.10.2005", values.Plain},
		{values.Date, "16-11", values.Unusual},
		{values.Date, "12/20/199", values.Doubtful},
		{values.Date, "13/32/2001", values.Doubtful},
		{values.Date, "01-Qapla-2008", values.Doubtful},
		{values.Date, "2.0.1493", values.NoFit},
		{values.Date, "1493.3143", values.NoFit},
		{values.Date, "599,912", values.NoFit},

		{values.Time, "13:40", values.Plain},
		{values.Time, "11.31am", values.Plain},
		{values.Time, "11.31", values.NoFit}, // a version
		{values.Time, "6.20a", values.NoFit}, // a version of MS-DOS
		{values.Time, "45.31am", values.NoFit},
		{values.Time, "9:37", values.Plain},
		{values.Time, "04:21:28pm", values.Plain},
		{values.Time, "08:05a", values.Plain},
		{values.Time, "03:45 P.M.", values.Plain},
		{values.Time, "08:53 UTC", values.Plain},
		{values.Time, "xx:xx", values.Doubtful},
		{values.Time, "13:45pm", values.Doubtful},
		{values.Time, "25:00", values.Doubtful},
		{values.Time, "10:5", values.NoFit},

		{values.Platform, "x86", values.Plain},
		{values.Platform, "(ALPHA)", values.Plain},
		{values.Platform, "Intel and Alpha", values.Plain},
		{values.Platform, "מס' x86", values.Plain},
		{values.Platform, "IA-64 (IA-64)", values.Plain},
		{values.Platform, "-", values.Unusual},
		{values.Platform, "Macintosh", values.Strange + 1},
		{values.Platform, "Windows 95 OSR2", values.Strange + 3},
		{values.Platform, "and it is not so", values.NoFit},
		{values.Platform, "Widget.exe", values.NoFit},
		{values.Platform, "MIPS R3000", values.Strange + 2},
		{values.Platform, "UTC x86", values.NoFit},
		{values.Platform, "varies 21-Aug-2000", values.NoFit},
		{values.Platform, "PM", values.NoFit}, // of a time in front of an empty cell
		{values.Platform, "p.m.", values.NoFit},
		{values.Platform, "M", values.NoFit}, // of "10:52P" and "M"

		{values.Hash, "A25604D3733CFD0DAD9C7BDA5AFCC81755372FC4CA081ACF0D1076C4881D54D3", values.Plain},
		{values.Hash, "1234", values.NoFit},
	} {
		if got := values.Quality(tt.kind, tt.text); got != tt.want {
			t.Errorf("%s %q: cost %d, want %d", tt.kind, tt.text, got, tt.want)
		}
		words := strings.Fields(tt.text)
		if last := len(words) - 1; last > 0 && tt.want != values.NoFit && !values.Ends(tt.kind, words[last]) {
			t.Errorf("%s %q: a quick look at the last word says that it is none", tt.kind, tt.text)
		}
	}
}

// TestEnds: words with which no cell of several ends.
func TestEnds(t *testing.T) {
	for kind, word := range map[values.Kind]string{values.Date: "Widget.dll", values.Time: "x86", values.Size: "1999"} {
		if values.Ends(kind, word) {
			t.Errorf("a %s can end with %q", kind, word)
		}
	}
}

// TestNotApplicable: words for an empty cell, however they are written.
func TestNotApplicable(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "-": true, "n/a": true, "N/A": true, " Not  Applicable ": true, "NOT VERSIONED": true, "不适用": true,
		"해당 없음": true, "НЕТ ДАННЫХ": true, "غير متوفر": true, "0": false, "x86": false, "not": false, "—": true,
	} {
		if values.NotApplicable(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// read gives the values of one row of an English article.
func read(t *testing.T, row values.Row, more ...values.Row) (string, string, []findings.Finding) {
	t.Helper()
	var fs findings.List
	row.Cells[values.Name] = "Widget.dll"
	got, _ := values.Read([]values.Printed{{Rows: append([]values.Row{row}, more...)}}, true, &fs)
	if len(got) != 1 || len(got[0].Files) != 1+len(more) {
		t.Fatalf("%v: %d tables", row.Cells.String(), len(got))
	}
	return got[0].Files[0].Modified, got[0].Files[0].AsPrinted.Modified, fs.All()
}

func dated(date, time string) (row values.Row) {
	row.Cells[values.Name], row.Cells[values.Date], row.Cells[values.Time] = "Other.dll", date, time
	return row
}

// TestDates is the order of day and month, and the century; what is no day is
// kept as printed.
func TestDates(t *testing.T) {
	day, month := dated("21/12/2001", ""), dated("12/21/2001", "")
	for _, tt := range []struct {
		text  string
		order values.Row // a date that shows the article's order
		want  string
	}{
		{"1/28/2000", month, "2000-01-28"},
		{"3/11/00", month, "2000-03-11"},
		{"3/11/00", day, "2000-11-03"},
		{"21/12/00", month, ""},
		{"21/12/00", day, "2000-12-21"},
		{"6/30/98", month, "1998-06-30"},
		{"01-Mar-79", month, "2079-03-01"},
		{"01-Mär-2001", month, "2001-03-01"},
		{"2010-02-01", day, "2010-02-01"},
		{"2010年2月1日", day, "2010-02-01"},
		{"2/30/2001", month, ""},
		{"12/20/199", month, ""},
		{"16-11", month, ""},
		{"01-Qapla-2008", month, ""},
	} {
		got, printed, all := read(t, dated(tt.text, ""), tt.order, tt.order)
		if got != tt.want || (got == "") != (printed == tt.text && len(all) > 0) {
			t.Errorf("%q: %q, as printed %q, findings %v; want %q", tt.text, got, printed, all, tt.want)
		}
	}
}

// TestTimes is a.m. and p.m., and times that cannot be.
func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"12:30am": "00:30", "12:30p": "12:30", "1:05PM": "13:05", "11:59 P.M.": "23:59", "08:57:33": "08:57:33",
		"00:10": "00:10", "12:10": "12:10", "13:05pm": "", "25:00": "", "xx:xx": "",
	} {
		got, printed, _ := read(t, dated("2010-02-01", text))
		if want != "" {
			want = "T" + want
		}
		if got != "2010-02-01"+want || (want == "") != (printed != "") {
			t.Errorf("%q: %q, as printed %q; want %q", text, got, printed, want)
		}
	}
}

// TestMonths: every month of every language has one number.
func TestMonths(t *testing.T) {
	for name, want := range map[string]string{
		"dec": "12", "Dec": "12", "DEC": "12", "Okt": "10", "Maj": "05", "Mär": "03", "févr.": "02", "abr": "04",
		"janeiro": "01", "grudzień": "", "דצמ": "12", "ינו": "01", "12月": "12", "一月": "01", "Qapla": "",
	} {
		if want != "" {
			want = "2001-" + want + "-05"
		}
		if got, _, _ := read(t, dated("05-"+name+"-2001", "")); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestSizesAndVersions is what is compared, what is kept as printed, and what a
// strict import refuses.
func TestSizesAndVersions(t *testing.T) {
	for _, tt := range []struct {
		kind          values.Kind
		text          string
		want, printed string // the value, and what is kept as printed
		strict        bool
	}{
		{values.Size, "599,912", "599,912", "", false},
		{values.Size, "143 KB", "143 KB", "", false},
		{values.Size, "8,1012", "", "8,1012", true},
		{values.Size, "1.540.160", "1,540,160", "1.540.160", true},
		{values.Size, "n/a", "", "", false},
		{values.Version, "2.0.1380.1125", "2.0.1380.1125", "", false},
		{values.Version, "version 4.00.950", "4.00.950", "", false},
		{values.Version, "1493.3143", "*.*.1493.3143", "1493.3143", false},
		{values.Version, "786", "", "786", false},
		{values.Version, "Qapla", "", "Qapla", true},
		{values.Version, "yok", "", "", false}, // the table's own word for an empty cell
	} {
		var fs findings.List
		row := dated("2010-02-01", "")
		row.Cells[tt.kind] = tt.text
		got, _ := values.Read([]values.Printed{{Rows: []values.Row{row}, Empty: map[string]bool{"yok": true}}}, true, &fs)
		f := got[0].Files[0]
		value, printed := f.Version.String(), f.AsPrinted.Version
		if tt.kind == values.Size {
			value, printed = sizeOf(f), f.AsPrinted.Size
		}
		all := fs.All()
		if value != tt.want || printed != tt.printed || (len(all) > 0 && all[0].Strict) != tt.strict {
			t.Errorf("%s %q: %q, as printed %q, findings %v; want %q and %q", tt.kind, tt.text, value, printed, all, tt.want, tt.printed)
		}
	}
}

func sizeOf(f manifest.File) string {
	if n, exact := f.Size.Exact(); exact && !f.Size.IsZero() {
		return manifest.Commas(n)
	}
	return f.Size.Text()
}

// TestOdd: what stands under a known heading although it does not look like a cell
// of its column, and what cannot.
func TestOdd(t *testing.T) {
	for _, tt := range []struct {
		kind values.Kind
		text string
		last bool
		want bool
	}{
		{values.Version, "5.0:2195.2097", false, true},
		{values.Version, "2.00.00.0001001033", false, true},
		{values.Version, "6.0b3", false, true},
		{values.Version, "5.0.2195.4555 shp", false, true},
		{values.Version, "23,456", false, false}, // a size
		{values.Version, "Widget.dll", false, false},
		{values.Version, "01-Feb-2001", false, false},
		{values.Version, "word", false, false},
		{values.Size, "177.424", false, true},
		{values.Size, "8,1012", false, true},
		{values.Size, "1.2.3.4", false, false},
		{values.Date, "2004", false, true},
		{values.Date, "See the page", true, true},
		{values.Date, "See the page", false, false},
		{values.Date, "see Widget.exe", true, false}, // the name of another column
		{values.Time, "1815", false, true},
		{values.Platform, "Windows 98 Second Edition", false, true},
		{values.Platform, "Widget.exe once was", false, false},
		{values.Name, "Widget.exe (Intel)", false, true},
		{values.Name, "EMSMTA EXE", false, true},
		{values.Name, "two words here", false, false},
	} {
		if got := values.Odd(tt.kind, tt.text, tt.last) != values.NoFit; got != tt.want {
			t.Errorf("%s %q: %t, want %t", tt.kind, tt.text, got, tt.want)
		}
	}
}

// TestSet: a cell that holds more than one thing comes apart.
func TestSet(t *testing.T) {
	var r values.Row
	r.Set(values.Name, "", "Widget (Intel)")
	r.Set(values.Note, "Extension", "DLL")
	r.Set(values.Date, "", "10/14/96 1:38 am")
	want := values.Cells{values.Name: "Widget.DLL", values.Date: "10/14/96", values.Time: "1:38 am", values.Platform: "Intel"}
	if r.Cells != want || len(r.Notes) > 0 {
		t.Errorf("%s, notes %q; want %s", r.Cells.String(), r.Notes, want.String())
	}
	r = values.Row{}
	r.Set(values.Name, "", "Widget.dll(MS-DOS)")
	if r.Cells[values.Name] != "Widget.dll" || len(r.Notes) != 1 || r.Notes[0] != "MS-DOS" {
		t.Errorf("%s, notes %q", r.Cells.String(), r.Notes)
	}
}

// TestDayOrders: each table settles the order of its dates, and another one only
// helps where it is silent; none of this is strict.
func TestDayOrders(t *testing.T) {
	printed := func(dates ...string) (p values.Printed) {
		for i, d := range dates {
			p.Rows = append(p.Rows, values.Row{Line: i + 1, Cells: values.Cells{values.Name: "W.dll", values.Date: d}})
		}
		return p
	}
	for name, tt := range map[string]struct {
		tables []values.Printed
		want   string // the first date of the last table
		found  int
	}{
		"its own dates":          {[]values.Printed{printed("12/21/00"), printed("03/04/00", "21/12/00")}, "2000-04-03", 0},
		"another one's":          {[]values.Printed{printed("21/12/00"), printed("03/04/00")}, "2000-04-03", 0},
		"nothing":                {[]values.Printed{printed("03/04/00")}, "2000-03-04", 1},
		"others, which disagree": {[]values.Printed{printed("21/12/00"), printed("12/21/00"), printed("03/04/00")}, "2000-03-04", 1},
	} {
		var fs findings.List
		out, _ := values.Read(tt.tables, true, &fs)
		if got := out[len(out)-1].Files[0].Modified; got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		all := fs.All()
		if len(all) != tt.found || len(all) > 0 && all[0].Strict {
			t.Errorf("%s: findings %+v, want %d that are not strict", name, all, tt.found)
		}
	}
}
