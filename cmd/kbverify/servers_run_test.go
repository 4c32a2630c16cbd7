package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/petest"
)

// The tool is asked through its command line alone: arguments in, an exit code
// and JSON out.

// toolAnswer is what these tests read of the JSON.
type toolAnswer struct {
	code   int
	stderr string
	Roots  []struct {
		Tables []toolTable `json:"tables"`
	} `json:"roots"`
}

type toolTable struct {
	Hotfix string `json:"hotfix"`
	Table  string `json:"table"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	Rows   []struct {
		Name     string `json:"name"`
		Platform string `json:"platform"`
		Version  string `json:"version"`
		Verdict  string `json:"verdict"`
		Reason   string `json:"reason"`
		Copies   []struct {
			Path    string `json:"path"`
			Version string `json:"version"`
			Size    int64  `json:"size"`
			Verdict string `json:"verdict"`
		} `json:"copies"`
	} `json:"rows"`
}

func askTool(t *testing.T, args ...string) (a toolAnswer) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a.code = run(context.Background(), append(args, "-f", "json"), strings.NewReader(""), &stdout, &stderr)
	a.stderr = stderr.String()
	if err := json.Unmarshal(stdout.Bytes(), &a); err != nil || len(a.Roots) != 1 {
		t.Fatalf("kbverify %s: exit code %d, %v\n%s", strings.Join(args, " "), a.code, err, a.stderr)
	}
	return a
}

// states gives the states that are said of a hotfix; none where nothing of it is here.
func (a toolAnswer) states(id string) (states []string) {
	for _, t := range a.Roots[0].Tables {
		if t.Hotfix == id {
			states = append(states, t.State)
		}
	}
	return states
}

func (a toolAnswer) says(id string, states ...string) bool {
	return slices.ContainsFunc(a.states(id), func(s string) bool { return slices.Contains(states, s) })
}

// why tells of the rows of a hotfix that neither pass nor are out of the question.
func (a toolAnswer) why(id string) string {
	var b strings.Builder
	for _, t := range a.Roots[0].Tables {
		if t.Hotfix != id {
			continue
		}
		fmt.Fprintf(&b, "\n    %s/%s %s %s", t.Hotfix, t.Table, t.State, t.Reason)
		for _, r := range t.Rows {
			if slices.Contains([]string{"ok", "newer", "not-applicable"}, r.Verdict) {
				continue
			}
			fmt.Fprintf(&b, "\n      %s %s %s: %s %s", r.Name, r.Platform, r.Version, r.Verdict, r.Reason)
			for _, c := range r.Copies {
				fmt.Fprintf(&b, "\n        %s %s of %d: %s", c.Path, c.Version, c.Size, c.Verdict)
			}
			if b.Len() > 1_000 {
				return b.String() + " …"
			}
		}
	}
	return b.String()
}

// inventory is what a scan of the server finds.
func (s *server) inventory() *inventory.Inventory {
	inv := &inventory.Inventory{Root: `D:\SMS`, All: true, Seen: int64(len(s.files))}
	folders := map[string]bool{}
	for _, f := range s.files {
		inv.Files = append(inv.Files, f.scanned())
		for dir := filepath.ToSlash(filepath.Dir(f.path)); dir != "."; dir = filepath.ToSlash(filepath.Dir(dir)) {
			folders[dir] = true
		}
	}
	for _, dir := range s.empty {
		folders[dir] = true
	}
	for dir := range folders {
		if p, ok := manifest.FolderPlatform(dir[strings.LastIndex(dir, "/")+1:]); ok {
			inv.Folders = append(inv.Folders, inventory.Folder{Path: dir, Platform: p})
		}
	}
	byElements := func(a, b string) int { return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")) }
	slices.SortFunc(inv.Files, func(a, b inventory.File) int { return byElements(a.Path, b.Path) })
	slices.SortFunc(inv.Folders, func(a, b inventory.Folder) int { return byElements(a.Path, b.Path) })
	return inv
}

func (f *serverFile) scanned() inventory.File {
	found := inventory.File{Path: f.path, Size: f.size, Modified: f.time()}
	if f.machine == "" {
		return found
	}
	found.Format, found.Machine, found.Ending = pefile.PE, pefile.Machine(petest.MachineOf(f.machine)), pefile.NoVersion
	if f.versioned {
		found.Ending, found.Version = pefile.Versioned, f.version
	}
	return found
}

func (f *serverFile) time() time.Time {
	for _, form := range []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.Parse(form, f.modified); err == nil {
			return at
		}
	}
	return time.Date(1998, 7, 6, 5, 4, 3, 0, time.UTC)
}

// signatures are the first bytes of data whose kind its name tells.
var signatures = map[string]string{
	".msi": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	".msp": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	".cab": "MSCF\x00\x00\x00\x00",
}

// write builds the file below dir; false where no executable is as small as it is printed.
func (f *serverFile) write(t *testing.T, dir string) bool {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(f.path))
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.MkdirAll(filepath.Dir(path), 0o755))
	if f.machine == "" {
		head := "data\r\n"
		if sign := signatures[strings.ToLower(filepath.Ext(path))]; sign != "" {
			head = sign
		}
		check(os.WriteFile(path, []byte(head), 0o644))
		check(os.Truncate(path, f.size))
	} else {
		spec := petest.Spec{Machine: petest.MachineOf(f.machine), Version: f.version, NoVersion: !f.versioned, Size: f.size}
		if spec.WriteFile(path) != nil {
			return false
		}
	}
	check(os.Chtimes(path, f.time(), f.time()))
	return true
}

// write builds the server as folders and files.
func (s *server) write(t *testing.T, dir string) bool {
	t.Helper()
	for _, folder := range s.empty {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(folder)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range s.files {
		if !f.write(t, dir) {
			return false
		}
	}
	return true
}

// save writes the inventory, as ROOT for the tool.
func (s *server) save(t *testing.T, path string) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.inventory().Encode(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
