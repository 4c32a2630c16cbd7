package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbverify/internal/cabtest"
	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

// How long the soak lasts (KBVERIFY_SOAK=2m), and its seed (KBVERIFY_SOAK_SEED=7); a
// few rounds of the first seed where nothing is said.
const (
	soakTime   = "KBVERIFY_SOAK"
	soakSeed   = "KBVERIFY_SOAK_SEED"
	soakRounds = 3
)

// TestSoak lets the program live through random servers, recorded roots, packages,
// inventories and articles, sound and broken, one after the other in one process: nothing
// panics, memory and goroutines do not grow, a folder and its inventory agree, and a
// result that is read back from JSON gives every other format as it was.
func TestSoak(t *testing.T) {
	s := newSoak(t)
	start, rounds := time.Now(), 0
	var first soakMark
	for ; s.goesOn(rounds, time.Since(start)); rounds++ {
		s.round(rounds)
		if rounds == soakRounds-1 {
			first = mark()
		}
	}
	last := mark()
	const spare = 16 << 20 // what the runtime keeps at different moments
	if last.heap > first.heap+spare || last.goroutines > first.goroutines+2 {
		t.Errorf("after %d rounds %+v, after %d %+v", soakRounds, first, rounds, last)
	}
	t.Logf("seed %d: %d rounds in %v, %d commands, %d MB in use", s.seed, rounds, time.Since(start).Round(time.Second), s.commands,
		last.heap>>20)
}

// soakMark is what a process holds once it has collected.
type soakMark struct {
	heap       uint64
	goroutines int
}

func mark() soakMark {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first has freed of pools
	runtime.ReadMemStats(&m)
	return soakMark{m.HeapAlloc, runtime.NumGoroutine()}
}

// soak makes and judges what a round needs.
type soak struct {
	t        *testing.T
	sc       *serverCatalogue
	seed     uint64
	lasts    time.Duration
	catalog  *catalog.Catalog
	dir      string
	r        *rand.Rand
	commands int
}

func newSoak(t *testing.T) *soak {
	s := &soak{t: t, sc: openServerCatalogue(t), seed: uint64(serversNumber(t, soakSeed, 1))}
	var err error
	if text := os.Getenv(soakTime); text != "" {
		if s.lasts, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	if s.catalog, err = catalog.Open(manifests.FS, nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *soak) goesOn(rounds int, took time.Duration) bool {
	return !s.t.Failed() && (rounds < soakRounds || took < s.lasts)
}

// round is one server, recorded and packed, one broken inventory and a few articles.
func (s *soak) round(n int) {
	s.r = rand.New(rand.NewPCG(s.seed, uint64(n)))
	dir, err := os.MkdirTemp(s.t.TempDir(), "round")
	if err != nil {
		s.t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s.dir = dir
	s.server(n)
	s.inventory()
	s.articles()
}

func (s *soak) path(name string) string { return filepath.Join(s.dir, name) }

// run runs a command line; whatever it comes to, the exit code is one of the three, or
// of the four that monitoring systems know.
func (s *soak) run(args ...string) (stdout string, code int) {
	s.t.Helper()
	s.commands++
	var out, said bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &out, &said)
	most := 2
	if slices.Contains(args, string(report.Nagios)) {
		most = 3
	}
	if code < 0 || code > most || strings.Contains(said.String(), "internal error") {
		s.t.Errorf("seed %d: kbverify %s: exit code %d\n%s", s.seed, strings.Join(args, " "), code, &said)
	}
	return out.String(), code
}

// server judges a server as a folder and as its inventory, in all formats.
func (s *soak) server(n int) {
	server := newServer(s.sc, s.seed, n, map[openCase]int{})
	root, inv := s.path("root"), s.path("inventory.json")
	if !server.write(s.t, root) {
		return // it has files that are too large to write
	}
	s.run("scan", "-q", "--hash", "-o", inv, root)
	entries, err := s.catalog.Entries()
	if err != nil {
		s.t.Fatal(err)
	}
	some := entries[s.r.IntN(len(entries))].ID
	for _, args := range [][]string{{"detect", "-v"}, {"detect"}, {"verify", "-k", some}, {"verify", "-v", "--platform", "all", "-k", some},
		{"verify", "--only-present", "-k", some}} {
		here, code := s.run(append(args, "-f", "json", root)...)
		there, codeThere := s.run(append(args, "-f", "json", inv)...)
		if there = renamed(there, inv, root); here != there || code != codeThere {
			s.t.Errorf("seed %d, server %d: %v: exit codes %d, %d\n%.2000s", s.seed, n, args, code, codeThere, cmp.Diff(here, there))
		}
		s.readBack(here, args, root)
	}
	s.run("identify", "-f", "csv", root)
	s.recorded(root, inv)
	s.packed(root, some)
}

// packed judges a server that was packed into an installer package: as a root it is
// the folder, and what it states the folder holds. Broken, it breaks nothing.
func (s *soak) packed(all, some string) {
	const most = 200 << 10 // bytes of a file; the compressors are not what is tested
	root := s.path("small")
	err := filepath.Walk(all, func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() || info.Size() > most {
			return err
		}
		to := filepath.Join(root, strings.TrimPrefix(path, all))
		return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Link(path, to))
	})
	if err != nil {
		s.t.Fatal(err)
	}
	data := packageOf(s.t, "Soak", root, []uint16{cabtest.Stored, cabtest.MSZIP, cabtest.LZX | 17<<8}[s.r.IntN(3)], whole)
	file := s.write("packed.msi", data)
	if out, code := s.run("verify", "-m", file, root); code != 0 {
		s.t.Errorf("seed %d: the folder of a package: exit code %d\n%.2000s", s.seed, code, out)
	}
	for _, args := range [][]string{{"verify", "-f", "json", "-k", some}, {"detect", "-f", "json"}} {
		packed, code := s.run(append(args, file)...)
		folder, codeFolder := s.run(append(args, root)...)
		if a, b := withoutTimes(packed, file), withoutTimes(folder, root); a != b || code != codeFolder {
			s.t.Errorf("seed %d: %v: exit codes %d, %d of a package and its folder\n%.2000s", s.seed, args, code, codeFolder, cmp.Diff(a, b))
		}
	}
	broken := s.write("broken.msi", s.damage(data))
	s.run("verify", "-q", "-m", broken, root)
	s.run("scan", "-q", "--hash", "-o", s.path("b.json"), broken)
	s.run("import", "-q", "--strict", "--hash", "-o", s.path("b.json"), broken)
}

var soakTimes = regexp.MustCompile(` *"modified": "[^"]*",\n`)

// withoutTimes is a result without what the two roots differ in.
func withoutTimes(text, root string) string {
	return renamed(soakTimes.ReplaceAllString(text, ""), root, "ROOT")
}

// renamed is a JSON text with another root's name in it.
func renamed(text, root, other string) string {
	escaped := func(name string) string { return strings.ReplaceAll(name, `\`, `\\`) }
	return strings.ReplaceAll(text, escaped(root), escaped(other))
}

// readBack makes every format of the JSON alone, also through report.
func (s *soak) readBack(text string, args []string, root string) {
	saved, look := s.write("saved.json", []byte(text)), args[1:min(2, len(args))]
	if !slices.Contains(args, "-v") {
		look = nil
	}
	var r result.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		s.t.Fatal(err)
	}
	for _, format := range report.RootFormats {
		direct, code := s.run(append(args, "-f", string(format), root)...)
		reported, codeThere := s.run(append(append([]string{"report", "-f", string(format)}, look...), saved)...)
		if direct != reported || code != codeThere {
			s.t.Errorf("seed %d: %v -f %s: exit codes %d and of its report %d\n%.2000s", s.seed, args, format, code, codeThere,
				cmp.Diff(direct, reported))
		}
		var back bytes.Buffer
		o := report.Options{Verbose: slices.Contains(args, "-v"), Detect: args[0] == "detect"}
		if o.Detect && o.Verbose && (format == report.Table || format == report.HTML) {
			continue // they name the hotfixes that are not here, which no result does
		}
		if err := report.Write(&back, format, &r, o); err != nil {
			s.t.Fatal(err)
		}
		if direct != back.String() {
			s.t.Errorf("seed %d: %v -f %s differs when it is made of the JSON\n%.2000s", s.seed, args, format,
				cmp.Diff(direct, back.String()))
		}
	}
}

// recorded records the server, and wants it to be what it was.
func (s *soak) recorded(root, inv string) {
	gold := s.path("gold.json")
	if _, code := s.run("import", "-q", "--id", "gold", "-o", gold, inv); code != 0 {
		s.t.Errorf("seed %d: import of the inventory: exit code %d", s.seed, code)
		return
	}
	for _, of := range []string{root, inv} {
		text, code := s.run("verify", "-f", "json", "-m", gold, of)
		var r result.Result
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			s.t.Fatal(err)
		}
		if counts := r.Roots[0].Tables[0].Counts; code == 1 || counts[result.Extra]+counts[result.Missing]+counts[result.Changed] > 0 {
			s.t.Errorf("seed %d: the recorded server is not what it was: exit code %d, %v", s.seed, code, counts)
		}
	}
}

// inventory judges an inventory that was broken somewhere.
func (s *soak) inventory() {
	data, err := os.ReadFile(s.path("inventory.json"))
	if err != nil {
		return
	}
	broken := s.write("broken.json", s.damage(data))
	s.run("verify", "-q", "-k", "KB977203", broken)
	s.run("import", "-q", "--id", "x", "-o", s.path("x.json"), broken)
}

// articles imports articles that print hotfixes of the catalogue, as they are and
// broken.
func (s *soak) articles() {
	all, err := s.catalog.Entries()
	if err != nil {
		s.t.Fatal(err)
	}
	for range 4 {
		m, err := s.catalog.Find(all[s.r.IntN(len(all))].ID)
		if err != nil {
			s.t.Fatal(err)
		}
		text := s.article(m)
		s.run("import", "-o", s.path("a.json"), s.write("article.txt", text))
		s.run("import", "--strict", "-o", s.path("a.json"), s.write("article.txt", s.damage(text)))
	}
}

// article prints a hotfix in one of the layouts that articles have.
func (s *soak) article(m *manifest.Manifest) []byte {
	var b bytes.Buffer
	layout := s.r.IntN(4)
	fmt.Fprintf(&b, "%s\n\nThe English version of this fix has the following file attributes:\n\n", m.ID)
	for i := range m.Tables {
		switch layout {
		case 0:
			b.WriteString("Date       Time   Version         Size     File name     Platform\n----------\n")
		case 1:
			b.WriteString("| File name | File version | File size | Date | Time | Platform |\n|---|---|---|---|---|---|\n")
		case 2:
			b.WriteString("File name,File version,File size,Date,Time,Platform\n")
		default:
			b.WriteString("<table><tr><th>File name<th>File version<th>File size<th>Date<th>Time<th>Platform</tr>\n")
		}
		for _, f := range m.Tables[i].Files {
			size := f.Size.Text()
			if n, exact := f.Size.Exact(); exact {
				size = manifest.Commas(n)
			}
			switch layout {
			case 0:
				fmt.Fprintf(&b, "%s  %s  %s  %s  %s  %s\n", f.Modified, "10:00", f.Version, size, f.Name, f.Platform)
			case 1:
				fmt.Fprintf(&b, "| %s | %s | %s | %s | 10:00 | %s |\n", f.Name, f.Version, size, f.Modified, f.Platform)
			case 2:
				fmt.Fprintf(&b, "%s,%s,%q,%s,10:00,%s\n", f.Name, f.Version, size, f.Modified, f.Platform)
			default:
				fmt.Fprintf(&b, "<tr><td>%s<td>%s<td>%s<td>%s<td>10:00<td>%s</tr>\n", f.Name, f.Version, size, f.Modified, f.Platform)
			}
		}
	}
	return b.Bytes()
}

func (s *soak) write(name string, data []byte) string {
	path := s.path(name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// damage does to data one of the things that happen to files.
func (s *soak) damage(data []byte) []byte {
	data = bytes.Clone(data)
	if len(data) == 0 {
		return data
	}
	at, to := s.r.IntN(len(data)), s.r.IntN(len(data))
	at, to = min(at, to), max(at, to)
	switch s.r.IntN(6) {
	case 0:
		return data[:at]
	case 1:
		data[at] ^= 1 << s.r.IntN(8)
	case 2:
		return slices.Delete(data, at, to)
	case 3:
		return slices.Insert(data, at, data[at:min(to, at+4096)]...)
	case 4:
		for range 20 {
			data[s.r.IntN(len(data))] = byte(s.r.IntN(256))
		}
	default:
		copy(data[at:], data[to:])
	}
	return data
}
