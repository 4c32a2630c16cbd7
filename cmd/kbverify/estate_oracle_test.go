package main

import (
	"slices"
	"strings"

	"kbverify/manifest"
)

// cast picks the plain hotfixes of the catalogue: one
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

// others are the rows of other hotfixes for the same file and processor.
func (o *oracle) others(hotfix string, row *manifest.File) (rows []delivered) {
	for _, d := range o.rows[manifest.NameKey(row.Name)] {
		if d.hotfix != hotfix && (d.row.Platform == row.Platform || d.row.Platform == "" || row.Platform == "") {
			rows = append(rows, d)
		}
	}
	return rows
}
