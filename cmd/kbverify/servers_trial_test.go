package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Servers whose truth is written down before the tool is asked. By
// environment variables:
//
//	KBVERIFY_SERVERS=500       how many; also a fault in each row of every table
//	                           (from 1000 on every fault, which needs -timeout 1h)
//	KBVERIFY_SERVERS_SEED=7    other servers
//	KBVERIFY_SERVERS_FIRST=17  begin with this one, to see it alone
//	KBVERIFY_SERVERS_BARE=1    without the harmless extras
//	KBVERIFY_SERVERS_KEEP=DIR  write the inventories of which something wrong was said

const (
	defaultServers = 24
	everyFault     = 1000
	detailLines    = 4 // of each measure
)

func serversNumber(t *testing.T, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// serverTrial asks the tool about servers and counts by measure.
type serverTrial struct {
	t       *testing.T
	seed    int
	path    string // of the inventory in question
	label   string // "server 17 of seed 1"
	order   []string
	right   map[string]int
	wrong   map[string]int
	open    map[string]map[openCase]int
	leftOut map[openCase]int
	servers int // as asked for; 0: not
}

func newTrial(t *testing.T) *serverTrial {
	return &serverTrial{
		t: t, seed: serversNumber(t, "KBVERIFY_SERVERS_SEED", 1), servers: serversNumber(t, "KBVERIFY_SERVERS", 0),
		path:  filepath.Join(t.TempDir(), "server.json"),
		right: map[string]int{}, wrong: map[string]int{},
		open: map[string]map[openCase]int{}, leftOut: map[openCase]int{},
	}
}

func (tr *serverTrial) know(measure string) {
	if !slices.Contains(tr.order, measure) {
		tr.order = append(tr.order, measure)
		tr.open[measure] = map[openCase]int{}
	}
}

// count notes one case of a measure. Of the first that are wrong it says all.
func (tr *serverTrial) count(measure string, right bool, detail func() string) {
	tr.t.Helper()
	tr.know(measure)
	if right {
		tr.right[measure]++
		return
	}
	tr.wrong[measure]++
	if keep := os.Getenv("KBVERIFY_SERVERS_KEEP"); keep != "" {
		text, err := os.ReadFile(tr.path)
		name := strings.NewReplacer("/", "-", `\`, "-", " ", "-", ":", "", ",", "").Replace(tr.label) + ".json"
		if err == nil {
			err = os.WriteFile(filepath.Join(keep, name), text, 0o644)
		}
		if err != nil {
			tr.t.Fatal(err)
		}
	}
	if tr.wrong[measure] <= detailLines {
		tr.t.Errorf("%s\n  %s: %s", measure, tr.label, detail())
	}
}

// leaveOpen notes a case that files do not decide, and shows the first of each kind: each wants to be argued with.
func (tr *serverTrial) leaveOpen(measure string, kind openCase, s *server, h *serverHotfix) {
	tr.t.Helper()
	tr.know(measure)
	tr.open[measure][kind]++
	if tr.open[measure][kind] <= 2 {
		tr.t.Logf("open: %s: %s\n  %s: %s, %s", measure, kind, tr.label, h.name(), s.about())
	}
}

func (tr *serverTrial) summary() {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n%-66s %8s %8s %8s\n", tr.seed, "measured", "right", "wrong", "open")
	for _, m := range tr.order {
		open := 0
		for _, n := range tr.open[m] {
			open += n
		}
		fmt.Fprintf(&b, "%-66s %8d %8d %8d\n", m, tr.right[m], tr.wrong[m], open)
		for _, kind := range slices.Sorted(maps.Keys(tr.open[m])) {
			fmt.Fprintf(&b, "    open: %-60s %26d\n", kind, tr.open[m][kind])
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(tr.leftOut)) {
		fmt.Fprintf(&b, "left out of a server: %-70s %d\n", kind, tr.leftOut[kind])
	}
	tr.t.Log(b.String())
}

func (tr *serverTrial) save(s *server, label string) {
	tr.label = label
	s.save(tr.t, tr.path)
}

func (tr *serverTrial) ask(args ...string) toolAnswer { return askTool(tr.t, append(args, tr.path)...) }

// about describes a server in a line.
func (s *server) about() string {
	var names []string
	for _, h := range s.applied {
		names = append(names, h.name())
	}
	r := shippedReleases[s.release]
	return fmt.Sprintf("%s %s %v, applied %v, extras %q", r.product, r.pack, s.platforms, names, s.extras)
}
