package change

import (
	"cmp"
	"maps"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// compareFiles lists the files that differ, and the rows without a copy whose verdict
// does, in the order of their paths.
func (p *pair) compareFiles() []File {
	d := &fileChanges{pair: p, byPath: map[string]*File{}}
	for _, key := range p.keys() {
		d.hotfix(key)
	}
	for path, was := range p.was.files {
		if now := p.now.files[path]; now != nil && differ(was, now) {
			d.at(path)
		}
	}
	files := make([]File, 0, len(d.byPath)+len(d.rows))
	for _, path := range slices.Sorted(maps.Keys(d.byPath)) {
		f := d.byPath[path]
		f.Was, f.Now = p.was.files[path], p.now.files[path]
		files = append(files, *f)
	}
	return append(files, d.rows...)
}

// differ compares what is known of both.
func differ(a, b *Facts) bool {
	other := func(a, b string) bool { return a != b && a != "" && b != "" }
	return a.Version != b.Version || a.Size != b.Size || a.Platform != b.Platform || other(a.MD5, b.MD5) ||
		other(a.SHA256, b.SHA256) || other(string(a.Signature), string(b.Signature))
}

// fileChanges collects what differs.
type fileChanges struct {
	*pair
	byPath map[string]*File
	rows   []File // without a copy
}

func (d *fileChanges) at(path string) *File {
	if d.byPath[path] == nil {
		d.byPath[path] = &File{Path: path}
	}
	return d.byPath[path]
}

// rowKey is what a row is known by within its hotfix.
type rowKey struct {
	name, path string
	platform   manifest.Platform
	n          int // of those that are alike
}

// rowsOf are the rows of a hotfix at one side. A detection keeps none where only other
// versions are here, and then nothing is known of its files; of one that is absent
// everything is missing.
func (s *side) rowsOf(key string) (rows map[rowKey]*result.RowResult, known bool) {
	rows = map[rowKey]*result.RowResult{}
	t := s.tables[key]
	if t == nil {
		state, _ := s.state(key)
		return rows, state == result.Absent
	}
	for i := range t.Rows {
		r := &t.Rows[i]
		k := rowKey{manifest.NameKey(r.Name), r.Path, r.Platform, 0}
		for rows[k] != nil {
			k.n++
		}
		rows[k] = r
	}
	for i := range t.Unlisted { // as rows that nobody printed
		c := &t.Unlisted[i]
		rows[rowKey{"", c.Path, "", -1}] = &result.RowResult{Path: c.Path, Verdict: c.Verdict, Copies: t.Unlisted[i : i+1]}
	}
	return rows, len(t.Rows) > 0 || t.State == result.Absent
}

func (d *fileChanges) hotfix(key string) {
	was, knownBefore := d.was.rowsOf(key)
	now, knownNow := d.now.rowsOf(key)
	if !knownBefore || !knownNow {
		return
	}
	keys := slices.Collect(maps.Keys(was))
	for k := range now {
		if was[k] == nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b rowKey) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.path, b.path), cmp.Compare(a.platform, b.platform),
			cmp.Compare(a.n, b.n))
	})
	for _, k := range keys {
		d.row(key, was[k], now[k])
	}
}

// row compares what is said of one expected file and its copies.
func (d *fileChanges) row(key string, was, now *result.RowResult) {
	before, after := verdictsOf(was, now), verdictsOf(now, was)
	found := false
	for _, path := range slices.Sorted(maps.Keys(union(before.copies, after.copies))) {
		v := d.verdict(key, was, now)
		v.Was, v.Now = before.of(path), after.of(path)
		if (before.copies[path] == "") == (after.copies[path] == "") && v.Was == v.Now {
			continue
		}
		found = true
		f := d.at(path)
		f.Verdicts = append(f.Verdicts, v)
		f.Worse = f.Worse || d.worse(key, v)
	}
	if before.row != after.row && !found {
		v := d.verdict(key, was, now)
		v.Was, v.Now = before.row, after.row
		d.rows = append(d.rows, File{Verdicts: []Verdict{v}, Worse: d.worse(key, v)})
	}
}

func (d *fileChanges) verdict(key string, was, now *result.RowResult) Verdict {
	row := cmp.Or(now, was)
	v := Verdict{Hotfix: key, Name: row.Name, Platform: row.Platform}
	if v.Name == "" {
		v.Name = row.Path
	}
	return v
}

// worse says of a verdict that somebody has to look at it who had not before.
func (d *fileChanges) worse(key string, v Verdict) bool {
	class := func(v result.Verdict) result.Class {
		if v == "" {
			return result.Pass
		}
		return v.Class()
	}
	return class(v.Now) >= result.Fail && class(v.Now) > class(v.Was) && d.now.minds(key)
}

// verdicts are those of a row at one side.
type verdicts struct {
	row    result.Verdict
	copies map[string]result.Verdict
}

// verdictsOf are those of a row; where a side has none, its file is missing there if
// it is expected by the other.
func verdictsOf(r, other *result.RowResult) verdicts {
	v := verdicts{copies: map[string]result.Verdict{}}
	switch {
	case r != nil:
		v.row = r.Verdict
		for _, c := range r.Copies {
			v.copies[c.Path] = c.Verdict
		}
	case other.Verdict == result.NotApplicable && len(other.Copies) == 0:
		v.row = other.Verdict // here, too
	case other.Verdict == result.Extra, other.Name == "":
		v.row = "" // nobody expects it
	default:
		v.row = result.Missing
	}
	return v
}

// of is the verdict on a copy; where there is none at all, that on the row.
func (v *verdicts) of(path string) result.Verdict {
	if len(v.copies) == 0 {
		return v.row
	}
	return v.copies[path]
}

func union(a, b map[string]result.Verdict) map[string]result.Verdict {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
