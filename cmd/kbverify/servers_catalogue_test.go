package main

import (
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
)

// The servers' catalogue: every row that Microsoft printed, by file name, with
// the release its table is for. It knows nothing of judging.

// shippedRelease is a product as shipped or with a service pack (DESIGN, words:
// release). Those of one product stand in the order in which they came out.
type shippedRelease struct {
	product, pack string
	build, digit  int // third number of its files, and the thousands of the fourth; 0: none is known
	fourth        uint16
}

const (
	sms12 = "Systems Management Server 1.2"
	sms20 = "Systems Management Server 2.0"
	cm07  = "System Center Configuration Manager 2007"
)

var shippedReleases = []shippedRelease{
	{sms12, "SP3", 0, 0, 0}, {sms12, "SP4", 0, 0, 0},
	{sms20, "", 1239, 0, 0}, {sms20, "SP1", 1380, 0, 1000}, {sms20, "SP2", 1493, 2, 2000},
	{sms20, "SP3", 1493, 3, 3000}, {sms20, "SP4", 1493, 4, 4000}, {sms20, "SP5", 1493, 5, 5000},
	{cm07, "", 5931, 0, 0}, {cm07, "SP1", 6221, 0, 1000}, {cm07, "SP2", 6487, 0, 2000},
}

const anyRelease = -1

// firstPart is how the versions of a product's own files begin.
var firstPart = map[string]uint16{sms12: 1, sms20: 2, cm07: 4}

// printedRow is a row of an install table and all that says when and where it applies.
type printedRow struct {
	*manifest.File
	hotfix  *serverHotfix
	release int // index of shippedReleases, or anyRelease
}

// serverHotfix is a hotfix by one of its install tables.
type serverHotfix struct {
	*manifest.Manifest
	table   *manifest.Table
	date    string // the latest of its rows'
	release int
	rows    []*printedRow // without the hotfix's own package, which is not installed
}

func (h *serverHotfix) name() string {
	if h.table.Name == "" {
		return h.ID
	}
	return h.ID + "/" + h.table.Name
}

// comparable reports that a file can match the table at all; a few articles print names alone.
func (h *serverHotfix) comparable() bool {
	return slices.ContainsFunc(h.rows, func(r *printedRow) bool { return r.printsSomething() })
}

func (r *printedRow) printsSomething() bool { return !r.Version.IsZero() || !r.Size.IsZero() }

type serverCatalogue struct {
	hotfixes []*serverHotfix
	byName   map[string][]*printedRow
	byID     map[string][]*serverHotfix
}

func openServerCatalogue(t *testing.T) *serverCatalogue {
	t.Helper()
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.All()
	if err != nil || len(all) == 0 {
		t.Fatal("no catalogue", err)
	}
	sc := &serverCatalogue{byName: map[string][]*printedRow{}, byID: map[string][]*serverHotfix{}}
	for _, m := range all {
		for i := range m.Tables {
			if m.Tables[i].Reference == "" {
				sc.add(m, &m.Tables[i])
			}
		}
	}
	return sc
}

func (sc *serverCatalogue) add(m *manifest.Manifest, t *manifest.Table) {
	h := &serverHotfix{Manifest: m, table: t, release: releaseOfTable(m, t)}
	for i := range t.Files {
		row := &printedRow{&t.Files[i], h, h.release}
		if manifest.NameKey(row.Name) == manifest.NameKey(m.ID+".exe") {
			continue
		}
		h.date = max(h.date, row.Modified)
		h.rows = append(h.rows, row)
		key := manifest.NameKey(row.Name)
		sc.byName[key] = append(sc.byName[key], row)
	}
	sc.hotfixes = append(sc.hotfixes, h)
	sc.byID[m.ID] = append(sc.byID[m.ID], h)
}

// forProduct reports that the hotfix can be on a site of the product: SMS
// Installer came with SMS, and one article is about SMS of every version.
func (h *serverHotfix) forProduct(product string) bool {
	switch h.Product {
	case "Systems Management Server Installer 1.0":
		return product == sms12
	case "Systems Management Server Installer 2.0":
		return product == sms20
	case "Systems Management Server":
		return product != cm07
	}
	return h.Product == product
}

var packInName = regexp.MustCompile(`\bSP\d\b`)

// releaseOfTable is the highest known release of the table's files, else the
// service pack that it is named after.
func releaseOfTable(m *manifest.Manifest, t *manifest.Table) int {
	highest := anyRelease
	for i := range t.Files {
		highest = max(highest, releaseOfVersion(t.Files[i].Version, m.Product))
	}
	if highest != anyRelease {
		return highest
	}
	pack := packInName.FindString(t.Name + " " + t.AppliesTo)
	return slices.IndexFunc(shippedReleases, func(r shippedRelease) bool {
		return pack != "" && r.product == m.Product && r.pack == pack
	})
}

func releaseOfVersion(v manifest.Printed, product string) int {
	n, ok := numbers(v)
	for i, r := range shippedReleases {
		if ok[2] && r.product == product && r.build > 0 && r.build == int(n[2]) &&
			(r.digit == 0 || ok[3] && int(n[3]/1000) == r.digit) {
			return i
		}
	}
	return anyRelease
}

// numbers gives the parts of a printed version, and which of them are printed.
func numbers(p manifest.Printed) (n manifest.Version, ok [4]bool) {
	for i, part := range strings.Split(p.String(), ".") {
		v, err := strconv.ParseUint(part, 10, 16)
		if err == nil {
			n[i], ok[i] = uint16(v), true
		}
	}
	return n, ok
}

// filled is the version that a file of the row has: missing parts in front are
// the product's, or 4.0 of a driver of SMS 2.0; missing ones behind are free.
func (r *printedRow) filled() manifest.Version {
	n, ok := numbers(r.Version)
	if !ok[0] {
		n[0] = firstPart[r.hotfix.Product]
		if strings.HasSuffix(strings.ToLower(r.Name), ".sys") {
			n[0] = 4
		}
	}
	if !ok[3] {
		n[3] = uint16(1 + randomOf(r.hotfix.name(), r.Name)%9)
	}
	return n
}

// fits reports that a file can have been printed as this row, by version, size and platform.
func (r *printedRow) fits(f *serverFile) bool {
	if r.Platform.Known() && f.machine != "" && f.machine != r.Platform ||
		r.Platform.Known() && f.platform != "" && f.platform != r.Platform {
		return false
	}
	if !r.printsSomething() || !r.Version.IsZero() && (!f.versioned || r.filledOrder(f.version) != 0) {
		return false
	}
	return r.Size.IsZero() || r.Size.Admits(f.size)
}

// filledOrder says where a file's version stands against the parts that are known of the row's.
func (r *printedRow) filledOrder(file manifest.Version) int {
	want := r.filled()
	if _, ok := numbers(r.Version); !ok[3] {
		want[3] = file[3]
	}
	return file.Compare(want)
}

// dayOrder orders two printed dates as far as both are printed: -1, 0 (not ordered), +1.
func dayOrder(a, b string) int {
	n := min(len(a), len(b))
	return strings.Compare(a[:n], b[:n])
}

var codeName = regexp.MustCompile(`(?i)\.(exe|dll|ocx|sys|drv|cpl|scr|vxd)$`)

// isCode reports an executable: by its name, or because somebody printed its version.
func (sc *serverCatalogue) isCode(key string) bool {
	return codeName.MatchString(key) || sc.printsVersion(key)
}

func (sc *serverCatalogue) printsVersion(key string) bool {
	return slices.ContainsFunc(sc.byName[key], func(r *printedRow) bool { return !r.Version.IsZero() })
}

// byPlatform reports that some row of the name has a platform: its files lie in platform folders.
func (sc *serverCatalogue) byPlatform(key string) bool {
	return slices.ContainsFunc(sc.byName[key], func(r *printedRow) bool { return r.Platform.Known() })
}

// strangeSize is a size that no row of the name prints, near a random one.
func (sc *serverCatalogue) strangeSize(key, seed string) int64 {
	n := int64(20_480 + randomOf(key, seed)%400_000)
	for slices.ContainsFunc(sc.byName[key], func(r *printedRow) bool { return r.Size.Admits(n) }) {
		n += 97
	}
	return n
}

// sizeOf is the size of the row's file. Of a rounded one it is a count that, if
// possible, no other row of the name admits: a coincidence would be nobody's fault.
func (sc *serverCatalogue) sizeOf(r *printedRow) int64 {
	key := manifest.NameKey(r.Name)
	n, exact := r.Size.Exact()
	switch {
	case exact:
		return n
	case r.Size.IsZero():
		return sc.strangeSize(key, r.hotfix.name()+string(r.Platform))
	}
	middle := someSize(r.Size)
	step := int64(randomOf(r.hotfix.name(), r.Name, string(r.Platform)) % 200)
	for i := range int64(400) {
		n := middle + (step+i)%400 - 200
		if r.Size.Admits(n) && !slices.ContainsFunc(sc.byName[key], func(o *printedRow) bool {
			return o != r && o.Size.Admits(n)
		}) {
			return n
		}
	}
	return middle
}

// hiddenVersion is that of a file whose row prints none, of a name for which
// others do. The same size is taken for the same file; else it lies above what
// was printed for the release before.
func (sc *serverCatalogue) hiddenVersion(r *printedRow, base manifest.Version) manifest.Version {
	highest := base
	size, exact := r.Size.Exact()
	for _, o := range sc.byName[manifest.NameKey(r.Name)] {
		same, sameExact := o.Size.Exact()
		switch {
		case o.Version.IsZero() || o.Platform.Known() && r.Platform.Known() && o.Platform != r.Platform:
		case exact && sameExact && same == size:
			return o.filled()
		case o.hotfix.Product == r.hotfix.Product && (r.release == anyRelease || o.release <= r.release) &&
			dayOrder(o.Modified, r.Modified) < 0 && o.filled().Compare(highest) > 0:
			highest = o.filled()
		}
	}
	highest[3]++
	return highest
}

func randomOf(words ...string) uint32 {
	h := fnv.New32a()
	for _, w := range words {
		h.Write([]byte(w + "|"))
	}
	return h.Sum32()
}
