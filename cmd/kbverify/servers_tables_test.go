package main

import (
	"fmt"
	"slices"
	"testing"

	"kbverify/manifest"
)

// TestServersOfEachTable puts each table's hotfix alone on a site, then spoils its
// files. Where no servers are asked for it keeps to the largest site, and to a
// file of every third table.
func TestServersOfEachTable(t *testing.T) {
	sc, tr := openServerCatalogue(t), newTrial(t)
	for i, h := range sc.hotfixes {
		if raceDetector && i%8 > 0 {
			continue
		}
		sites := sitesFor(sc, h)
		if tr.servers == 0 {
			sites = sites[max(len(sites)-1, 0):]
		}
		for _, s := range sites {
			s := s.plain()
			s.applyAll([]*serverHotfix{h})
			label := fmt.Sprintf("table %s on %v", h.name(), s.platforms)
			open := s.openCases()
			tr.save(s, label)
			tr.detectHealthy(s, open)
			tr.verifyHealthy(s, open)
			if len(open) == 0 && (tr.servers > 0 || i%3 == 0) {
				tr.plantInEachRow(s, h, i, label)
			}
		}
	}
	tr.summary()
}

// plantInEachRow plants a fault in one row of the table, in each row where servers
// are asked for, and every fault in each row where 1000 are.
func (tr *serverTrial) plantInEachRow(s *server, h *serverHotfix, turn int, label string) {
	rows := map[*printedRow]bool{}
	for _, f := range s.targets(h) {
		if rows[f.from] {
			continue // a second place of the same file
		}
		rows[f.from] = true
		for i := range fileFaults {
			fault := fileFaults[(turn+len(rows)+i)%len(fileFaults)]
			if tr.plant(s, h, f, fault, label) && tr.servers < everyFault {
				break
			}
		}
		if tr.servers == 0 {
			return
		}
	}
}

// sitesFor are sites of the table's release: with x86 alone, and with what the table has besides.
func sitesFor(sc *serverCatalogue, h *serverHotfix) (sites []*serverSite) {
	release := h.release
	if release == anyRelease {
		release = slices.IndexFunc(shippedReleases, func(r shippedRelease) bool { return h.forProduct(r.product) })
		if h.forProduct(sms20) {
			release = 5 // SP3, for which most hotfixes are
		}
	}
	site := serverSite{sc: sc, release: release, seed: h.name(), platforms: []manifest.Platform{manifest.X86}}
	second := []manifest.Platform{manifest.Alpha, manifest.X64}
	at := slices.IndexFunc(second, func(p manifest.Platform) bool {
		return slices.ContainsFunc(h.rows, func(r *printedRow) bool { return r.Platform == p })
	})
	for range 2 {
		if s := site; len(h.expected(&s)) > 0 {
			sites = append(sites, &s)
		}
		if at < 0 {
			break
		}
		site.platforms = []manifest.Platform{manifest.X86, second[at]}
	}
	return sites
}

// TestServersOnDisk: a server as folders and files, and the inventory of it, are judged alike.
func TestServersOnDisk(t *testing.T) {
	sc, tr := openServerCatalogue(t), newTrial(t)
	for n, asked := 0, 0; asked < 4; n++ {
		s := newServer(sc, uint64(tr.seed)+1000, n, tr.leftOut)
		if s.release == 0 && n%2 == 0 {
			s.dropHalfOfAll()
		}
		dir := t.TempDir()
		if !s.write(t, dir) {
			continue
		}
		asked++
		tr.save(s, fmt.Sprintf("server %d of seed %d", n, tr.seed+1000))
		for _, args := range s.questions() {
			disk, inv := askTool(t, append(args, dir)...), tr.ask(args...)
			same := disk.code == inv.code && slices.Equal(disk.allStates(), inv.allStates())
			tr.count("folder and inventory agree", same, func() string {
				return fmt.Sprintf("%v, %s: exit code %d on disk, %d\n%v\n%v",
					args, s.about(), disk.code, inv.code, disk.allStates(), inv.allStates())
			})
		}
	}
	tr.summary()
}

func (s *server) questions() [][]string {
	all := [][]string{{"detect"}}
	for _, h := range s.applied {
		all = append(all, []string{"verify", "-k", h.ID})
	}
	return all
}

func (s *server) dropHalfOfAll() {
	for _, h := range s.applied {
		if s.dropHalf(h) {
			return
		}
	}
}

func (a toolAnswer) allStates() (all []string) {
	for _, t := range a.Roots[0].Tables {
		all = append(all, t.Hotfix+"/"+t.Table+" "+t.State)
	}
	return all
}
