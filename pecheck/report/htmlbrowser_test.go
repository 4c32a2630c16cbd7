package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kbverify/internal/testtool"
)

// browse runs Chromium without a window. It is no sandbox's business what it does here:
// the pages are this test's own, and root may have none.
func browse(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(testtool.Need(t, "chromium"), append([]string{"--headless", "--no-sandbox", "--disable-gpu",
		"--disable-dev-shm-usage", "--user-data-dir=" + t.TempDir()}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium %s: %v\n%.4000s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.Bytes()
}

// widths are those of a small phone, a phone, a tablet and a desktop.
var widths = []int{320, 390, 768, 1280}

// measured is what a page is like in a frame of some width, all that folds unfolded.
type measured struct {
	Page          string
	Width         int
	ScrollWidth   int      // of what is in it
	Beyond        []string // elements that reach beyond the right edge
	Foreign       int      // elements that run or load something
	Badge         string   // "inline-block", where the style is applied
	Tables, Heads int      // all, and those that show a row of headings
}

// measuring loads each page into a frame of each width, and leaves what it saw as its text.
const measuring = `<!DOCTYPE html><html lang="en"><title>-</title><body><script>
const pages = %s, widths = %s, frames = [];
for (const page of pages) for (const width of widths) {
	const f = document.createElement("iframe");
	f.style.cssText = "border:0;height:800px;width:" + width + "px";
	f.src = page;
	document.body.append(f);
	frames.push({f, page, width});
}
window.onload = () => {
	const seen = frames.map(({f, page, width}) => {
		const d = f.contentDocument, all = [...d.querySelectorAll("body *")];
		d.querySelectorAll("details").forEach(e => e.open = true);
		const badge = d.querySelector(".badge"), tables = [...d.querySelectorAll("table")];
		return {page, width, scrollWidth: d.documentElement.scrollWidth,
			beyond: all.filter(e => e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 120)),
			foreign: d.querySelectorAll("script,img,iframe,object,embed,link,base,form,[onerror],[onload],[style]").length,
			badge: badge ? d.defaultView.getComputedStyle(badge).display : "",
			tables: tables.length,
			heads: tables.filter(e => d.defaultView.getComputedStyle(e.tHead).position != "absolute").length};
	});
	document.body.textContent = JSON.stringify(seen);
};
</script></body></html>`

// In a browser no page is wider than its window, on a phone as on a desktop; the style is
// applied although nothing else is allowed; and names have made no element.
func TestHTMLInABrowser(t *testing.T) {
	testtool.Need(t, "chromium")
	dir, names := writePages(t)
	list, _ := json.Marshal(names)
	sizes, _ := json.Marshal(widths)
	testtool.WriteFile(t, filepath.Join(dir, "measuring.html"), fmt.Sprintf(measuring, list, sizes))
	server := httptest.NewServer(http.FileServer(http.Dir(dir))) // pages of one server may look into each other
	defer server.Close()
	dom, err := html.Parse(bytes.NewReader(browse(t, "--dump-dom", server.URL+"/measuring.html")))
	if err != nil {
		t.Fatal(err)
	}
	var text string
	for n := range dom.Descendants() {
		if n.Type == html.TextNode && strings.HasPrefix(n.Data, "[") {
			text = n.Data
		}
	}
	var seen []measured
	if err := json.Unmarshal([]byte(text), &seen); err != nil || len(seen) != len(names)*len(widths) {
		t.Fatalf("%d pages measured: %v", len(seen), err)
	}
	for _, m := range seen {
		at := fmt.Sprintf("%s at %d", m.Page, m.Width)
		if m.ScrollWidth > m.Width || len(m.Beyond) > 0 {
			t.Errorf("%s: %d wide; beyond the edge: %q", at, m.ScrollWidth, m.Beyond)
		}
		if m.Foreign > 0 {
			t.Errorf("%s: %d elements that are not the page's", at, m.Foreign)
		}
		if m.Badge != "inline-block" {
			t.Errorf("%s: a state is shown as %q", at, m.Badge)
		}
		if wide := m.Width > 43*16; m.Tables > 0 && (m.Heads == m.Tables) != wide {
			t.Errorf("%s: %d of %d tables show their headings", at, m.Heads, m.Tables)
		}
	}
}

// Printed, a page is on A4 paper, and nothing that the screen shows is cut away.
func TestHTMLPrinted(t *testing.T) {
	testtool.Need(t, "chromium")
	info, text := testtool.Need(t, "pdfinfo"), testtool.Need(t, "pdftotext")
	dir, _ := writePages(t)
	for _, name := range []string{"page-verbose.html", "page-wide.html", "page-hostile.html"} {
		pdf := filepath.Join(dir, name+".pdf")
		browse(t, "--no-pdf-header-footer", "--print-to-pdf="+pdf, "file://"+filepath.Join(dir, name))
		out, err := exec.Command(info, pdf).Output()
		if size := regexp.MustCompile(`(?m)^Page size:.*\(A4\)$`); err != nil || !size.Match(out) {
			t.Errorf("%s: %v, %s", name, err, out)
		}
		out, err = exec.Command(text, "-raw", pdf, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		printed := strings.Join(strings.Fields(string(out)), "")
		for _, e := range elements(pageOf(t, pages()[name].result, pages()[name].o)) {
			shown := strings.Join(strings.Fields(e.text), "")
			if (e.tag == "h1" || e.attrs["class"] == "path" && pages()[name].o.Verbose) && !strings.Contains(printed, shown) {
				t.Errorf("%s: %q is not in print", name, e.text)
			}
		}
	}
}
