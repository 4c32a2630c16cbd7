package kb

import (
	"slices"
	"strings"
)

// contest is the readings of one row that are still possible.
type contest struct {
	row   *rawRow
	left  []reading
	taken reading
	rival *reading // as good as the one taken, or hardly worse
}

func cheapest(all []reading) []reading {
	least := all[0].cost
	for _, r := range all {
		least = min(least, r.cost)
	}
	return keep(all, func(r *reading) bool { return r.cost == least })
}

func keep(all []reading, want func(*reading) bool) []reading {
	var out []reading
	for i := range all {
		if want(&all[i]) {
			out = append(out, all[i])
		}
	}
	return out
}

// shared is the values that every one of rows can have, in order.
func shared(rows []*contest, value func(*reading) int) []int {
	counts := map[int]int{}
	for _, c := range rows {
		seen := map[int]bool{}
		for i := range c.left {
			seen[value(&c.left[i])] = true
		}
		for v := range seen {
			counts[v]++
		}
	}
	var out []int
	for v, n := range counts {
		if n == len(rows) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// reduce keeps the readings that are wanted; unless that is certain, one of the
// others remains the rival.
func (c *contest) reduce(want func(*reading) bool, certain bool) {
	if !certain {
		if others := keep(c.left, func(r *reading) bool { return !want(r) }); len(others) > 0 {
			c.rival = &others[0]
		}
	}
	c.left = keep(c.left, want)
}

// product gives the first three parts of the version, and the digits of the
// last one.
func (r *reading) product() (string, int) {
	v := r.cells[versionKind]
	if strings.Count(v, ".") != 3 {
		return "", 0
	}
	cut := strings.LastIndexByte(v, '.')
	return v[:cut], len(v) - cut - 1
}

// fewestVersions is the length with which the rows have the fewest different
// versions; the longest of several.
func fewestVersions(group []*contest, lengths []int, length func(*reading) int) int {
	best, fewest := 0, 0
	for _, n := range lengths {
		if v := versions(group, n, length); best == 0 || v <= fewest {
			best, fewest = n, v
		}
	}
	return best
}

func versions(group []*contest, n int, length func(*reading) int) int {
	seen := map[string]bool{}
	for _, c := range group {
		for i := range c.left {
			if length(&c.left[i]) == n {
				seen[c.left[i].cells[versionKind]] = true
			}
		}
	}
	return len(seen)
}
