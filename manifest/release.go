package manifest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Release is a product as shipped or with a service pack, known by the versions
// of its files.
type Release struct {
	Product string
	Name    string // "SP2"; "" is the product as shipped
	Order   int    // place among the releases of the product, the first is 0
	ranges  []versionRange
}

// versionRange is the versions of one release: three parts that are the same,
// and a range of the fourth.
type versionRange struct {
	parts     [3]uint16
	low, high uint16
	drivers   bool // of its drivers alone
}

func (r *versionRange) holds(v Version) bool {
	return [3]uint16(v[:3]) == r.parts && r.low <= v[3] && v[3] <= r.high
}

// Releases are facts about every product that is known.
type Releases []Release

// ParseReleases reads the facts: for each product its releases in their order,
// and for each release its versions, such as "2.0.1380" or "2.0.1493.2xxx".
func ParseReleases(data []byte) (Releases, error) {
	var facts []struct {
		Product  string `json:"product"`
		Releases []struct {
			Name     string   `json:"name"`
			Versions []string `json:"versions"`
			Drivers  []string `json:"drivers"`
		} `json:"releases"`
	}
	if err := json.Unmarshal(data, &facts); err != nil {
		return nil, err
	}
	var all Releases
	for _, p := range facts {
		for i, r := range p.Releases {
			release := Release{Product: p.Product, Name: r.Name, Order: i}
			for k, text := range append(r.Versions, r.Drivers...) {
				vr, err := parseVersionRange(text)
				if err != nil {
					return nil, fmt.Errorf("%s %s: %w", p.Product, r.Name, err)
				}
				vr.drivers = k >= len(r.Versions)
				release.ranges = append(release.ranges, vr)
			}
			all = append(all, release)
		}
	}
	return all, nil
}

var versionRangeForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d+)\.(\d+)\.(\d+)(?:\.(\d)xxx)?$`)
})

func parseVersionRange(text string) (r versionRange, err error) {
	m := versionRangeForm().FindStringSubmatch(text)
	if m == nil {
		return r, fmt.Errorf("versions %q: want three numbers, and a digit with xxx at will", text)
	}
	for i := range r.parts {
		n, err := strconv.ParseUint(m[i+1], 10, 16)
		if err != nil {
			return r, err
		}
		r.parts[i] = uint16(n)
	}
	r.high = 0xffff
	if m[4] != "" {
		r.low = uint16(m[4][0]-'0') * 1000
		r.high = r.low + 999
	}
	return r, nil
}

// Of gives the release that a file of that version belongs to, or nil.
func (rs Releases) Of(v Version) *Release {
	for i := range rs {
		for k := range rs[i].ranges {
			if rs[i].ranges[k].holds(v) {
				return &rs[i]
			}
		}
	}
	return nil
}

var servicePack = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\bSP ?(\d)\b|(?i)\bservice pack (\d)\b`)
})

// OfTable gives the release that a table is for, or nil: the highest that its
// files' versions belong to, else the service pack in its name, else the one in
// what it applies to.
func (rs Releases) OfTable(product string, t *Table) *Release {
	var highest *Release
	for i := range t.Files {
		v, full := rs.Complete(product, &t.Files[i]).Version()
		if r := rs.Of(v); full && r != nil && r.Product == product && (highest == nil || r.Order > highest.Order) {
			highest = r
		}
	}
	if highest != nil {
		return highest
	}
	for _, text := range []string{t.Name, t.AppliesTo} {
		m := servicePack().FindStringSubmatch(text)
		if m == nil {
			continue
		}
		for i := range rs {
			if rs[i].Product == product && rs[i].Name == "SP"+m[1]+m[2] {
				return &rs[i]
			}
		}
	}
	return nil
}

// Complete gives the version of a row with the parts that its article leaves out
// in front, where exactly one of the product's releases has files of the parts
// that are printed; else the version as it is.
func (rs Releases) Complete(product string, row *File) Printed {
	p := row.Version
	if p.first == 0 {
		return p
	}
	driver := strings.HasSuffix(NameKey(row.Name), ".SYS")
	var leads [][3]uint16
	for i := range rs {
		for _, r := range rs[i].ranges {
			if rs[i].Product == product && r.drivers == driver && r.endsLike(p) && (len(leads) == 0 || leads[0] != r.parts) {
				leads = append(leads, r.parts)
			}
		}
	}
	if len(leads) != 1 {
		return p
	}
	copy(p.parts[:p.first], leads[0][:])
	p.first = 0
	return p
}

// endsLike reports that the parts that p prints can be those of the range.
func (r *versionRange) endsLike(p Printed) bool {
	for i := p.first; i < min(p.end, len(r.parts)); i++ {
		if p.parts[i] != r.parts[i] {
			return false
		}
	}
	return p.first < len(r.parts) && (p.end < 4 || r.low <= p.parts[3] && p.parts[3] <= r.high)
}
