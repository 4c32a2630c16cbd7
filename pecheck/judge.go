package pecheck

import (
	"path"
	"slices"
	"strings"
	"sync"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/result"
)

// judge knows what lies under one root, and judges tables by it. It is made
// once for an inventory, however many tables are judged.
type judge struct {
	inv       *inventory.Inventory
	scope     Scope
	releases  manifest.Releases
	release   *manifest.Release // of most files of the root, or nil
	delivers  *deliveries
	byName    map[string][]*inventory.File        // by NameKey of the last path element, in path order
	aside     map[string][]*inventory.File        // the same, of those that are set aside (rules 3 and 13)
	packages  map[string]string                   // folders that hold the unpacked package of a known hotfix, and its id
	packageOf map[*inventory.File]string          // of files in them: the key of that hotfix
	root      manifest.Platform                   // platform that the root folder itself stands for, or ""
	places    []inventory.Folder                  // platform folders below the root, links among them
	asked     map[string]bool                     // NameKey of what was looked for; nil where everything was
	known     sync.Map                            // *inventory.File: the []delivery that it is
	paths     func() map[string][]*inventory.File // by NameKey of the whole path
	leftOut   func() func(path string) bool       // what --exclude leaves out
}

func newJudge(inv *inventory.Inventory, scope Scope, known Known) *judge {
	j := &judge{
		inv: inv, scope: scope, releases: known.Releases, delivers: deliveriesOf(known),
		byName: make(map[string][]*inventory.File, len(inv.Files)), aside: map[string][]*inventory.File{},
		packages: map[string]string{}, packageOf: map[*inventory.File]string{},
	}
	if !inv.All {
		j.asked = make(map[string]bool, len(inv.Names))
		for _, n := range inv.Names {
			j.asked[manifest.NameKey(n)] = true
		}
	}
	j.release = j.releaseOfRoot()
	j.findPackages(known.Hotfixes)
	for i := range inv.Files {
		f := &inv.Files[i]
		key := manifest.NameKey(path.Base(f.Path))
		if _, unpacked := j.packageOf[f]; unpacked || replacedFolder(f.Path) != "" {
			j.aside[key] = append(j.aside[key], f)
			continue
		}
		j.byName[key] = append(j.byName[key], f)
	}
	j.findPlaces()
	j.paths = sync.OnceValue(j.indexPaths)
	j.leftOut = sync.OnceValue(func() func(string) bool { return inventory.LeftOut(inv.Excluded) })
	return j
}

// releaseOfRoot gives the release that most files of the root are of, by what is
// known of releases; nil where nothing is.
func (j *judge) releaseOfRoot() *manifest.Release {
	counts := map[*manifest.Release]int{}
	var most *manifest.Release
	for i := range j.inv.Files {
		f := &j.inv.Files[i]
		if f.Ending != pefile.Versioned {
			continue
		}
		if r := j.releases.Of(f.Version); r != nil {
			counts[r]++
			if most == nil || counts[r] > counts[most] || counts[r] == counts[most] && r.Order > most.Order {
				most = r
			}
		}
	}
	return most
}

// isForAnother reports a table for another release than that of the root.
func (j *judge) isForAnother(d delivery) bool {
	if j.release == nil || j.release.Product != d.hotfix.Product {
		return false
	}
	return d.release != nil && d.release != j.release
}

// findPlaces finds the platform folders: those that the scan names, the links
// that are named like one, although nobody looked behind them, and whatever the
// paths of files show.
func (j *judge) findPlaces() {
	seen := map[string]bool{}
	add := func(place string, p manifest.Platform) {
		if !seen[place] {
			seen[place] = true
			j.places = append(j.places, inventory.Folder{Path: place, Platform: p})
		}
	}
	for _, folder := range j.inv.Folders {
		if folder.Path == "." {
			j.root = folder.Platform
		} else {
			add(folder.Path, folder.Platform)
		}
	}
	for _, link := range j.inv.Links {
		if p, ok := manifest.FolderPlatform(path.Base(link.Path)); ok {
			add(link.Path, p)
		}
	}
	for i := range j.inv.Files {
		if place, p := platformFolder(j.inv.Files[i].Path); place != "" {
			add(place, p)
		}
	}
}

// whose gives the rows of known hotfixes that a found file is.
func (j *judge) whose(f *inventory.File) []delivery {
	if found, ok := j.known.Load(f); ok {
		return found.([]delivery)
	}
	found := j.delivers.of(f)
	j.known.Store(f, found)
	return found
}

// judged is one table after its judgement.
type judged struct {
	judge       *judge
	manifest    *manifest.Manifest
	table       *manifest.Table
	release     *manifest.Release     // that the table is for, or nil
	later       map[string][]laterRow // rows of tables for later releases, by NameKey
	onlyPackage bool                  // nothing is here but the hotfix's own unpacked package
	placed      bool                  // every row says where its file belongs
	files       []*expected
	result.TableResult
}

// expected is one file that a table says should be there: its rows of one name
// and platform. Language editions and repeated lines make several rows of one
// expected file, and a copy passes that matches one of them.
type expected struct {
	table    *judged
	name     string
	platform manifest.Platform
	rows     []*manifest.File
	names    map[string]bool // NameKeys of all rows of the table
	claims   []claim
	inScope  bool
	alone    bool   // in scope for a copy of its own, not for its platform
	beside   string // the platform folder that brought it into scope, beside one with copies; or ""
}

// recorded reports a row that says where the file belongs.
func (e *expected) recorded() bool { return e.rows[0].Path != "" }

// table judges one table: which rows apply (rule 6), which copies stand for
// them (rule 4) and how (rules 1, 2, 5, 7, 9), which of them are the hotfix's
// own package (rule 13), what that says of each row (rule 3), and of the table.
func (j *judge) table(m *manifest.Manifest, table *manifest.Table) *judged {
	t := &judged{judge: j, manifest: m, table: table, release: j.releases.OfTable(m.Product, table)}
	t.files, t.later = t.expected(), t.laterRows()
	t.placed = !slices.ContainsFunc(t.files, func(e *expected) bool { return !e.recorded() })
	t.onlyPackage = !t.placed && t.isOnlyPackage()
	t.Hotfix, t.Table, t.Title, t.Notes, t.Rows = m.ID, table.Name, m.Title, m.Notes, []result.RowResult{}
	t.Match, t.Complete = table.Match, table.Complete
	j.scope.apply(t)
	for _, group := range byName(t.files) {
		for _, c := range t.place(group) {
			t.Unlisted = append(t.Unlisted, c.result(finding{result.NotApplicable, []result.Reason{c.noRow()}}))
		}
	}
	var unpacked *result.Reason
	if !t.placed { // what was recorded at its place is asked for there
		t.SetAside = t.setAside()
		t.Folder = t.commonFolder()
		unpacked = t.unpacked()
	}
	for _, e := range t.files {
		t.Rows = append(t.Rows, j.row(m, e))
	}
	if table.Complete {
		t.Rows = append(t.Rows, t.extras()...)
		t.moved()
	}
	t.countSignatures()
	sumUp(&t.TableResult, j.releases)
	t.qualify(unpacked)
	return t
}

// qualify is what the rows alone do not say of the state.
func (t *judged) qualify(unpacked *result.Reason) {
	passes := t.State == result.Installed || t.State == result.Superseded
	switch {
	case unpacked != nil:
		t.State, t.Reason = result.Undecidable, result.Why{*unpacked}
	case t.State == result.Absent && t.Reason.Has(result.NoRowApplies):
		t.withoutRows()
	case passes && t.judge.scope.OnlyPresent && t.Counts[result.OK] == 0:
		t.State, t.Reason = result.Superseded, append(t.Reason, result.Reason{Kind: result.NothingOK})
	case passes && onlyData(t.files):
		t.State, t.Reason = result.Undecidable, result.Why{{Kind: result.OnlyData}}
	}
	if t.exactly() {
		t.qualifyExactly()
	}
	if n := t.table.LeftOut; n > 0 {
		t.Reason = append(t.Reason, result.Reason{Kind: result.LeftOutOfIt, Count: n})
		if passes {
			t.State = result.Undecidable
		}
	}
	t.remarkOrigins()
	if t.State == result.Installed {
		t.remarkTheSame()
	}
	for _, s := range t.SetAside {
		if s.Package == t.Hotfix && unpacked == nil {
			t.Reason = append(t.Reason, result.Reason{Kind: result.UnpackedToo, Folder: s.Path, Count: s.Files})
		}
	}
	if t.Folder != "" && unpacked == nil && t.State != result.Absent {
		t.Reason = append(t.Reason, result.Reason{Kind: result.OneFolder, Folder: t.Folder})
	}
}

// remarkOrigins says whose files the copies are that are another hotfix's: newer
// ones, and where the hotfix is half there the stale ones too.
func (t *judged) remarkOrigins() {
	seen := map[string]bool{}
	for _, e := range t.files {
		for i := range e.claims {
			c := &e.claims[i]
			stale := c.finding.verdict == result.Older || c.finding.verdict == result.WrongSize
			if c.finding.verdict != result.Newer && !(stale && t.State == result.Partial) {
				continue
			}
			from := result.Reason{Kind: result.IsFrom, Name: c.row.Name, Hotfixes: t.judge.others(e, c.file)}
			if c.file.Ending == pefile.Versioned {
				from.Version = manifest.PrintedOf(c.file.Version)
			} else {
				from.Size = manifest.ExactSize(c.file.Size)
			}
			if text := from.String(); len(from.Hotfixes) > 0 && !seen[text] {
				seen[text] = true
				t.Remarks = append(t.Remarks, from)
			}
		}
	}
}

// withoutRows decides a table of which no row applies: where none of its files
// is here it is absent; copies without a row, or a choice of platforms that
// leaves no row, decide nothing.
func (t *judged) withoutRows() {
	switch {
	case !slices.ContainsFunc(t.files, (*expected).applies) && len(t.judge.scope.Platforms) > 0:
		t.State, t.Reason = result.Undecidable, result.Why{{Kind: result.NoRowAsked}}
	case len(t.Unlisted) > 0 || t.count() > 0:
		t.State, t.Reason = result.Undecidable, result.Why{{Kind: result.NoRowApplies}}
	default:
		t.Reason = result.Why{{Kind: result.NothingHere}}
	}
}

// count counts the copies that stand for a row.
func (t *judged) count() (n int) {
	for _, e := range t.files {
		n += len(e.claims)
	}
	return n
}

// expected turns the rows of the table into expected files, in the table's
// order. Versions whose first parts the article leaves out are completed (rule 1).
func (t *judged) expected() []*expected {
	type key struct {
		name, path string
		platform   manifest.Platform
	}
	var order []*expected
	seen := map[key]*expected{}
	names := map[string]bool{}
	for i := range t.table.Files {
		row := &t.table.Files[i]
		if whole := t.judge.releases.Complete(t.manifest.Product, row); whole != row.Version {
			completed := *row
			completed.Version = whole
			row = &completed
		}
		k := key{manifest.NameKey(row.Name), manifest.NameKey(row.Path), row.Platform}
		e := seen[k]
		if e == nil {
			e = &expected{table: t, name: k.name, platform: row.Platform, names: names}
			names[k.name] = true
			seen[k] = e
			order = append(order, e)
		}
		e.rows = append(e.rows, row)
	}
	return order
}

// byName groups expected files that share a name, each group in the table's order.
func byName(all []*expected) [][]*expected {
	var groups [][]*expected
	at := map[string]int{}
	for _, e := range all {
		i, ok := at[e.name]
		if !ok {
			i = len(groups)
			at[e.name] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	return groups
}

// covers reports whether the inventory can answer for a file of that name: a
// file that was not looked for is not missing (rule 11).
func (j *judge) covers(row *manifest.File) bool {
	return j.asked == nil || j.asked[manifest.NameKey(row.Name)] &&
		(row.Pattern == "" || j.asked[manifest.NameKey(row.Pattern)])
}

// named gives the files of a name that can be copies: all but those that are set
// aside. Where nothing is here of a hotfix but its own unpacked package, that is
// the question.
func (t *judged) named(key string) []*inventory.File {
	files := t.judge.byName[key]
	if !t.onlyPackage {
		return files
	}
	for _, f := range t.judge.aside[key] {
		if t.judge.packageOf[f] == manifest.IDKey(t.manifest.ID) {
			files = append(files[:len(files):len(files)], f)
		}
	}
	return files
}

// isOnlyPackage reports that the hotfix's own unpacked package is here, and no
// other file with a name of the table.
func (t *judged) isOnlyPackage() bool {
	own := false
	for i := range t.table.Files {
		row := &t.table.Files[i]
		if exact, patterned := t.copies(row); len(exact)+len(patterned) > 0 {
			return false
		}
		for _, f := range t.judge.aside[manifest.NameKey(row.Name)] {
			own = own || t.judge.packageOf[f] == manifest.IDKey(t.manifest.ID)
		}
	}
	return own
}

// copies gives the files of a row's name, and those that only its pattern matches.
func (t *judged) copies(row *manifest.File) (exact, patterned []*inventory.File) {
	j := t.judge
	key := manifest.NameKey(row.Name)
	exact = t.named(key)
	if row.Pattern == "" {
		return exact, nil
	}
	for i := range j.inv.Files {
		f := &j.inv.Files[i]
		base := path.Base(f.Path)
		if manifest.NameKey(base) == key || !manifest.MatchPattern(row.Pattern, base) || replacedFolder(f.Path) != "" {
			continue
		}
		if owner, unpacked := j.packageOf[f]; !unpacked || t.onlyPackage && owner == manifest.IDKey(t.manifest.ID) {
			patterned = append(patterned, f)
		}
	}
	return exact, patterned
}

// platformFolder gives the innermost platform folder around a file, and its
// platform; "" is none.
func platformFolder(file string) (folder string, p manifest.Platform) {
	for end := strings.LastIndexByte(file, '/'); end >= 0; end = strings.LastIndexByte(file[:end], '/') {
		if p, ok := manifest.FolderPlatform(path.Base(file[:end])); ok {
			return file[:end], p
		}
	}
	return "", ""
}

// folderPlatform gives the platform of the innermost platform folder around a
// copy, the root included, or "".
func (j *judge) folderPlatform(f *inventory.File) manifest.Platform {
	if _, p := platformFolder(f.Path); p != "" {
		return p
	}
	return j.root
}
