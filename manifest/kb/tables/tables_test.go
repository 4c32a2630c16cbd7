package tables_test

import (
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/manifest/kb/cells"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/tables"
)

// described reads an article whose tables stand behind each of the texts, and
// describes them.
func described(name string, texts ...string) (*tables.Article, *manifest.Manifest) {
	return describedAs(name, func(*manifest.Manifest) {}, texts...)
}

// describedAs does so after a change of the files.
func describedAs(name string, change func(*manifest.Manifest), texts ...string) (*tables.Article, *manifest.Manifest) {
	var in cells.Article
	m := &manifest.Manifest{}
	context := 0
	for i, text := range texts {
		for line := range strings.SplitSeq(text, "\n") {
			in.Lines = append(in.Lines, lines.Line{No: 2*i + 1, Text: line})
		}
		in.Lines = append(in.Lines, lines.Line{No: 2*i + 2})
		first := len(in.Lines)
		in.Tables = append(in.Tables, &cells.Table{First: first, Context: context, Cols: headings.InText("File name Size")})
		m.Tables = append(m.Tables, manifest.Table{Files: []manifest.File{{Name: "Widget.dll"}}})
		in.Lines = append(in.Lines, lines.Line{No: first + 1, Text: "Widget.dll 5,000"})
		context = len(in.Lines)
	}
	change(m)
	a := tables.Read(name, in, "", "")
	a.Describe(m, in.Tables)
	return a, m
}

// TestArticle: where the id, the product and the language are found.
func TestArticle(t *testing.T) {
	for _, tt := range []struct{ name, text, id, product, language string }{
		{"x.txt", "Article ID: 900099", "KB900099", "product not stated", "en"},
		{"x.txt", "Article ID: Q252717", "Q252717", "product not stated", "en"},
		{"Q252717.TXT", "Widget", "Q252717", "product not stated", "en"},
		{"x.txt", "See KB900001, KB900002 and KB900001", "KB900001", "product not stated", "en"},
		{"KB900099.md", "- Microsoft Systems Management Server version 2.0 SP1", "KB900099", "Systems Management Server 2.0", "en"},
		{"KB900099.md", "for ConfigMgr 2007", "KB900099", "System Center Configuration Manager 2007", "en"},
		{"KB900099.md", "Applies to: Microsoft Widget Server, second edition", "KB900099", "Widget Server", "en"},
		{"KB900099.md", "Product(s): Microsoft Widget Server", "KB900099", "Widget Server", "en"},
		{"KB900099.md", "Windows XP\nProduct(s): Microsoft Widget\nThe information in this article applies to:\n\n" +
			"- Microsoft Widget Server, version 5.5\n- Microsoft Gadget, version 2.0", "KB900099", "Widget Server 5.5", "en"},
		{"KB900099.md", "Product(s): Microsoft Widget\nThe information in this article applies to:\n\n- Microsoft Widget Server version 5.5\n" +
			"- Microsoft Widget Client version 5.5", "KB900099", "Widget 5.5", "en"},
		{"KB900099.md", "Product(s): See article\nThe information in this article applies to:\n\n- Microsoft Gadget, versions 2.0, 3.0",
			"KB900099", "Gadget", "en"},
		{"Windows10.0-KB5900099-x64.csv", "words", "KB5900099", "product not stated", "en"},
		{"SQLServer2022-kb5900099-x64.csv", "words", "KB5900099", "product not stated", "en"},
		{"KB5900098 and KB5900099.csv", "words", "KB5900098", "product not stated", "en"},
		{"from KB5900098 to KB5900099.csv", "words", "", "product not stated", "en"},
		{"part KB59000991.csv", "words", "", "product not stated", "en"},
		{"dir/5900099 (1).csv", "words", "KB5900099", "product not stated", "en"},
		{"5900099 widgets.csv", "words", "", "product not stated", "en"},
		{"KB900099 (2).md", "words", "KB900099", "product not stated", "en"},
		{"5900099.csv", "words", "KB5900099", "product not stated", "en"},
		{"x.txt", "See https://support.microsoft.com/en-us/help/5900098/widget for more", "KB5900098", "product not stated", "en"},
		{"x.txt", "https://support.microsoft.com/kb/900097 and https://support.microsoft.com/kb/900096", "", "product not stated", "en"},
		{"KB900099.md", "файлы этого исправления", "KB900099", "product not stated", "ru-RU"},
		{"KB900099.md", "この修正プログラム", "KB900099", "product not stated", "ja-JP"},
	} {
		a, m := described(tt.name, tt.text)
		if m.ID != tt.id || a.Product != tt.product || a.Language != tt.language {
			t.Errorf("%s %q: %q, %q, %q", tt.name, tt.text, m.ID, a.Product, a.Language)
		}
	}
}

// TestProductOfTitle: what an update is for, where its title says that alone.
func TestProductOfTitle(t *testing.T) {
	for title, want := range map[string]string{
		"Description of the security update for Word 2016: April 9, 2024 (KB5002022)":             "Word 2016",
		"Security update for SharePoint Enterprise Server 2016: April 9, 2024":                    "SharePoint Enterprise Server 2016",
		"Update for Microsoft SharePoint Server Subscription Edition: May 14, 2024":               "SharePoint Server Subscription Edition",
		"December 10, 2013, update for Excel 2013 (KB2837618)":                                    "Excel 2013",
		"Hotfix 2529927 for Visual Studio 2010":                                                   "Visual Studio 2010",
		"Hotfix rollup 3026376 for the .NET Framework 4.5.2 in Windows":                           ".NET Framework 4.5.2",
		"Update for the .NET Framework 4.5.2 for Windows 8.1":                                     ".NET Framework 4.5.2",
		"Cumulative Update 5 for BizTalk Server 2010":                                             "BizTalk Server 2010",
		"MS14-012: Cumulative security update for Internet Explorer 11: March 11, 2014":           "Internet Explorer 11",
		"Cumulative security update for Internet Explorer: May 14, 2019":                          "Internet Explorer",
		"Description of the cumulative update for Skype for Business Server 2015, Core":           "Skype for Business Server 2015",
		"Update Rollup 12 is available for Microsoft Dynamics CRM 2011":                           "Dynamics CRM 2011",
		"A hotfix package is available for ISA Server 2006 Service Pack 1":                        "ISA Server 2006",
		"Update Rollup 3 for System Center 2012 R2 Operations Manager":                            "System Center 2012 R2 Operations Manager",
		"Update rollup for Configuration Manager current branch, version 2309":                    "Configuration Manager",
		"Rollup 1 for Forefront Unified Access Gateway Service Pack 3":                            "Forefront Unified Access Gateway",
		"Recommended hotfixes and updates for Hyper-V":                                            "Hyper-V",
		"Description of the Project 2013 hotfix package (project-x-none.msp): June 10, 2014":      "Project 2013",
		"Description of the Lync Server 2010, Web Components Server cumulative update: July 2011": "Lync Server 2010",
		"Security Update for SQL Server 2012 SP2 GDR":                                             "SQL Server 2012",
		"Cumulative Update for Windows Server 2012 R2 Hyper-V":                                    "Windows Server 2012 R2",
		"Hotfix for Application That Stops Responding":                                            "product not stated",
		"Hotfix for the 10 Most Common Problems":                                                  "product not stated",
		"An update is available for computers that stop responding":                               "product not stated",
		"Hotfix for Error 1603 When You Install Widgets":                                          "product not stated",
		"Hotfix for Event ID 50":                                                                  "product not stated",
		"Before you start, install the update for Excel 2013 there.":                              "product not stated",
		"FIX: Access violation when you save a file in Visual Studio 2010":                        "Visual Studio 2010",
		"FIX: Widgets in Visual Studio 2010 stop":                                                 "product not stated",
		"Wait for Excel 2013 to close":                                                            "product not stated",
		"Update Rollup Information for Users":                                                     "product not stated",
	} {
		for _, form := range []string{"title: \"" + title + "\"", title} {
			if a, _ := described("KB900099.txt", form+"\n\nThe files:"); a.Product != want {
				t.Errorf("%q: %q, want %q", form, a.Product, want)
			}
		}
	}
	if a, _ := described("KB900099.txt", "Widgets\n\nInstall the update for Word 2016 first."); a.Product != "product not stated" {
		t.Errorf("a sentence of the text: %q", a.Product)
	}
}

// TestTables: the text above a table tells it from the others.
func TestTables(t *testing.T) {
	const product = "Applies to: Widget Server"
	const english = "The English version of this fix has the following file attributes or later:"
	for _, tt := range []struct{ first, second, name, other, language, reference string }{
		{"Service Pack 1 files, which everybody needs:", "Service Pack 2 files, which everybody needs:", "SP1", "SP2", "", ""},
		{"The French files for this server are these:", "The German files for this server are these:", "French", "German", "fr", ""},
		{"The previous version of this fix had these files:", "The fix of today has these other files:", "previous", "current", "", "previous version"},
		{"For all supported x86-based versions of Windows 7", "For all supported x64-based versions of Windows 7", "x86 Windows 7", "x64 Windows 7", "", ""},
		{"SQL Server 2019 Analysis Services", "SQL Server 2019 Reporting Services", "SQL Server 2019 Analysis Services",
			"SQL Server 2019 Reporting Services", "", ""},
		{"or", "and", "line 3", "line 6", "", ""},
		{"sql_tools_extensions", "_sql_as_ **and** sql_rs", "sql_tools_extensions", "sql_as and sql_rs", "", ""},
		{"The x86 version of this fix has these files:", "The Alpha version of this fix has these files:", "x86", "Alpha", "", ""},
		{"The Windows NT 4.0 version has the following properties:", "The Windows NT 3.51 version has the following properties:",
			"Windows NT 4.0", "Windows NT 3.51", "", ""},
		{"The English version of this fix for IIS 4.0 has the following attributes:", "The English version of the IIS 3.0 fix should have these:",
			"IIS 4.0", "IIS 3.0", "en", ""},
		{"Intel:\n\n" + english, "Alpha:\n\n" + english, "Intel", "Alpha", "en", ""},
		{"SNA Server 4.0:\n\nA fix is available.\n\nAsk for it.\n\nIt is free.\n\n" + english,
			"Host Integration Server 2000:\n\n" + english, "SNA Server 4.0", "Host Integration Server 2000", "en", ""},
		{"Terminal Server\n\n" + english, "Workstation\n\n" + english, "Terminal Server", "Workstation", "en", ""},
		{"Alpha Symbols:\n\nHere.\n\nThere.\n\nElsewhere.\n\n" + english, "Intel Symbols:\n\nHere.\n\nThere.\n\nElsewhere.\n\n" + english,
			"English line 11", "English line 22", "en", ""}, // of other files
		{product, product, "Applies to: Widget Server line 3", "Applies to: Widget Server line 6", "", ""},
	} {
		_, m := described("KB900099.txt", tt.first, tt.second)
		got := m.Tables
		if got[0].Name != tt.name || got[1].Name != tt.other || got[0].Language != tt.language || got[0].Reference != tt.reference {
			t.Errorf("%q, %q: %+v", tt.first, tt.second, got)
		}
	}
}

// TestBuiltForAbove: the platform in the heading above an introduction, and where the
// text behind it or the article makes it uncertain.
func TestBuiltForAbove(t *testing.T) {
	const english = "The English version of this fix has the following file attributes or later:"
	for _, tt := range []struct {
		first, second string
		want, other   manifest.Platform
	}{
		{"Intel:\n\n" + english, "Alpha:\n\n" + english, "x86", "Alpha"},
		{"x86:\n\nThe x64 files are the same.\n\n" + english, "x64:\n\n" + english, "", "x64"},
		{"32-bit", "64-bit", "x86", ""},
		{"Windows 7, 32-bit", "Windows 7, 64-bit", "x86", "x64"},
		{"Windows Server 2008, 64-bit", "Windows Server 2008, Itanium", "", "IA-64"},
		{"Windows NT, 32-bit", "Windows NT, 16-bit", "", ""},
		{"Windows 8, 32-bit", "Windows 8, ARM", "", ""},
		{"Windows Server 2003 and Windows Server 2008, 64-bit", "Windows 7, 64-bit", "", ""},
		{"Copy them to the computer that has the other\nfolder with x64 files", "x64", "", "x64"},
	} {
		_, m := described("KB900099.txt", tt.first, tt.second)
		if got, other := m.Tables[0].Files[0].Platform, m.Tables[1].Files[0].Platform; got != tt.want || other != tt.other {
			t.Errorf("%q, %q: %q and %q", tt.first, tt.second, got, other)
		}
	}
}

// TestToldApartByFile: a file that the other table has not says more than a date.
func TestToldApartByFile(t *testing.T) {
	_, m := describedAs("KB900099.txt", func(m *manifest.Manifest) {
		m.Tables[0].Files = []manifest.File{{Name: "Widget.dll", Modified: "2001-01-01"}, {Name: "Gadget.dll", Modified: "2001-01-01"}}
		m.Tables[1].Files = []manifest.File{{Name: "Widget.dll", Modified: "2001-01-02"}, {Name: "Setup.exe", Modified: "2001-01-02"}}
	}, "The English files are these ones here:", "All of them are in one file.")
	if got := m.Tables[0].Name + "|" + m.Tables[1].Name; got != "English Gadget|English Setup" {
		t.Errorf("names %s", got)
	}
}

// TestComponents: the tables of SQL Server's components apply each where it is
// installed; those of its service packs are alternatives.
func TestComponents(t *testing.T) {
	for first, want := range map[string]bool{
		"SQL Server 2019 Analysis Services":      true,
		"SQL Server 2019 for x64-based systems":  false,
		"SQL Server 2019 Cumulative Update 5":    false,
		"Widget Server 2019 Analysis Services":   false,
		"SQL Server 2019 Service Pack 2, files:": false,
	} {
		_, m := described("KB900099.txt", first, "SQL Server 2019 Reporting Services")
		if m.Tables[0].Component != want || m.Tables[1].Component != want {
			t.Errorf("%q: components %t and %t, want %t", first, m.Tables[0].Component, m.Tables[1].Component, want)
		}
	}
}

// TestBuiltFor: the platform in a heading is that of the executables below it, where
// the table has no column for it and the name stands there once.
func TestBuiltFor(t *testing.T) {
	for heading, want := range map[string]manifest.Platform{
		"For all supported x64-based versions of Windows 7":    "x64",
		"For all supported x86-based and x64-based versions":   "",
		"For all supported ARM64-based versions of Windows 10": "ARM64",
		"Files for the x64 edition":                            "x64",
		"Files on x64 computers are the same.":                 "",
		"File attributes for Alpha-based computers:":           "Alpha",
		"Alpha Blending":               "",
		"Intel Network Drivers":        "",
		"Intel:":                       "x86",
		"x64":                          "x64",
		"Windows Server 2012 R2 x64":   "x64",
		"Windows Server 2012 R2 (x64)": "x64",
		"Windows Server 2003, Itanium architecture edition":          "IA-64",
		"For all supported 32-bit versions of Windows 7":             "x86",
		"For all supported 64-bit versions of Windows 7":             "x64",
		"For all supported 64-bit versions of Windows XP":            "",
		"for 32-bit Systems":                                         "", // of what
		"The x64 files of Windows 7 for Itanium":                     "",
		"Windows 7 x64 except 32-bit":                                "",
		"Copy them to the X86.bin directories:":                      "",
		"The Alpha version of this fix has the following files:":     "Alpha",
		"For all supported IA-64-based versions of Windows Server 8": "IA-64",
	} {
		_, m := described("KB900099.txt", heading)
		if got := m.Tables[0].Files[0].Platform; got != want {
			t.Errorf("%q: %q, want %q", heading, got, want)
		}
	}
}
