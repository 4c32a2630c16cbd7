package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"kbverify/internal/testtool"
	"kbverify/manifest"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// pages are the results that a page can be about, by name.
func pages() map[string]struct {
	result *result.Result
	o      Options
} {
	type page = struct {
		result *result.Result
		o      Options
	}
	known := []string{"KB1", "KB977203", "Q100001", "Q100002", "Q252717"}
	one, detected := sample(), detection()
	one.Roots = one.Roots[:1]
	one.Roots[0].Tables = one.Roots[0].Tables[:1]
	for i := range detected.Roots {
		detected.Roots[i].Taken.Command = result.Detect
	}
	return map[string]page{
		"page.html":         {sample(), Options{Many: true}},
		"page-one.html":     {one, Options{}},
		"page-verbose.html": {sample(), Options{Many: true, Verbose: true}},
		"page-quiet.html":   {sample(), Options{Many: true, Quiet: true}},
		"page-detect.html":  {detected, Options{Detect: true, Known: known, Many: true, Verbose: true}},
		"page-wide.html":    {wide(12, 40), Options{Detect: true, Many: true}},
		"page-hostile.html": {filled(sample(), hostileText), Options{Many: true, Verbose: true}},
		"page-empty.html":   {&result.Result{Tool: sample().Tool}, Options{}},
	}
}

// hostileText is what somebody might call a folder to get at who reads about it.
const hostileText = "</style></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)><!--{{.}}&lt;" +
	"\u202e\x1b[31m\x00\xff\u2028 javascript:alert(1)"

func pageOf(t testing.TB, r *result.Result, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, HTML, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// filled puts a text into every field of a result that holds text of others. Roots that
// were read stay so.
func filled(r *result.Result, text string) *result.Result {
	read := map[int]bool{}
	for i := range r.Roots {
		read[i] = r.Roots[i].Error == ""
	}
	fill(reflect.ValueOf(r).Elem(), text)
	for i := range read {
		if read[i] {
			r.Roots[i].Error = ""
		}
	}
	return r
}

func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() || v.Type() == reflect.TypeFor[manifest.Platform]() {
			v.SetString(text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	}
}

// TestHTML holds the pages, without the style that is the same in all.
func TestHTML(t *testing.T) {
	for name, p := range pages() {
		page := strings.Replace(pageOf(t, p.result, p.o), htmlStyle, "", 1)
		golden(t, name, []byte(regexp.MustCompile(`sha256-.*?&#39;`).ReplaceAllString(page, "sha256-&#39;")))
	}
}

// element is a start tag.
type element struct {
	tag   string
	attrs map[string]string
	text  string // up to the next tag
}

func elements(page string) (all []element) {
	z := html.NewTokenizer(strings.NewReader(page))
	open := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.EndTagToken:
			open = false
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			e := element{tag: token.Data, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Key] = a.Val
			}
			all, open = append(all, e), true
		case html.TextToken:
			if open {
				all[len(all)-1].text += z.Token().Data
			}
		}
	}
}

// Whatever names are like, the page has the elements that it has with other names, and
// shows them as every format does.
func TestHTMLShowsNamesAsText(t *testing.T) {
	shape := func(text string, o Options) (tags []string) {
		r := detection()
		for _, e := range elements(pageOf(t, filled(r, text), o)) {
			tags = append(tags, fmt.Sprint(e.tag, " ", len(e.attrs), " ", e.attrs["class"], e.attrs["href"]))
		}
		return tags
	}
	for _, o := range []Options{{}, {Many: true, Verbose: true}, {Detect: true, Verbose: true, Known: []string{hostileText}}} {
		if d := cmp.Diff(shape("name", o), shape(hostileText, o)); d != "" {
			t.Errorf("%+v (-harmless +hostile):\n%s", o, d)
		}
	}
	page := pageOf(t, filled(sample(), hostileText), Options{Many: true})
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
	}
	if n := strings.Count(text.String(), visible.Text(hostileText)); n < 20 {
		t.Errorf("shown %d times", n)
	}
	if !visible.IsClean(strings.ReplaceAll(page, "\n", " ")) {
		t.Error("a character that is not clean is in the page")
	}
}

// No address but one of the web is a link.
func TestHTMLLinks(t *testing.T) {
	for address, want := range map[string]bool{
		"https://support.microsoft.com/kb/977203": true, "http://example.com/?a=b&c=\"d\"": true, "HTTPS://EXAMPLE.COM/": true,
		"javascript:alert(1)": false, "JavaScript:alert(1)": false, "data:text/html,x": false, "//example.com/x": false,
		"https:/x": false, "https://": false, "file:///etc/passwd": false, "vbscript:x": false, " https://example.com": false,
		"https://user:secret@example.com/": false, "own.json": false, `https://example.com\@x`: false, `\x09javascript:x`: false,
	} {
		r := sample()
		r.Roots[0].Tables[0].Article = address
		linked := false
		for _, e := range elements(pageOf(t, r, Options{})) {
			href, is := e.attrs["href"]
			linked = linked || is && !strings.HasPrefix(href, "#")
			if is && !strings.HasPrefix(href, "#") && !strings.HasPrefix(strings.ToLower(href), "http") {
				t.Errorf("%q: link to %q", address, href)
			}
		}
		if linked != want {
			t.Errorf("%q: linked %v", address, linked)
		}
	}
}

// A page is one file that loads nothing and runs nothing, and can be read by whoever
// cannot see it: in a language, under a title, with headings and tables that say what
// they are.
func TestHTMLIsOneFileForEverybody(t *testing.T) {
	allowed := strings.Fields("html head meta title style body header main footer section article h1 h2 h3 h4 p ul li dl dt dd " +
		"table caption thead tbody tr th td span a details summary div br")
	for name, p := range pages() {
		page := pageOf(t, p.result, p.o)
		ids, targets, seen := map[string]int{}, []string{}, map[string]int{}
		level := 0
		for _, e := range elements(page) {
			seen[e.tag]++
			if !slices.Contains(allowed, e.tag) {
				t.Errorf("%s: <%s>", name, e.tag)
			}
			for attr := range e.attrs {
				if strings.HasPrefix(attr, "on") || slices.Contains([]string{"src", "style", "srcset", "action", "background"}, attr) {
					t.Errorf("%s: <%s %s>", name, e.tag, attr)
				}
			}
			if id := e.attrs["id"]; id != "" {
				ids[id]++
			}
			if to, inside := strings.CutPrefix(e.attrs["href"], "#"); inside {
				targets = append(targets, to)
			}
			switch e.tag {
			case "html":
				if e.attrs["lang"] != "en" {
					t.Errorf("%s: in no language", name)
				}
			case "style":
				sum := sha256.Sum256([]byte(e.text))
				if policy := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(htmlPolicy, policy) {
					t.Errorf("%s: %s does not allow the style", name, htmlPolicy)
				}
				if strings.Contains(e.text, "url(") || strings.Contains(e.text, "@import") {
					t.Errorf("%s: the style loads something", name)
				}
			case "h1", "h2", "h3", "h4":
				next := int(e.tag[1] - '0')
				if next > level+1 {
					t.Errorf("%s: <%s> %q under level %d", name, e.tag, e.text, level)
				}
				level = next
			case "th":
				if e.attrs["scope"] == "" {
					t.Errorf("%s: <th> %q has no scope", name, e.text)
				}
			}
		}
		for _, to := range targets {
			if ids[to] != 1 {
				t.Errorf("%s: link to %q, of which there are %d", name, to, ids[to])
			}
		}
		if seen["title"] != 1 || seen["h1"] != 1 || seen["caption"] != seen["table"] || seen["style"] != 1 {
			t.Errorf("%s: %v", name, seen)
		}
	}
}

// What fails, or could not be read, is never folded away, and its word is coloured so.
func TestHTMLFoldsNothingThatNeedsAttention(t *testing.T) {
	row := func(v result.Verdict) []result.RowResult {
		return []result.RowResult{{Name: "Ccm.dll", Verdict: v, Copies: []result.CopyResult{{Path: "bin/Ccm.dll", Verdict: v}}}}
	}
	unpacked := result.Why{{Kind: result.UnpackedToo, Folder: "hotfix", Count: 1}}
	for _, c := range []struct {
		name   string
		detect bool
		table  result.TableResult
		class  string
		folded bool
	}{
		{"installed", false, result.TableResult{State: result.Installed, Rows: row(result.OK)}, "pass", true},
		{"partial", false, result.TableResult{State: result.Partial, Rows: row(result.Older)}, "fail", false},
		{"not installed", false, result.TableResult{State: result.NotInstalled, Rows: row(result.Older)}, "fail", false},
		{"absent", false, result.TableResult{State: result.Absent, Rows: row(result.Missing)}, "fail", false},
		{"unpacked", false, result.TableResult{State: result.NotInstalled, Rows: row(result.Older), Reason: unpacked}, "fail", false},
		{"signer not trusted", false, result.TableResult{State: result.Installed, Rows: row(result.OK),
			Signatures: &result.SignatureCounts{NotTrusted: 1}}, "pass", false},
		{"detected", true, result.TableResult{State: result.Installed, Rows: row(result.OK)}, "pass", true},
		{"detected partial", true, result.TableResult{State: result.Partial, Rows: row(result.Older)}, "fail", false},
		{"detected undecidable", true, result.TableResult{State: result.Undecidable, Rows: row(result.OK)}, "trouble", false},
		{"detected, not there", true, result.TableResult{State: result.NotInstalled, Rows: row(result.Newer)}, "neutral", true},
		{"detected, unreadable", true, result.TableResult{State: result.NotInstalled, Rows: row(result.Unreadable)}, "trouble", false},
		{"detected unpacked", true, result.TableResult{State: result.NotInstalled, Rows: row(result.Older), Reason: unpacked}, "neutral", true},
	} {
		c.table.Hotfix, c.table.Counts = "KB1", map[result.Verdict]int{c.table.Rows[0].Verdict: 1}
		r := result.RootResult{Root: "root", Tables: []result.TableResult{c.table}}
		page := pageOf(t, &result.Result{Roots: []result.RootResult{r}}, Options{Detect: c.detect})
		class, folded := "", false
		for _, e := range elements(page) {
			folded = folded || e.tag == "details" && e.attrs["class"] == "hotfix"
			if badge, is := strings.CutPrefix(e.attrs["class"], "badge "); is && e.text == stateWord(&c.table) {
				class = badge
			}
		}
		if class != c.class || folded != c.folded {
			t.Errorf("%s: %s, folded %v", c.name, class, folded)
		}
	}
}

// Text can be read on its ground, in the light and in the dark: at least 4.5 to 1, as
// WCAG 2 asks for (AA).
func TestHTMLContrast(t *testing.T) {
	schemes := regexp.MustCompile(`(?s):root \{.*?\}`).FindAllString(htmlStyle, -1)
	if len(schemes) != 2 {
		t.Fatalf("%d schemes", len(schemes))
	}
	for _, scheme := range schemes {
		colour := map[string]string{}
		for _, found := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(scheme, -1) {
			colour[found[1]] = found[2]
		}
		for _, pair := range []string{"text ground", "text panel", "soft ground", "soft panel", "link ground", "link panel",
			"pass pass-ground", "fail fail-ground", "trouble trouble-ground", "neutral neutral-ground", "fail ground", "trouble ground"} {
			text, ground, _ := strings.Cut(pair, " ")
			a, b := luminance(t, colour[text]), luminance(t, colour[ground])
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
				t.Errorf("%s (#%s on #%s): %.2f", pair, colour[text], colour[ground], ratio)
			}
		}
	}
}

// luminance is the relative luminance of WCAG 2.
func luminance(t *testing.T, colour string) float64 {
	n, err := strconv.ParseUint(colour, 16, 24)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

// writePages puts every page into a folder.
func writePages(t *testing.T) (dir string, names []string) {
	t.Helper()
	dir = t.TempDir()
	for name, p := range pages() {
		testtool.WriteFile(t, filepath.Join(dir, name), pageOf(t, p.result, p.o))
		names = append(names, name)
	}
	slices.Sort(names)
	return dir, names
}

// Every page is valid by the standard's parser, which stops at the first error.
func TestHTMLParses(t *testing.T) {
	const script = "import sys, html5lib\n" +
		"for name in sys.argv[1:]:\n" +
		"    html5lib.HTMLParser(strict=True).parse(open(name, 'rb'), transport_encoding='utf-8')\n" +
		"    print(name)\n"
	python := testtool.Python(t, "html5lib")
	dir, names := writePages(t)
	cmd := exec.Command(python, append([]string{"-c", script}, names...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), "\n") != len(names) {
		t.Errorf("%v\n%s", err, out)
	}
	testtool.WriteFile(t, filepath.Join(dir, "bad.html"), "<!DOCTYPE html><p></b>")
	cmd = exec.Command(python, "-c", script, "bad.html")
	cmd.Dir = dir
	if cmd.Run() == nil {
		t.Error("it takes what is not valid")
	}
}

// Every page is valid by the Nu checker, the one of the W3C: KBVERIFY_VNU is its vnu.jar.
func TestHTMLIsValid(t *testing.T) {
	jar := os.Getenv("KBVERIFY_VNU")
	if jar == "" {
		t.Skip("KBVERIFY_VNU is not set")
	}
	java := testtool.Need(t, "java")
	dir, names := writePages(t)
	check := func(names ...string) (string, error) {
		cmd := exec.Command(java, append([]string{"-jar", jar, "--errors-only"}, names...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := check(names...); err != nil || out != "" {
		t.Errorf("%v\n%.4000s", err, out)
	}
	testtool.WriteFile(t, filepath.Join(dir, "bad.html"), "<!DOCTYPE html><html lang=en><title>x</title><ul><p>x</p></ul></html>")
	if out, err := check("bad.html"); err == nil {
		t.Errorf("it takes what is not valid: %s", out)
	}
}

// A result of thousands of roots is kept packed: a tenth of it in memory, however much
// is listed. What is only counted takes nothing.
func TestHTMLOfManyRootsIsSmall(t *testing.T) {
	const roots, rows = 400, 100
	inUse := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	for verbose, most := range map[bool]int{true: 2 << 20, false: 1 << 20} {
		var size counter
		w, err := New(&size, HTML, sample().Tool, Options{Many: true, Verbose: verbose})
		if err != nil {
			t.Fatal(err)
		}
		before := 0
		for i := range roots {
			if err := w.Root(manyRows(i, rows)); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				before = inUse() // with what packs
			}
		}
		kept := inUse() - before
		if err := w.Close(taken("AUDIT", 12, 30), result.ExitFail); err != nil {
			t.Fatal(err)
		}
		t.Logf("verbose %v: %d KB kept of a page of %d KB", verbose, kept>>10, size>>10)
		if kept > most || int(size) < 10*kept {
			t.Errorf("verbose %v: %d KB kept of a page of %d KB", verbose, kept>>10, size>>10)
		}
	}
}

// counter counts what is written.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// manyRows is a root with one hotfix of so many rows, some of which fail.
func manyRows(root, rows int) result.RootResult {
	t := result.TableResult{Hotfix: "KB977203", Table: "SP2", State: result.Partial, Counts: map[result.Verdict]int{}}
	for i := range rows {
		v := result.OK
		if (root+i)%7 == 0 {
			v = result.Older
		}
		version := printed(fmt.Sprintf("4.0.6487.%d", 2000+(root*31+i*17)%500))
		t.Rows = append(t.Rows, result.RowResult{Name: fmt.Sprintf("Component%03d.dll", i), Platform: "x86", Version: version,
			Size: manifest.ExactSize(int64(100_000 + i*997)), Verdict: v,
			Copies: []result.CopyResult{{Path: fmt.Sprintf("bin/i386/Component%03d.dll", i), Version: version,
				Size: int64(100_000 + i*997 + root*7919%5000), Platform: "x86", Verdict: v, Notes: []result.Reason{}}}})
	}
	return result.RootResult{Root: fmt.Sprintf(`\\server%05d\SMS_%03d`, root, root%1000), Seen: 1000,
		Taken: taken(fmt.Sprintf("SERVER%05d", root), 9, 0), Tables: []result.TableResult{t}}
}

func BenchmarkHTML(b *testing.B) {
	for b.Loop() {
		w := newHTMLWriter(io.Discard, result.Tool{}, Options{Many: true})
		for i := range 100 {
			if err := w.Root(manyRows(i, 100)); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(result.Taken{}, result.ExitFail); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/row")
}
