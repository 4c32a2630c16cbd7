package kb

import "testing"

// TestQuality is what a cell can be: plain, odd or not at all.
func TestQuality(t *testing.T) {
	for _, tt := range []struct {
		kind kind
		text string
		want int
	}{
		{nameKind, "Ccm.dll", plainCost},
		{nameKind, "_IDisp9x.dll", plainCost},
		{nameKind, "Smsinst.dl_", plainCost},
		{nameKind, "54831.sql", plainCost},
		{nameKind, "Q287990.E", plainCost},
		{nameKind, `D:\Exchsrvr\Bin\Admin.exe`, plainCost},
		{nameKind, "Package_for_kb976398_rtm~31bf3856ad364e35~x86~~6.1.1.0.mum", plainCost},
		{nameKind, "Invmac", noExtCost},
		{nameKind, "Intel", noFit}, // a platform
		{nameKind, "2.0.1493.3159", noFit},
		{nameKind, "12345", noFit},
		{nameKind, "...", noFit},
		{nameKind, "a/b.dll", noFit},
		{nameKind, "4/1/99,", noFit},

		{versionKind, "2.0.1380.1125", plainCost},
		{versionKind, "2.00.1250.0007", plainCost},
		{versionKind, "2.00.1054", plainCost},
		{versionKind, "version 4.00.950", plainCost},
		{versionKind, "1.2(build 786)", plainCost},
		{versionKind, "6.1.7600.16385 (win7_rtm.090713-1255)", plainCost},
		{versionKind, "Not applicable", plainCost},
		{versionKind, "不适用", plainCost},
		{versionKind, "1493.3143", unusualCost},
		{versionKind, "786", bareCost},
		{versionKind, "2.0.1380.65536", oddCost},
		{versionKind, "1,234", noFit},
		{versionKind, "Intel", noFit},
		{versionKind, "", noFit},

		{sizeKind, "599,912", plainCost},
		{sizeKind, "67", plainCost},
		{sizeKind, "143 KB", plainCost},
		{sizeKind, "1.33 MB", plainCost},
		{sizeKind, "80K", plainCost},
		{sizeKind, "283,104 bytes", plainCost},
		{sizeKind, "16,256b", plainCost},
		{sizeKind, "800528", unusualCost},
		{sizeKind, "1.540.160", bareCost},
		{sizeKind, "8,1012", oddCost},
		{sizeKind, "2.0.1493", noFit},
		{sizeKind, "10:49", noFit},

		{dateKind, "1/28/2000", plainCost},
		{dateKind, "21/12/00", plainCost},
		{dateKind, "01-Feb-2010", plainCost},
		{dateKind, "01-דצמ-2008", plainCost},
		{dateKind, "20-June-2015", plainCost},
		{dateKind, "March 1, 2001", plainCost},
		{dateKind, "6 October 2000", plainCost},
		{dateKind, "2010-02-01", plainCost},
		{dateKind, "2019年11月16日", plainCost},
		{dateKind, "16-11月-2019", plainCost},
		{dateKind, "28.10.2005", plainCost},
		{dateKind, "16-11", unusualCost},
		{dateKind, "12/20/199", oddCost},
		{dateKind, "13/32/2001", oddCost},
		{dateKind, "01-Qapla-2008", oddCost},
		{dateKind, "2.0.1493", noFit},
		{dateKind, "1493.3143", noFit},
		{dateKind, "599,912", noFit},

		{timeKind, "13:40", plainCost},
		{timeKind, "9:37", plainCost},
		{timeKind, "04:21:28pm", plainCost},
		{timeKind, "08:05a", plainCost},
		{timeKind, "03:45 P.M.", plainCost},
		{timeKind, "xx:xx", oddCost},
		{timeKind, "13:45pm", oddCost},
		{timeKind, "25:00", oddCost},
		{timeKind, "10:5", noFit},

		{platformKind, "x86", plainCost},
		{platformKind, "(ALPHA)", plainCost},
		{platformKind, "Intel and Alpha", plainCost},
		{platformKind, "מס' x86", plainCost},
		{platformKind, "IA-64 (IA-64)", plainCost},
		{platformKind, "-", unusualCost},
		{platformKind, "Macintosh", strangeCost + 1},
		{platformKind, "Windows 95 OSR2", strangeCost + 3},
		{platformKind, "and it is not so", noFit},
		{platformKind, "Widget.exe", noFit},
		{platformKind, "PM", noFit}, // of a time in front of an empty cell
		{platformKind, "p.m.", noFit},
		{platformKind, "M", noFit}, // of "10:52P" and "M"

		{hashKind, "A25604D3733CFD0DAD9C7BDA5AFCC81755372FC4CA081ACF0D1076C4881D54D3", plainCost},
		{hashKind, "1234", noFit},
	} {
		if got := quality(tt.kind, tt.text); got != tt.want {
			t.Errorf("%s %q: cost %d, want %d", tt.kind, tt.text, got, tt.want)
		}
	}
}

// TestCivil is the order of day and month, and the century.
func TestCivil(t *testing.T) {
	for _, tt := range []struct {
		text     string
		dayFirst bool
		y, m, d  int
		ok       bool
	}{
		{"1/28/2000", false, 2000, 1, 28, true},
		{"3/11/00", false, 2000, 3, 11, true},
		{"3/11/00", true, 2000, 11, 3, true},
		{"21/12/00", false, 0, 0, 0, false},
		{"21/12/00", true, 2000, 12, 21, true},
		{"6/30/98", false, 1998, 6, 30, true},
		{"01-Mar-79", false, 2079, 3, 1, true},
		{"01-Mär-2001", false, 2001, 3, 1, true},
		{"2010-02-01", true, 2010, 2, 1, true},
		{"2010年2月1日", true, 2010, 2, 1, true},
		{"2/30/2001", false, 0, 0, 0, false},
		{"12/20/199", false, 0, 0, 0, false},
		{"16-11", false, 0, 0, 0, false},
	} {
		d, _ := parseDate(tt.text)
		y, m, day, ok := d.civil(tt.dayFirst)
		if ok != tt.ok || ok && (y != tt.y || m != tt.m || day != tt.d) {
			t.Errorf("%q, day first %t: %d-%d-%d %t, want %d-%d-%d %t", tt.text, tt.dayFirst, y, m, day, ok, tt.y, tt.m, tt.d, tt.ok)
		}
	}
}

// TestClock is a.m. and p.m.
func TestClock(t *testing.T) {
	for text, want := range map[string]string{
		"12:30am": "00:30", "12:30p": "12:30", "1:05PM": "13:05", "11:59 P.M.": "23:59", "08:57:33": "08:57:33", "00:10": "00:10", "12:10": "12:10",
	} {
		if got, ok := parseTime(text); !ok || got.odd != "" || got.String() != want {
			t.Errorf("%q: %s %q %t, want %s", text, got, got.odd, ok, want)
		}
	}
}

// TestMonths: every month of every language has one number.
func TestMonths(t *testing.T) {
	for name, want := range map[string]int{
		"dec": 12, "Dec": 12, "DEC": 12, "Okt": 10, "Maj": 5, "Mär": 3, "févr.": 2, "abr": 4, "janeiro": 1, "grudzień": 0,
		"דצמ": 12, "ינו": 1, "12月": 12, "一月": 1, "Qapla": 0,
	} {
		if got, ok := month(name); got != want || ok != (want > 0) {
			t.Errorf("%q: %d %t, want %d", name, got, ok, want)
		}
	}
}
