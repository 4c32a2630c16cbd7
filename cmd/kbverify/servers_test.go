package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kbverify/manifest"
)

// TestServers holds the tool to what is true of servers: healthy ones end with 0,
// no half-installed hotfix does, and none is partial that was not there.
func TestServers(t *testing.T) {
	sc, tr := openServerCatalogue(t), newTrial(t)
	first := serversNumber(t, "KBVERIFY_SERVERS_FIRST", 0)
	for n := first; n < first+serversNumber(t, "KBVERIFY_SERVERS", defaultServers); n++ {
		label := fmt.Sprintf("server %d of seed %d", n, tr.seed)
		s := newServer(sc, uint64(tr.seed), n, tr.leftOut)
		open := s.openCases()
		tr.save(s, label)
		tr.detectHealthy(s, open)
		tr.verifyHealthy(s, open)
		if len(open) == 0 && len(s.applied) > 0 {
			r := rand.New(rand.NewPCG(uint64(tr.seed)+1<<32, uint64(n)))
			tr.plantFaults(s, r, label)
			tr.upgrade(s, label)
		}
	}
	tr.summary()
	if judged := tr.right[halfVerify] + tr.wrong[halfVerify]; tr.servers >= 100 && judged < tr.servers {
		t.Errorf("only %d half-installed hotfixes: the generator has dried up", judged)
	}
}

const (
	plainServer   = "plain servers: detect ends with 0"
	healthyServer = "healthy servers with hotfixes: detect ends with 0"
	neverApplied  = "hotfixes never applied: detect does not say partial"
	appliedDetect = "applied hotfixes: detect says installed or superseded"
	appliedVerify = "applied hotfixes: verify passes"
	appliedNamed  = "applied hotfixes: verify of the table by name ends with 0"
	appliedBlank  = "applied hotfixes that print nothing: verify ends with 2 or 0"
)

func (tr *serverTrial) detectHealthy(s *server, open map[*serverHotfix]openCase) {
	found := tr.ask("detect")
	measure := healthyServer
	if len(s.applied) == 0 {
		measure = plainServer
	}
	if i := slices.IndexFunc(s.applied, func(h *serverHotfix) bool { return open[h] != "" }); i >= 0 {
		tr.leaveOpen(measure, open[s.applied[i]], s, s.applied[i])
	}
	if len(open) == 0 {
		tr.count(measure, found.code == 0, func() string {
			text := fmt.Sprintf("exit code %d, %s", found.code, s.about())
			for _, table := range found.Roots[0].Tables {
				if (table.State == "partial" || table.State == "undecidable") && len(text) < 1_500 {
					text += found.why(table.Hotfix)
				}
			}
			return text
		})
	}
	for _, id := range slices.Sorted(maps.Keys(s.sc.byID)) {
		h := s.appliedAs(id)
		switch {
		case h == nil && !s.sharesNames(id, open):
			tr.count(neverApplied, !found.says(id, "partial"), func() string { return s.about() + found.why(id) })
		case h != nil && open[h] == "" && h.comparable():
			tr.count(appliedDetect, found.says(id, "installed", "superseded"), func() string {
				return s.about() + "; " + id + found.why(id)
			})
		}
	}
}

func (s *server) appliedAs(id string) *serverHotfix {
	for _, h := range s.applied {
		if h.ID == id {
			return h
		}
	}
	return nil
}

// sharesNames reports a hotfix with a file name of one whose case is open: what is
// open about that one is about this one too.
func (s *server) sharesNames(id string, open map[*serverHotfix]openCase) bool {
	for h := range open {
		for _, row := range h.rows {
			for _, o := range s.sc.byName[manifest.NameKey(row.Name)] {
				if o.hotfix.ID == id {
					return true
				}
			}
		}
	}
	return false
}

func (tr *serverTrial) verifyHealthy(s *server, open map[*serverHotfix]openCase) {
	for i, h := range s.applied {
		if kind := open[h]; kind != "" {
			tr.leaveOpen(appliedVerify, kind, s, h)
			continue
		}
		said := tr.ask("verify", "-k", h.ID)
		passes := said.says(h.ID, "installed", "superseded") && said.code == 0
		why := func() string {
			return fmt.Sprintf("exit code %d, %s; %s%s", said.code, s.about(), h.name(), said.why(h.ID))
		}
		if !h.comparable() {
			tr.count(appliedBlank, said.code != 1, why)
			continue
		}
		tr.count(appliedVerify, passes, why)
		if i == 0 && passes && h.table.Name != "" {
			named := tr.ask("verify", "-k", h.name())
			tr.count(appliedNamed, named.code == 0, func() string { return h.name() + named.why(h.ID) })
		}
	}
}

// plantFaults spoils the server in some ways, one at a time.
func (tr *serverTrial) plantFaults(s *server, r *rand.Rand, label string) {
	faults := slices.Clone(serverFaults)
	if !(s.product() == sms12 && len(s.platforms) == 2) { // else the first is always tried
		r.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	} else {
		r.Shuffle(len(faults)-1, func(i, j int) { faults[i+1], faults[j+1] = faults[j+1], faults[i+1] })
	}
	planted := 0
	for _, fault := range faults {
		for try := 0; try < 6 && planted < 4; try++ {
			h := s.applied[r.IntN(len(s.applied))]
			targets := s.targets(h)
			if len(targets) == 0 || len(s.ownFiles(h)) < 2 { // of one file nothing is left to be half
				continue
			}
			if tr.plant(s, h, targets[r.IntN(len(targets))], fault, label) {
				planted++
				break
			}
		}
	}
}

// plant spoils a copy of the server, and asks about the hotfix; false where the fault cannot be planted there.
func (tr *serverTrial) plant(s *server, h *serverHotfix, f *serverFile, fault serverFault, label string) bool {
	half := s.clone()
	if !fault.plant(half, h, half.files[manifest.NameKey(f.path)]) {
		return false
	}
	if half.whole(h) {
		tr.t.Fatalf("%s: %s of %s at %s shows nothing", label, fault.name, h.name(), f.path)
	}
	tr.save(half, fmt.Sprintf("%s, %s, %s, %s", label, fault.name, h.name(), strings.ReplaceAll(f.path, "/", `\`)))
	tr.judgeHalf(half, h, fault.name)
	return true
}

const (
	halfVerify = "half-installed hotfixes: verify does not end with 0"
	halfState  = "half-installed hotfixes: detect says partial (or undecidable)"
	halfExit   = "half-installed hotfixes: detect does not end with 0"
	alphaHalf  = "SMS 1.2, Alpha half missing: verify does not end with 0"
)

func (tr *serverTrial) judgeHalf(s *server, h *serverHotfix, fault string) {
	said, found := tr.ask("verify", "-k", h.ID), tr.ask("detect")
	kind := s.undecided(h)
	why := func(a toolAnswer) func() string {
		return func() string { return fmt.Sprintf("exit code %d, %s; %s", a.code, s.about(), h.name()+a.why(h.ID)) }
	}
	if kind == otherTable {
		tr.leaveOpen(halfVerify, kind, s, h)
		return
	}
	tr.count(halfVerify, said.code != 0 && !said.says(h.ID, "installed", "superseded"), why(said))
	if fault == "second half missing" && s.product() == sms12 {
		tr.count(alphaHalf, said.code != 0, why(said))
	}
	switch kind {
	case "":
		tr.count(halfState, found.says(h.ID, "partial", "undecidable"), why(found))
		tr.count(halfExit, found.code != 0, why(found))
		if found.says(h.ID, "undecidable") {
			tr.count("  of these undecidable", true, nil)
		}
	case restIsLarger:
		tr.leaveOpen(halfState, kind, s, h)
		tr.count(halfExit, found.code != 0, why(found))
	default:
		tr.leaveOpen(halfState, kind, s, h)
		tr.leaveOpen(halfExit, kind, s, h)
	}
	tr.count("half-installed hotfixes: detect never says installed or superseded",
		!found.says(h.ID, "installed", "superseded"), why(found))
}

const (
	packVerify = "a service pack over a hotfix: verify does not end with 0"
	packDetect = "a service pack over a hotfix: detect does not say it is there"
)

// upgrade puts a later service pack over hotfixes that have a table for it.
func (tr *serverTrial) upgrade(s *server, label string) {
	for _, h := range s.applied {
		for _, later := range s.laterTables(h) {
			after := s.servicePack(later.release)
			tr.save(after, fmt.Sprintf("%s, service pack over %s", label, h.name()))
			for _, name := range []string{h.ID, h.name(), later.name()} {
				said := tr.ask("verify", "-k", name)
				tr.count(packVerify, said.code != 0, func() string { return name + said.why(h.ID) })
			}
			found := tr.ask("detect")
			tr.count(packDetect, !found.says(h.ID, "installed", "superseded"), func() string { return found.why(h.ID) })
		}
	}
}
