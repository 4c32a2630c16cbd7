package main

import (
	"fmt"
	"slices"
	"strings"

	"kbverify/manifest"
)

// The oracle says what a detection of an estate root must find, by other means
// than the program: it knows every file that was written, each name lies once in
// each platform's folder, and the hotfixes are of the plain kind that cast picks.

// cast picks the hotfixes of the catalogue that the oracle can speak about: one
// table, in which each row is one file for one platform, with a full version or
// none, or data with a size. No name is both.
func cast(all []*manifest.Manifest) []*manifest.Manifest {
	var picked []*manifest.Manifest
	isData := map[string]bool{}
	for _, m := range all {
		if len(m.Tables) != 1 || m.Tables[0].Reference != "" || slices.ContainsFunc(m.Relations, func(r manifest.Relation) bool { return r.Kind == manifest.SupersededBy }) {
			continue
		}
		rows := m.Tables[0].Files
		if !slices.ContainsFunc(rows, func(f manifest.File) bool { return !plain(m, &f, isData) }) && !repeats(rows) {
			picked = append(picked, m)
			for i := range rows {
				isData[manifest.NameKey(rows[i].Name)] = rows[i].Platform == ""
			}
		}
	}
	return picked
}

func plain(m *manifest.Manifest, f *manifest.File, isData map[string]bool) bool {
	data := f.Platform == ""
	if was, known := isData[manifest.NameKey(f.Name)]; known && was != data || f.Pattern != "" || f.Path != "" || f.AsPrinted.Version != "" {
		return false
	}
	_, full := f.Version.Version()
	_, folder := healthyFolders[f.Platform]
	name := strings.ToLower(f.Name)
	const smallest = 4096 // petest builds none below
	if !data {
		return (full || f.Version.IsZero()) && folder && someSize(f.Size) >= smallest && strings.TrimSuffix(name, ".exe") != strings.ToLower(m.ID)
	}
	return f.Version.IsZero() && !f.Size.IsZero() && !strings.HasSuffix(name, ".exe") && !strings.HasSuffix(name, ".dll") && !strings.HasSuffix(name, ".sys")
}

func repeats(rows []manifest.File) bool {
	seen := map[string]bool{}
	for i := range rows {
		key := manifest.NameKey(rows[i].Name) + "|" + string(rows[i].Platform)
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// estateRoot is the files of one root, by the key of their path.
type estateRoot map[string]sampleFile

func (r estateRoot) of(row *manifest.File) (sampleFile, bool) {
	f, ok := r[manifest.NameKey(healthyPlace(row)+"/"+row.Name)]
	return f, ok
}

// found is what is expected of one hotfix.
type found struct {
	State   string
	Remarks []string
}

type oracle struct {
	cast []*manifest.Manifest
	rows map[string][]delivered // by the key of the name
}

type delivered struct {
	hotfix string
	row    *manifest.File
}

func newOracle(cast []*manifest.Manifest) *oracle {
	o := &oracle{cast: cast, rows: map[string][]delivered{}}
	for _, m := range cast {
		for i := range m.Tables[0].Files {
			row := &m.Tables[0].Files[i]
			key := manifest.NameKey(row.Name)
			o.rows[key] = append(o.rows[key], delivered{m.ID, row})
		}
	}
	return o
}

// expect gives the hotfixes that are not absent.
func (o *oracle) expect(root estateRoot) map[string]found {
	states, matches := map[string]string{}, map[string]int{}
	for _, m := range o.cast {
		verdicts := root.verdicts(m)
		states[m.ID] = stateFrom(verdicts)
		for _, v := range verdicts {
			if strings.HasPrefix(v, "ok") {
				matches[m.ID]++
			}
		}
	}
	// Those of which most is here come first, and explain the files of the others.
	order := slices.Clone(o.cast)
	slices.SortStableFunc(order, func(a, b *manifest.Manifest) int { return matches[b.ID] - matches[a.ID] })
	for _, m := range order {
		if states[m.ID] == "partial" && o.allBorrowed(root, m, states, matches) {
			states[m.ID] = "not-installed"
		}
	}
	out := map[string]found{}
	for _, m := range o.cast {
		if s := states[m.ID]; s != "absent" {
			out[m.ID] = found{s, o.remarks(root, m, s, states)}
		}
	}
	return out
}

// verdicts judges each row of a table; "" where it does not apply.
func (r estateRoot) verdicts(m *manifest.Manifest) (verdicts []string) {
	for i := range m.Tables[0].Files {
		row := &m.Tables[0].Files[i]
		f, there := r.of(row)
		want, _ := row.Version.Version()
		versioned := !row.Version.IsZero()
		compared := f.spec.Version.Compare(want)
		switch {
		case row.Platform != "" && !r.has(row.Platform):
			verdicts = append(verdicts, "")
		case !there:
			verdicts = append(verdicts, "missing")
		case versioned && f.spec.NoVersion:
			verdicts = append(verdicts, "no-version")
		case versioned && compared < 0:
			verdicts = append(verdicts, "older")
		case versioned && compared > 0:
			verdicts = append(verdicts, "newer")
		case !row.Size.IsZero() && !row.Size.Admits(f.spec.Size):
			verdicts = append(verdicts, "wrong-size")
		case !versioned:
			verdicts = append(verdicts, "ok, by size")
		default:
			verdicts = append(verdicts, "ok")
		}
	}
	return verdicts
}

// has reports a folder of the platform.
func (r estateRoot) has(p manifest.Platform) bool {
	for _, f := range r {
		if strings.HasPrefix(f.path, healthyFolders[p]+"/") {
			return true
		}
	}
	return false
}

func stateFrom(verdicts []string) string {
	n := map[string]int{}
	for _, v := range verdicts {
		n[v]++
	}
	ok, fails := n["ok"]+n["ok, by size"], n["missing"]+n["older"]+n["no-version"]+n["wrong-size"]
	switch {
	case ok+fails+n["newer"] == n["missing"]: // nothing applies, or nothing is here
		return "absent"
	case fails > 0 && ok > 0:
		return "partial"
	case fails > 0:
		return "not-installed"
	case n["newer"] > 0 && n["ok"] == 0:
		return "superseded"
	}
	return "installed"
}

// allBorrowed: every file that matches came with a hotfix that is whole or of
// which more is here, or has no version and a size that others print too.
func (o *oracle) allBorrowed(root estateRoot, m *manifest.Manifest, states map[string]string, matches map[string]int) bool {
	for i, v := range root.verdicts(m) {
		row := &m.Tables[0].Files[i]
		if !strings.HasPrefix(v, "ok") {
			continue
		}
		explained := false
		for _, d := range o.others(m.ID, row) {
			same := d.row.Version.SameNumbers(row.Version)
			if row.Version.IsZero() {
				same = d.row.Version.IsZero() && d.row.Size.String() == row.Size.String()
			}
			whole := states[d.hotfix] == "installed" || states[d.hotfix] == "superseded"
			more := states[d.hotfix] == "partial" && matches[d.hotfix] > matches[m.ID]
			explained = explained || same && (whole || more || row.Version.IsZero())
		}
		if !explained {
			return false
		}
	}
	return true
}

// others are the rows of other hotfixes for the same file and processor.
func (o *oracle) others(hotfix string, row *manifest.File) (rows []delivered) {
	for _, d := range o.rows[manifest.NameKey(row.Name)] {
		if d.hotfix != hotfix && (d.row.Platform == row.Platform || d.row.Platform == "" || row.Platform == "") {
			rows = append(rows, d)
		}
	}
	return rows
}

// remarks are who delivers the newer files, and the requirements that are not met.
func (o *oracle) remarks(root estateRoot, m *manifest.Manifest, state string, states map[string]string) []string {
	var lines []string
	for i, v := range root.verdicts(m) {
		row := &m.Tables[0].Files[i]
		f, _ := root.of(row)
		replaced := v == "wrong-size" && row.Version.IsZero() && state == "partial"
		if v != "newer" && !replaced {
			continue
		}
		var ids []string
		for _, d := range o.others(m.ID, row) {
			full, _ := d.row.Version.Version()
			size, exact := d.row.Size.Exact()
			same := v == "newer" && full == f.spec.Version || replaced && d.row.Version.IsZero() && exact && size == f.spec.Size
			if same && !slices.Contains(ids, d.hotfix) {
				ids = append(ids, d.hotfix)
			}
		}
		if len(ids) > 3 {
			ids = append(ids[:2:2], fmt.Sprintf("%s and %d more", ids[2], len(ids)-3))
		}
		if len(ids) > 0 {
			what := fmt.Sprintf("%s %s", row.Name, f.spec.Version)
			if replaced {
				what = fmt.Sprintf("%s of %s bytes", row.Name, manifest.Commas(f.spec.Size))
			}
			lines = append(lines, fmt.Sprintf("%s is from %s", what, strings.Join(ids, ", ")))
		}
	}
	for _, r := range m.Relations {
		verb := map[manifest.RelationKind]string{manifest.Requires: "requires", manifest.GoesWith: "goes with"}[r.Kind]
		there := "absent"
		for id, s := range states {
			if manifest.IDKey(id) == manifest.IDKey(r.ID) {
				there = s
			}
		}
		if verb != "" && r.ID != "" && state != "not-installed" && there != "installed" && there != "superseded" {
			lines = append(lines, fmt.Sprintf("%s %s, which is %s here", verb, r.ID, strings.ReplaceAll(there, "-", " ")))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
