// Package change says what is different between two results of one root: which hotfix
// changed its state, which file its version, size, content or verdict, and what is no
// longer looked at. It is pure, and knows nothing of where the results are from.
package change

import (
	"cmp"
	"slices"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// What became of a root.
type What string

// What can become of it.
const (
	Changed   What = "changed"
	New       What = "new"         // nothing was known of it before
	Gone      What = "gone"        // there is no result of it any more
	Unchecked What = "not-checked" // it could not be read, now or before
)

// Root is what is different at one root.
type Root struct {
	Host     string         `json:"host,omitempty"`
	Root     string         `json:"root"`
	Command  result.Command `json:"command,omitempty"`
	What     What           `json:"change"`
	Worse    bool           `json:"worse,omitempty"`  // something got worse
	Better   bool           `json:"better,omitempty"` // a hotfix is in place that was not
	Was      Reading        `json:"was,omitzero"`
	Now      Reading        `json:"now,omitzero"`
	Hotfixes []Hotfix       `json:"hotfixes,omitempty"`
	Files    []File         `json:"files,omitempty"`
	Places   []Place        `json:"places,omitempty"`
	Exit     result.Exit    `json:"exit"` // what the root contributes to the exit code
}

// Reading is one of the two results.
type Reading struct {
	Start string      `json:"start,omitempty"` // RFC 3339, UTC
	Error string      `json:"error,omitempty"`
	Judge result.Tool `json:"tool,omitzero"` // where the two are of different catalogues
}

// Hotfix is one whose state, or table, is another one.
type Hotfix struct {
	Hotfix   string       `json:"hotfix"`
	WasTable string       `json:"was_table,omitempty"`
	Table    string       `json:"table,omitempty"`
	Was      result.State `json:"was,omitempty"` // empty where nobody asked
	Now      result.State `json:"now,omitempty"`
	Worse    bool         `json:"worse,omitempty"`
	Better   bool         `json:"better,omitempty"`
}

// File is one that differs, or whose verdict does.
type File struct {
	Path     string    `json:"path,omitempty"` // empty for a row of which no copy is here
	Was      *Facts    `json:"was,omitempty"`  // nil: it was not there, or nobody knows
	Now      *Facts    `json:"now,omitempty"`
	Verdicts []Verdict `json:"verdicts,omitempty"`
	Worse    bool      `json:"worse,omitempty"`
}

// Facts are what was found of a file.
type Facts struct {
	Version   result.Version         `json:"version,omitzero"`
	Size      int64                  `json:"size"`
	MD5       string                 `json:"md5,omitempty"`
	SHA256    string                 `json:"sha256,omitempty"`
	Platform  string                 `json:"platform,omitempty"`
	Signature result.SignatureStatus `json:"signature,omitempty"`
}

// Verdict is one on a file, by one row of a hotfix.
type Verdict struct {
	Hotfix   string            `json:"hotfix"`
	Name     string            `json:"name"`
	Platform manifest.Platform `json:"platform,omitempty"`
	Was      result.Verdict    `json:"was,omitempty"` // empty where there was no such copy
	Now      result.Verdict    `json:"now,omitempty"`
}

// Place is something that is not looked at, or no longer.
type Place struct {
	Kind PlaceKind `json:"kind"`
	Path string    `json:"path"`
	Was  string    `json:"was,omitempty"` // what is said of it; empty where it is no such place
	Now  string    `json:"now,omitempty"`
}

// PlaceKind says why a place is not looked at.
type PlaceKind string

// The kinds.
const (
	Fault    PlaceKind = "fault"    // could not be read
	Link     PlaceKind = "link"     // not followed
	Excluded PlaceKind = "excluded" // a pattern
	Unasked  PlaceKind = "unasked"  // a pattern of the scan alone
	Asked    PlaceKind = "asked"    // what cannot be answered of signatures, and a root of which nothing is left
)

// Between compares two results of one root; one of them may be nil. Same reports that
// nothing which is judged is different; of a root that could not be read nobody knows.
func Between(was, now *result.RootResult) (c Root, same bool) {
	known := cmp.Or(now, was)
	c = Root{Host: known.Taken.Host, Root: known.Root, Command: known.Taken.Command, What: Changed}
	c.Was, c.Now = reading(was), reading(now)
	switch {
	case was == nil && now.Error != "":
		c.What, c.Exit, c.Worse = Unchecked, result.ExitTrouble, true
	case was == nil:
		c.What, c.Exit, c.Worse = New, now.Code(), now.Code() != result.ExitPass
	case now == nil && was.Error != "" && was.Taken.IsZero(): // a file, not a root
		c.What, c.Exit = Unchecked, result.ExitTrouble
	case now == nil:
		c.What, c.Exit, c.Worse = Gone, result.ExitTrouble, true
	case now.Error != "":
		c.What, c.Exit, c.Worse = Unchecked, result.ExitTrouble, was.Error == ""
		return c, false
	case was.Error != "":
		c.What, c.Exit = Unchecked, now.Code()
	default:
		if was.Judge != now.Judge {
			c.Was.Judge, c.Now.Judge = was.Judge, now.Judge
		}
		p := &pair{was: sideOf(was), now: sideOf(now)}
		c.Hotfixes, c.Files, c.Places = p.hotfixes(), p.compareFiles(), places(was, now)
		same = len(c.Hotfixes)+len(c.Files)+len(c.Places) == 0
		c.sum(was, now)
	}
	return c, same
}

// sum says whether it got worse. What is as bad as it was is no news.
func (c *Root) sum(was, now *result.RootResult) {
	for _, h := range c.Hotfixes {
		c.Worse, c.Better = c.Worse || h.Worse, c.Better || h.Better
	}
	for _, f := range c.Files {
		c.Worse = c.Worse || f.Worse
	}
	for _, p := range c.Places {
		c.Worse = c.Worse || p.Now != "" && p.Was == "" && p.Kind != Excluded
	}
	c.Worse = c.Worse || now.Code() > was.Code()
	if c.Worse {
		c.Exit = result.ExitFail
		if code := now.Code(); code > was.Code() {
			c.Exit = max(c.Exit, code)
		}
	}
}

func reading(r *result.RootResult) (x Reading) {
	if r == nil {
		return x
	}
	x.Error = r.Error
	if t := r.Taken.Start; !t.IsZero() {
		x.Start = t.UTC().Format("2006-01-02T15:04:05Z07:00")
	}
	return x
}

// pair is two readable results of a root.
type pair struct{ was, now side }

// side is one of them, with its parts by what they are known by.
type side struct {
	*result.RootResult
	tables map[string]*result.TableResult
	order  []string
	files  map[string]*Facts
}

func sideOf(r *result.RootResult) side {
	s := side{RootResult: r, tables: map[string]*result.TableResult{}, files: map[string]*Facts{}}
	several := map[string]int{}
	for i := range r.Tables {
		several[r.Tables[i].Hotfix]++
	}
	for i := range r.Tables {
		t := &r.Tables[i]
		key := t.Hotfix
		if several[t.Hotfix] > 1 {
			key += " " + t.Table
		}
		if s.tables[key] == nil {
			s.order = append(s.order, key)
			s.tables[key] = t
		}
		for j := range t.Rows {
			for k := range t.Rows[j].Copies {
				s.file(&t.Rows[j].Copies[k])
			}
		}
		for j := range t.Unlisted {
			s.file(&t.Unlisted[j])
		}
	}
	return s
}

// file keeps what is known of a file, by whichever hotfix.
func (s *side) file(c *result.CopyResult) {
	f := s.files[c.Path]
	if f == nil {
		f = &Facts{Version: c.Version, Size: c.Size, Platform: c.Platform}
		s.files[c.Path] = f
	}
	f.MD5, f.SHA256 = cmp.Or(f.MD5, c.MD5), cmp.Or(f.SHA256, c.SHA256)
	f.Signature = cmp.Or(f.Signature, c.Signature.Status)
}

// state is that of a hotfix; empty where nobody asked about it.
func (s *side) state(key string) (state result.State, table string) {
	if t := s.tables[key]; t != nil {
		return t.State, t.Table
	}
	if s.Taken.Command == result.Detect && (s.Asked == nil || slices.Contains(s.Asked, key)) {
		return result.Absent, ""
	}
	return "", ""
}

// keys lists the hotfixes of both sides.
func (p *pair) keys() []string {
	keys := slices.Clone(p.now.order)
	for _, key := range p.was.order {
		if p.now.tables[key] == nil {
			keys = append(keys, key)
		}
	}
	return keys
}

func (p *pair) hotfixes() (changes []Hotfix) {
	for _, key := range p.keys() {
		h := Hotfix{Hotfix: key}
		for _, t := range []*result.TableResult{p.was.tables[key], p.now.tables[key]} {
			if t != nil {
				h.Hotfix = t.Hotfix
			}
		}
		h.Was, h.WasTable = p.was.state(key)
		h.Now, h.Table = p.now.state(key)
		if h.Was == h.Now && (h.WasTable == h.Table || h.Was == "") {
			continue
		}
		if was, now := p.was.rank(key), p.now.rank(key); h.Was != "" && h.Now != "" {
			h.Worse, h.Better = now > was, now == inPlace && was != inPlace
		}
		changes = append(changes, h)
	}
	return changes
}

// The ranks of a state: what a higher one becomes is better.
const (
	inPlace = iota
	notThere
	halfThere
	unclear
)

func (s *side) rank(key string) int {
	state, _ := s.state(key)
	switch state {
	case result.Installed, result.Superseded:
		return inPlace
	case result.Partial:
		return halfThere
	case result.Undecidable:
		if !s.tables[key].Harmless || s.Taken.Command != result.Detect {
			return unclear
		}
	}
	return notThere
}

// minds reports that a bad file of a hotfix is a fault of the root: a detection does
// not mind those of hotfixes that are not there.
func (s *side) minds(key string) bool {
	return s.Taken.Command != result.Detect || s.rank(key) >= halfThere
}

// place gives a place's words by its kind and path.
type place struct {
	kind PlaceKind
	path string
}

func placesOf(r *result.RootResult) map[place]string {
	all := map[place]string{}
	for _, f := range r.Faults {
		all[place{Fault, f.Path}] = cmp.Or(f.Error, "could not be read")
	}
	for _, l := range r.Links {
		if !l.Inside {
			all[place{Link, l.Path}] = cmp.Or(l.Target, "not followed")
		}
	}
	for _, pattern := range r.Excluded {
		all[place{Excluded, pattern}] = "left out"
	}
	for _, pattern := range r.Unasked {
		all[place{Unasked, pattern}] = "left out by the scan"
	}
	for what, is := range map[string]bool{
		"nothing is left to judge": r.Emptied, "signatures were not read": r.NoSignatures,
		"nobody vouches for signers": r.NoTrust,
	} {
		if is {
			all[place{Asked, what}] = "not answered"
		}
	}
	return all
}

func places(was, now *result.RootResult) (changes []Place) {
	before, after := placesOf(was), placesOf(now)
	for at, words := range after {
		if before[at] != words {
			changes = append(changes, Place{at.kind, at.path, before[at], words})
		}
	}
	for at, words := range before {
		if _, still := after[at]; !still {
			changes = append(changes, Place{at.kind, at.path, words, ""})
		}
	}
	slices.SortFunc(changes, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Path, b.Path))
	})
	return changes
}
