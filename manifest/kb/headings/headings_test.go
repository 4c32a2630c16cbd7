package headings_test

import (
	"strings"
	"testing"

	"kbverify/manifest/kb/headings"
)

// TestHeaders is what counts as column headings, run together or not.
func TestHeaders(t *testing.T) {
	for _, tt := range []struct {
		text, want string // kinds of the columns, "" for no header
	}{
		{"Date        Time      Version        Size      File name      Platform", "date time version size name platform"},
		{"File nameFile versionFile sizeDateTimePlatform", "name version size date time platform"},
		{"文件名称文件版本文件大小日期时间平台", "name version size date time platform"},
		{"File name File version File size Date Time Platform", "name version size date time platform"},
		{"File Date Time File Size File name", "date time size name"},
		{"File Name   Size   Date   File Name   Size   Date", "name size date name size date"},
		{"Source        File Name         File Size    File Date", "group name size date"},
		{"NAME BYTES DATE", "name size date"},
		{"Dateiname Dateiversion Dateigröße Datum Uhrzeit Plattform", "name version size date time platform"},
		{"File name  SHA256 hash", "name hash"},
		{"File name   Version  Date/Time       Size     Destination Folder", "name version date time size note"},
		{"File           Version        Description", "name version note"}, // not "File version"
		{"FILE      SIZE DATE    TIME           EXPANDED SIZE", "name size date time note"},
		{"Date      Time      Version   Size    File name  Language pack", "date time version size name note"},
		{"File name   Size   Date (UTC)", "name size date"},
		{"Date  Time  Size  File name (Intel)", "date time size name"},
		{"File name   Date   Size (KB)", "name date note"}, // of another unit
		{"Widget   of   the   Date", ""},                   // a sentence with blanks
		{"File name   Size   see 3 pages", ""},             // no heading has a digit
		{"Date Time Size", ""},                             // no name
		{"File name Platform", ""},                         // nothing to compare
		{"File name and size of the files", ""},            // a sentence
		{"Name: File version Date Size", ""},               // a sentence
		{strings.Repeat("File name Size ", 40), ""},        // longer than any header
	} {
		if got := kindsOf(headings.InText(tt.text)); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
	for _, tt := range []struct {
		cells []string
		want  string
	}{
		{[]string{"File   name", "File version", "SP requirement", "Service branch", ""}, "name version note note note"},
		{[]string{"File name", "Something else", "Size"}, "name note size"},
		{[]string{"Version", "Product", "SR_Level", "Service branch"}, ""},
		{[]string{"Widget.dll", "File version", "1,234"}, ""},
		{[]string{"Name", "Version", "ModifiedTime", "ModifiedTime", "Size"}, "name version date time size"},
		{[]string{"File identifier", "File name", "File version"}, "note name version"},
		{[]string{"File name", "Current version"}, "name version"},
		{[]string{"File name", "Update.mum"}, ""},
		{[]string{"File name", "Size (in bytes)", "Date (UTC)"}, "name size date"},
		{[]string{"File name", "Size (KB)", "Date"}, "name note date"},
	} {
		if got := kindsOf(headings.InCells(tt.cells)); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.cells, got, tt.want)
		}
	}
}

func kindsOf(cols []headings.Column) string {
	var names []string
	for _, c := range cols {
		names = append(names, c.Kind.String())
	}
	return strings.Join(names, " ")
}

// TestMore: a second line of headings.
func TestMore(t *testing.T) {
	for text, want := range map[string]string{
		"Platform": "platform", "Time Platform": "time platform", "Description (English)": "note",
		"File name": "", "Size": "", "Platform of these": "", "Widget.dll": "", "": "",
	} {
		if got := kindsOf(headings.More(headings.InText("Date Size File name"), text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestPanes: two tables side by side, and one table with two dates.
func TestPanes(t *testing.T) {
	if n := len(headings.Panes(headings.InText("File Name Size Date File Name Size Date"))); n != 2 {
		t.Errorf("%d panes side by side, want 2", n)
	}
	if n := len(headings.Panes(headings.InText("Date Time Size File name"))); n != 1 {
		t.Errorf("%d panes, want 1", n)
	}
}
