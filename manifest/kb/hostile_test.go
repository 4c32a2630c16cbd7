package kb_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kbverify/manifest/kb"
)

// hostile are articles that try to take time or memory, by what they repeat.
var hostile = []struct {
	name, head, repeat string
}{
	{"good rows", "File name Version Size Date Time Platform\n", "Widget.dll 4.0.6487.2157 599,912 01-Feb-2010 13:40 x86\n"},
	{"rows without a header", "", "Widget.dll 599,912 01/02/2010 13:40 x86\n"},
	{"rows that run together", "File nameFile versionFile sizeDateTimePlatform\n", "Widget.dll4.0.6487.2157599,91201-Feb-201013:40x86\n"},
	{"rows that nearly run together", "File nameFile versionFile sizeDateTimePlatform\n", "Widget.dll4.0.6487.2157599,91201-Feb-201013:40x86 and more text than fits\n"},
	{"dots and digits", "", strings.Repeat("a.b1:", 55) + "\n"},
	{"headers", "", "Date Time Version Size File name Platform\n"},
	{"stacked headers", "", "File name\nSize\nDate\n"},
	{"stacked rows", "File name\nVersion\nSize\n", "W.dll\n1.2.3.4\n5,000\n"},
	{"names", "", "W.dll\n"},
	{"platforms", "Size File name\n", "Intel\n"},
	{"titles", "|File name|Size|Date|\n|-|-|-|\n", "|Title|||\n"},
	{"tables under titles", "|File name|Size|Date|\n|-|-|-|\n", "|Title|||\n|W.dll|1,000|1/2/99|\n"},
	{"records", "", "File name: W.dll\nSize: 1,000\nDate: 1/2/99\n"},
	{"twins", "Size File name\n", "1,000 W.dll\n2,000 W.dll\n"},
	{"one long line", "", "W.dll 1,000 1/2/99 "},
	{"headings in long lines", "", strings.Repeat("Date Time Size File name x ", 2000) + "\n"},
	{"rows in long lines", "", "Date Time Size File name " + strings.Repeat("1/2/99 10:00 1,000 W.dll ", 2000) + "\n"},
	{"open tables in Markdown", "# x\n", "<table><tr><td>x\n"},
	{"wide tables", "", "|File name|Version" + strings.Repeat("|Qx", 300) + "|\n|W.dll|1.2.3.4" + strings.Repeat("|1,000", 300) + "|\n"},
	{"nested tables", "<html>", "<table><tr><td>"},
	{"odd rows", "Date Time Version Size File name Platform\n", "01/10/2001 1815 R.5.03 28,851 Widget.dll Intel\n"},
	{"nearly odd rows", "Date Time Version Size File name Platform\n", "01/10/2001 1815 R.5.03 28,851 of the words Intel\n"},
	{"rows in words", "The fix has these files:\n", "Widget.dll (165,136 bytes, dated 06-15-95)\n"},
	{"names and versions", "These files are installed:\n", "A.dll 6.00.8176\n"},
	{"names and versions, not said", "", "A.dll 6.00.8176\n"},
	{"listings", "", "C:\\>dir\n08/16/96 11:57a 5,232 Widget.ddm\n"},
	{"one listing", "C:\\>dir\n", "08/16/96 11:57a 5,232 Widget.ddm\n"},
	{"wrapped cells", "Date Size File name Platform\n", "1/2/99 1,000 W.dll   Windows 95\n                     (retail)\n"},
	{"headings with blanks", "", "File name   Size   Colour\n"},
	{"rows of another header", "Date Time Size File name\n1/2/99 10:00 1,000 W.dll\n\nWords.\n", "1/2/99 10:00 --R- 1,000 W.dll\n\nWords.\n"},
	{"findings", "", "12/1/2002 2:14:15 PM widget failed Widget.dll 1234 12:13\n"},
	{"parts of a web archive", "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n", "--b\n\nx\n"},
	{"headings of sections", "", "Windows 2000\n------------\nSize File name\n1,000 W.dll\n\n"},
	{"nothing but times", "", "13:40 R.5.03 é \n"},
	{"phrases in one word", "C:\\>dir\n", "SQL Server 2000Date/Time(é10:00 PM4.0.6487.2157files installedAlpha | Time\n"},
	{"titles in CSV", "File name,Version,Size\n", "(x86) R.5.03 ) 6.00.8176 2 file(s) \n"},
	{"shifted cells in CSV", "File name,Version,Size\n", "Widget.dll,SHA256,A---,C:\\>dir,(x86)\n\n16-11,Windows,\n"},
	{"CSV quotes", "File name,Size,Date\n", "\"\n,"},
}

// TestHostileArticles reads a hundred kilobytes of each: an article is read
// with a valid manifest, or refused with a reason.
func TestHostileArticles(t *testing.T) {
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			data := []byte(tt.head + strings.Repeat(tt.repeat, 100<<10/len(tt.repeat)))
			res, err := kb.Read("article.txt", data, kb.Options{ID: "KB900099"})
			if err == nil {
				checkResult(t, res.Format, data, res)
				return
			}
			if !errors.Is(err, kb.ErrNoTable) && !errors.Is(err, kb.ErrTooLarge) {
				t.Error(err)
			}
		})
	}
}

// TestCaps: beyond the caps an article is refused, not cut.
func TestCaps(t *testing.T) {
	for _, tt := range []struct {
		name, head, repeat string
		n                  int
	}{
		{"bytes", "", "x", kb.MaxBytes + 1},
		{"lines", "", "\n", kb.MaxLines + 1},
		{"cells of CSV", "File name,Version,Size\n", ",", kb.MaxRows*40 + 1},
		{"cells of several rows", "<table><tr>" + strings.Repeat("<td rowspan=1000>"+strings.Repeat("x", 1000), 40), "<tr><td>x", 1000},
		{"lines in one cell", "<html><table><tr><td>", "<p>x", kb.MaxLines + 2},
		{"lines of HTML", "<html>", "<br>x", kb.MaxLines + 1},
		{"rows", "Size File name\n", "1,000 W.dll\n", kb.MaxRows + 1},
		{"tables", "", "Size File name\n1,000 W.dll\n\nx\n", kb.MaxTables + 1},
	} {
		_, err := kb.Read("article.txt", []byte(tt.head+strings.Repeat(tt.repeat, tt.n)), kb.Options{ID: "KB900099"})
		if !errors.Is(err, kb.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", tt.name, err)
		}
	}
}

// TestTooManyWaysToSplit: where the steps for rows that run together end, a
// strict finding says so.
func TestTooManyWaysToSplit(t *testing.T) {
	data := []byte(strings.Repeat(strings.Repeat("a.b1:", 55)+"\n", 3000))
	res, err := kb.Read("article.txt", data, kb.Options{ID: "KB900099"})
	if !errors.Is(err, kb.ErrNoTable) || len(strictOf(res)) != 1 || !strings.Contains(strictOf(res)[0].Text, "too many ways") {
		t.Errorf("%v, strict findings %v", err, strictOf(res))
	}
}

// TestTooManyMisses: where very many lines look like rows and are none, a strict
// finding says from which line on only tables under headings are read.
func TestTooManyMisses(t *testing.T) {
	const list = "\n\nThe fix:\n\nWidget.dll 1.2.3.4 599,912 01-Feb-2010\n"
	const table = "\nFile name Version Size\nGadget.dll 1.2.3.4 1,000\n"
	for _, tt := range []struct {
		name  string
		lines int
		want  []string
	}{
		{"some", 1_000, []string{"Widget.dll", "Gadget.dll"}},
		{"too many", 40_000, []string{"Gadget.dll"}},
	} {
		data := strings.Repeat("12/1/2002 2:14:15 PM widget failed Widget.dll 1234 12:13\n", tt.lines) + list + table
		res, err := kb.Read("article.txt", []byte(data), kb.Options{ID: "KB900099"})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, table := range res.Manifest.Tables {
			for i := range table.Files {
				names = append(names, table.Files[i].Name)
			}
		}
		said := slices.ContainsFunc(strictOf(res), func(f kb.Finding) bool { return strings.Contains(f.Text, "too many lines above") })
		if !slices.Equal(names, tt.want) || said != (len(tt.want) == 1) {
			t.Errorf("%s: %q, said so: %v, want %q", tt.name, names, said, tt.want)
		}
	}
}

// BenchmarkHostile reads ten megabytes of each hostile article, beside one: what is
// linear takes ten times as long at most.
func BenchmarkHostile(b *testing.B) {
	for _, tt := range hostile {
		of := func(bytes int) []byte { return []byte(tt.head + strings.Repeat(tt.repeat, bytes/len(tt.repeat))) }
		b.Run(tt.name, func(b *testing.B) {
			read := func(data []byte) time.Duration {
				start := time.Now()
				_, _ = kb.Read("article.txt", data, kb.Options{ID: "KB900099"}) // refusing it is an answer, too
				return time.Since(start)
			}
			one, ten := of(1<<20), of(10<<20)
			least, all := time.Duration(math.MaxInt64), time.Duration(0)
			for range 3 {
				least = min(least, read(one))
			}
			b.SetBytes(int64(len(ten)))
			for b.Loop() {
				all += read(ten)
			}
			b.ReportMetric(float64(all)/float64(b.N)/float64(least), "ten/one")
		})
	}
}

// updateCSV is the file information of a cumulative update, of so many rows, in
// sections by architecture.
func updateCSV(rows int) []byte {
	var b strings.Builder
	b.WriteString("\uFEFFCumulative update for Windows Server 2016 (KB5900100),,,,,\n")
	platforms := []string{"x86", "x64", "ARM64"}
	for s, platform := range platforms {
		fmt.Fprintf(&b, "\"Windows Server 2016 for %s-based systems\",,,,,\n", platform)
		b.WriteString("File name,File version,File size,Date,Time,Platform\n")
		for i := s; i < rows; i += len(platforms) {
			if i%2 == 0 {
				fmt.Fprintf(&b, "Amd64_widget-component-%06d_31bf3856ad364e35_10.0.14393.7969_none_1f2e3d4c5b6a7988.manifest,"+
					"Not versioned,\"%d,%03d\",04-Apr-2025,17:37,Not applicable\n", i, 1+i%99, i%1000)
				continue
			}
			fmt.Fprintf(&b, "Widget%d.dll,10.0.14393.%d,\"%d,%03d\",04-Apr-2025,17:37,%s\n", i, 7000+i%900, 1+i%900, i%1000, platform)
		}
	}
	return []byte(b.String())
}

// TestUpdateCSV: the largest updates have more than 100,000 rows.
func TestUpdateCSV(t *testing.T) {
	const rows = 100_001
	res, err := kb.Read("5900100.csv", updateCSV(rows), kb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, table := range res.Manifest.Tables {
		n += len(table.Files)
	}
	if n != rows || len(res.Manifest.Tables) != 3 || len(res.Findings) > 0 {
		t.Errorf("%d rows in %d tables, findings %v; want %d in 3", n, len(res.Manifest.Tables), res.Findings, rows)
	}
}

// BenchmarkUpdateCSV imports 100,000 rows; the memory is what was in use at most
// since the process began.
func BenchmarkUpdateCSV(b *testing.B) {
	data := updateCSV(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := kb.Read("5900100.csv", data, kb.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-in-use")
}

// BenchmarkRead imports the largest article known, which KBVERIFY_CORPUS holds,
// and the small ones of testdata.
func BenchmarkRead(b *testing.B) {
	names := []string{"../../testdata/articles/run-together.txt", "../../testdata/articles/aligned.txt", "../../testdata/articles/page.html"}
	if corpus := os.Getenv("KBVERIFY_CORPUS"); corpus != "" {
		names = append(names, filepath.Join(corpus, "markdown", "appcompat-update-april-2011.md"))
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(filepath.Base(name), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := kb.Read(name, data, kb.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
