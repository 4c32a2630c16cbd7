package main

import (
	"math/rand/v2"

	"kbverify/manifest"
)

// modes are ways in which a hotfix can lie on a root, by what becomes of each of
// its files. A way that gives false leaves the file out.
var modes = []func(o *oracle, r *rand.Rand, m *manifest.Manifest, row *manifest.File, f *sampleFile) bool{
	func(*oracle, *rand.Rand, *manifest.Manifest, *manifest.File, *sampleFile) bool { return true }, // installed
	func(o *oracle, r *rand.Rand, m *manifest.Manifest, row *manifest.File, f *sampleFile) bool { // half of it
		switch r.IntN(5) {
		case 0:
			return false
		case 1:
			stale(f)
		case 2:
			f.spec.Size += 70_000 // above every rounding
		}
		return true
	},
	func(o *oracle, r *rand.Rand, m *manifest.Manifest, row *manifest.File, f *sampleFile) bool { // a later hotfix
		if f.spec.NoVersion || f.data {
			return true
		}
		f.spec.Version[3]++
		for _, d := range o.others(m.ID, row) {
			if v, _ := d.row.Version.Version(); row.Version.Order(v) == manifest.Newer && r.IntN(2) == 0 {
				f.spec.Version = v
			}
		}
		return true
	},
	func(o *oracle, r *rand.Rand, m *manifest.Manifest, row *manifest.File, f *sampleFile) bool { // an earlier one
		stale(f)
		return true
	},
}

// stale makes a file one that the hotfix replaces.
func stale(f *sampleFile) {
	if f.data || f.spec.NoVersion {
		f.spec.Size += 70_000
		return
	}
	for i := 3; i >= 0; i-- {
		if f.spec.Version[i] > 0 {
			f.spec.Version[i]--
			return
		}
	}
}

// estateOf makes up roots on which up to four hotfixes were installed one after
// the other, well or badly. The same seed gives the same roots.
func estateOf(o *oracle, n int, seed uint64) []estateRoot {
	r := rand.New(rand.NewPCG(seed, 0))
	roots := make([]estateRoot, n)
	for i := range roots {
		roots[i] = estateRoot{}
		for range 1 + r.IntN(4) {
			m := o.cast[r.IntN(len(o.cast))]
			mode := modes[r.IntN(len(modes))]
			for j := range m.Tables[0].Files {
				row := &m.Tables[0].Files[j]
				roots[i].plant(row, func(f *sampleFile) bool { return mode(o, r, m, row, f) })
			}
		}
	}
	return roots
}

func (r estateRoot) plant(row *manifest.File, change func(*sampleFile) bool) {
	f := sampleOf(healthyPlace(row)+"/"+row.Name, row)
	f.spec.Size = someSize(row.Size)
	f.data = row.Platform == ""
	f.spec.NoVersion = row.Version.IsZero()
	key := manifest.NameKey(f.path)
	if there, ok := r[key]; ok {
		f.path = there.path // Windows would keep the spelling too
	}
	if change(&f) {
		r[key] = f
	}
}
