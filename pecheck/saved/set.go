package saved

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"kbverify/internal/spool"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// maxRoots caps the roots of a Set: what is kept of each in memory is a line.
const maxRoots = 1 << 20

// Set is the roots of many saved results. They lie packed in a spool; what memory
// holds of each is what it is found, ordered and counted by.
type Set struct {
	spool     spool.Spool
	packer    *flate.Writer
	documents []document
	words     map[string]string // each once
	entries   []entry
	broken    int // documents
}

// entry is one root.
type entry struct {
	Key
	at, packed, size int64 // in the spool
	document         int
	judge            result.Tool // where the root names one
	question         string      // the hotfixes that were asked about; everything is "*"
	start            int64       // seconds; when its files were read, or 0
	absent           bool        // says that hotfixes left nothing, as detections do
	codes            [2]result.Exit
	older            int
	digest           uint64 // of what was judged
	out              bool   // another stands for it
	failed           error  // a document or a root of it that could not be read
}

// Key is what a root is known by in any number of results.
type Key struct {
	Host, Root string
	Command    result.Command
}

// Add reads a document and adds its roots. What of it cannot be read is a root of its
// own that says so, and the roots before count. The error is Other where the text is
// certainly no result, and nothing was added, or that of the spool.
func (s *Set) Add(name string, src io.Reader) error {
	if s.words == nil {
		s.words = map[string]string{}
	}
	first, of := len(s.entries), len(s.documents)
	s.documents = append(s.documents, document{})
	var fatal error
	d, err := read(src, func(n int, raw []byte) error {
		if len(s.entries) >= maxRoots {
			return fmt.Errorf("more than %d roots in all", maxRoots)
		}
		root, err := decode(raw)
		if err != nil {
			s.fail(fmt.Sprintf("%s: roots[%d]", name, n), fmt.Errorf("result %s: roots[%d]: %w", visible.Quote(name), n, err))
			return nil
		}
		fatal = s.add(root, raw, of)
		return fatal
	})
	s.documents[of] = d
	if other := (*Other)(nil); errors.As(err, &other) && len(s.entries) == first {
		s.documents = s.documents[:of]
		return other
	}
	if fatal != nil {
		return fatal
	}
	if err != nil {
		d.exit = noExit
	}
	if d.tool == (result.Tool{}) { // it stands behind the roots
		s.documents[of].tool = result.Tool{Name: "kbverify", Version: "unknown", Catalog: "unknown"}
	}
	if err = cmp.Or(err, s.conclude(s.entries[first:], &d)); err != nil {
		s.Fail(name, err)
	}
	return nil
}

// Fail adds a document that could not be read.
func (s *Set) Fail(name string, err error) {
	s.broken++
	s.fail(name, fmt.Errorf("result %s: %w", visible.Quote(name), err))
}

func (s *Set) fail(root string, err error) {
	s.entries = append(s.entries, entry{Key: Key{Root: root}, failed: err, document: -1,
		codes: [2]result.Exit{result.ExitTrouble, result.ExitTrouble}})
}

// add keeps a root.
func (s *Set) add(r *result.RootResult, raw []byte, document int) error {
	e := entry{
		Key:      Key{s.word(r.Taken.Host), s.word(r.Root), result.Command(s.word(string(r.Taken.Command)))},
		document: document, question: s.word(question(r)), absent: r.Absent > 0, older: r.Older, digest: digest(r),
		codes: [2]result.Exit{r.Exit(), r.DetectExit()}, at: s.spool.Len(), size: int64(len(raw)),
	}
	e.judge = result.Tool{Name: s.word(r.Judge.Name), Version: s.word(r.Judge.Version), Catalog: s.word(r.Judge.Catalog)}
	if !r.Taken.Start.IsZero() {
		e.start = r.Taken.Start.Unix()
	}
	if s.packer == nil {
		s.packer, _ = flate.NewWriter(&s.spool, flate.BestSpeed) // the level is a good one
	} else {
		s.packer.Reset(&s.spool)
	}
	if _, err := s.packer.Write(raw); err != nil {
		return err
	}
	if err := s.packer.Close(); err != nil {
		return err
	}
	e.packed = s.spool.Len() - e.at
	s.entries = append(s.entries, e)
	return nil
}

// word gives a text that is kept once, however many roots have it.
func (s *Set) word(text string) string {
	if _, known := s.words[text]; !known {
		text = strings.Clone(text)
		s.words[text] = text
	}
	return s.words[text]
}

// question is what a root was asked: the hotfixes, or "*" for all.
func question(r *result.RootResult) string {
	ids := slices.Clone(r.Asked)
	switch {
	case r.Asked != nil:
	case r.Taken.Command != result.Detect:
		for i := range r.Tables {
			ids = append(ids, r.Tables[i].Hotfix)
		}
	default:
		return everything
	}
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), "\n")
}

const everything = "*"

// within reports that whoever was asked question b was asked all of a, too.
func within(a, b string) bool {
	if a == b || b == everything || a == "" {
		return true
	}
	all := strings.Split(b, "\n")
	for id := range strings.SplitSeq(a, "\n") {
		if _, found := slices.BinarySearch(all, id); !found {
			return false
		}
	}
	return true
}

var seed = maphash.MakeSeed()

// digest is the same for two readings of one result.
func digest(r *result.RootResult) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	fmt.Fprintln(&h, r.Error, r.Seen, r.Absent, len(r.Faults), len(r.Links), r.Taken.End.Unix())
	for i := range r.Tables {
		t := &r.Tables[i]
		fmt.Fprintln(&h, t.Hotfix, t.Table, t.State)
		for j := range t.Rows {
			row := &t.Rows[j]
			fmt.Fprintln(&h, row.Name, row.Path, row.Platform, row.Version, row.Verdict)
			for _, c := range row.Copies {
				fmt.Fprintln(&h, c.Path, c.Version, c.Size, c.SHA256, c.Verdict)
			}
		}
	}
	return h.Sum64()
}

// noExit is the exit code of a document that is cut off: nobody knows it.
const noExit = -1

// conclude gives the roots of a document what stands behind them, and says what
// contradicts them there.
func (s *Set) conclude(roots []entry, d *document) error {
	command := d.taken.Command
	for i := range roots {
		if command != result.Verify && command != result.Detect && roots[i].absent {
			command = result.Detect
		}
	}
	if command != result.Detect && command != result.Verify && d.exit != worst(roots, result.Verify) &&
		d.exit == worst(roots, result.Detect) {
		command = result.Detect
	}
	for i := range roots {
		switch e := &roots[i]; {
		case e.failed != nil:
		case e.Command == "" && command == result.Detect:
			e.Command = command
			e.question = everything
		case e.Command == "":
			e.Command = result.Verify
		}
	}
	if exit := worst(roots, ""); d.exit > exit {
		return fmt.Errorf("says exit code %d, and its roots come to %d: a newer kbverify wrote it, or somebody changed it",
			d.exit, exit)
	}
	return nil
}

// worst is the exit code of roots, those without a command taken for what is given.
func worst(roots []entry, command result.Command) (exit result.Exit) {
	for i := range roots {
		exit = max(exit, roots[i].code(command))
	}
	return exit
}

func (e *entry) code(otherwise result.Command) result.Exit {
	if cmp.Or(e.Command, otherwise) == result.Detect {
		return e.codes[1]
	}
	return e.codes[0]
}

// Newest keeps of each root the newest result that answers at least the same
// question, and one of those that were read twice. It says how many were left out.
func (s *Set) Newest() (older, twice int) { return s.leaveOut(true) }

// Once keeps one of the results that were read twice.
func (s *Set) Once() (twice int) {
	_, twice = s.leaveOut(false)
	return twice
}

func (s *Set) leaveOut(older bool) (left, twice int) {
	for _, group := range s.groups() {
		slices.SortStableFunc(group, func(a, b int) int { return s.compareAge(b, a) })
		var kept []int
	next:
		for _, i := range group {
			e := &s.entries[i]
			for _, k := range kept {
				newer := &s.entries[k]
				switch {
				case e.document == newer.document:
				case e.start != 0 && e.start == newer.start && e.digest == newer.digest && e.question == newer.question:
					twice++
					e.out, newer.older = true, max(newer.older, e.older)
					continue next
				case older && s.compareAge(k, i) > 0 && within(e.question, newer.question):
					left++
					e.out = true
					newer.older += 1 + e.older
					continue next
				}
			}
			kept = append(kept, i)
		}
	}
	return left, twice
}

// groups gives the roots that are known by the same Key.
func (s *Set) groups() map[Key][]int {
	groups := map[Key][]int{}
	for i := range s.entries {
		if e := &s.entries[i]; e.failed == nil {
			groups[s.key(e)] = append(groups[s.key(e)], i)
		}
	}
	return groups
}

// key is a root's Key whatever the letters that Windows does not tell apart. A root of
// which nobody knows where its files were read is one of the host of the run.
func (s *Set) key(e *entry) Key {
	k := Key{strings.ToUpper(e.Host), strings.TrimRight(e.Root, `\/`), e.Command}
	if k.Host == "" {
		k.Host = "?" + strings.ToUpper(s.documents[e.document].taken.Host)
	}
	if strings.HasPrefix(k.Root, `\\`) || len(k.Root) > 1 && k.Root[1] == ':' {
		k.Root = strings.ToUpper(k.Root)
	}
	return k
}

// compareAge is above zero where the files of a were read after those of b, or were
// judged after.
func (s *Set) compareAge(a, b int) int {
	x, y := &s.entries[a], &s.entries[b]
	return cmp.Or(cmp.Compare(x.start, y.start),
		s.documents[x.document].taken.Start.Compare(s.documents[y.document].taken.Start))
}

// Len is how many roots there are, those that were left out among them.
func (s *Set) Len() int { return len(s.entries) }

// Roots is how many count.
func (s *Set) Roots() (n int) {
	for i := range s.entries {
		if !s.entries[i].out {
			n++
		}
	}
	return n
}

// Root gives the root of a number; nil where it is left out.
func (s *Set) Root(i int) (*result.RootResult, error) {
	e := &s.entries[i]
	switch {
	case e.out:
		return nil, nil
	case e.failed != nil:
		return &result.RootResult{Root: e.Root, Error: e.failed.Error(), Tables: []result.TableResult{}}, nil
	}
	var raw bytes.Buffer
	raw.Grow(int(e.size))
	packed := flate.NewReader(io.NewSectionReader(&s.spool, e.at, e.packed))
	if _, err := raw.ReadFrom(packed); err != nil {
		return nil, err
	}
	r := &result.RootResult{}
	if err := json.Unmarshal(raw.Bytes(), r); err != nil {
		return nil, err
	}
	if r.Tables == nil {
		r.Tables = []result.TableResult{}
	}
	r.Taken.Command = e.Command
	r.Judge = cmp.Or(e.judge, s.documents[e.document].tool)
	r.Older = e.older
	return r, nil
}

// Since gives the roots that count beside those of an older set, in their order, and
// then those of the older set alone. Of a root that could not be read as a file the
// other is nil, too.
func (s *Set) Since(old *Set, each func(was, now *result.RootResult) error) error {
	m := newMatches(old)
	for i := range s.entries {
		if err := s.pair(i, m.of(s, i), old, each); err != nil {
			return err
		}
	}
	for i := range old.entries {
		if !m.used[i] {
			if err := s.pair(-1, i, old, each); err != nil {
				return err
			}
		}
	}
	return nil
}

// pair reads a root of either set and hands them over; -1 is none.
func (s *Set) pair(i, j int, old *Set, each func(was, now *result.RootResult) error) error {
	var was, now *result.RootResult
	var err error
	if i >= 0 {
		now, err = s.Root(i)
	}
	if j >= 0 && err == nil {
		was, err = old.Root(j)
	}
	if err != nil || was == nil && now == nil {
		return err
	}
	return each(was, now)
}

// matches finds roots in a set.
type matches struct {
	*Set
	used   []bool
	groups map[Key][]int
	named  map[Key][]int // whatever the host
}

func newMatches(old *Set) *matches {
	m := &matches{Set: old, used: make([]bool, len(old.entries)), groups: map[Key][]int{}, named: map[Key][]int{}}
	for i := range old.entries {
		e := &old.entries[i]
		if e.out || e.failed != nil {
			m.used[i] = e.out
			continue
		}
		k := old.key(e)
		m.groups[k] = append(m.groups[k], i)
		k.Host = ""
		m.named[k] = append(m.named[k], i)
	}
	return m
}

// of gives the root that was asked the same, of the same host; -1 where there is none.
// A share is the same from every host, and a result may not say its host.
func (m *matches) of(s *Set, i int) int {
	e := &s.entries[i]
	if e.out || e.failed != nil {
		return -1
	}
	k := s.key(e)
	for _, fits := range []func(a, b string) bool{func(a, b string) bool { return a == b }, within,
		func(a, b string) bool { return within(b, a) }} {
		for _, j := range m.groups[k] {
			if !m.used[j] && fits(m.entries[j].question, e.question) {
				m.used[j] = true
				return j
			}
		}
	}
	k.Host = ""
	others := slices.DeleteFunc(slices.Clone(m.named[k]), func(j int) bool { return m.used[j] })
	if len(others) != 1 || e.Host != "" && m.entries[others[0]].Host != "" && !strings.HasPrefix(k.Root, `\\`) {
		return -1
	}
	m.used[others[0]] = true
	return others[0]
}

// Exit is that of the roots together.
func (s *Set) Exit() (exit result.Exit) {
	for i := range s.entries {
		if !s.entries[i].out {
			exit = max(exit, s.entries[i].code(""))
		}
	}
	return exit
}

// One gives the tool and the run of a set of one document that was whole.
func (s *Set) One() (tool result.Tool, taken result.Taken, ok bool) {
	if len(s.documents) != 1 || s.broken > 0 {
		return tool, taken, false
	}
	return s.documents[0].tool, s.documents[0].taken, true
}

// Hosts is how many hosts the files of the roots were read on.
func (s *Set) Hosts() int {
	hosts := map[string]bool{}
	for i := range s.entries {
		if e := &s.entries[i]; !e.out && e.Host != "" {
			hosts[strings.ToUpper(e.Host)] = true
		}
	}
	return len(hosts)
}

// Close drops everything.
func (s *Set) Close() error { return s.spool.Close() }
